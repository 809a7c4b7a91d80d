"""What exists: the words, the tables, the public types. No I/O and no resolver logic."""
