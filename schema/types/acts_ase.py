"""The acts of child protection: the answer to a link with an ASE service, and measures (inputs and payloads)."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToAseLink, ToMeasure
from schema.types.mutation_parts import Refusable
from schema.types.words import AseLinkState, MeasureDecision


@public_type
class AseLinkPayload(Refusable):
    """The link after the act, as the caller may see it now."""

    ase_link: ToAseLink | None = strawberry.field(
        description="The link; null when the act was refused, or when the caller does not follow the situation."
    )


@public_type
class MeasurePayload(Refusable):
    """The measure after the act, as the caller may see it now."""

    measure: ToMeasure | None = strawberry.field(
        description="The measure; null when the act was refused, or when it ended the caller's access."
    )


@act_input
class AnswerAseLinkInput:
    """Answer the link that the DLPM proposed to the caller's service."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    state: AseLinkState = strawberry.field(
        description="Where the link stands now: contacted, confirmed, no answer, not competent, ended."
    )
    service_contact: str | None = optional("Desk to call; it names no person.")
    take_charge: bool = optional(
        "The caller becomes its caseworker: only with a confirmation, and for a person.", default=False
    )
    expected_version: str | None = optional(
        "Version of the link last read; the act is refused when it has changed since."
    )


@act_input
class RecordMeasureInput:
    """Record a protection measure of the caller's authority."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    decision: MeasureDecision = strawberry.field(
        description="Whether it was decided by the administration or by a judge."
    )
    nature: str = strawberry.field(
        description="Code of NATPDECADM (administrative) or NATDECASSED (judicial), CASF annexe 2-8."
    )
    starts_on: datetime.date = strawberry.field(description="Its first day.")
    ends_on: datetime.date | None = optional("Its last day, when one is set.")
    placement: str | None = optional("Who decided a placement: code of NATDECPLAC (3: the prosecutor).")
    organisation: strawberry.ID | None = optional("Id of the organisation that carries it out.")
    caseworker: str | None = optional("Who follows it, as the service names them.")
    take_charge: bool = optional("The caller becomes its caseworker: for an ASE caseworker only.", default=False)
    expected_version: str | None = optional(
        "Version of the situation last read; the act is refused when it has changed since."
    )


@act_input
class EndMeasureInput:
    """Set the last day of a measure of the caller's authority."""

    measure: strawberry.ID = strawberry.field(description="Id of the measure.")
    ends_on: datetime.date = strawberry.field(
        description="Its last day; today, or a day to come when the end is already decided."
    )
    expected_version: str | None = version_last_read()
