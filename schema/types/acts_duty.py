"""The act that records who of the family was told what, or why not."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional
from schema.types.described import public_type
from schema.types.links import ToInformationDuty
from schema.types.mutation_parts import Refusable
from schema.types.words import DutyWaiver, InformationDutyKind


@public_type
class InformationDutyPayload(Refusable):
    """The duty after the act, as the caller may see it now."""

    information_duty: ToInformationDuty | None = strawberry.field(
        description="The duty; null when the act was refused."
    )


@act_input
class RecordDutyInput:
    """A duty to inform that was done, or was waived with a reason; nobody is ever told automatically."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    duty: InformationDutyKind = strawberry.field(description="Which duty.")
    person: str = strawberry.field(description="Who was to be told.")
    done_at: datetime.datetime | None = optional("When they were told; instead of a waiver.")
    waiver: DutyWaiver | None = optional("Why they were not told; instead of a date.")
    reason: str | None = optional("The reason of a waiver, in words.")
    in_writing: bool = optional(
        "They were told in writing, as the referral to the prosecutor asks (CASF L226-5).", default=False
    )
    danger_confirmed: bool = optional(
        "Somebody was told although telling a holder of parental authority is recorded as dangerous: yes, I know.",
        default=False,
    )
