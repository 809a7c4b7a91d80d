"""The composition: every part is made here once, in one visible list, and handed to those that need it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.bearer import Bearer
from auth.oauth.issuer import Issuer
from auth.oauth.nonces import Nonces
from auth.oauth.published_keys import Fetcher, PublishedKeys
from auth.policy import PURPOSES
from dashboard import drawing
from dashboard.routes import Pages
from graph import (
    answers,
    changes,
    enrolment_endpoints,
    journal_endpoints,
    mutations,
    oauth_endpoints,
    queries,
    subscriptions,
)
from graph.attempts import Addresses, Attempts
from graph.budgets import Budgets
from graph.by_cookie import CookieCallers
from graph.cors import CrossOrigin
from graph.deadline import Deadline
from graph.documents import Documents
from graph.endpoint import GraphQLEndpoint
from graph.headers import SAFE_HEADERS, TRANSPORT_HEADER, SafeHeaders
from graph.live import Streams
from graph.monitoring import Monitoring
from graph.pages import seam_of
from graph.people import people_pages
from graph.reception import Reception
from graph.refused_tokens import RefusedTokens
from graph.roles import schema_of
from graph.sessions import SWEEP_SECONDS
from graph.settings import Secrets, Settings
from graph.sockets import Sockets
from graph.sse import EventStreams
from graph.trusted import DocumentDesk
from graph.websocket import GraphQLWebSocket
from loaders import logins
from loaders.audit import AuditWriter
from loaders.authentication_log import AuthenticationLog
from loaders.background import Background
from loaders.bus.publisher import Publisher
from loaders.command_log import CommandLog
from loaders.commands.authorization import AuthorizationDesk
from loaders.commands.enrolment import EnrolmentDesk
from loaders.commands.running import Commands
from loaders.dsn import async_url
from loaders.execute import Lanes, Reader
from loaders.feed.feeds import Feeds
from loaders.idempotency import Claims, Forgetter
from loaders.last_calls import LastCalls
from loaders.monitoring.folding import Folder
from loaders.monitoring.publishing import Publishing
from loaders.relay import Relay
from loaders.replays import Replays
from loaders.sealer import Sealer
from loaders.standing import DatabaseStanding
from loaders.transparency import Signer
from loaders.trusted import TrustedDocuments
from loaders.webhooks import Webhooks
from schema.errors import BadRequestError, InternalError, SlowRequestError
from schema.vocabulary import Audience

_READY_SECONDS = 2.0

DsnOf = Callable[[str], str]


GRAPHQL = "/graphql"


class _Front(Starlette):
    """Everybody asks one path, and what answers there answers its own errors: no router and no handlers around it."""

    def __init__(self, graphql: ASGIApp, websocket: ASGIApp, **options: Any) -> None:
        super().__init__(**options)
        self._graphql = graphql
        self._websocket = websocket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The endpoint, or anything else."""
        if scope["type"] == "http" and scope["path"] == GRAPHQL:
            await self._graphql(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == GRAPHQL:
            await self._websocket(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def application(
    settings: Settings, secrets: Secrets, dsn_of: DsnOf, issuer: Issuer, *, demonstration: bool = False
) -> Starlette:
    """The whole server as one ASGI application; `dsn_of` gives the DSN of a login.

    Only a demonstration lets people sign in as somebody without proof.
    """
    for audience in Audience:
        schema = schema_of(audience)
        queries.attach(schema, changes.RESOLVERS)
        changes.attach(schema)
        mutations.attach(schema)
        subscriptions.attach(schema)

    engine = create_async_engine(async_url(dsn_of(logins.OAUTH)), pool_size=4, max_overflow=0, hide_parameters=True)
    fetcher = Fetcher()
    nonces = Nonces(secrets.nonces if settings.dpop_nonce else None)
    desk = AuthorizationDesk(
        Lanes(dsn_of(logins.OAUTH), size=settings.pool_size),
        issuer,
        PURPOSES,
        secrets.sealing,
        nonces,
        published=PublishedKeys(fetcher),
    )
    replays = Replays(dsn_of(logins.REPLAYS))
    bearer = Bearer(issuer, desk.public_keys, DatabaseStanding(engine), replays=replays, nonces=nonces)
    sockets = Sockets(dsn_of(logins.OAUTH), keys_changed=bearer.forget_keys)
    people_engine = create_async_engine(
        async_url(dsn_of(logins.SIGNIN)), pool_size=4, max_overflow=0, hide_parameters=True
    )
    reader = Reader(dsn_of, size=settings.pool_size)
    audit = AuditWriter(dsn_of(logins.AUDIT))
    came = AuthenticationLog(audit)
    calls = LastCalls(engine)
    reception = Reception(Attempts(settings.pace), Addresses(settings.proxies), came, calls)
    command_log = CommandLog()
    people = people_pages(people_engine, secrets, issuer, reception, demonstration=demonstration)
    sealer = Sealer(
        dsn_of(logins.SEALER),
        Signer.of(settings.journal_origin, secrets.journal),
        secrets.pseudonyms,
        lambda: [*audit.heads(), *command_log.heads()],
        seconds=settings.audit_seconds,
        records=settings.audit_records,
    )
    relay = Relay(dsn_of(logins.RELAY))
    commands = Commands(
        reader.for_commands,
        audit,
        secrets.keyring,
        Claims(secrets.idempotency),
        committed=relay.poke,
        issuer=issuer.url,
        log=command_log,
        webhooks=secrets.webhooks,
        publishing=Publishing(settings.monitoring_calendar, settings.thresholds),
    )
    forgetter = Forgetter(lambda: reader.pool(logins.COMMANDS))
    feeds = Feeds(lambda: reader.pool(logins.COMMANDS))
    webhooks = Webhooks(lambda: reader.pool(logins.COMMANDS), feeds, secrets.webhooks)
    publisher = (
        Publisher(settings.nats, dsn_of(logins.RELAY), lambda: reader.pool(logins.COMMANDS), feeds)
        if settings.nats
        else None
    )
    documents = Documents(settings.limits)
    folder = Folder(dsn_of(logins.FOLDER))
    endpoint = GraphQLEndpoint(
        bearer=bearer,
        cookies=CookieCallers(people.sessions),
        documents=documents,
        reader=reader,
        audit=audit,
        commands=commands,
        monitoring=Monitoring(reader, settings.monitoring_calendar, settings.thresholds),
        feeds=feeds,
        limits=settings.limits,
        cursor_secret=secrets.cursors,
        keyring=secrets.keyring,
        budgets=Budgets(settings.allowance),
        desk=DocumentDesk(TrustedDocuments(lambda: reader.pool(logins.COMMANDS)), required=not demonstration),
        calls=calls,
        # Counts of its own: who guesses at the API does not keep a neighbour from asking for tokens.
        refused_tokens=RefusedTokens(Attempts(settings.pace), Addresses(settings.proxies), came),
    )

    sweeping = Background.every(SWEEP_SECONDS, people.sessions.sweep, "sweep sessions")

    pages = Pages(seam_of(endpoint, documents, people, settings, demonstration=demonstration))

    deadline = Deadline(min(_READY_SECONDS, settings.limits.answer_seconds))

    async def livez(_: Request) -> Response:
        return _health({"status": "ok"}, 200)

    async def readyz(_: Request) -> Response:
        checks = await readiness(reader, audit, replays, deadline)
        return _health(checks, 200 if all(state == "ok" for state in checks.values()) else 503)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await audit.start()
        came.start()
        await replays.start()
        await desk.check()
        await sealer.start()
        await folder.start()
        await sockets.start()
        webhooks.start(relay)
        if publisher is not None:
            publisher.start(relay)
        await relay.start()
        forgetter.start()
        sweeping.start()
        streams.start()
        calls.start()
        try:
            yield
        finally:
            await calls.close()
            await streams.close()
            await sweeping.close()
            await forgetter.close()
            await sockets.close()
            await relay.close()
            await webhooks.close()
            if publisher is not None:
                await publisher.close()
            await replays.close()
            await folder.close()
            await came.close()
            await audit.close()
            # After the last record: its chain ends under a seal.
            await sealer.close()
            await reader.close()
            await desk.close()
            await engine.dispose()
            await people.http.aclose()
            await people_engine.dispose()
            drawing.end_all()

    streams = Streams(
        endpoint=endpoint,
        sockets=sockets,
        relay=relay,
        reader=reader,
        pool=lambda: reader.pool(logins.COMMANDS),
        limits=settings.streams,
    )
    answering = EventStreams(streams, endpoint)
    front = CrossOrigin(answering, settings.origins) if settings.origins else answering
    served = _Front(
        SafeHeaders(front, headers=_headers(issuer)),
        GraphQLWebSocket(streams, settings.limits, settings.origins),
        routes=[
            Route(GRAPHQL, endpoint, methods=None),
            Route("/livez", livez),
            Route("/readyz", readyz),
            *oauth_endpoints.routes(desk, reception),
            *enrolment_endpoints.routes(EnrolmentDesk(engine, issuer, fetcher), reception),
            *journal_endpoints.routes(sealer),
            *pages.routes(),
            *people.routes,
        ],
        middleware=[Middleware(SafeHeaders, headers=_headers(issuer))],
        exception_handlers={HTTPException: partial(_refused, pages), ClientDisconnect: _left, Exception: _failed},
        lifespan=lifespan,
    )
    # A redirect would send a token and a body to an address that nobody asked for.
    served.router.redirect_slashes = False
    return served


def _headers(issuer: Issuer) -> list[tuple[bytes, bytes]]:
    return [*SAFE_HEADERS, *([TRANSPORT_HEADER] if issuer.url.startswith("https://") else [])]


async def _refused(pages: Pages, request: Request, problem: Exception) -> Response:
    """What the router refuses: an unknown path, a wrong method of a known one; a browser gets a page."""
    if "text/html" in request.headers.get("accept", ""):
        return pages.nothing_here(request)
    status = problem.status_code if isinstance(problem, HTTPException) else InternalError.status
    sentence = {404: "There is nothing at this address.", 405: "This address does not answer to this method."}.get(
        status
    )
    body = answers.refusal(BadRequestError(sentence))
    return Response(body, status, getattr(problem, "headers", None), "application/json")


async def _left(_: Request, __: Exception) -> Response:
    """Whoever left in the middle of a body hears nothing; it is no failure of ours, and nothing to log."""
    return Response(answers.refusal(SlowRequestError(reason="DISCONNECTED")), SlowRequestError.status)


async def _failed(_: Request, __: Exception) -> Response:
    return Response(answers.refusal(InternalError()), InternalError.status, None, "application/json")


async def readiness(reader: Reader, audit: AuditWriter, replays: Replays, deadline: Deadline) -> dict[str, str]:
    """What has to work before requests are welcome."""
    checks = {
        "database": "ok",
        "access_log": "ok" if audit.ready else "away",
        "replay_store": "ok" if replays.ready else "away",
    }
    if deadline.behind:
        # One question hangs already. Another would hold one more connection of the pool, each time somebody looks.
        return {**checks, "database": "away"}
    try:
        pool = await reader.pool(logins.COMMANDS)
        await deadline.within(pool.fetchval("SELECT 1"))
    except Exception:  # noqa: BLE001 (whatever it is, the service is not ready; the reason is in the log of the pool)
        checks["database"] = "away"
    return checks


def _health(body: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(body), status, None, "application/json")


__all__ = ["application", "readiness"]
