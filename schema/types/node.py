"""What every answer is made of: nodes, pages of nodes, and the notices of what is withheld from the caller."""

from enum import Enum
from typing import Any, Generic, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.unset import UNSET

from schema.types.described import public_interface, public_type
from schema.types.words import WithheldReason

T = TypeVar("T")

LIST_SIZE = 20
COUNTED = 10_000
"""`totalCount` of a list goes so far: in a large network each row more would have to be looked at, and nobody turns so many pages."""


@public_interface
class Node:
    """Something that can be read again by its id."""

    id: strawberry.ID = strawberry.field(description="Opaque random id; it says nothing of what it names.")


@public_type
class WithheldField:
    """A selected field that is empty because this caller may not read it here, not because nothing is known."""

    field: str = strawberry.field(description="Name of the field in this schema.")
    reason: WithheldReason = strawberry.field(description="Why it is withheld, told from the rules and the relation.")
    how_to_request: str = strawberry.field(description="What the caller can do to be allowed to read it, in French.")


@public_type
class Withholding:
    """A type some of whose fields depend on the caller's relation to the case (inherited, never shown itself)."""

    withheld: list[WithheldField] = strawberry.field(
        description="The selected fields that are withheld from the caller; computed without looking at their values."
    )


@public_type
class Versioned:
    """A type that mutations change (inherited, never shown itself)."""

    version: str = strawberry.field(
        description="Opaque version; it changes only with what the caller may see. Send it back as expectedVersion."
    )


@public_type
class PageInfo:
    """Where a page stands in the whole list."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first element; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last element; null on an empty page.")


@public_type
class Edge(Generic[T]):
    """One element of a page, with its cursor."""

    cursor: str = strawberry.field(description="Opaque place in the list, for this caller, filter and order only.")
    node: T = strawberry.field(description="The element.")


@public_type
class Connection(Generic[T]):
    """One page of a list of what the caller may see."""

    edges: list[Edge[T]] = strawberry.field(description="The elements of the page with their cursors, in order.")
    nodes: list[T] = strawberry.field(description="The elements of the page without their cursors, in order.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the whole list.")
    total_count: int = strawberry.field(
        description=f"How many elements within the caller's reach match the filter, counted to {COUNTED} at most."
    )


def argument(name: str, kind: object, description: str, default: object = UNSET) -> StrawberryArgument:
    """Describe one argument of a field that the front door resolves."""
    return StrawberryArgument(name, None, StrawberryAnnotation(kind), description=description, default=default)


# The fields below return Any because a dataclass field stands where Python expects a value of the annotated type.
def field_with(description: str, *arguments: StrawberryArgument) -> Any:
    """Declare a field with arguments; Strawberry takes arguments from resolvers only, and these types have none."""
    field = StrawberryField(description=description)
    field.arguments = list(arguments)
    return field


def many(description: str) -> Any:
    """Declare a list of related rows in the first order of their type."""
    first = argument("first", int, "How many at most, from 0 to 100.", LIST_SIZE)
    return field_with(description, first)


def page(description: str, order: Enum, conditions: type[Any] | None = None) -> Any:
    """Declare a root list: `order` is the default order, `conditions` the filter input."""
    filters = []
    if conditions is not None:
        filters.append(argument("filter", conditions | None, "Conditions that all have to be met."))
    return _page(description, order, *filters)


def page_of(description: str, order: Enum, conditions: type[Any]) -> Any:
    """Declare a root list that has no sense without its filter: what it lists is of something that has to be named."""
    return _page(description, order, argument("filter", conditions, "Of what, and conditions that have to be met."))


def _page(description: str, order: Enum, *filters: StrawberryArgument) -> Any:
    return field_with(
        description,
        *filters,
        argument("order_by", type(order), "In which order.", order),
        argument("first", int | None, "How many from the start, from 0 to 100; not together with last."),
        argument("after", str | None, "Start after this cursor."),
        argument(
            "last", int | None, "How many from the end, from 0 to 100, in the same order; not together with first."
        ),
        argument("before", str | None, "End before this cursor."),
    )


def condition(description: str) -> Any:
    """Declare one optional condition of a filter; leaving it out asks for nothing."""
    return strawberry.field(default=UNSET, description=description)
