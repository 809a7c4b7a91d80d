"""Who sees what, asked of the running server and compared with an oracle that shares nothing with it.

First the schemas, which need no data; then every row of a world made to exercise every condition both ways, for several
members of each audience: the row is there exactly where the oracle says, each cell is shown exactly where the oracle
says, and `withheld` names exactly the others.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import GraphQLObjectType

from graph.roles import schema_of
from loaders import last_calls
from loaders.nouns import NOUNS
from schema.types.query import ROOTS
from schema.vocabulary import Audience
from tests import oracle
from tests.cluster import SECRET
from tests.filled import cases_of, filled_cluster
from tests.matrix_facts import GROUP_OF_COLUMN, Sight, Viewer, World, read_world
from tests.network import Network, running_network
from tests.sealed import keyring_of

AUDIENCES = [audience.value for audience in Audience]
TABLE_OF = {noun.name: noun.table.name for noun in NOUNS.values()}


def snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def oracle_name(audience: str, kind: str = "") -> str:
    """The oracle's name of an audience; a foyer's tool shares the schema of an association's."""
    if not audience.startswith("ORG_"):
        return audience
    return "CLIENT:" + (kind or audience.removeprefix("ORG_"))


# ---------------------------------------------------------------- 1. the schemas

_SESSIONS = "Actor.* AwarenessEvent.* PodcastEpisode.* WorkingSession.*"
# What the matrix gives and a schema still does not have: every entry is stricter than the cell, and says why.
ABSENT: Mapping[str, str] = {
    # G34 `S`: nobody's rows belong to a department or an association.
    "CRI": f"{_SESSIONS} SharingGrant.extract",  # the extract is written for an association, not for the CRIP
    "ASE": f"{_SESSIONS} SharingGrant.extract",
    "ASM": f"{_SESSIONS} "
    # Rule 5.9: a case is known by its referral's reference only.
    "Situation.ref "
    # Condition 16: only the desk to call.
    "Situation.known_to_cp Situation.known_source "
    "AseLink.state AseLink.proposed_at AseLink.answered_at AseLink.ended_at "
    # Condition 2: the grant's extract, never the notice.
    "ConcernReport.* "
    # Condition 2 too: of G28 the rows of their grants.
    "EmergencyAccess.* "
    # Ruling H of tests/matrix_facts.py.
    "Referral.coded_problematics Referral.coded_forms Referral.coded_qualification",
    # Condition 12: coded values copied into the referral, nothing of the case.
    "ASO": "ExploitationFact.* Minor.* ProblematicObservation.* Situation.*",
    # Condition 8: only reference, dates, status, urgency; no follow-up, no minor.
    "COO": f"{_SESSIONS} ConcernReport.kind ConcernReport.origin_code ConcernReport.transmitter_code "
    "ConcernReport.suggested_department_code Minor.* "
    "Referral.minor_agreement Referral.shared_kinds Situation.retention_state FollowUp.*",
    # Condition 17: technical columns only.
    "ADM": "AccessRecord.categories AccessRecord.document_hash AccessRecord.member_id "
    "AccessRecord.operation AccessRecord.prev AccessRecord.purpose AccessRecord.seq AccessRecord.situations "
    "AccessRecord.writer_id AccessRecord.withheld WebhookDelivery.kind "
    # Ruling P.
    "Access.*",
    # Not G23: the tool of an ASE service knows of no referral.
    "ORG_ASE": "Referral.*",
    # Of its live referrals only.
    "ORG_ASSOCIATION": "Minor.*",
}
# Ids that name a case, hidden where a case is known by its referral only.
NAMELESS = {"ASM": {"Situation", "Minor"}, "ASO": set(), "ORG_ASSOCIATION": set()}


def absent(audience: str, noun: str, column: str) -> bool:
    listed = ABSENT.get(audience, "").split()
    return f"{noun}.{column}" in listed or f"{noun}.*" in listed


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_schema_has_exactly_the_columns_of_the_matrix(audience: str) -> None:
    expected = {
        (noun, column)
        for noun, table in TABLE_OF.items()
        for column, group in GROUP_OF_COLUMN.get(table, {}).items()
        if oracle.may_exist(oracle_name(audience), group)
        and not absent(audience, noun, column)
        and column != "withheld"  # the log's column of that name is not exposed: the field is the notice of every type
    }
    assert {(noun, column) for noun, column in columns_of(audience)} == expected


def columns_of(audience: str) -> Iterator[tuple[str, str]]:
    """(noun, column) for every leaf field of the audience's schema that shows a protected column."""
    kinds = schema_of(Audience(audience)).type_map
    for noun, table in TABLE_OF.items():
        kind = kinds.get(noun)
        if isinstance(kind, GraphQLObjectType):
            for name in kind.fields:
                if snake(name) in GROUP_OF_COLUMN.get(table, {}) and name != "withheld":
                    yield noun, snake(name)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_exception_is_needed(audience: str) -> None:
    """An exception for something the matrix does not give anyway would hide the next mistake."""
    for entry in ABSENT.get(audience, "").split():
        noun, _, column = entry.partition(".")
        groups = GROUP_OF_COLUMN[TABLE_OF[noun]]
        asked = groups.values() if column == "*" else [groups[column]]
        assert any(oracle.may_exist(oracle_name(audience), group) for group in asked), entry


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_id_is_there_exactly_where_it_may_be_told(audience: str) -> None:
    kinds = schema_of(Audience(audience)).type_map
    without = {
        noun
        for noun, row in NOUNS.items()
        if isinstance(kind := kinds.get(noun), GraphQLObjectType) and "id" in row.table.c and "id" not in kind.fields
    }
    assert without == NAMELESS.get(audience, set())


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_type_shows_something(audience: str) -> None:
    """A type of which only keys are left has no business in a schema."""
    kinds = schema_of(Audience(audience)).type_map
    shown = {noun for noun, _ in columns_of(audience)} | {"WorkingSessionActor", "AuthorityDepartment"}
    assert {noun for noun in TABLE_OF if noun in kinds} <= shown


# ---------------------------------------------------------------- 2. the rows


@dataclass(frozen=True)
class Stage:
    """The running network with the cases made by hand, and all its rows."""

    network: Network
    world: World
    cases: Mapping[str, UUID]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A network of its own: other tests do not expect these cases."""
    folder = tmp_path_factory.mktemp("matrix")
    with filled_cluster(folder, cases=True) as cluster, pytest.MonkeyPatch.context() as patch:
        # What the server writes of these very questions, a minute later, is not what the oracle has read before them.
        patch.setattr(last_calls, "MINUTE", 86_400.0)
        with running_network(cluster, SECRET, folder / "demo") as network:
            cases = cases_of(folder / "demo", network.card)
            world = asyncio.run(read_world(cluster.admin, [*GROUP_OF_COLUMN], keyring_of(network.card)))
            yield Stage(network, world, cases)


@dataclass(frozen=True)
class Seat:
    """Somebody who asks: a client, one of its members by role and place, for a purpose."""

    client: str
    role: str | None = None
    place: int = 0
    purpose: str | None = None

    @property
    def audience(self) -> str:
        if self.role:
            return self.role
        kind = self.client.split("_")[1].upper()
        return "ORG_" + {"ASSO": "ASSOCIATION", "FOYER": "ASSOCIATION"}.get(kind, kind)

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.client, self.role, self.place or None, self.purpose) if part)


SEATS = [
    Seat("cli_dlpm", "LIS", 0, "EVALUATE"),
    Seat("cli_dlpm", "LIS", 1, "DETERMINE"),
    Seat("cli_dlpm", "LIS", 2, "EVALUATE"),
    Seat("cli_dlpm", "SUP", 0, "EVALUATE"),
    Seat("cli_dlpm", "SUP", 1, "EVALUATE"),
    Seat("cli_dlpm", "ANA"),
    Seat("cli_crip_59", "CRI", 0, "EVALUATE"),
    Seat("cli_crip_59", "CRI", 1, "DETERMINE"),
    Seat("cli_crip_13", "CRI", 0, "EVALUATE"),
    Seat("cli_ase_59", "ASE", 0, "EVALUATE"),
    Seat("cli_ase_59", "ASE", 0, "DETERMINE"),
    Seat("cli_ase_59", "ASE", 0, "IMPLEMENT"),
    Seat("cli_ase_59", "ASE", 1, "EVALUATE"),
    Seat("cli_ase_13", "ASE", 0, "EVALUATE"),
    Seat("cli_asso_measure", "ASM", 0),
    Seat("cli_asso_measure", "ASM", 1),
    Seat("cli_asso_ase_mission", "ASM", 0),
    Seat("cli_foyer", "ASM", 0),
    Seat("cli_asso_outside_mission", "ASO", 0),
    Seat("cli_asso_outside_mission", "ASO", 1),
    Seat("cli_crip_59", "COO", 0, "EVALUATE"),
    Seat("cli_ase_59", "COO", 0, "IMPLEMENT"),
    Seat("cli_asso_measure", "COO", 0, "IMPLEMENT"),
    Seat("cli_asso_outside_mission", "COO", 0, "CONSULTATION"),
    Seat("cli_foyer", "COO", 0, "IMPLEMENT"),
    Seat("cli_dlpm", "DEL"),
    Seat("cli_crip_59", "DEL"),
    Seat("cli_foyer", "DEL"),
    Seat("cli_operator", "ADM"),
    Seat("cli_dlpm", "DPO"),
    Seat("cli_crip_59", "DPO"),
    Seat("cli_ase_59", "DPO"),
    Seat("cli_asso_measure", "DPO"),
    Seat("cli_foyer", "DPO"),
    Seat("cli_observatory", "ONP"),
    Seat("cli_crip_59"),
    Seat("cli_crip_13"),
    Seat("cli_ase_59"),
    Seat("cli_asso_measure"),
    Seat("cli_asso_outside_mission"),
    Seat("cli_foyer"),
    Seat("cli_dlpm"),
    Seat("cli_observatory"),
]


def viewer_of(stage: Stage, seat: Seat) -> tuple[Viewer, str | None]:
    """The viewer as the facts need it, and the member's id for the token."""
    client = next(one for one in stage.network.card["clients"] if one["client_id"] == seat.client)
    members = [one["id"] for one in client["members"] if one["role"] == seat.role]
    member = members[seat.place] if seat.role else None
    rows = stage.world.tables["oauth_client"]
    organisation = next(row["organisation_id"] for row in rows if row["id"] == seat.client)
    name = oracle_name(seat.audience, client["kind"])
    return Viewer(name, organisation, UUID(member) if member else None, seat.purpose), member


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


# ---------------------------------------------------------------- 6. existence is secret


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
