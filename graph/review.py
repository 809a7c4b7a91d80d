"""What a change of the policy opens and closes: two leak surfaces side by side, for whoever reviews it and for CI."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
from rich.markup import escape
from rich.table import Table

from loaders.surface import FORMAT, Surface
from schema.errors import SetupError

EXPORT = Path("docs/policy.json")


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


@dataclass(frozen=True, slots=True)
class Change:
    """One change: for whom, of what (a type, a table, an act), which parts of it, and how."""

    direction: Direction
    audience: str
    subject: str
    parts: tuple[str, ...]
    how: str

    def as_json(self) -> Mapping[str, Any]:
        """The same, for a program."""
        return {
            "direction": self.direction.name,
            "audience": self.audience,
            "subject": self.subject,
            "parts": list(self.parts),
            "how": self.how,
        }


def written(surface: Surface) -> str:
    """The canonical text: sorted, one value per line, so that a line changes where the policy does."""
    # The names of columns are a subclass of `str`.
    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(surface, option=option).decode()


def read(where: str) -> Surface:
    """The surface kept in a file, or in docs/policy.json of a git revision.

    Raises: SetupError where there is none that this version can read.
    """
    path = Path(where)
    text = path.read_bytes() if path.is_file() else _of_revision(where)
    try:
        found: Surface = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise SetupError(f"{where} holds no exported policy.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise SetupError(f"{where} was exported in another format: export it again with its own version.")
    return found


def _of_revision(revision: str) -> bytes:
    git = shutil.which("git")
    if git is None:
        raise SetupError(f"{revision} is no file, and git is not installed to look it up as a revision.")
    # Not a shell, and `--end-of-options`: a revision is never read as an option.
    shown = subprocess.run(  # noqa: S603
        [git, "show", "--end-of-options", f"{revision}:{EXPORT.as_posix()}"], capture_output=True, check=False
    )
    if shown.returncode:
        raise SetupError(f"{revision} is neither a file nor a git revision that has {EXPORT}.")
    return shown.stdout


def changes(old: Surface, new: Surface) -> list[Change]:
    """Everything that differs, what opens first; the parts of a type that change alike stand together."""
    found = sorted(
        set(_changes(old, new)), key=lambda one: (list(Direction).index(one.direction), *_alike(one), one.parts)
    )
    return [_joined(list(several)) for _, several in groupby(found, key=lambda one: (one.direction, *_alike(one)))]


_COLOURS = {Direction.WIDER: "red", Direction.UNPROVEN: "magenta", Direction.NARROWER: "green", Direction.SAID: "dim"}


def table(found: Iterable[Change]) -> Table:
    """The changes for people."""
    made = Table(title="What changes for whom", title_justify="left")
    for heading in ("", "audience", "what", "which", "how"):
        made.add_column(heading, overflow="fold")
    for change in found:
        words = (change.audience or "everybody", change.subject, ", ".join(change.parts), change.how)
        made.add_row(change.direction.value, *map(escape, words), style=_COLOURS[change.direction])
    return made


def _alike(change: Change) -> tuple[str, ...]:
    return change.audience, change.subject, change.how


def _joined(several: list[Change]) -> Change:
    first = several[0]
    parts = tuple(part for one in several for part in one.parts)
    return Change(first.direction, first.audience, first.subject, parts, first.how)


def _changes(old: Surface, new: Surface) -> Iterator[Change]:
    for audience in sorted({*old["audiences"], *new["audiences"]}):
        yield from _of_audience(audience, old, new)
    for what in ("acts", "purposes"):
        yield from _of_sets("", what.removesuffix("s"), old[what], new[what], "may", "may no longer")
    for name in sorted(_otherwise(old["conditions"], new["conditions"])):
        yield Change(Direction.UNPROVEN, "", "condition", (name,), "asks something else of the database")
    yield from _of_relations(old["relations"], new["relations"])
    for line in sorted({*old["services"], *new["services"]}):
        if (line in old["services"]) != (line in new["services"]):
            gained = line in new["services"]
            direction = Direction.WIDER if gained else Direction.NARROWER
            yield Change(direction, "", "server's own logins", (), f"{'new' if gained else 'gone'}: {line}")


def _of_relations(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield Change(Direction.NARROWER, "", "relation", (name,), "is gone")
        elif old.get(name) != new[name]:
            how = "is defined otherwise" if name in old else "is new"
            yield Change(Direction.UNPROVEN, "", "relation", (name,), how)


def _of_sets(
    audience: str, subject: str, old: Mapping[str, list[str]], new: Mapping[str, list[str]], more: str, less: str
) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        known, now = set(old.get(name, ())), set(new.get(name, ()))
        if added := tuple(sorted(now - known)):
            yield Change(Direction.WIDER, audience, f"{subject} {name}", added, more)
        if removed := tuple(sorted(known - now)):
            yield Change(Direction.NARROWER, audience, f"{subject} {name}", removed, less)


_EMPTY: Mapping[str, Any] = {"cells": {}, "types": {}, "grants": {}, "row_policies": {}}


def _of_audience(audience: str, old: Surface, new: Surface) -> Iterator[Change]:
    before, after = old["audiences"].get(audience, _EMPTY), new["audiences"].get(audience, _EMPTY)
    for category in sorted({*before["cells"], *after["cells"]}):
        known, now = before["cells"].get(category, "-"), after["cells"].get(category, "-")
        if known != now:
            gained, lost = "w" in now and "w" not in known, "w" in known and "w" not in now
            direction = Direction.WIDER if gained else Direction.NARROWER if lost else Direction.SAID
            yield Change(direction, audience, f"cell {category}", (), f"{known} becomes {now}")
    for kind in sorted({*before["types"], *after["types"]}):
        yield from _of_type(
            audience, kind, before["types"].get(kind), after["types"].get(kind), _groups(kind, old, new)
        )
    yield from _of_sets(
        audience, "column grant", before["grants"], after["grants"], "is granted", "is not granted any more"
    )
    yield from _of_policies(audience, old, new)


def _groups(kind: str, old: Surface, new: Surface) -> Mapping[str, str]:
    return {**old["categories"].get(kind, {}), **new["categories"].get(kind, {})}


def _of_type(
    audience: str, kind: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, groups: Mapping[str, str]
) -> Iterator[Change]:
    rows = (old["rows"] if old else None, new["rows"] if new else None)
    direction = compared(*rows)
    if direction is not None:
        # With the rows go the columns that are shown wherever the row is.
        always = tuple(sorted(name for name, shown in (new or old or {})["columns"].items() if shown == "always"))
        yield Change(direction, audience, f"rows of {kind}", always, _how(*rows))
    for what in ("columns", "steps"):
        known, now = (side[what] if side else {} for side in (old, new))
        for name in sorted({*known, *now}):
            before = _effective(old, known.get(name))
            after = _effective(new, now.get(name))
            subject = f"{kind} {groups[name]}" if name in groups else kind
            direction = compared(before, after)
            if direction is not None and (rows != (before, after) or None in rows):
                yield Change(direction, audience, subject, (name,), _how(before, after))
            elif direction is None and _else(known.get(name)) != _else(now.get(name)):
                how = f"`withheld` says {_else(now.get(name))}, not {_else(known.get(name))}"
                yield Change(Direction.SAID, audience, subject, (name,), how)


def _effective(kind: Mapping[str, Any] | None, shown: Any) -> list[str] | None:
    if kind is None or shown is None:
        return None
    found: list[str] = kind["rows"] if shown == "always" else shown["when"]
    return found


def _else(shown: Any) -> str:
    return str(shown["else"]) if isinstance(shown, dict) else "nothing"


def compared(old: list[str] | None, new: list[str] | None) -> Direction | None:
    """How a rule has changed: wider unless whoever satisfies the new one has satisfied the old one."""
    before, after = _alternatives(old), _alternatives(new)
    if before == after:
        return None
    covered = all(any(known <= now for known in before) for now in after)
    if not covered:
        return Direction.WIDER
    same = all(any(now <= known for now in after) for known in before)
    return Direction.SAID if same else Direction.NARROWER


def _alternatives(rule: list[str] | None) -> set[frozenset[str]]:
    return {frozenset(filter(None, words.split(" and "))) for words in rule or ()}


def _how(old: list[str] | None, new: list[str] | None) -> str:
    if old is None:
        return f"becomes visible {_when(new or [])}"
    if new is None:
        return "is not in the schema any more"
    gone, come = sorted({*old} - {*new}), sorted({*new} - {*old})
    return "; ".join([f"no longer {_when([one])}" for one in gone] + [f"now {_when([one])}" for one in come])


def _when(rule: Iterable[str]) -> str:
    several = [words for words in rule if words]
    return "when " + ", or when ".join(several) if several else "always"


def _of_policies(audience: str, old: Surface, new: Surface) -> Iterator[Change]:
    before, after = (side["audiences"].get(audience, _EMPTY) for side in (old, new))
    told = _told(before, after, _otherwise(old["conditions"], new["conditions"]))
    known, now = before["row_policies"], after["row_policies"]
    for table in sorted({*known, *now}):
        if table not in known:
            yield Change(Direction.WIDER, audience, "row policy", (table,), "is new: the login reads rows of it")
        elif table not in now:
            yield Change(Direction.NARROWER, audience, "row policy", (table,), "is gone: the login reads no row of it")
        elif known[table] != now[table] and table not in told:
            yield Change(Direction.UNPROVEN, audience, "row policy", (table,), "is another text for the same rule")


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
