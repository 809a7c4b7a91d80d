"""Who the client is, where it cannot sign: `client_secret_basic` (RFC 6749, section 2.3.1), for tools whose row says so.

A secret is ours: its id, which says which hash to try, then 256 random bits. It is stored as argon2id only. One hash is
tried for each request, a decoy where there is none, so a client that does not exist takes as long as a wrong secret.
"""

import asyncio
import binascii
import hashlib
import re
import secrets
from base64 import b64decode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import unquote_plus
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cachetools import LRUCache

from auth.oauth.guard import is_client_id
from auth.oauth.refusals import unproven_client
from auth.oauth.store import Client, Store
from schema.errors import UnavailableError
from schema.vocabulary import ClientAuthentication

_BYTES = 32
_MAX_HEADER = 1024
_BASIC = re.compile(r"basic +([A-Za-z0-9+/]+={0,2}) *", re.IGNORECASE)
_SECRET = re.compile(r"mls_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")
# What OWASP asks for at least. More would slow down ourselves: there are 256 bits to guess behind it.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_DECOY = _HASHER.hash(secrets.token_urlsafe(_BYTES))
_THREADS = 2
_MOST_WAITING = 32
_MOST_KNOWN = 4096


@dataclass(frozen=True, slots=True)
class Presented:
    """What an Authorization header says; nothing of it is proven."""

    client_id: str
    secret_id: UUID
    text: str


def new_secret(secret_id: UUID) -> str:
    """A fresh secret. Of its characters none is changed by any encoding of the header."""
    return f"mls_{secret_id.hex}_{secrets.token_urlsafe(_BYTES)}"


def hash_of(text: str) -> str:
    """What is stored of a secret; takes 20 ms, so it is made in a thread."""
    return _HASHER.hash(text)


def presented(header: str) -> Presented | None:
    """The id and the secret of a Basic header; None for any other header."""
    match = _BASIC.fullmatch(header) if len(header) <= _MAX_HEADER else None
    if match is None:
        return None
    try:
        user, colon, password = b64decode(match[1], validate=True).decode("ascii").partition(":")
        # RFC 6749, section 2.3.1: both are form-encoded first. Strict clients encode even "-".
        client_id, text = unquote_plus(user, errors="strict"), unquote_plus(password, errors="strict")
    except (binascii.Error, UnicodeError):
        return None
    named = _SECRET.fullmatch(text)
    if not colon or named is None or not is_client_id(client_id):
        return None
    return Presented(client_id, UUID(hex=named[1]), text)


def authenticate(shown: Presented, form: Mapping[str, str], store: Store) -> Client:
    """The client of a secret that was tried. Raises OAuth2Error, the same for every broken rule."""
    client = store.client(shown.client_id)
    rules = (
        ("unknown_client", client is not None),
        ("method", client is not None and client.auth_method is ClientAuthentication.CLIENT_SECRET_BASIC),
        ("secret", store.proves(shown.secret_id)),
        ("client_id", form.get("client_id", shown.client_id) == shown.client_id),
    )
    broken = next((name for name, holds in rules if not holds), None)
    if client is None or broken:
        raise unproven_client(broken or "unknown_client")
    return client


class SecretHashes:
    """Tries secrets in a few threads of its own: argon2id takes 20 ms and as many megabytes, by design.

    More at once than can wait their turn are refused, so that strangers who guess can slow down neither the event loop
    nor whoever proves a signature. A secret that passed once is known by a digest from then on, in this process: its
    row is read at each request all the same.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")
        self._known: LRUCache[bytes, None] = LRUCache(_MOST_KNOWN)
        self._waiting = 0

    async def matches(self, stored: str | None, text: str) -> bool:
        """Whether this is the secret that is stored. Raises UnavailableError where too many wait."""
        digest = hashlib.sha256(f"{stored}\0{text}".encode()).digest()
        if stored is not None and digest in self._known:
            return True
        proven = await self._tried(stored or _DECOY, text) and stored is not None
        if proven:
            self._known[digest] = None
        return proven

    async def _tried(self, stored: str, text: str) -> bool:
        if self._waiting >= _MOST_WAITING:
            raise UnavailableError(reason="too many secrets to try")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, _verified, stored, text)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _verified(stored: str, text: str) -> bool:
    try:
        return _HASHER.verify(stored, text)
    except (VerificationError, InvalidHashError):
        return False
