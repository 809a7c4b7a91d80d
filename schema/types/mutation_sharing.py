"""The acts of sharing and of exceptional access, which no software does alone."""

from schema.types.acts_emergency import (
    ApproveEmergencyAccessInput,
    CloseEmergencyAccessInput,
    EmergencyAccessPayload,
    EmergencyReceiptPayload,
    OpenEmergencyAccessInput,
    RequestCallerIdentityInput,
    RequestControlAccessInput,
    ReviewEmergencyAccessInput,
)
from schema.types.acts_sharing import (
    ApproveSharingGrantInput,
    RefuseSharingGrantInput,
    RequestSharingGrantInput,
    RevokeSharingGrantInput,
    SharingGrantPayload,
)
from schema.types.described import public_type
from schema.types.mutation_parts import act


@public_type
class SharingMutation:
    """What two people do together to let a third one see (inherited, never shown itself)."""

    request_sharing_grant: SharingGrantPayload = act(
        "Ask to share secret information with one named person; nothing is shared until somebody else approves.",
        RequestSharingGrantInput,
        SharingGrantPayload,
    )
    approve_sharing_grant: SharingGrantPayload = act(
        "Approve a sharing that a colleague asked for; it begins at once and is written in the disclosure ledger.",
        ApproveSharingGrantInput,
        SharingGrantPayload,
    )
    refuse_sharing_grant: SharingGrantPayload = act(
        "Refuse a sharing that a colleague asked for, with the reason.", RefuseSharingGrantInput, SharingGrantPayload
    )
    revoke_sharing_grant: SharingGrantPayload = act(
        "End a sharing, as who shares or as who owns the case; the receiver reads no more.",
        RevokeSharingGrantInput,
        SharingGrantPayload,
    )
    request_control_access: EmergencyReceiptPayload = act(
        "Ask for an exceptional access, for a complaint, a person's request or a requisition; a second person approves.",
        RequestControlAccessInput,
        EmergencyReceiptPayload,
    )
    request_caller_identity: EmergencyReceiptPayload = act(
        "Ask a second supervisor to open the identity of one caller for 60 minutes.",
        RequestCallerIdentityInput,
        EmergencyReceiptPayload,
    )
    open_emergency_access: EmergencyReceiptPayload = act(
        "Open a colleague's case in immediate danger, on call, for 60 minutes; a second person confirms within the hour.",
        OpenEmergencyAccessInput,
        EmergencyReceiptPayload,
    )
    approve_emergency_access: EmergencyReceiptPayload = act(
        "Approve or confirm, as a second person, an exceptional access that somebody else asked for.",
        ApproveEmergencyAccessInput,
        EmergencyReceiptPayload,
    )
    close_emergency_access: EmergencyReceiptPayload = act(
        "End an exceptional access before its time.", CloseEmergencyAccessInput, EmergencyReceiptPayload
    )
    review_emergency_access: EmergencyAccessPayload = act(
        "Say, as a third person, whether an exceptional access was justified.",
        ReviewEmergencyAccessInput,
        EmergencyAccessPayload,
    )
