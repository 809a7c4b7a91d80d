"""The root of every stream: what is told when it happens."""

import datetime

import strawberry

from schema.types.deadline import Deadline
from schema.types.described import public_type
from schema.types.node import Node, argument, field_with
from schema.types.referral import Referral
from schema.types.report import ConcernReport


@public_type
class StatusChange:
    """A watched row that stands elsewhere now, or that left the caller's view."""

    id: strawberry.ID = strawberry.field(description="Id of the row.")
    ended: bool = strawberry.field(description="Whether access to it has ended: forget what you hold of it.")
    node: Node | None = strawberry.field(
        description="What it is now, read under the rights of this moment; null where access has ended."
    )


@public_type
class AccessEnd:
    """The end of the access to a watched row; why is not said."""

    id: strawberry.ID = strawberry.field(description="Id of the row: forget what you hold of it.")
    at: datetime.datetime = strawberry.field(description="When that was found.")


@public_type
class Subscription:
    """What can be followed; each event runs the document again, under the rights of its moment."""

    referral_received: Referral | None = field_with(
        "An orientation has reached the caller: proposed to its organisation, or for a worker assigned to them."
    )
    report_received: ConcernReport | None = field_with("A concern report has reached the caller's authority.")
    status_changed: StatusChange = field_with(
        "A watched row stands elsewhere, or access to it has ended; the stream completes when there is none left.",
        argument("ids", list[strawberry.ID], "Ids of the rows, at most 100; those out of reach are passed over."),
    )
    access_ended: AccessEnd = field_with(
        "Access to a watched row has ended; the stream completes when there is none left.",
        argument("ids", list[strawberry.ID], "Ids of the rows, at most 100; those out of reach are passed over."),
    )
    deadline_approaching: Deadline = field_with(
        "A clock that runs on what the caller may see comes within so many days.",
        argument("within_days", int, "How many days before, from 0 to 365.", 7),
    )
