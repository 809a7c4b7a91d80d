"""The tools of organisations: registered, given a code to enrol with, suspended at once; their keys are `client_keys`."""

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select, update

from auth.oauth.guard import is_client_id
from auth.oauth.person_assertion import GRANT_TYPE
from auth.policy import Act
from loaders.commands.entry import NAME, names, required
from loaders.commands.work import Command, Work
from schema.errors import BadInputError, DomainRefusalError, NotFoundError
from schema.scopes import Scope
from schema.tables.directory import organisation
from schema.tables.oauth import enrolment, oauth_client
from schema.types.acts_accounts import (
    IssueEnrolmentCodeInput,
    RegisterClientInput,
    ResumeClientInput,
    SuspendClientInput,
)
from schema.vocabulary import Audience, ClientAuthentication, ClientStatus, OrganisationStatus

CODE_LIFE = timedelta(days=7)
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_ACR = re.compile(r"[!-~]{1,200}")

_CLIENT = (
    select(
        oauth_client.c.id,
        oauth_client.c.status,
        oauth_client.c.epoch,
        oauth_client.c.jwks_uri,
        oauth_client.c.auth_method,
        oauth_client.c.secret_allowed_by_id,
        oauth_client.c.organisation_id,
        organisation.c.status.label("organisation_status"),
    )
    .join(organisation, organisation.c.id == oauth_client.c.organisation_id)
    .where(oauth_client.c.id == bindparam("client", type_=Text()))
    .with_for_update(of=oauth_client, key_share=True)
)


# ---------------------------------------------------------------- registering, and the code


async def register(work: Work, wish: RegisterClientInput) -> UUID:
    """A tool of an organisation, which gets nothing before its keys are proven and approved."""
    row = await work.lock("Organisation", wish.organisation, field="organisation")
    if row["status"] == OrganisationStatus.CLOSED:
        raise DomainRefusalError("ORGANISATION_CLOSED", "Cette organisation a quitté le réseau.", "organisation")
    if not is_client_id(wish.client):
        raise BadInputError("`client` is cli_ and 4 to 64 letters, digits, _ or -.", reason="INVALID_ID")
    acr = names(wish.accepted_acr, "acceptedAcr", longest=200)
    if not all(_ACR.fullmatch(one) for one in acr):
        raise BadInputError("`acceptedAcr` holds something that is no sign-in level.", reason="INVALID_ACR")
    if wish.secret and acr:
        raise DomainRefusalError(
            "SECRET_FOR_PERSONS",
            "Un outil à secret n'obtient pas de jeton pour une personne : il lui faut une clef.",
            "secret",
        )
    if wish.code_digest is None and not wish.secret:
        raise BadInputError("`codeDigest` is required for a tool that signs.", reason="INVALID_DIGEST")
    if await work.one(_CLIENT, client=wish.client) is not None:
        raise DomainRefusalError("ALREADY_RECORDED", "Un outil porte déjà cet identifiant.", "client")
    work.about = f"organisation={row.id}, client={wish.client}"
    await work.add_row(
        oauth_client,
        id=wish.client,
        organisation_id=row.id,
        name=required(wish.name, "name", NAME),
        scopes=_scopes(wish.scopes),
        grants=["client_credentials", *([GRANT_TYPE] if acr else [])],
        accepted_acr=acr,
        dpop_bound=not wish.bearer,
        **(_by_secret(work) if wish.secret else {}),
    )
    if wish.code_digest is not None and not wish.secret:
        await _give_code(work, wish.client, wish.code_digest)
    return row.id


def _by_secret(work: Work) -> dict[str, Any]:
    work.about += ", method=CLIENT_SECRET_BASIC"
    return {
        "auth_method": ClientAuthentication.CLIENT_SECRET_BASIC.value,
        "secret_allowed_by_id": work.caller.member_id,
    }


def _scopes(wanted: Sequence[str]) -> list[str]:
    known = {scope.value for scope in Scope}
    if not wanted or not set(wanted) <= known:
        raise BadInputError(f"`scopes` are of {', '.join(sorted(known))}.", reason="UNKNOWN_SCOPE")
    return sorted(set(wanted))


async def issue_code(work: Work, wish: IssueEnrolmentCodeInput) -> UUID:
    """A fresh code; whatever code was open before is worth nothing."""
    client = await client_in_reach(work, wish.client)
    if client["organisation_status"] == OrganisationStatus.CLOSED:
        raise DomainRefusalError("ORGANISATION_CLOSED", "Cette organisation a quitté le réseau.", "client")
    must_sign(client)
    await _give_code(work, wish.client, wish.code_digest)
    return owner_of(client)


def must_sign(client: Any) -> None:
    """A tool with a secret has no key."""
    if client["auth_method"] != ClientAuthentication.PRIVATE_KEY_JWT:
        raise DomainRefusalError(
            "HAS_A_SECRET", "Cet outil prouve son identité par un secret : il n'a pas de clef.", "client"
        )


async def _give_code(work: Work, client: str, digest: str) -> None:
    await work.one(_WITHDRAW, client=client)
    if await work.one(_KNOWN_CODE, hash=code_hash(digest)) is not None:
        raise DomainRefusalError("CODE_KNOWN", "Ce code a déjà servi : tirez-en un autre.", "codeDigest")
    await work.insert(
        enrolment,
        client_id=client,
        code_hash=code_hash(digest),
        created_by_id=work.caller.member_id,
        created_at=work.now,
        expires_at=work.now + CODE_LIFE,
    )


_WITHDRAW = (
    update(enrolment)
    .where(
        enrolment.c.client_id == bindparam("client", type_=Text()),
        enrolment.c.approved_at.is_(None),
        enrolment.c.withdrawn_at.is_(None),
    )
    .values(withdrawn_at=func.now())
    .returning(enrolment.c.id)
)
_KNOWN_CODE = select(enrolment.c.id).where(enrolment.c.code_hash == bindparam("hash", type_=enrolment.c.code_hash.type))


def code_hash(digest: str) -> bytes:
    """The 32 bytes of a digest in base64url. Raises BadInputError."""
    try:
        if _DIGEST.fullmatch(digest):
            return urlsafe_b64decode(digest + "=")
    except binascii.Error:
        pass
    raise BadInputError("`codeDigest` is a SHA-256 in base64url, 43 characters.", reason="INVALID_DIGEST")


# ---------------------------------------------------------------- status


async def suspend(work: Work, wish: SuspendClientInput) -> UUID:
    """Its tokens are dead from this commit on, and stay so."""
    return await _move(work, wish.client, ClientStatus.SUSPENDED)


async def resume(work: Work, wish: ResumeClientInput) -> UUID:
    """It may ask for new tokens."""
    return await _move(work, wish.client, ClientStatus.ACTIVE)


async def _move(work: Work, client_id: str, to: ClientStatus) -> UUID:
    client = await client_in_reach(work, client_id)
    if to is ClientStatus.SUSPENDED and client_id == work.caller.client_id:
        raise DomainRefusalError("OWN_TOOL", "Vous ne suspendez pas l'outil que vous utilisez.", "client")
    if client["status"] == to.value:
        raise DomainRefusalError("WRONG_STATUS", "L'outil est déjà dans cet état.", "client")
    raised = client["epoch"] + (1 if to is ClientStatus.SUSPENDED else 0)
    await work.one(_SET_STATUS, client=client_id, status=to.value, epoch=raised)
    return owner_of(client)


_SET_STATUS = (
    update(oauth_client)
    .where(oauth_client.c.id == bindparam("client", type_=Text()))
    .values(status=bindparam("status", type_=Text()), epoch=bindparam("epoch", type_=oauth_client.c.epoch.type))
    .returning(oauth_client.c.id)
)


# ---------------------------------------------------------------- reach


async def client_in_reach(work: Work, client_id: str) -> Any:
    """The tool, locked: any for the operator, one's own organisation's for a delegate. Raises NotFoundError."""
    row = await work.one(_CLIENT, client=client_id) if is_client_id(client_id) else None
    if row is None or (
        work.caller.audience is not Audience.ADM and row["organisation_id"] != work.caller.organisation_id
    ):
        raise NotFoundError
    work.about = f"organisation={row['organisation_id']}, client={client_id}"
    return row


def owner_of(client: Any) -> UUID:
    owner: UUID = client["organisation_id"]
    return owner


def must_not_be_own(work: Work, organisation_id: UUID) -> None:
    """Nobody locks their own house from outside."""
    if organisation_id == work.caller.organisation_id:
        raise DomainRefusalError(
            "OWN_ORGANISATION", "Cet acte n'est pas possible sur votre propre organisation.", "organisation"
        )


def four_eyes() -> DomainRefusalError:
    """Who has begun it cannot approve it."""
    return DomainRefusalError(
        "FOUR_EYES", "Une autre administratrice ou un autre administrateur doit approuver ce que vous avez commencé."
    )


COMMANDS = {
    "registerClient": Command(Act.ADMIT_ORGANISATION, "Organisation", register),
    "issueEnrolmentCode": Command(Act.ADMIT_ORGANISATION, "Organisation", issue_code),
    "suspendClient": Command(Act.CONTROL_TOOLS, "Organisation", suspend),
    "resumeClient": Command(Act.LIFT_SUSPENSION, "Organisation", resume),
}
