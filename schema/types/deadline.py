"""The clocks that run: what is due, when, and about what."""

import datetime

import strawberry

from schema.types.described import public_input, public_type
from schema.types.node import condition
from schema.types.words import DeadlineKind


@public_type
class Deadline:
    """One clock that runs on something the caller may see; it is gone when what it waits for is done."""

    kind: DeadlineKind = strawberry.field(description="What is due.")
    due_at: datetime.datetime = strawberry.field(
        description="Until when: 24:00 civil time of the authority it is counted for."
    )
    overdue: bool = strawberry.field(description="Whether that moment has passed.")
    about: strawberry.ID | None = strawberry.field(
        description="Id of what it is about; null where the caller knows it by no id."
    )


@public_input
class DeadlineFilter:
    """Which deadlines to list: all conditions have to be met."""

    kind: list[DeadlineKind] | None = condition("Only deadlines of these kinds.")
    overdue: bool | None = condition("Only deadlines that have passed (true), or that have not (false).")
    due_within_days: int | None = condition("Only deadlines to come within this number of days, from 0 to 3660.")
