"""The public keys of tools: proven keys approved, one more beside the others, one retired at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Text, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.oauth.issuer import Issuer
from auth.oauth.possession import MOST_KEYS, OfferedKey, check_possession, offered, thumbprint_of
from auth.policy import Act
from loaders.commands.clients import client_in_reach, four_eyes, must_sign, owner_of
from loaders.commands.entry import NAME, coming, required
from loaders.commands.work import Command, Work
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.oauth import client_key, enrolment, oauth_client
from schema.types.acts_accounts import AddClientKeyInput, RetireClientKeyInput

# A key that starts later is announced, not stored for years.
_FARTHEST = timedelta(days=366)

_KEYS = select(client_key.c.kid, client_key.c.public_jwk, client_key.c.retired_at).where(
    client_key.c.client_id == bindparam("client", type_=Text())
)
_OFFERED = (
    select(enrolment.c.id, enrolment.c.client_id, enrolment.c.created_by_id, enrolment.c.offered_keys,
           enrolment.c.offered_jwks_uri, enrolment.c.fingerprint, oauth_client.c.organisation_id)
    .join(oauth_client, oauth_client.c.id == enrolment.c.client_id)
    .where(
        oauth_client.c.organisation_id == bindparam("organisation", type_=Uuid(as_uuid=True)),
        enrolment.c.used_at.is_not(None),
        enrolment.c.approved_at.is_(None),
        enrolment.c.withdrawn_at.is_(None),
    )
    .order_by(enrolment.c.used_at)
    .with_for_update(of=enrolment)
)  # fmt: skip


# ---------------------------------------------------------------- approval


async def approve_keys(work: Work, organisation_id: UUID, fingerprint: str) -> None:
    """Make the proven keys count whose fingerprint this is. Raises DomainRefusalError."""
    waiting = await work.many(_OFFERED, organisation=organisation_id)
    if not waiting:
        raise DomainRefusalError(
            "NOTHING_TO_APPROVE", "Aucune clef prouvée n'attend d'approbation pour cette organisation.", "organisation"
        )
    wanted = fingerprint.strip().lower()
    chosen = next((row for row in waiting if row["fingerprint"] == wanted), None)
    if chosen is None:
        raise DomainRefusalError(
            "FINGERPRINT_DIFFERS",
            "Cette empreinte n'est celle d'aucune clef en attente : faites-la relire à l'organisation par un autre canal.",
            "fingerprint",
        )
    if chosen["created_by_id"] == work.caller.member_id:
        raise four_eyes()
    work.about += f", client={chosen['client_id']}, fingerprint={wanted}"
    await work.update(enrolment, chosen["id"], approved_at=work.now, approved_by_id=work.caller.member_id)
    await _take_keys(work, chosen)


async def _take_keys(work: Work, chosen: Any) -> None:
    client, uri = chosen["client_id"], chosen["offered_jwks_uri"]
    await work.one(_MOVE_KEYS, client=client, uri=uri)
    if uri is not None:
        return
    for jwk in _decoded(chosen["offered_keys"]):
        await work.add_row(
            client_key,
            client_id=client,
            organisation_id=chosen["organisation_id"],
            kid=jwk["kid"],
            public_jwk=orjson.dumps(jwk).decode(),
            thumbprint=thumbprint_of(jwk),
            not_before=work.now,
            added_by_id=chosen["created_by_id"],
            approved_by_id=work.caller.member_id,
        )


_MOVE_KEYS = (
    update(oauth_client)
    .where(oauth_client.c.id == bindparam("client", type_=Text()))
    .values(jwks_uri=bindparam("uri", type_=Text()))
    .returning(oauth_client.c.id)
)


def _decoded(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


# ---------------------------------------------------------------- keys of a tool that works


async def add_key(work: Work, wish: AddClientKeyInput) -> UUID:
    """One more key, beside the others: the tool authenticated with one that counts, and the new one proves itself."""
    client = await client_in_reach(work, wish.client)
    must_sign(client)
    if client["jwks_uri"] is not None:
        raise DomainRefusalError(
            "KEYS_BY_ADDRESS", "Cet outil publie ses clefs à une adresse : ajoutez-y la nouvelle.", "client"
        )
    key = _key_of(wish.jwk)
    check_possession([key], [wish.proof], client_id=wish.client, issuer=Issuer(work.issuer), now=work.now.timestamp())
    begins = work.now if wish.not_before is None else _announced(wish.not_before, work.now)
    await _must_be_new(work, wish.client, [key])
    work.about += f", kid={key.kid}"
    await work.add_row(
        client_key,
        client_id=wish.client,
        organisation_id=owner_of(client),
        kid=key.kid,
        public_jwk=orjson.dumps(key.jwk).decode(),
        thumbprint=key.thumbprint,
        not_before=begins,
        added_by_id=work.caller.member_id,
    )
    return owner_of(client)


def _announced(begins: datetime, now: datetime) -> datetime:
    if coming(begins, "notBefore", now) > now + _FARTHEST:
        raise BadInputError("`notBefore` is more than a year ahead.", reason="INVALID_TIME")
    return begins


def _key_of(text: str) -> OfferedKey:
    try:
        return offered(orjson.loads(text))
    except orjson.JSONDecodeError:
        raise BadInputError("`jwk` is not JSON.", reason="INVALID_KEY") from None


async def _must_be_new(work: Work, client: str, keys: Sequence[OfferedKey]) -> None:
    """No name and no key that this tool ever had: a retired key does not come back under another name."""
    known = await work.many(_KEYS, client=client)
    live = sum(row["retired_at"] is None or row["retired_at"] > work.now for row in known)
    if {row["kid"] for row in known} & {key.kid for key in keys}:
        raise DomainRefusalError("DUPLICATE_KID", "Cet outil a, ou a eu, une clef de ce nom (`kid`).", "jwk")
    if {thumbprint_of(_decoded(row["public_jwk"])) for row in known} & {key.thumbprint for key in keys}:
        raise DomainRefusalError("KNOWN_KEY", "Cet outil a, ou a eu, cette clef : faites-en une nouvelle.", "jwk")
    if live + len(keys) > MOST_KEYS:
        raise DomainRefusalError("TOO_MANY_KEYS", f"Un outil a {MOST_KEYS} clefs au plus : retirez-en une.", "client")


async def retire_key(work: Work, wish: RetireClientKeyInput) -> UUID:
    """Refused from this commit on; tokens it obtained live out their five minutes unless the tool is suspended."""
    client = await client_in_reach(work, wish.client)
    retired = await work.one(_RETIRE, client=wish.client, kid=required(wish.kid, "kid", NAME), moment=work.now)
    work.about += f", kid={wish.kid}"
    if retired is None:
        raise DomainRefusalError("UNKNOWN_KEY", "Cet outil n'a pas de clef de ce nom en service.", "kid")
    return owner_of(client)


_RETIRE = (
    update(client_key)
    .where(
        client_key.c.client_id == bindparam("client", type_=Text()),
        client_key.c.kid == bindparam("kid", type_=Text()),
        or_(client_key.c.retired_at.is_(None), client_key.c.retired_at > func.now()),
    )
    .values(retired_at=bindparam("moment", type_=client_key.c.retired_at.type))
    .returning(client_key.c.kid)
)


COMMANDS = {
    "addClientKey": Command(Act.ADD_KEY, "Organisation", add_key),
    "retireClientKey": Command(Act.CONTROL_TOOLS, "Organisation", retire_key),
}
