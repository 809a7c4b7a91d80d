"""The changelog of the contract as a page to read: by release and kind, of whom it concerns."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from schema.vocabulary import Audience

_PAGE = Path(__file__).parents[1] / "docs" / "CHANGELOG.md"
_TITLES = {"Unreleased": "À venir", "Breaking": "Ruptures", "Dangerous": "À surveiller", "New": "Nouveautés"}
# An item that names the audiences it is about ends with them; one that names none is for everybody.
_ABOUT = re.compile(rf"\(((?:{'|'.join(Audience)})(?:, (?:{'|'.join(Audience)}))*)\)$")


@dataclass(slots=True)
class Note:
    """A sentence of explanation, and the changes that it is about; either may be missing."""

    text: str = ""
    items: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """What breaks, what is dangerous, or what is new in a release."""

    title: str
    notes: list[Note] = field(default_factory=lambda: [Note()])


@dataclass(slots=True)
class Release:
    """One release, the one to come first."""

    title: str
    parts: list[Part] = field(default_factory=lambda: [Part("")])


@cache
def changelog() -> tuple[Release, ...]:
    """Every release. What stands above the first is for those who write it."""
    made: list[Release] = []
    for line in _lines():
        mark, _, text = line.partition(" ")
        if mark == "##":
            made.append(Release(_TITLES.get(text, text)))
        elif mark == "###":
            made[-1].parts.append(Part(_TITLES.get(text, text)))
        elif mark == "-":
            made[-1].parts[-1].notes[-1].items.append(text)
        else:
            made[-1].parts[-1].notes.append(Note(line))
    return tuple(made)


def _lines() -> Iterator[str]:
    """The lines of the page, each with those that go on with it."""
    _, _, told = _PAGE.read_text("utf-8").replace("`", "").partition("\n## ")
    yield from (" ".join(block.split()) for block in re.split(r"\n(?! |$)", f"## {told}") if block.strip())


def of(audiences: Collection[Audience]) -> list[Release]:
    """The changelog without what concerns others alone."""
    return [
        Release(release.title, [part for part in (_part(part, audiences) for part in release.parts) if part.notes])
        for release in changelog()
    ]


def _part(part: Part, audiences: Collection[Audience]) -> Part:
    notes = (Note(note.text, [item for item in note.items if _concerns(item, audiences)]) for note in part.notes)
    told = zip(notes, part.notes, strict=True)
    # An explanation goes with the last of its changes.
    return Part(part.title, [note for note, all_of in told if note.items or (note.text and not all_of.items)])


def _concerns(item: str, audiences: Collection[Audience]) -> bool:
    about = _ABOUT.search(item)
    return about is None or not set(about[1].split(", ")).isdisjoint(audiences)


__all__ = ["Note", "Part", "Release", "changelog", "of"]
