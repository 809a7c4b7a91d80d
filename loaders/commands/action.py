"""What the DLPM did in a situation (its five actions), and the link it proposes to an ASE service."""

from uuid import UUID

from sqlalchemy import select

from auth.policy import Act
from loaders.commands.case import AUTHORITIES, ONE, TEAM, must_be_competent, open_case, same
from loaders.commands.entry import NAME, optional, past
from loaders.commands.situation import LIVE_LINKS
from loaders.commands.work import Command, Row, Work
from loaders.policy.context import one_of
from schema.errors import DomainRefusalError
from schema.tables.protection import ase_link, dlpm_action
from schema.tables.report import concern_report
from schema.tables.situation import situation
from schema.types.acts_action import ProposeAseLinkInput, RecordActionInput
from schema.vocabulary import AseLinkState, DlpmActionKind, OrganisationStatus, OrgKind, SituationStatus

# An IP weighs more than a link: it keeps the state of the situation, and so does monitoring.
MOVED_BY_LINK = frozenset(
    {SituationStatus.OPEN, SituationStatus.REOPENED, SituationStatus.ASSESSED, SituationStatus.ADVICE_ONLY}
)


async def record_action(work: Work, wish: RecordActionInput) -> UUID:
    """One of the five actions; an IP or a link is recorded only where there is one."""
    case = await open_case(work, wish.situation)
    await _must_have_happened(work, case, wish.kind)
    target = None
    if wish.target_organisation is not None:
        target = (await work.visible("Organisation", wish.target_organisation, field="targetOrganisation")).id
    identity = await work.insert(
        dlpm_action, situation_id=case.id, target_org_id=target, kind=wish.kind, at=past(wish.at, "at", work.now)
    )
    if wish.kind is DlpmActionKind.DIRECT_ADVICE and case["status"] == SituationStatus.ASSESSED.value:
        await work.update(situation, case.id, status=SituationStatus.ADVICE_ONLY)
    await work.event("action.recorded", identity, situation=case.id, audiences=TEAM)
    return identity


async def _must_have_happened(work: Work, case: Row, kind: DlpmActionKind) -> None:
    # The yearly report counts these: nobody can write down an IP that did not leave, or a link nobody proposed.
    if kind is DlpmActionKind.IP_SENT and await work.one(_SENT, situation=case.id) is None:
        raise DomainRefusalError(
            "NO_REPORT_SENT", "Aucune information préoccupante n'a été transmise dans cette situation.", "kind"
        )
    if kind is DlpmActionKind.ASE_LINK and await work.one(_LINKED, situation=case.id) is None:
        raise DomainRefusalError(
            "NO_ASE_LINK", "Aucune mise en lien avec l'ASE n'a été proposée dans cette situation.", "kind"
        )


_SENT = select(ONE).where(same(concern_report.c.situation_id, "situation"), concern_report.c.sent_at.is_not(None))
_LINKED = select(ONE).where(same(ase_link.c.situation_id, "situation"))


async def propose_ase_link(work: Work, wish: ProposeAseLinkInput) -> UUID:
    """A link PROPOSED to an ASE service whose authority is competent now."""
    case = await open_case(work, wish.situation)
    service = await work.visible("Organisation", wish.ase_organisation, field="aseOrganisation")
    if service["kind"] != OrgKind.ASE.value or service["authority_id"] is None:
        raise DomainRefusalError("NOT_AN_ASE", "Cette organisation n'est pas un service de l'ASE.", "aseOrganisation")
    if service["status"] != OrganisationStatus.ACTIVE.value:
        raise DomainRefusalError("NOT_IN_THE_NETWORK", "Ce service n'est pas actif dans le réseau.", "aseOrganisation")
    await must_be_competent(work, case.id, service["authority_id"], field="aseOrganisation")
    if await work.one(_LIVE, situation=case.id, organisation=service.id) is not None:
        raise DomainRefusalError(
            "ALREADY_RECORDED", "Une mise en lien avec ce service est déjà en cours.", "aseOrganisation"
        )
    identity = await work.insert(
        ase_link,
        situation_id=case.id,
        ase_org_id=service.id,
        service_contact=optional(wish.service_contact, "serviceContact", NAME),
        state=AseLinkState.PROPOSED,
        proposed_at=work.now,
    )
    await work.insert(
        dlpm_action, situation_id=case.id, target_org_id=service.id, kind=DlpmActionKind.ASE_LINK, at=work.now
    )
    if case["status"] in {status.value for status in MOVED_BY_LINK}:
        await work.update(situation, case.id, status=SituationStatus.LINKED_TO_ASE)
    await work.event("ase_link.proposed", identity, situation=case.id, audiences=AUTHORITIES)
    return identity


_LIVE = select(ONE).where(
    same(ase_link.c.situation_id, "situation"),
    same(ase_link.c.ase_org_id, "organisation"),
    one_of(ase_link.c.state, LIVE_LINKS),
)


COMMANDS = {
    "recordAction": Command(Act.RECORD_SITUATION, "DlpmAction", record_action),
    "proposeAseLink": Command(Act.PROPOSE_ASE_LINK, "AseLink", propose_ase_link),
}
