"""What the report is made of: the sections, what is left out of them, and whom the data went to."""

from dataclasses import dataclass, field
from datetime import datetime

from schema.vocabulary import Category

# The report tells these apart from the person's own data.
RECIPIENTS, READERS = "Disclosure", "Access"


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one noun: columns as (name, French label, category), values as text."""

    noun: str
    title: str
    columns: tuple[tuple[str, str, Category], ...]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Omission:
    """What is left out, and why."""

    title: str
    category: Category
    labels: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """The whole answer: the person's data, who received them, who read them, what is left out."""

    ref: str
    made_at: datetime
    received_at: datetime
    due_at: datetime
    sections: tuple[Section, ...]
    recipients: Section
    readers: Section
    omissions: tuple[Omission, ...]


@dataclass(slots=True)
class Gathered:
    """What has been gathered so far, and the categories that were read and withheld on the way."""

    sections: dict[str, Section] = field(default_factory=dict)
    omissions: list[Omission] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
