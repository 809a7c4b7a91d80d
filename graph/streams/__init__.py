"""What stays open: subscriptions over WebSocket and server-sent events, and the feed for those who come back."""
