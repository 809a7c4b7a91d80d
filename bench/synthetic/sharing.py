"""Sharing under L226-2-2: to one named person, after the duty to inform, approved by somebody else, for a time."""

from datetime import datetime, timedelta
from uuid import UUID

from bench.synthetic.case import Case
from bench.synthetic.organisations import Office
from bench.synthetic.reports import add_duty
from bench.synthetic.rows.sharing import Disclosure, SharingGrant
from bench.synthetic.wording import EXTRACTS, JUSTIFICATIONS, PARENTS_NOT_TOLD
from schema.vocabulary import Category, GrantState, InformationDutyKind, Purpose, Role

_TO_ASE = (Category.REPORT_TEXT.value, Category.LIVE_DANGER.value)
_TO_ASSOCIATION = (Category.REPORT_TEXT.value, Category.PROBLEMATICS_STARRED.value, Category.EXPLOITATION.value)
_STATES = (*(GrantState.ACTIVE,) * 7, GrantState.REQUESTED, GrantState.APPROVED, GrantState.REVOKED)
_APPROVED = frozenset({GrantState.APPROVED, GrantState.ACTIVE, GrantState.EXPIRED, GrantState.REVOKED})


def add_grants(case: Case) -> None:
    """Few: sharing is optional, revocable and never automatic."""
    chance = case.chance
    if case.closed:
        return
    if case.caseworker and case.linked_at and chance.happens(0.45 if case.recent else 0.1):
        _grant(case, case.ase, case.caseworker, case.linked_at, _TO_ASE, Purpose.EVALUATE)
    if case.released_to and chance.happens(0.4 if case.recent else 0.1):
        office, worker, since = case.released_to
        _grant(case, office, worker, since, _TO_ASSOCIATION, Purpose.IMPLEMENT)


def _parties(case: Case) -> tuple[Office, UUID, UUID]:
    """The sender's organisation, the sender, and who approves: never the sender."""
    officers = case.crip.people[Role.CRI]
    if case.sent_at and len(officers) > 1 and case.chance.happens(0.4):
        return case.crip, officers[0], officers[1]
    return case.network.dlpm, case.listener, case.chance.pick(case.network.dlpm.people[Role.SUP])


def _grant(case: Case, to: Office, member: UUID, since: datetime, groups: tuple[str, ...], purpose: Purpose) -> None:
    chance, now = case.chance, case.now
    sender, giver, approver = _parties(case)
    # An old one is long over; a recent one began at most 40 days ago and runs on.
    state = chance.pick(_STATES) if case.recent else GrantState.EXPIRED
    starts = max(since, now - timedelta(days=chance.between(1, 40))) if case.recent else since + timedelta(days=1)
    expires = starts + timedelta(days=chance.between(60, 89) if case.recent else 30)
    if not case.recent and expires >= now:
        starts, expires = now - timedelta(days=40), now - timedelta(days=10)
    waived = chance.pick(PARENTS_NOT_TOLD) if case.danger_if_informed or chance.happens(0.3) else None
    duty = add_duty(case, InformationDutyKind.SHARING, case.mother, giver, starts - timedelta(minutes=1), waived=waived)
    revoked = state is GrantState.REVOKED
    to_association = Role.ASE not in to.people
    case.batch.add(
        SharingGrant(
            id=chance.uuid(),
            situation_id=case.id,
            from_member_id=giver,
            from_org_id=sender.id,
            to_member_id=member,
            to_org_id=to.id,
            duty_id=duty,
            approved_by_id=approver if state in _APPROVED else None,
            revoked_by_id=giver if revoked else None,
            purpose=purpose.value,
            field_groups=groups,
            extract=chance.pick(EXTRACTS) if to_association else None,
            justification=chance.pick(JUSTIFICATIONS),
            state=state.value,
            starts_at=starts,
            expires_at=expires,
            revoked_at=starts + (now - starts) * 0.5 if revoked else None,
        )
    )
    if state in _APPROVED:
        case.batch.add(
            Disclosure(chance.uuid(), case.id, sender.id, to.id, None, duty, "GRANT", groups, purpose.value, starts)
        )
