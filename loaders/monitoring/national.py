"""The national figures of a fixed period, as one kind of reader may see them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from auth.policy import MATRIX, Reach
from loaders import indicators
from loaders.disclosure import DLPM, Thresholds, exact, masked, mean, not_available, share
from loaders.indicators import Definition
from loaders.monitoring.calendars import period_answer
from loaders.monitoring.cubes import UNKNOWN_PLACE, Answered, Delay, FollowedUp, Returned, Routed
from loaders.monitoring.document import Tallies, national_statement
from loaders.monitoring.lattice import YEAR, Row, columns, months_in
from loaders.monitoring.parts import distribution, gender, median, overlapping, part_of, returns, yes_of
from loaders.monitoring.periods import PARIS, Period
from loaders.monitoring.places import hidden_places, shown
from loaders.monitoring.view import NOTHING, View, added, less, levels
from schema.errors import ForbiddenError
from schema.types.monitoring import (
    ActionIndicator,
    AuthorityIndicator,
    AuthorityPart,
    CallerIndicator,
    CallerPart,
    ConfrontedIndicator,
    CountIndicator,
    DepartmentIndicator,
    DepartmentPart,
    MeanIndicator,
    MonthIndicator,
    MonthPart,
    NationalMonitoring,
    ProblematicIndicator,
    RegionIndicator,
    RegionPart,
    ShareIndicator,
)
from schema.vocabulary import (
    AgeBand,
    Audience,
    CallerCategory,
    CallerCategoryReport,
    Category,
    ExploitationForm,
    InformationDutyKind,
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
    definition = indicators.MEAN_AGE
    total, values = Row("", ages.get("TOTAL", NOTHING)).at(view.slot), Row("", known).at(view.slot)
    # Hidden is the number of ages, for the sake of the unknown ones; their mean stays, where the column is open.
    open_ = view.complete and view.slot not in bands.slots
    return MeanIndicator(
        **view.about(definition, view.smallest, shown_counts["unknown"]),
        mean=mean(total, values if open_ else 0, shown_counts["known"], view.smallest, definition.decimals),
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


def _places(view: View, situations: tuple[int, ...]) -> tuple[CountIndicator, RegionIndicator, DepartmentIndicator]:
    """Where minors live, for whole years only: place by month would be too fine for any threshold."""
    found = {code: sum(words.values()) for code, words in view.tallies.places("SITUATIONS", "D").items()}
    names = view.tallies.document["departments"]
    regions: dict[str, dict[str, int]] = {}
    for row in names:
        regions.setdefault(row["region_code"], {})[row["code"]] = found.get(row["code"], 0)
    regions[UNKNOWN_PLACE] = {UNKNOWN_PLACE: found.get(UNKNOWN_PLACE, 0)}
    region_names = {row["region_code"]: row["region_name"] for row in names}
    open_ = view.slot == YEAR and view.total(situations).value is not None
    hidden: tuple[frozenset[str], frozenset[str]] | None = None
    for level in view.levels:
        hidden = hidden_places(regions, level.fine, hidden)
    hidden_regions, hidden_departments = hidden or (frozenset(), frozenset())
    by_region = shown({code: sum(inner.values()) for code, inner in regions.items()}, hidden_regions)
    by_department = shown({row["code"]: found.get(row["code"], 0) for row in names}, hidden_departments)
    closed = masked() if view.complete and view.slot == YEAR else not_available()
    unknown = by_region[UNKNOWN_PLACE] if open_ else closed
    touched = sum(1 for row in names if found.get(row["code"]))
    # How many departments are concerned says little about any of them, and is in the printed report.
    concerned = CountIndicator(
        **view.about(indicators.DEPARTMENTS, view.level.year, unknown),
        count=(exact(touched) if touched >= view.level.year else masked(view.level.year)) if open_ else closed,
    )
    return (
        concerned,
        RegionIndicator(
            **view.about(indicators.PER_REGION, view.level.fine, unknown),
            parts=[
                RegionPart(region_code=code, region_name=name, situations=by_region[code] if open_ else closed)
                for code, name in region_names.items()
            ],
        ),
        DepartmentIndicator(
            **view.about(indicators.PER_DEPARTMENT, view.level.fine, unknown),
            parts=[
                DepartmentPart(
                    department_code=row["code"],
                    department_name=row["name"],
                    region_code=row["region_code"],
                    region_name=row["region_name"],
                    situations=by_department[row["code"]] if open_ else closed,
                )
                for row in names
            ],
        ),
    )


def _per_authority(view: View) -> AuthorityIndicator:
    """Returns by authority, for whole years: a column per authority, shown whole or not at all."""
    found, delays = view.tallies.places("RETURNS", "A"), view.tallies.places("RETURN_DELAYS", "A")
    names: Sequence[Mapping[str, str]] = view.tallies.document["authorities"]
    came = tuple(
        sum(count for word, count in found.get(row["id"], {}).items() if word != Returned.MISSING) for row in names
    )
    missing = tuple(found.get(row["id"], Counter())[Returned.MISSING.value] for row in names)
    due = {row["id"]: came[place] + missing[place] for place, row in enumerate(names)}
    fine = view.level.fine
    hidden_due = hidden_places({"": due}, fine)[1]
    closed = [place for place, row in enumerate(names) if row["id"] in hidden_due]
    hidden = columns([Row("came", came), Row("missing", missing)], fine, closed)
    open_ = view.complete and view.slot == YEAR
    refused = masked() if open_ else not_available()
    bases = shown(due, hidden_due)
    parts = []
    for place, row in enumerate(names):
        base = bases[row["id"]] if open_ else refused
        returned = exact(came[place]) if open_ and place not in hidden else refused
        parts.append(
            AuthorityPart(
                authority_code=row["code"],
                authority_name=row["name"],
                due=base,
                returned=share(returned, base),
                median_delay=median(delays.get(row["id"], {}), returned),
            )
        )
    return AuthorityIndicator(**view.about(indicators.PER_AUTHORITY, fine), parts=parts)


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
    said = view.months("DUTIES")
    answers = []
    for kind in InformationDutyKind:
        waived, done = said.get(f"{kind.value}:WAIVED", NOTHING), said.get(f"{kind.value}:DONE", NOTHING)
        base = added([waived, done])
        rows = [Row("waived", waived), Row("done", done, printed=False, zero_is_open=True)]
        definition = indicators.WAIVERS[kind]
        answers.append(
            ShareIndicator(
                **view.about(definition, view.smallest),
                share=share(view.breakdown(rows, base)["waived"], view.total(base), definition.decimals),
            )
        )
    return answers


def answer(tallies: Tallies, thresholds: Thresholds, audience: Audience, period: Period) -> NationalMonitoring:
    """The document of `national_statement(period)` as this audience may see it."""
    thresholds = tallies.under(thresholds)
    tallies = tallies.as_of(period)
    view = View(tallies, period, levels(thresholds, audience))
    situations, contacts, minors = (view.sums(cube) for cube in ("SITUATIONS", "CONTACTS", "GENDER"))
    departments, per_region, per_department = _places(view, situations)
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
        per_authority=_per_authority(view),
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
) -> NationalMonitoring:
    """All figures of a period, in one statement. Raises: ForbiddenError where the audience has no such field."""
    if caller_audience not in AUDIENCES:
        raise ForbiddenError
    sql, arguments = national_statement(period)
    return answer(Tallies.read(await pool_fetch(sql, arguments)), thresholds, caller_audience, period)
