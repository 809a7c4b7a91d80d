"""Providers that may say who a person is: added and retired by whoever owns the database, and by nobody else.

No login of the server may write these rows: whoever could add a provider could be anybody of an organisation.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.signin.provider import Provider
from auth.signin.sealing import Box
from loaders.commands.identities import secret_use
from loaders.journals.authentication_log import Record
from schema.errors import SetupError
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_token
from schema.tables.signin import idp, web_session


async def add(engine: AsyncEngine, provider: Provider, box: Box, record: Record) -> None:
    """Let a provider vouch. Raises SetupError where its name, or our account there, is known already."""
    row = {
        "id": provider.id,
        "name": provider.name,
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "sealed_client_secret": box.seal(provider.client_secret.encode(), secret_use(provider.id)),
        "organisation_id": provider.organisation_id,
        "scope": provider.scope,
        "accepted_acr": list(provider.accepted_acr),
        "algorithm": provider.algorithm,
        "signed_userinfo": provider.signed_userinfo,
    }
    try:
        async with engine.begin() as connection:
            await connection.execute(insert(idp).values(**row))
            await record(
                "provider.added", provider=provider.id, vouches_for=str(provider.organisation_id or "everybody")
            )
    except IntegrityError:
        raise SetupError(
            "Nothing was added: this name, or this account at the provider, is in use already, or there is no such "
            "organisation. `python -m graph idp list` shows all."
        ) from None


async def listed(engine: AsyncEngine) -> Sequence[Mapping[str, Any]]:
    """All of them, without their secrets."""
    asked = (
        select(
            idp.c.id, idp.c.name, idp.c.issuer, idp.c.client_id, organisation.c.name.label("organisation"),
            idp.c.algorithm, idp.c.signed_userinfo, idp.c.accepted_acr, idp.c.retired,
        )
        .outerjoin(organisation, organisation.c.id == idp.c.organisation_id)
        .order_by(idp.c.id)
    )  # fmt: skip
    async with engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(asked)).mappings()]


async def retire(engine: AsyncEngine, name: str, record: Record) -> int:
    """Nobody signs in there any more, and the sessions it vouched for end now; how many. Raises SetupError."""
    async with engine.begin() as connection:
        known = update(idp).where(idp.c.id == name).values(retired=True).returning(idp.c.id)
        if (await connection.execute(known)).one_or_none() is None:
            raise SetupError(f"There is no provider {name}: `python -m graph idp list` shows all.")
        sessions = select(web_session.c.token_id).where(web_session.c.idp_id == name)
        ended = list((await connection.execute(sessions)).scalars())
        # A token that ends takes its session with it; those without a chosen habilitation stand on none.
        standing = update(oauth_token).where(oauth_token.c.id.in_([one for one in ended if one is not None]))
        await connection.execute(standing.values(revoked_at=func.now()))
        await connection.execute(delete(web_session).where(web_session.c.idp_id == name))
        await record("provider.retired", provider=name, ended_sessions=str(len(ended)))
        return len(ended)


def organisation_of(words: str) -> UUID:
    """An organisation's id as it was given, with or without its prefix. Raises SetupError."""
    try:
        return UUID(words.rpartition("_")[2])
    except ValueError:
        raise SetupError(f"{words} is no id of an organisation: `python -m graph org list` shows all.") from None
