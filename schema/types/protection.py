"""What child protection does: links to the ASE, measures, actions of the DLPM, transfers between departments."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import ToAuthority, ToOrganisation, ToSituation
from schema.types.node import Node, Versioned, Withholding, condition
from schema.types.words import (
    AseLinkState,
    DlpmActionKind,
    MeasureDecision,
    TransferDuty,
    TransferRegime,
    TransferState,
)


@public_type
class AseLink(Node, Withholding, Versioned):
    """The link of a situation with an ASE service (mise en lien)."""

    service_contact: str | None = strawberry.field(description="The desk to call; it names no person.")
    state: AseLinkState | None = strawberry.field(description="Where the link stands.")
    proposed_at: datetime.datetime | None = strawberry.field(description="When the DLPM proposed it.")
    answered_at: datetime.datetime | None = strawberry.field(description="When the ASE answered.")
    ended_at: datetime.datetime | None = strawberry.field(description="When it ended.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    ase_organisation: ToOrganisation | None = strawberry.field(description="The ASE service.")


@public_input
class AseLinkFilter:
    """Which ASE links to list: all conditions have to be met."""

    state: list[AseLinkState] | None = condition("Only links in one of these states.")


@public_enum
class AseLinkOrder(Enum):
    """In which order ASE links are listed; rows of equal rank follow their ids."""

    PROPOSED_AT_NEWEST = strawberry.enum_value("PROPOSED_AT_NEWEST", description="The links proposed last come first.")


@public_type
class Measure(Node, Withholding, Versioned):
    """A protection measure."""

    decision: MeasureDecision | None = strawberry.field(
        description="Whether it was decided by the administration or by a judge."
    )
    nature: str | None = strawberry.field(
        description="What it is, as a code of the list NATPDECADM or NATDECASSED (CASF annexe 2-8)."
    )
    starts_on: datetime.date | None = strawberry.field(description="Its first day.")
    ends_on: datetime.date | None = strawberry.field(description="Its last day; null when none is set.")
    placement: str | None = strawberry.field(
        description="Who decided a placement: NATDECPLAC code of CASF annexe 2-8 (3: the prosecutor)."
    )
    placement_due_at: datetime.datetime | None = strawberry.field(
        description="Until when the judge is to be seized, 8 days after a placement by the prosecutor; null of any other measure."
    )
    review_due_at: datetime.datetime | None = strawberry.field(
        description="Until when it is to be reviewed, at the latest its last day."
    )
    caseworker: str | None = strawberry.field(description="Who follows it, as the service names them.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    authority: ToAuthority | None = strawberry.field(description="The authority that answers for it.")
    organisation: ToOrganisation | None = strawberry.field(description="The organisation that carries it out.")


@public_enum
class MeasureOrder(Enum):
    """In which order measures are listed; rows of equal rank follow their ids."""

    STARTS_ON_NEWEST = strawberry.enum_value("STARTS_ON_NEWEST", description="The measures that began last come first.")


@public_type
class DlpmAction(Node, Withholding):
    """One thing the DLPM did; a situation has several."""

    kind: DlpmActionKind | None = strawberry.field(description="Which of the five actions.")
    at: datetime.datetime | None = strawberry.field(description="When it was done.")
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    target_organisation: ToOrganisation | None = strawberry.field(description="The organisation it was directed to.")


@public_type
class DepartmentTransfer(Node, Withholding, Versioned):
    """The move of a file to another department, because the family moved (CASF L221-3)."""

    department_code: str | None = strawberry.field(description="Official code of the new department, when it is known.")
    regime: TransferRegime | None = strawberry.field(
        description="What moves: a report under way, an administrative or a judicial measure (CASF R221-5)."
    )
    state: TransferState | None = strawberry.field(description="Where it stands.")
    requested_at: datetime.datetime | None = strawberry.field(description="When it was asked for.")
    duty_at: datetime.datetime | None = strawberry.field(
        description="When the duty towards the parents was met: informed, agreed in writing, or overridden."
    )
    sent_at: datetime.datetime | None = strawberry.field(description="When the file was sent.")
    received_at: datetime.datetime | None = strawberry.field(description="When the file was received.")
    closed_at: datetime.datetime | None = strawberry.field(description="When it was closed.")
    duty: TransferDuty | None = strawberry.field(description="How the duty towards the parents was met.")
    address_lost_at: datetime.datetime | None = strawberry.field(
        description="When the family's new address was found to be unknown (CASF L226-3-2)."
    )
    address_answer_due_at: datetime.datetime | None = strawberry.field(
        description="Until when CAF and CPAM owe their answer about it."
    )
    window_ends_at: datetime.datetime | None = strawberry.field(
        description="Until when both authorities see the case; then the competence of the origin has ended."
    )
    situation: ToSituation | None = strawberry.field(
        description="The situation it belongs to; null when it is out of the caller's reach."
    )
    origin_authority: ToAuthority | None = strawberry.field(description="The authority that the family left.")
    destination_authority: ToAuthority | None = strawberry.field(
        description="The authority where the family lives now."
    )


@public_input
class DepartmentTransferFilter:
    """Which transfers between departments to list: all conditions have to be met."""

    state: list[TransferState] | None = condition("Only transfers in one of these states.")


@public_enum
class DepartmentTransferOrder(Enum):
    """In which order transfers between departments are listed; rows of equal rank follow their ids."""

    REQUESTED_AT_NEWEST = strawberry.enum_value(
        "REQUESTED_AT_NEWEST", description="The transfers asked for last come first."
    )
