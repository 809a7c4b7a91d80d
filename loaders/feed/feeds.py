"""The feeds of all organisations, for those who read them."""

from typing import Any

import asyncpg

from auth.caller import Caller
from auth.policy import FEEDS
from loaders.feed.catching_up import CatchingUp
from loaders.feed.pages import Page
from loaders.postgres.connections import Lanes
from loaders.statement.execute import NOT_NOW
from schema.errors import UnauthenticatedError, UnavailableError


class Feeds:
    """The feeds of all organisations; each is brought up to date when it is asked for."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    async def news(self, connection: Any, caller: Caller, since: int, size: int) -> Page:
        """The same for our own notices, inside a transaction: no token stands behind it, so nothing of it is shown."""
        up_to_date = CatchingUp(connection, caller)
        await up_to_date.run(since + size)
        return await up_to_date.page(max(since, up_to_date.forgotten), size)

    async def page(self, caller: Caller, since: int | None, size: int) -> Page:
        """What changed after a place in the feed, as of this moment.

        Raises: BadInputError where tombstones after `since` were deleted, UnauthenticatedError, UnavailableError.
        """
        assert caller.audience in FEEDS  # noqa: S101 (no other schema has the field)
        try:
            async with self._lanes.acquire() as connection, connection.transaction():
                if not await connection.fetchval("SELECT standing($1)", caller.token_id):
                    raise UnauthenticatedError
                up_to_date = CatchingUp(connection, caller)
                await up_to_date.run((since or 0) + size)
                return await up_to_date.page(since, size)
        except (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError):
            raise UnavailableError("Your feed is being read already: try again in a moment.", reason="BUSY") from None
        except NOT_NOW:
            raise UnavailableError from None


__all__ = ["Feeds"]
