"""Envelope encryption of what never leaves the 119 (P5): pure functions, keys and values in, bytes out.

Each situation has one data key, stored wrapped by a key-encryption key that the database never holds. AES-256-GCM
(NIST SP 800-38D) binds a value to its table, column and row and a data key to its situation, so that neither can be
moved to another place: it no longer opens there.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
# The form of a sealed value: no text that people type can begin with this byte (loaders/commands/entry.py).
FORM = b"\x01"


class CannotOpenError(Exception):
    """A key or a value does not open: wrong key, other place, or altered."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    table: str
    column: str
    row: UUID


@dataclass(frozen=True, slots=True)
class DataKey:
    """The open data key of one situation; it lives as long as one act or one answer."""

    id: UUID
    cipher: AESGCM

    def seal(self, place: Place, plain: str) -> bytes:
        """The text as it is stored in this place, and nowhere else."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return FORM + nonce + self.cipher.encrypt(nonce, plain.encode(), self._bound(place))

    def open(self, place: Place, sealed: bytes) -> str:
        """The text. Raises CannotOpenError where it was not sealed with this key for this place."""
        if sealed[:1] != FORM:
            raise CannotOpenError
        return _decrypt(self.cipher, sealed[1:], self._bound(place)).decode()

    def _bound(self, place: Place) -> bytes:
        return b"\0".join((place.table.encode(), place.column.encode(), place.row.bytes, self.id.bytes))


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as `situation_key` holds it."""

    id: UUID
    situation: UUID
    version: int
    wrapped: bytes


def new_data_key(situation: UUID, identity: UUID, key: bytes, version: int) -> tuple[DataKey, WrappedKey]:
    """A fresh data key for a situation, open and wrapped by this version of the key-encryption key."""
    plain = secrets.token_bytes(KEY_BYTES)
    return DataKey(identity, AESGCM(plain)), _wrap(plain, situation, identity, key, version)


def unwrap(wrapped: WrappedKey, key: bytes) -> DataKey:
    """The data key. Raises CannotOpenError where the key-encryption key is another, or the row was altered."""
    return DataKey(wrapped.id, AESGCM(_unwrapped(wrapped, key)))


def rewrap(wrapped: WrappedKey, old: bytes, new: bytes, version: int) -> WrappedKey:
    """The same data key under another version: the values it sealed stay as they are. Raises CannotOpenError."""
    return _wrap(_unwrapped(wrapped, old), wrapped.situation, wrapped.id, new, version)


def _wrap(plain: bytes, situation: UUID, identity: UUID, key: bytes, version: int) -> WrappedKey:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    bound = _key_bound(identity, situation, version)
    return WrappedKey(identity, situation, version, nonce + AESGCM(key).encrypt(nonce, plain, bound))


def _unwrapped(wrapped: WrappedKey, key: bytes) -> bytes:
    return _decrypt(AESGCM(key), wrapped.wrapped, _key_bound(wrapped.id, wrapped.situation, wrapped.version))


def _key_bound(identity: UUID, situation: UUID, version: int) -> bytes:
    return b"\0".join((b"situation_key", identity.bytes, situation.bytes, str(version).encode()))


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise CannotOpenError from None
