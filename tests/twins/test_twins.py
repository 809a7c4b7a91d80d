"""Two worlds that differ only in what a viewer may not see give the same answers, to every document, byte for byte."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Text, cast, func, true

from graph.schemas.roles import schema_of
from loaders.nouns import Noun, Order
from loaders.policy import leading
from loaders.policy.doors import Door
from loaders.statement import camel, version
from loaders.statement.filters import matching
from loaders.statement.order import far_end
from loaders.statement.stretches import Stretch, stretches_of
from loaders.statement.withheld import notices_of
from schema.vocabulary import Audience
from tests.twins.documents import Palette, acts, questions
from tests.twins.theatre import MORE_SEATS, SEATS, TAKES_ALONG, Seat, Stage, Twins, journal, twins_of

# Documents per viewer: what a minute of all viewers allows; hundreds are drawn in the slow test below.
QUESTIONS, ACTS = 9, 6
DRAWN = settings(
    deadline=None,
    derandomize=True,
    database=None,
    # A failing document is short enough to read; to make it shorter would take minutes.
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
# Where higher roles' documents come from.
HIGHER = (Audience.SUP, Audience.LIS, Audience.CRI, Audience.DPO)


@contextmanager
def running(stage: Stage, seat: Seat, **how: Any) -> Iterator[tuple[asyncio.Runner, Twins]]:
    """The two worlds of a viewer while a test asks them, in one event loop."""
    with asyncio.Runner() as runner:
        held = twins_of(stage, seat, **how)
        twins = runner.run(held.__aenter__())
        try:
            yield runner, twins
        finally:
            runner.run(held.__aexit__(None, None, None))


def palette_of(stage: Stage, seat: Seat) -> Palette:
    return Palette.of(stage.sight(seat), stage.twin(seat), stage.began)


async def _paged(twins: Twins, document: str) -> None:
    """Ask, and go on with every cursor that comes back."""
    cursors: list[str | None] = [None]
    for cursor in cursors:
        reply = await twins.same({"query": document, "variables": {"cursor": cursor}})
        if cursor is not None or b"endCursor" not in reply.body:
            continue
        pages = [
            one["pageInfo"]
            for one in (json.loads(reply.body).get("data") or {}).values()
            if isinstance(one, dict) and "pageInfo" in one
        ]
        cursors += [page[name] for page in pages for name in ("endCursor", "startCursor") if page[name]]


def _ask(runner: asyncio.Runner, twins: Twins, palette: Palette, many: int) -> None:
    own_audience = twins.seat.audience
    others = [one for one in HIGHER if one is not own_audience]

    @given(data=st.data())
    @settings(DRAWN, max_examples=many)
    def ask(data: st.DataObject) -> None:
        own = data.draw(st.integers(0, 9)) < 9
        audience = own_audience if own else data.draw(st.sampled_from(others))
        runner.run(_paged(twins, data.draw(questions(audience, palette))))

    ask()


def _act(runner: asyncio.Runner, twins: Twins, palette: Palette, many: int) -> None:
    audience = twins.seat.audience
    if schema_of(audience).mutation_type is None:
        return

    @given(data=st.data())
    @settings(DRAWN, max_examples=many)
    def act(data: st.DataObject) -> None:
        runner.run(twins.same({"query": data.draw(acts(audience, palette))}))

    act()


def _same_journals(runner: asyncio.Runner, twins: Twins, began: datetime) -> None:
    one, other = (runner.run(journal(house, began)) for house in (twins.first, twins.second))
    assert one == other


def ask_and_act(runner: asyncio.Runner, twins: Twins, palette: Palette, began: datetime) -> None:
    """Documents of a minute: questions, then acts; then what was written down about them."""
    _ask(runner, twins, palette, QUESTIONS)
    _act(runner, twins, palette, ACTS)
    _same_journals(runner, twins, began)


@pytest.mark.parametrize("seat", [seat for seat in SEATS if seat != TAKES_ALONG], ids=str)
def test_what_may_not_be_seen_changes_no_answer(stage: Stage, seat: Seat) -> None:
    palette, began = palette_of(stage, seat), datetime.now(UTC)
    with running(stage, seat) as (runner, twins):
        ask_and_act(runner, twins, palette, began)


@pytest.mark.slow
@pytest.mark.parametrize("seat", [*SEATS, *MORE_SEATS], ids=str)
def test_what_may_not_be_seen_changes_no_answer_to_many_documents(stage: Stage, seat: Seat) -> None:
    palette, began = palette_of(stage, seat), datetime.now(UTC)
    # Each in worlds of its own: a token lives for five minutes.
    for use, many in ((_ask, 250), (_act, 150)):
        with running(stage, seat) as (runner, twins):
            use(runner, twins, palette, many)
            _same_journals(runner, twins, began)


@pytest.mark.parametrize("seat", [one for one in SEATS if one.role in {"CRI", "ASE"}], ids=str)
def test_a_withheld_deadline_is_neither_overdue_nor_not(stage: Stage, seat: Seat) -> None:
    """Rule 5.3: a hidden cell matches nothing, not even under a negation."""
    sight = stage.sight(seat)
    rows = [row for row in stage.world.tables["concern_report"] if sight.sees("concern_report", row)]
    told = {str(row["id"]) for row in rows if sight.shows("concern_report", row, "due_at")}
    assert rows
    found: dict[str, set[str]] = {"true": set(), "false": set()}
    with running(stage, seat) as (runner, twins):
        for answer, ids in found.items():
            document = (
                f"query($cursor: String) {{ concernReports(first: 100, after: $cursor, orderBy: DRAFTED_NEWEST, "
                f"filter: {{overdue: {answer}}}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
            )
            cursor = None
            while True:
                reply = runner.run(twins.same({"query": document, "variables": {"cursor": cursor}}))
                page = json.loads(reply.body)["data"]["concernReports"]
                ids |= {row["id"].removeprefix("rep_") for row in page["nodes"]}
                cursor = page["pageInfo"]["endCursor"]
                if not page["pageInfo"]["hasNextPage"]:
                    break
    assert found["true"] | found["false"] <= told
    if seat.role == "CRI":
        assert found["true"]
        assert found["false"]


# ---------------------------------------------------------------- the test itself can fail


def _replaced(patch: pytest.MonkeyPatch, known: Callable[..., Any], other: Callable[..., Any]) -> None:
    """In every file of the statement that knows it."""
    places = [
        (module, name)
        for key, module in list(sys.modules.items())
        if key.startswith("loaders.statement")
        for name, held in vars(module).items()
        if held is known
    ]
    for module, name in places:
        patch.setattr(module, name, other)


def _unredacted(patch: pytest.MonkeyPatch) -> None:
    """A door that forgets `CASE WHEN`."""
    patch.setattr(Door, "_redacted", lambda _, __, column: column)


def _without_reach(patch: pytest.MonkeyPatch) -> None:
    """A door that forgets whose rows these are."""
    patch.setattr(Door, "where", property(lambda _: true()))


def _notice_of_values(patch: pytest.MonkeyPatch) -> None:
    """A notice where there is a value to hide, and only there."""

    def notices(gate: Door, selection: Any) -> Iterator[Any]:
        for name, reason, shown in notices_of(gate, selection):
            column = next((one for one in gate.row.c if camel(one.name) == name), None)
            yield name, reason, shown if column is None else shown | column.is_(None)

    _replaced(patch, notices_of, notices)


def _version_of_everything(patch: pytest.MonkeyPatch) -> None:
    """A version that changes with what is hidden; it is the second wall that stops this one."""
    _replaced(patch, version, lambda gate: func.md5(cast(func.row(*gate.row.c), Text)))


def _unredacted_filter(patch: pytest.MonkeyPatch) -> None:
    """A filter that compares what is stored."""
    _raw_within(patch, matching)


def _unredacted_order(patch: pytest.MonkeyPatch) -> None:
    """An order that looks behind the redaction, over all rows as one stretch; cursors hold what it ordered by."""

    def whole(audience: Audience, noun: Noun, order: Order, _: Any = ()) -> tuple[list[Stretch], list[Stretch]]:
        end = far_end(noun, order)
        doors = leading.doors(audience, noun)
        return [Stretch(gate, func.coalesce(gate.row.c[order.column], end), kept) for gate, kept in doors], []

    _replaced(patch, stretches_of, whole)


def _raw_within(patch: pytest.MonkeyPatch, original: Callable[..., Any]) -> None:
    column = Door.column
    inside = [False]

    def wrapped(*arguments: Any) -> Any:
        inside[0] = True
        try:
            return original(*arguments)
        finally:
            inside[0] = False

    _replaced(patch, original, wrapped)
    patch.setattr(Door, "column", lambda gate, one: gate.row.c[one] if inside[0] else column(gate, one))


COORDINATOR = Seat("cli_asso_measure", "COO", "IMPLEMENT")
WORKER = Seat("cli_asso_measure", "ASM", "IMPLEMENT")
SABOTAGES: list[tuple[Callable[[pytest.MonkeyPatch], None], Seat, bool, str]] = [
    (_unredacted, WORKER, False, "{ referrals(first: 60) { nodes { id minor { firstName } } } }"),
    # Ids too, and of several lists that no case leads: two worlds can hold equally many rows by chance.
    (
        _without_reach,
        WORKER,
        True,
        "{ referrals(first: 100) { totalCount nodes { id } } followUps(first: 100) { totalCount nodes { id } }"
        " minors(first: 100) { totalCount nodes { ageBand } } }",
    ),
    (
        _notice_of_values,
        COORDINATOR,
        False,
        "{ referrals(first: 100) { nodes { id declineReason proposedAt withheld { field } } } }",
    ),
    (_version_of_everything, WORKER, True, "{ referrals(first: 60) { nodes { version } } }"),
    (
        _unredacted_filter,
        COORDINATOR,
        False,
        "{ referrals(first: 100, filter: {kind: [DIRECT_SUPPORT]}) { nodes { id } } }",
    ),
    (_unredacted_order, COORDINATOR, False, "{ referrals(first: 100, orderBy: PROPOSED_NEWEST) { nodes { id } } }"),
]


@pytest.mark.parametrize(
    ("break_it", "seat", "by_admin", "document"), SABOTAGES, ids=[one[0].__name__.strip("_") for one in SABOTAGES]
)
def test_a_broken_door_is_seen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, break_it: Any, seat: Seat, *, by_admin: bool, document: str
) -> None:
    """The worlds are far enough apart: whichever piece of the first wall is missing, they answer differently."""
    with running(stage, seat) as (runner, twins):
        runner.run(twins.same({"query": document}))
    break_it(monkeypatch)
    with running(stage, seat, by_admin=by_admin) as (runner, twins):
        one, other = runner.run(twins.both({"query": document}))
        assert one.status == other.status == 200
        assert one.body != other.body


@pytest.mark.slow
@pytest.mark.parametrize("break_it", [_unredacted])
def test_drawn_documents_find_a_broken_door(stage: Stage, monkeypatch: pytest.MonkeyPatch, break_it: Any) -> None:
    """Not only the document written for it: those that are drawn find it too."""
    palette = palette_of(stage, COORDINATOR)
    break_it(monkeypatch)
    with running(stage, COORDINATOR) as (runner, twins), pytest.raises(AssertionError):
        _ask(runner, twins, palette, 200)
