"""The composition: every part is made here once, in one visible list, and handed to those that need it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import orjson
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
from graph import answers, enrolment_endpoints, journal_endpoints, mutations, oauth_endpoints, queries
from graph.deadline import Deadline
from graph.documents import Documents
from graph.endpoint import GraphQLEndpoint
from graph.http.attempts import Addresses, Attempts
from graph.http.budgets import Budgets
from graph.http.cors import CrossOrigin
from graph.http.headers import SAFE_HEADERS, TRANSPORT_HEADER, Header, SafeHeaders
from graph.http.reception import Reception
from graph.http.refused_tokens import RefusedTokens
from graph.monitoring import Monitoring
from graph.pages import seam_of
from graph.schemas.roles import schema_of
from graph.settings import Secrets, Settings
from graph.sign_in.by_cookie import CookieCallers
from graph.sign_in.people import people_pages
from graph.sign_in.sessions import SWEEP_SECONDS
from graph.streams import changes, subscriptions
from graph.streams.live import Streams
from graph.streams.sockets import Sockets
from graph.streams.sse import EventStreams
from graph.streams.websocket import GraphQLWebSocket
from graph.trusted import DocumentDesk
from loaders.background import Background
from loaders.commands.authorization import AuthorizationDesk
from loaders.commands.enrolment import EnrolmentDesk
from loaders.commands.idempotency import Claims, Forgetter
from loaders.commands.running import Commands
from loaders.events.relay import Relay
from loaders.feed.feeds import Feeds
from loaders.journals.audit import AuditWriter
from loaders.journals.authentication_log import AuthenticationLog
from loaders.journals.command_log import CommandLog
from loaders.journals.sealer import Sealer
from loaders.journals.transparency import Signer
from loaders.monitoring.folding import Folder
from loaders.monitoring.publishing import Publishing
from loaders.postgres import logins
from loaders.setup.fitting import Fitting
from loaders.statement.execute import Reader
from loaders.statement.together import Together
from loaders.tokens.last_calls import LastCalls
from loaders.tokens.replays import Replays
from loaders.tokens.standing import DatabaseStanding
from loaders.trusted import TrustedDocuments
from loaders.webhooks.webhooks import Webhooks
from schema.errors import BadRequestError, InternalError, SlowRequestError, UnavailableError
from schema.vocabulary import Audience

_READY_SECONDS = 2.0

DsnOf = Callable[[str], str]


GRAPHQL = "/graphql"
_HEALTH = frozenset({"/livez", "/readyz"})


class _Front(Starlette):
    """Everybody asks one path, and what answers there answers its own errors: no router and no handlers around it."""

    def __init__(
        self, graphql: ASGIApp, websocket: ASGIApp, fitting: Fitting, headers: Sequence[Header], **options: Any
    ) -> None:
        super().__init__(**options)
        self._graphql = graphql
        self._websocket = websocket
        self._fitting = fitting
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The endpoint, or anything else; nothing but its health where the code does not fit the database."""
        refusal = self._fitting.refusal
        if refusal is not None and scope["type"] != "lifespan" and scope["path"] not in _HEALTH:
            await SafeHeaders(_misfit(refusal), headers=self._headers)(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == GRAPHQL:
            await self._graphql(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == GRAPHQL:
            await self._websocket(scope, receive, send)
        elif scope["type"] == "websocket":
            await SafeHeaders(_nothing_here(), headers=self._headers)(scope, receive, send)
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

    async def stop_working() -> None:
        await sockets.close()
        for ended in by_itself:
            await ended()

    fitting = Fitting(lambda: reader.lanes(logins.COMMANDS), stop_working)
    reader = Reader(dsn_of, size=settings.pool_size, most=settings.connections, explain=fitting.explain)
    together = Together(reader)
    fetcher = Fetcher()
    nonces = Nonces(secrets.nonces if settings.dpop_nonce else None)
    desk = AuthorizationDesk(
        reader.lanes(logins.OAUTH),
        issuer,
        PURPOSES,
        secrets.sealing,
        nonces,
        published=PublishedKeys(fetcher),
    )
    replays = Replays(dsn_of(logins.REPLAYS))
    bearer = Bearer(
        issuer, desk.public_keys, DatabaseStanding(reader.lanes(logins.OAUTH)), replays=replays, nonces=nonces
    )
    sockets = Sockets(dsn_of(logins.OAUTH), keys_changed=bearer.forget_keys, migrated=fitting.look)
    audit = AuditWriter(dsn_of(logins.AUDIT))
    came = AuthenticationLog(audit)
    calls = LastCalls(reader.lanes(logins.OAUTH))
    reception = Reception(Attempts(settings.pace), Addresses(settings.proxies), came, calls)
    command_log = CommandLog()
    people = people_pages(reader.lanes(logins.SIGNIN), secrets, issuer, reception, demonstration=demonstration)
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
        reader.lanes(logins.COMMANDS),
        audit,
        secrets.keyring,
        Claims(secrets.idempotency),
        committed=relay.poke,
        issuer=issuer.url,
        log=command_log,
        webhooks=secrets.webhooks,
        publishing=Publishing(settings.monitoring_calendar, settings.thresholds),
        explain=fitting.explain,
    )
    forgetter = Forgetter(reader.lanes(logins.COMMANDS))
    feeds = Feeds(reader.lanes(logins.COMMANDS))
    webhooks = Webhooks(reader.lanes(logins.COMMANDS), feeds, secrets.webhooks)
    publisher = None
    if settings.nats:
        # Four megabytes that only who has a second bus needs.
        from loaders.bus.publisher import Publisher  # noqa: PLC0415

        publisher = Publisher(settings.nats, dsn_of(logins.RELAY), reader.lanes(logins.COMMANDS), feeds)
    documents = Documents(settings.limits)
    folder = Folder(dsn_of(logins.FOLDER))
    endpoint = GraphQLEndpoint(
        bearer=bearer,
        cookies=CookieCallers(people.sessions),
        documents=documents,
        reader=together,
        audit=audit,
        commands=commands,
        monitoring=Monitoring(reader, settings.monitoring_calendar, settings.thresholds),
        feeds=feeds,
        limits=settings.limits,
        cursor_secret=secrets.cursors,
        keyring=secrets.keyring,
        budgets=Budgets(settings.allowance),
        desk=DocumentDesk(TrustedDocuments(reader.lanes(logins.COMMANDS)), required=not demonstration),
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
        checks["version"] = "ok" if fitting.refusal is None else "other"
        return _health(checks, 200 if all(state == "ok" for state in checks.values()) else 503)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await audit.start()
        came.start()
        await replays.start()
        await desk.check()
        await fitting.start()
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
            await fitting.close()
            await calls.close()
            await stop_working()
            await replays.close()
            await came.close()
            await audit.close()
            # After the last record: its chain ends under a seal.
            await sealer.close()
            await reader.close()
            await desk.close()
            await people.http.aclose()
            drawing.end_all()

    streams = Streams(
        endpoint=endpoint,
        sockets=sockets,
        relay=relay,
        reader=together,
        limits=settings.streams,
    )
    # The ends of what works without being asked.
    by_itself = [streams.close, sweeping.close, forgetter.close, relay.close, webhooks.close, folder.close]
    if publisher is not None:
        by_itself.append(publisher.close)
    answering = EventStreams(streams, endpoint)
    front = CrossOrigin(answering, settings.origins) if settings.origins else answering
    served = _Front(
        SafeHeaders(front, headers=_headers(issuer)),
        GraphQLWebSocket(streams, settings.limits, settings.origins),
        fitting,
        _headers(issuer),
        routes=[
            Route(GRAPHQL, endpoint, methods=None),
            Route("/livez", livez),
            Route("/readyz", readyz),
            *oauth_endpoints.routes(desk, reception),
            *enrolment_endpoints.routes(EnrolmentDesk(reader.lanes(logins.OAUTH), issuer, fetcher), reception),
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


def _headers(issuer: Issuer) -> list[Header]:
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


def _nothing_here() -> Response:
    return Response(
        answers.refusal(BadRequestError("There is nothing at this address.")), 404, None, "application/json"
    )


async def _left(_: Request, __: Exception) -> Response:
    """Whoever left in the middle of a body hears nothing; it is no failure of ours, and nothing to log."""
    return Response(answers.refusal(SlowRequestError(reason="DISCONNECTED")), SlowRequestError.status)


async def _failed(_: Request, __: Exception) -> Response:
    return Response(answers.refusal(InternalError()), InternalError.status, None, "application/json")


def _misfit(refusal: UnavailableError) -> Response:
    return Response(answers.refusal(refusal), refusal.status, {"retry-after": "2"}, "application/json")


async def readiness(reader: Reader, audit: AuditWriter, replays: Replays, deadline: Deadline) -> dict[str, str]:
    """What has to work before requests are welcome."""
    checks = {
        "database": "ok",
        "access_log": "ok" if audit.ready else "away",
        "replay_store": "ok" if replays.ready else "away",
    }
    if deadline.behind:
        # One question hangs already. Another would hold one more connection, each time somebody looks.
        return {**checks, "database": "away"}
    try:
        await deadline.within(reader.lanes(logins.COMMANDS).fetchval("SELECT 1"))
    except Exception:  # noqa: BLE001 (whatever it is, the service is not ready; the reason is in the log)
        checks["database"] = "away"
    return checks


def _health(body: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(body), status, None, "application/json")


__all__ = ["application", "readiness"]
