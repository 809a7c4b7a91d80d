"""The mutations on organisations, tools, keys and members: the operator's, and each delegate's own."""

from schema.types.acts_accounts import (
    AddClientKeyInput,
    ApproveOrganisationInput,
    CloseOrganisationInput,
    CreateOrganisationInput,
    HabilitationPayload,
    InviteMemberInput,
    IssueClientSecretInput,
    IssueEnrolmentCodeInput,
    MemberPayload,
    OrganisationPayload,
    OrganisationSecretPayload,
    RegisterClientInput,
    RemoveMemberInput,
    ResumeClientInput,
    ResumeMemberInput,
    ResumeOrganisationInput,
    RetireClientKeyInput,
    RetireClientSecretInput,
    RevokeHabilitationInput,
    SuspendClientInput,
    SuspendMemberInput,
    SuspendOrganisationInput,
)
from schema.types.described import public_type
from schema.types.mutation_parts import act


@public_type
class AccountsMutation:
    """Acts on accounts (inherited by the root, never shown itself)."""

    create_organisation: OrganisationPayload = act(
        "Note a partner that asks to come in; it is PENDING.", CreateOrganisationInput, OrganisationPayload
    )
    register_client: OrganisationPayload = act(
        "Register a tool of an organisation, with the digest of its enrolment code.",
        RegisterClientInput,
        OrganisationPayload,
    )
    issue_enrolment_code: OrganisationPayload = act(
        "Replace the enrolment code of a tool.", IssueEnrolmentCodeInput, OrganisationPayload
    )
    approve_organisation: OrganisationPayload = act(
        "Approve, as a second administrator, the keys that a tool has proven; a PENDING organisation becomes ACTIVE.",
        ApproveOrganisationInput,
        OrganisationPayload,
    )
    suspend_organisation: OrganisationPayload = act(
        "Suspend an organisation: its tokens and open streams end at once.",
        SuspendOrganisationInput,
        OrganisationPayload,
    )
    resume_organisation: OrganisationPayload = act(
        "Let a suspended organisation ask for tokens again.", ResumeOrganisationInput, OrganisationPayload
    )
    close_organisation: OrganisationPayload = act(
        "End an organisation's membership for good.", CloseOrganisationInput, OrganisationPayload
    )
    suspend_client: OrganisationPayload = act(
        "Suspend a tool: its tokens and open streams end at once.", SuspendClientInput, OrganisationPayload
    )
    resume_client: OrganisationPayload = act(
        "Let a suspended tool ask for tokens again.", ResumeClientInput, OrganisationPayload
    )
    add_client_key: OrganisationPayload = act(
        "Add a key to a tool of one's own organisation.", AddClientKeyInput, OrganisationPayload
    )
    issue_client_secret: OrganisationSecretPayload = act(
        "Make a secret of a tool that cannot sign.", IssueClientSecretInput, OrganisationSecretPayload
    )
    retire_client_secret: OrganisationPayload = act(
        "Retire a secret at once.", RetireClientSecretInput, OrganisationPayload
    )
    retire_client_key: OrganisationPayload = act("Retire a key at once.", RetireClientKeyInput, OrganisationPayload)
    invite_member: OrganisationPayload = act(
        "Invite a person, with the digest of their invitation code.", InviteMemberInput, OrganisationPayload
    )
    suspend_member: MemberPayload = act(
        "Suspend a person: tokens, sessions and open streams end at once.", SuspendMemberInput, MemberPayload
    )
    resume_member: MemberPayload = act("Let a suspended person act again.", ResumeMemberInput, MemberPayload)
    remove_member: MemberPayload = act("Note that a person has left, for good.", RemoveMemberInput, MemberPayload)
    revoke_habilitation: HabilitationPayload = act(
        "End a habilitation before its time.", RevokeHabilitationInput, HabilitationPayload
    )
