"""The secrets of tools that cannot sign: made by a second person, shown once, overlapping, retired at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.oauth.client_secret import hash_of, new_secret
from auth.policy import Act
from loaders.commands.clients import client_in_reach, four_eyes, owner_of
from loaders.commands.entry import count
from loaders.commands.work import Command, Work, row_id
from schema.errors import DomainRefusalError
from schema.tables.oauth import client_secret
from schema.types.acts_accounts import IssueClientSecretInput, RetireClientSecretInput
from schema.vocabulary import ClientAuthentication, OrganisationStatus

MOST_SECRETS = 2
_LONGEST_DAYS = 365
_LONGEST_OVERLAP = 24 * 30

_CLIENT = bindparam("client", type_=Text())
_MOMENT = bindparam("moment", type_=client_secret.c.expires_at.type)
_LIVE = (client_secret.c.client_id == _CLIENT, client_secret.c.expires_at > _MOMENT)
_COUNTED = select(func.count().label("live")).select_from(client_secret).where(*_LIVE)
_END_OTHERS = (
    update(client_secret)
    .where(*_LIVE)
    .values(expires_at=func.least(client_secret.c.expires_at, bindparam("ends", type_=client_secret.c.expires_at.type)))
    .returning(client_secret.c.id)
)
_RETIRE = (
    update(client_secret)
    .where(*_LIVE, client_secret.c.id == bindparam("secret", type_=Uuid(as_uuid=True)))
    .values(expires_at=_MOMENT)
    .returning(client_secret.c.id)
)


async def issue(work: Work, wish: IssueClientSecretInput) -> UUID:
    """One more secret, which only the answer holds."""
    days = count(wish.days, "days", 1, _LONGEST_DAYS)
    overlap = None if wish.overlap_hours is None else count(wish.overlap_hours, "overlapHours", 0, _LONGEST_OVERLAP)
    identity = uuid4()
    secret = new_secret(identity)
    # Before anything is locked: it takes as long as many statements.
    stored = await asyncio.to_thread(hash_of, secret)
    client = await client_in_reach(work, wish.client)
    if client["organisation_status"] == OrganisationStatus.CLOSED:
        raise DomainRefusalError("ORGANISATION_CLOSED", "Cette organisation a quitté le réseau.", "client")
    if client["auth_method"] != ClientAuthentication.CLIENT_SECRET_BASIC:
        raise DomainRefusalError(
            "SIGNS", "Cet outil prouve son identité par une signature : il n'a pas de secret.", "client"
        )
    if client["secret_allowed_by_id"] == work.caller.member_id:
        raise four_eyes()
    await _make_room(work, wish.client, None if overlap is None else work.now + timedelta(hours=overlap))
    work.about += f", secret={identity}"
    await work.add_row(
        client_secret,
        id=identity,
        client_id=wish.client,
        organisation_id=owner_of(client),
        hash=stored,
        created_at=work.now,
        expires_at=work.now + timedelta(days=days),
        allowed_by_id=client["secret_allowed_by_id"],
        added_by_id=work.caller.member_id,
    )
    work.shown_once = secret
    return owner_of(client)


async def _make_room(work: Work, client: str, ends: datetime | None) -> None:
    if ends is not None:
        await work.many(_END_OTHERS, client=client, ends=ends, moment=work.now)
    standing: Any = await work.one(_COUNTED, client=client, moment=work.now)
    if standing["live"] >= MOST_SECRETS:
        raise DomainRefusalError(
            "TOO_MANY_SECRETS", f"Un outil a {MOST_SECRETS} secrets au plus : retirez-en un d'abord.", "client"
        )


async def retire(work: Work, wish: RetireClientSecretInput) -> UUID:
    """Refused from this commit on; tokens it obtained live out their five minutes unless the tool is suspended."""
    client = await client_in_reach(work, wish.client)
    identity = row_id("ToolSecret", wish.secret, "secret")
    work.about += f", secret={identity}"
    if await work.one(_RETIRE, client=wish.client, secret=identity, moment=work.now) is None:
        raise DomainRefusalError("UNKNOWN_SECRET", "Cet outil n'a pas ce secret en service.", "secret")
    return owner_of(client)


COMMANDS = {
    "issueClientSecret": Command(Act.ISSUE_SECRET, "Organisation", issue),
    "retireClientSecret": Command(Act.CONTROL_TOOLS, "Organisation", retire),
}
