"""`/graphql`: HTTP in, bytes out. The order of refusals is the guard's: method, type, token, size, JSON, document."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send

from auth.bearer import Bearer
from auth.caller import Caller
from graph import answers, by_get, execution
from graph.budgets import Budgets
from graph.deadline import Deadline
from graph.documents import Documents, Prepared, ResponseError
from graph.guard import Envelope, read_envelope
from graph.limits import Limits
from graph.queries import Request, must_stand
from loaders.audit import AuditWriter
from loaders.execute import Reader
from loaders.keyring import Keyring
from schema.errors import (
    HeadersTooLargeError,
    InternalError,
    MediaTypeError,
    MethodNotAllowedError,
    NotAcceptableError,
    RateLimitedError,
    RefusedError,
    SlowRequestError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
)

Headers = Iterable[tuple[bytes, bytes]]

log = structlog.get_logger()

RESPONSE_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"


class GraphQLEndpoint:
    """The ASGI application behind `/graphql`."""

    def __init__(
        self,
        *,
        bearer: Bearer,
        documents: Documents,
        reader: Reader,
        audit: AuditWriter,
        commands: Any,
        monitoring: Any,
        limits: Limits,
        cursor_secret: bytes,
        keyring: Keyring,
        budgets: Budgets,
    ) -> None:
        self._bearer = bearer
        self._documents = documents
        self._reader = reader
        self._audit = audit
        self._commands = commands
        self._monitoring = monitoring
        self._limits = limits
        self._cursor_secret = cursor_secret
        self._keyring = keyring
        self._budgets = budgets
        self._deadline = Deadline(limits.answer_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, the answer is JSON with a stable code."""
        media = PLAIN_JSON
        more: Headers = ()
        try:
            headers = checked_headers(scope["headers"], self._limits)
            media = accepted(headers.get(b"accept", b"").decode("latin-1"))
            status, body = await self._answer(scope, headers, receive, media)
        except RefusedError as refused:
            log.info("request_refused", code=refused.code, reason=refused.reason)
            status, body, more = refused.status, answers.refusal(refused), _said_with(refused)
        except Exception as problem:  # noqa: BLE001 (the last exit: nothing of ours may reach the caller)
            log.error("request_failed", error=type(problem).__name__)  # noqa: TRY400 (a message can quote a file)
            status, body = InternalError.status, answers.refusal(InternalError())
        await _send(send, status, body, media, more)

    async def ask(self, document: str, variables: Mapping[str, Any], caller: Caller) -> bytes:
        """The answer to a question of our own pages: the same path as a request, from the envelope on.

        Raises: RefusedError for the whole question.
        """
        self._budgets.check(caller.organisation_id)
        envelope = Envelope(document, variables, None)
        try:
            return await self._deadline.within(self._executed(caller, envelope, {}))
        except ResponseError as response:
            await self._deadline.within(must_stand(self._reader, caller))
            return response.body

    async def _answer(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, media: str
    ) -> tuple[int, bytes]:
        method = scope["method"]
        if method == "POST":
            check_media(headers)
        elif method != "GET":
            raise MethodNotAllowedError
        caller = await self._caller(_text(headers.get(b"authorization")))
        self._budgets.check(caller.organisation_id)
        if method == "GET":
            envelope = by_get.read_envelope(scope["query_string"], headers, self._limits)
        else:
            envelope = read_envelope(await self._body(headers, receive), self._limits)
        try:
            return 200, await self._deadline.within(self._executed(caller, envelope, headers))
        except ResponseError as response:
            # No statement has run, so nobody has asked yet whether the token still stands.
            await self._deadline.within(must_stand(self._reader, caller))
            return (400 if media == RESPONSE_JSON else 200), response.body

    async def _caller(self, authorization: str | None) -> Caller:
        # A deadline costs a task; who is known is known without waiting.
        known = self._bearer.known(authorization)
        return known if known is not None else await self._deadline.within(self._bearer.caller(authorization))

    async def _executed(self, caller: Caller, envelope: Envelope, headers: Mapping[bytes, bytes]) -> bytes:
        try:
            prepared = self._documents.prepare(caller.audience, envelope.query, envelope.operation_name)
        except ResponseError:
            # It had to be read, and the next one like it has to be read again.
            self._budgets.spend(caller.organisation_id, len(envelope.query) / _CHARACTERS_PER_POINT)
            raise
        if envelope.by_get:
            by_get.check(prepared)
        return await execution.run(
            prepared, dict(envelope.variables), self._request(caller, prepared, envelope, headers)
        )

    def _request(
        self, caller: Caller, prepared: Prepared, envelope: Envelope, headers: Mapping[bytes, bytes]
    ) -> Request:
        return Request(
            caller,
            prepared,
            trace_of(headers.get(b"traceparent")),
            reader=self._reader,
            audit=self._audit,
            limits=self._limits,
            secret=self._cursor_secret,
            keyring=self._keyring,
            commands=self._commands,
            monitoring=self._monitoring,
            budgets=self._budgets,
            tells_cost=envelope.tells_cost,
        )

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        announced = headers.get(b"content-length", b"0")
        if not announced.isdigit() or len(announced) > _LENGTH_DIGITS or int(announced) > self._limits.body_bytes:
            raise TooLargeError
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._read(receive)
        except TimeoutError:
            raise SlowRequestError from None

    async def _read(self, receive: Receive) -> bytes:
        chunks = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise SlowRequestError(reason="DISCONNECTED")
            chunks += message.get("body", b"")
            if len(chunks) > self._limits.body_bytes:
                raise TooLargeError
            if not message.get("more_body"):
                return bytes(chunks)


_LENGTH_DIGITS = 10
_CHARACTERS_PER_POINT = 100
# Said twice, they would mean what the reader wants them to mean.
_ONCE = frozenset({b"authorization", b"content-type", b"content-length", b"content-encoding"})


def checked_headers(given: Headers, limits: Limits) -> Mapping[bytes, bytes]:
    """The headers by name.

    Raises: HeadersTooLargeError, MediaTypeError where the body is described twice, UnauthenticatedError for two tokens.
    """
    headers = list(given)
    sizes = [len(name) + len(value) for name, value in headers]
    if sum(sizes) > limits.headers_bytes or max(sizes, default=0) > limits.header_bytes:
        raise HeadersTooLargeError
    found = dict(headers)
    if len(found) == len(headers):
        return found
    twice = _ONCE & {name for name, count in Counter(name for name, _ in headers).items() if count > 1}
    if b"authorization" in twice:
        raise UnauthenticatedError(reason="two tokens")
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
    charset = next((p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if name != PLAIN_JSON or charset not in {"utf-8", "utf8"} or encoding != b"identity":
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


def _said_with(refused: RefusedError) -> Headers:
    """The headers that belong to a refusal."""
    if isinstance(refused, UnauthenticatedError):
        return [(b"www-authenticate", b'Bearer realm="maillage"')]
    if isinstance(refused, MethodNotAllowedError):
        return [(b"allow", refused.allow.encode())]
    if isinstance(refused, RateLimitedError):
        return [(b"retry-after", str(refused.retry_after).encode())]
    if isinstance(refused, UnavailableError):
        return [(b"retry-after", b"2")]
    return ()


async def _send(send: Send, status: int, body: bytes, media: str, more: Headers) -> None:
    headers = [
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
