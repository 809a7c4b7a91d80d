"""Orientations to associations: the direct support of a minor, and the anonymised discussion of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bench.synthetic.case import Case
from bench.synthetic.organisations import Office
from bench.synthetic.rows.referral import AssociationNote, FollowUp, Referral
from bench.synthetic.rows.sharing import Disclosure
from bench.synthetic.wording import ASSOCIATION_NOTES, NOTES_FOR_ASE
from schema.reference import departments
from schema.vocabulary import (
    Category,
    DeclineReason,
    ExploitationForm,
    FollowUpStatus,
    MandateKind,
    MinorAgreement,
    NeedCode,
    Purpose,
    ReferralKind,
    ReferralStatus,
)

_REGIONS = {department.code: department.region_name for department in departments()}
_NEEDS = tuple(need.value for need in NeedCode)
_FORMS = tuple(form.value for form in ExploitationForm)
_DECLINES = tuple(DeclineReason)
_WITHOUT_ANSWER = (ReferralStatus.DRAFT, ReferralStatus.PROPOSED)
_RELEASED = frozenset(
    {ReferralStatus.IDENTITY_RELEASED, ReferralStatus.ENGAGED, ReferralStatus.ONGOING, ReferralStatus.PAUSED_RUNAWAY}
)
_ENDED_AFTER_WORK = frozenset(
    {ReferralStatus.REFUSED_BY_MINOR, ReferralStatus.LOST_CONTACT, ReferralStatus.COMPLETED, ReferralStatus.TRANSFERRED}
)
_MET = (_RELEASED - {ReferralStatus.IDENTITY_RELEASED}) | _ENDED_AFTER_WORK
_ASKING = (MinorAgreement.NOT_ASKED, MinorAgreement.ASKED, MinorAgreement.ASKED, MinorAgreement.UNSAFE_TO_ASK)
# What a withdrawal comes from: the minor said no, or asking her would be dangerous, or the need is gone.
_AT_WITHDRAWAL = (MinorAgreement.REFUSED, MinorAgreement.UNSAFE_TO_ASK, MinorAgreement.NOT_ASKED)
# Days from one step to the next: propose, answer, release, engage, end.
_PROPOSE, _ANSWER, _RELEASE, _ENGAGE, _END = (0.5, 15.0), (0.5, 8.0), (0.5, 8.0), (1.0, 20.0), (40.0, 220.0)
_DISCLOSED = (Category.MINOR_MINIMAL.value,)


@dataclass(frozen=True, slots=True)
class _Work:
    """What an association does with one referral: who, and from when to when."""

    id: UUID
    office: Office
    worker: UUID
    begins: datetime
    ends: datetime
    over: bool


def add_referrals(case: Case) -> None:
    for mandate, status in case.referrals:
        office = case.network.association(case.department, mandate)
        _add(case, office, ReferralKind.DIRECT_SUPPORT, status)
    for status in case.consultations:
        office = case.network.association(case.department, MandateKind.OUTSIDE_MISSION)
        _add(case, office, ReferralKind.PROFESSIONAL_CONSULTATION, status)


def _agreement(case: Case, kind: ReferralKind, status: ReferralStatus) -> MinorAgreement:
    """Release needs the minor's agreement; a discussion of an anonymised case asks for none."""
    if kind is ReferralKind.PROFESSIONAL_CONSULTATION:
        return MinorAgreement.NOT_ASKED
    if status in _RELEASED or status in _ENDED_AFTER_WORK:
        return MinorAgreement.AGREED
    if status is ReferralStatus.ACCEPTED:
        return case.chance.pick(_ASKING)
    return case.chance.pick(_AT_WITHDRAWAL) if status is ReferralStatus.WITHDRAWN else MinorAgreement.NOT_ASKED


def _add(case: Case, office: Office, kind: ReferralKind, status: ReferralStatus) -> None:
    chance = case.chance
    support = kind is ReferralKind.DIRECT_SUPPORT
    released = support and (status in _RELEASED or status in _ENDED_AFTER_WORK)
    # A live orientation of an old situation was proposed lately.
    begins = case.opened_at if case.recent or case.closed else case.now - timedelta(days=chance.between(60, 250))
    drafted, proposed, answered, release, engaged, ended = _timeline(case, begins)
    meets = status in _MET
    accepted = status not in {*_WITHOUT_ANSWER, ReferralStatus.DECLINED}
    worker = chance.pick(office.workers()) if accepted else None
    referral_id = chance.uuid()
    observed = sorted(kind.value for kind in case.observed)
    over = status in _ENDED_AFTER_WORK or status is ReferralStatus.WITHDRAWN
    case.batch.add(
        Referral(
            id=referral_id,
            ref=chance.ref(),
            situation_id=case.id,
            minor_id=case.minor_id,
            controller_org_id=case.network.dlpm.id,
            to_org_id=office.id,
            assigned_member_id=worker,
            kind=kind.value,
            status=status.value,
            minor_agreement=_agreement(case, kind, status).value,
            decline_reason=chance.pick(_DECLINES).value if status is ReferralStatus.DECLINED else None,
            drafted_at=drafted,
            proposed_at=None if status is ReferralStatus.DRAFT else proposed,
            answered_at=None if status in _WITHOUT_ANSWER else answered,
            released_at=release if released else None,
            engaged_at=engaged if meets else None,
            ended_at=ended if over else None,
            age_band=case.band.value,
            # The department alone could name her to people who only discuss an anonymous case.
            territory=case.department if support else _REGIONS[case.department],
            need_codes=chance.some(_NEEDS, chance.whole(1, 3)),
            shared_kinds=[k.value for k in sorted(case.observed) if not k.starred] if support else (),
            coded_problematics=() if support else observed[:4],
            coded_forms=() if support else chance.some(_FORMS, 1),
            coded_qualification=None if support else case.qualification.value,
        )
    )
    if status is not ReferralStatus.DRAFT and support:
        case.oriented_to = office
    if released:
        _disclose(case, office, release)
        if status in _RELEASED and worker:
            case.released_to = (office, worker, release)
    if worker and (meets or status is ReferralStatus.IDENTITY_RELEASED):
        work = _Work(referral_id, office, worker, engaged if meets else release, ended if over else case.now, over)
        _add_follow_ups(case, work, _follow_up_statuses(case, status))
        if chance.happens(0.5):
            at = work.begins + (work.ends - work.begins) * 0.8
            case.batch.add(
                AssociationNote(
                    chance.uuid(), referral_id, case.id, office.id, worker, chance.pick(ASSOCIATION_NOTES), at
                )
            )


def _timeline(case: Case, begins: datetime) -> list[datetime]:
    """Draft, proposal, answer, release, first meeting, end; what the status has not reached is not kept."""
    before = case.last_event_at
    moments = case.steps(begins, (0.05, 0.5), _PROPOSE, _ANSWER, _RELEASE, _ENGAGE, _END)
    # The end may be one that this referral never reaches: it must not delay the closure of the situation.
    case.last_event_at = max(before, moments[-1]) if case.closed else before
    return moments


def _follow_up_statuses(case: Case, status: ReferralStatus) -> Sequence[FollowUpStatus]:
    """The follow-ups that lead to the status: a missed meeting moves nothing, the others name the state."""
    chance = case.chance
    missed = [FollowUpStatus.MISSED_MEETING] if chance.happens(0.35) else []
    first = [*missed, FollowUpStatus.FIRST_MEETING]
    ongoing = [FollowUpStatus.ONGOING] * chance.whole(1, 3)
    match status:
        case ReferralStatus.IDENTITY_RELEASED:
            return missed
        case ReferralStatus.ENGAGED:
            return first
        case ReferralStatus.ONGOING:
            paused = [FollowUpStatus.PAUSED_RUNAWAY, FollowUpStatus.ONGOING] if chance.happens(0.3) else []
            return [*first, *ongoing, *paused]
        case _:
            return [*first, *ongoing, FollowUpStatus(status.value)]


def _add_follow_ups(case: Case, referral: _Work, statuses: Sequence[FollowUpStatus]) -> None:
    """One row per follow-up, the first on the day of the first meeting, the last on that of the last state."""
    chance = case.chance
    first = next((index for index, status in enumerate(statuses) if status is FollowUpStatus.FIRST_MEETING), 0)
    later = len(statuses) - 1 - first
    for index, status in enumerate(statuses):
        if index < first:
            at = referral.begins - timedelta(hours=chance.between(1, 6))
        else:
            share = (index - first) / later if later and referral.over else (index - first) / (later + 1)
            at = referral.begins + (referral.ends - referral.begins) * share
        note = chance.pick(NOTES_FOR_ASE) if chance.happens(0.25) else None
        case.batch.add(
            FollowUp(
                chance.uuid(),
                referral.id,
                case.id,
                referral.office.id,
                referral.worker,
                status.value,
                at.date(),
                at,
                note,
            )
        )


def _disclose(case: Case, office: Office, at: datetime) -> None:
    case.batch.add(
        Disclosure(
            case.chance.uuid(), case.id, case.network.dlpm.id, office.id, None, None, "IDENTITY_RELEASED", _DISCLOSED,
            Purpose.IMPLEMENT.value, at,
        )
    )  # fmt: skip
