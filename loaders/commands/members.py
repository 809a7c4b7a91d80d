"""What members may still do: suspended, resumed, gone for good, a habilitation ended before its time."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.policy import Act
from loaders.commands.work import Command, Row, Work
from schema.errors import DomainRefusalError
from schema.tables.people import habilitation, member
from schema.types.acts_accounts import (
    RemoveMemberInput,
    ResumeMemberInput,
    RevokeHabilitationInput,
    SuspendMemberInput,
)
from schema.vocabulary import HabilitationState, MemberStatus


async def suspend(work: Work, wish: SuspendMemberInput) -> UUID:
    """Their tokens and sessions are dead from this commit on, and stay so."""
    row = await _other(work, wish, {MemberStatus.ACTIVE})
    await work.update(member, row.id, status=MemberStatus.SUSPENDED, epoch=row["epoch"] + 1)
    return row.id


async def resume(work: Work, wish: ResumeMemberInput) -> UUID:
    """They may act again; what was issued before stays dead."""
    row = await _other(work, wish, {MemberStatus.SUSPENDED})
    await work.update(member, row.id, status=MemberStatus.ACTIVE)
    return row.id


async def remove(work: Work, wish: RemoveMemberInput) -> UUID:
    """Gone for good, with every habilitation."""
    row = await _other(work, wish, {MemberStatus.ACTIVE, MemberStatus.SUSPENDED})
    await work.update(member, row.id, status=MemberStatus.REMOVED, epoch=row["epoch"] + 1)
    await work.many(_END_ALL, member=row.id, moment=work.now, state=HabilitationState.REVOKED.value)
    return row.id


_MOMENT = habilitation.c.revoked_at.type
_END_ALL = (
    update(habilitation)
    .where(
        habilitation.c.member_id == bindparam("member", type_=Uuid(as_uuid=True)), habilitation.c.revoked_at.is_(None)
    )
    .values(revoked_at=bindparam("moment", type_=_MOMENT), state=bindparam("state", type_=habilitation.c.state.type))
    .returning(habilitation.c.id)
)


async def revoke(work: Work, wish: RevokeHabilitationInput) -> UUID:
    """What stands on it ends with it."""
    row = await work.lock(
        "Habilitation", wish.habilitation, field="habilitation", expected_version=wish.expected_version
    )
    work.about = f"organisation={row['organisation_id']}, member={row['member_id']}, habilitation={row.id}"
    _not_oneself(work, row["member_id"])
    if row["revoked_at"] is not None:
        raise DomainRefusalError("ALREADY_ENDED", "Cette habilitation a déjà pris fin.", "habilitation")
    await work.update(habilitation, row.id, revoked_at=work.now, state=HabilitationState.REVOKED)
    return row.id


async def _other(work: Work, wish: Any, expected: set[MemberStatus]) -> Row:
    row = await work.lock("Member", wish.member, field="member", expected_version=wish.expected_version)
    work.about = f"organisation={row['organisation_id']}, member={row.id}"
    _not_oneself(work, row.id)
    if MemberStatus(row["status"]) not in expected:
        raise DomainRefusalError("WRONG_STATUS", "L'état de cette personne ne permet pas cet acte.", "member")
    return row


def _not_oneself(work: Work, member_id: UUID) -> None:
    if member_id == work.caller.member_id:
        raise DomainRefusalError("ONESELF", "Vous ne décidez pas de votre propre accès.")


COMMANDS = {
    "suspendMember": Command(Act.MANAGE_MEMBERS, "Member", suspend),
    "resumeMember": Command(Act.LIFT_SUSPENSION, "Member", resume),
    "removeMember": Command(Act.MANAGE_MEMBERS, "Member", remove),
    "revokeHabilitation": Command(Act.MANAGE_MEMBERS, "Habilitation", revoke),
}
