"""The place of a row in a list, signed in the statement itself."""

from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Text, cast, func, literal_column

from loaders.policy.context import bind, word


def cursor_of(key: ColumnElement[Any], tie: ColumnElement[Any]) -> ColumnElement[str]:
    """The place of a row, MACed with a key bound to caller, filter and order (graph/cursors.py makes the key).

    HMAC-SHA256 (RFC 2104) with the two padded keys as binds: the server has sha256() but no HMAC.
    """
    return cursor_at(cast(key, Text).concat(word("|")).concat(cast(tie, Text)))


def cursor_at(place: ColumnElement[str]) -> ColumnElement[str]:
    """A cursor that holds a place."""
    payload = func.convert_to(place, word("UTF8"))
    inner = func.sha256(bind("cursor_inner", LargeBinary).op("||")(payload))
    mac = func.sha256(bind("cursor_outer", LargeBinary).op("||")(inner))
    token = payload.op("||")(func.substring(mac, literal_column("1"), literal_column("16")))
    return func.translate(func.encode(token, word("base64")), literal_column("E'+/=\\n'", Text), word("-_"))
