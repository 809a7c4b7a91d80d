"""Numbers: synthetic data at any scale, and what is measured on it."""
