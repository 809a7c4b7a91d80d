"""The clocks of domain.md, section 8, as one list: a door per source, UNION ALL, one statement.

A clock that an audience's categories do not hold is not in its list, nor is its name in its schema; one whose date is
withheld on a row is not there either. What only break-glass opens has no list (permissions, section 9).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from auth.conditions import Condition
from auth.policy import decision
from loaders.civil import civil_day, days, end_of_day, months
from loaders.context import one_of, opened, word
from loaders.doors import Door, column_rule, door, relation_rule
from loaders.meanings import probe, situation_of
from loaders.nouns import NOUNS, Noun
from loaders.question import Categories, ConnectionQuestion, Leaf, Selection, TypeName
from loaders.relations import UNRETURNED
from loaders.statement import Statement, answer_of, as_json, compiled, public_id, sealed, selections_of
from schema.deadlines import (
    ADDRESS_ANSWER_DAYS,
    ANSWER_MONTHS,
    MAJORITY_YEARS,
    MEASURE_REVIEW_MONTHS,
    PLACEMENT_DAYS,
    REPORT_HOURS,
    VALIDATION_HOURS,
)
from schema.vocabulary import (
    Audience,
    CallerCategoryPublic,
    Category,
    ContactOutcome,
    DeadlineKind,
    HabilitationState,
    ReportStatus,
    SituationStatus,
    TransferState,
)

NOUN = "Deadline"
PARIS = word("Europe/Paris")
PROSECUTOR = "3"
"""NATDECPLAC of CASF annexe 2-8: placed by the prosecutor's order."""

_THE_119 = frozenset({Audience.LIS, Audience.SUP})


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of clock: on which noun, what it reads of which nouns, when it is due, and while what it runs."""

    kind: DeadlineKind
    noun: str
    reads: Mapping[str, tuple[str, ...]]
    due: Callable[[Door], ColumnElement[Any]]
    runs: Callable[[Door], ColumnElement[bool]]
    # The 119's own clocks say nothing to those who read the same columns elsewhere.
    only: frozenset[Audience] = frozenset(Audience)

    def of(self, audience: Audience) -> bool:
        """Whether the audience's schema has all that the clock tells of."""
        return audience in self.only and all(
            self._told(audience, NOUNS[noun], name) for noun, names in self.reads.items() for name in names
        )

    @staticmethod
    def _told(audience: Audience, noun: Noun, name: str) -> bool:
        relation = noun.relations.get(name)
        category = relation.category if relation else noun.table.c[name].info["category"]
        if category is None or Condition.BREAK_GLASS in decision(audience, category).conditions:
            return False
        if relation:
            return relation_rule(audience, noun, relation) is not None
        return column_rule(audience, noun, name) is not None

    @property
    def categories(self) -> frozenset[Category]:
        """The categories of what it tells."""
        return frozenset(
            NOUNS[noun].table.c[name].info["category"]
            for noun, names in self.reads.items()
            for name in names
            if name in NOUNS[noun].table.c
        )


# ---------------------------------------------------------------- what the sources are made of


def _column(name: str) -> Callable[[Door], ColumnElement[Any]]:
    return lambda gate: gate.column(name)


def _among(name: str, words: Any) -> Callable[[Door], ColumnElement[bool]]:
    return lambda gate: one_of(gate.column(name), (one.value for one in words))


def _zone(gate: Door, step: str) -> ColumnElement[str]:
    """The civil time of the authority at the end of a step."""
    there = door(gate.audience, NOUNS["Authority"])
    return (
        select(there.column("timezone"))
        .where(there.row.c.id == gate.link(gate.noun.relations[step]), there.where)
        .correlate(gate.row)
        .scalar_subquery()
    )


def _own_zone(gate: Door) -> ColumnElement[str]:
    """The civil time of the caller's own authority, else of Paris."""
    ours = door(gate.audience, NOUNS["Authority"])
    mine = select(ours.column("timezone")).where(ours.row.c.id == gate.viewer.authority, ours.where)
    return func.coalesce(mine.scalar_subquery(), PARIS)


def _hours_after(name: str, hours: int) -> Callable[[Door], ColumnElement[Any]]:
    zero: Any = literal_column("0")
    return lambda gate: gate.column(name) + func.make_interval(zero, zero, zero, zero, literal_column(str(hours)))


def _awaits_validation(gate: Door) -> ColumnElement[bool]:
    return and_(gate.column("validated_at").is_(None), one_of(gate.column("status"), (s.value for s in UNRETURNED)))


def _calls_for_a_report(gate: Door) -> ColumnElement[bool]:
    """The contact was to lead to a report, the case is open, and no report has left since."""
    report, open_case = door(gate.audience, NOUNS["ConcernReport"]), door(gate.audience, NOUNS["Situation"])
    here = situation_of(gate.row)
    left = probe(
        gate.row,
        report.row.c.situation_id == here,
        report.where,
        report.column("sent_at") >= gate.column("at"),
    )
    is_open = probe(
        gate.row,
        open_case.row.c.id == here,
        open_case.where,
        open_case.column("status") != word(SituationStatus.CLOSED.value),
    )
    return and_(gate.column("outcome") == word(ContactOutcome.ANSWERED_IP.value), is_open, ~left)


def _sender_answer(gate: Door) -> ColumnElement[Any]:
    zone = _zone(gate, "toAuthority")
    return end_of_day(civil_day(gate.column("sent_at"), zone), zone, months(ANSWER_MONTHS))


def _owes_an_answer(gate: Door) -> ColumnElement[bool]:
    """A professional told the 119: the authority answers them within three months of the transmission (L226-5)."""
    contact = door(gate.audience, NOUNS["Contact"])
    origin = gate.link(gate.noun.relations["originContact"])
    professional = contact.column("caller_category_public") == word(CallerCategoryPublic.PROFESSIONAL.value)
    by_professional = probe(gate.row, contact.row.c.id == origin, contact.where, professional)
    return and_(one_of(gate.column("status"), (s.value for s in UNRETURNED)), by_professional)


def _measure_review(gate: Door) -> ColumnElement[Any]:
    zone, decided = _zone(gate, "authority"), gate.column("decision")
    term = case(*((decided == word(kind.value), months(count)) for kind, count in MEASURE_REVIEW_MONTHS.items()))
    return func.least(end_of_day(gate.column("starts_on"), zone, term), end_of_day(gate.column("ends_on"), zone))


def _measure_runs(gate: Door) -> ColumnElement[bool]:
    today = civil_day(func.now(), _zone(gate, "authority"))
    last = gate.column("ends_on")
    return and_(gate.column("starts_on") <= today, or_(last.is_(None), last >= today))


def _judge_seized(gate: Door) -> ColumnElement[Any]:
    return end_of_day(gate.column("starts_on"), _zone(gate, "authority"), days(PLACEMENT_DAYS))


def _placed_by_prosecutor(gate: Door) -> ColumnElement[bool]:
    return and_(gate.column("placement") == word(PROSECUTOR), _measure_runs(gate))


def _majority(gate: Door) -> ColumnElement[Any]:
    return end_of_day(gate.column("birth_date"), _own_zone(gate), months(12 * MAJORITY_YEARS), days(-1))


def _still_a_minor(gate: Door) -> ColumnElement[bool]:
    return _majority(gate) > func.now()


def _address_answer(gate: Door) -> ColumnElement[Any]:
    zone = _zone(gate, "originAuthority")
    return end_of_day(civil_day(gate.column("address_lost_at"), zone), zone, days(ADDRESS_ANSWER_DAYS))


def _not_revoked(gate: Door) -> ColumnElement[bool]:
    return and_(gate.column("state") == word(HabilitationState.ACTIVE.value), gate.column("revoked_at").is_(None))


def _unanswered(gate: Door) -> ColumnElement[bool]:
    return gate.column("answered_at").is_(None)


def _not_notified(gate: Door) -> ColumnElement[bool]:
    return and_(gate.column("notified_at").is_(None), gate.column("no_risk_reason").is_(None))


_K = DeadlineKind
_S = ReportStatus
_EVALUATED = (_S.ACKNOWLEDGED, _S.QUALIFIED, _S.EVALUATING)


def _report(name: str) -> dict[str, tuple[str, ...]]:
    return {"ConcernReport": ("status", name)}


SOURCES = (
    Source(
        _K.REPORT, "Contact", {"Contact": ("at", "outcome"), "ConcernReport": ("sent_at",), "Situation": ("status",)},
        _hours_after("at", REPORT_HOURS), _calls_for_a_report, only=_THE_119,
    ),
    Source(
        _K.VALIDATION, "ConcernReport", {"ConcernReport": ("status", "sent_at", "validated_at")},
        _hours_after("sent_at", VALIDATION_HOURS), _awaits_validation, only=_THE_119,
    ),
    Source(
        _K.ACKNOWLEDGEMENT, "ConcernReport", _report("acknowledge_due_at"), _column("acknowledge_due_at"),
        _among("status", [_S.SENT]),
    ),
    Source(
        _K.EVALUATION, "ConcernReport", _report("evaluation_due_at"), _column("evaluation_due_at"),
        _among("status", _EVALUATED),
    ),
    Source(
        _K.RETURN, "ConcernReport", _report("return_due_at"), _column("return_due_at"), _among("status", UNRETURNED)
    ),
    Source(
        _K.SENDER_ANSWER, "ConcernReport",
        {"ConcernReport": ("status", "sent_at", "originContact", "toAuthority"), "Contact": ("caller_category_public",),
         "Authority": ("timezone",)},
        _sender_answer, _owes_an_answer,
    ),
    Source(
        _K.PLACEMENT, "Measure", {"Measure": ("starts_on", "ends_on", "placement", "authority"), "Authority": ("timezone",)},
        _judge_seized, _placed_by_prosecutor,
    ),
    Source(
        _K.MEASURE_REVIEW, "Measure",
        {"Measure": ("decision", "starts_on", "ends_on", "authority"), "Authority": ("timezone",)},
        _measure_review, _measure_runs,
    ),
    Source(
        _K.MAJORITY, "Minor", {"Minor": ("birth_date",), "Authority": ("timezone",)}, _majority, _still_a_minor
    ),
    Source(
        _K.ADDRESS_ANSWER, "DepartmentTransfer",
        {"DepartmentTransfer": ("state", "address_lost_at", "originAuthority"), "Authority": ("timezone",)},
        _address_answer, _among("state", [TransferState.UNKNOWN_ADDRESS]),
    ),
    Source(
        _K.TRANSFER_WINDOW, "DepartmentTransfer", {"DepartmentTransfer": ("state", "window_ends_at")},
        _column("window_ends_at"), _among("state", [TransferState.RECEIVED]),
    ),
    Source(
        _K.HABILITATION, "Habilitation", {"Habilitation": ("state", "valid_to", "revoked_at")}, _column("valid_to"),
        _not_revoked,
    ),
    Source(
        _K.SUBJECT_REQUEST, "SubjectRequest", {"SubjectRequest": ("due_at", "answered_at")}, _column("due_at"),
        _unanswered,
    ),
    Source(
        _K.BREACH, "DataBreach", {"DataBreach": ("due_at", "notified_at", "no_risk_reason")}, _column("due_at"),
        _not_notified,
    ),
)  # fmt: skip


@cache
def sources_of(audience: Audience) -> tuple[Source, ...]:
    """The clocks of an audience."""
    return tuple(source for source in SOURCES if source.of(audience))


def kinds_of(audience: Audience) -> frozenset[str]:
    """The names of the clocks in an audience's schema; none where it has no such list."""
    return frozenset(source.kind.value for source in sources_of(audience))


# ---------------------------------------------------------------- the statement


def _bind(name: str, kind: Any) -> ColumnElement[Any]:
    return bindparam(name, required=False, type_=kind)


def _branch(audience: Audience, source: Source) -> Select[Any]:
    gate = door(audience, NOUNS[source.noun])
    named = column_rule(audience, gate.noun, "id") is not None
    situation = gate.noun.situation_column
    return select(
        word(source.kind.value).label("kind"),
        source.due(gate).label("due_at"),
        (public_id(gate) if named else cast(null(), Text)).label("about"),
        (gate.row.c[situation] if situation else cast(null(), Uuid())).label("situation"),
        gate.row.c.id.label("id"),
    ).where(gate.where, source.runs(gate))


def clocks(audience: Audience) -> Any:
    """Every clock that runs for the caller; a withheld date has no place in the list."""
    return union_all(*(_branch(audience, source) for source in sources_of(audience))).subquery("clock")


def _kept(clock: Any, question: ConnectionQuestion) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [clock.c.due_at.is_not(None)]
    for one in question.filters:
        match one.operator:
            case "in":
                wanted.append(clock.c.kind == func.any(_bind(one.bind, ARRAY(Text))))
            case "overdue":
                wanted.append((clock.c.due_at < func.now()) == _bind(one.bind, Boolean))
            case "due_within":
                zero: Any = literal_column("0")
                end = func.now() + func.make_interval(zero, zero, zero, _bind(one.bind, Integer))
                wanted += [clock.c.due_at >= func.now(), clock.c.due_at < end]
    return wanted


def compose(audience: Audience, question: ConnectionQuestion) -> Statement:
    """The one statement that lists the clocks of an audience, soonest first."""
    clock = clocks(audience)
    nodes = selections_of(question.parts)
    columns = [_node(clock, node).label(f"node_{index}") for index, node in enumerate(nodes)]
    place = cast(clock.c.due_at, Text).concat(word("|")).concat(clock.c.kind).concat(word("|"))
    here = tuple_(clock.c.due_at, clock.c.kind, clock.c.id)
    there = tuple_(
        _bind("cursor_value", DateTime(timezone=True)), _bind("cursor_kind", Text), _bind("cursor_id", Uuid())
    )
    keys = (clock.c.due_at, clock.c.kind, clock.c.id)
    page = (
        select(*columns, sealed(place.concat(cast(clock.c.id, Text))).label("cursor"), clock.c.situation)
        .where(*_kept(clock, question), *([here > there] if question.after else []))
        .order_by(*(key.asc() for key in keys))
        .limit(_bind("page_size", Integer) + literal_column("1"))
        .subquery("page")
    )
    every = clocks(audience)
    totals = select(func.count()).select_from(every).where(*_kept(every, question)).scalar_subquery()
    inner = answer_of(page, question, nodes, totals, counted=True)
    sql, binds, constants = compiled(select(case((opened(), inner.scalar_subquery()))))
    return Statement(sql, binds, constants, told_by(audience))


def _node(clock: Any, selection: Selection) -> ColumnElement[Any]:
    fields = (_field(clock, field).label(field.out) for field in selection.fields)
    return select(as_json(select(*fields).correlate(clock))).correlate(clock).scalar_subquery()


def _field(clock: Any, field: Any) -> ColumnElement[Any]:
    match field:
        case TypeName():
            return word(NOUN)
        case Leaf(column="overdue"):
            late: ColumnElement[Any] = clock.c.due_at < func.now()
            return late
        case Leaf(column=name):
            column: ColumnElement[Any] = clock.c[name]
            return column
    raise TypeError(field)


def told_by(audience: Audience) -> Categories:
    told = {category.value for source in sources_of(audience) for category in source.categories}
    return Categories(tuple(sorted(told)), (), case=any(NOUNS[source.noun].case for source in sources_of(audience)))


def place(value: str, tie: str) -> dict[str, Any]:
    """The binds of the place after which a page begins, from what a cursor holds."""
    due, _, kind = value.partition("|")
    return {"cursor_value": datetime.fromisoformat(due), "cursor_kind": kind, "cursor_id": UUID(tie)}


FILTERS = {"kind": ("kind", "in"), "overdue": ("due_at", "overdue"), "dueWithinDays": ("due_at", "due_within")}
"""Filter of the API -> column and operator."""

__all__ = ["FILTERS", "NOUN", "SOURCES", "clocks", "compose", "kinds_of", "place", "sources_of", "told_by"]
