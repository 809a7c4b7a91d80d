"""Strawberry as its documentation shows it: typed resolvers, one DataLoader per relation and request, SQLAlchemy async."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import strawberry
from sqlalchemy import URL, Table, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import Info

from bench.peers.serving import Peer, read_settings, serve
from schema.tables.directory import organisation
from schema.tables.referral import follow_up
from schema.tables.report import concern_report
from schema.tables.situation import situation

NOT_RECEIVED = ("DRAFT", "VALIDATED", "MISROUTED")


@strawberry.type
class Organisation:
    """An organisation."""

    id: uuid.UUID
    name: str
    kind: str


@strawberry.type
class FollowUp:
    """A follow-up."""

    id: uuid.UUID
    status: str
    date: datetime.date
    recorded_at: datetime.datetime
    organisation_id: strawberry.Private[uuid.UUID]

    @strawberry.field
    async def organisation(self, info: Info) -> Organisation:
        """Its organisation, batched."""
        found: Organisation = await info.context["organisations"].load(self.organisation_id)
        return found


@strawberry.type
class Situation:
    """A situation."""

    id: uuid.UUID
    ref: str
    opened_at: datetime.datetime
    status: str
    urgency: str
    qualification: str
    known_to_cp: str

    @strawberry.field
    async def follow_ups(self, info: Info, first: int = 20) -> list[FollowUp]:
        """Its follow-ups, newest first, batched."""
        found: list[FollowUp] = await info.context["follow_ups"].load(self.id)
        return found[:first]


@strawberry.type
class ConcernReport:
    """A concern report."""

    id: uuid.UUID
    kind: str
    status: str
    urgency: str
    sent_at: datetime.datetime | None
    acknowledged_at: datetime.datetime | None
    qualified_at: datetime.datetime | None
    due_at: datetime.datetime | None
    evaluation_due_at: datetime.datetime | None
    transmitter_code: str | None
    situation_id: strawberry.Private[uuid.UUID]

    @strawberry.field
    async def situation(self, info: Info) -> Situation:
        """Its situation, batched."""
        found: Situation = await info.context["situations"].load(self.situation_id)
        return found


_REPORT = [concern_report.c[name] for name in ConcernReport.__annotations__]
_SITUATION = [situation.c[name] for name in Situation.__annotations__]
_FOLLOW_UP = [follow_up.c[name] for name in FollowUp.__annotations__]
_ORGANISATION = [organisation.c[name] for name in Organisation.__annotations__]


@strawberry.type
class Query:
    """The two questions."""

    @strawberry.field
    async def concern_reports(
        self, info: Info, authority: uuid.UUID, before: datetime.datetime, first: int
    ) -> list[ConcernReport]:
        """The reports received by an authority, newest first."""
        report = concern_report.c
        statement = (
            select(*_REPORT)
            .where(report.to_authority_id == authority, report.status.not_in(NOT_RECEIVED), report.sent_at < before)
            .order_by(report.sent_at.desc(), report.id.desc())
            .limit(first)
        )
        async with info.context["engine"].connect() as connection:
            return [ConcernReport(**row._mapping) for row in await connection.execute(statement)]  # noqa: SLF001

    @strawberry.field
    async def concern_report(self, info: Info, id: uuid.UUID) -> ConcernReport | None:
        """One report."""
        async with info.context["engine"].connect() as connection:
            row = (await connection.execute(select(*_REPORT).where(concern_report.c.id == id))).one_or_none()
        return None if row is None else ConcernReport(**row._mapping)  # noqa: SLF001


def _one(engine: AsyncEngine, table: Table, columns: list[Any], kind: type[Any]) -> DataLoader[uuid.UUID, Any]:
    async def load(keys: list[uuid.UUID]) -> Sequence[Any]:
        async with engine.connect() as connection:
            rows = await connection.execute(select(*columns).where(table.c.id.in_(keys)))
            found = {row.id: kind(**row._mapping) for row in rows}  # noqa: SLF001
        return [found[key] for key in keys]

    return DataLoader(load_fn=load)


def _follow_ups(engine: AsyncEngine) -> DataLoader[uuid.UUID, list[FollowUp]]:
    async def load(keys: list[uuid.UUID]) -> list[list[FollowUp]]:
        statement = (
            select(follow_up.c.situation_id, *_FOLLOW_UP)
            .where(follow_up.c.situation_id.in_(keys))
            .order_by(follow_up.c.recorded_at.desc(), follow_up.c.id.desc())
        )
        found: defaultdict[uuid.UUID, list[FollowUp]] = defaultdict(list)
        async with engine.connect() as connection:
            for parent, *values in await connection.execute(statement):
                found[parent].append(FollowUp(**dict(zip(FollowUp.__annotations__, values, strict=True))))
        return [found[key] for key in keys]

    return DataLoader(load_fn=load)


class Application(GraphQL[dict[str, Any], None]):
    """Strawberry's ASGI application with loaders that live for one request."""

    def __init__(self, peer: Peer) -> None:
        database = dict(peer.database)
        url = URL.create(
            "postgresql+asyncpg",
            username=database["user"],
            password=database["password"],
            database=database["database"],
            query={"host": database["host"]},
        )
        self._engine = create_async_engine(url, pool_size=peer.pool, max_overflow=0)
        # Its documentation's two caches: a document is parsed and validated once.
        super().__init__(strawberry.Schema(Query, extensions=[ParserCache, ValidationCache]), graphql_ide=None)

    async def get_context(  # the signature is Strawberry's
        self,
        request: Request | WebSocket,  # noqa: ARG002
        response: Response | WebSocket,  # noqa: ARG002
    ) -> dict[str, Any]:
        """New loaders for each request, as the documentation asks."""
        return {
            "engine": self._engine,
            "situations": _one(self._engine, situation, _SITUATION, Situation),
            "follow_ups": _follow_ups(self._engine),
            "organisations": _one(self._engine, organisation, _ORGANISATION, Organisation),
        }


if __name__ == "__main__":
    settings = read_settings()
    serve(Application(settings), settings.port)
