"""The clocks of domain.md, section 8: on which noun each runs, when it is due, while what, and for whom it is told.

A clock that an audience's categories do not hold is not in its list, nor is its name in its schema; one whose date is
withheld on a row is not there either. What only break-glass opens has no list (permissions, section 9).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Integer, and_, cast, func, literal_column, or_, select

from auth.conditions import Condition
from auth.policy import decision
from loaders.calendar.civil import civil_day, days, end_of_day
from loaders.nouns import NOUNS, Noun
from loaders.policy.context import one_of, word
from loaders.policy.doors import Door, column_rule, door, relation_rule
from loaders.policy.reached import probe, situation_of
from loaders.policy.relations import UNRETURNED
from schema.deadlines import VALIDATION_HOURS
from schema.vocabulary import (
    Audience,
    CallerCategoryPublic,
    Category,
    DeadlineKind,
    HabilitationState,
    ReportStatus,
    SituationStatus,
    TransferState,
)

_ZERO: Any = literal_column("0")
_ONE: Any = literal_column("1", Integer)
# More than any zone of the network is away from UTC, and a day.
_TWO_DAYS = 48
_PARIS = word("Europe/Paris")
_THE_119 = frozenset({Audience.LIS, Audience.SUP})
Part = Callable[[FromClause], Iterator[ColumnElement[bool]]]
"""Which of the rows stand in one index."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of clock: on which noun, what it reads of which nouns, when it is due, and while what it runs.

    `column` is what its index is made of: the due moment itself, or what that grows with (`hours` later; the eve's end).
    """

    kind: DeadlineKind
    noun: str
    reads: Mapping[str, tuple[str, ...]]
    column: str
    runs: Callable[[Door], ColumnElement[bool]]
    hours: int = 0
    # The words that its index is made of: asked of the column itself, because a redacted one finds no index.
    words: tuple[str, frozenset[str]] | None = None
    # The rows are walked part by part, each along an index of its own.
    parts: tuple[Part, ...] = (lambda _: iter(()),)
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

    def due(self, gate: Door) -> ColumnElement[Any]:
        """When it is due, of rows where that is not withheld (`shown`): of the column itself, so that its index orders."""
        found = gate.row.c[self.column]
        if self._by_day:
            return end_of_day(found, _own_zone(gate), days(-1))
        return found + _hours(self.hours) if self.hours else found

    def shown(self, gate: Door) -> ColumnElement[bool]:
        """Whether the caller may know when it is due, and there is such a moment."""
        return gate.column(self.column).is_not(None)

    def place(self, moment: ColumnElement[Any], *, first: bool) -> ColumnElement[Any]:
        """Where in the index a due moment stands: no later than that for the `first` of a range, no sooner for the last."""
        if self._by_day:
            # The end of a day, in some zone, is within a day of that date in ours.
            day = civil_day(moment, _PARIS)
            return cast(day - _ONE if first else day + literal_column("2", Integer), Date)
        return moment - _hours(self.hours) if self.hours else moment

    def indexed(self, row: FromClause, part: Part | None) -> Iterator[ColumnElement[bool]]:
        """What the row has to be to stand in the index of a part; each follows from what the door and `runs` ask."""
        yield row.c[self.column].is_not(None)
        if self.words:
            name, words = self.words
            yield one_of(row.c[name], words)
        if "ends_on" in row.c:
            # Before any zone is looked up: what ended before yesterday has ended everywhere.
            yield or_(row.c.ends_on.is_(None), row.c.ends_on >= _yesterday())
        if self._by_day:
            yield row.c[self.column] >= _yesterday()
        if part is not None:
            yield from part(row)

    @property
    def counted(self) -> bool:
        """Whether the due moment is computed from the column, so that its index orders without PostgreSQL knowing it."""
        return self._by_day or bool(self.hours)

    @property
    def _by_day(self) -> bool:
        return isinstance(NOUNS[self.noun].table.c[self.column].type, Date)


# ---------------------------------------------------------------- what the sources are made of


def _among(words: tuple[str, frozenset[str]]) -> Callable[[Door], ColumnElement[bool]]:
    return lambda gate: one_of(gate.column(words[0]), words[1])


def _status(*statuses: ReportStatus) -> tuple[str, frozenset[str]]:
    return "status", frozenset(one.value for one in statuses)


def _state(state: TransferState) -> tuple[str, frozenset[str]]:
    return "state", frozenset({state.value})


def _hours(count: int) -> ColumnElement[Any]:
    return func.make_interval(_ZERO, _ZERO, _ZERO, _ZERO, literal_column(str(count)))


def _yesterday() -> ColumnElement[Any]:
    # A statement's own, looked up once and not for each row that is walked.
    return select(cast(civil_day(func.now(), _PARIS) - _ONE, Date)).scalar_subquery()


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
    return func.coalesce(mine.scalar_subquery(), _PARIS)


def _awaits_validation(gate: Door) -> ColumnElement[bool]:
    return and_(gate.column("validated_at").is_(None), one_of(gate.column("status"), (s.value for s in UNRETURNED)))


def _of_an_open_case(gate: Door) -> ColumnElement[bool]:
    """That no report has left since is what the stored moment says."""
    open_case = door(gate.audience, NOUNS["Situation"])
    return probe(
        gate.row,
        open_case.row.c.id == situation_of(gate.row),
        open_case.where,
        open_case.column("status") != word(SituationStatus.CLOSED.value),
    )


def _owes_an_answer(gate: Door) -> ColumnElement[bool]:
    """A professional told the 119: the authority answers them within three months of the transmission (L226-5)."""
    contact = door(gate.audience, NOUNS["Contact"])
    origin = gate.link(gate.noun.relations["originContact"])
    professional = contact.column("caller_category_public") == word(CallerCategoryPublic.PROFESSIONAL.value)
    by_professional = probe(gate.row, contact.row.c.id == origin, contact.where, professional)
    return and_(one_of(gate.column("status"), (s.value for s in UNRETURNED)), by_professional)


def _measure_runs(gate: Door) -> ColumnElement[bool]:
    today = civil_day(func.now(), _zone(gate, "authority"))
    first, last = gate.column("starts_on"), gate.column("ends_on")
    return and_(first <= today, or_(last.is_(None), last >= today))


def _reviewed_early(row: FromClause) -> Iterator[ColumnElement[bool]]:
    """Measures that may run on when their review is due: the only ones whose clock may be long overdue."""
    yield or_(row.c.ends_on.is_(None), row.c.ends_on > _utc_day(row.c.review_due_at))


def _reviewed_at_the_end(row: FromClause) -> Iterator[ColumnElement[bool]]:
    """The others, most of them: they are reviewed on their last day, so none that is due before yesterday runs."""
    yield row.c.ends_on <= _utc_day(row.c.review_due_at)
    yield row.c.review_due_at >= func.now() - _hours(_TWO_DAYS)


def _utc_day(instant: ColumnElement[Any]) -> ColumnElement[Any]:
    # Of no zone that can change, or no index could be made of it.
    return cast(func.timezone(word("UTC"), instant), Date)


def _still_a_minor(gate: Door) -> ColumnElement[bool]:
    return end_of_day(gate.column("majority_on"), _own_zone(gate), days(-1)) > func.now()


def _not_revoked(gate: Door) -> ColumnElement[bool]:
    return and_(gate.column("state") == word(HabilitationState.ACTIVE.value), gate.column("revoked_at").is_(None))


def _unanswered(gate: Door) -> ColumnElement[bool]:
    return gate.column("answered_at").is_(None)


def _not_notified(gate: Door) -> ColumnElement[bool]:
    return and_(gate.column("notified_at").is_(None), gate.column("no_risk_reason").is_(None))


_K = DeadlineKind
_S = ReportStatus
_SENT, _AWAITED = _status(_S.SENT), _status(*UNRETURNED)
_EVALUATED = _status(_S.ACKNOWLEDGED, _S.QUALIFIED, _S.EVALUATING)
_LOST, _RECEIVED = _state(TransferState.UNKNOWN_ADDRESS), _state(TransferState.RECEIVED)


def _report(name: str) -> dict[str, tuple[str, ...]]:
    return {"ConcernReport": ("status", name)}


_OF_MEASURE = ("starts_on", "ends_on", "authority")
_ZONES = {"Authority": ("timezone",)}
SOURCES = (
    Source(
        _K.REPORT, "Contact", {"Contact": ("report_due_at",), "Situation": ("status",)}, "report_due_at",
        _of_an_open_case, only=_THE_119,
    ),
    Source(
        _K.VALIDATION, "ConcernReport", {"ConcernReport": ("status", "sent_at", "validated_at")}, "sent_at",
        _awaits_validation, hours=VALIDATION_HOURS, only=_THE_119,
    ),
    Source(
        _K.ACKNOWLEDGEMENT, "ConcernReport", _report("acknowledge_due_at"), "acknowledge_due_at",
        _among(_SENT), words=_SENT,
    ),
    Source(
        _K.EVALUATION, "ConcernReport", _report("evaluation_due_at"), "evaluation_due_at",
        _among(_EVALUATED), words=_EVALUATED,
    ),
    Source(
        _K.RETURN, "ConcernReport", _report("return_due_at"), "return_due_at", _among(_AWAITED), words=_AWAITED
    ),
    Source(
        _K.SENDER_ANSWER, "ConcernReport",
        {"ConcernReport": ("status", "sender_answer_due_at", "originContact"), "Contact": ("caller_category_public",)},
        "sender_answer_due_at", _owes_an_answer, words=_AWAITED,
    ),
    Source(
        _K.PLACEMENT, "Measure", {"Measure": ("placement_due_at", *_OF_MEASURE), **_ZONES}, "placement_due_at",
        _measure_runs,
    ),
    Source(
        _K.MEASURE_REVIEW, "Measure", {"Measure": ("review_due_at", *_OF_MEASURE), **_ZONES}, "review_due_at",
        _measure_runs, parts=(_reviewed_early, _reviewed_at_the_end),
    ),
    Source(_K.MAJORITY, "Minor", {"Minor": ("majority_on",), **_ZONES}, "majority_on", _still_a_minor),
    Source(
        _K.ADDRESS_ANSWER, "DepartmentTransfer", {"DepartmentTransfer": ("state", "address_answer_due_at")},
        "address_answer_due_at", _among(_LOST), words=_LOST,
    ),
    Source(
        _K.TRANSFER_WINDOW, "DepartmentTransfer", {"DepartmentTransfer": ("state", "window_ends_at")},
        "window_ends_at", _among(_RECEIVED), words=_RECEIVED,
    ),
    Source(
        _K.HABILITATION, "Habilitation", {"Habilitation": ("state", "valid_to", "revoked_at")}, "valid_to",
        _not_revoked,
    ),
    Source(_K.SUBJECT_REQUEST, "SubjectRequest", {"SubjectRequest": ("due_at", "answered_at")}, "due_at", _unanswered),
    Source(
        _K.BREACH, "DataBreach", {"DataBreach": ("due_at", "notified_at", "no_risk_reason")}, "due_at", _not_notified
    ),
)  # fmt: skip


@cache
def sources_of(audience: Audience) -> tuple[Source, ...]:
    """The clocks of an audience."""
    return tuple(source for source in SOURCES if source.of(audience))


def kinds_of(audience: Audience) -> frozenset[str]:
    """The names of the clocks in an audience's schema; none where it has no such list."""
    return frozenset(source.kind.value for source in sources_of(audience))
