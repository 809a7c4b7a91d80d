"""The receiver's answer to an orientation: accept, decline, assign; what is proposed, released or withdrawn is the sender's."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column, select

from auth.policy import Act
from loaders.commands.case import must_be, same
from loaders.commands.work import Command, Row, Work, row_id
from loaders.policy.context import one_of, word
from loaders.policy.relations import RUNNING
from schema.errors import DomainRefusalError, NotFoundError
from schema.tables.people import habilitation, member
from schema.tables.referral import referral
from schema.types.acts_referral import AcceptReferralInput, AssignReferralInput, DeclineReferralInput
from schema.vocabulary import HabilitationState, MemberStatus, OrgKind, ReferralKind, ReferralStatus, Role

# Who may take what: an association outside any mission gets coded consultations only (permissions, condition 12).
_TAKERS = {
    ReferralKind.DIRECT_SUPPORT: (Role.ASM,),
    ReferralKind.PROFESSIONAL_CONSULTATION: (Role.ASM, Role.ASO),
}


async def accept(work: Work, wish: AcceptReferralInput) -> UUID:
    """PROPOSED -> ACCEPTED, in the hands of a named worker."""
    found = await _proposed(work, wish)
    assignee = await _assignee(work, found, wish.assignee)
    await work.update(
        referral, found.id, status=ReferralStatus.ACCEPTED, answered_at=work.now, assigned_member_id=assignee
    )
    return await _told(work, found, "referral.accepted")


async def decline(work: Work, wish: DeclineReferralInput) -> UUID:
    """PROPOSED -> DECLINED."""
    found = await _proposed(work, wish)
    await work.update(
        referral, found.id, status=ReferralStatus.DECLINED, answered_at=work.now, decline_reason=wish.reason
    )
    return await _told(work, found, "referral.declined")


async def assign(work: Work, wish: AssignReferralInput) -> UUID:
    """Another worker takes a running referral; the first one's access ends."""
    found = await work.lock("Referral", wish.referral, field="referral", expected_version=wish.expected_version)
    _must_be_received(work, found)
    must_be(
        found, RUNNING, "referral", "Seule une orientation acceptée et en cours peut être confiée à quelqu'un d'autre."
    )
    assignee = await _assignee(work, found, wish.assignee)
    if assignee == found["assigned_member_id"]:
        raise DomainRefusalError("SAME_PERSON", "Cette personne suit déjà l'orientation.", "assignee")
    await work.update(referral, found.id, assigned_member_id=assignee)
    return await _told(work, found, "referral.assigned")


async def _proposed(work: Work, wish: Any) -> Row:
    """The referral, locked, while it waits for an answer.

    Of two answers at once the second finds nothing left to answer (permissions, section 8), whatever version it has
    read: so the state is looked at first.
    """
    found = await work.lock("Referral", wish.referral, field="referral")
    _must_be_received(work, found)
    if found["status"] != ReferralStatus.PROPOSED.value:
        raise NotFoundError
    if wish.expected_version is not None:
        await work.lock("Referral", wish.referral, field="referral", expected_version=wish.expected_version)
    return found


def _must_be_received(work: Work, found: Row) -> None:
    # The coordinators of a CRIP and of an ASE service follow the referrals of their cases through the same door.
    if found["to_org_id"] != work.caller.organisation_id:
        raise DomainRefusalError(
            "NOT_YOUR_REFERRAL", "Seule l'organisation à qui cette orientation est proposée y répond.", "referral"
        )


async def _assignee(work: Work, found: Row, wanted: str) -> UUID:
    """A member of the caller's organisation who may take it; anybody else is refused alike, existing or not."""
    identity = row_id("Member", wanted, "assignee")
    takers = _TAKERS[ReferralKind(found["kind"])]
    if await work.one(_habilitated(takers), member=identity, organisation=work.caller.organisation_id) is None:
        raise DomainRefusalError(
            "NOT_HABILITATED",
            "Cette personne n'a pas, dans votre organisation, d'habilitation en cours pour suivre cette orientation.",
            "assignee",
        )
    return identity


@cache
def _habilitated(roles: tuple[Role, ...]) -> Any:
    return (
        select(member.c.id)
        .join(habilitation, habilitation.c.member_id == member.c.id)
        .where(
            same(member.c.id, "member"),
            same(member.c.organisation_id, "organisation"),
            member.c.status == word(MemberStatus.ACTIVE.value),
            habilitation.c.organisation_id == member.c.organisation_id,
            habilitation.c.state == word(HabilitationState.ACTIVE.value),
            habilitation.c.revoked_at.is_(None),
            habilitation.c.valid_from <= func.now(),
            habilitation.c.valid_to > func.now(),
            one_of(habilitation.c.role, (role.value for role in roles)),
        )
        .limit(literal_column("1"))
    )


async def _told(work: Work, found: Row, event: str) -> UUID:
    told = sorted({OrgKind.DLPM, OrgKind.CRIP, OrgKind.ASE, work.caller.organisation_kind})
    await work.event(event, found.id, situation=found["situation_id"], audiences=told)
    return found.id


COMMANDS = {
    "acceptReferral": Command(Act.ANSWER_REFERRAL, "Referral", accept),
    "declineReferral": Command(Act.ANSWER_REFERRAL, "Referral", decline),
    "assignReferral": Command(Act.ANSWER_REFERRAL, "Referral", assign),
}
