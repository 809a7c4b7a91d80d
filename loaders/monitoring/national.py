"""The national figures of a fixed period, as one kind of reader may see them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from auth.policy import MATRIX, Reach
from loaders.monitoring import indicators
from loaders.monitoring.authorities import authority_shares, per_authority
from loaders.monitoring.by_place import homes
from loaders.monitoring.calendars import period_answer
from loaders.monitoring.cubes import Answered, Delay, FollowedUp, Routed
from loaders.monitoring.disclosure import DLPM, Thresholds, exact, masked, mean, share
from loaders.monitoring.document import Tallies, national_statement
from loaders.monitoring.indicators import Definition
from loaders.monitoring.lattice import Row, months_in
from loaders.monitoring.parts import distribution, duty_rows, gender, overlapping, part_of, returns, yes_of
from loaders.monitoring.periods import PARIS, Period
from loaders.monitoring.remembered import NOTHING_REMEMBERED, Remembered
from loaders.monitoring.sequence import moved_few
from loaders.monitoring.view import NOTHING, View, added, less, levels
from schema.errors import ForbiddenError
from schema.types.monitoring import (
    ActionIndicator,
    CallerIndicator,
    CallerPart,
    ConfrontedIndicator,
    CountIndicator,
    MeanIndicator,
    MonthIndicator,
    MonthPart,
    NationalMonitoring,
    ProblematicIndicator,
    ShareIndicator,
)
from schema.vocabulary import (
    AgeBand,
    Audience,
    CallerCategory,
    CallerCategoryReport,
    Category,
    ExploitationForm,
    IpConclusion,
    Problematic,
    Qualification,
    SurveyTarget,
    TriState,
    report_category,
)

Fetch = Callable[[str, list[Any]], Awaitable[bytes | str | Mapping[str, Any]]]

AUDIENCES = frozenset(
    audience
    for (audience, category), cell in MATRIX.items()
    if category is Category.INDICATORS and cell.reach is Reach.AGGREGATE
)
"""Who may ask for national monitoring; nobody else has the field."""
AUTHORITY_PARTS_AUDIENCES = DLPM
"""Who may compare authorities; a department sees its own figures and the nation's."""


def _number(view: View, definition: Definition, base: tuple[int, ...]) -> CountIndicator:
    return CountIndicator(**view.about(definition, view.level.year), count=view.total(base))


def _of_network(view: View, definition: Definition, value: int) -> CountIndicator:
    return CountIndicator(**view.about(definition, None), count=exact(value))


def _mean_age(view: View, minors: tuple[int, ...]) -> MeanIndicator:
    ages = view.months("AGES")
    known = ages.get("KNOWN", NOTHING)
    bands = view.decision(view.rows("AGE_BANDS", _values(AgeBand), AgeBand.UNKNOWN.value), minors)
    # Two tables that mostly leave out the same minors: what one hides of them, the other does not show.
    unknown = Row("unknown", less(minors, known), zero_is_open=True, hidden=AgeBand.UNKNOWN.value in bands.words)
    shown_counts = view.breakdown([Row("known", known), unknown], minors)
    if view.complete and view.slot in bands.slots:
        # Nor in a part of the year of which the bands are hidden.
        shown_counts = dict.fromkeys(shown_counts, masked())
    definition = indicators.MEAN_AGE
    total, values = Row("", ages.get("TOTAL", NOTHING)).at(view.slot), Row("", known).at(view.slot)
    # Hidden is the number of ages, for the sake of the unknown ones; their mean stays, where the column is open.
    open_ = view.complete and view.slot not in bands.slots and not _mean_tells(view, ages)
    return MeanIndicator(
        **view.about(definition, view.smallest, shown_counts["unknown"]),
        mean=mean(total, values if open_ else 0, shown_counts["known"], view.smallest, definition.decimals),
    )


def _mean_tells(view: View, ages: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether a mean beside that of an earlier version would tell the age of few, or that somebody's was corrected."""
    known, total = (Row("", ages.get(word, NOTHING)) for word in ("KNOWN", "TOTAL"))
    then = [
        (known.in_version(back).at(view.slot), total.in_version(back).at(view.slot)) for back in view.versions if back
    ]
    return any(
        moved_few(known.at(view.slot), count, view.smallest)
        or (known.at(view.slot) == count and total.at(view.slot) != sum_)
        for count, sum_ in then
    )


def _values(words: Any) -> list[str]:
    return [word.value for word in words]


def _problematics(view: View, base: tuple[int, ...]) -> list[ProblematicIndicator]:
    said = view.months("PROBLEMATICS")
    answers = []
    for kind in Problematic:
        yes, no = said.get(f"{kind.value}:YES", NOTHING), said.get(f"{kind.value}:NO", NOTHING)
        definition = indicators.PROBLEMATICS[kind]
        yes_share, unknown = yes_of(view, yes, no, base, definition.decimals)
        answers.append(
            ProblematicIndicator(**view.about(definition, view.smallest, unknown), problematic=kind, share=yes_share)
        )
    return answers


def _already_known(view: View, base: tuple[int, ...]) -> ShareIndicator:
    said = view.months("KNOWN")
    yes, no = said.get(TriState.YES.value, NOTHING), said.get(TriState.NO.value, NOTHING)
    definition = indicators.ALREADY_KNOWN
    yes_share, unknown = yes_of(view, yes, no, base, definition.decimals)
    return ShareIndicator(**view.about(definition, view.smallest, unknown), share=yes_share)


def _callers(view: View, base: tuple[int, ...]) -> CallerIndicator:
    by_category = view.months("CALLERS")
    grouped = {
        word: added(by_category.get(one.value, NOTHING) for one in CallerCategory if report_category(one) is word)
        for word in CallerCategoryReport
    }
    rows = [Row(word.value, values) for word, values in grouped.items()]
    unknown = Row("unknown", less(base, *grouped.values()), zero_is_open=True)
    cells = view.breakdown([*rows, unknown], base)
    definition, whole = indicators.CALLERS, view.total(base)
    return CallerIndicator(
        **view.about(definition, view.smallest, cells["unknown"]),
        parts=[
            CallerPart(category=word, share=share(cells[word.value], whole, definition.decimals)) for word in grouped
        ],
    )


def _actions(view: View, base: tuple[int, ...]) -> list[ActionIndicator]:
    return [
        ActionIndicator(
            **view.about(definition, view.smallest),
            action=kind,
            share=part_of(view, "ACTIONS", kind.value, base, definition.decimals),
        )
        for kind, definition in indicators.ACTIONS.items()
    ]


def _months(view: View, situations: tuple[int, ...], contacts: tuple[int, ...]) -> MonthIndicator:
    return MonthIndicator(
        **view.about(indicators.PER_MONTH, view.level.year),
        parts=[
            MonthPart(
                starts_on=first,
                ends_on=last,
                situations=view.total(situations, slot),
                contacts=view.total(contacts, slot, situations),
            )
            for (_, first, last), slot in zip(view.period.months, months_in(view.slot), strict=True)
        ],
    )


def _confronted(view: View, services: int) -> list[ConfrontedIndicator]:
    found = {(row["target"], row["confronted"]): row["count"] for row in view.tallies.document["answers"]}

    def one(target: SurveyTarget, definition: Definition) -> ConfrontedIndicator:
        yes, no, unknown = (
            found.get((target.value, word.value), 0) for word in (TriState.YES, TriState.NO, TriState.UNKNOWN)
        )
        total = yes + no + unknown
        few = total < services
        said, base, unsaid = (masked(services) if few else exact(value) for value in (yes, total, unknown))
        return ConfrontedIndicator(
            **view.about(definition, None, unsaid), target=target, share=share(said, base, definition.decimals)
        )

    return [one(target, definition) for target, definition in indicators.CONFRONTED.items()]


def _waivers(view: View) -> list[ShareIndicator]:
    answers = []
    for kind, definition in indicators.WAIVERS.items():
        rows, base = duty_rows(view, kind)
        waived = view.breakdown(rows, base)["waived"]
        answers.append(
            ShareIndicator(
                **view.about(definition, view.smallest),
                share=share(waived, view.total(base), definition.decimals),
            )
        )
    return answers


def answer(tallies: Tallies, thresholds: Thresholds, audience: Audience, period: Period) -> NationalMonitoring:
    """The document of `national_statement(period)` as this audience may see it."""
    thresholds = tallies.under(thresholds)
    tallies = tallies.as_of(period)
    view = View(tallies, period, levels(thresholds, audience))
    situations, contacts, minors = (view.sums(cube) for cube in ("SITUATIONS", "CONTACTS", "GENDER"))
    departments, per_region, per_department = homes(view, situations)
    rate, overdue, delay, due = returns(view)
    document = tallies.document
    return NationalMonitoring(
        period=period_answer(period, tallies.today),
        computed_at=tallies.computed_at.astimezone(PARIS),
        caveat=indicators.CAVEAT,
        situations=_number(view, indicators.SITUATIONS, situations),
        contacts=CountIndicator(
            **view.about(indicators.CONTACTS, view.level.year), count=view.total(contacts, among=situations)
        ),
        minors=_number(view, indicators.MINORS, minors),
        gender=gender(view, "GENDER"),
        mean_age=_mean_age(view, minors),
        departments=departments,
        already_known=_already_known(view, situations),
        problematics=_problematics(view, situations),
        callers=_callers(view, situations),
        actions=_actions(view, situations),
        per_month=_months(view, situations, contacts),
        per_department=per_department,
        per_region=per_region,
        age_bands=distribution(view, indicators.AGE_BANDS, "AGE_BANDS", AgeBand, AgeBand.UNKNOWN),
        qualifications=distribution(
            view, indicators.QUALIFICATIONS, "QUALIFICATIONS", Qualification, Qualification.UNKNOWN
        ),
        forms=overlapping(view, indicators.FORMS, "FORMS", ExploitationForm, situations),
        returns=due,
        return_rate=rate,
        overdue=overdue,
        return_delay=delay,
        misrouted=ShareIndicator(
            **view.about(indicators.MISROUTED, view.smallest),
            share=part_of(view, "ROUTING", Routed.MISROUTED.value, view.sums("ROUTING")),
        ),
        report_delays=distribution(view, indicators.REPORT_DELAYS, "REPORT_DELAYS", Delay, Delay.UNKNOWN),
        conclusions=distribution(view, indicators.CONCLUSIONS, "CONCLUSIONS", IpConclusion, IpConclusion.UNKNOWN),
        orientations=distribution(view, indicators.ORIENTATIONS, "ORIENTATIONS", Answered),
        follow_ups=distribution(view, indicators.FOLLOW_UPS, "FOLLOW_UPS", FollowedUp),
        waivers=_waivers(view),
        per_authority=per_authority(view),
        authority_shares=authority_shares(view),
        working_sessions=_of_network(view, indicators.WORKING_SESSIONS, document["sessions"]["sessions"]),
        actors=_of_network(view, indicators.ACTORS, document["sessions"]["actors"]),
        survey_departments=_of_network(view, indicators.SURVEY_DEPARTMENTS, document["survey_departments"]),
        confronted=_confronted(view, thresholds.services),
        awareness_events=_of_network(view, indicators.AWARENESS_EVENTS, document["awareness"]["events"]),
        awareness_participants=_of_network(
            view, indicators.AWARENESS_PARTICIPANTS, document["awareness"]["participants"]
        ),
        podcasts=_of_network(view, indicators.PODCASTS, document["podcasts"]),
    )


async def national_monitoring(
    pool_fetch: Fetch,
    caller_audience: Audience,
    period: Period,
    thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
    remembered: Remembered = NOTHING_REMEMBERED,
) -> NationalMonitoring:
    """All figures of a period, in one statement. Raises: ForbiddenError where the audience has no such field."""
    if caller_audience not in AUDIENCES:
        raise ForbiddenError
    sql, arguments = national_statement(period, thresholds)
    body = await pool_fetch(sql, arguments)
    asked = ("national", period, thresholds, levels(thresholds, caller_audience))
    return remembered.answer(asked, body, lambda: answer(Tallies.read(body), thresholds, caller_audience, period))
