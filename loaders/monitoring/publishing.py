"""How this network publishes figures: in which calendar, and below which numbers they are masked."""

from dataclasses import dataclass, field

from loaders.monitoring.disclosure import Thresholds
from schema.types.monitoring import PeriodKind


@dataclass(frozen=True, slots=True)
class Publishing:
    """The operator's decisions; both stay with what was frozen under them."""

    calendar: PeriodKind = PeriodKind.REPORT
    thresholds: Thresholds = field(default_factory=Thresholds)
