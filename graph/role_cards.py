"""Each role in a minute: what it sees and under which condition, what it does, and what it never has."""

from collections.abc import Iterator

from auth.conditions import Condition
from auth.policy import Cell, Reach, decision
from loaders.commands.registry import COMMANDS
from schema.vocabulary import Audience, Category

_SEES = {
    Reach.OWN: "Its own cases",
    Reach.JURISDICTION: "Cases of its authority",
    Reach.STRUCTURE: "Of its own organisation",
    Reach.NETWORK: "Of the whole network",
}
_FIGURES = "In figures only"
_WITHHELD = "Withheld until break-glass"
_WRITES = "Written, not read"
_NEVER = "Not in its schema"
# What is seen of rows comes first, what is never seen last.
_ORDER = (*_SEES.values(), _FIGURES, _WRITES, _WITHHELD, _NEVER)


_INTRODUCTION = (
    "What is not listed as seen does not exist for the role. *Own cases*: of a listener, those assigned to them or whose contact they took; of a",
    "caseworker, those of their authority with a link to the ASE or a measure in their hands; of a worker of an association, those of a running",
    "orientation that is assigned to them, or of a measure that names the association. Several conditions on one line hold together. What the",
    "software of an organisation sees without a named person is under ORG_.",
)


def acts(audience: Audience) -> list[str]:
    """The mutations of an audience."""
    return sorted(name for name, command in COMMANDS.items() if audience in command.act.audiences)


def card(audience: Audience) -> Iterator[str]:
    """The lines of one role: groups that are seen alike stand together."""
    together: dict[tuple[str, tuple[Condition, ...]], list[Category]] = {}
    for category in Category:
        if category is not Category.KEY:
            together.setdefault(_seen(decision(audience, category)), []).append(category)
    for (seen, conditions), groups in sorted(together.items(), key=_place):
        if seen == _NEVER:
            yield f"**{seen}**: {' '.join(group.value for group in groups)}."
            continue
        where = "; ".join(f"({condition.number}) {condition.sentence.rstrip('.')}" for condition in conditions)
        yield f"**{seen}**{where and f', *{where}*'}: {'; '.join(f'{group.label} ({group.value})' for group in groups)}."
    done = acts(audience)
    yield f"**Does**: {', '.join(f'`{name}`' for name in done)}." if done else "**Does** nothing: it only reads."


def _seen(cell: Cell) -> tuple[str, tuple[Condition, ...]]:
    conditions = tuple(sorted(cell.conditions, key=lambda condition: condition.number))
    if cell.reach is Reach.AGGREGATE:
        return _FIGURES, conditions
    if cell.reach is not Reach.NONE:
        return _SEES[cell.reach], conditions
    if cell.in_schema:
        return _WITHHELD, conditions
    return (_WRITES if cell.write else _NEVER), ()


def _place(entry: tuple[tuple[str, tuple[Condition, ...]], list[Category]]) -> tuple[int, list[int]]:
    (seen, conditions), _ = entry
    return _ORDER.index(seen), [condition.number for condition in conditions]


def cards() -> list[str]:
    """The section of docs/permissions.md that comes first."""
    lines = ["## Each role in a minute", "", *_INTRODUCTION, ""]
    for audience in Audience:
        lines += [f"### {audience.value}: {audience.label}", "", *(f"- {line}" for line in card(audience)), ""]
    return lines
