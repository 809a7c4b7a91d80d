"""The acts on a transfer between departments: asked for, parents' duty met, sent, received, closed (CASF L221-3)."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToDepartmentTransfer
from schema.types.mutation_parts import Refusable
from schema.types.words import TransferDuty, TransferRegime


@public_type
class DepartmentTransferPayload(Refusable):
    """The transfer after the act, as the caller may see it now."""

    department_transfer: ToDepartmentTransfer | None = strawberry.field(
        description="The transfer; null when the act was refused, or when it ended the caller's access."
    )


@act_input
class RequestTransferInput:
    """The family leaves the caller's department: ask for the transfer of one of its files."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    regime: TransferRegime = strawberry.field(
        description="What moves: a report under way, an administrative or a judicial measure (CASF R221-5)."
    )
    department_code: str | None = optional("Official code of the new department; left out while it is not known.")
    destination_authority: strawberry.ID | None = optional(
        "Id of the authority that answers for it; left out together with the department."
    )
    expected_version: str | None = optional(
        "Version of the situation last read; the act is refused when it has changed since."
    )


@act_input
class RecordTransferDutyInput:
    """How the duty towards the parents was met, before anything is sent (CASF R221-5 to R221-7)."""

    transfer: strawberry.ID = strawberry.field(description="Id of the transfer.")
    duty: TransferDuty = strawberry.field(
        description="Informed; agreed in writing, for an administrative measure; or why neither was possible."
    )
    person: str = strawberry.field(description="Who was told or asked, or was not.")
    done_at: datetime.datetime | None = optional("When they were told, or agreed; now unless given.")
    reason: str | None = optional("Why they were not told or not asked; needed for an override or a waiver.")
    danger_confirmed: bool = optional(
        "Telling a holder of parental authority is on record as dangerous, and was weighed.", default=False
    )
    expected_version: str | None = version_last_read()


@act_input
class SendTransferInput:
    """Send the file: the authority of destination becomes competent and receives the report."""

    transfer: strawberry.ID = strawberry.field(description="Id of the transfer.")
    expected_version: str | None = version_last_read()


@act_input
class ReceiveTransferInput:
    """Acknowledge the file: from now on both authorities see the case, until the window's end."""

    transfer: strawberry.ID = strawberry.field(description="Id of the transfer.")
    expected_version: str | None = version_last_read()


@act_input
class CloseTransferInput:
    """Close the transfer: the authority of origin is no longer competent."""

    transfer: strawberry.ID = strawberry.field(description="Id of the transfer.")
    expected_version: str | None = version_last_read()


@act_input
class DeclareAddressUnknownInput:
    """Nobody knows where the family lives now (CASF L226-3-2)."""

    transfer: strawberry.ID = strawberry.field(description="Id of the transfer.")
    expected_version: str | None = version_last_read()


@act_input
class RecordTransferAddressInput:
    """Where the family lives now: the transfer goes on from where it was."""

    transfer: strawberry.ID = strawberry.field(description="Id of the transfer.")
    department_code: str = strawberry.field(description="Official code of the new department.")
    destination_authority: strawberry.ID = strawberry.field(description="Id of the authority that answers for it.")
    expected_version: str | None = version_last_read()
