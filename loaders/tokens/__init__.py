"""Whether a token stands at this moment, and what ends it."""
