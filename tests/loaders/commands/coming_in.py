"""Organisations on their way in, and their tools: what the tests of accounts start from."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

from joserfc.jwk import ECKey, Key
from sqlalchemy import update

from auth.caller import Caller
from auth.oauth.possession import fingerprint, offered
from schema.tables.directory import organisation
from schema.tables.oauth import client_key, enrolment, oauth_client, oauth_token
from schema.tables.people import admission, habilitation, member
from schema.vocabulary import MandateKind, OrgKind, Role
from tests.loaders.commands.world import Partner, World, public

ISSUER = "https://maillage.example"

TABLES = (organisation, admission, oauth_client, client_key, enrolment, member, habilitation)


def digest(code: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()


def fresh_digest() -> str:
    return digest(secrets.token_urlsafe(32))


async def administrators(world: World) -> tuple[Caller, Caller]:
    operator = await world.partner(OrgKind.OPERATOR)
    return await world.person(operator, Role.ADM), await world.person(operator, Role.ADM)


async def delegate(world: World, kind: OrgKind = OrgKind.ASSOCIATION) -> tuple[Partner, Caller]:
    partner = await world.partner(kind, mandate=MandateKind.MEASURE)
    return partner, await world.person(partner, Role.DEL)


async def pending(world: World, adm: Caller, **changes: Any) -> UUID:
    wish = {"name": "Association Exemple", "kind": OrgKind.ASSOCIATION, "mandate_kind": MandateKind.MEASURE, **changes}
    outcome = await world.act("createOrganisation", adm, **wish)
    assert outcome.subject is not None
    return outcome.subject


async def registered(world: World, adm: Caller, identity: UUID, **changes: Any) -> str:
    client = f"cli_{secrets.token_hex(6)}"
    wish = {"client": client, "name": "Outil", "scopes": ["cases:read"], "code_digest": fresh_digest(), **changes}
    outcome = await world.act("registerClient", adm, organisation=public("Organisation", identity), **wish)
    assert outcome.subject == identity
    return client


async def used(world: World, client: str, *keys: Key) -> str:
    """The code was used behind our back: the keys are proven and wait."""
    found = [offered(key.as_dict(private=False)) for key in keys or (ECKey.generate_key("P-256"),)]
    mark = fingerprint(found, None)
    await world.admin.execute(
        update(enrolment)
        .where(enrolment.c.client_id == client, enrolment.c.withdrawn_at.is_(None))
        .values(used_at=world.now, offered_keys=[dict(one.jwk) for one in found], fingerprint=mark)
    )
    return mark


async def token_of(world: World, caller: Caller) -> dict[str, Any]:
    [row] = await world.rows(oauth_token, oauth_token.c.id == caller.token_id)
    return row


async def everything(world: World) -> list[Any]:
    return await world.mark(*TABLES)
