"""Who sees what, asked of the running server and compared with an oracle that shares nothing with it.

Every row of a world made to exercise every condition both ways, for several members of each audience: the row is there
exactly where the oracle says, each cell is shown exactly where the oracle says, and `withheld` names exactly the others.
The schemas, which need no data: `tests/test_matrix_columns.py`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import GraphQLObjectType

from graph.schemas.roles import schema_of
from loaders.nouns import NOUNS
from schema.types.query import ROOTS
from schema.vocabulary import Audience
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_facts import Sight
from tests.matrix_words import TABLE_OF, absent, snake
from tests.seats import SEATS, Seat, Stage, made_stage, viewer_of  # noqa: F401

PREFIX = {noun.name: noun.prefix for noun in NOUNS.values()}

# Reached by a step of a row that is fetched anyway: link rows without a public id.
_LINKS = {"AuthorityDepartment", "WorkingSessionActor"}

# Fetched by their root list: no public id, or one that is not told.
_LISTED = {"AccessRecord": 'filter: {event: ["MATRIX"]}, '}


def plain(value: Any) -> Any:
    """A cell as JSON says it."""
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return tuple(value)
    return value


def answered(table: str, column: str, value: Any) -> Any:
    """A cell of an answer, comparable with `plain`."""
    kind = NOUNS_BY_TABLE[table].table.c[column].type.python_type
    if value is not None and kind is datetime:
        return round(datetime.fromisoformat(value).timestamp() * 1000)
    return tuple(value) if isinstance(value, list) else value


NOUNS_BY_TABLE = {noun.table.name: noun for noun in NOUNS.values()}


def fields_of(audience: str, noun: str) -> list[str]:
    kind = schema_of(Audience(audience)).type_map.get(noun)
    if not isinstance(kind, GraphQLObjectType):
        return []
    columns = GROUP_OF_COLUMN.get(TABLE_OF[noun], {})
    return [name for name in kind.fields if snake(name) in columns and name != "withheld"]


def fetch(stage: Stage, seat: Seat, member: str | None, noun: str) -> list[dict[str, Any]]:
    """Every row of the noun that the server gives to this caller: by the ids the administrator knows, or page by page."""
    kind = schema_of(Audience(seat.audience)).type_map[noun]
    assert isinstance(kind, GraphQLObjectType)
    notices = " withheld { field reason }" if noun != "AccessRecord" and "withheld" in kind.fields else ""
    selection = " ".join(fields_of(seat.audience, noun)) + notices
    who = {"member": member, "purpose": seat.purpose}
    if "id" in kind.fields:
        return list(_by_ids(stage, seat, noun, selection, who))
    root = next(name for name, target in ROOTS.items() if target == noun)
    return list(_by_pages(stage, seat, root, _LISTED.get(noun, ""), selection, who))


def public_id(noun: str, identity: Any) -> str:
    """A tool's client_id says itself what it is of."""
    return str(identity) if noun == "Tool" else f"{PREFIX[noun]}_{identity}"


def _by_ids(stage: Stage, seat: Seat, noun: str, selection: str, who: Any) -> Iterator[dict[str, Any]]:
    ids = [public_id(noun, row["id"]) for row in stage.world.tables[TABLE_OF[noun]]]
    query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {noun} {{ id {selection} }} }} }}"
    for start_at in range(0, len(ids), 100):
        page = stage.network.data(seat.client, query, {"ids": ids[start_at : start_at + 100]}, **who)["nodes"]
        yield from (row for row in page if row is not None)


def _by_pages(stage: Stage, seat: Seat, root: str, filters: str, selection: str, who: Any) -> Iterator[dict[str, Any]]:
    query = (
        f"query($after: String) {{ {root}({filters}first: 100, after: $after) "
        f"{{ pageInfo {{ hasNextPage endCursor }} nodes {{ {selection} }} }} }}"
    )
    after = None
    while True:
        page = stage.network.data(seat.client, query, {"after": after}, **who)[root]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def expected_row(sight: Sight, audience: str, noun: str, row: Mapping[str, Any], *, named: bool) -> tuple[Any, ...]:
    """A row as the oracle wants it: id where told, cells, notices."""
    table = TABLE_OF[noun]
    cells = []
    notices = set()
    for name in fields_of(audience, noun):
        column = snake(name)
        if sight.shows(table, row, column):
            cells.append((name, plain(json.loads(row[column]) if column == "situations" else row[column])))
        else:
            cells.append((name, None))
            reason = sight.reason(table, row, column)
            if reason:
                notices.add((name, reason))
    return str(row["id"]) if named else None, tuple(cells), frozenset(notices)


def answered_row(audience: str, noun: str, row: Mapping[str, Any], *, named: bool) -> tuple[Any, ...]:
    table = TABLE_OF[noun]
    cells = tuple((name, answered(table, snake(name), row[name])) for name in fields_of(audience, noun))
    notices = frozenset((one["field"], one["reason"]) for one in row.get("withheld", ()))
    if not named:
        return None, cells, notices
    return row["id"] if noun == "Tool" else row["id"].partition("_")[2], cells, notices


# The reason is one per rule, not one per row: in these the server says what to ask for, where access has also ended.
ALSO_ENDED = {"NEEDS_GRANT": {"ConcernReport", "Situation"}, "OUT_OF_MANDATE": {"Referral", "FollowUp"}}


def same_notices(noun: str, answered: frozenset[tuple[str, str]], wanted: frozenset[tuple[str, str]]) -> bool:
    """The same fields, each with its reason."""
    given, right = dict(answered), dict(wanted)
    return given.keys() == right.keys() and all(
        given[name] == reason or (reason == "ENDED" and noun in ALSO_ENDED.get(given[name], ()))
        for name, reason in right.items()
    )


def explain(stage: Stage, noun: str, wanted: Counter[Any], got: Counter[Any]) -> str:
    """The differences, by case name."""
    names = {identity: name for name, identity in stage.cases.items()}
    rows = stage.world.by_id
    lines = []

    def case_of(identity: str | None) -> str:
        if identity is None:
            return "?"
        row = rows[UUID(identity)]
        return names.get(row.get("situation_id", row["id"]), "synthetic")

    wanted_by = {one[0] or one[1]: one for one in wanted}
    for one in got - wanted:
        twin = wanted_by.get(one[0] or one[1])
        if twin is None:
            lines.append(f"TOO MUCH {noun} of «{case_of(one[0])}»: {one[1:]}")
            continue
        for (name, given), (_, true) in zip(one[1], twin[1], strict=True):
            if given != true:
                lines.append(f"CELL {noun}.{name} of «{case_of(one[0])}»: answered {given!r}, oracle {true!r}")
        if not same_notices(noun, one[2], twin[2]):
            lines.append(
                f"NOTICES {noun} of «{case_of(one[0])}»: answered {sorted(one[2] - twin[2])}, oracle {sorted(twin[2] - one[2])}"
            )
    got_keys = {one[0] or one[1] for one in got}
    lines += [
        f"TOO LITTLE {noun} of «{case_of(one[0])}»: {one[1:]}"
        for one in wanted - got
        if (one[0] or one[1]) not in got_keys
    ]
    return "\n".join(sorted(lines))


@pytest.mark.parametrize("seat", SEATS, ids=str)
def test_rows_and_cells_are_what_the_oracle_says(stage: Stage, seat: Seat) -> None:
    viewer, member = viewer_of(stage, seat)
    sight = Sight(stage.world, viewer)
    kinds = schema_of(Audience(seat.audience)).type_map
    problems = []
    for noun, table in TABLE_OF.items():
        kind = kinds.get(noun)
        if noun in _LINKS or (kind is not None and noun == "Department"):
            continue
        rows = [row for row in stage.world.tables.get(table, ()) if noun != "AccessRecord" or row["event"] == "MATRIX"]
        seen = [row for row in rows if sight.sees(table, row)]
        if not isinstance(kind, GraphQLObjectType):
            if seen and not absent(seat.audience, noun, "*"):
                problems.append(f"NO TYPE {noun}: {len(seen)} rows")
            continue
        named = "id" in kind.fields
        wanted = Counter(expected_row(sight, seat.audience, noun, row, named=named) for row in seen)
        got = Counter(answered_row(seat.audience, noun, row, named=named) for row in fetch(stage, seat, member, noun))
        if wanted != got:
            problems.append(explain(stage, noun, wanted, got))
    problems = [problem for problem in problems if problem]
    assert not problems, "\n" + "\n".join(problems)


def test_the_world_exercises_every_audience_both_ways(stage: Stage) -> None:
    """Every seat with case data sees some case rows and not others: a world where nobody sees anything proves nothing."""
    for seat in SEATS:
        viewer, _ = viewer_of(stage, seat)
        if seat.audience in {"ANA", "DEL", "ADM", "ONP", "ORG_DLPM", "ORG_OBSERVATORY"}:
            continue
        sight = Sight(stage.world, viewer)
        tables = {"ASO": "referral", "COO": "referral", "ORG_ASSOCIATION": "referral"}
        table = tables.get(seat.audience, "problematic")
        table = "minor" if seat.audience in {"ORG_CRIP", "ORG_ASE"} else table
        if (seat.client, seat.role) in {("cli_asso_measure", "DPO"), ("cli_foyer", "DPO")}:
            table = "measure"
        verdicts = {sight.sees(table, row) for row in stage.world.tables[table]}
        assert verdicts == {True, False}, seat


# ---------------------------------------------------------------- existence is secret


@pytest.mark.parametrize("seat", SEATS, ids=str)
def test_a_row_out_of_reach_answers_like_a_random_id(stage: Stage, seat: Seat) -> None:
    viewer, member = viewer_of(stage, seat)
    sight = Sight(stage.world, viewer)
    token = stage.network.token(seat.client, member, seat.purpose)
    body = {"query": "query($id: ID!) { node(id: $id) { __typename id } }"}
    for noun, table in TABLE_OF.items():
        rows = stage.world.tables.get(table, ())
        hidden = next((row for row in rows if "id" in row and not sight.sees(table, row)), None)
        if hidden is None:
            continue
        answers = [
            stage.network.post(token, {**body, "variables": {"id": public_id(noun, identity)}})
            for identity in (hidden["id"], uuid4())
        ]
        first, second = ((one.status_code, one.content, _comparable(one.headers)) for one in answers)
        assert first == second, noun


def _comparable(headers: Any) -> dict[str, str]:
    """All headers but the moment and the trace, which belong to the request."""
    return {
        name: value
        for name, value in headers.items()
        if name not in {"date", "x-trace-id", "x-request-id", "traceparent"}
    }
