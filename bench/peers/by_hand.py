"""The limit: one statement by hand, asyncpg, the bytes straight to the socket. No GraphQL, no policy, no log."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.peers.serving import Peer, read_settings, serve

_REPORT = """
r.id, r.kind, r.status, r.urgency, r.sent_at AS "sentAt", r.due_at AS "dueAt", r.transmitter_code AS "transmitterCode"
"""
_SITUATION = """
(SELECT row_to_json(x) FROM (
  SELECT s.id, s.ref, s.opened_at AS "openedAt", s.status, s.urgency, s.qualification, s.known_to_cp AS "knownToCp",
    (SELECT coalesce(json_agg(y), '[]') FROM (
      SELECT f.id, f.status, f.date, f.recorded_at AS "recordedAt",
        (SELECT row_to_json(z) FROM (SELECT o.id, o.name, o.kind FROM organisation o WHERE o.id = f.organisation_id) z) AS organisation
      FROM follow_up f WHERE f.situation_id = s.id ORDER BY f.recorded_at DESC, f.id DESC LIMIT 20) y) AS "followUps"
  FROM situation s WHERE s.id = r.situation_id) x) AS situation
"""

_PAGE = f"""
SELECT coalesce(json_agg(p), '[]') FROM (
  SELECT {_REPORT}, {_SITUATION}
  FROM concern_report r
  WHERE r.to_authority_id = $1 AND r.status <> ALL ('{{DRAFT,VALIDATED,MISROUTED}}') AND r.sent_at < $2
  ORDER BY r.sent_at DESC, r.id DESC LIMIT $3) p
"""
_SINGLE = f"SELECT row_to_json(p) FROM (SELECT {_REPORT}, {_SITUATION} FROM concern_report r WHERE r.id = $1) p"
_ROW = f"SELECT row_to_json(p) FROM (SELECT {_REPORT} FROM concern_report r WHERE r.id = $1) p"


async def _prepare(connection: "asyncpg.Connection[Any]") -> None:
    await connection.set_type_codec("json", schema="pg_catalog", format="binary", encoder=lambda b: b, decoder=bytes)


async def _keep(_: "asyncpg.Connection[Any]") -> None:
    """No reset: as fast as it gets."""


def application(peer: Peer) -> Starlette:
    """Three routes."""
    pools: list[asyncpg.Pool[Any]] = []

    async def page(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        found = await pools[0].fetchval(
            _PAGE, UUID(asked["authority"]), datetime.fromisoformat(asked["before"]), asked["first"]
        )
        return Response(b'{"data":{"concernReports":{"nodes":' + found + b"}}}", media_type="application/json")

    def one(statement: str) -> Callable[[Request], Awaitable[Response]]:
        async def single(request: Request) -> Response:
            asked = orjson.loads(await request.body())
            found = await pools[0].fetchval(statement, UUID(asked["id"]))
            return Response(b'{"data":{"node":' + (found or b"null") + b"}}", media_type="application/json")

        return single

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        pools.append(
            await asyncpg.create_pool(
                **peer.database,
                min_size=peer.pool,
                max_size=peer.pool,
                init=_prepare,
                reset=_keep,
                max_cacheable_statement_size=0,
                max_cached_statement_lifetime=0,
                server_settings={"plan_cache_mode": "force_generic_plan", "jit": "off"},
            )
        )
        yield
        await pools[0].close()

    routes = [
        Route("/page", page, methods=["POST"]),
        Route("/single", one(_SINGLE), methods=["POST"]),
        Route("/row", one(_ROW), methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    settings = read_settings()
    serve(application(settings), settings.port)
