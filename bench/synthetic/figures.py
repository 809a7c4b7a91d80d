"""The figures of the yearly report, as integers, and the plan of one unit: so many situations of each kind, shuffled."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from bench.synthetic.case import Case
from bench.synthetic.chance import Chance
from bench.synthetic.organisations import Network
from schema.reference import authorities_of
from schema.vocabulary import (
    AseLinkState,
    CallerCategory,
    DlpmActionKind,
    Gender,
    MandateKind,
    Problematic,
    Qualification,
    ReferralStatus,
    ReportStatus,
    TriState,
    Urgency,
)

PERIOD = (date(2023, 4, 3), date(2024, 4, 2))
SITUATIONS = 143
GENDERS = ((Gender.GIRL, 135), (Gender.BOY, 7), (Gender.TRANS_OTHER, 1))
# Known ages make a mean of 14.99; some callers do not know the age.
AGES = ((11, 1), (12, 5), (13, 14), (14, 27), (15, 38), (16, 30), (17, 21), (None, 7))
KNOWN = ((TriState.YES, 89), (TriState.NO, 35), (TriState.UNKNOWN, 19))
MAIN_CALLERS = (
    (CallerCategory.MOTHER, 44), (CallerCategory.FATHER, 10), (CallerCategory.STEP_PARENT, 3), (CallerCategory.SIBLING, 5),
    (CallerCategory.PROFESSIONAL, 28), (CallerCategory.EXTENDED_FAMILY, 12), (CallerCategory.ENTOURAGE, 8),
    (CallerCategory.UNDISCLOSED, 11), (CallerCategory.UNKNOWN, 6), (CallerCategory.WITNESS, 10), (CallerCategory.MINOR, 6),
)  # fmt: skip
# How many calls came in for how many situations: 439 in all.
CONTACTS = ((1, 30), (2, 38), (3, 32), (4, 20), (5, 12), (6, 5), (8, 3), (12, 1), (14, 1), (17, 1))
IP_SENT, DIRECT_ADVICE, ASE_LINK, DOCUMENTATION, LOCAL_ORIENTATION = 124, 73, 73, 64, 43
# The first four are printed in the report; the others are ours.
OBSERVED = {
    Problematic.PSYCH_SUFFERING: 123, Problematic.RUNAWAY: 120, Problematic.SCHOOL_DISINVESTMENT: 100, Problematic.ADDICTION: 73,
    Problematic.CYBER: 91, Problematic.FAMILY_CONFLICT: 81, Problematic.COERCIVE_CONTROL: 66, Problematic.VIOLENCE_SUFFERED: 58,
    Problematic.SEXUAL_VIOLENCE: 49, Problematic.SELF_HARM: 34, Problematic.FORCED_DELINQUENCY: 14, Problematic.PREGNANCY: 6,
}  # fmt: skip
# Department of residence: 59 of them.
RESIDENCES = (
    ("59", 11), ("13", 9), ("69", 8), ("93", 7), ("75", 6), ("62", 5), ("33", 5), ("31", 5), ("44", 5), ("34", 5), ("76", 5),
    ("77", 4), ("78", 4), ("91", 4), ("92", 3), ("94", 3), ("95", 3), ("06", 3),
    *((code, 2) for code in ("83", "38", "67", "57", "54", "35", "974")),
    *((code, 1) for code in (
        "2A", "2B", "02", "80", "60", "51", "10", "21", "25", "29", "56", "22", "14", "50", "61", "72", "49", "37", "45", "28",
        "18", "86", "17", "16", "87", "24", "47", "64", "66", "30", "84", "42", "63", "971",
    )),
)  # fmt: skip
# Where the 124 first reports stand long after: one return in three, as departments were slow to answer.
REPORTS = (
    (ReportStatus.RETURNED_TO_119, 42), (ReportStatus.CONCLUDED, 22), (ReportStatus.EVALUATING, 13), (ReportStatus.QUALIFIED, 8),
    (ReportStatus.ACKNOWLEDGED, 12), (ReportStatus.SENT, 17), (ReportStatus.NOT_QUALIFIED, 5), (ReportStatus.COMPLEMENT_OF_EXISTING, 5),
)  # fmt: skip
MISROUTED_FIRST, COMPLEMENTED = 6, 10
LINKS = (
    (AseLinkState.CONFIRMED, 30), (AseLinkState.ENDED, 16), (AseLinkState.CONTACTED, 8), (AseLinkState.NO_ANSWER, 9),
    (AseLinkState.NOT_COMPETENT, 6), (AseLinkState.PROPOSED, 4),
)  # fmt: skip
# The 43 local orientations; live ones only where the situation is not closed.
LIVE_REFERRALS = (
    (ReferralStatus.ONGOING, 6), (ReferralStatus.ENGAGED, 2), (ReferralStatus.PAUSED_RUNAWAY, 2), (ReferralStatus.IDENTITY_RELEASED, 1),
    (ReferralStatus.ACCEPTED, 1), (ReferralStatus.PROPOSED, 1),
)  # fmt: skip
ENDED_REFERRALS = (
    (ReferralStatus.COMPLETED, 10), (ReferralStatus.DECLINED, 6), (ReferralStatus.LOST_CONTACT, 5), (ReferralStatus.REFUSED_BY_MINOR, 4),
    (ReferralStatus.TRANSFERRED, 3), (ReferralStatus.WITHDRAWN, 2),
)  # fmt: skip
DRAFT_REFERRALS, CONSULTATIONS, CLOSED = 2, 8, 70
URGENCIES = ((Urgency.STANDARD, 86), (Urgency.PRIORITY, 43), (Urgency.IMMEDIATE_DANGER, 14))
QUALIFICATIONS = (
    (Qualification.PRE_PROSTITUTIONAL, 41), (Qualification.PROSTITUTIONAL, 52), (Qualification.SUSPECTED, 38), (Qualification.UNKNOWN, 12),
)  # fmt: skip

# The network's life, once whatever the scale.
WORKING_SESSIONS, ACTORS = 81, 73
# Questionnaire: confronted, responses. Together they come from 41 departments.
SURVEYS = {"FOYER": (21, 23), "CRIP": (33, 37), "ASE": (25, 29), "DEF": (27, 37)}
SURVEYED_DEPARTMENTS = 41
PARTICIPANTS = (60, 85, 95, 120, 130, 150, 180, 220)
PODCASTS = ("Les dangers du numérique et la prostitution 2.0",)


def _opening(chance: Chance) -> datetime:
    """A moment of the period, in the hours when most calls come."""
    days = (PERIOD[1] - PERIOD[0]).days + 1
    start = datetime.combine(PERIOD[0], datetime.min.time(), UTC) + timedelta(days=chance.whole(0, days - 1))
    return start + timedelta(seconds=chance.whole(7 * 3600, 21 * 3600))


def plan(chance: Chance, network: Network) -> list[Case]:
    """The situations of the period, with every figure of the report, each drawn independently of the others."""
    shuffled = chance.shuffled
    columns = zip(
        shuffled(GENDERS), shuffled(AGES), shuffled(KNOWN), shuffled(MAIN_CALLERS), shuffled(CONTACTS), shuffled(RESIDENCES),
        shuffled(URGENCIES), shuffled(QUALIFICATIONS), strict=True,
    )  # fmt: skip
    cases = []
    for gender, age, known, caller, contacts, department, urgency, qualification in columns:
        authority = chance.pick(authorities_of(department)).code
        case = Case(chance, network, _opening(chance), department, authority, gender, age, known, caller, contacts)
        case.urgency, case.qualification = urgency, qualification
        cases.append(case)
    _observe(chance, cases)
    _act(chance, cases)
    _refer(chance, cases)
    return cases


def _observe(chance: Chance, cases: list[Case]) -> None:
    for kind, count in OBSERVED.items():
        for case in chance.some(cases, count):
            case.observed.add(kind)


def _act(chance: Chance, cases: list[Case]) -> None:
    """The five actions; a situation without a report got advice at least."""
    reported = chance.some(cases, IP_SENT)
    chosen = {id(case) for case in reported}
    silent = [case for case in cases if id(case) not in chosen]
    for case, status in zip(reported, chance.shuffled(REPORTS), strict=True):
        case.reports = [status]
        case.actions.add(DlpmActionKind.IP_SENT)
    for case in [*silent, *chance.some(reported, DIRECT_ADVICE - len(silent))]:
        case.actions.add(DlpmActionKind.DIRECT_ADVICE)
    for case, state in zip(chance.some(cases, ASE_LINK), chance.shuffled(LINKS), strict=True):
        case.link = state
        case.actions.add(DlpmActionKind.ASE_LINK)
    for case in chance.some(cases, DOCUMENTATION):
        case.actions.add(DlpmActionKind.DOCUMENTATION)
    rerouted = chance.some(reported, MISROUTED_FIRST + COMPLEMENTED)
    chance.shuffle(rerouted)
    for case in rerouted[:MISROUTED_FIRST]:
        case.reports.insert(0, ReportStatus.MISROUTED)
    for case in rerouted[MISROUTED_FIRST:]:
        case.complemented = True


def _refer(chance: Chance, cases: list[Case]) -> None:
    mixed = list(cases)
    chance.shuffle(mixed)
    for case in mixed[:CLOSED]:
        case.closed = True
    live, ended = chance.shuffled(LIVE_REFERRALS), chance.shuffled(ENDED_REFERRALS)
    # Closed situations come first, live ones last: the live referrals go to the end of the list.
    oriented = [*mixed[: len(ended)], *mixed[-len(live) :]]
    for case, status in zip(oriented, [*ended, *live], strict=True):
        case.referrals.append((chance.pick(_MANDATES), status))
        case.actions.add(DlpmActionKind.LOCAL_ORIENTATION)
    # The anonymous discussion of a case goes along with an orientation, so it adds none to the count.
    consulted: Iterator[Case] = iter(chance.some(oriented, CONSULTATIONS))
    for status in (*_CONSULTATION_ENDS, *_CONSULTATION_ENDS):
        next(consulted).consultations.append(status)
    for case in mixed[CLOSED : CLOSED + DRAFT_REFERRALS]:
        case.referrals.append((chance.pick(_MANDATES), ReferralStatus.DRAFT))


_MANDATES = (MandateKind.MEASURE, MandateKind.ASE_MISSION)
_CONSULTATION_ENDS = (
    ReferralStatus.COMPLETED,
    ReferralStatus.COMPLETED,
    ReferralStatus.DECLINED,
    ReferralStatus.WITHDRAWN,
)
