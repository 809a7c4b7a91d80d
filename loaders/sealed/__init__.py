"""What is readable with a key only: envelopes, keys outside the database, and their rotation."""
