"""Who is invited: a name, an address, one role; they become a member at their first sign-in with the code."""

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.policy import APPOINTED_BY_THE_OPERATOR, ORGANISATIONS_OF, WITHOUT_SECRECY, Act
from loaders.commands.clients import code_hash
from loaders.commands.entry import NAME, required
from loaders.commands.work import Command, Row, Work
from schema.errors import BadInputError, DomainRefusalError, NotFoundError
from schema.tables.people import member
from schema.tables.signin import invitation
from schema.types.acts_accounts import InviteMemberInput
from schema.vocabulary import Audience, OrganisationStatus, OrgKind, Role

LIFE = timedelta(days=7)
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,60}")


async def invite(work: Work, wish: InviteMemberInput) -> UUID:
    """Write an invitation; one to the same person for the same role takes the place of the one before."""
    employer = await _employer(work, wish)
    role = Role(wish.role)
    _may_be_given(work, role, OrgKind(employer["kind"]))
    if (wish.secrecy_basis is None) != (role in WITHOUT_SECRECY):
        raise DomainRefusalError(
            "SECRECY_BASIS", "Un rôle sur les situations demande un fondement du secret, et lui seul.", "secrecyBasis"
        )
    email = required(wish.email, "email", 320)
    if not _ADDRESS.fullmatch(email):
        raise BadInputError("`email` is no address.", reason="INVALID_EMAIL")
    await _must_be_somebody_else(work, email)
    hashed = code_hash(wish.code_digest)
    if await work.one(_KNOWN, hash=hashed) is not None:
        raise DomainRefusalError("CODE_KNOWN", "Ce code a déjà servi : tirez-en un autre.", "codeDigest")
    await work.many(_WITHDRAW, organisation=employer.id, email=email.lower(), role=role.value)
    identity = await work.insert(
        invitation,
        organisation_id=employer.id,
        name=required(wish.name, "name", NAME),
        email=email,
        role=wish.role,
        secrecy_basis=wish.secrecy_basis,
        code_hash=hashed,
        invited_by_id=work.caller.member_id,
        created_at=work.now,
        expires_at=work.now + LIFE,
    )
    work.about = f"organisation={employer.id}, invitation={identity}, role={role.value}"
    return employer.id


async def _employer(work: Work, wish: InviteMemberInput) -> Row:
    public = wish.organisation or f"org_{work.caller.organisation_id}"
    row = await work.lock("Organisation", public, field="organisation")
    if work.caller.audience is not Audience.ADM and row.id != work.caller.organisation_id:
        # A delegate sees every organisation in the directory, and has people in one.
        raise NotFoundError
    if row["status"] == OrganisationStatus.CLOSED:
        raise DomainRefusalError("ORGANISATION_CLOSED", "Cette organisation a quitté le réseau.", "organisation")
    return row


def _may_be_given(work: Work, role: Role, kind: OrgKind) -> None:
    if kind not in ORGANISATIONS_OF[role]:
        raise DomainRefusalError("ROLE_ELSEWHERE", "Ce rôle n'existe pas dans une organisation de ce type.", "role")
    if (role in APPOINTED_BY_THE_OPERATOR) != (work.caller.audience is Audience.ADM):
        raise DomainRefusalError(
            "NOT_YOURS_TO_GIVE",
            "L'opérateur du réseau nomme les délégués et les administrateurs ; un délégué invite les autres.",
            "role",
        )


async def _must_be_somebody_else(work: Work, email: str) -> None:
    """By the address; that it is somebody else who uses the code is asked again then (loaders/commands/identities.py)."""
    if await work.one(_OWN_ADDRESS, member=work.caller.member_id, email=email.lower()) is not None:
        raise DomainRefusalError("ONESELF", "Vous ne décidez pas de votre propre accès.", "email")


_OWN_ADDRESS = select(member.c.id).where(
    member.c.id == bindparam("member", type_=Uuid(as_uuid=True)),
    func.lower(member.c.email) == bindparam("email", type_=Text()),
)
_KNOWN = select(invitation.c.id).where(invitation.c.code_hash == bindparam("hash", type_=invitation.c.code_hash.type))
_WITHDRAW = (
    update(invitation)
    .where(
        invitation.c.organisation_id == bindparam("organisation", type_=Uuid(as_uuid=True)),
        func.lower(invitation.c.email) == bindparam("email", type_=Text()),
        invitation.c.role == bindparam("role", type_=Text()),
        invitation.c.used_at.is_(None),
        invitation.c.withdrawn_at.is_(None),
    )
    .values(withdrawn_at=func.now())
    .returning(invitation.c.id)
)

COMMANDS = {"inviteMember": Command(Act.MANAGE_MEMBERS, "Organisation", invite)}
