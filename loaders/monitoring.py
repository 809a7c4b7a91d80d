"""National monitoring: one statement for all figures of a fixed period, one JSON document, figures as readers may see them.

The statement runs under a login of its own that may read `MONITORING_COLUMNS` and nothing else. Rows never leave
PostgreSQL; numbers leave this module only through `loaders.disclosure`. Not protected against here: two periods that
overlap without one tiling the other (the report's year and civil quarters differ by a few days), and a period that
still runs, asked on two days. Freezing cubes and suppression over hierarchies take care of those.
"""

import calendar
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import (
    ARRAY,
    CTE,
    JSON,
    ColumnElement,
    Date,
    DateTime,
    Interval,
    ScalarSelect,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    distinct,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.dialects.postgresql import distinct_on

from auth.policy import MATRIX, Reach
from loaders import indicators
from loaders.disclosure import Cell, Grain, Thresholds, exact, masked, mean, not_available, part, share, table, whole
from loaders.indicators import Definition
from loaders.relations import RECEIVED
from loaders.statement import compiled
from schema.errors import BadInputError, ForbiddenError
from schema.tables.contact import contact
from schema.tables.directory import department
from schema.tables.observation import problematic, sensitive_problematic
from schema.tables.protection import dlpm_action
from schema.tables.report import concern_report
from schema.tables.situation import minor, situation, situation_jurisdiction
from schema.tables.surveys import (
    awareness_event,
    podcast_episode,
    survey_campaign,
    survey_response,
    working_session,
    working_session_actor,
)
from schema.types.monitoring import (
    ActionIndicator,
    AuthorityMonitoring,
    CallerIndicator,
    CallerPart,
    ConfrontedIndicator,
    Count,
    CountIndicator,
    DepartmentIndicator,
    DepartmentPart,
    GenderIndicator,
    GenderPart,
    MeanIndicator,
    MonitoringPeriod,
    MonthIndicator,
    MonthPart,
    NationalMonitoring,
    PeriodInput,
    PeriodKind,
    ProblematicIndicator,
    ShareIndicator,
)
from schema.vocabulary import (
    Audience,
    CallerCategory,
    CallerCategoryReport,
    Category,
    Direction,
    Gender,
    JurisdictionRole,
    Problematic,
    SurveyTarget,
    TriState,
    report_category,
)

Document = Mapping[str, Any]
AnySelect = Select[*tuple[Any, ...]]
Fetch = Callable[[str, list[Any]], Awaitable[bytes | str | Document]]

AUDIENCES = frozenset(
    audience
    for (audience, category), cell in MATRIX.items()
    if category is Category.INDICATORS and cell.reach is Reach.AGGREGATE
)
"""Who may ask for national monitoring; nobody else has the field."""
AUTHORITY_AUDIENCES = frozenset({Audience.CRI, Audience.ORG_CRIP, Audience.ASE, Audience.ORG_ASE})
"""Who may ask for the figures of their own authority."""

MONITORING_COLUMNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "situation": frozenset({"id", "opened_at", "known_to_cp"}),
        "situation_jurisdiction": frozenset({"situation_id", "department_code", "authority_id", "role"}),
        "minor": frozenset({"situation_id", "gender", "age"}),
        "contact": frozenset({"id", "situation_id", "at", "direction", "caller_category"}),
        "problematic": frozenset({"situation_id", "kind", "value"}),
        "sensitive_problematic": frozenset({"situation_id", "kind", "value"}),
        "dlpm_action": frozenset({"situation_id", "kind"}),
        "concern_report": frozenset({"situation_id", "to_authority_id", "status"}),
        "department": frozenset({"code", "name"}),
        "survey_campaign": frozenset({"id", "target"}),
        "survey_response": frozenset({"campaign_id", "department_code", "confronted", "answered_at"}),
        "working_session": frozenset({"id", "held_on"}),
        "working_session_actor": frozenset({"session_id", "actor_id"}),
        "awareness_event": frozenset({"held_on", "participants"}),
        "podcast_episode": frozenset({"published_on"}),
    }
)
"""Table -> the columns that the login `maillage_monitoring` may read."""


# ---------------------------------------------------------------- periods

PARIS = ZoneInfo("Europe/Paris")
# The DLPM began on 3 April 2023, and its report counts years from that day.
REPORT_MONTH, REPORT_DAY = 4, 3
FIRST_YEAR, LAST_YEAR = 2000, 2099
MONTHS = 12
QUARTERS = 4
MONTH_NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A fixed period: whole months of a calendar whose months begin on the 1st (civil) or the 3rd (report)."""

    year: int
    quarter: int | None = None
    month: int | None = None
    kind: PeriodKind = PeriodKind.CIVIL

    @property
    def is_year(self) -> bool:
        return self.quarter is None and self.month is None

    @property
    def days_late(self) -> int:
        """How many days after the 1st a month of this calendar begins."""
        return REPORT_DAY - 1 if self.kind is PeriodKind.REPORT else 0

    @property
    def months(self) -> tuple[tuple[str, date, date], ...]:
        """Key (`2023-04`), first and last day of each month."""
        return tuple(self._month(offset) for offset in range(self._first_month, self._first_month + self._length))

    @property
    def starts_on(self) -> date:
        return self.months[0][1]

    @property
    def ends_on(self) -> date:
        """The last day, included."""
        return self.months[-1][2]

    @property
    def label(self) -> str:
        if self.kind is PeriodKind.REPORT:
            return f"du 3 avril {self.year} au 2 avril {self.year + 1}"
        if self.quarter:
            return f"{self.quarter}{'er' if self.quarter == 1 else 'e'} trimestre {self.year}"
        return f"{MONTH_NAMES[self.month - 1]} {self.year}" if self.month else str(self.year)

    @property
    def _first_month(self) -> int:
        if self.kind is PeriodKind.REPORT:
            return REPORT_MONTH - 1
        return (self.quarter - 1) * (MONTHS // QUARTERS) if self.quarter else (self.month or 1) - 1

    @property
    def _length(self) -> int:
        return MONTHS if self.is_year else MONTHS // QUARTERS if self.quarter else 1

    def _month(self, offset: int) -> tuple[str, date, date]:
        year, month = self.year + offset // MONTHS, offset % MONTHS + 1
        first = date(year, month, 1)
        next_first = first + timedelta(days=calendar.monthrange(year, month)[1])
        late = timedelta(days=self.days_late)
        return f"{year}-{month:02}", first + late, next_first + late - timedelta(days=1)


REPORT_YEAR = Period(2023, kind=PeriodKind.REPORT)
"""The year of the first report: 3 April 2023 to 2 April 2024."""


def period_of(asked: PeriodInput) -> Period:
    """The period that an input names. Raises: BadInputError where it names none."""
    if not FIRST_YEAR <= asked.year <= LAST_YEAR:
        raise BadInputError(f"`year` goes from {FIRST_YEAR} to {LAST_YEAR}.")
    if asked.quarter is not None and asked.month is not None:
        raise BadInputError("Give `quarter` or `month`, not both.")
    if asked.quarter is not None and not 1 <= asked.quarter <= QUARTERS:
        raise BadInputError("`quarter` goes from 1 to 4.")
    if asked.month is not None and not 1 <= asked.month <= MONTHS:
        raise BadInputError("`month` goes from 1 to 12.")
    if asked.kind is PeriodKind.REPORT and not (asked.quarter is None and asked.month is None):
        raise BadInputError("The report's year has neither quarters nor months: give `year` alone.")
    return Period(asked.year, asked.quarter, asked.month, asked.kind)


# ---------------------------------------------------------------- statement

_STARTS_AT = bindparam("starts_at", type_=DateTime(timezone=True))
_ENDS_BEFORE = bindparam("ends_before", type_=DateTime(timezone=True))
_STARTS_ON = bindparam("starts_on", type_=Date())
_ENDS_ON = bindparam("ends_on", type_=Date())
_LATE = bindparam("late", type_=Interval())
_AUTHORITY = bindparam("authority", type_=Uuid(as_uuid=True))


def _rows(statement: AnySelect) -> ScalarSelect[Any]:
    """The rows of a statement as one JSON list."""
    rows = statement.subquery()
    return select(
        func.coalesce(func.json_agg(rows.table_valued()), cast(literal("[]"), JSON(none_as_null=True)))
    ).scalar_subquery()


def _row(statement: AnySelect) -> ScalarSelect[Any]:
    """The only row of a statement as one JSON object."""
    row = statement.subquery()
    return select(func.row_to_json(row.table_valued())).scalar_subquery()


def _tally(column: ColumnElement[Any], *conditions: ColumnElement[bool], of: Any) -> ScalarSelect[Any]:
    return _rows(
        select(column.label("word"), func.count().label("count")).select_from(of).where(*conditions).group_by(column)
    )


def _cohort(*conditions: ColumnElement[bool]) -> CTE:
    """The situations of the period, with the month in which each was opened."""
    civil = func.timezone(PARIS.key, situation.c.opened_at, type_=DateTime())
    month = func.to_char(civil - _LATE, "YYYY-MM")
    return (
        select(situation.c.id, situation.c.known_to_cp, month.label("month"))
        .where(situation.c.opened_at >= _STARTS_AT, situation.c.opened_at < _ENDS_BEFORE, *conditions)
        .cte("cohort")
    )


def _of(cohort: CTE, table_: Any) -> Any:
    return table_.join(cohort, table_.c.situation_id == cohort.c.id)


def _people(cohort: CTE) -> list[ColumnElement[Any]]:
    """What national monitoring and that of an authority have in common."""
    return [
        func.now().label("computed_at"),
        select(func.count()).select_from(cohort).scalar_subquery().label("situations"),
        _tally(minor.c.gender, of=_of(cohort, minor)).label("gender"),
        _tally(cohort.c.known_to_cp, of=cohort).label("known"),
    ]


def _contacts(cohort: CTE) -> list[ColumnElement[Any]]:
    incoming = (
        select(contact.c.id, contact.c.situation_id, contact.c.at, contact.c.caller_category, cohort.c.month)
        .select_from(_of(cohort, contact))
        .where(contact.c.direction == Direction.IN.value)
        .cte("incoming")
    )
    first = (
        select(incoming.c.caller_category)
        .ext(distinct_on(incoming.c.situation_id))
        .order_by(incoming.c.situation_id, incoming.c.at, incoming.c.id)
        .subquery("first_contact")
    )
    return [
        _tally(cohort.c.month, of=cohort).label("situations_by_month"),
        _tally(incoming.c.month, of=incoming).label("contacts_by_month"),
        _tally(first.c.caller_category, of=first).label("callers"),
    ]


def _homes(cohort: CTE) -> list[ColumnElement[Any]]:
    home = (
        select(situation_jurisdiction.c.situation_id, situation_jurisdiction.c.department_code)
        .select_from(_of(cohort, situation_jurisdiction))
        .where(situation_jurisdiction.c.role == JurisdictionRole.RESIDENCE.value)
        .distinct()
        .cte("home")
    )
    by_department = (
        select(department.c.code, department.c.name, func.count(home.c.situation_id).label("count"))
        .select_from(department.outerjoin(home, home.c.department_code == department.c.code))
        .group_by(department.c.code, department.c.name)
        .order_by(department.c.code)
    )
    return [
        select(func.count(distinct(home.c.situation_id))).scalar_subquery().label("with_home"),
        _rows(by_department).label("departments"),
    ]


def _observations(cohort: CTE) -> ScalarSelect[Any]:
    """Per kind: situations that say yes at least once, and those that say no and never yes."""
    both = union_all(
        *(
            select(rows.c.situation_id, rows.c.kind, rows.c.value).select_from(_of(cohort, rows))
            for rows in (problematic, sensitive_problematic)
        )
    ).subquery("observation")
    by_situation = (
        select(
            both.c.kind,
            func.bool_or(both.c.value == TriState.YES.value).label("yes"),
            func.bool_or(both.c.value == TriState.NO.value).label("no"),
        )
        .group_by(both.c.kind, both.c.situation_id)
        .subquery("observed")
    )
    counts = select(
        by_situation.c.kind,
        func.count().filter(by_situation.c.yes).label("yes"),
        func.count().filter(by_situation.c.no & ~by_situation.c.yes).label("no"),
    ).group_by(by_situation.c.kind)
    return _rows(counts)


def _actions(cohort: CTE) -> ScalarSelect[Any]:
    counts = (
        select(dlpm_action.c.kind.label("word"), func.count(distinct(dlpm_action.c.situation_id)).label("count"))
        .select_from(_of(cohort, dlpm_action))
        .group_by(dlpm_action.c.kind)
    )
    return _rows(counts)


def _network_life() -> list[ColumnElement[Any]]:
    sessions = (
        select(
            func.count(distinct(working_session.c.id)).label("sessions"),
            func.count(distinct(working_session_actor.c.actor_id)).label("actors"),
        )
        .select_from(
            working_session.outerjoin(working_session_actor, working_session_actor.c.session_id == working_session.c.id)
        )
        .where(working_session.c.held_on.between(_STARTS_ON, _ENDS_ON))
    )
    awareness = select(
        func.count().label("events"), func.coalesce(func.sum(awareness_event.c.participants), 0).label("participants")
    ).where(awareness_event.c.held_on.between(_STARTS_ON, _ENDS_ON))
    podcasts = (
        select(func.count())
        .select_from(podcast_episode)
        .where(podcast_episode.c.published_on.between(_STARTS_ON, _ENDS_ON))
    )
    return [
        _row(sessions).label("sessions"),
        _row(awareness).label("awareness"),
        podcasts.scalar_subquery().label("podcasts"),
    ]


def _surveys() -> list[ColumnElement[Any]]:
    answered = (survey_response.c.answered_at >= _STARTS_AT, survey_response.c.answered_at < _ENDS_BEFORE)
    answers = (
        select(survey_campaign.c.target, survey_response.c.confronted, func.count().label("count"))
        .select_from(survey_response.join(survey_campaign, survey_campaign.c.id == survey_response.c.campaign_id))
        .where(*answered)
        .group_by(survey_campaign.c.target, survey_response.c.confronted)
    )
    departments = select(func.count(distinct(survey_response.c.department_code))).where(*answered)
    return [_rows(answers).label("answers"), departments.scalar_subquery().label("survey_departments")]


def _whole(columns: Sequence[ColumnElement[Any]]) -> AnySelect:
    document = select(*columns).subquery("document")
    return select(func.row_to_json(document.table_valued()))


def _national() -> AnySelect:
    cohort = _cohort()
    ages = select(
        func.count(minor.c.age).label("known"), func.coalesce(func.sum(minor.c.age), 0).label("total")
    ).select_from(_of(cohort, minor))
    return _whole(
        [
            *_people(cohort),
            _row(ages).label("ages"),
            *_contacts(cohort),
            *_homes(cohort),
            _observations(cohort).label("observations"),
            _actions(cohort).label("actions"),
            *_network_life(),
            *_surveys(),
        ]
    )


def _of_authority() -> AnySelect:
    # The report is required besides the jurisdiction: a situation of which the authority was told nothing does not
    # exist for it, not even as a number (permissions, condition 1).
    competent = exists(situation_jurisdiction.c.situation_id).where(
        situation_jurisdiction.c.situation_id == situation.c.id, situation_jurisdiction.c.authority_id == _AUTHORITY
    )
    told = exists(concern_report.c.situation_id).where(
        concern_report.c.situation_id == situation.c.id,
        concern_report.c.to_authority_id == _AUTHORITY,
        concern_report.c.status == any_(literal(sorted(status.value for status in RECEIVED), ARRAY(Text))),
    )
    return _whole(_people(_cohort(competent, told)))


NATIONAL = _national()
OF_AUTHORITY = _of_authority()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _bind(statement: AnySelect, period: Period, **more: Any) -> tuple[str, list[Any]]:
    sql, names, values = compiled(statement)
    values |= {
        "starts_at": _midnight(period.starts_on),
        "ends_before": _midnight(period.ends_on + timedelta(days=1)),
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "late": timedelta(days=period.days_late),
        **more,
    }
    return sql, [values[name] for name in names]


def statement(period: Period) -> tuple[str, list[Any]]:
    """SQL text and arguments of the one statement for all national figures; it returns one JSON document."""
    return _bind(NATIONAL, period)


def authority_statement(period: Period, authority: UUID) -> tuple[str, list[Any]]:
    """The same for the figures of one authority."""
    return _bind(OF_AUTHORITY, period, authority=authority)


# ---------------------------------------------------------------- answer


@dataclass(frozen=True, slots=True)
class _Control:
    """The thresholds of one answer. `closed`: too few situations, so that nothing about persons is shown at all."""

    situations: int
    parts: int
    places: int
    services: int
    closed: bool

    def count(self, value: int) -> Count:
        return masked() if self.closed and value >= self.situations else whole(value, self.situations)

    def part(self, value: int, of: int) -> Count:
        return masked(self.parts) if self.closed else part(value, of, self.parts)

    def table(self, cells: Sequence[Cell], smallest: int | None = None) -> Mapping[str, Count]:
        shown = [replace(cell, hidden=True, zero_is_open=False) for cell in cells] if self.closed else cells
        return table(shown, smallest or self.parts)


def _control(thresholds: Thresholds, audience: Audience, period: Period, situations: int) -> _Control:
    smallest = thresholds.smallest(audience, Grain.NATIONAL)
    # A breakdown asked month by month is a table of two dimensions, and its single months are its columns.
    parts = thresholds.smallest(audience, Grain.NATIONAL if period.is_year else Grain.FINE)
    places = thresholds.smallest(audience, Grain.FINE)
    return _Control(smallest, parts, places, thresholds.services, closed=situations < smallest)


def _words(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {row["word"]: row["count"] for row in rows}


def _about(definition: Definition, threshold: int | None, unknowns: Count) -> dict[str, Any]:
    return {
        "code": definition.code,
        "label": definition.label,
        "definition": definition.definition,
        "denominator": definition.denominator,
        "source": definition.source,
        "decimals": definition.decimals,
        "threshold": threshold,
        "unknowns": unknowns,
    }


def _number(
    definition: Definition, count: Count, threshold: int | None, unknowns: Count | None = None
) -> CountIndicator:
    return CountIndicator(**_about(definition, threshold, unknowns or not_available()), count=count)


def _yes_no_unknown(yes: int, no: int, unknown: int) -> list[Cell]:
    # `no` is not printed, but anybody computes it as the rest.
    return [
        Cell("yes", yes),
        Cell("no", no, printed=False, zero_is_open=True),
        Cell("unknown", unknown, zero_is_open=True),
    ]


def _gender(document: Document, control: _Control) -> GenderIndicator:
    counts = _words(document["gender"])
    girls = counts.get(Gender.GIRL, 0)
    others = sum(counts.values()) - girls
    base = control.count(girls + others)
    two = control.table([Cell("girls", girls), Cell("others", others)])
    hidden = two["others"].value is None
    parts = control.table(
        [
            Cell(gender.value, counts.get(gender, 0), hidden=hidden, zero_is_open=gender is Gender.UNKNOWN)
            for gender in (Gender.BOY, Gender.TRANS_OTHER, Gender.UNKNOWN)
        ]
    )
    decimals = indicators.GENDER.decimals
    return GenderIndicator(
        **_about(indicators.GENDER, control.parts, parts[Gender.UNKNOWN]),
        girls=share(two["girls"], base, decimals),
        others=share(two["others"], base, decimals),
        parts=[GenderPart(gender=Gender(word), share=share(count, base, decimals)) for word, count in parts.items()],
    )


def _mean_age(document: Document, control: _Control) -> MeanIndicator:
    known = document["ages"]["known"]
    minors = sum(_words(document["gender"]).values())
    counts = control.table([Cell("known", known), Cell("unknown", minors - known, zero_is_open=True)])
    enough = 0 if control.closed else known
    return MeanIndicator(
        **_about(indicators.MEAN_AGE, control.parts, counts["unknown"]),
        mean=mean(document["ages"]["total"], enough, counts["known"], control.parts, indicators.MEAN_AGE.decimals),
    )


def _known(document: Document, control: _Control, base: Count) -> ShareIndicator:
    counts = _words(document["known"])
    cells = control.table(
        _yes_no_unknown(*(counts.get(word, 0) for word in (TriState.YES, TriState.NO, TriState.UNKNOWN)))
    )
    definition = indicators.ALREADY_KNOWN
    return ShareIndicator(
        **_about(definition, control.parts, cells["unknown"]), share=share(cells["yes"], base, definition.decimals)
    )


def _problematics(document: Document, control: _Control, base: Count) -> list[ProblematicIndicator]:
    rows = {row["kind"]: (row["yes"], row["no"]) for row in document["observations"]}
    answers = []
    for kind in Problematic:
        yes, no = rows.get(kind.value, (0, 0))
        cells = control.table(_yes_no_unknown(yes, no, document["situations"] - yes - no))
        definition = indicators.PROBLEMATICS[kind]
        answers.append(
            ProblematicIndicator(
                **_about(definition, control.parts, cells["unknown"]),
                problematic=kind,
                share=share(cells["yes"], base, definition.decimals),
            )
        )
    return answers


def _callers(document: Document, control: _Control, base: Count) -> CallerIndicator:
    counts = dict.fromkeys(CallerCategoryReport, 0)
    for word, count in _words(document["callers"]).items():
        counts[report_category(CallerCategory(word))] += count
    unknown = document["situations"] - sum(counts.values())
    cells = control.table(
        [*(Cell(word.value, count) for word, count in counts.items()), Cell("unknown", unknown, zero_is_open=True)]
    )
    definition = indicators.CALLERS
    return CallerIndicator(
        **_about(definition, control.parts, cells["unknown"]),
        parts=[CallerPart(category=word, share=share(cells[word.value], base, definition.decimals)) for word in counts],
    )


def _actions_taken(document: Document, control: _Control, base: Count) -> list[ActionIndicator]:
    counts = _words(document["actions"])
    return [
        ActionIndicator(
            **_about(definition, control.parts, not_available()),
            action=kind,
            share=share(control.part(counts.get(kind, 0), document["situations"]), base, definition.decimals),
        )
        for kind, definition in indicators.ACTIONS.items()
    ]


def _months(document: Document, control: _Control, period: Period) -> MonthIndicator:
    opened = _words(document["situations_by_month"])
    received = _words(document["contacts_by_month"])
    situations = control.table([Cell(key, opened.get(key, 0)) for key, _, _ in period.months], control.situations)
    contacts = control.table(
        [Cell(key, received.get(key, 0), hidden=situations[key].value is None) for key, _, _ in period.months],
        control.situations,
    )
    return MonthIndicator(
        **_about(indicators.PER_MONTH, control.situations, not_available()),
        parts=[
            MonthPart(starts_on=first, ends_on=last, situations=situations[key], contacts=contacts[key])
            for key, first, last in period.months
        ],
    )


def _places(document: Document, control: _Control) -> tuple[CountIndicator, DepartmentIndicator]:
    rows = document["departments"]
    touched = sum(1 for row in rows if row["count"])
    unknown = document["situations"] - document["with_home"]
    cells = control.table(
        [*(Cell(row["code"], row["count"]) for row in rows), Cell("unknown", unknown, zero_is_open=True)],
        control.places,
    )
    return (
        # One decision on the unknowns for both figures: shown in one and masked in the other, they would be shown.
        _number(indicators.DEPARTMENTS, control.count(touched), control.situations, cells["unknown"]),
        DepartmentIndicator(
            **_about(indicators.PER_DEPARTMENT, control.places, cells["unknown"]),
            parts=[
                DepartmentPart(department_code=row["code"], department_name=row["name"], situations=cells[row["code"]])
                for row in rows
            ],
        ),
    )


def _confronted(document: Document, control: _Control) -> list[ConfrontedIndicator]:
    answers = {(row["target"], row["confronted"]): row["count"] for row in document["answers"]}

    def one(target: SurveyTarget, definition: Definition) -> ConfrontedIndicator:
        yes, no, unknown = (
            answers.get((target.value, word.value), 0) for word in (TriState.YES, TriState.NO, TriState.UNKNOWN)
        )
        total = yes + no + unknown
        few = total < control.services
        shown, base, unsaid = (masked(control.services) if few else exact(value) for value in (yes, total, unknown))
        return ConfrontedIndicator(
            **_about(definition, None, unsaid), target=target, share=share(shown, base, definition.decimals)
        )

    return [one(target, definition) for target, definition in indicators.CONFRONTED.items()]


def _period(period: Period, computed_at: datetime) -> MonitoringPeriod:
    return MonitoringPeriod(
        kind=period.kind,
        label=period.label,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        complete=period.ends_on < computed_at.astimezone(PARIS).date(),
    )


def answer(document: Document, thresholds: Thresholds, audience: Audience, period: Period) -> NationalMonitoring:
    """The document of `statement(period)` as this audience may see it."""
    computed_at = datetime.fromisoformat(document["computed_at"])
    control = _control(thresholds, audience, period, document["situations"])
    base = control.count(document["situations"])
    departments, per_department = _places(document, control)

    def of_persons(definition: Definition, value: int) -> CountIndicator:
        return _number(definition, control.count(value), control.situations)

    def of_network(definition: Definition, value: int) -> CountIndicator:
        return _number(definition, exact(value), None)

    return NationalMonitoring(
        period=_period(period, computed_at),
        computed_at=computed_at,
        caveat=indicators.CAVEAT,
        situations=_number(indicators.SITUATIONS, base, control.situations),
        contacts=of_persons(indicators.CONTACTS, sum(_words(document["contacts_by_month"]).values())),
        minors=of_persons(indicators.MINORS, sum(_words(document["gender"]).values())),
        gender=_gender(document, control),
        mean_age=_mean_age(document, control),
        departments=departments,
        already_known=_known(document, control, base),
        problematics=_problematics(document, control, base),
        callers=_callers(document, control, base),
        actions=_actions_taken(document, control, base),
        per_month=_months(document, control, period),
        per_department=per_department,
        working_sessions=of_network(indicators.WORKING_SESSIONS, document["sessions"]["sessions"]),
        actors=of_network(indicators.ACTORS, document["sessions"]["actors"]),
        survey_departments=of_network(indicators.SURVEY_DEPARTMENTS, document["survey_departments"]),
        confronted=_confronted(document, control),
        awareness_events=of_network(indicators.AWARENESS_EVENTS, document["awareness"]["events"]),
        awareness_participants=of_network(indicators.AWARENESS_PARTICIPANTS, document["awareness"]["participants"]),
        podcasts=of_network(indicators.PODCASTS, document["podcasts"]),
    )


def authority_answer(
    document: Document, thresholds: Thresholds, audience: Audience, period: Period
) -> AuthorityMonitoring:
    """The document of `authority_statement(period, authority)` as this audience may see it."""
    computed_at = datetime.fromisoformat(document["computed_at"])
    situations = document["situations"]
    own = thresholds.smallest(audience, Grain.OWN_AUTHORITY)
    parts = own if period.is_year else max(own, thresholds.fine)
    control = _Control(own, parts, parts, thresholds.services, closed=situations < own)
    base = control.count(situations)
    return AuthorityMonitoring(
        period=_period(period, computed_at),
        computed_at=computed_at,
        situations=_number(indicators.AUTHORITY_SITUATIONS, base, own),
        gender=_gender(document, control),
        already_known=_known(document, control, base),
    )


def _decoded(body: bytes | str | Document) -> Document:
    if isinstance(body, bytes | str):
        document: Document = orjson.loads(body)
        return document
    return body


async def national_monitoring(
    pool_fetch: Fetch,
    caller_audience: Audience,
    period: Period,
    thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
) -> NationalMonitoring:
    """All figures of a period, in one statement. Raises: ForbiddenError where the audience has no such field."""
    if caller_audience not in AUDIENCES:
        raise ForbiddenError
    sql, arguments = statement(period)
    return answer(_decoded(await pool_fetch(sql, arguments)), thresholds, caller_audience, period)


async def authority_monitoring(
    pool_fetch: Fetch,
    caller_audience: Audience,
    authority: UUID | None,
    period: Period,
    thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
) -> AuthorityMonitoring:
    """The figures of the caller's own authority. Raises: ForbiddenError where the audience or the caller has none."""
    if caller_audience not in AUTHORITY_AUDIENCES or authority is None:
        raise ForbiddenError
    sql, arguments = authority_statement(period, authority)
    return authority_answer(_decoded(await pool_fetch(sql, arguments)), thresholds, caller_audience, period)
