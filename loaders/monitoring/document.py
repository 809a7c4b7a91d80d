"""One statement for all figures of a fixed period, out of the rollups, and its document as tallies.

It runs under a login of its own that reads what was told before, the directory and the network's life: no row of a case.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    cast,
    column,
    distinct,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.editions import of_whole_year, while_running
from loaders.monitoring.periods import PARIS, Period
from loaders.statement.fetching import bound
from schema.tables.directory import authority, department
from schema.tables.monitoring import yearly_report
from schema.tables.surveys import (
    awareness_event,
    podcast_episode,
    survey_campaign,
    survey_response,
    working_session,
    working_session_actor,
)

AnySelect = Select[*tuple[Any, ...]]

MONITORING_COLUMNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "authority": frozenset({"id", "code", "name"}),
        "department": frozenset({"code", "name", "region_code", "region_name"}),
        "survey_campaign": frozenset({"id", "target"}),
        "survey_response": frozenset({"campaign_id", "department_code", "confronted", "answered_at"}),
        "working_session": frozenset({"id", "held_on"}),
        "working_session_actor": frozenset({"session_id", "actor_id"}),
        "awareness_event": frozenset({"held_on", "participants"}),
        "podcast_episode": frozenset({"published_on"}),
        "yearly_report": frozenset(
            {
                "id",
                "kind",
                "year",
                "version",
                "figures",
                "tables",
                "thresholds",
                "reason",
                "frozen_at",
                "published_at",
                "frozen_by_id",
                "published_by_id",
            }
        ),
    }
)
"""Table -> the columns that the login `maillage_monitoring` may read: no table of a case is among them."""
MONITORING_VIEW = "monitoring_now"
"""The rollups as readers see them; the only way from a case to a figure."""

NOW = table(
    MONITORING_VIEW,
    column("cube", Text),
    column("place", Text),
    column("span", Date),
    column("word", Text),
    column("amount", BigInteger),
)
_STARTS_AT = bindparam("starts_at", type_=DateTime(timezone=True))
_ENDS_BEFORE = bindparam("ends_before", type_=DateTime(timezone=True))
_STARTS_ON = bindparam("starts_on", type_=Date())
_ENDS_ON = bindparam("ends_on", type_=Date())
# Disclosure control decides over the whole year, whatever part of it is asked for.
_YEAR_STARTS_ON = bindparam("year_starts_on", type_=Date())
_YEAR_ENDS_ON = bindparam("year_ends_on", type_=Date())
_KIND = bindparam("kind", type_=Text())
_YEAR = bindparam("year", type_=Integer())
_PLACE = bindparam("place", type_=Text())
_SMALLEST = bindparam("smallest", type_=Text())


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


def whole(*columns: ColumnElement[Any]) -> AnySelect:
    """One JSON document of these values, and the moment at which it was made."""
    document = select(func.now().label("computed_at"), *columns).subquery("document")
    return select(func.row_to_json(document.table_valued()))


def _spans(*by: ColumnElement[Any], where: ColumnElement[bool]) -> ScalarSelect[Any]:
    amount = func.sum(NOW.c.amount)
    return _rows(
        select(*by, amount.label("amount"))
        .where(NOW.c.span.between(_YEAR_STARTS_ON, _YEAR_ENDS_ON), where)
        .group_by(*by)
        .having(amount != 0)
    )


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


def _told_of_nation() -> list[ColumnElement[Any]]:
    """The nation's year as it was frozen, under which thresholds, and as it was taken before."""
    frozen = (
        select(yearly_report.c.version, yearly_report.c.figures, yearly_report.c.thresholds)
        .where(yearly_report.c.kind == _KIND, yearly_report.c.year == _YEAR)
        .cte("frozen")
    )
    newest_first = frozen.c.version.desc()
    return [
        select(func.json_agg(aggregate_order_by(frozen.c.figures, newest_first))).scalar_subquery().label("frozen"),
        # Of all versions the same: those of the first one stay.
        select(frozen.c.thresholds).order_by(newest_first).limit(1).scalar_subquery().label("thresholds"),
        _taken(literal("", Text)),
    ]


def _taken(place: ColumnElement[str]) -> ColumnElement[Any]:
    """What was told of the year before, and is told again (loaders/monitoring/editions.py)."""
    return func.monitoring_taken(_KIND, _YEAR, place, _YEAR_STARTS_ON, _SMALLEST).label("taken")


def _national(*figures: ColumnElement[Any]) -> AnySelect:
    names = select(department.c.code, department.c.name, department.c.region_code, department.c.region_name)
    authorities = select(authority.c.id, authority.c.code, authority.c.name)
    return whole(
        *figures,
        _rows(names.order_by(department.c.code)).label("departments"),
        _rows(authorities.order_by(authority.c.code)).label("authorities"),
        *_network_life(),
        *_surveys(),
    )


def _counted() -> AnySelect:
    nation = NOW.c.place == literal("", Text)
    elsewhere = NOW.c.place > literal("", Text)
    return _national(
        _spans(NOW.c.cube, NOW.c.span, NOW.c.word, where=nation).label("cells"),
        _spans(NOW.c.place, NOW.c.cube, NOW.c.word, where=elsewhere).label("places"),
    )


NATIONAL, COUNTING = _national(*_told_of_nation()), _counted()
OF_PLACE = whole(_taken(_PLACE), _row(select(*_told_of_nation())).label("nation"))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _bind(statement: AnySelect, period: Period, **more: Any) -> tuple[str, list[Any]]:
    binds = {
        "starts_at": _midnight(period.starts_on),
        "ends_before": _midnight(period.ends_on + timedelta(days=1)),
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "year_starts_on": period.whole_year.starts_on,
        "year_ends_on": period.whole_year.ends_on,
        "kind": period.kind.value,
        "year": period.year,
        **more,
    }
    return bound(statement, binds)


def national_statement(period: Period, thresholds: Thresholds = Thresholds()) -> tuple[str, list[Any]]:  # noqa: B008 - frozen
    """SQL text and arguments of the one statement for all national figures; it returns one JSON document."""
    return _bind(NATIONAL, period, smallest=_json(thresholds))


def counting_statement(period: Period) -> tuple[str, list[Any]]:
    """The same, counted afresh whatever was told of it: what a correction is made of."""
    return _bind(COUNTING, period)


def authority_statement(
    period: Period,
    identity: UUID,
    thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
) -> tuple[str, list[Any]]:
    """The same for the figures of one authority."""
    return _bind(OF_PLACE, period, place=f"A:{identity}", smallest=_json(thresholds))


def _json(thresholds: Thresholds) -> str:
    return orjson.dumps(asdict(thresholds)).decode()


EDITION = ("computed_at", "cells", "places")
"""What of a year's document is about persons: what is taken of it."""
FROZEN = (*EDITION, "departments", "authorities")
"""The same, and the names of places, as a frozen report keeps them."""
_LEDGER = frozenset({"taken", "frozen", "thresholds", "nation"})


@dataclass(frozen=True, slots=True)
class Tallies:
    """The numbers of a document, true and unprotected: they leave only through `loaders.monitoring.disclosure`."""

    document: Mapping[str, Any]
    earlier: tuple["Tallies", ...] = ()
    """What was said of the same year before, the newest first: nobody forgets it."""
    running: "Tallies | None" = None
    """What was said of it before that, while it ran: totals of its quarters."""

    @classmethod
    def read(cls, body: bytes | str | Mapping[str, Any]) -> "Tallies":
        """The document of a statement, decoded where it is not."""
        return cls(orjson.loads(body) if isinstance(body, bytes | str) else body)

    def as_of(self, period: Period) -> "Tallies":
        """The numbers that were told of the year: two answers about one year never differ by a case."""
        if "taken" not in self.document:
            return self
        found, running = self._versions(period), self._running(period)
        plain = {name: value for name, value in self.document.items() if name not in _LEDGER}
        if found:
            return Tallies({**plain, **found[0]}, tuple(map(Tallies, found[1:])), running)
        # Of a year that has begun, what is over; of another one nothing.
        return Tallies({**plain, "cells": [], "places": [], **(running.document if running else {})})

    def of_nation(self, period: Period) -> "Tallies":
        """The nation's year beside an authority's; none where the document has none."""
        nothing = {"computed_at": self.document["computed_at"], "taken": None}
        return Tallies(nothing | (self.document.get("nation") or {})).as_of(period)

    def corrected(self, counted: Mapping[str, Any], period: Period) -> "Tallies":
        """Other numbers beside all that was told of the year."""
        return Tallies(counted, tuple(map(Tallies, self._versions(period))), self._running(period))

    def _versions(self, period: Period) -> Sequence[Mapping[str, Any]]:
        """The newest first: frozen reports, or else what was taken when the year was over."""
        frozen: Sequence[Mapping[str, Any]] | None = self.document.get("frozen")
        if not frozen:
            return [
                {name: edition[name] or [] for name in EDITION}
                for edition in of_whole_year(self.document["taken"] or ())
            ]
        # The network's life is of the part that was asked for, and counts nobody.
        return frozen if period.is_year else [{name: version[name] for name in FROZEN} for version in frozen]

    def _running(self, period: Period) -> "Tallies | None":
        told = while_running(self.document["taken"] or (), period.whole_year)
        return None if told is None else Tallies(told)

    def under(self, thresholds: Thresholds) -> Thresholds:
        """The thresholds under which the year was first told, whatever is set today; else those that are set."""
        taken: Sequence[Mapping[str, Any]] = self.document.get("taken") or ()
        kept: Mapping[str, int] | None = self.document.get("thresholds")
        first = taken[-1]["thresholds"] if taken else kept
        return thresholds if first is None else Thresholds(**first)

    @property
    def computed_at(self) -> datetime:
        return datetime.fromisoformat(self.document["computed_at"])

    @property
    def today(self) -> date:
        return self.computed_at.astimezone(PARIS).date()

    def months(self, year: Period) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
        """Cube -> word -> how many in each month of the year, nationwide or of the one place that was asked for."""
        starts = [first.isoformat() for _, first, _ in year.months]
        months: dict[str, int] = {}
        counts: dict[str, dict[str, list[int]]] = {}
        for cell in self.document["cells"]:
            by_month = counts.setdefault(cell["cube"], {}).setdefault(cell["word"], [0] * len(starts))
            span = cell["span"]
            if span not in months:
                months[span] = bisect_right(starts, span) - 1
            by_month[months[span]] += cell["amount"]
        return {cube: {word: tuple(months) for word, months in words.items()} for cube, words in counts.items()}

    def places(self, cube: str, kind: str) -> dict[str, Counter[str]]:
        """Place of a kind (`R`, `D`, `A`) -> word -> how many in the year."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for cell in self.document["places"]:
            if cell["cube"] == cube and cell["place"].startswith(f"{kind}:"):
                counts[cell["place"][2:]][cell["word"]] += cell["amount"]
        return counts
