"""`python -m bench.lists`: every list of cases, as each audience may ask for it, by the CPU of PostgreSQL's backend.

Each order, each word of each filter and the count of each list is asked for by the member or tool of its role who has most
cases: what is fast for them is fast for everybody. The statements are the front door's, the rights those of the role's login.
"""

import asyncio
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from rich.console import Console
from rich.progress import track

from auth.policy import PURPOSES
from bench import processes
from bench.__main__ import scale_of
from bench.asking import Asked, list_asked
from bench.load_tool import BenchError
from bench.questions import PAGE_SIZE
from graph.database import Database, running
from graph.schemas.roles import schema_of
from graph.settings import Secrets, Settings
from loaders.nouns import NOUNS
from loaders.policy.context import NOBODY
from loaders.postgres.logins import login_of
from loaders.setup.database import prepare
from schema.types.query import ROOTS
from schema.vocabulary import Audience, OrgKind, Role, organisation_audience, role_audience

RESULTS = Path(__file__).with_name("lists.md")
SLOW_MS = 50
"""What a person notices, with the rest of the way."""
_GIVES_UP = 2_000
_AGAIN = 2
_LONG_AGO = '"2024-06-01T00:00:00Z"'


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the busiest of a role, or of a kind of organisation for its tool."""

    audience: Audience
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One list, asked for in one way."""

    root: str
    way: str
    document: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What it took: milliseconds of CPU, or None where it was given up."""

    viewer: Viewer
    question: Question
    cost: float | None


# ---------------------------------------------------------------- what is asked


def questions(audience: Audience) -> Iterator[Question]:
    """Every list of cases of an audience in every way."""
    query = schema_of(audience).query_type
    for root, field in query.fields.items() if query is not None else ():
        if root not in ROOTS or NOUNS[ROOTS[root]].situation_column is None:
            continue
        # Asked of one situation, and found by it.
        if any(map(is_required_argument, field.args.values())):
            continue
        page = get_named_type(field.type)
        if not isinstance(page, GraphQLObjectType):
            continue
        nodes = f"nodes {{ {_columns(page)} }}"
        if "totalCount" in page.fields:
            yield Question(root, "count", f"{{ {root}(first: 1) {{ totalCount }} }}")
        for argument in _orders(field.args) + _filters(field.args):
            yield Question(
                root,
                argument or "as it is",
                f"{{ {root}(first: {PAGE_SIZE}{argument and ', ' + argument}) {{ {nodes} }} }}",
            )


def _columns(page: GraphQLObjectType) -> str:
    node = get_named_type(page.fields["nodes"].type)
    if not isinstance(node, GraphQLObjectType):
        raise BenchError(f"{page.name} has no nodes.")
    plain = [name for name, field in node.fields.items() if is_leaf_type(get_named_type(field.type)) and not field.args]
    case = get_named_type(node.fields["situation"].type) if "situation" in node.fields else None
    if isinstance(case, GraphQLObjectType) and node.name != "Access":
        plain.append(f"situation {{ {'id' if 'id' in case.fields else '__typename'} }}")
    return " ".join(plain)


def _orders(arguments: Mapping[str, Any]) -> list[str]:
    order = get_named_type(arguments["orderBy"].type) if "orderBy" in arguments else None
    return [""] + (
        [f"orderBy: {word}" for word in list(order.values)[1:]] if isinstance(order, GraphQLEnumType) else []
    )


def _filters(arguments: Mapping[str, Any]) -> list[str]:
    given = get_named_type(arguments["filter"].type) if "filter" in arguments else None
    if not isinstance(given, GraphQLInputObjectType):
        return []
    made = []
    for name, field in given.fields.items():
        kind = get_named_type(field.type)
        words = list(kind.values) if isinstance(kind, GraphQLEnumType) else _VALUES.get(kind.name, [])
        several = "[" in str(field.type)
        made += [f"filter: {{{name}: {f'[{word}]' if several else word}}}" for word in words]
    return made


_VALUES = {"Boolean": ["true", "false"], "Int": ["3"], "DateTime": [_LONG_AGO]}


# ---------------------------------------------------------------- who asks

_BUSIEST = """
    WITH held AS (SELECT viewer, count(*) AS cases FROM reach GROUP BY viewer)
    SELECT DISTINCT ON (h.role, o.kind) h.role, o.kind, h.member_id AS member, o.id AS organisation, o.authority_id AS authority
    FROM habilitation h JOIN organisation o ON o.id = h.organisation_id
    LEFT JOIN held own ON own.viewer = h.member_id LEFT JOIN held ours ON ours.viewer = o.id
    LEFT JOIN held theirs ON theirs.viewer = o.authority_id
    WHERE h.state = 'ACTIVE' AND h.valid_to > now()
    ORDER BY h.role, o.kind, coalesce(own.cases, 0) DESC, coalesce(ours.cases, 0) + coalesce(theirs.cases, 0) DESC, h.id"""


async def viewers(connection: Any) -> list[Viewer]:
    """One for each role in each kind of organisation, and one tool for each kind."""
    found, tools = [], dict[Audience, Viewer]()
    for row in await connection.fetch(_BUSIEST):
        facts = {"organisation": row["organisation"], "authority": row["authority"], "kind": row["kind"]}
        role = Role(row["role"])
        audience, purpose = role_audience(role), min((one.value for one in PURPOSES[role]), default="-")
        found.append(_viewer(audience, facts | {"member": row["member"], "purpose": purpose}))
        tool = organisation_audience(OrgKind(row["kind"]))
        if tool is not None:
            tools.setdefault(tool, _viewer(tool, facts | {"member": NOBODY, "purpose": "-"}))
    return [*found, *tools.values()]


def _viewer(audience: Audience, facts: Mapping[str, Any]) -> Viewer:
    # As loaders/policy/context.py says it: those two reach cases of an authority at a CRIP only.
    apart = audience in {Audience.COO, Audience.DPO} and facts["kind"] != OrgKind.CRIP.value
    return Viewer(audience, facts["kind"], {**facts, "authority": NOBODY if apart else facts["authority"] or NOBODY})


# ---------------------------------------------------------------- measuring


async def measured(database: Database) -> list[Answer]:
    """Every question of everybody, one after the other."""
    admin: Any = await asyncpg.connect(database.admin)
    try:
        everybody = await viewers(admin)
    finally:
        await admin.close()
    asked = [(viewer, question) for viewer in everybody for question in questions(viewer.audience)]
    return [
        Answer(viewer, question, await _cost(database, viewer, question))
        for viewer, question in track(asked, "Lists", console=Console(stderr=True))
    ]


async def _cost(database: Database, viewer: Viewer, question: Question) -> float | None:
    asked = list_asked(viewer.audience, question.document)
    known = {f"viewer_{name}": value for name, value in viewer.facts.items()}
    known |= {"viewer_token": "-", "page_size": PAGE_SIZE}
    known |= {f"filter_{name}": value for name, value in (asked.arguments.get("filter") or {}).items()}
    connection: Any = await asyncpg.connect(database.dsn_of(login_of(viewer.audience)))
    try:
        await connection.execute(f"SET statement_timeout = {_GIVES_UP}")
        prepared = await Asked.of(connection, asked.statement, known)
        await prepared.answer()
        return await prepared.cost(_AGAIN)
    except asyncpg.QueryCanceledError:
        return None
    finally:
        await connection.close()


# ---------------------------------------------------------------- telling


def report(answers: list[Answer], situations: int) -> str:
    """bench/lists.md."""
    lines = [
        "# What lists cost",
        "",
        "Written by `python -m bench.lists`: every list of cases, in each order, under each word of its filters, and counted, as the busiest of each role asks for it.",
        f"CPU of PostgreSQL's backend for the first {PAGE_SIZE} rows, the page in its caches; {situations:,} situations. Given up after {_GIVES_UP / 1000:g} s.",
        "",
        f"| audience | at | questions | median ms | over {SLOW_MS} ms | given up |",
        "|---|---|---|---|---|---|",
    ]
    for viewer in dict.fromkeys(answer.viewer.audience.value + "|" + answer.viewer.kind for answer in answers):
        mine = [one.cost for one in answers if one.viewer.audience.value + "|" + one.viewer.kind == viewer]
        known = [cost for cost in mine if cost is not None]
        middle = statistics.median(known) if known else 0
        slow = sum(cost > SLOW_MS for cost in known)
        lines.append(
            f"| {' | '.join(viewer.split('|'))} | {len(mine)} | {middle:.1f} | {slow} | {len(mine) - len(known)} |"
        )
    lines += ["", f"Over {SLOW_MS} ms:", "", "| audience | at | list | asked for | ms |", "|---|---|---|---|---|"]
    slowest = sorted(answers, key=lambda one: -(one.cost if one.cost is not None else _GIVES_UP))
    lines += [
        f"| {one.viewer.audience.value} | {one.viewer.kind} | {one.question.root} | `{one.question.way}` | "
        f"{'given up' if one.cost is None else f'{one.cost:.0f}'} |"
        for one in slowest
        if one.cost is None or one.cost > SLOW_MS
    ]
    return "\n".join([*lines, ""])


def main(
    data: Annotated[Path, typer.Option(help="Folder of the bench's databases.")] = Path("bench/.data"),
    situations: Annotated[int, typer.Option(help="Size of the database.")] = 200_000,
    results: Annotated[Path, typer.Option(help="Where the results go.")] = RESULTS,
) -> None:
    """Measure, print what is slow, write bench/lists.md."""
    folder = data / f"situations-{situations}"
    if not (folder / "postgres").exists():
        with processes.demonstration(folder, scale_of(situations)):
            pass
    settings = Settings(data=folder)
    secrets = Secrets(folder / "secrets")
    with running(settings, secrets) as database:
        asyncio.run(prepare(database.admin, secrets.database, datetime.now(UTC).date()))
        answers = asyncio.run(measured(database))
    text = report(answers, situations)
    Console().print(text, markup=False, highlight=False)
    results.write_text(text)


if __name__ == "__main__":
    typer.run(main)
