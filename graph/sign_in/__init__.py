"""People in a browser: how they come in, as what they act, and how a session becomes a caller."""
