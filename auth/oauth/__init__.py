"""The authorization server: one file per RFC or concern, no SQL (the `Store` protocol is implemented in loaders)."""
