"""The delta feed: what changed in the view of an organisation, and what left it."""

import datetime

import strawberry

from schema.types.described import public_type
from schema.types.node import Node


@public_type
class Change:
    """One row that came into the organisation's view, changed in it, or left it; only its latest change is listed."""

    id: strawberry.ID = strawberry.field(description="Id of what changed.")
    gone: bool = strawberry.field(
        description="Whether it left the organisation's view: forget what you hold of it. Why is not said."
    )
    groups: list[str] = strawberry.field(
        description="Codes of the groups of fields that changed since then, of those the organisation sees."
    )
    at: datetime.datetime = strawberry.field(
        description="When the change was found, at the latest when it was asked for."
    )
    node: Node | None = strawberry.field(
        description="What it is now, read under the rights of this moment; null where it is gone."
    )


@public_type
class Changes:
    """A piece of the feed: changes in order, and the cursor after them."""

    entries: list[Change] = strawberry.field(description="The changes, oldest first.")
    cursor: str = strawberry.field(description="Send it back as `since` to go on from here; for this caller only.")
    more: bool = strawberry.field(description="Whether there is more already: ask again at once.")
