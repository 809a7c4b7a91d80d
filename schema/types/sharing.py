"""Sharing under the law: information duties, grants, the disclosure ledger, requests of persons, retention."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToAuthority, ToOrganisation, ToSituation
from schema.types.node import Node, Versioned, Withholding, condition
from schema.types.words import BreakGlassReason, BreakGlassReview, DutyWaiver, GrantState, InformationDutyKind, Purpose


@public_type
class InformationDuty(Node, Withholding):
    """Who of the family was told what, and when, or why not; nobody is ever notified automatically."""

    duty: InformationDutyKind | None = strawberry.field(description="Which duty.")
    person: str | None = strawberry.field(description="Who was to be told.")
    done_at: datetime.datetime | None = strawberry.field(description="When they were told.")
    waiver: DutyWaiver | None = strawberry.field(description="On which ground they were not told.")
    reason: str | None = strawberry.field(description="Why, in words.")
    in_writing: bool | None = strawberry.field(description="Whether they were told in writing (CASF L226-5).")
    danger_confirmed: bool | None = strawberry.field(
        description="Whether they were told although telling them is recorded as dangerous."
    )
    recorded_at: datetime.datetime | None = strawberry.field(description="When this was recorded.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )


@public_type
class SharingGrant(Node, Withholding, Versioned):
    """A sharing of secret information (CASF L226-2-2): with one person, for one purpose, for a time."""

    purpose: Purpose | None = strawberry.field(
        description="What it is for: to evaluate, to determine actions, or to implement them."
    )
    field_groups: list[str] | None = strawberry.field(
        description="Codes of the groups shared, among G11, G17, G18 and G19."
    )
    extract: str | None = strawberry.field(
        description="For an association: a text written for it, never the notice itself."
    )
    justification: str | None = strawberry.field(description="Why it is strictly necessary.")
    state: GrantState | None = strawberry.field(description="Where it stands.")
    decided_at: datetime.datetime | None = strawberry.field(description="When it was approved or refused.")
    refusal: str | None = strawberry.field(description="Why it was refused.")
    starts_at: datetime.datetime | None = strawberry.field(description="From when.")
    expires_at: datetime.datetime | None = strawberry.field(description="Until when, at most 90 days later.")
    revoked_at: datetime.datetime | None = strawberry.field(description="When it was ended early.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    from_organisation: ToOrganisation | None = strawberry.field(
        description="The organisation of the person who shares."
    )
    to_organisation: ToOrganisation | None = strawberry.field(
        description="The organisation of the person who receives."
    )


@public_input
class SharingGrantFilter:
    """Which sharing grants to list: all conditions have to be met."""

    state: list[GrantState] | None = condition("Only grants in one of these states.")


@public_enum
class SharingGrantOrder(Enum):
    """In which order sharing grants are listed; rows of equal rank follow their ids."""

    STARTS_AT_NEWEST = strawberry.enum_value("STARTS_AT_NEWEST", description="The grants that began last come first.")


@public_type
class Disclosure(Node, Withholding):
    """An entry of the disclosure ledger: what was given to whom, on which basis; it never changes."""

    act: str | None = strawberry.field(description="The act that disclosed.")
    field_groups: list[str] | None = strawberry.field(description="Codes of the groups disclosed.")
    purpose: Purpose | None = strawberry.field(description="What it was for.")
    at: datetime.datetime | None = strawberry.field(description="When it was given.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    from_organisation: ToOrganisation | None = strawberry.field(description="The organisation that gave.")
    to_organisation: ToOrganisation | None = strawberry.field(description="The organisation that received.")
    to_authority: ToAuthority | None = strawberry.field(description="The authority that received.")


@public_enum
class DisclosureOrder(Enum):
    """In which order disclosures are listed; rows of equal rank follow their ids."""

    AT_NEWEST = strawberry.enum_value("AT_NEWEST", description="The latest disclosures come first.")


@public_type
class EmergencyAccess(Node, Withholding, Versioned):
    """An exceptional access to one case: who owns the case learns of it at once, a third person reviews it."""

    reason_code: BreakGlassReason | None = strawberry.field(description="Why, as a code.")
    reason: str | None = strawberry.field(description="Why, in words.")
    field_groups: list[str] | None = strawberry.field(description="Codes of the groups it opens.")
    requested_at: datetime.datetime | None = strawberry.field(description="When it was asked for.")
    opened_at: datetime.datetime | None = strawberry.field(
        description="From when it opened; null while a second person has not approved what needs one before."
    )
    expires_at: datetime.datetime | None = strawberry.field(description="Until when, at most 60 minutes later.")
    approved_at: datetime.datetime | None = strawberry.field(description="When the second person approved it.")
    confirm_due_at: datetime.datetime | None = strawberry.field(
        description="Until when a second person has to confirm it; null once that is done or where it is not asked."
    )
    review: BreakGlassReview | None = strawberry.field(
        description="What the third person made of it; null while it has not been opened."
    )
    review_due_at: datetime.datetime | None = strawberry.field(
        description="Until when it has to be reviewed; null once that is done."
    )
    reviewed_at: datetime.datetime | None = strawberry.field(description="When it was reviewed.")
    review_reason: str | None = strawberry.field(description="What the third person says of it.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it opened; null when it is out of the caller's reach."
    )


@public_input
class EmergencyAccessFilter:
    """Which exceptional accesses to list: all conditions have to be met."""

    review: list[BreakGlassReview] | None = condition("Only those whose review stands there.")
    review_overdue: bool | None = condition("Whether the review is late.")
    confirmation_overdue: bool | None = condition("Whether nobody has confirmed it in time.")
    situation: strawberry.ID | None = condition("Only those to this situation.")


@public_enum
class EmergencyAccessOrder(Enum):
    """In which order exceptional accesses are listed; rows of equal rank follow their ids."""

    REQUESTED_AT_NEWEST = strawberry.enum_value(
        "REQUESTED_AT_NEWEST", description="The accesses asked for last come first."
    )


@public_type
class RetentionJob(Node):
    """One run of a retention rule."""

    rule: str | None = strawberry.field(description="Which rule of the retention table.")
    ran_at: datetime.datetime | None = strawberry.field(description="When it ran.")
    rows_changed: int | None = strawberry.field(description="How many rows it changed.")
    held_back: int | None = strawberry.field(description="How many were due and blocked by a legal hold.")
    proof: str | None = strawberry.field(
        description="SHA-256 chained over the ids of what was changed: who kept the ids can check it, it names nobody."
    )


@public_enum
class RetentionJobOrder(Enum):
    """In which order retention jobs are listed; rows of equal rank follow their ids."""

    RAN_AT_NEWEST = strawberry.enum_value("RAN_AT_NEWEST", description="The latest runs come first.")


@public_type
class LegalHold(Node, Versioned):
    """While it holds, no retention rule touches the situation."""

    reason: str | None = strawberry.field(description="Why the situation has to be kept.")
    placed_at: datetime.datetime | None = strawberry.field(description="From when.")
    lifted_at: datetime.datetime | None = strawberry.field(description="Until when; null while it holds.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )


@public_enum
class LegalHoldOrder(Enum):
    """In which order legal holds are listed; rows of equal rank follow their ids."""

    PLACED_AT_NEWEST = strawberry.enum_value("PLACED_AT_NEWEST", description="The latest holds come first.")
