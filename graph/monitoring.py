"""National monitoring behind the front door: aggregates only, under a login that reads no row of a case."""

from typing import Any
from uuid import UUID

import asyncpg

from auth.caller import Caller
from loaders.monitoring.archive import yearly_report_of, yearly_reports
from loaders.monitoring.calendars import known_years, years_statement
from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.national import national_monitoring
from loaders.monitoring.of_authority import authority_monitoring
from loaders.monitoring.periods import period_of
from loaders.monitoring.remembered import Remembered
from loaders.postgres import logins
from loaders.statement.execute import NOT_NOW, Reader
from schema.errors import UnauthenticatedError, UnavailableError
from schema.types.monitoring import MonitoringPeriod, NationalMonitoring, PeriodInput, PeriodKind
from schema.types.own_monitoring import AuthorityMonitoring
from schema.types.yearly import YearlyReport


class Monitoring:
    """Answers the questions of monitoring with one statement each, of its own login."""

    def __init__(
        self,
        reader: Reader,
        calendar: PeriodKind = PeriodKind.REPORT,
        thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
    ) -> None:
        self._reader = reader
        self._calendar = calendar
        self._thresholds = thresholds
        self._remembered = Remembered()

    async def national(self, caller: Caller, period: PeriodInput) -> NationalMonitoring:
        """The figures of a fixed period, masked as the caller's audience needs.

        Raises: BadInputError for a period that does not exist, UnavailableError where the database is away.
        """
        return await national_monitoring(
            self._as(caller), caller.audience, period_of(period, self._calendar), self._thresholds, self._remembered
        )

    async def own(self, caller: Caller, period: PeriodInput) -> AuthorityMonitoring:
        """The figures of the caller's own authority. Raises: as `national`, and ForbiddenError where it has none."""
        return await authority_monitoring(
            self._as(caller),
            caller.audience,
            caller.authority_id,
            period_of(period, self._calendar),
            self._thresholds,
            self._remembered,
        )

    async def periods(self, caller: Caller) -> list[MonitoringPeriod]:
        """The years of which there are figures, the newest first. Raises: as `national`."""
        return known_years(await self._as(caller)(*years_statement()), self._calendar)

    async def reports(self, caller: Caller, year: int) -> list[YearlyReport]:
        """The versions of a year's report. Raises: as `national`."""
        period = period_of(PeriodInput(year=year), self._calendar)
        return await yearly_reports(self._as(caller), caller, period, self._thresholds)

    async def report(self, caller: Caller, identity: UUID) -> YearlyReport | None:
        """The version that an act has made, or None where the caller does not see it. Raises: as `national`."""
        return await yearly_report_of(self._as(caller), caller, identity)

    def _as(self, caller: Caller) -> Any:
        async def fetch(sql: str, arguments: list[Any]) -> bytes:
            return await self._fetch(caller, sql, arguments)

        return fetch

    async def _fetch(self, caller: Caller, sql: str, arguments: list[Any]) -> bytes:
        # In one statement with the figures, like every other read: a token that no longer stands gets nothing.
        guarded = f"SELECT CASE WHEN standing(${len(arguments) + 1}) THEN ({sql}) END"
        try:
            lanes = self._reader.lanes(logins.MONITORING)
            found: bytes | None = await lanes.fetchval(guarded, *arguments, caller.token_id)
        except asyncpg.QueryCanceledError:
            raise UnavailableError("The figures took too long: ask again in a minute.", reason="TIMEOUT") from None
        except NOT_NOW:
            raise UnavailableError from None
        if found is None:
            raise UnauthenticatedError
        return found
