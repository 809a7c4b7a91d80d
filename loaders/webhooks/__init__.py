"""Webhooks: an organisation's own software is told that something changed, signed and without content."""
