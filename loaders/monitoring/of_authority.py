"""The figures of one authority, for its own services: what was sent to it, what it returned, and what became of these cases."""

from collections.abc import Mapping
from uuid import UUID

from loaders.monitoring import authority_indicators, indicators
from loaders.monitoring.beside import Beside
from loaders.monitoring.calendars import period_answer
from loaders.monitoring.cubes import Answered, Delay, FollowedUp, Routed
from loaders.monitoring.disclosure import Grain, Thresholds
from loaders.monitoring.document import Tallies, authority_statement
from loaders.monitoring.national import Fetch
from loaders.monitoring.parts import gender, part_of, returns, yes_of
from loaders.monitoring.periods import PARIS, Period
from loaders.monitoring.remembered import NOTHING_REMEMBERED, Remembered
from loaders.monitoring.view import NOTHING, Level, View, levels
from schema.errors import ForbiddenError
from schema.types.monitoring import CountIndicator, ShareIndicator
from schema.types.own_monitoring import AuthorityMonitoring
from schema.vocabulary import Audience, TriState

AUTHORITY_AUDIENCES = frozenset({Audience.CRI, Audience.ORG_CRIP, Audience.ASE, Audience.ORG_ASE})
"""Who may ask for the figures of their own authority."""


def answer(tallies: Tallies, thresholds: Thresholds, audience: Audience, period: Period) -> AuthorityMonitoring:
    """The document of `authority_statement(period, authority)` as this audience may see it."""
    thresholds = tallies.under(thresholds)
    nation, tallies = tallies.of_nation(period), tallies.as_of(period)
    own = thresholds.smallest(audience, Grain.OWN_AUTHORITY)
    # The department's own reader first, then its services under the higher threshold: their tables nest.
    ladder = [Level(thresholds.own_authority, max(thresholds.own_authority, thresholds.fine))]
    if own > thresholds.own_authority:
        ladder.append(Level(own, max(own, thresholds.fine)))
    view = View(tallies, period, tuple(ladder))
    situations = view.sums("OWN_SITUATIONS")
    known: Mapping[str, tuple[int, ...]] = view.months("OWN_KNOWN")
    yes, no = known.get(TriState.YES.value, NOTHING), known.get(TriState.NO.value, NOTHING)
    yes_share, unknown = yes_of(view, yes, no, situations, indicators.ALREADY_KNOWN.decimals)
    rate, _, delay, due = returns(view)
    beside = Beside(view, View(nation, period, levels(thresholds, audience)), _largest(thresholds))
    return AuthorityMonitoring(
        period=period_answer(period, tallies.today),
        computed_at=tallies.computed_at.astimezone(PARIS),
        situations=CountIndicator(**view.about(indicators.AUTHORITY_SITUATIONS, own), count=view.total(situations)),
        gender=gender(view, "OWN_GENDER"),
        already_known=ShareIndicator(**view.about(indicators.ALREADY_KNOWN, view.smallest, unknown), share=yes_share),
        returns=due,
        return_rate=rate,
        return_delay=delay,
        misrouted=ShareIndicator(
            **view.about(indicators.MISROUTED, view.smallest),
            share=part_of(view, "ROUTING", Routed.MISROUTED.value, view.sums("ROUTING")),
        ),
        report_delays=beside.distribution(
            authority_indicators.AUTHORITY_REPORT_DELAYS, "REPORT_DELAYS", "REPORT_DELAYS", Delay, Delay.UNKNOWN
        ),
        orientations=beside.distribution(
            authority_indicators.AUTHORITY_ORIENTATIONS, "OWN_ORIENTATIONS", "ORIENTATIONS", Answered
        ),
        follow_ups=beside.distribution(
            authority_indicators.AUTHORITY_FOLLOW_UPS, "OWN_FOLLOW_UPS", "FOLLOW_UPS", FollowedUp
        ),
        waivers=[
            beside.part(definition, "OWN_DUTIES", "DUTIES", f"{kind.value}:WAIVED", f"{kind.value}:DONE")
            for kind, definition in authority_indicators.AUTHORITY_WAIVERS.items()
        ],
    )


def _largest(thresholds: Thresholds) -> int:
    """The smallest number of the strictest reader of an authority: by it all of them are shown what is left beside them."""
    return max(thresholds.smallest(audience, Grain.OWN_AUTHORITY) for audience in AUTHORITY_AUDIENCES)


async def authority_monitoring(
    pool_fetch: Fetch,
    caller_audience: Audience,
    authority: UUID | None,
    period: Period,
    thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
    remembered: Remembered = NOTHING_REMEMBERED,
) -> AuthorityMonitoring:
    """The figures of the caller's own authority. Raises: ForbiddenError where the audience or the caller has none."""
    if caller_audience not in AUTHORITY_AUDIENCES or authority is None:
        raise ForbiddenError
    sql, arguments = authority_statement(period, authority, thresholds)
    body = await pool_fetch(sql, arguments)
    asked = ("own", authority, period, thresholds, thresholds.smallest(caller_audience, Grain.OWN_AUTHORITY))
    return remembered.answer(asked, body, lambda: answer(Tallies.read(body), thresholds, caller_audience, period))
