"""People in a browser: sessions, forms and OpenID Connect; no SQL (loaders/commands/sessions.py has the rows)."""
