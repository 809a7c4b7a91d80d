"""The figures of a yearly report in chapters, as its page shows them: what is one number stands with its like in one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = Mapping[str, Any]
# A longer table is folded on the screen; paper has all of them.
_FOLDED = 12

_KEY_FIGURES = "Chiffres clés"
_LIKES: Sequence[tuple[str, tuple[str, ...]]] = (
    (_KEY_FIGURES, ("SITUATIONS", "CONTACTS", "MINORS", "MEAN_AGE", "DEPARTMENTS", "ALREADY_KNOWN")),
    ("Difficultés observées", ("PROBLEMATIC_",)),
    ("Actions engagées", ("ACTION_",)),
    ("Transmissions et retours", ("RETURN_RATE", "OVERDUE", "RETURN_DELAY", "MISROUTED")),
    ("Obligations d’information écartées", ("WAIVERS_",)),
    ("Les autorités côte à côte", ("PER_AUTHORITY",)),
    (
        "Vie du réseau",
        ("WORKING_SESSIONS", "ACTORS", "SURVEY_DEPARTMENTS", "CONFRONTED_", "AWARENESS_", "PODCASTS"),
    ),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the page: its code is its anchor."""

    code: str
    title: str
    lines: Sequence[Line]
    definitions: Sequence[Line]

    @property
    def folded(self) -> bool:
        """Whether it is too long to stand open."""
        return len(self.lines) > _FOLDED


def chapters(figures: Sequence[Sequence[Line]]) -> list[Table]:
    """The tables of a report, single numbers with their like, where the first of them stands."""
    made: dict[str, list[Sequence[Line]]] = {}
    for lines in figures:
        made.setdefault(_like(lines) or lines[0]["indicator"], []).append(lines)
    return [_table(title, several) for title, several in made.items()]


def _like(lines: Sequence[Line]) -> str | None:
    if len(lines) > 1:
        return None
    code = lines[0]["code"]
    return next((title for title, known in _LIKES if code.startswith(known)), None)


def _table(title: str, several: Sequence[Sequence[Line]]) -> Table:
    first = several[0]
    # One number is told by its own name, a part of a figure by the part's.
    lines = [
        {
            **line,
            "name": line["part"]
            or (line["indicator"][:1].upper() + line["indicator"][1:] if len(several) > 1 else "Ensemble"),
        }
        for lines in several
        for line in lines
    ]
    return Table(first[0]["code"], title, lines, [lines[0] for lines in several])


__all__ = ["Table", "chapters"]
