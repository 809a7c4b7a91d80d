"""The acts of a data protection officer on requests of persons and on breaches."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToDataBreach, ToSubjectRequest
from schema.types.mutation_parts import Refusable
from schema.types.words import BreachNature, BreachWitness, Requester, SubjectRequestKind, SubjectRequestOutcome


@public_type
class SubjectRequestPayload(Refusable):
    """The request after the act."""

    subject_request: ToSubjectRequest | None = strawberry.field(
        description="The request; null when the act was refused."
    )


@public_type
class DataBreachPayload(Refusable):
    """The breach after the act."""

    data_breach: ToDataBreach | None = strawberry.field(description="The breach; null when the act was refused.")


@act_input
class RecordSubjectRequestInput:
    """Take down what a person asks of this organisation about their data; the month begins with its reception."""

    kind: SubjectRequestKind = strawberry.field(description="Which right is claimed.")
    requester: Requester = strawberry.field(description="Who claims it.")
    received_at: datetime.datetime | None = optional("When it came in; now unless given.")
    situation: strawberry.ID | None = optional("Id of the situation it is about, if one is known.")
    minor: strawberry.ID | None = optional("Id of the minor whose data it is, where the situation is of several.")


@act_input
class UpdateSubjectRequestInput:
    """Write down what has become known of a request: which situation, that its author is who they say."""

    subject_request: strawberry.ID = strawberry.field(description="Id of the request.")
    situation: strawberry.ID | None = optional("Id of the situation it is about.")
    minor: strawberry.ID | None = optional("Id of the minor whose data it is.")
    identity_checked_at: datetime.datetime | None = optional("When it was made sure who asks.")
    expected_version: str | None = version_last_read()


@act_input
class ExtendSubjectRequestInput:
    """Take two months more, once, and told to the person within the first (GDPR article 12, paragraph 3)."""

    subject_request: strawberry.ID = strawberry.field(description="Id of the request.")
    reason: str = strawberry.field(description="Why: how complex the request is, or how many there are.")
    expected_version: str | None = version_last_read()


@act_input
class AnswerSubjectRequestInput:
    """Close a request with what was decided."""

    subject_request: strawberry.ID = strawberry.field(description="Id of the request.")
    outcome: SubjectRequestOutcome = strawberry.field(description="What becomes of it.")
    decision: str = strawberry.field(
        description="What was decided and why; of a refusal also that the person may go to the CNIL or to a court."
    )
    expected_version: str | None = version_last_read()


@act_input
class RecordDataBreachInput:
    """Write a breach into the register as soon as it is noticed, with what is known by then; the 72 hours run."""

    noticed_by: BreachWitness = strawberry.field(description="Who noticed it.")
    noticed_at: datetime.datetime | None = optional("When this organisation became aware of it; now unless given.")
    began_at: datetime.datetime | None = optional("Since when it went on, as far as it is known.")
    natures: list[BreachNature] = strawberry.field(description="What was violated.")
    field_groups: list[str] = strawberry.field(description="Codes of the groups of data concerned, such as G04.")
    persons: int | None = optional("About how many persons.")
    description: str = strawberry.field(description="What happened, without naming anybody.")
    consequences: str | None = optional("What it is likely to lead to.")
    measures: str | None = optional("What is done about it.")


@act_input
class CompleteDataBreachInput:
    """Add what has become known of a breach (GDPR article 33, paragraph 4); what is not given stays as it is."""

    data_breach: strawberry.ID = strawberry.field(description="Id of the breach.")
    natures: list[BreachNature] | None = optional("What was violated.")
    field_groups: list[str] | None = optional("Codes of the groups of data concerned.")
    persons: int | None = optional("About how many persons.")
    description: str | None = optional("What happened, without naming anybody.")
    consequences: str | None = optional("What it is likely to lead to.")
    measures: str | None = optional("What is done about it.")
    expected_version: str | None = version_last_read()


@act_input
class NotifyDataBreachInput:
    """Write down that the CNIL was notified; the notification itself is made on its own site."""

    data_breach: strawberry.ID = strawberry.field(description="Id of the breach.")
    reference: str = strawberry.field(description="The receipt of the CNIL.")
    notified_at: datetime.datetime | None = optional("When; now unless given.")
    late_reason: str | None = optional("Why it took more than 72 hours; asked for where it did.")
    expected_version: str | None = version_last_read()


@act_input
class DismissDataBreachInput:
    """Decide that no notification is owed, because a risk to persons is unlikely."""

    data_breach: strawberry.ID = strawberry.field(description="Id of the breach.")
    reason: str = strawberry.field(description="Why a risk is unlikely.")
    expected_version: str | None = version_last_read()


@act_input
class InformOfDataBreachInput:
    """Write down that the persons were informed, or why not (GDPR article 34); nobody is told by the product."""

    data_breach: strawberry.ID = strawberry.field(description="Id of the breach.")
    informed_at: datetime.datetime | None = optional("When they were informed.")
    reason: str | None = optional("Why they were not.")
    expected_version: str | None = version_last_read()
