"""The access log: who read what, and when; and the same by situation, for the owner of a case."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToOrganisation, ToSituation
from schema.types.node import Node, Withholding, condition


@public_type
class AccessRecord:
    """One entry of the access log: who read what and when, hash-chained, without any value."""

    writer_id: str | None = strawberry.field(description="The process that wrote it; each keeps a chain of its own.")
    seq: int | None = strawberry.field(description="Its place in the writer's chain, from 1.")
    at: datetime.datetime | None = strawberry.field(description="When the read was asked for.")
    event: str | None = strawberry.field(description="READ, COMMAND, REFUSAL or AUTHENTICATION.")
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
    event: list[str] | None = condition("Only records of one of these events: READ, COMMAND, REFUSAL, AUTHENTICATION.")
    outcome: list[str] | None = condition("Only records with one of these outcomes: OK, or a code of refusal.")


@public_enum
class AccessRecordOrder(Enum):
    """In which order access records are listed; rows of equal rank follow their ids."""

    NEWEST = strawberry.enum_value("NEWEST", description="The latest records come first.")


@public_type
class Access(Node, Withholding):
    """One access to one situation: who, for what, which groups of fields, never a value; listed within a minute."""

    at: datetime.datetime | None = strawberry.field(description="When it was asked for.")
    event: str | None = strawberry.field(description="READ, COMMAND or REFUSAL.")
    outcome: str | None = strawberry.field(description="OK, or the code of the refusal.")
    trace_id: str | None = strawberry.field(description="Trace of the request: accesses of one request share it.")
    reader: str | None = strawberry.field(
        description="Pseudonym of the person, the same within a situation and another in every other; null for a tool."
    )
    audience: str | None = strawberry.field(description="The role or kind of organisation under which it was asked.")
    purpose: str | None = strawberry.field(description="What it was asked for.")
    operation: str | None = strawberry.field(description="Root field or command.")
    categories: list[str] | None = strawberry.field(description="Codes of the groups of fields that were read.")
    conditional: list[str] | None = strawberry.field(
        description="Codes of the groups asked for that were shown only where their conditions held."
    )
    situation: ToSituation | None = strawberry.field(
        description="The situation; null when it is out of the caller's reach."
    )
    organisation: ToOrganisation | None = strawberry.field(description="The organisation it was asked for.")


@public_input
class AccessFilter:
    """Which accesses to list: all conditions have to be met."""

    situation: strawberry.ID | None = condition("Only accesses to this situation.")
    organisation: strawberry.ID | None = condition("Only accesses of this organisation.")
    since: datetime.datetime | None = condition("Only accesses at this instant or later.")
    before: datetime.datetime | None = condition("Only accesses before this instant.")
    event: list[str] | None = condition("Only accesses of one of these events: READ, COMMAND, REFUSAL.")
    outcome: list[str] | None = condition("Only accesses with one of these outcomes: OK, or a code of refusal.")
    reader: list[str] | None = condition("Only accesses of one of these pseudonyms.")


@public_enum
class AccessOrder(Enum):
    """In which order accesses are listed; rows of equal rank follow their ids."""

    AT_NEWEST = strawberry.enum_value("AT_NEWEST", description="The latest accesses come first.")
