"""What a person decides of two situations that may concern the same minor."""

import strawberry

from schema.types.acts_fields import act_input, optional
from schema.types.described import public_type
from schema.types.links import ToRepeatCandidate
from schema.types.mutation_parts import Refusable


@public_type
class RepeatCandidatePayload(Refusable):
    """The two situations after the decision: the second one named, as a candidate for the first."""

    repeat_candidate: ToRepeatCandidate | None = strawberry.field(
        description="The candidate; null when the act was refused."
    )


@act_input
class MergeSituationsInput:
    """Two situations that concern the same minor: nothing moves, and no partner sees anything of it."""

    principal: strawberry.ID = strawberry.field(description="Id of the situation under which the minor is followed.")
    duplicate: strawberry.ID = strawberry.field(description="Id of the situation that repeats it.")
    reason: str = strawberry.field(description="Why both are taken to concern the same minor.")
    expected_version: str | None = optional(
        "Version of the candidate last read, the second situation as one for the first; the act is refused when it has changed since."
    )


@act_input
class UnmergeSituationsInput:
    """Two situations that were merged and do not concern the same minor after all."""

    principal: strawberry.ID = strawberry.field(description="Id of the situation under which the minor was followed.")
    duplicate: strawberry.ID = strawberry.field(description="Id of the other situation.")
    reason: str = strawberry.field(description="Why the merge is undone.")
    expected_version: str | None = optional(
        "Version of the candidate last read, the second situation as one for the first; the act is refused when it has changed since."
    )


@act_input
class KeepApartInput:
    """Two situations that concern different minors: they are not proposed to each other again."""

    situation: strawberry.ID = strawberry.field(description="Id of one situation.")
    other: strawberry.ID = strawberry.field(description="Id of the other situation.")
    reason: str = strawberry.field(description="Why they are taken to concern different minors.")
    expected_version: str | None = optional(
        "Version of the candidate last read, the second situation as one for the first; the act is refused when it has changed since."
    )
