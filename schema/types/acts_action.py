"""The acts that record what the DLPM did, and that propose a link with an ASE service."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional
from schema.types.described import public_type
from schema.types.links import ToDlpmAction
from schema.types.mutation_parts import Refusable
from schema.types.words import DlpmActionKind


@public_type
class DlpmActionPayload(Refusable):
    """The action after the act, as the caller may see it now."""

    dlpm_action: ToDlpmAction | None = strawberry.field(description="The action; null when the act was refused.")


@act_input
class RecordActionInput:
    """One of the five actions; direct advice alone makes an assessed situation ADVICE_ONLY."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    kind: DlpmActionKind = strawberry.field(description="Which of the five actions.")
    target_organisation: strawberry.ID | None = optional("Id of the organisation it was directed to.")
    at: datetime.datetime | None = optional("When; now if left out.")


@act_input
class ProposeAseLinkInput:
    """Propose the situation to an ASE service of an authority that is competent for it."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    ase_organisation: strawberry.ID = strawberry.field(description="Id of the ASE service.")
    service_contact: str | None = optional("The desk to call; it names no person.")
