"""The root fields of monitoring: aggregates, answered in full by Python and not by a plan."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from auth.caller import Caller
from graph.monitoring import Monitoring
from graph.request import Info, Request, need
from schema.scopes import Scope
from schema.types.monitoring import MonitoringPeriod, NationalMonitoring, PeriodInput
from schema.types.own_monitoring import AuthorityMonitoring
from schema.types.yearly import YearlyReport

_Told = TypeVar("_Told")


async def resolve_monitoring(_: Any, info: Info, **arguments: Any) -> NationalMonitoring:
    """The national figures of a fixed period."""
    return await _told(info, lambda figures, caller: figures.national(caller, _period(arguments)))


async def resolve_authority_monitoring(_: Any, info: Info, **arguments: Any) -> AuthorityMonitoring:
    """The figures of the caller's own authority."""
    return await _told(info, lambda figures, caller: figures.own(caller, _period(arguments)))


async def resolve_periods(_: Any, info: Info, **__: Any) -> list[MonitoringPeriod]:
    """The years for which there are figures."""
    return await _told(info, lambda figures, caller: figures.periods(caller))


async def resolve_yearly_reports(_: Any, info: Info, **arguments: Any) -> list[YearlyReport]:
    """The versions of a year's report."""
    return await _told(info, lambda figures, caller: figures.reports(caller, arguments["year"]))


async def _told(info: Info, ask: Callable[[Monitoring, Caller], Awaitable[_Told]]) -> _Told:
    request: Request = info.context
    await need(request, Scope.INDICATORS_READ, info.field_name)
    answer = await ask(request.monitoring, request.caller)
    request.stood = True
    return answer


def _period(arguments: Mapping[str, Any]) -> PeriodInput:
    return PeriodInput(**{name: value for name, value in arguments["period"].items() if value is not None})


RESOLVERS = {
    "nationalMonitoring": resolve_monitoring,
    "authorityMonitoring": resolve_authority_monitoring,
    "monitoringPeriods": resolve_periods,
    "yearlyReports": resolve_yearly_reports,
}
