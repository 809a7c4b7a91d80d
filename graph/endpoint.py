"""`/graphql`: HTTP in, bytes out. The order of refusals is the guard's: method, type, token, size, JSON, document."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import structlog
from graphql import OperationType
from starlette.types import Receive, Scope, Send

from auth.bearer import Admitted, Bearer
from auth.caller import Caller
from graph import answers, by_get, execution
from graph.deadline import Deadline
from graph.documents import Documents, Prepared, ResponseError
from graph.http.budgets import Budgets
from graph.http.guard import Envelope, check_nul, read_envelope
from graph.http.limits import Limits
from graph.http.refused_tokens import RefusedTokens
from graph.request import Request, must_stand
from graph.sign_in.by_cookie import CookieCallers
from graph.trusted import DocumentDesk
from graph.turns import Turns
from loaders.commands.running import Commands
from loaders.feed.feeds import Feeds
from loaders.journals.audit import AccessRecord, AuditWriter
from loaders.sealed.keyring import Keyring
from loaders.statement.execute import Reads
from loaders.tokens.last_calls import LastCalls
from schema.errors import (
    InternalError,
    MediaTypeError,
    MethodNotAllowedError,
    NotAcceptableError,
    ProofError,
    RateLimitedError,
    RefusedError,
    SlowRequestError,
    StreamOnlyError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
)

Headers = Iterable[tuple[bytes, bytes]]

log = structlog.get_logger()

RESPONSE_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks what, under which trace."""

    caller: Caller
    prepared: Prepared
    envelope: Envelope
    trace_id: str


class GraphQLEndpoint:
    """The ASGI application behind `/graphql`."""

    def __init__(
        self,
        *,
        bearer: Bearer,
        cookies: CookieCallers,
        documents: Documents,
        reader: Reads,
        audit: AuditWriter,
        commands: Commands,
        monitoring: Any,
        feeds: Feeds,
        limits: Limits,
        cursor_secret: bytes,
        keyring: Keyring,
        budgets: Budgets,
        desk: DocumentDesk,
        calls: LastCalls,
        refused_tokens: RefusedTokens,
    ) -> None:
        self._bearer = bearer
        self._cookies = cookies
        self._documents = documents
        self._reader = reader
        self._audit = audit
        self._commands = commands
        self._monitoring = monitoring
        self._feeds = feeds
        self._limits = limits
        self._cursor_secret = cursor_secret
        self._keyring = keyring
        self._budgets = budgets
        self._desk = desk
        self._calls = calls
        self._refused_tokens = refused_tokens
        self._turns = Turns()
        self._deadline = Deadline(limits.answer_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, the answer is JSON with a stable code."""
        media = PLAIN_JSON
        more: Headers = ()
        try:
            headers = checked_headers(scope["headers"])
            media = accepted(headers.get(b"accept", b"").decode("latin-1"))
            status, body, more = await self._answer(scope, headers, receive, media)
        except RefusedError as problem:
            log.info("request_refused", code=problem.code, reason=problem.reason)
            status, body, more = self._refusal(problem, scope)
        except Exception as problem:  # noqa: BLE001 (the last exit: nothing of ours may reach the caller)
            log.error("request_failed", error=type(problem).__name__)  # noqa: TRY400 (a message can quote a file)
            status, body = InternalError.status, answers.refusal(InternalError())
        await _send(send, status, body, media, more)

    def _refusal(self, problem: RefusedError, scope: Scope) -> tuple[int, bytes, Headers]:
        # Apart: a refusal that the frame of a request held would hold that frame, until somebody collects both.
        refused = self._refused_tokens.answered(problem, scope)
        return refused.status, answers.refusal(refused), self._said_with(refused)

    async def ask(self, document: str, variables: Mapping[str, Any], caller: Caller) -> bytes:
        """The answer to a question of our own pages: the same path as a request, from the envelope on.

        Raises: RefusedError for the whole question.
        """
        self._budgets.check(caller.organisation_id)
        # A form and an address can hold anything, as a body can.
        check_nul(orjson.dumps(variables), "The form")
        envelope = Envelope(document, variables, None)
        try:
            return await self._deadline.within(self._executed(Admitted(caller), envelope, {}))
        except ResponseError as response:
            await self._deadline.within(must_stand(self._reader, caller))
            return response.body

    async def _answer(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, media: str
    ) -> tuple[int, bytes, Headers]:
        method = scope["method"]
        if method == "POST":
            check_media(headers)
        elif method != "GET":
            raise MethodNotAllowedError
        admitted = await self._admitted(method, headers)
        try:
            self._budgets.check(admitted.caller.organisation_id)
            if method == "GET":
                envelope = by_get.read_envelope(scope["query_string"], headers, self._limits)
            else:
                envelope = await self.envelope(admitted.caller, headers, receive)
            return 200, await self._deadline.within(self._executed(admitted, envelope, headers)), admitted.headers
        except ResponseError as response:
            # No statement has run, so nobody has asked yet whether the token still stands.
            await self._deadline.within(must_stand(self._reader, admitted.caller))
            return (400 if media == RESPONSE_JSON else 200), response.body, admitted.headers
        finally:
            # Also before a refusal: whoever repeats another's proof is told nothing else.
            await admitted.settle()

    async def _admitted(self, method: str, headers: Mapping[bytes, bytes]) -> Admitted:
        admitted = await self._shown(method, headers)
        self._calls.note(admitted.caller.client_id)
        return admitted

    async def _shown(self, method: str, headers: Mapping[bytes, bytes]) -> Admitted:
        if self._cookies.are_asked(headers):
            return Admitted(await self._deadline.within(self._cookies.caller(method, headers)))
        shown = _text(headers.get(b"authorization")), _text(headers.get(b"dpop")), method
        # A deadline costs a task; who is known is known without waiting.
        known = self._bearer.known(*shown)
        return known if known is not None else await self._deadline.within(self._bearer.admit(*shown))

    async def _executed(self, admitted: Admitted, envelope: Envelope, headers: Mapping[bytes, bytes]) -> bytes:
        prepared = await self.prepare(admitted.caller, envelope)
        if prepared.operation.operation is OperationType.SUBSCRIPTION:
            raise StreamOnlyError
        if envelope.by_get:
            by_get.check(prepared)
        if prepared.operation.operation is not OperationType.QUERY:
            # A read may run beside the replay store, because nothing of it leaves before; a write may not.
            await admitted.settle()
        asked = Asked(admitted.caller, prepared, envelope, trace_of(headers.get(b"traceparent")))
        return await self._run(asked, _AfterProof(self._audit, admitted))

    async def prepare(self, caller: Caller, envelope: Envelope) -> Prepared:
        """The prepared operation. Raises ResponseError or RefusedError where the document cannot be used."""
        query = envelope.query
        if query is None or self._desk.concerns(envelope, caller):
            query = await self._desk.text(envelope, caller)
        try:
            known = self._documents.known(caller.audience, query, envelope.operation_name)
            if known is not None:
                return known
            async with self._turns.of(caller.organisation_id):
                return self._documents.prepare(caller.audience, query, envelope.operation_name)
        except ResponseError:
            # It had to be read, and the next one like it has to be read again.
            self._budgets.spend(caller.organisation_id, len(query) / _CHARACTERS_PER_POINT)
            raise

    async def execute(self, asked: Asked, *, root: Any = None) -> bytes:
        """The response to an operation of a stream, or to one of its events.

        Raises: ResponseError, RefusedError.
        """
        return await self._deadline.within(self._run(asked, self._audit, root=root))

    async def admit(self, authorization: str | None, proof: str | None, method: str) -> Admitted:
        """Who opens a stream. Raises UnauthenticatedError, UnavailableError, RateLimitedError."""
        found = {b"authorization": authorization, b"dpop": proof}
        headers = {name: value.encode("latin-1", "replace") for name, value in found.items() if value is not None}
        admitted = await self._admitted(method, headers)
        self._budgets.check(admitted.caller.organisation_id)
        await admitted.settle()
        return admitted

    def counted(self, refused: RefusedError, scope: Scope, *, shown: bool = False) -> RefusedError:
        """What a stream that is refused is told: a refused token counts here as in any request."""
        return self._refused_tokens.answered(refused, scope, shown=shown)

    async def refuse(self, refused: RefusedError, send: Send) -> None:
        """Answer with a refusal, before a stream has begun."""
        await _send(send, refused.status, answers.refusal(refused), PLAIN_JSON, self._said_with(refused))

    async def envelope(self, caller: Caller, headers: Mapping[bytes, bytes], receive: Receive) -> Envelope:
        """The request out of a body. Raises BadRequestError, TooLargeError, SlowRequestError."""
        body = await self._body(headers, receive)
        async with self.reading(caller, len(body)):
            return read_envelope(body, self._limits)

    def reading(self, caller: Caller | None, size: int) -> AbstractAsyncContextManager[None]:
        """For the block that reads so many bytes of JSON: many are long work, of whoever has said who they are."""
        return nullcontext() if size <= _SHORT else self._turns.of(caller and caller.organisation_id)

    async def _run(self, asked: Asked, audit: Any, *, root: Any = None) -> bytes:
        request = Request(
            asked.caller,
            asked.prepared,
            asked.trace_id,
            reader=self._reader,
            audit=audit,
            limits=self._limits,
            secret=self._cursor_secret,
            keyring=self._keyring,
            commands=self._commands,
            monitoring=self._monitoring,
            feeds=self._feeds,
            budgets=self._budgets,
            turns=self._turns,
            tells_cost=asked.envelope.tells_cost,
            root=root,
        )
        return await execution.run(asked.prepared, dict(asked.envelope.variables), request)

    def _said_with(self, refused: RefusedError) -> Headers:
        """The headers that belong to a refusal."""
        if isinstance(refused, UnauthenticatedError):
            return self._bearer.challenges(refused)
        if isinstance(refused, MethodNotAllowedError):
            return [(b"allow", refused.allow.encode())]
        if isinstance(refused, RateLimitedError):
            return [(b"retry-after", str(refused.retry_after).encode())]
        if isinstance(refused, UnavailableError):
            return [(b"retry-after", b"2")]
        return ()

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        announced = headers.get(b"content-length", b"0")
        if not announced.isdigit() or len(announced) > _LENGTH_DIGITS or int(announced) > self._limits.body_bytes:
            raise TooLargeError
        chunks = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    # The client has left, or was cut for being slow (graph/http/connection.py).
                    raise SlowRequestError(reason="DISCONNECTED")
                chunks += message.get("body", b"")
                if len(chunks) > self._limits.body_bytes:
                    raise TooLargeError
                if not message.get("more_body"):
                    return bytes(chunks)
        finally:
            # A refusal remembers where it was raised, and what was there.
            chunks.clear()


class _AfterProof:
    """The access log of one request: only a request whose proof is its own is written down as a read."""

    __slots__ = ("_admitted", "_audit")

    def __init__(self, audit: AuditWriter, admitted: Admitted) -> None:
        self._audit = audit
        self._admitted = admitted

    async def write(self, record: AccessRecord) -> None:
        """As the access log, once the replay store has answered."""
        await self._admitted.settle()
        await self._audit.write(record)


_LENGTH_DIGITS = 10
# What is read in well under a millisecond; 256 KiB of lists in lists take fifty.
_SHORT = 8_192
_CHARACTERS_PER_POINT = 100
# Said twice, they would mean what the reader wants them to mean.
_ONCE = frozenset({b"cookie", b"authorization", b"dpop", b"content-type", b"content-length", b"content-encoding"})


def checked_headers(given: Headers) -> Mapping[bytes, bytes]:
    """The headers by name; how large they may be is the connection's concern.

    Raises: MediaTypeError where the body is described twice, UnauthenticatedError for two tokens.
    """
    headers = list(given)
    found = dict(headers)
    if len(found) == len(headers):
        return found
    twice = _ONCE & {name for name, count in Counter(name for name, _ in headers).items() if count > 1}
    if twice & {b"authorization", b"cookie"}:
        raise UnauthenticatedError(reason="two tokens")
    if b"dpop" in twice:
        raise ProofError(reason="several proofs")
    if twice:
        raise MediaTypeError
    return found


@lru_cache(maxsize=64)
def accepted(accept: str) -> str:
    """The media type of the answer (GraphQL over HTTP, section 6.3).

    Raises: NotAcceptableError where none of ours is asked for.
    """
    if not accept:
        return PLAIN_JSON
    best, chosen = 0.0, None
    for position, part in enumerate(accept.split(",")):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        offered = {
            RESPONSE_JSON: RESPONSE_JSON,
            PLAIN_JSON: PLAIN_JSON,
            "application/*": PLAIN_JSON,
            "*/*": PLAIN_JSON,
        }.get(name)
        weight = _quality(parameters) - position * 1e-6
        if offered and weight > best:
            best, chosen = weight, offered
    if chosen is None:
        raise NotAcceptableError
    return chosen


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def check_media(headers: Mapping[bytes, bytes]) -> None:
    """The body has to be JSON in UTF-8, as it is."""
    _check_media(headers.get(b"content-type", b""), headers.get(b"content-encoding", b"identity"))


@lru_cache(maxsize=64)
def _check_media(media: bytes, encoding: bytes) -> None:
    name, *parameters = (piece.strip().lower() for piece in media.decode("latin-1").split(";"))
    # Each that is named: of two, a reader behind another door may take the second.
    charsets = {p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")}
    if name != PLAIN_JSON or not charsets <= {"utf-8", "utf8"} or encoding != b"identity":
        raise MediaTypeError


def trace_of(traceparent: bytes | None) -> str:
    """The trace id of W3C Trace Context, or a new one."""
    parts = (traceparent or b"").split(b"-")
    given = parts[1] if len(parts) == 4 else b""  # noqa: PLR2004 (version, trace, span, flags)
    if len(given) == 32 and set(given) <= set(b"0123456789abcdef") and given.strip(b"0"):  # noqa: PLR2004
        return given.decode()
    return secrets.token_hex(16)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


async def _send(send: Send, status: int, body: bytes, media: str, more: Headers) -> None:
    headers = [
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
