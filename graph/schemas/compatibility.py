"""What a change of the contract does to those who built on it: breaking, dangerous, or neither.

`schema/released` holds the schema of each audience at the last release, without its descriptions: narrowing a right breaks the
clients of that audience, though the types of the house are the same. What breaks has to be told in docs/CHANGELOG.md.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graphql import Visitor, build_schema, find_breaking_changes, find_dangerous_changes, parse, print_ast, visit

from graph.schemas.contract import contract_of
from schema.vocabulary import Audience

RELEASED = Path("schema/released")
CHANGELOG = Path("docs/CHANGELOG.md")
_UNRELEASED = "## Unreleased"
_RELEASE = re.compile(r"## \d")


@dataclass(frozen=True, slots=True)
class Change:
    """One change, and the audiences whose clients meet it."""

    breaking: bool
    sentence: str
    audiences: tuple[Audience, ...]

    def __str__(self) -> str:
        level = "breaking" if self.breaking else "dangerous"
        return f"{level}: {self.sentence} ({', '.join(audience.value for audience in self.audiences)})"


class _Bare(Visitor):
    """Takes descriptions away."""

    def enter(self, node: Any, *_: Any) -> Any:
        """The node without its own."""
        return None if getattr(node, "description", None) is None else replace(node, description=None)


def bare(sdl: str) -> str:
    """A schema without its descriptions."""
    return print_ast(visit(parse(sdl), _Bare())) + "\n"


def released(folder: Path = RELEASED) -> dict[Audience, str]:
    """The schemas of the last release."""
    return {
        audience: path.read_text(encoding="utf-8")
        for audience in Audience
        if (path := folder / f"{audience.value}.graphql").exists()
    }


def write_released(folder: Path = RELEASED) -> None:
    """Make the schemas of this moment those of the last release."""
    folder.mkdir(exist_ok=True)
    for audience in Audience:
        (folder / f"{audience.value}.graphql").write_text(bare(contract_of(audience)), encoding="utf-8")


def latest(changelog: str) -> str:
    """The number of the last release that the changelog tells."""
    return next(line.removeprefix("## ") for line in changelog.splitlines() if _RELEASE.match(line))


def changes(before: Mapping[Audience, str], after: Mapping[Audience, str]) -> list[Change]:
    """What has changed for whom, breaking changes first."""
    found: dict[tuple[bool, str], list[Audience]] = {}
    for audience, text in before.items():
        if audience not in after:
            found.setdefault((True, f"{audience.value} is no audience any more."), []).append(audience)
            continue
        old, new = build_schema(text), build_schema(after[audience])
        for breaking, seen in ((True, find_breaking_changes(old, new)), (False, find_dangerous_changes(old, new))):
            for change in seen:
                found.setdefault((breaking, change.description), []).append(audience)
    made = [Change(breaking, sentence, tuple(met)) for (breaking, sentence), met in found.items()]
    return sorted(made, key=lambda change: (not change.breaking, change.sentence))


def untold(found: Iterable[Change], changelog: str) -> list[Change]:
    """The breaking changes that the changelog's unreleased part does not tell, sentence by sentence."""
    _, _, unreleased = changelog.partition(_UNRELEASED)
    told = unreleased.split("\n## ")[0]
    return [change for change in found if change.breaking and change.sentence not in told]
