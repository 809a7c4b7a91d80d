"""The situations of the last 90 days before `now`: what the demonstration shows as live work."""

from dataclasses import dataclass
from datetime import timedelta

from bench.synthetic.case import Case
from bench.synthetic.chance import Chance
from bench.synthetic.figures import KNOWN, MAIN_CALLERS, OBSERVED, QUALIFICATIONS, SITUATIONS
from bench.synthetic.organisations import Network
from schema.vocabulary import (
    AseLinkState,
    DlpmActionKind,
    Gender,
    MandateKind,
    ReferralStatus,
    ReportStatus,
    SituationStatus,
    TriState,
    Urgency,
)

_AGES = (12, 13, 13, 14, 14, 14, 15, 15, 15, 15, 16, 16, 16, 17, 17, None)
_GENDERS = (*(Gender.GIRL,) * 18, Gender.BOY, Gender.TRANS_OTHER)
_SENT_STATUSES = frozenset(set(ReportStatus) - {ReportStatus.DRAFT, ReportStatus.VALIDATED})


@dataclass(frozen=True, slots=True)
class Script:
    """How far a recent situation has come: days since it was opened, its reports, its link."""

    days: float
    reports: tuple[ReportStatus, ...] = ()
    urgency: Urgency = Urgency.STANDARD
    link: AseLinkState | None = None
    status: SituationStatus = SituationStatus.IP_SENT


_R, _L, _U, _S = ReportStatus, AseLinkState, Urgency, SituationStatus
FRESH = Script(0.12, (_R.SENT,))
DUE_SOON = Script(1.4, (_R.SENT,), _U.PRIORITY)
OVERDUE = Script(9, (_R.SENT,))
IN_DANGER = Script(0.08, (_R.SENT,), _U.IMMEDIATE_DANGER)
ACKNOWLEDGED = Script(5, (_R.ACKNOWLEDGED,), _U.PRIORITY, _L.CONTACTED)
QUALIFIED = Script(14, (_R.QUALIFIED,), link=_L.CONFIRMED)
EVALUATED = Script(42, (_R.EVALUATING,), link=_L.CONFIRMED, status=_S.MONITORED)
EVALUATED_LATE = Script(62, (_R.EVALUATING,), _U.PRIORITY, _L.CONFIRMED, _S.MONITORED)
CONCLUDED = Script(80, (_R.CONCLUDED,), link=_L.CONFIRMED, status=_S.MONITORED)
RETURNED = Script(88, (_R.RETURNED_TO_119,), link=_L.CONFIRMED, status=_S.MONITORED)
REROUTED = Script(7, (_R.MISROUTED, _R.SENT), link=_L.PROPOSED)
NOT_QUALIFIED = Script(22, (_R.NOT_QUALIFIED,), link=_L.NOT_COMPETENT)
COMPLEMENT = Script(27, (_R.COMPLEMENT_OF_EXISTING,), link=_L.CONFIRMED)
DRAFT = Script(0.3, (_R.DRAFT,), status=_S.ASSESSED)
VALIDATED = Script(0.4, (_R.VALIDATED,), _U.PRIORITY, status=_S.ASSESSED)
OPEN = Script(0.1, status=_S.OPEN)
ADVISED = Script(11, status=_S.ADVICE_ONLY)
LINKED = Script(18, link=_L.CONFIRMED, status=_S.LINKED_TO_ASE)
UNANSWERED = Script(33, link=_L.NO_ANSWER, status=_S.LINKED_TO_ASE)
ENDED = Script(70, (_R.EVALUATING,), link=_L.ENDED, status=_S.MONITORED)

# Department, authority, and the situations there: 42 in each unit.
SCRIPTS: tuple[tuple[str, str, tuple[Script, ...]], ...] = (
    (
        "59",
        "59",
        (
            FRESH,
            DUE_SOON,
            OVERDUE,
            IN_DANGER,
            ACKNOWLEDGED,
            QUALIFIED,
            EVALUATED,
            EVALUATED_LATE,
            RETURNED,
            DRAFT,
            OPEN,
        ),
    ),
    ("69", "69M", (FRESH, OVERDUE, ACKNOWLEDGED, EVALUATED, CONCLUDED, RETURNED, LINKED, REROUTED)),
    ("69", "69D", (DUE_SOON, EVALUATED, EVALUATED_LATE, COMPLEMENT, NOT_QUALIFIED)),
    ("2A", "2A+2B", (FRESH, EVALUATED, OVERDUE)),
    ("2B", "2A+2B", (DUE_SOON, QUALIFIED, RETURNED)),
    ("974", "974", (IN_DANGER, EVALUATED, OVERDUE, QUALIFIED, UNANSWERED)),
    ("13", "13", (FRESH, OVERDUE, QUALIFIED, EVALUATED, RETURNED, VALIDATED, ADVISED, ENDED)),
)
# What the two associations with a mandate have in hand: one situation each, among those old enough.
_F = ReferralStatus
REFERRALS: dict[MandateKind, tuple[ReferralStatus, ...]] = {
    MandateKind.MEASURE: (
        _F.PROPOSED, _F.ACCEPTED, _F.IDENTITY_RELEASED, _F.ENGAGED, _F.ONGOING, _F.PAUSED_RUNAWAY, _F.COMPLETED, _F.DECLINED,
        _F.LOST_CONTACT, _F.TRANSFERRED, _F.WITHDRAWN, _F.DRAFT,
    ),
    MandateKind.ASE_MISSION: (
        _F.PROPOSED, _F.PROPOSED, _F.ACCEPTED, _F.IDENTITY_RELEASED, _F.ENGAGED, _F.ONGOING, _F.PAUSED_RUNAWAY, _F.COMPLETED,
        _F.DECLINED, _F.REFUSED_BY_MINOR, _F.LOST_CONTACT,
    ),
}  # fmt: skip
CONSULTATIONS = (
    ReferralStatus.PROPOSED, ReferralStatus.ACCEPTED, ReferralStatus.ENGAGED, ReferralStatus.ONGOING, ReferralStatus.COMPLETED,
    ReferralStatus.DECLINED,
)  # fmt: skip
_DAYS_BEFORE_REFERRAL = 10


def plan(chance: Chance, network: Network) -> list[Case]:
    """One unit of recent situations, outside the period of the report."""
    cases = [
        _case(chance, network, department, authority, script)
        for department, authority, scripts in SCRIPTS
        for script in scripts
    ]
    # The script says how far each has come; which of them gets which orientation is chance.
    mature = [case for case in cases if (network.now - case.opened_at).days >= _DAYS_BEFORE_REFERRAL]
    chance.shuffle(mature)
    oriented = [(mandate, status) for mandate, statuses in REFERRALS.items() for status in statuses]
    for case, (mandate, status) in zip(mature, oriented, strict=True):
        case.referrals.append((mandate, status))
        if status is not ReferralStatus.DRAFT:
            case.actions.add(DlpmActionKind.LOCAL_ORIENTATION)
    for case, status in zip(reversed(mature), CONSULTATIONS, strict=False):
        case.consultations.append(status)
    return cases


def _case(chance: Chance, network: Network, department: str, authority: str, script: Script) -> Case:
    opened = network.now - timedelta(days=script.days * chance.between(0.92, 1.0))
    case = Case(
        chance, network, opened, department, authority, chance.pick(_GENDERS), chance.pick(_AGES),
        chance.weighted(KNOWN), chance.weighted(MAIN_CALLERS), chance.whole(1, 3 if script.days < 1 else 5),
    )  # fmt: skip
    case.recent = True
    case.urgency, case.qualification = script.urgency, chance.weighted(QUALIFICATIONS)
    case.reports, case.link, case.status = list(script.reports), script.link, script.status
    case.observed = {kind for kind, count in OBSERVED.items() if chance.happens(count / SITUATIONS)}
    if script.link is AseLinkState.CONFIRMED:
        case.known = TriState.YES
    if script is REROUTED:
        # The Rhône has two authorities: the report went to the other one.
        case.wrong_authority = "69D"
    case.actions = _actions(chance, script)
    return case


def _actions(chance: Chance, script: Script) -> set[DlpmActionKind]:
    actions = set()
    if _SENT_STATUSES.intersection(script.reports):
        actions.add(DlpmActionKind.IP_SENT)
    if script.link:
        actions.add(DlpmActionKind.ASE_LINK)
    if script is not OPEN and (not actions or chance.happens(0.5)):
        actions.add(DlpmActionKind.DIRECT_ADVICE)
    if chance.happens(0.4):
        actions.add(DlpmActionKind.DOCUMENTATION)
    return actions
