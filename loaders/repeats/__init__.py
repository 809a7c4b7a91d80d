"""Recognising a repeat: which of the DLPM's own situations may concern the same minor (docs/decisions/0013)."""
