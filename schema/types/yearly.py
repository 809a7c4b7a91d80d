"""The yearly report in its versions: each number with its definition, its base and why it may be masked."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_type
from schema.types.node import Versioned
from schema.types.words import CountState


@public_enum
class YearlyReportState(Enum):
    """How far a version has come."""

    DRAFT = strawberry.enum_value("DRAFT", description="What the figures say at this moment; it still changes.")
    FROZEN = strawberry.enum_value("FROZEN", description="Its figures never change again; the DLPM alone reads it.")
    PUBLISHED = strawberry.enum_value("PUBLISHED", description="Frozen, and everybody's.")


@public_type
class YearlyReportLine:
    """One number of the report, with the words it needs to be read rightly."""

    code: str = strawberry.field(description="Stable identifier of its figure.")
    indicator: str = strawberry.field(description="Name of its figure, in French.")
    part: str = strawberry.field(description="Which part of the figure, in French; empty for the whole.")
    state: CountState = strawberry.field(description="Exact, masked, or not available.")
    count: str = strawberry.field(description="The number as printed, or what is printed instead.")
    percent: str = strawberry.field(description="The percentage as printed; empty where there is none.")
    base: str = strawberry.field(description="The base as printed; empty where there is none.")
    threshold: int | None = strawberry.field(
        description="Numbers of persons below this were masked when it was frozen; null when it counts no person."
    )
    definition: str = strawberry.field(description="What exactly is counted, in French.")
    denominator: str = strawberry.field(description="What it is counted on, in French.")
    source: str = strawberry.field(description="Which records it comes from, in French.")
    article: str = strawberry.field(description="Article of the CASF, or agreement, that it answers to.")


@public_type
class YearlyReport(Versioned):
    """One version of the report of a year."""

    label: str = strawberry.field(description="Its year for a reader, in French.")
    number: int = strawberry.field(description="0 for the draft, then from 1; a correction is a new version.")
    state: YearlyReportState = strawberry.field(description="Draft, frozen or published.")
    frozen_at: datetime.datetime | None = strawberry.field(description="Since when it does not change.")
    published_at: datetime.datetime | None = strawberry.field(description="When it was published.")
    frozen_by: strawberry.ID | None = strawberry.field(
        description="Id of the member of the 119 who froze it; null for whoever is not of the 119."
    )
    published_by: strawberry.ID | None = strawberry.field(
        description="Id of the member of the 119 who published it; null for whoever is not of the 119."
    )
    reason: str | None = strawberry.field(description="Why there is another version, in French.")
    open_to_all: bool = strawberry.field(
        description="Whether these are the tables that may be given to anybody; those of the DLPM are not."
    )
    caveat: str = strawberry.field(
        description="How far the figures can be trusted, in French; to be printed with them."
    )
    lines: list[YearlyReportLine] = strawberry.field(description="All its numbers, in the order of the report.")
