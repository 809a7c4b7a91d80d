"""Two of the DLPM's own situations that may concern the same minor."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToMember, ToSituation
from schema.types.node import Node, Versioned, Withholding, condition
from schema.types.words import RepeatBand, RepeatFact, RepeatSide, RepeatState


@public_type
class RepeatCandidate(Node, Withholding, Versioned):
    """A situation that may concern the same minor as the one asked about; a person decides."""

    state: RepeatState | None = strawberry.field(description="Whether a person has decided, and what.")
    merged_as: RepeatSide | None = strawberry.field(
        description="While both are merged: what this situation is to the one asked about."
    )
    band: RepeatBand | None = strawberry.field(
        description="How strongly the facts speak; null where a person brought the two together unaided."
    )
    weight: int | None = strawberry.field(description="Weight of the evidence, in tenths of a bit; orders the list.")
    agreeing: list[RepeatFact] | None = strawberry.field(description="The facts that agree.")
    disagreeing: list[RepeatFact] | None = strawberry.field(description="The facts that disagree.")
    proposed_at: datetime.datetime | None = strawberry.field(description="When the two were first brought together.")
    decided_at: datetime.datetime | None = strawberry.field(description="When a person decided last.")
    reason: str | None = strawberry.field(description="Why, in the words of who decided last.")
    situation: ToSituation | None = strawberry.field(description="The situation that is proposed.")
    decided_by: ToMember | None = strawberry.field(description="Who decided last.")


@public_input
class RepeatCandidateFilter:
    """For which situation to list candidates."""

    situation: strawberry.ID = strawberry.field(description="The situation for which others are proposed.")
    state: list[RepeatState] | None = condition("Only candidates in one of these states.")


@public_enum
class RepeatCandidateOrder(Enum):
    """In which order candidates are listed; rows of equal rank follow their ids."""

    STRONGEST = strawberry.enum_value("STRONGEST", description="Those for which the evidence weighs most come first.")
