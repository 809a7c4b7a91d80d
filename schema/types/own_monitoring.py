"""The figures of one authority, as its own services may read them."""

import datetime

import strawberry

from schema.types.described import public_type
from schema.types.monitoring import (
    CountIndicator,
    DistributionIndicator,
    GenderIndicator,
    MedianIndicator,
    MonitoringPeriod,
    ShareIndicator,
)


@public_type
class AuthorityMonitoring:
    """The figures of the caller's own authority for one fixed period, as aggregates only."""

    period: MonitoringPeriod = strawberry.field(description="The period.")
    computed_at: datetime.datetime = strawberry.field(description="When the figures were computed.")
    situations: CountIndicator = strawberry.field(
        description="Situations opened in the period and reported to this authority."
    )
    gender: GenderIndicator = strawberry.field(description="Gender of the minors.")
    already_known: ShareIndicator = strawberry.field(description="Situations already known to child protection.")
    returns: DistributionIndicator = strawberry.field(description="Returns that this authority owed.")
    return_rate: ShareIndicator = strawberry.field(description="Returns that came, of those that were due.")
    return_delay: MedianIndicator = strawberry.field(description="Their median delay.")
    misrouted: ShareIndicator = strawberry.field(description="Reports that it declared out of its competence.")
    report_delays: DistributionIndicator = strawberry.field(
        description="From the first contact to the report to this authority."
    )
    orientations: DistributionIndicator = strawberry.field(
        description="Answers of associations to orientations of situations reported to this authority."
    )
    follow_ups: DistributionIndicator = strawberry.field(
        description="How accepted orientations of situations reported to this authority ended."
    )
    waivers: list[ShareIndicator] = strawberry.field(
        description="Information duties that were waived in situations reported to this authority."
    )
