"""Facts: what holds or does not, asked of the database as truth values, and who may change it."""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, select, true

from loaders.statement.fetching import fetch


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds or does not, and who may change it."""

    sentence: str
    holds: bool
    who: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact still to be asked of the database."""

    sentence: str
    clause: ColumnElement[bool]
    who: str


async def facts_of(
    connection: asyncpg.Connection[Any], binds: Mapping[str, Any], claims: Sequence[Claim]
) -> tuple[Fact, ...]:
    """The claims in one statement, each answered with true or false."""
    asked = select(true().label("asked"), *(claim.clause.label(f"f{place}") for place, claim in enumerate(claims)))
    row = (await fetch(connection, asked, binds))[0]
    return tuple(Fact(claim.sentence, bool(row[f"f{place}"]), claim.who) for place, claim in enumerate(claims))
