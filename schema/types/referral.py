"""The orientation of a minor toward an association, its follow-ups, and the association's own notes."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToAssociationNote, ToFollowUp, ToMinor, ToOrganisation, ToReferral, ToSituation
from schema.types.node import Node, Versioned, Withholding, condition, many
from schema.types.words import (
    AgeBand,
    DeclineReason,
    ExploitationForm,
    FollowUpStatus,
    MinorAgreement,
    NeedCode,
    Problematic,
    Qualification,
    ReferralKind,
    ReferralStatus,
)


@public_type
class Referral(Node, Withholding, Versioned):
    """An orientation of a minor, proposed to an association."""

    ref: str | None = strawberry.field(
        description="Random reference, unrelated to the situation's and to those of other referrals."
    )
    kind: ReferralKind | None = strawberry.field(
        description="What it asks for: direct support, or a coded consultation."
    )
    status: ReferralStatus | None = strawberry.field(description="Where it stands.")
    minor_agreement: MinorAgreement | None = strawberry.field(description="What the minor answered when asked.")
    decline_reason: DeclineReason | None = strawberry.field(description="Why it was declined.")
    drafted_at: datetime.datetime | None = strawberry.field(description="When it was drafted.")
    proposed_at: datetime.datetime | None = strawberry.field(description="When it was proposed.")
    answered_at: datetime.datetime | None = strawberry.field(description="When it was accepted or declined.")
    released_at: datetime.datetime | None = strawberry.field(
        description="When the minor's identity was released to the receiver."
    )
    engaged_at: datetime.datetime | None = strawberry.field(description="When the first meeting took place.")
    ended_at: datetime.datetime | None = strawberry.field(description="When it ended or was withdrawn.")
    age_band: AgeBand | None = strawberry.field(description="Coded age of the minor, copied when it was proposed.")
    territory: str | None = strawberry.field(
        description="Department code, or the region's where the department would name the minor."
    )
    need_codes: list[NeedCode] | None = strawberry.field(description="What the minor needs, coded.")
    shared_kinds: list[Problematic] | None = strawberry.field(
        description="The kinds of problematics that the receiver may read once it has accepted."
    )
    coded_problematics: list[Problematic] | None = strawberry.field(
        description="For a coded consultation: the problematics, linked to no minor."
    )
    coded_forms: list[ExploitationForm] | None = strawberry.field(
        description="For a coded consultation: the forms of exploitation, linked to no minor."
    )
    coded_qualification: Qualification | None = strawberry.field(
        description="For a coded consultation: the qualification, linked to no minor."
    )
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    minor: ToMinor | None = strawberry.field(description="The minor; null while out of the caller's reach.")
    to_organisation: ToOrganisation | None = strawberry.field(description="The organisation it is proposed to.")
    follow_ups: list[ToFollowUp] = many("What the receiver reported.")
    association_notes: list[ToAssociationNote] = many("The receiver's own notes, which nobody else reads.")


@public_input
class ReferralFilter:
    """Which referrals to list: all conditions have to be met."""

    status: list[ReferralStatus] | None = condition("Only referrals in one of these states.")
    kind: list[ReferralKind] | None = condition("Only referrals of one of these kinds.")
    proposed_since: datetime.datetime | None = condition("Only referrals proposed at this instant or later.")
    proposed_before: datetime.datetime | None = condition("Only referrals proposed before this instant.")
    ref: str | None = condition("Only the referral with this reference.")


@public_enum
class ReferralOrder(Enum):
    """In which order referrals are listed; rows of equal rank follow their ids."""

    PROPOSED_NEWEST = strawberry.enum_value(
        "PROPOSED_NEWEST", description="The referrals proposed last come first; drafts are left out."
    )
    DRAFTED_NEWEST = strawberry.enum_value(
        "DRAFTED_NEWEST", description="The referrals drafted last come first, drafts included."
    )


@public_type
class FollowUp(Node, Withholding):
    """What the receiver of a referral reports: a status and a date."""

    status: FollowUpStatus | None = strawberry.field(description="What happened.")
    date: datetime.date | None = strawberry.field(description="On which day.")
    recorded_at: datetime.datetime | None = strawberry.field(description="When it was recorded.")
    note_for_ase: str | None = strawberry.field(description="What the association writes to the ASE.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    referral: ToReferral | None = strawberry.field(description="The referral it is about.")
    organisation: ToOrganisation | None = strawberry.field(description="The association that follows the minor.")


@public_input
class FollowUpFilter:
    """Which follow-ups to list: all conditions have to be met."""

    status: list[FollowUpStatus] | None = condition("Only follow-ups with one of these statuses.")


@public_enum
class FollowUpOrder(Enum):
    """In which order follow-ups are listed; rows of equal rank follow their ids."""

    RECORDED_AT_NEWEST = strawberry.enum_value(
        "RECORDED_AT_NEWEST", description="The follow-ups recorded last come first."
    )


@public_type
class AssociationNote(Node, Withholding):
    """The association's own note on a referral; nobody else reads it."""

    text: str | None = strawberry.field(description="The note.")
    at: datetime.datetime | None = strawberry.field(description="When it was written.")
    referral: ToReferral | None = strawberry.field(description="The referral it is about.")
