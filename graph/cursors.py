"""Cursors: the place of a row in a list, MACed for one caller, one list, one filter and one order.

The database writes them (loaders/statement/cursors.py) with the two padded keys of HMAC-SHA256 (RFC 2104); here the keys are
made and a cursor that comes back is checked. A foreign, altered or outdated cursor gets one and the same answer.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from auth.caller import Caller
from schema.errors import BadInputError

_BLOCK = 64
_MAC = 16
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class CursorKey:
    """The padded keys of one list as one caller asked for it."""

    inner: bytes
    outer: bytes

    def mac(self, payload: bytes) -> bytes:
        """The first 16 bytes of HMAC-SHA256."""
        return hashlib.sha256(self.outer + hashlib.sha256(self.inner + payload).digest()).digest()[:_MAC]


def cursor_key(secret: bytes, caller: Caller, asked: bytes) -> CursorKey:
    """The key of a list: `asked` is its field, filter and order in canonical bytes."""
    who = f"{caller.client_id}|{caller.member_id}|{caller.habilitation_id}|{caller.audience.value}|".encode()
    key = hmac.new(secret, b"cursor|" + who + asked, hashlib.sha256).digest().ljust(_BLOCK, b"\0")
    return CursorKey(bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key))


def write_cursor(key: CursorKey, value: str, identity: str) -> str:
    """A cursor as the database writes them."""
    payload = f"{value}|{identity}".encode()
    return base64.urlsafe_b64encode(payload + key.mac(payload)).rstrip(b"=").decode()


def read_cursor(key: CursorKey, cursor: str, argument: str) -> tuple[str, str]:
    """The order value and the id that a cursor holds, as text.

    Raises: BadInputError naming the argument.
    """
    refused = BadInputError(
        f"`{argument}` is not a cursor of this list: start again from its first page.", reason="INVALID_CURSOR"
    )
    if not cursor or len(cursor) > _LONGEST or not cursor.isascii():
        raise refused
    try:
        token = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise refused from None
    payload, mac = token[:-_MAC], token[-_MAC:]
    # Base64 reads many texts as the same bytes; only the one that was given out is a cursor.
    given = base64.urlsafe_b64encode(token).rstrip(b"=").decode()
    if given != cursor or not hmac.compare_digest(mac, key.mac(payload)):
        raise refused
    value, _, identity = payload.decode().rpartition("|")
    return value, identity
