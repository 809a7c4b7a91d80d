"""What a change of the policy opens and closes: two leak surfaces side by side, without either version of the code.

A surface is what `loaders/surface.py` says of the policy: plain data, kept in docs/policy.json and, of each release, in
`schema/released/policies`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby
from typing import Any

Surface = Mapping[str, Any]


class Direction(Enum):
    """Whether somebody sees or does more than before."""

    WIDER = "opens"
    # The text of a condition has changed: nobody can tell from the outside, so it counts as wider.
    UNPROVEN = "may open"
    NARROWER = "closes"
    SAID = "says otherwise"

    @property
    def widens(self) -> bool:
        """Whether a review must have seen it."""
        return self in {Direction.WIDER, Direction.UNPROVEN}


class Kind(Enum):
    """What has changed; the value is its English name."""

    CELL = "cell"
    ROWS = "rows of"
    FIELD = ""
    # What `withheld` says where a field is not shown.
    REASON = "reason"
    ACT = "act"
    PURPOSE = "purpose"
    CONDITION = "condition"
    RELATION = "relation"
    GRANT = "column grant"
    ROW_POLICY = "row policy"
    LOGIN = "server's own logins"

    @property
    def of_database(self) -> bool:
        """Whether it is about the second wall: what PostgreSQL itself is told."""
        return self in {Kind.GRANT, Kind.ROW_POLICY, Kind.LOGIN}


Words = tuple[str, ...] | None
"""One side of a change: the alternatives of a rule (an empty one asks nothing), or one word; None for what is not there."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: for whom, of what (a type, a table, an act), which parts of it, and what it was and is."""

    direction: Direction
    audience: str
    kind: Kind
    name: str
    parts: tuple[str, ...] = ()
    was: Words = None
    now: Words = None
    # The category of a field.
    group: str = ""

    @property
    def subject(self) -> str:
        """What has changed, in English words."""
        words = ("" if self.kind is Kind.REASON else self.kind.value, self.name, self.group)
        return " ".join(word for word in words if word)

    @property
    def how(self) -> str:
        """How, in English words."""
        return _HOW[self.kind](self)

    def as_json(self) -> Mapping[str, Any]:
        """The same, for a program."""
        return {
            "direction": self.direction.name,
            "audience": self.audience,
            "subject": self.subject,
            "parts": list(self.parts),
            "how": self.how,
        }


def changes(old: Surface, new: Surface) -> list[Change]:
    """Everything that differs, what opens first; the parts of a type that change alike stand together."""
    found = sorted(
        set(_changes(old, new)), key=lambda one: (list(Direction).index(one.direction), *_alike(one), one.parts)
    )
    return [_joined(list(several)) for _, several in groupby(found, key=lambda one: (one.direction, *_alike(one)))]


def _alike(change: Change) -> tuple[str, ...]:
    return change.audience, change.subject, change.how


def _joined(several: list[Change]) -> Change:
    return replace(several[0], parts=tuple(part for one in several for part in one.parts))


_THERE: Words = ("",)


def _changes(old: Surface, new: Surface) -> Iterator[Change]:
    for audience in sorted({*old["audiences"], *new["audiences"]}):
        yield from _of_audience(audience, old, new)
    for kind, what in ((Kind.ACT, "acts"), (Kind.PURPOSE, "purposes")):
        yield from _of_sets("", kind, old[what], new[what])
    for name in sorted(_otherwise(old["conditions"], new["conditions"])):
        yield Change(Direction.UNPROVEN, "", Kind.CONDITION, "", (name,), _THERE, _THERE)
    yield from _of_relations(old["relations"], new["relations"])
    for line in sorted({*old["services"], *new["services"]}):
        if line not in old["services"]:
            yield Change(Direction.WIDER, "", Kind.LOGIN, "", (), None, (line,))
        elif line not in new["services"]:
            yield Change(Direction.NARROWER, "", Kind.LOGIN, "", (), (line,), None)


def _of_relations(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield Change(Direction.NARROWER, "", Kind.RELATION, "", (name,), _THERE, None)
        elif old.get(name) != new[name]:
            yield Change(Direction.UNPROVEN, "", Kind.RELATION, "", (name,), _THERE if name in old else None, _THERE)


def _of_sets(audience: str, kind: Kind, old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        known, now = set(old.get(name, ())), set(new.get(name, ()))
        if added := tuple(sorted(now - known)):
            yield Change(Direction.WIDER, audience, kind, name, added, None, _THERE)
        if removed := tuple(sorted(known - now)):
            yield Change(Direction.NARROWER, audience, kind, name, removed, _THERE, None)


_EMPTY: Mapping[str, Any] = {"cells": {}, "types": {}, "grants": {}, "row_policies": {}}


def _of_audience(audience: str, old: Surface, new: Surface) -> Iterator[Change]:
    before, after = old["audiences"].get(audience, _EMPTY), new["audiences"].get(audience, _EMPTY)
    for category in sorted({*before["cells"], *after["cells"]}):
        known, now = before["cells"].get(category, "-"), after["cells"].get(category, "-")
        if known != now:
            gained, lost = "w" in now and "w" not in known, "w" in known and "w" not in now
            direction = Direction.WIDER if gained else Direction.NARROWER if lost else Direction.SAID
            yield Change(direction, audience, Kind.CELL, category, (), (known,), (now,))
    for kind in sorted({*before["types"], *after["types"]}):
        yield from _of_type(
            audience, kind, before["types"].get(kind), after["types"].get(kind), _groups(kind, old, new)
        )
    yield from _of_sets(audience, Kind.GRANT, before["grants"], after["grants"])
    yield from _of_policies(audience, old, new)


def _groups(kind: str, old: Surface, new: Surface) -> Mapping[str, str]:
    return {**old["categories"].get(kind, {}), **new["categories"].get(kind, {})}


def _of_type(
    audience: str, kind: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, groups: Mapping[str, str]
) -> Iterator[Change]:
    rows = (_rule(old["rows"]) if old else None, _rule(new["rows"]) if new else None)
    direction = compared(*rows)
    if direction is not None:
        # With the rows go the columns that are shown wherever the row is.
        always = tuple(sorted(name for name, shown in (new or old or {})["columns"].items() if shown == "always"))
        yield Change(direction, audience, Kind.ROWS, kind, always, *rows)
    for what in ("columns", "steps"):
        known, now = (side[what] if side else {} for side in (old, new))
        for name in sorted({*known, *now}):
            before, after = _effective(old, known.get(name)), _effective(new, now.get(name))
            direction, group = compared(before, after), groups.get(name, "")
            if direction is not None and (rows != (before, after) or None in rows):
                yield Change(direction, audience, Kind.FIELD, kind, (name,), before, after, group)
            elif direction is None and _else(known.get(name)) != _else(now.get(name)):
                said = (_else(known.get(name)),), (_else(now.get(name)),)
                yield Change(Direction.SAID, audience, Kind.REASON, kind, (name,), *said, group)


def _rule(words: list[str]) -> Words:
    return tuple(words)


def _effective(kind: Mapping[str, Any] | None, shown: Any) -> Words:
    if kind is None or shown is None:
        return None
    return _rule(kind["rows"] if shown == "always" else shown["when"])


def _else(shown: Any) -> str:
    return str(shown["else"]) if isinstance(shown, dict) else "nothing"


def compared(old: Words, new: Words) -> Direction | None:
    """How a rule has changed: wider unless whoever satisfies the new one has satisfied the old one."""
    before, after = _alternatives(old), _alternatives(new)
    if before == after:
        return None
    covered = all(any(known <= now for known in before) for now in after)
    if not covered:
        return Direction.WIDER
    same = all(any(now <= known for now in after) for known in before)
    return Direction.SAID if same else Direction.NARROWER


def _alternatives(rule: Words) -> set[frozenset[str]]:
    return {frozenset(filter(None, words.split(" and "))) for words in rule or ()}


def differences(was: Words, now: Words) -> tuple[Words, Words]:
    """The alternatives that are gone, and those that have come."""
    return tuple(sorted({*(was or ())} - {*(now or ())})), tuple(sorted({*(now or ())} - {*(was or ())}))


def _of_policies(audience: str, old: Surface, new: Surface) -> Iterator[Change]:
    before, after = (side["audiences"].get(audience, _EMPTY) for side in (old, new))
    told = _told(before, after, _otherwise(old["conditions"], new["conditions"]))
    known, now = before["row_policies"], after["row_policies"]
    for table in sorted({*known, *now}):
        sides: tuple[Words, Words] = (_THERE if table in known else None, _THERE if table in now else None)
        if table not in known:
            yield Change(Direction.WIDER, audience, Kind.ROW_POLICY, "", (table,), *sides)
        elif table not in now:
            yield Change(Direction.NARROWER, audience, Kind.ROW_POLICY, "", (table,), *sides)
        elif known[table] != now[table] and table not in told:
            yield Change(Direction.UNPROVEN, audience, Kind.ROW_POLICY, "", (table,), *sides)


def _told(before: Mapping[str, Any], after: Mapping[str, Any], conditions: set[str]) -> set[str]:
    """The tables whose row policy has changed with the rule of their rows, or with a condition that is listed."""
    return {
        now["table"]
        for kind, now in after["types"].items()
        if (known := before["types"].get(kind)) is None
        or known["rows"] != now["rows"]
        or conditions & {atom for words in now["rows"] for atom in words.split(" and ")}
    }


def _otherwise(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> set[str]:
    """The conditions that ask something else of the database than before."""
    return {name for name in old.keys() & new.keys() if set(new[name]) - set(old[name])}


# ---------------------------------------------------------------- in English


def _rule_words(change: Change) -> str:
    if change.was is None:
        return f"becomes visible {_when(change.now or ())}"
    if change.now is None:
        return "is in this schema no longer"
    gone, come = differences(change.was, change.now)
    words = [f"no longer {_when([one])}" for one in gone or ()] + [f"now {_when([one])}" for one in come or ()]
    return "; ".join(words)


def _when(rule: Iterable[str]) -> str:
    several = [words for words in rule if words]
    return "when " + ", or when ".join(several) if several else "always"


def _told_by(new: str, gone: str, otherwise: str = "") -> Callable[[Change], str]:
    return lambda change: new if change.was is None else gone if change.now is None else otherwise


_HOW: Mapping[Kind, Callable[[Change], str]] = {
    Kind.CELL: lambda change: f"was {_one(change.was)}, is {_one(change.now)}",
    Kind.ROWS: _rule_words,
    Kind.FIELD: _rule_words,
    Kind.REASON: lambda change: f"`withheld` says {_one(change.now)}, not {_one(change.was)}",
    Kind.ACT: _told_by("may now", "may no longer"),
    Kind.PURPOSE: _told_by("may now", "may no longer"),
    Kind.CONDITION: _told_by("", "", "is checked otherwise in the database: read its new definition"),
    Kind.RELATION: _told_by(
        "is new: somebody may stand in it",
        "is gone: nobody stands in it any more",
        "is found out otherwise: read its new definition",
    ),
    Kind.GRANT: _told_by("the login may read it now", "the login may not read it any more"),
    Kind.ROW_POLICY: _told_by(
        "is new: the login reads rows of it",
        "is gone: the login reads no row of it",
        "is the same rule in another text: read it",
    ),
    Kind.LOGIN: lambda change: f"new: {_one(change.now)}" if change.was is None else f"gone: {_one(change.was)}",
}


def _one(words: Words) -> str:
    return " ".join(words or ())
