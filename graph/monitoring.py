"""National monitoring behind the front door: aggregates only, under a login that reads coded columns alone."""

from typing import Any

import asyncpg

from auth.caller import Caller
from loaders import logins
from loaders.execute import AWAY, Reader
from loaders.monitoring import national_monitoring, period_of
from schema.errors import UnauthenticatedError, UnavailableError
from schema.types.monitoring import NationalMonitoring, PeriodInput


class Monitoring:
    """Answers `nationalMonitoring` with one statement of its own login."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def national(self, caller: Caller, period: PeriodInput) -> NationalMonitoring:
        """The figures of a fixed period, masked as the caller's audience needs.

        Raises: BadInputError for a period that does not exist, UnavailableError where the database is away.
        """

        async def fetch(sql: str, arguments: list[Any]) -> bytes:
            return await self._fetch(caller, sql, arguments)

        return await national_monitoring(fetch, caller.audience, period_of(period))

    async def _fetch(self, caller: Caller, sql: str, arguments: list[Any]) -> bytes:
        # In one statement with the figures, like every other read: a token that no longer stands gets nothing.
        guarded = f"SELECT CASE WHEN standing(${len(arguments) + 1}) THEN ({sql}) END"
        try:
            pool = await self._reader.pool(logins.MONITORING)
            found: bytes | None = await pool.fetchval(guarded, *arguments, caller.token_id)
        except AWAY:
            raise UnavailableError from None
        except asyncpg.QueryCanceledError:
            raise UnavailableError("The figures took too long: ask for a shorter period.", reason="TIMEOUT") from None
        if found is None:
            raise UnauthenticatedError
        return found
