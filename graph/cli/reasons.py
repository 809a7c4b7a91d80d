"""`python -m graph explain ORGANISATION MEMBER SITUATION TYPE.FIELD`: why, as a tree for people or as JSON.

An operator's and a data protection officer's tool, on the server's own machine. It reads truth values and no field, and
like every read of a case it is in the access log before anything is shown.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
from rich.tree import Tree

from auth.conditions import BY_NUMBER
from graph.cli.place import account
from graph.database import Database
from loaders.journals.audit import AccessRecord, AuditWriter
from loaders.postgres import logins
from loaders.why.facts import Fact
from loaders.why.field import Alternative, Answer, Asked, case_of, explain
from loaders.why.people import Person, person
from schema.vocabulary import Purpose


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, in the operator's words; no member stands for the organisation's own tool."""

    organisation: str
    member: str | None
    situation: str
    field: str
    habilitation: str | None = None
    purpose: Purpose | None = None


async def answered(database: Database, asking: Asking) -> Answer:
    """Ask the database, and write the access log.

    Raises: SetupError for words that name nothing, UnavailableError where the record may not be committed.
    """
    async with _reading(database, logins.OAUTH) as accounts:
        who = await person(accounts, asking.organisation, asking.member, asking.habilitation, asking.purpose)
    # The commands' login reads every case and owns nothing; the transaction takes away even what it may write.
    async with _reading(database, logins.COMMANDS) as cases:
        case = await case_of(cases, asking.situation)
        answer = await explain(cases, who, case, asking.field)
    await _log(database, who, case, answer)
    return answer


@asynccontextmanager
async def _reading(database: Database, login: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(database.dsn_of(login))
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close()


async def _log(database: Database, who: Person, case: UUID, answer: Answer) -> None:
    """One record in the log of the organisation that was asked about: its officers see that somebody asked."""
    writer = AuditWriter(database.dsn_of(logins.AUDIT))
    await writer.start()
    try:
        await writer.write(
            AccessRecord(
                at=datetime.now(UTC),
                event="READ",
                outcome="OK",
                trace_id=uuid4().hex,
                organisation_id=who.caller.organisation_id,
                # The account of the machine: whoever runs this has no token.
                client_id=f"explain/{account()}",
                member_id=None,
                audience=answer.audience.value,
                purpose=Purpose.CONTROL.value,
                operation=f"explain {answer.field}",
                document_hash=None,
                situations=orjson.dumps([str(case)]),
                categories=(),
                withheld=(answer.category.value,),
            )
        )
    finally:
        await writer.close()


def as_json(answer: Answer) -> str:
    """The same for a program; sets and enums as plain words."""
    made: dict[str, Any] = {
        **dataclasses.asdict(answer),
        "audience": answer.audience.value,
        "purpose": answer.purpose.value if answer.purpose else None,
        "category": answer.category.value,
        "cell": str(answer.cell),
        "stands": answer.stands,
        "verdict": verdict(answer),
    }
    return orjson.dumps(made, option=orjson.OPT_INDENT_2).decode()


def verdict(answer: Answer) -> str:
    """One sentence."""
    if not answer.stands:
        return "Sees nothing at all: what must hold before any condition does not (the first ✗ below)."
    if not answer.in_schema:
        return f"Never: {answer.field} is not in the schema of {answer.audience.value}."
    if not answer.rows:
        return "This case has no such row, so there is nothing to see or to withhold."
    there = [row for row in answer.rows if row.exists]
    shown = [row for row in there if row.shown]
    if not there:
        return f"Of {len(answer.rows)} rows this caller reaches none: the answer is the same as for an id that does not exist."
    said = f"`withheld` says {answer.reason or 'nothing'}"
    hidden = f", {len(there) - len(shown)} withheld ({said})" if len(shown) < len(there) else ""
    return f"Of {len(answer.rows)} rows this caller reaches {len(there)}: the field is shown on {len(shown)}{hidden}."


def tree(answer: Answer, title: str) -> Tree:
    """The whole answer, best alternatives first."""
    root = Tree(f"[bold]{title}[/bold]", highlight=False)
    root.add(f"[bold]{verdict(answer)}[/bold]")
    root.add(f"{answer.category.value} {answer.category.label}, cell [cyan]{answer.cell}[/cyan]: {_conditions(answer)}")
    _facts(root.add("Before any condition"), answer.standing)
    for row in answer.rows:
        state = (
            "[green]shown[/green]"
            if row.shown
            else "[yellow]withheld[/yellow]"
            if row.exists
            else "[red]not there[/red]"
        )
        branch = root.add(f"{row.id}  {state}")
        _alternatives(branch.add(f"{_mark(row.exists)} the row is within reach when"), row.row)
        if row.exists:
            _alternatives(branch.add(f"{_mark(row.shown)} the field is shown when"), row.field)
    return root


def _conditions(answer: Answer) -> str:
    sentences = [f"({one.number}) {one.sentence}" for one in sorted(answer.cell.conditions, key=lambda one: one.number)]
    return " ".join(sentences) or "no numbered condition"


def _mark(holds: bool) -> str:
    return "[green]✓[/green]" if holds else "[red]✗[/red]"


def _alternatives(branch: Tree, several: Iterable[Alternative]) -> None:
    for place, one in enumerate(several):
        where = branch if place == 0 else branch.add("or")
        if not one.atoms:
            where.add("[green]✓[/green] always")
        for atom in one.atoms:
            _atom(where, atom)


def _atom(branch: Tree, atom: Asked) -> None:
    numbers = "".join(f"({number} {BY_NUMBER[number].name}) " for number in atom.conditions)
    who = (
        ""
        if atom.holds or any(not fact.holds for fact in atom.facts)
        else f"  [dim]who may change it: {atom.who}[/dim]"
    )
    below = branch.add(f"{_mark(atom.holds)} {numbers}{atom.sentence}{who}")
    if not atom.holds:
        _facts(below, atom.facts)


def _facts(branch: Tree, facts: Iterable[Fact]) -> None:
    for fact in facts:
        who = "" if fact.holds else f"  [dim]who may change it: {fact.who}[/dim]"
        branch.add(f"{_mark(fact.holds)} {fact.sentence}{who}")
