"""What the DLPM does with a situation: open, qualify, assess, monitor, close, reopen; and who is competent for it."""

from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, bindparam, func, or_, select

from auth.policy import Act
from loaders.calendar.civil import civil_day, end_of_day, months
from loaders.commands.case import (
    AUTHORITIES,
    CRIPS,
    EVERYBODY,
    ONE,
    RECEIVERS,
    TEAM,
    departments,
    found,
    ids,
    must_be,
    open_case,
    open_case_of,
    same,
)
from loaders.commands.entry import reference, required, some
from loaders.commands.work import Command, Row, Work
from loaders.policy.context import one_of
from loaders.policy.relations import LIVE
from schema.deadlines import RETURN_MONTHS
from schema.errors import DomainRefusalError
from schema.tables.directory import authority, authority_department
from schema.tables.protection import ase_link
from schema.tables.referral import referral
from schema.tables.report import concern_report
from schema.tables.sharing import sharing_grant
from schema.tables.situation import situation, situation_jurisdiction
from schema.types.acts_situation import (
    AssessSituationInput,
    CloseSituationInput,
    EndJurisdictionInput,
    MonitorSituationInput,
    OpenSituationInput,
    RecordJurisdictionInput,
    ReopenSituationInput,
    UpdateSituationInput,
)
from schema.vocabulary import AseLinkState, Audience, GrantState, ReferralStatus, ReportStatus, SituationStatus

TO_ASSESS = frozenset({SituationStatus.OPEN, SituationStatus.REOPENED})
ACTED_UPON = frozenset({SituationStatus.ADVICE_ONLY, SituationStatus.IP_SENT, SituationStatus.LINKED_TO_ASE})
LIVE_LINKS = frozenset({AseLinkState.PROPOSED, AseLinkState.CONTACTED, AseLinkState.CONFIRMED})
LIVE_GRANTS = frozenset({GrantState.REQUESTED, GrantState.APPROVED, GrantState.ACTIVE})
# A draft has not been transmitted to anybody; a report declared misrouted still has to reach somebody.
NOT_UNDER_WAY = frozenset({ReportStatus.DRAFT, ReportStatus.RETURNED_TO_119})


# ---------------------------------------------------------------- the state machine


async def open_situation(work: Work, wish: OpenSituationInput) -> UUID:
    """A new situation, OPEN, in my charge."""
    identity = await work.insert(
        situation,
        ref=reference("S"),
        controller_org_id=work.caller.organisation_id,
        assigned_member_id=work.caller.member_id,
        opened_at=work.now,
        status=SituationStatus.OPEN,
        urgency=wish.urgency,
        qualification=wish.qualification,
        known_to_cp=wish.known_to_cp,
        known_source=wish.known_source,
    )
    await work.event("situation.opened", identity, situation=identity, audiences=TEAM)
    return identity


async def update_situation(work: Work, wish: UpdateSituationInput) -> UUID:
    """Urgency, qualification, known to child protection."""
    case = await open_case(work, wish.situation, expected_version=wish.expected_version)
    wanted = {
        "urgency": wish.urgency,
        "qualification": wish.qualification,
        "known_to_cp": wish.known_to_cp,
        "known_source": wish.known_source,
    }
    await work.update(situation, case.id, **some({name: value for name, value in wanted.items() if value is not None}))
    await work.event("situation.updated", case.id, situation=case.id, audiences=AUTHORITIES)
    return case.id


async def assess(work: Work, wish: AssessSituationInput) -> UUID:
    """OPEN, REOPENED -> ASSESSED."""
    case = await open_case(work, wish.situation, expected_version=wish.expected_version)
    must_be(case, TO_ASSESS, "situation", "Seule une situation ouverte ou rouverte peut être appréciée.")
    return await _move(work, case, SituationStatus.ASSESSED)


async def monitor(work: Work, wish: MonitorSituationInput) -> UUID:
    """ADVICE_ONLY, IP_SENT, LINKED_TO_ASE -> MONITORED."""
    case = await open_case(work, wish.situation, expected_version=wish.expected_version)
    must_be(
        case,
        ACTED_UPON,
        "situation",
        "Une situation se suit après un conseil, une IP transmise ou une mise en lien avec l'ASE.",
    )
    return await _move(work, case, SituationStatus.MONITORED)


async def close(work: Work, wish: CloseSituationInput) -> UUID:
    """MONITORED -> CLOSED; every live access of a partner ends with it (permissions, rule 5.8)."""
    case = await open_case(work, wish.situation, expected_version=wish.expected_version)
    must_be(case, {SituationStatus.MONITORED}, "situation", "Seule une situation suivie peut être close.")
    if await work.one(_UNDER_WAY, situation=case.id, now=work.now) is not None:
        raise DomainRefusalError(
            "REPORT_UNDER_WAY",
            "Une information préoccupante n'a pas encore eu de retour et son délai court encore : attendez le retour.",
            "situation",
        )
    await end_grants(work, case.id)
    await _end_referrals(work, case.id)
    await _end_links(work, case.id)
    return await _move(work, case, SituationStatus.CLOSED, closed_at=work.now)


async def reopen(work: Work, wish: ReopenSituationInput) -> UUID:
    """CLOSED -> REOPENED."""
    case = await work.lock("Situation", wish.situation, field="situation", expected_version=wish.expected_version)
    must_be(case, {SituationStatus.CLOSED}, "situation", "Seule une situation close peut être rouverte.")
    return await reopen_case(work, case)


async def reopen_case(work: Work, case: Row) -> UUID:
    """A new contact, or the decision of a listener, opens a closed situation again."""
    return await _move(work, case, SituationStatus.REOPENED, closed_at=None)


async def _move(work: Work, case: Row, status: SituationStatus, **changes: Any) -> UUID:
    await work.update(situation, case.id, status=status, **changes)
    audiences = EVERYBODY if status in {SituationStatus.CLOSED, SituationStatus.REOPENED} else AUTHORITIES
    await work.event(f"situation.{status.value.lower()}", case.id, situation=case.id, audiences=audiences)
    return case.id


# ---------------------------------------------------------------- what closure ends

_NOW = bindparam("now", type_=DateTime(timezone=True))
_ZONE = (
    select(authority.c.timezone)
    .where(authority.c.id == concern_report.c.to_authority_id)
    .correlate(concern_report)
    .scalar_subquery()
)
# The clock of the return is what an IP is overdue by: the acknowledgement's two days say nothing of the evaluation, and
# the CRIP would lose the text before having read it. Before the acknowledgement, it runs from the transmission.
_RETURN_DUE = func.coalesce(
    concern_report.c.return_due_at,
    end_of_day(civil_day(concern_report.c.sent_at, _ZONE), _ZONE, months(RETURN_MONTHS)),
)
_UNDER_WAY = select(ONE).where(
    same(concern_report.c.situation_id, "situation"),
    one_of(concern_report.c.status, sorted(status.value for status in set(ReportStatus) - NOT_UNDER_WAY)),
    or_(_RETURN_DUE.is_(None), _RETURN_DUE > _NOW),
)
_GRANTS = ids(
    sharing_grant.c.id, same(sharing_grant.c.situation_id, "situation"), one_of(sharing_grant.c.state, LIVE_GRANTS)
)
_GRANTS_TO = ids(
    sharing_grant.c.id,
    same(sharing_grant.c.situation_id, "situation"),
    same(sharing_grant.c.to_org_id, "organisation"),
    one_of(sharing_grant.c.state, LIVE_GRANTS),
)
_OVER = select(ONE).where(same(sharing_grant.c.id, "grant"), sharing_grant.c.expires_at <= _NOW)
# A draft was never shown to its receiver, who would learn of it if it became WITHDRAWN.
_REFERRALS = ids(referral.c.id, same(referral.c.situation_id, "situation"), one_of(referral.c.status, LIVE))
_LINKS = ids(ase_link.c.id, same(ase_link.c.situation_id, "situation"), one_of(ase_link.c.state, LIVE_LINKS))


async def end_grants(work: Work, case: UUID, *, organisation: UUID | None = None) -> None:
    """End the live grants of a situation, or those to one organisation: EXPIRED where their time is over, else REVOKED."""
    if organisation is None:
        grants = await found(work, _GRANTS, situation=case)
    else:
        grants = await found(work, _GRANTS_TO, situation=case, organisation=organisation)
    for grant in grants:
        if await work.one(_OVER, grant=grant, now=work.now) is not None:
            await work.update(sharing_grant, grant, state=GrantState.EXPIRED)
        else:
            await work.update(
                sharing_grant, grant, state=GrantState.REVOKED, revoked_at=work.now, revoked_by_id=work.caller.member_id
            )
        await work.event("grant.ended", grant, situation=case, audiences=EVERYBODY)


async def _end_referrals(work: Work, case: UUID) -> None:
    for one in await found(work, _REFERRALS, situation=case):
        await work.update(referral, one, status=ReferralStatus.WITHDRAWN, ended_at=work.now)
        await work.event("referral.withdrawn", one, situation=case, audiences=RECEIVERS)


async def _end_links(work: Work, case: UUID) -> None:
    for one in await found(work, _LINKS, situation=case):
        await work.update(ase_link, one, state=AseLinkState.ENDED, ended_at=work.now)
        await work.event("ase_link.ended", one, situation=case, audiences=AUTHORITIES)


# ---------------------------------------------------------------- who is competent


async def record_jurisdiction(work: Work, wish: RecordJurisdictionInput) -> UUID:
    """An authority that answers for the department becomes competent from now on."""
    case = await open_case(work, wish.situation)
    code = required(wish.department_code, "departmentCode", longest=3)
    await departments(work, [code], field="departmentCode")
    competent = await work.visible("Authority", wish.authority, field="authority")
    if await work.one(_ANSWERS_FOR, authority=competent.id, department=code) is None:
        raise DomainRefusalError("NOT_COMPETENT", "Cette autorité ne répond pas de ce département.", "authority")
    if (
        await work.one(
            _ALREADY_LIVE,
            situation=case.id,
            authority=competent.id,
            department=code,
            role=wish.role.value,
            now=work.now,
        )
        is not None
    ):
        raise DomainRefusalError("ALREADY_RECORDED", "Cette compétence est déjà enregistrée et en cours.", "authority")
    identity = await work.insert(
        situation_jurisdiction,
        situation_id=case.id,
        department_code=code,
        authority_id=competent.id,
        role=wish.role,
        starts_at=work.now,
    )
    await work.event("jurisdiction.recorded", identity, situation=case.id, audiences=AUTHORITIES)
    return identity


_ANSWERS_FOR = select(ONE).where(
    same(authority_department.c.authority_id, "authority"), same(authority_department.c.department_code, "department")
)
_ALREADY_LIVE = select(ONE).where(
    same(situation_jurisdiction.c.situation_id, "situation"),
    same(situation_jurisdiction.c.authority_id, "authority"),
    same(situation_jurisdiction.c.department_code, "department"),
    same(situation_jurisdiction.c.role, "role"),
    or_(situation_jurisdiction.c.ends_at.is_(None), situation_jurisdiction.c.ends_at > _NOW),
)


async def end_jurisdiction(work: Work, wish: EndJurisdictionInput) -> UUID:
    """The authority is competent no longer."""
    row = await work.lock(
        "Jurisdiction", wish.jurisdiction, field="jurisdiction", expected_version=wish.expected_version
    )
    if work.caller.audience is Audience.CRI and row["authority_id"] != work.caller.authority_id:
        raise DomainRefusalError(
            "NOT_YOUR_AUTHORITY", "Une CRIP ne met fin qu'à la compétence de sa propre autorité.", "jurisdiction"
        )
    await open_case_of(work, row)
    # A transfer has set an end to come: ending it sooner is possible.
    if row["ends_at"] is not None and row["ends_at"] <= work.now:
        raise DomainRefusalError("WRONG_STATE", "Cette compétence a déjà pris fin.", "jurisdiction")
    await work.update(situation_jurisdiction, row.id, ends_at=work.now)
    await work.event("jurisdiction.ended", row.id, situation=row["situation_id"], audiences=CRIPS)
    return row.id


COMMANDS = {
    "openSituation": Command(Act.RECORD_SITUATION, "Situation", open_situation),
    "updateSituation": Command(Act.RECORD_SITUATION, "Situation", update_situation),
    "assessSituation": Command(Act.RECORD_SITUATION, "Situation", assess),
    "monitorSituation": Command(Act.RECORD_SITUATION, "Situation", monitor),
    "closeSituation": Command(Act.RECORD_SITUATION, "Situation", close),
    "reopenSituation": Command(Act.RECORD_SITUATION, "Situation", reopen),
    "recordJurisdiction": Command(Act.RECORD_JURISDICTION, "Jurisdiction", record_jurisdiction),
    "endJurisdiction": Command(Act.RECORD_JURISDICTION, "Jurisdiction", end_jurisdiction),
}
