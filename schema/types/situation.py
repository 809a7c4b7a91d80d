"""The situation of one or several minors, its jurisdictions, the minors and their parents."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import (
    ToAllegedPerpetrator,
    ToAseLink,
    ToAuthority,
    ToConcernReport,
    ToConcernReturn,
    ToContact,
    ToDepartmentTransfer,
    ToDisclosure,
    ToDlpmAction,
    ToEmergencyAccess,
    ToEvaluation,
    ToExploitationFact,
    ToFollowUp,
    ToInformationDuty,
    ToJudicialReferral,
    ToJurisdiction,
    ToLiveDanger,
    ToMeasure,
    ToMinor,
    ToParentalHolder,
    ToProblematicObservation,
    ToReferral,
    ToSensitiveObservation,
    ToSharingGrant,
    ToSituation,
)
from schema.types.node import Node, Versioned, Withholding, condition, many
from schema.types.words import (
    AgeBand,
    AgePrecision,
    Gender,
    JurisdictionRole,
    KnownSource,
    Qualification,
    RetentionState,
    SituationStatus,
    TriState,
    Urgency,
)


@public_type
class Situation(Node, Withholding, Versioned):
    """What one or several contacts say about one or several minors."""

    ref: str | None = strawberry.field(
        description="Random reference that is said on the phone; it is not derived from the id."
    )
    opened_at: datetime.datetime | None = strawberry.field(description="When the DLPM opened it.")
    closed_at: datetime.datetime | None = strawberry.field(description="When it was closed.")
    status: SituationStatus | None = strawberry.field(description="Where the DLPM's own work on it stands.")
    urgency: Urgency | None = strawberry.field(description="How fast it must be dealt with.")
    retention_state: RetentionState | None = strawberry.field(
        description="Where the file stands in its life of conservation."
    )
    qualification: Qualification | None = strawberry.field(
        description="How the conduct is qualified: pre-prostitutional, prostitutional, suspected."
    )
    known_to_cp: TriState | None = strawberry.field(
        description="Whether the minor is already known to child protection."
    )
    known_source: KnownSource | None = strawberry.field(description="Who said so.")
    minors: list[ToMinor] = many("The minors it is about.")
    jurisdictions: list[ToJurisdiction] = many("The authorities that are or were competent; several are at once.")
    parental_holders: list[ToParentalHolder] = many("The holders of parental authority.")
    contacts: list[ToContact] = many("The exchanges with the 119 about it.")
    concern_reports: list[ToConcernReport] = many("The concern reports (IP) written about it, one per minor.")
    evaluations: list[ToEvaluation] = many("The evaluations ordered by the CRIP.")
    returns: list[ToConcernReturn] = many("What departments told the 119 about its reports.")
    judicial_referrals: list[ToJudicialReferral] = many("The referrals to the prosecutor.")
    problematics: list[ToProblematicObservation] = many(
        "The difficulties observed, those of health, sexual life and offences left out."
    )
    sensitive_problematics: list[ToSensitiveObservation] = many(
        "The difficulties observed of health, sexual life and offences (GDPR articles 9 and 10)."
    )
    exploitation_facts: list[ToExploitationFact] = many("What is known of the exploitation.")
    live_dangers: list[ToLiveDanger] = many("Places and times of danger, kept for a short time.")
    alleged_perpetrators: list[ToAllegedPerpetrator] = many("Who is said to exploit.")
    ase_links: list[ToAseLink] = many("The links with ASE services.")
    measures: list[ToMeasure] = many("The protection measures.")
    referrals: list[ToReferral] = many("The orientations toward associations.")
    follow_ups: list[ToFollowUp] = many("What associations reported on their orientations.")
    actions: list[ToDlpmAction] = many("What the DLPM did.")
    transfers: list[ToDepartmentTransfer] = many("The moves of the file between departments.")
    information_duties: list[ToInformationDuty] = many("Who of the family was told what, or why not.")
    sharing_grants: list[ToSharingGrant] = many("The sharings with one named person under CASF L226-2-2.")
    disclosures: list[ToDisclosure] = many("What was given to whom, and on which basis.")
    emergency_accesses: list[ToEmergencyAccess] = many("Who opened the case exceptionally, and what came of it.")


@public_input
class SituationFilter:
    """Which situations to list: all conditions have to be met."""

    status: list[SituationStatus] | None = condition("Only situations in one of these states.")
    urgency: list[Urgency] | None = condition("Only situations of one of these urgencies.")
    opened_since: datetime.datetime | None = condition("Only those opened at this instant or later.")
    opened_before: datetime.datetime | None = condition("Only those opened before this instant.")


@public_enum
class SituationOrder(Enum):
    """In which order situations are listed; rows of equal rank follow their ids."""

    OPENED_AT_NEWEST = strawberry.enum_value("OPENED_AT_NEWEST", description="The situations opened last come first.")


@public_type
class Jurisdiction(Node, Withholding, Versioned):
    """One authority's competence for one situation; a runaway has several at once."""

    department_code: str | None = strawberry.field(description="Official code of the place's department.")
    role: JurisdictionRole | None = strawberry.field(
        description="Why the authority is competent: residence, presence or custody."
    )
    starts_at: datetime.datetime | None = strawberry.field(description="From when it is competent.")
    ends_at: datetime.datetime | None = strawberry.field(description="Until when; null while it lasts.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    authority: ToAuthority | None = strawberry.field(description="The authority that is competent.")


@public_type
class Minor(Node, Withholding, Versioned):
    """A minor of a situation."""

    age_band: AgeBand | None = strawberry.field(description="Coded age.")
    first_name: str | None = strawberry.field(description="First name, or the one the minor uses.")
    gender: Gender | None = strawberry.field(description="Gender.")
    age: int | None = strawberry.field(description="Age in years at the first contact.")
    age_precision: AgePrecision | None = strawberry.field(description="How well the age is known.")
    safe_channel: str | None = strawberry.field(description="How the minor can be reached without danger.")
    safe_hours: str | None = strawberry.field(description="When the minor can be reached without danger.")
    language: str | None = strawberry.field(description="Language the minor speaks.")
    last_name: str | None = strawberry.field(description="Family name.")
    birth_date: datetime.date | None = strawberry.field(description="Date of birth.")
    majority_on: datetime.date | None = strawberry.field(
        description="The eighteenth birthday: of 29 February, the 28th of a common year."
    )
    address: str | None = strawberry.field(description="Address.")
    phone: str | None = strawberry.field(description="Phone number.")
    handles: list[str] | None = strawberry.field(description="Accounts on social networks.")
    school: str | None = strawberry.field(description="School.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    parental_holders: list[ToParentalHolder] = many("The holders of parental authority over this minor.")


@public_input
class MinorFilter:
    """Which minors to list: all conditions have to be met."""

    age_band: list[AgeBand] | None = condition("Only minors of one of these coded ages.")


@public_enum
class MinorOrder(Enum):
    """In which order minors are listed; rows of equal rank follow their ids."""

    ID = strawberry.enum_value("ID", description="By opaque id, an order without meaning that gives nothing away.")


@public_type
class ParentalHolder(Node, Withholding, Versioned):
    """A holder of parental authority; a parent may be the exploiter."""

    name: str | None = strawberry.field(description="Name.")
    contact: str | None = strawberry.field(description="How to reach the holder.")
    authority_kind: str | None = strawberry.field(description="Code of the list TITAP (CASF annexe 2-8).")
    danger_if_informed: TriState | None = strawberry.field(
        description="Whether telling this holder would put the minor in danger: ask before informing."
    )
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    minor: ToMinor | None = strawberry.field(description="The minor over whom it is held.")
