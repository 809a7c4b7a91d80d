"""What a data protection officer keeps: the requests of persons, and the register of breaches."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToSituation
from schema.types.node import Node, Versioned, condition
from schema.types.words import BreachNature, BreachWitness, Requester, SubjectRequestKind, SubjectRequestOutcome


@public_type
class SubjectRequest(Node, Versioned):
    """A request of a person about their data; a DPO decides each."""

    kind: SubjectRequestKind | None = strawberry.field(description="Which right is claimed.")
    requester: Requester | None = strawberry.field(description="Who claims it.")
    received_at: datetime.datetime | None = strawberry.field(description="When it was received.")
    identity_checked_at: datetime.datetime | None = strawberry.field(
        description="When it was made sure who asks; null while that is in doubt."
    )
    due_at: datetime.datetime | None = strawberry.field(
        description="Its deadline, one month after its reception, three once extended (GDPR article 12)."
    )
    extended_at: datetime.datetime | None = strawberry.field(
        description="When the person was told that it takes two months more; null unless it was extended."
    )
    extension_reason: str | None = strawberry.field(description="Why it takes longer.")
    reported_at: datetime.datetime | None = strawberry.field(
        description="When everything about the situation was last exported for it; null before."
    )
    answered_at: datetime.datetime | None = strawberry.field(description="When it was answered; null while it runs.")
    outcome: SubjectRequestOutcome | None = strawberry.field(description="What became of it.")
    decision: str | None = strawberry.field(description="What the DPO decided, and why.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it is about; null when none is known, or it is out of the caller's reach."
    )


@public_input
class SubjectRequestFilter:
    """Which requests to list: all conditions have to be met."""

    kind: list[SubjectRequestKind] | None = condition("Only requests that claim one of these rights.")
    outcome: list[SubjectRequestOutcome] | None = condition("Only requests that were answered like this.")


@public_enum
class SubjectRequestOrder(Enum):
    """In which order requests of persons are listed; rows of equal rank follow their ids."""

    RECEIVED_AT_NEWEST = strawberry.enum_value(
        "RECEIVED_AT_NEWEST", description="The requests received last come first."
    )


@public_type
class DataBreach(Node, Versioned):
    """A personal data breach of one controller: what happened, and whom it told when, or why not."""

    noticed_by: BreachWitness | None = strawberry.field(description="Who noticed it.")
    began_at: datetime.datetime | None = strawberry.field(description="Since when, as far as it is known.")
    noticed_at: datetime.datetime | None = strawberry.field(description="When the controller became aware of it.")
    recorded_at: datetime.datetime | None = strawberry.field(description="When it was recorded here.")
    natures: list[BreachNature] | None = strawberry.field(description="What was violated.")
    field_groups: list[str] | None = strawberry.field(description="Codes of the groups of data concerned.")
    persons: int | None = strawberry.field(description="About how many persons; null while nobody knows.")
    description: str | None = strawberry.field(description="What happened, without naming anybody.")
    consequences: str | None = strawberry.field(description="What it is likely to lead to.")
    measures: str | None = strawberry.field(description="What is done about it.")
    due_at: datetime.datetime | None = strawberry.field(
        description="Until when the CNIL is to be notified: 72 hours after it was noticed (GDPR article 33)."
    )
    notified_at: datetime.datetime | None = strawberry.field(description="When the CNIL was notified.")
    notification_reference: str | None = strawberry.field(description="The receipt of the CNIL.")
    late_reason: str | None = strawberry.field(description="Why it was notified after 72 hours.")
    no_risk_reason: str | None = strawberry.field(
        description="Why no notification is owed: a risk to persons is unlikely."
    )
    informed_at: datetime.datetime | None = strawberry.field(
        description="When the persons were informed (GDPR article 34)."
    )
    not_informed_reason: str | None = strawberry.field(description="Why they were not.")


@public_enum
class DataBreachOrder(Enum):
    """In which order breaches are listed; rows of equal rank follow their ids."""

    NOTICED_AT_NEWEST = strawberry.enum_value("NOTICED_AT_NEWEST", description="The breaches noticed last come first.")
