"""The access log: who read what, and when."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.node import condition


@public_type
class AccessRecord:
    """One entry of the access log: who read what and when, hash-chained, without any value."""

    writer_id: str | None = strawberry.field(description="The process that wrote it; each keeps a chain of its own.")
    seq: int | None = strawberry.field(description="Its place in the writer's chain, from 1.")
    at: datetime.datetime | None = strawberry.field(description="When the read was asked for.")
    event: str | None = strawberry.field(description="READ, COMMAND or REFUSAL.")
    outcome: str | None = strawberry.field(description="OK, or the code of the refusal.")
    trace_id: str | None = strawberry.field(description="Trace of the request, as the answer gave it.")
    organisation_id: str | None = strawberry.field(description="Stored id of the organisation it was asked for.")
    client_id: str | None = strawberry.field(description="The tool of the organisation that asked.")
    member_id: str | None = strawberry.field(description="The person who asked, under a pseudonymous id.")
    audience: str | None = strawberry.field(description="The role or kind of organisation under which it was asked.")
    purpose: str | None = strawberry.field(description="What it was asked for.")
    operation: str | None = strawberry.field(description="Root field or command.")
    document_hash: str | None = strawberry.field(description="SHA-256 of the document; its text is never kept.")
    situations: list[str] | None = strawberry.field(description="Stored ids of the situations read.")
    categories: list[str] | None = strawberry.field(description="Codes of the groups of fields read.")
    withheld: list[str] | None = strawberry.field(
        description="Codes of the groups of fields asked for that depend on conditions."
    )
    prev: str | None = strawberry.field(description="Hash of the record before, in hexadecimal.")
    hash: str | None = strawberry.field(description="SHA-256 over the hash before and this record, in hexadecimal.")


@public_input
class AccessRecordFilter:
    """Which access records to list: all conditions have to be met."""

    since: datetime.datetime | None = condition("Only records at this instant or later.")
    before: datetime.datetime | None = condition("Only records before this instant.")
    event: list[str] | None = condition("Only records of one of these events: READ, COMMAND, REFUSAL.")


@public_enum
class AccessRecordOrder(Enum):
    """In which order access records are listed; rows of equal rank follow their ids."""

    NEWEST = strawberry.enum_value("NEWEST", description="The latest records come first.")
