"""An organisation uses its code: it sends the public keys of a tool, each proven, and waits for an approval."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
from cachetools import TTLCache
from sqlalchemy import Select, func, select, update

from auth.oauth.issuer import Issuer
from auth.oauth.possession import OfferedKey, check_possession, code_digest, fingerprint, offered_set, thumbprint_of
from auth.oauth.published_keys import Fetcher, checked_uri
from loaders.commands.clients import code_hash
from loaders.postgres.connections import Lanes
from loaders.statement.fetching import FAULTS, answer, one
from schema.errors import BadInputError, RateLimitedError, UnauthenticatedError, UnavailableError
from schema.tables.directory import organisation
from schema.tables.oauth import client_key, enrolment, oauth_client
from schema.vocabulary import ClientStatus, OrganisationStatus

# 256 bits in base64url.
_CODE = re.compile(r"[A-Za-z0-9_-]{43}")
CODE_SENTENCE = (
    "The code is not known, was used, was replaced or has expired: ask the operator of the network for another."
)
_MEMBERS = {"code", "proofs", "jwks", "jwks_uri"}
_MOST_FETCHES = 5
_FETCH_SECONDS = 600
_MOST_CODES = 10_000


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the organisation is told: read the fingerprint out to the operator, on another way than this one."""

    client_id: str
    fingerprint: str
    keys: tuple[OfferedKey, ...]

    def as_json(self) -> dict[str, Any]:
        """For the answer."""
        return {
            "client_id": self.client_id,
            "status": "awaiting_approval",
            "fingerprint": self.fingerprint,
            "keys": [{"kid": key.kid, "thumbprint": key.thumbprint} for key in self.keys],
        }


class EnrolmentDesk:
    """The public side of an enrolment; the code is what authenticates, and it passes once."""

    def __init__(self, lanes: Lanes, issuer: Issuer, fetcher: Fetcher) -> None:
        self._lanes = lanes
        self._issuer = issuer
        self._fetcher = fetcher
        # Who has a code could otherwise make us knock at any door as often as they like.
        self._fetches: TTLCache[bytes, int] = TTLCache(_MOST_CODES, _FETCH_SECONDS)

    async def enrol(
        self, sent: Mapping[str, Any], now: float, recorded: Callable[[Enrolled], Awaitable[None]]
    ) -> Enrolled:
        """Take the keys of a tool, once that is `recorded`. A refusal leaves the code unused.

        Raises: UnauthenticatedError for the code, BadInputError for the keys, UnavailableError.
        """
        code = sent.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise _unknown()
        digest = code_hash(code_digest(code))
        try:
            async with self._lanes.acquire() as connection:
                waiting = await one(connection, _waiting(digest))
            if waiting is None:
                raise _unknown()
            client_id = waiting.client_id
            # Only for whoever has a code: strangers make us fetch nothing.
            keys, uri = await self._keys(sent, digest)
            check_possession(keys, sent.get("proofs"), client_id=client_id, issuer=self._issuer, now=now, code=code)
            made = Enrolled(client_id, fingerprint(keys, uri), tuple(keys))
            async with self._lanes.begin() as connection:
                await _must_be_new(connection, client_id, keys)
                await self._use(connection, digest, made, uri)
                await recorded(made)
        except FAULTS as problem:
            raise UnavailableError(reason="enrolment") from problem
        return made

    async def _keys(self, sent: Mapping[str, Any], code: bytes) -> tuple[list[OfferedKey], str | None]:
        if not sent.keys() <= _MEMBERS or ("jwks" in sent) == ("jwks_uri" in sent):
            raise BadInputError("Send code, proofs, and either jwks or jwks_uri; nothing else.", reason="INVALID_BODY")
        if "jwks" in sent:
            return offered_set(sent["jwks"]), None
        uri = checked_uri(sent["jwks_uri"])
        made = self._fetches.get(code, 0)
        if made >= _MOST_FETCHES:
            raise RateLimitedError("Too many attempts with this code: try again later.", retry_after=_FETCH_SECONDS)
        self._fetches[code] = made + 1
        return await self._fetcher.fetch(uri), uri

    async def _use(self, connection: "asyncpg.Connection[Any]", digest: bytes, made: Enrolled, uri: str | None) -> None:
        used = (
            update(enrolment)
            .where(enrolment.c.code_hash == digest, _open())
            .values(
                used_at=func.now(),
                offered_keys=orjson.dumps([dict(key.jwk) for key in made.keys]),
                offered_jwks_uri=uri,
                fingerprint=made.fingerprint,
            )
            .returning(enrolment.c.id)
        )
        # Of parallel uses one wins.
        if await one(connection, used) is None:
            raise _unknown()


def _unknown() -> UnauthenticatedError:
    return UnauthenticatedError(CODE_SENTENCE, reason="enrolment code")


def _open() -> Any:
    return enrolment.c.used_at.is_(None) & enrolment.c.withdrawn_at.is_(None) & (enrolment.c.expires_at > func.now())


def _waiting(digest: bytes) -> Select[Any]:
    return (
        select(enrolment.c.client_id)
        .join(oauth_client, oauth_client.c.id == enrolment.c.client_id)
        .join(organisation, organisation.c.id == oauth_client.c.organisation_id)
        .where(
            enrolment.c.code_hash == digest,
            _open(),
            oauth_client.c.status == ClientStatus.ACTIVE.value,
            organisation.c.status.in_((OrganisationStatus.PENDING.value, OrganisationStatus.ACTIVE.value)),
        )
    )


async def _must_be_new(connection: "asyncpg.Connection[Any]", client_id: str, keys: list[OfferedKey]) -> None:
    known = select(client_key.c.kid, client_key.c.public_jwk).where(client_key.c.client_id == client_id)
    rows = await answer(connection, known)
    names = {row.kid for row in rows} & {key.kid for key in keys}
    again = {thumbprint_of(orjson.loads(row.public_jwk)) for row in rows} & {key.thumbprint for key in keys}
    if names or again:
        raise BadInputError("This tool has, or had, one of these keys or names: make new ones.", reason="DUPLICATE_KID")


def body_of(raw: bytes) -> Mapping[str, Any]:
    """The JSON object of a request. Raises BadInputError."""
    try:
        found = orjson.loads(raw) if raw.count(b"{") + raw.count(b"[") <= _MAX_BRACKETS else None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise BadInputError("Send one JSON object with code, proofs, and jwks or jwks_uri.", reason="INVALID_BODY")
    return found


_MAX_BRACKETS = 64
