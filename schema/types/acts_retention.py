"""The acts on conservation: a data protection officer holds a situation, or lets it go on."""

import strawberry

from schema.types.acts_fields import act_input, version_last_read
from schema.types.described import public_type
from schema.types.links import ToLegalHold
from schema.types.mutation_parts import Refusable


@public_type
class LegalHoldPayload(Refusable):
    """The hold after the act."""

    legal_hold: ToLegalHold | None = strawberry.field(description="The hold; null when the act was refused.")


@act_input
class PlaceLegalHoldInput:
    """A situation that a procedure or a complaint needs: no retention rule touches it until the hold is lifted."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    reason: str = strawberry.field(description="Why it has to be kept, without naming anybody.")


@act_input
class LiftLegalHoldInput:
    """The end of a hold: what is due by then is done at the next run of the rules."""

    legal_hold: strawberry.ID = strawberry.field(description="Id of the hold.")
    expected_version: str | None = version_last_read()
