"""The retention rules: what is due at a moment, what a legal hold keeps, and one transaction per batch that does it."""
