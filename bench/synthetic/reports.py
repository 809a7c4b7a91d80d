"""The informations préoccupantes of a situation, from the draft to the return, with what the law attaches to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bench.synthetic.case import Case
from bench.synthetic.people import elsewhere
from bench.synthetic.rows.report import ConcernReturn, Evaluation, JudicialReferral, Report
from bench.synthetic.rows.sharing import Disclosure, InformationDuty
from bench.synthetic.rows.situation import Jurisdiction
from bench.synthetic.wording import JUDICIAL_SENDERS, PARENTS_NOT_TOLD, appraisal, summary
from loaders.setup.reference import authority_id
from schema.deadlines import acknowledge_due, evaluation_due, return_due
from schema.vocabulary import (
    CallerCategory,
    Category,
    DangerType,
    DutyWaiver,
    InformationDutyKind,
    IpConclusion,
    JurisdictionRole,
    Problematic,
    Purpose,
    ReportKind,
    ReportStatus,
    Role,
    TriState,
    Urgency,
)

# What an information préoccupante gives to the CRIP.
DISCLOSED = tuple(
    category.value
    for category in (
        Category.CASE_HEADER, Category.CODED_PROFILE, Category.MINOR_MINIMAL, Category.FULL_IDENTITY, Category.PARENTS,
        Category.CALLER_CATEGORY_COARSE, Category.REPORT_TEXT, Category.PROBLEMATICS, Category.PROBLEMATICS_STARRED,
        Category.EXPLOITATION, Category.KNOWN_TO_ASE, Category.JURISDICTIONS,
    )
)  # fmt: skip
_UNSENT = frozenset({ReportStatus.DRAFT, ReportStatus.VALIDATED})
# ORIGIP: the minor, the parents, a social worker, a private person, unknown.
_ORIGINS = {
    CallerCategory.MINOR: "10", CallerCategory.MOTHER: "20", CallerCategory.FATHER: "20", CallerCategory.PROFESSIONAL: "31",
    CallerCategory.UNDISCLOSED: "99", CallerCategory.UNKNOWN: "99",
}  # fmt: skip
_PRIVATE_PERSON = "40"
_DANGERS = {
    Problematic.PSYCH_SUFFERING: DangerType.PSYCHOLOGICAL, Problematic.VIOLENCE_SUFFERED: DangerType.PHYSICAL,
    Problematic.SEXUAL_VIOLENCE: DangerType.SEXUAL, Problematic.FAMILY_CONFLICT: DangerType.EDUCATION,
}  # fmt: skip
# Days from one step to the next: acknowledge, qualify, begin the evaluation, conclude, return.
_ACKNOWLEDGE, _QUALIFY, _NOTIFY, _CONCLUDE, _RETURN = (0.1, 5.0), (0.5, 12.0), (0.5, 6.0), (40.0, 100.0), (2.0, 80.0)
_PATHS = {
    ReportStatus.SENT: (),
    ReportStatus.ACKNOWLEDGED: (_ACKNOWLEDGE,),
    ReportStatus.MISROUTED: (_ACKNOWLEDGE,),
    ReportStatus.QUALIFIED: (_ACKNOWLEDGE, _QUALIFY),
    ReportStatus.NOT_QUALIFIED: (_ACKNOWLEDGE, _QUALIFY),
    ReportStatus.COMPLEMENT_OF_EXISTING: (_ACKNOWLEDGE, _QUALIFY),
    ReportStatus.EVALUATING: (_ACKNOWLEDGE, _QUALIFY, _NOTIFY),
    ReportStatus.CONCLUDED: (_ACKNOWLEDGE, _QUALIFY, _NOTIFY, _CONCLUDE),
    ReportStatus.RETURNED_TO_119: (_ACKNOWLEDGE, _QUALIFY, _NOTIFY, _CONCLUDE, _RETURN),
}
# Not qualified, or the complement of another file: returned at once, without an evaluation.
_SHORT_PATH = (_ACKNOWLEDGE, _QUALIFY, _RETURN)
_CONCLUSIONS = (
    *(IpConclusion.ADMIN_SUPPORT,) * 6, *(IpConclusion.JUDICIAL_REFERRAL,) * 7, *(IpConclusion.CLASSIFIED,) * 4,
    *(IpConclusion.ALREADY_FOLLOWED,) * 5, *(IpConclusion.MOVED,) * 2, IpConclusion.UNLOCATED,
)  # fmt: skip
_SHORT_CONCLUSIONS = (IpConclusion.CLASSIFIED, IpConclusion.ALREADY_FOLLOWED, IpConclusion.UNKNOWN)
_RETURN_CODES: dict[IpConclusion, tuple[tuple[str, ...], ...]] = {
    IpConclusion.ADMIN_SUPPORT: (("DECISION:1", "NATPDECADM:10"), ("DECISION:1", "NATPDECADM:14")),
    IpConclusion.JUDICIAL_REFERRAL: (
        ("DECISION:2", "NATDECASSED:15"),
        ("DECISION:2", "NATDECASSED:14"),
        ("DECISION:2", "NATDECASSED:17"),
    ),
    IpConclusion.CLASSIFIED: (("MOTIFML:10",), ("MOTIFML:19",)),
    IpConclusion.ALREADY_FOLLOWED: (("DECISION:2",), ("DECISION:1",)),
    IpConclusion.MOVED: (("MOTIFML:12",), ("MOTFININT:3",)),
    IpConclusion.UNLOCATED: (("MOTIFML:13",),),
    IpConclusion.UNKNOWN: ((),),
}
_REFERRAL_MOTIVES = ("1", "2", "3", "4", "5", "5")
_EARLY_REFERRAL = "5"


_AWAITS_EVALUATION = frozenset({ReportStatus.ACKNOWLEDGED, ReportStatus.QUALIFIED, ReportStatus.EVALUATING})
_AWAITS_RETURN = frozenset({ReportStatus.CONCLUDED, ReportStatus.NOT_QUALIFIED, ReportStatus.COMPLEMENT_OF_EXISTING})


@dataclass(frozen=True, slots=True)
class _Moments:
    """When each step of one report happened."""

    acknowledged: datetime | None = None
    qualified: datetime | None = None
    notified: datetime | None = None
    concluded: datetime | None = None
    returned: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Clocks:
    """The deadlines of one report: the first from its transmission, the others from its reception."""

    acknowledge: datetime | None = None
    evaluate: datetime | None = None
    give_back: datetime | None = None

    def running(self, status: ReportStatus) -> datetime | None:
        """The one that still runs; a state that waits for nobody has none."""
        if status is ReportStatus.SENT:
            return self.acknowledge
        if status in _AWAITS_EVALUATION:
            return self.evaluate
        return self.give_back if status in _AWAITS_RETURN else None


def _clocks(case: Case, authority: str, sent: datetime, received: datetime | None) -> _Clocks:
    zone = case.network.authorities[authority].timezone
    if case.closed:
        # A situation is not closed before the return has come or is overdue.
        case.happened(return_due(received or sent, zone))
    if received is None:
        return _Clocks(acknowledge_due(sent, zone))
    return _Clocks(
        acknowledge_due(sent, zone), evaluation_due(received, zone, case.urgency), return_due(received, zone)
    )


def add_reports(case: Case) -> None:
    """All reports of the situation: the first one lost its way in a few, some were completed, some went to two places."""
    chance = case.chance
    start = case.opened_at + timedelta(minutes=chance.whole(20, 60 if case.recent else 900))
    start = min(start, case.opened_at + (case.now - case.opened_at) * 0.5)
    first: UUID | None = None
    for status in case.reports:
        if status is ReportStatus.MISROUTED:
            start = _misrouted(case, start)
        elif status is ReportStatus.COMPLEMENT_OF_EXISTING:
            first = _report(case, ReportStatus.EVALUATING, case.authority, start)[0]
            _report(case, status, case.authority, case.steps(start, (1, 6))[0], complements=first)
        else:
            first = _report(case, status, case.authority, start)[0]
    if first and case.complemented:
        status = chance.pick((ReportStatus.COMPLEMENT_OF_EXISTING, ReportStatus.RETURNED_TO_119, ReportStatus.SENT))
        _report(case, status, case.authority, case.steps(start, (15, 60))[0], complements=first)
    if first and case.presence and case.sent_at and chance.happens(0.5):
        status = chance.pick((ReportStatus.SENT, ReportStatus.ACKNOWLEDGED, ReportStatus.QUALIFIED))
        _report(case, status, case.presence[1], case.steps(start, (0.2, 4))[0])


def _misrouted(case: Case, start: datetime) -> datetime:
    """A report to an authority that says it is not competent; its jurisdiction ends, and the next one is sent after."""
    chance = case.chance
    department, authority = (case.department, case.wrong_authority) if case.wrong_authority else elsewhere(case)
    _, moments = _report(case, ReportStatus.MISROUTED, authority, start)
    ended, resent = case.steps(moments.acknowledged or start, (0.2, 2), (0.2, 2))
    role = JurisdictionRole.RESIDENCE if case.wrong_authority else JurisdictionRole.PRESENCE
    case.batch.add(
        Jurisdiction(chance.uuid(), case.id, department, authority_id(authority), role.value, case.opened_at, ended)
    )
    if case.wrong_authority:
        case.batch.add(Jurisdiction(chance.uuid(), case.id, case.department, case.authority_id, role.value, ended))
    return resent


def _moments(case: Case, status: ReportStatus, sent: datetime) -> tuple[_Moments, bool]:
    """The steps after sending, and whether an evaluation took place."""
    short = status is ReportStatus.RETURNED_TO_119 and case.chance.happens(0.2)
    moments = case.steps(sent, *(_SHORT_PATH if short else _PATHS[status]))
    if short:
        return _Moments(moments[0], moments[1], returned=moments[2]), False
    return _Moments(*moments), _NOTIFY in _PATHS[status]


def _report(
    case: Case, status: ReportStatus, authority: str, start: datetime, *, complements: UUID | None = None
) -> tuple[UUID, _Moments]:
    chance, report_id = case.chance, case.chance.uuid()
    drafted = case.happened(start - timedelta(minutes=chance.whole(5, 15)))
    sent = None if status in _UNSENT else case.happened(start)
    moments, evaluated = _moments(case, status, sent) if sent else (_Moments(), False)
    clocks = _clocks(case, authority, sent, moments.acknowledged) if sent else _Clocks()
    conclusion = chance.pick(_CONCLUSIONS if evaluated else _SHORT_CONCLUSIONS)
    validated = _validation(case, status, drafted, sent)
    informed, reason = _tell_parents(case, sent) if sent else (TriState.UNKNOWN, None)
    case.batch.add(
        Report(
            id=report_id,
            situation_id=case.id,
            minor_id=case.minor_id,
            origin_contact_id=case.first_contact_id,
            controller_org_id=case.network.dlpm.id,
            to_authority_id=authority_id(authority),
            complements_report_id=complements,
            validated_by_id=chance.pick(case.network.dlpm.people[Role.SUP]) if validated else None,
            kind=(ReportKind.COMPLEMENTARY if complements else ReportKind.INITIAL).value,
            status=status.value,
            urgency=case.urgency.value,
            drafted_at=drafted,
            validated_at=validated,
            sent_at=sent,
            acknowledged_at=moments.acknowledged,
            qualified_at=moments.qualified,
            concluded_at=moments.concluded,
            conclusion=conclusion.value if moments.concluded else None,
            acknowledge_due_at=clocks.acknowledge,
            evaluation_due_at=clocks.evaluate,
            return_due_at=clocks.give_back,
            due_at=clocks.running(status),
            origin_code=_ORIGINS.get(case.main_caller, _PRIVATE_PERSON),
            summary_for_crip=summary(case),
            appraisal=appraisal(case),
            danger_types=_dangers(case),
            parents_informed=informed.value,
            parents_informed_reason=reason,
        )
    )
    if sent:
        case.sent_at = case.sent_at or sent
        _disclose(case, authority, sent)
        _follow(case, report_id, authority, moments, clocks.evaluate if evaluated else None, conclusion)
    return report_id, moments


def _validation(case: Case, status: ReportStatus, drafted: datetime, sent: datetime | None) -> datetime | None:
    """A supervisor validates before sending; in immediate danger, after, within 24 hours."""
    if status is ReportStatus.DRAFT:
        return None
    if sent and case.urgency is Urgency.IMMEDIATE_DANGER:
        after = sent + timedelta(hours=case.chance.between(0.5, 20))
        return after if after < case.now else None
    return drafted + timedelta(minutes=4)


def _dangers(case: Case) -> list[str]:
    named = {DangerType.SELF_ENDANGERING.value}
    named.update(danger.value for kind, danger in _DANGERS.items() if kind in case.observed)
    return sorted(named)


def _tell_parents(case: Case, sent: datetime) -> tuple[TriState, str | None]:
    """L226-2-1: told before, or not in the child's interest, or not known."""
    chance = case.chance
    dice = 0.6 if case.danger_if_informed else chance.unit()
    if dice < 0.45:
        add_duty(case, InformationDutyKind.IP_TRANSMISSION, case.mother, case.listener, sent - timedelta(minutes=2))
        return TriState.YES, None
    if dice < 0.8:
        reason = chance.pick(PARENTS_NOT_TOLD)
        add_duty(
            case,
            InformationDutyKind.IP_TRANSMISSION,
            case.mother,
            case.listener,
            sent - timedelta(minutes=2),
            waived=reason,
        )
        return TriState.NO, reason
    return TriState.UNKNOWN, None


def add_duty(
    case: Case, duty: InformationDutyKind, person: str, by: UUID, at: datetime, *, waived: str | None = None
) -> UUID:
    """Record that a person was told, or why not; the id serves grants and disclosures."""
    duty_id = case.chance.uuid()
    waiver = DutyWaiver.CHILD_INTEREST.value if waived else None
    case.batch.add(
        InformationDuty(duty_id, case.id, by, duty.value, person, None if waived else at, waiver, waived, at)
    )
    return duty_id


def _disclose(case: Case, authority: str, sent: datetime) -> None:
    crip = case.network.crip[authority]
    case.batch.add(
        Disclosure(
            case.chance.uuid(), case.id, case.network.dlpm.id, crip.id, authority_id(authority), None, "IP_SENT", DISCLOSED,
            Purpose.EVALUATE.value, sent,
        )
    )  # fmt: skip


def _follow(
    case: Case,
    report: UUID,
    authority: str,
    moments: _Moments,
    evaluation_due: datetime | None,
    conclusion: IpConclusion,
) -> None:
    """Evaluation, referral to the prosecutor, return: what the authority did with the report."""
    chance, batch, owner = case.chance, case.batch, authority_id(authority)
    officer = chance.pick(case.network.crip[authority].people[Role.CRI])
    if evaluation_due and moments.notified:
        batch.add(
            Evaluation(chance.uuid(), case.id, report, owner, moments.notified, evaluation_due, moments.concluded)
        )
        add_duty(case, InformationDutyKind.EVALUATION_START, case.mother, officer, moments.notified)
        if moments.concluded:
            add_duty(case, InformationDutyKind.EVALUATION_FOLLOW_UP, case.mother, officer, moments.concluded)
    decided = moments.concluded or moments.qualified
    if moments.returned and decided:
        codes = chance.pick(_RETURN_CODES[conclusion])
        batch.add(
            ConcernReturn(chance.uuid(), case.id, report, owner, conclusion.value, codes, decided, moments.returned)
        )
    if moments.concluded and conclusion is IpConclusion.JUDICIAL_REFERRAL:
        _refer(case, report, authority, moments.concluded, chance.pick(_REFERRAL_MOTIVES), officer)
    elif moments.qualified and case.urgency is Urgency.IMMEDIATE_DANGER and chance.happens(0.5):
        _refer(case, report, authority, moments.qualified, _EARLY_REFERRAL, officer)


def _refer(case: Case, report: UUID, authority: str, at: datetime, motive: str, officer: UUID) -> None:
    """The signalement: the parents are told in writing, without exception."""
    chance = case.chance
    sender = chance.pick(JUDICIAL_SENDERS)
    case.batch.add(JudicialReferral(chance.uuid(), case.id, report, authority_id(authority), at, sender, at, motive))
    add_duty(case, InformationDutyKind.JUDICIAL_REFERRAL, case.mother, officer, at)
