"""The writes: one file per noun, each act one transaction."""
