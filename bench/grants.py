"""`python -m bench.grants`: what the check of sharings costs on pages where none applies, by the CPU of PostgreSQL's backend.

One database, two logins that differ in one thing: the row policies of the one are compiled from the policy as it is, those of
the other without every cell that a sharing widens (condition 2), and so is its statement. Both answer the same bytes.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import asyncpg
import typer
from rich.console import Console

from auth.conditions import Condition
from auth.policy import MATRIX, Cell, Reach
from bench import processes
from bench.__main__ import scale_of
from bench.asking import Asked, list_asked
from bench.load_tool import BenchError
from bench.questions import PAGE_SIZE
from graph.database import running
from graph.settings import Secrets, Settings
from loaders import walls
from loaders.policy import conditions
from loaders.policy.context import NOBODY, SETTINGS
from loaders.policy.reached import REACH_VIEW, reach_views
from loaders.setup.database import prepare
from loaders.statement import Statement
from schema.tables import metadata
from schema.vocabulary import Audience

Connection = "asyncpg.Connection[Any]"
RESULTS = Path(__file__).with_name("grants.md")
_AGAIN = 12
"""Questions in a row to one login before it is the other's turn."""


@dataclass(frozen=True, slots=True)
class Page:
    """One question of an audience, and the relation by which its busiest member who shares in nothing is found."""

    audience: Audience
    via: str
    purpose: str
    document: str


# What people open all day; nothing that only a sharing shows is selected.
PAGES = (
    Page(
        Audience.ASE,
        "CASEWORKER",
        "EVALUATE",
        """{ situations(first: 50) { nodes { id ref status urgency openedAt minors(first: 5) { id firstName ageBand }
        concernReports(first: 5) { id kind status sentAt dueAt } measures(first: 5) { id decision startsOn endsOn } } } }""",
    ),
    Page(
        Audience.ASE, "CASEWORKER", "EVALUATE",
        "{ concernReports(first: 50) { nodes { id kind status urgency sentAt dueAt situation { id ref status } } } }",
    ),
    Page(
        Audience.ASM, "ASSIGNED", "IMPLEMENT",
        """{ referrals(first: 50) { nodes { id ref kind status proposedAt minor { firstName ageBand }
        followUps(first: 5) { id status date recordedAt } } } }""",
    ),
)  # fmt: skip
# A sharing opens nothing to these: their statements and row policies are the same with and without it.
UNTOUCHED = (Audience.LIS, Audience.SUP, Audience.CRI, Audience.COO, Audience.DPO, Audience.ORG_CRIP)


@contextmanager
def without_sharings() -> Iterator[None]:
    """The policy without every cell that a sharing widens."""
    known = {place: cell for place, cell in MATRIX.items() if Condition.GRANTED in cell.conditions}
    table = cast("dict[Any, Cell]", MATRIX)
    table.update(dict.fromkeys(known, Cell(Reach.NONE, write=False, conditions=frozenset())))
    _forget()
    try:
        yield
    finally:
        table.update(known)
        _forget()


def _forget() -> None:
    conditions.category_rule.cache_clear()
    conditions.row_rule.cache_clear()


@dataclass(frozen=True, slots=True)
class Build:
    """A statement, and the rights and row policies of its login."""

    statement: Statement
    rights: tuple[str, ...]


def build(page: Page, login: str) -> Build:
    """Out of the policy of this moment."""
    rights = [f"GRANT USAGE ON SCHEMA public TO {login}"]
    for table in metadata.sorted_tables:
        columns = walls.columns(page.audience, table)
        if columns:
            clause = walls.predicate(page.audience, table)
            rights.append(f"GRANT SELECT ({', '.join(columns)}) ON {table.name} TO {login}")
            rights.append(f"CREATE POLICY {login} ON {table.name} FOR SELECT TO {login} USING ({clause})")
    rights += [f"GRANT SELECT ({', '.join(REACH_VIEW)}) ON {view} TO {login}" for view in reach_views(SETTINGS)]
    return Build(list_asked(page.audience, page.document).statement, tuple(rights))


# ---------------------------------------------------------------- measuring


@asynccontextmanager
async def _login(server: str, name: str, made: Build) -> AsyncIterator[Any]:
    """A session under these rights and no others, as the settings of an audience's login make it."""
    connection: Any = await asyncpg.connect(server)
    try:
        await _dropped(connection, name)
        await connection.execute(f"CREATE ROLE {name} NOLOGIN")
        for right in made.rights:
            await connection.execute(right)
        for setting in ("plan_cache_mode = force_generic_plan", "jit = off", "random_page_cost = 1.1"):
            await connection.execute(f"SET {setting}")
        await connection.execute(f"SET ROLE {name}")
        yield connection
    finally:
        await connection.execute("RESET ROLE")
        await _dropped(connection, name)
        await connection.close()


async def _dropped(connection: Any, name: str) -> None:
    if await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"DROP OWNED BY {name}")
        await connection.execute(f"DROP ROLE {name}")


async def _caller(connection: Any, page: Page) -> Mapping[str, Any]:
    """The member with the most cases over this relation, to whom nothing is shared."""
    row = await connection.fetchrow(
        """SELECT r.viewer AS member, o.id AS organisation, o.kind, o.authority_id AS authority, count(*) AS cases
           FROM reach r JOIN member m ON m.id = r.viewer JOIN organisation o ON o.id = m.organisation_id
           WHERE r.via = $1 AND NOT EXISTS (SELECT FROM reach g WHERE g.viewer = r.viewer AND g.via LIKE 'GRANT:%')
           GROUP BY 1, 2, 3, 4 ORDER BY cases DESC, 1 LIMIT 1""",
        page.via,
    )
    if row is None:
        raise BenchError(f"Nobody has a case by {page.via} without a sharing.")
    return {**row, "authority": row["authority"] or NOBODY, "purpose": page.purpose}


async def _asked(connection: Any, statement: Statement, who: Mapping[str, Any]) -> Asked:
    known = {f"viewer_{name}": value for name, value in who.items()} | {"viewer_token": "-", "page_size": PAGE_SIZE}
    known |= {"cursor_inner": bytes(64), "cursor_outer": bytes(64)}
    return await Asked.of(connection, statement, known)


async def measured(server: str, page: Page, rounds: int) -> tuple[float, list[float]]:
    """Milliseconds with the check, and of each round the ratio to those without it."""
    checked = build(page, "bench_checked")
    with without_sharings():
        free = build(page, "bench_free")
    admin: Any = await asyncpg.connect(server)
    try:
        who = await _caller(admin, page)
    finally:
        await admin.close()
    async with _login(server, "bench_checked", checked) as one, _login(server, "bench_free", free) as other:
        with_check = await _asked(one, checked.statement, who)
        without = await _asked(other, free.statement, who)
        if await with_check.answer() != await without.answer():
            raise BenchError(f"{page.audience.value}: a sharing applies on this page.")
        await with_check.cost(_AGAIN)
        await without.cost(_AGAIN)
        costs, ratios = [], []
        for number in range(rounds):
            # In turn, and each as often first: what a neighbour does at one moment hits both.
            first, second = (with_check, without) if number % 2 else (without, with_check)
            found = {id(first): await first.cost(_AGAIN), id(second): await second.cost(_AGAIN)}
            costs.append(found[id(with_check)])
            ratios.append(found[id(with_check)] / found[id(without)])
    return statistics.median(costs), sorted(ratios)


def untouched(audience: Audience) -> bool:
    """Whether an audience's row policies are the same without sharings."""
    now = {table.name: walls.predicate(audience, table) for table in metadata.sorted_tables}
    with without_sharings():
        then = {table.name: walls.predicate(audience, table) for table in metadata.sorted_tables}
    return now == then


def report(found: Mapping[Page, tuple[float, list[float]]], situations: int, rounds: int) -> str:
    """bench/grants.md."""
    lines = [
        "# What the check of sharings costs",
        "",
        "Written by `python -m bench.grants`: pages on which no sharing applies, asked of PostgreSQL by two logins of one database. The one has the row policies",
        "and the statement of the policy as it is, the other those of the policy without every cell that a sharing widens. CPU of the backend, in turn,",
        f"{rounds} rounds of {_AGAIN} questions each; {situations:,} situations. Goal: 1.05.",
        "",
        "| audience | page | ms | ratio | lowest and highest round |",
        "|---|---|---|---|---|",
    ]
    for page, (cost, ratios) in found.items():
        root = page.document.split()[1].partition("(")[0]
        lines.append(
            f"| {page.audience.value} | {root} | {cost:.2f} | {statistics.median(ratios):.3f} | {ratios[0]:.2f} to {ratios[-1]:.2f} |"
        )
    same = ", ".join(audience.value for audience in UNTOUCHED if untouched(audience))
    lines += [
        "",
        "A relation and a sharing are one look-up. A list that a sharing reaches into without the column that orders it is read in two stretches (decision 0045),",
        "and the second is asked for by whoever shares in anything.",
        "",
        f"The row policies of {same} are the very same text without sharings: there the ratio is 1 by construction.",
        "",
    ]
    return "\n".join(lines)


def main(
    data: Annotated[Path, typer.Option(help="Folder of the bench's databases.")] = Path("bench/.data"),
    situations: Annotated[int, typer.Option(help="Size of the database.")] = 200_000,
    rounds: Annotated[int, typer.Option(help="Rounds per page.")] = 20,
    results: Annotated[Path, typer.Option(help="Where the results go.")] = RESULTS,
) -> None:
    """Measure, print the ratios, write bench/grants.md."""
    folder, found = data / f"situations-{situations}", {}
    if not (folder / "postgres").exists():
        with processes.demonstration(folder, scale_of(situations)):
            pass
    settings = Settings(data=folder)
    secrets = Secrets(folder / "secrets")
    # The database alone: a server beside it folds figures and holds the tables whose policies are made here.
    with running(settings, secrets) as database:
        asyncio.run(prepare(database.admin, secrets.database, datetime.now(UTC).date()))
        for page in PAGES:
            found[page] = asyncio.run(measured(database.admin, page, rounds))
    text = report(found, situations, rounds)
    Console().print(text, markup=False, highlight=False)
    results.write_text(text)


if __name__ == "__main__":
    typer.run(main)
