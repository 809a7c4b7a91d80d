"""Trusted documents: what an organisation has registered, read by every process, written from the command line."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cachetools import LRUCache
from sqlalchemy import String, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from loaders.postgres.connections import Lanes
from loaders.statement import compiled
from loaders.statement.execute import NOT_NOW
from schema.errors import SetupError, UnavailableError
from schema.tables.directory import organisation
from schema.tables.documents import trusted_document
from schema.tables.oauth import oauth_client

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

Hashes = frozenset[str]

# What is registered or retired holds everywhere within this time, without a word between processes.
FRESH_SECONDS = 10.0
_KEPT_ORGANISATIONS = 4_096
_KEPT_CHARACTERS = 8_000_000

_LIVE = trusted_document.c.retired_at.is_(None)
_OF_ONE = trusted_document.c.organisation_id == bindparam("organisation")
_HASHES = compiled(select(trusted_document.c.hash).where(_OF_ONE, _LIVE))[0]
_TEXT = compiled(
    select(trusted_document.c.document).where(
        _OF_ONE, trusted_document.c.hash == bindparam("hash", type_=String()), _LIVE
    )
)[0]


@dataclass(frozen=True, slots=True)
class Registered:
    """One document of an organisation."""

    hash: str
    document: str
    registered_at: datetime
    retired_at: datetime | None


class TrustedDocuments:
    """The manifests of one process: which hashes an organisation has, and the texts that were asked for."""

    def __init__(
        self,
        lanes: Lanes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lanes = lanes
        self._clock = clock
        self._known: LRUCache[UUID, tuple[float, Hashes]] = LRUCache(_KEPT_ORGANISATIONS)
        self._texts: LRUCache[str, str] = LRUCache(_KEPT_CHARACTERS, getsizeof=len)
        self._turn = asyncio.Lock()

    async def hashes(self, organisation_id: UUID) -> Hashes:
        """The live hashes of an organisation; none where it has registered nothing. Raises UnavailableError."""
        found = self._fresh(organisation_id)
        if found is not None:
            return found
        async with self._turn:
            found = self._fresh(organisation_id)
            if found is None:
                found = frozenset(row["hash"] for row in await self._fetch(_HASHES, organisation_id))
                self._known[organisation_id] = self._clock(), found
        return found

    async def text(self, organisation_id: UUID, hash_: str) -> str | None:
        """The document of a hash, if this organisation has it. Raises UnavailableError."""
        if hash_ not in await self.hashes(organisation_id):
            return None
        # A hash is of its text, whoever registered it.
        known = self._texts.get(hash_)
        if known is None:
            rows = await self._fetch(_TEXT, organisation_id, hash_)
            if not rows:
                return None
            known = self._texts[hash_] = str(rows[0]["document"])
        return known

    def _fresh(self, organisation_id: UUID) -> Hashes | None:
        read_at, found = self._known.get(organisation_id, (float("-inf"), frozenset()))
        return found if self._clock() - read_at < FRESH_SECONDS else None

    async def _fetch(self, sql: str, *values: Any) -> list[Any]:
        try:
            return await self._lanes.fetch(sql, *values)
        except NOT_NOW:
            raise UnavailableError(reason="trusted documents") from None


# ---------------------------------------------------------------- from the command line


async def organisation_of(engine: "AsyncEngine", named: str) -> UUID:
    """The organisation with this id, public id or client. Raises SetupError where there is none."""
    async with engine.connect() as connection:
        client = select(oauth_client.c.organisation_id).where(oauth_client.c.id == named)
        found: UUID | None = (await connection.execute(client)).scalar()
        if found is None:
            try:
                given = UUID(named.removeprefix("org_"))
            except ValueError:
                raise SetupError(f"{named} is neither an organisation's id nor one of its clients.") from None
            found = (await connection.execute(select(organisation.c.id).where(organisation.c.id == given))).scalar()
    if found is None:
        raise SetupError(f"There is no organisation {named}.")
    return found


async def register(engine: "AsyncEngine", organisation_id: UUID, documents: Mapping[str, str], *, alone: bool) -> int:
    """Register documents by hash, and retire every other one where they are `alone`; how many were new."""
    async with engine.begin() as connection:
        live = select(trusted_document.c.hash).where(trusted_document.c.organisation_id == organisation_id, _LIVE)
        before = set((await connection.execute(live)).scalars())
        for hash_, document in documents.items():
            statement = insert(trusted_document).values(organisation_id=organisation_id, hash=hash_, document=document)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[trusted_document.c.organisation_id, trusted_document.c.hash],
                    set_={"retired_at": None},
                )
            )
        if alone:
            await _retire(connection, organisation_id, before - documents.keys())
    return len(documents.keys() - before)


async def retire(engine: "AsyncEngine", organisation_id: UUID, hash_: str) -> bool:
    """Refuse a document from now on; whether there was one."""
    async with engine.begin() as connection:
        return bool(await _retire(connection, organisation_id, {hash_}))


async def _retire(connection: Any, organisation_id: UUID, hashes: set[str]) -> int:
    statement = (
        update(trusted_document)
        .where(
            trusted_document.c.organisation_id == organisation_id,
            trusted_document.c.hash.in_(sorted(hashes)),
            _LIVE,
        )
        .values(retired_at=func.now())
    )
    return int((await connection.execute(statement)).rowcount)


async def registered(engine: "AsyncEngine", organisation_id: UUID) -> list[Registered]:
    """The documents of an organisation, the oldest first, retired ones too."""
    statement = (
        select(
            trusted_document.c.hash,
            trusted_document.c.document,
            trusted_document.c.registered_at,
            trusted_document.c.retired_at,
        )
        .where(trusted_document.c.organisation_id == organisation_id)
        .order_by(trusted_document.c.registered_at, trusted_document.c.hash)
    )
    async with engine.connect() as connection:
        return [Registered(*row) for row in await connection.execute(statement)]


__all__ = ["Registered", "TrustedDocuments", "organisation_of", "register", "registered", "retire"]
