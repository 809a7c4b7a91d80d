"""What a word of a closed list is, and the answer where not knowing is a value."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """One word of a closed list: the identifier is its value, `label` is what a French reader sees."""

    label: str
    code: str | None

    def __new__(cls, value: str, *_: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    # `label` has a default only so that a type checker lets a word be looked up by its value: Role("LIS").
    def __init__(self, _: str, label: str = "", code: str | None = None) -> None:
        self.label = label
        self.code = code


class TriState(Word):
    """An answer where not knowing is a value; the codes are those of the official yes/no variables."""

    # The official order is the reverse of a boolean: 1 = no, 2 = yes, 9 = unknown (CASF, annexe 2-8).
    YES = "YES", "oui", "2"
    NO = "NO", "non", "1"
    UNKNOWN = "UNKNOWN", "ne sait pas", "9"
