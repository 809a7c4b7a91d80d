"""Naming a colleague: who may not list the members of an organisation writes the number that a colleague has given."""

import re

from auth.caller import Caller

# The API's own form of a member's id (a test compares it).
_PREFIX = "mbr"
_NUMBER = re.compile(_PREFIX + r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def own_number(caller: Caller) -> str:
    """The number of who looks at a page: theirs to give to whoever assigns work to them."""
    return f"{_PREFIX}_{caller.member_id}"


def is_number(text: str) -> bool:
    """Whether this can be somebody's number; only the act knows whether it is."""
    return _NUMBER.fullmatch(text) is not None
