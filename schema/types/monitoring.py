"""National monitoring: published figures, each with what it means, what it is counted on and what is not known."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_interface, public_type, public_words
from schema.types.words import CountState, DlpmActionKind, Gender, Problematic, SurveyTarget
from schema.vocabulary import CallerCategoryReport

public_words(CallerCategoryReport)


@public_enum
class PeriodKind(Enum):
    """Which calendar a period belongs to."""

    CIVIL = strawberry.enum_value("CIVIL", description="The calendar: a year, a quarter or a month of it.")
    REPORT = strawberry.enum_value(
        "REPORT", description="The year of the yearly report, from 3 April to 2 April, named by the year it begins in."
    )


@public_input
class PeriodInput:
    """A fixed period: a year, a quarter or a month. There are no free dates, so that no two answers differ by one day."""

    year: int = strawberry.field(description="Four digits; for REPORT, the year in which it begins.")
    quarter: int | None = strawberry.field(
        default=None, description="1 to 4; not together with `month`. The first of REPORT begins on 3 April."
    )
    month: int | None = strawberry.field(
        default=None, description="1 to 12, the month in which it begins; not together with `quarter`."
    )
    kind: PeriodKind | None = strawberry.field(
        default=None,
        description="The calendar in which figures are published, which is meant where none is given; any other is refused.",
    )


@public_type
class MonitoringPeriod:
    """The period that the figures cover."""

    kind: PeriodKind = strawberry.field(description="The civil calendar or the report's year.")
    label: str = strawberry.field(description="Its name for a reader, in French.")
    starts_on: datetime.date = strawberry.field(description="First day, in civil time of Paris.")
    ends_on: datetime.date = strawberry.field(description="Last day, included.")
    year: int = strawberry.field(description="The year to ask for it by.")
    quarter: int | None = strawberry.field(description="The quarter to ask for it by, if it is one.")
    month: int | None = strawberry.field(description="The month to ask for it by, if it is one.")
    complete: bool = strawberry.field(
        description="False while its year still runs: then only months of quarters that are over are shown."
    )


@public_type
class Count:
    """A published number, which may be masked: a masked number is neither zero nor missing."""

    value: int | None = strawberry.field(description="The number; null unless the state is EXACT.")
    state: CountState = strawberry.field(
        description="Exact, masked because it could identify somebody, or not available."
    )
    label: str = strawberry.field(description="What to print: the number, `moins de 5`, `masqué`, `sans objet`.")


@public_type
class Share:
    """A part of a base; number and percentage are masked together."""

    percent: float | None = strawberry.field(description="Percentage of the base, rounded half up; null unless EXACT.")
    state: CountState = strawberry.field(description="Exact, masked, or not available because the base is empty.")
    count: Count = strawberry.field(description="How many of the base.")
    base: Count = strawberry.field(description="Out of how many.")


@public_type
class Mean:
    """An average, published only when enough values stand behind it; never a smallest or largest value."""

    value: float | None = strawberry.field(
        description="The average, rounded half up to one decimal; null unless EXACT."
    )
    state: CountState = strawberry.field(description="Exact or masked.")
    base: Count = strawberry.field(description="How many values it is made of.")


@public_interface
class Indicator:
    """One figure, or one table, and everything needed to read it rightly."""

    code: str = strawberry.field(description="Stable identifier, for exports.")
    label: str = strawberry.field(description="Its name for a reader, in French.")
    definition: str = strawberry.field(description="What exactly is counted, in French.")
    denominator: str = strawberry.field(description="What it is counted on, in French.")
    source: str = strawberry.field(description="Which records it comes from, in French.")
    article: str = strawberry.field(description="Article of the CASF, or agreement, that it answers to.")
    decimals: int = strawberry.field(description="Decimals with which it is printed.")
    threshold: int | None = strawberry.field(
        description="Numbers of persons below this are masked; null when it counts no person."
    )
    unknowns: Count = strawberry.field(
        description="How many of the base are not known; not available where the question has no sense."
    )


@public_type
class CountIndicator(Indicator):
    """A number."""

    count: Count = strawberry.field(description="The number.")


@public_type
class ShareIndicator(Indicator):
    """A percentage of a base."""

    share: Share = strawberry.field(description="The part and its base.")


@public_type
class MeanIndicator(Indicator):
    """An average."""

    mean: Mean = strawberry.field(description="The average and its base.")


@public_type
class GenderPart:
    """Minors of one gender."""

    gender: Gender = strawberry.field(description="The gender.")
    share: Share = strawberry.field(description="How many, of all minors.")


@public_type
class GenderIndicator(Indicator):
    """Girls and all others; the parts of `others` are masked first, so that the group can be shown."""

    girls: Share = strawberry.field(description="Girls.")
    others: Share = strawberry.field(description="Boys, trans or other, and not known, together.")
    parts: list[GenderPart] = strawberry.field(description="What `others` is made of.")


@public_type
class CallerPart:
    """Situations whose main caller is of one kind."""

    category: CallerCategoryReport = strawberry.field(description="Who called, as the yearly report groups callers.")
    share: Share = strawberry.field(description="How many, of all situations.")


@public_type
class CallerIndicator(Indicator):
    """Who called: the situations by their main caller."""

    parts: list[CallerPart] = strawberry.field(description="Every kind of caller, in the order of the report.")


@public_type
class ProblematicIndicator(Indicator):
    """A difficulty observed."""

    problematic: Problematic = strawberry.field(description="The difficulty.")
    share: Share = strawberry.field(description="In how many situations, of all.")


@public_type
class ActionIndicator(Indicator):
    """An action of the DLPM. Actions overlap, so their percentages add up to more than 100."""

    action: DlpmActionKind = strawberry.field(description="The action.")
    share: Share = strawberry.field(description="In how many situations, of all.")


@public_type
class ConfrontedIndicator(Indicator):
    """Services confronted with the exploitation of minors, by questionnaire."""

    target: SurveyTarget = strawberry.field(description="The questionnaire.")
    share: Share = strawberry.field(description="How many services, of those that answered.")


@public_type
class MonthPart:
    """One month of the period; for the report's year a month runs from the 3rd to the 2nd."""

    starts_on: datetime.date = strawberry.field(description="First day.")
    ends_on: datetime.date = strawberry.field(description="Last day, included.")
    situations: Count = strawberry.field(description="Situations opened in the month.")
    contacts: Count = strawberry.field(description="Incoming contacts attached to those situations.")


@public_type
class MonthIndicator(Indicator):
    """Situations and contacts, month by month."""

    parts: list[MonthPart] = strawberry.field(description="Every month of the period, the empty ones too.")


@public_type
class DepartmentPart:
    """One department, a place; not an authority."""

    department_code: str = strawberry.field(description="Official code.")
    department_name: str = strawberry.field(description="Official name.")
    region_code: str = strawberry.field(description="Official code of its region.")
    region_name: str = strawberry.field(description="Official name of its region.")
    situations: Count = strawberry.field(description="Situations of minors who live there.")


@public_type
class DepartmentIndicator(Indicator):
    """Situations by department of residence: most departments are masked."""

    parts: list[DepartmentPart] = strawberry.field(
        description="All departments, whether concerned or not, so that the list itself tells nothing."
    )


@public_type
class RegionPart:
    """One region: the sum of its departments."""

    region_code: str = strawberry.field(description="Official code.")
    region_name: str = strawberry.field(description="Official name.")
    situations: Count = strawberry.field(description="Situations of minors who live there.")


@public_type
class RegionIndicator(Indicator):
    """Situations by region of residence."""

    parts: list[RegionPart] = strawberry.field(description="All regions, whether concerned or not.")


@public_type
class DistributionPart:
    """One word of a breakdown."""

    code: str = strawberry.field(description="Identifier of the word.")
    label: str = strawberry.field(description="The word for a reader, in French.")
    share: Share = strawberry.field(description="How many, and of how many.")


@public_type
class DistributionIndicator(Indicator):
    """A breakdown by the words of one list."""

    parts: list[DistributionPart] = strawberry.field(description="Every word of the list, the empty ones too.")
    overlapping: bool = strawberry.field(
        description="Whether one case may have several of the words, so that percentages add up to more than 100."
    )


@public_type
class Median:
    """The class in which the median of a delay falls; never an exact delay, which would be somebody's."""

    label: str = strawberry.field(description="The class, in French, or `masqué`.")
    state: CountState = strawberry.field(description="Exact, masked or not available.")
    base: Count = strawberry.field(description="How many delays it is made of.")


@public_type
class MedianIndicator(Indicator):
    """A median delay."""

    median: Median = strawberry.field(description="The class of the median and its base.")


@public_type
class AuthorityPart:
    """What one authority returned to the 119."""

    authority_code: str = strawberry.field(description="Stable code.")
    authority_name: str = strawberry.field(description="Name.")
    due: Count = strawberry.field(description="Returns whose deadline falls in the period.")
    returned: Share = strawberry.field(description="Those that came.")
    overdue: Share = strawberry.field(description="Those that are overdue: what did not come.")
    median_delay: Median = strawberry.field(description="Their median delay.")


@public_type
class AuthorityIndicator(Indicator):
    """Returns by authority: most authorities are masked."""

    parts: list[AuthorityPart] = strawberry.field(description="All authorities, whether concerned or not.")


@public_type
class AuthorityShare:
    """One authority's part of a figure."""

    authority_code: str = strawberry.field(description="Stable code.")
    authority_name: str = strawberry.field(description="Name.")
    share: Share = strawberry.field(description="How many, and of how many.")


@public_type
class AuthorityShareIndicator(Indicator):
    """One figure, authority by authority: most authorities are masked."""

    parts: list[AuthorityShare] = strawberry.field(description="All authorities, whether concerned or not.")


@public_type
class NationalMonitoring:
    """The figures of the yearly report for one fixed period, as aggregates only."""

    period: MonitoringPeriod = strawberry.field(description="The period.")
    computed_at: datetime.datetime = strawberry.field(description="When the figures were computed.")
    caveat: str = strawberry.field(
        description="How far the figures can be trusted, in French; to be printed with them."
    )
    situations: CountIndicator = strawberry.field(description="Situations opened in the period.")
    contacts: CountIndicator = strawberry.field(description="Incoming contacts attached to these situations.")
    minors: CountIndicator = strawberry.field(description="Minors of these situations.")
    gender: GenderIndicator = strawberry.field(description="Gender of the minors.")
    mean_age: MeanIndicator = strawberry.field(description="Mean age of the minors at first contact.")
    departments: CountIndicator = strawberry.field(description="Departments where minors of these situations live.")
    already_known: ShareIndicator = strawberry.field(description="Situations already known to child protection.")
    problematics: list[ProblematicIndicator] = strawberry.field(description="Difficulties observed, one figure each.")
    callers: CallerIndicator = strawberry.field(description="Who called.")
    actions: list[ActionIndicator] = strawberry.field(description="What the DLPM did, one figure per action.")
    per_month: MonthIndicator = strawberry.field(description="Month by month.")
    per_department: DepartmentIndicator = strawberry.field(description="By department of residence.")
    age_bands: DistributionIndicator = strawberry.field(description="Age of the minors.")
    qualifications: DistributionIndicator = strawberry.field(description="How the situations are qualified.")
    forms: DistributionIndicator = strawberry.field(description="Forms of exploitation.")
    per_region: RegionIndicator = strawberry.field(description="By region of residence.")
    returns: DistributionIndicator = strawberry.field(description="Returns of the departments that were due.")
    return_rate: ShareIndicator = strawberry.field(description="Returns that came, of those that were due.")
    overdue: ShareIndicator = strawberry.field(description="Returns that are overdue, of those that were due.")
    return_delay: MedianIndicator = strawberry.field(description="Median delay of the returns.")
    misrouted: ShareIndicator = strawberry.field(description="Reports sent to an authority that was not competent.")
    report_delays: DistributionIndicator = strawberry.field(description="From the first contact to the report.")
    conclusions: DistributionIndicator = strawberry.field(description="What the departments concluded.")
    orientations: DistributionIndicator = strawberry.field(description="What associations answered to orientations.")
    follow_ups: DistributionIndicator = strawberry.field(description="How the support ended.")
    waivers: list[ShareIndicator] = strawberry.field(
        description="Duties to inform that were waived in the child's interest, one figure per duty."
    )
    per_authority: AuthorityIndicator = strawberry.field(description="Returns by authority; for the DLPM only.")
    authority_shares: list[AuthorityShareIndicator] = strawberry.field(
        description="Other figures by authority, one table each, of whole years; for the DLPM only."
    )
    working_sessions: CountIndicator = strawberry.field(description="Working sessions held in the period.")
    actors: CountIndicator = strawberry.field(description="Distinct partners met in these working sessions.")
    survey_departments: CountIndicator = strawberry.field(
        description="Departments that answered at least one questionnaire."
    )
    confronted: list[ConfrontedIndicator] = strawberry.field(description="Services confronted, by questionnaire.")
    awareness_events: CountIndicator = strawberry.field(description="Interventions before professionals.")
    awareness_participants: CountIndicator = strawberry.field(
        description="Professionals reached by these interventions."
    )
    podcasts: CountIndicator = strawberry.field(description="Podcast episodes published in the period.")
