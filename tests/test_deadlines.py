"""The clocks of each role, asked of the running server and compared with a list made with a pencil.

What runs is read from domain.md, section 8; what a viewer may know of it from the oracle. Nothing of `auth/` or
`loaders/` has a part in what is expected.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import true

from graph.schemas.roles import schema_of
from loaders.calendar import deadlines
from loaders.statement import guarded
from loaders.statement.question import ConnectionQuestion, Leaf, Part, Selection
from schema.deadlines import (
    address_answer_due,
    answer_due,
    majority_at,
    measure_review_due,
    placement_due,
)
from schema.vocabulary import Audience, DeadlineKind, MeasureDecision
from tests import oracle
from tests.asking import answers_of
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_facts import Sight
from tests.matrix_world import Raw
from tests.seats import SEATS, Seat, Stage, made_stage, viewer_of  # noqa: F401

UNRETURNED = oracle.SENT_OR_LATER - {"RETURNED_TO_119"}
TYPES = {
    "concern_report": "rep", "measure": "mea", "minor": "min", "department_transfer": "tra", "contact": "con",
    "habilitation": "hab", "subject_request": "req", "data_breach": "bre",
}  # fmt: skip
Clock = tuple[str, int, str | None]


_CLOCK = {"kind": "kind", "dueAt": "due_at", "about": "about"}


class Pencil:
    """What one viewer's list has to hold."""

    def __init__(self, stage: Stage, sight: Sight) -> None:
        self.world, self.sight = stage.world, sight
        self.now = datetime.now(UTC)

    def told(self, table: str, row: Raw, *columns: str) -> bool:
        """The viewer knows of the row and of these columns; what only break-glass opens has no list."""
        if not self.sight.sees(table, row):
            return False
        for column in columns:
            group = GROUP_OF_COLUMN[table][column]
            if self.sight.audience in oracle.ROLES and 4 in oracle.MATRIX[group, self.sight.audience].conditions:
                return False
            if not self.sight.shows(table, row, column):
                return False
        return True

    def zone(self, authority: Any) -> str:
        found: str = self.world.by_id[authority]["timezone"]
        return found

    def clocks(self) -> Iterator[tuple[str, datetime, str, Raw]]:
        for row in self.world.tables["concern_report"]:
            yield from self.of_report(row)
        for row in self.world.tables["measure"]:
            yield from self.of_measure(row)
        for row in self.world.tables["minor"]:
            yield from self.of_minor(row)
        for row in self.world.tables["department_transfer"]:
            yield from self.of_transfer(row)
        for row in self.world.tables["contact"]:
            yield from self.of_contact(row)
        for row in self.world.tables["habilitation"]:
            live = row["state"] == "ACTIVE" and row["revoked_at"] is None
            if live and self.told("habilitation", row, "state", "valid_to", "revoked_at"):
                yield "HABILITATION", row["valid_to"], "habilitation", row
        for row in self.world.tables["subject_request"]:
            if row["answered_at"] is None and self.told("subject_request", row, "due_at", "answered_at"):
                yield "SUBJECT_REQUEST", row["due_at"], "subject_request", row

        for row in self.world.tables["data_breach"]:
            owed = row["notified_at"] is None and row["no_risk_reason"] is None
            if owed and self.told("data_breach", row, "due_at", "notified_at", "no_risk_reason"):
                yield "BREACH", row["due_at"], "data_breach", row

    def of_report(self, row: Raw) -> Iterator[tuple[str, datetime, str, Raw]]:
        table, status = "concern_report", row["status"]
        for kind, column, states in (
            ("ACKNOWLEDGEMENT", "acknowledge_due_at", {"SENT"}),
            ("EVALUATION", "evaluation_due_at", {"ACKNOWLEDGED", "QUALIFIED", "EVALUATING"}),
            ("RETURN", "return_due_at", UNRETURNED),
        ):
            if status in states and row[column] and self.told(table, row, "status", column):
                yield kind, row[column], table, row
        if row["sent_at"] is None or status not in UNRETURNED or not self.told(table, row, "status", "sent_at"):
            return
        if self.sight.audience in {"LIS", "SUP"} and row["validated_at"] is None:
            yield "VALIDATION", row["sent_at"] + timedelta(hours=24), table, row
        origin = self.world.by_id.get(row["origin_contact_id"])
        professional = origin and origin["caller_category_public"] == "PROFESSIONAL"
        if professional and self.told("contact", origin, "caller_category_public"):  # type: ignore[arg-type]
            yield "SENDER_ANSWER", answer_due(row["sent_at"], self.zone(row["to_authority_id"])), table, row

    def of_measure(self, row: Raw) -> Iterator[tuple[str, datetime, str, Raw]]:
        zone = self.zone(row["authority_id"])
        today = self.now.astimezone(ZoneInfo(zone)).date()
        if row["starts_on"] > today or (row["ends_on"] is not None and row["ends_on"] < today):
            return
        if not self.told("measure", row, "starts_on", "ends_on", "decision", "placement"):
            return
        review = measure_review_due(row["starts_on"], zone, MeasureDecision(row["decision"]))
        if row["ends_on"] is not None:
            last = datetime.combine(row["ends_on"] + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
            review = min(review, last.astimezone(UTC))
        yield "MEASURE_REVIEW", review, "measure", row
        if row["placement"] == "3":
            noon = datetime.combine(row["starts_on"], datetime.min.time(), ZoneInfo(zone)) + timedelta(hours=12)
            yield "PLACEMENT", placement_due(noon, zone), "measure", row

    def of_minor(self, row: Raw) -> Iterator[tuple[str, datetime, str, Raw]]:
        if row["birth_date"] is None or not self.told("minor", row, "birth_date"):
            return
        own = self.world.by_id[self.sight.viewer.organisation]["authority_id"]
        majority = majority_at(row["birth_date"], self.zone(own) if own else "Europe/Paris")
        if majority > self.now:
            yield "MAJORITY", majority, "minor", row

    def of_transfer(self, row: Raw) -> Iterator[tuple[str, datetime, str, Raw]]:
        table = "department_transfer"
        if row["state"] == "UNKNOWN_ADDRESS" and row["address_lost_at"] and self.told(table, row, "address_lost_at"):
            zone = self.zone(row["origin_authority_id"])
            yield "ADDRESS_ANSWER", address_answer_due(row["address_lost_at"], zone), table, row
        if row["state"] == "RECEIVED" and row["window_ends_at"] and self.told(table, row, "window_ends_at"):
            yield "TRANSFER_WINDOW", row["window_ends_at"], table, row

    def of_contact(self, row: Raw) -> Iterator[tuple[str, datetime, str, Raw]]:
        if self.sight.audience not in {"LIS", "SUP"} or row["outcome"] != "ANSWERED_IP":
            return
        case = self.world.by_id[row["situation_id"]]
        left = any(
            report["sent_at"] and report["sent_at"] >= row["at"]
            for report in self.world.hanging("concern_report", case["id"])
        )
        if case["status"] != "CLOSED" and not left and self.told("contact", row, "at", "outcome"):
            yield "REPORT", row["at"] + timedelta(hours=24), "contact", row

    def expected(self) -> Counter[Clock]:
        nameless = {"minor"} if self.sight.audience == "ASM" else set()
        return Counter(
            (kind, round(due.timestamp() * 1000), None if table in nameless else f"{TYPES[table]}_{row['id']}")
            for kind, due, table, row in self.clocks()
        )


def asked(stage: Stage, seat: Seat, member: str | None, filters: str = "", size: int = 100) -> list[dict[str, Any]]:
    """All pages."""
    who = {"member": member, "purpose": seat.purpose}
    query = (
        f"query($after: String) {{ deadlines(first: {size}, after: $after{filters}) "
        "{ totalCount pageInfo { hasNextPage endCursor } edges { cursor node { __typename kind dueAt overdue about } } } }"
    )
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = stage.network.data(seat.client, query, {"after": after}, **who)["deadlines"]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            # The whole list is read here, the total counts so far only.
            assert page["totalCount"] == min(len(found), 1000)
            return found
        after = page["pageInfo"]["endCursor"]
        assert after == page["edges"][-1]["cursor"]


def instant(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


WITH_CLOCKS = [seat for seat in SEATS if "deadlines" in (schema_of(Audience(seat.audience)).query_type or {}).fields]  # type: ignore[union-attr]


@pytest.mark.parametrize("seat", WITH_CLOCKS, ids=str)
def test_the_list_is_what_runs_for_this_viewer_soonest_first(stage: Stage, seat: Seat) -> None:
    viewer, member = viewer_of(stage, seat)
    found = asked(stage, seat, member)
    got = Counter((one["kind"], instant(one["dueAt"]), one["about"]) for one in found)
    assert got == Pencil(stage, Sight(stage.world, viewer)).expected()
    dues = [instant(one["dueAt"]) for one in found]
    assert dues == sorted(dues)
    now = round(datetime.now(UTC).timestamp() * 1000)
    assert [one["overdue"] for one in found] == [due < now for due in dues]
    assert {one["__typename"] for one in found} <= {"Deadline"}
    # An id that is told opens the row it names.
    named = [one["about"] for one in found if one["about"]][:100]
    rows = stage.network.data(
        seat.client,
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        {"ids": named},
        member=member,
        purpose=seat.purpose,
    )["nodes"]
    assert [row["id"] for row in rows] == named


def test_every_clock_runs_for_somebody_and_nobody_hears_of_others(stage: Stage) -> None:
    """A world in which a clock never runs proves nothing about it."""
    running: set[str] = set()
    for seat in WITH_CLOCKS:
        viewer, _ = viewer_of(stage, seat)
        mine = {kind for kind, _, _ in Pencil(stage, Sight(stage.world, viewer)).expected()}
        enum = schema_of(Audience(seat.audience)).type_map["DeadlineKind"]
        assert mine <= set(enum.values), seat  # type: ignore[attr-defined]
        running |= mine
    assert running == {kind.value for kind in DeadlineKind}


CLOCKS = {
    "LIS": "REPORT VALIDATION ACKNOWLEDGEMENT EVALUATION RETURN SENDER_ANSWER MAJORITY",
    "SUP": "REPORT VALIDATION ACKNOWLEDGEMENT EVALUATION RETURN SENDER_ANSWER MAJORITY PLACEMENT MEASURE_REVIEW "
    "ADDRESS_ANSWER TRANSFER_WINDOW HABILITATION",
    "CRI": "ACKNOWLEDGEMENT EVALUATION RETURN SENDER_ANSWER MAJORITY PLACEMENT MEASURE_REVIEW ADDRESS_ANSWER TRANSFER_WINDOW",
    "ASE": "ACKNOWLEDGEMENT EVALUATION RETURN MAJORITY PLACEMENT MEASURE_REVIEW ADDRESS_ANSWER TRANSFER_WINDOW",
    "ASM": "MAJORITY",
    "COO": "ACKNOWLEDGEMENT EVALUATION RETURN",
    "DEL": "HABILITATION",
    "ADM": "HABILITATION",
    "DPO": "ACKNOWLEDGEMENT EVALUATION RETURN HABILITATION SUBJECT_REQUEST BREACH",
    "ORG_CRIP": "ACKNOWLEDGEMENT EVALUATION RETURN SENDER_ANSWER",
    "ORG_ASE": "ACKNOWLEDGEMENT EVALUATION RETURN",
}


@pytest.mark.parametrize("audience", Audience)
def test_a_schema_names_the_clocks_of_its_categories_only(audience: Audience) -> None:
    schema = schema_of(audience)
    assert schema.query_type is not None
    named = schema.type_map.get("DeadlineKind")
    assert ("deadlines" in schema.query_type.fields) is (named is not None) is (audience.value in CLOCKS)
    assert named is None or set(named.values) == set(CLOCKS[audience.value].split())  # type: ignore[attr-defined]


# Those who reach cases over relations of their own, of which there may be few or many.
FOLLOWING = [next(one for one in WITH_CLOCKS if one.audience == name) for name in ("ASE", "ASM", "COO", "CRI", "DPO")]


@pytest.mark.parametrize("seat", FOLLOWING, ids=str)
async def test_who_follows_few_and_who_follows_many_are_told_the_same(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    seat: Seat,
) -> None:
    """Case by case or along the index: two ways to one list, and the statement takes the one that is shorter."""
    # Whether the token stands is asked of every statement alike.
    monkeypatch.setattr(guarded, "opened", true)
    statements = []
    for few in (0, 100_000):
        monkeypatch.setattr(deadlines, "FEW", few)
        statements.append(deadlines.compose(Audience(seat.audience), _EVERY))
    found = await answers_of(stage, seat, *statements)
    assert found[0] == found[1]
    assert b"dueAt" in str(found[0]).encode()


_EVERY = ConnectionQuestion(
    deadlines.NOUN,
    "DUE_SOONEST",
    (
        Part(
            "nodes",
            "nodes",
            selection=Selection(deadlines.NOUN, tuple(Leaf(out, name) for out, name in _CLOCK.items())),
        ),
    ),
    (),
    after=False,
    backward=False,
)


def test_filters_part_the_list_and_pages_do_too(stage: Stage) -> None:
    seat = next(one for one in SEATS if one.audience == "CRI")
    _, member = viewer_of(stage, seat)

    def keys(filters: str = "", size: int = 100) -> list[tuple[str, str, str]]:
        return [(one["dueAt"], one["kind"], one["about"]) for one in asked(stage, seat, member, filters, size)]

    every = keys()
    assert len(every) > 100
    assert keys(size=61) == every
    late, coming = keys(", filter: {overdue: true}"), keys(", filter: {overdue: false}")
    assert late and coming and late + coming == every
    now = datetime.now(UTC)
    soon = [one for one in coming if datetime.fromisoformat(one[0]) < now + timedelta(days=60)]
    assert 0 < len(soon) < len(coming)
    assert keys(", filter: {dueWithinDays: 60}") == soon
    evaluations = [one for one in late if one[1] == "ACKNOWLEDGEMENT"]
    assert evaluations and keys(", filter: {kind: [ACKNOWLEDGEMENT], overdue: true}") == evaluations
    for wrong, reason in (("filter: {dueWithinDays: -1}", "OUT_OF_RANGE"), ('after: "abc"', "INVALID_CURSOR")):
        answer = stage.network.ask(
            seat.client, f"{{ deadlines({wrong}) {{ totalCount }} }}", member=member, purpose=seat.purpose
        )
        assert answer["errors"][0]["extensions"]["reason"] == reason
    # A cursor is good for the list it was made for, and for its caller.
    cursor = stage.network.data(
        seat.client, "{ deadlines(first: 1) { pageInfo { endCursor } } }", member=member, purpose=seat.purpose
    )["deadlines"]["pageInfo"]["endCursor"]
    other = f'{{ deadlines(after: "{cursor}", filter: {{overdue: true}}) {{ totalCount }} }}'
    answer = stage.network.ask(seat.client, other, member=member, purpose=seat.purpose)
    assert answer["errors"][0]["extensions"]["reason"] == "INVALID_CURSOR"


def test_a_list_of_clocks_is_in_the_access_log(stage: Stage) -> None:
    seat = next(one for one in SEATS if one.audience == "CRI")
    _, member = viewer_of(stage, seat)
    asked(stage, seat, member)
    records = stage.network.data(
        "cli_dlpm",
        "{ accessRecords(first: 5) { nodes { operation event categories situations } } }",
        member="DPO",
    )["accessRecords"]["nodes"]
    mine = next(one for one in records if one["operation"] == "deadlines")
    assert mine["event"] == "READ"
    assert mine["categories"] == ["G04", "G08", "G12", "G21", "G33", "G36"]
    assert mine["situations"]
