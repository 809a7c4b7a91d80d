"""The acts of sharing and of exceptional access, which no software does alone."""

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
