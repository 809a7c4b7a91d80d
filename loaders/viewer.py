"""What is asked about the caller itself: whether the token still stands, and the name of its organisation."""

from typing import Any

from auth.caller import Caller
from loaders.postgres.connections import Lanes
from loaders.statement.execute import NOT_NOW
from schema.errors import UnauthenticatedError, UnavailableError

_STANDING = "SELECT standing($1)"
# The public name of one's own organisation, which even those without a directory may know.
_ORGANISATION = "SELECT CASE WHEN standing($1) THEN (SELECT name FROM organisation WHERE id = $2) END"


async def must_stand(lanes: Lanes, caller: Caller) -> None:
    """For answers that come from no statement.

    Raises: UnauthenticatedError where the token no longer stands, UnavailableError where the database is away.
    """
    if not await _value(lanes, _STANDING, caller.token_id):
        raise UnauthenticatedError


async def organisation_name(lanes: Lanes, caller: Caller) -> str:
    """The public name of the caller's organisation; raises like `must_stand`."""
    name: str | None = await _value(lanes, _ORGANISATION, caller.token_id, caller.organisation_id)
    if name is None:
        raise UnauthenticatedError
    return name


async def _value(lanes: Lanes, sql: str, *arguments: Any) -> Any:
    try:
        return await lanes.fetchval(sql, *arguments)
    except NOT_NOW:
        raise UnavailableError from None
