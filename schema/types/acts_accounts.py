"""The acts on organisations and what is theirs: let in, suspend, register tools and keys, end what members may do."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToHabilitation, ToMember, ToOrganisation
from schema.types.mutation_parts import Refusable
from schema.types.words import MandateKind, OrgKind, Role, SecrecyBasis


@public_type
class OrganisationPayload(Refusable):
    """The organisation after the act."""

    organisation: ToOrganisation | None = strawberry.field(
        description="The organisation; null when the act was refused."
    )


@public_type
class MemberPayload(Refusable):
    """The member after the act."""

    member: ToMember | None = strawberry.field(description="The member; null when the act was refused.")


@public_type
class HabilitationPayload(Refusable):
    """The habilitation after the act."""

    habilitation: ToHabilitation | None = strawberry.field(
        description="The habilitation; null when the act was refused."
    )


@public_type
class OrganisationSecretPayload(Refusable):
    """The organisation after the act, and the secret, which is shown this once."""

    organisation: ToOrganisation | None = strawberry.field(
        description="The organisation; null when the act was refused."
    )
    secret: str | None = strawberry.field(
        description="The secret (mls_...), for HTTP Basic at the token endpoint. Null when the act was refused, and when it was done before under this idempotency key: whoever lost it retires it and makes another."
    )


@act_input
class CreateOrganisationInput:
    """A partner that asks to come in: it stays PENDING until another administrator approves the keys it has proven."""

    name: str = strawberry.field(description="Public name.")
    kind: OrgKind = strawberry.field(description="What kind of organisation it is.")
    authority: strawberry.ID | None = optional(
        "Id of the authority whose service it is; required for a CRIP or an ASE."
    )
    mandate_kind: MandateKind | None = optional("The mandate it works on; required for an association.")
    convention_ref: str | None = optional("Reference of its convention with the network.")
    valid_from: datetime.date | None = optional("First day of the convention.")
    valid_to: datetime.date | None = optional("Last day of the convention.")
    territories: list[str] | None = optional("Codes of the departments where it works.")
    sirets: list[str] | None = optional("Its SIRET numbers; a department has several.")


@act_input
class RegisterClientInput:
    """A software tool of an organisation: it gets no token before its keys are proven and approved."""

    organisation: strawberry.ID = strawberry.field(description="Id of the organisation.")
    client: str = strawberry.field(description="Its client_id: cli_ and 4 to 64 letters, digits, _ or -.")
    name: str = strawberry.field(description="What the organisation calls it.")
    scopes: list[str] = strawberry.field(description="What it may ask for at most, for example cases:read.")
    accepted_acr: list[str] | None = optional(
        "Sign-in levels with two factors that it may vouch for; without any it gets no token for named persons."
    )
    bearer: bool = optional(
        "Its tokens for the organisation need not be bound to a key (DPoP): a decision for a tool that cannot do it. Tokens for persons are always bound.",
        default=False,
    )
    secret: bool = optional(
        "It proves who it is by a secret (client_secret_basic) instead of a signature: a decision for a tool that cannot sign. It gets no token for named persons; another person makes the secret.",
        default=False,
    )
    code_digest: str | None = optional(
        "SHA-256, in base64url, of the enrolment code: 256 random bits in base64url, which you hand over out of band. The code itself is never sent here before the organisation uses it. Required, but for a tool with a secret."
    )


@act_input
class IssueEnrolmentCodeInput:
    """A fresh code for a tool that has not used its code, or has lost its keys; the code before is withdrawn."""

    client: str = strawberry.field(description="The client_id.")
    code_digest: str = strawberry.field(description="SHA-256, in base64url, of the fresh code.")


@act_input
class ApproveOrganisationInput:
    """The keys that a tool has proven, approved by another administrator than the one who gave the code."""

    organisation: strawberry.ID = strawberry.field(description="Id of the organisation.")
    fingerprint: str = strawberry.field(
        description="Fingerprint of the keys, as the organisation reads it out on another way than this network."
    )
    expected_version: str | None = version_last_read()


@act_input
class SuspendOrganisationInput:
    """An organisation whose tokens and open streams end at once."""

    organisation: strawberry.ID = strawberry.field(description="Id of the organisation.")
    expected_version: str | None = version_last_read()


@act_input
class ResumeOrganisationInput:
    """A suspended organisation that gets tokens again; those issued before stay dead."""

    organisation: strawberry.ID = strawberry.field(description="Id of the organisation.")
    expected_version: str | None = version_last_read()


@act_input
class CloseOrganisationInput:
    """An organisation that leaves the network for good."""

    organisation: strawberry.ID = strawberry.field(description="Id of the organisation.")
    expected_version: str | None = version_last_read()


@act_input
class SuspendClientInput:
    """A tool whose tokens and open streams end at once."""

    client: str = strawberry.field(description="The client_id.")


@act_input
class ResumeClientInput:
    """A suspended tool that gets tokens again; those issued before stay dead."""

    client: str = strawberry.field(description="The client_id.")


@act_input
class AddClientKeyInput:
    """One more key of one's own tool, beside those it has: it proves that it is in your hands."""

    client: str = strawberry.field(description="The client_id, of your own organisation.")
    jwk: str = strawberry.field(description="The public key as JWK, in JSON.")
    proof: str = strawberry.field(
        description="A JWT signed by the new key: typ key-possession+jwt, its kid, iss the client_id, aud the issuer, exp at most 5 minutes ahead."
    )
    not_before: datetime.datetime | None = optional("From when it counts; now if left out.")


@act_input
class RetireClientKeyInput:
    """A key that is refused from now on."""

    client: str = strawberry.field(description="The client_id.")
    kid: str = strawberry.field(description="Name of the key.")


@act_input
class IssueClientSecretInput:
    """A secret of a tool that was registered to have one, made by another person than the administrator who decided so."""

    client: str = strawberry.field(description="The client_id.")
    days: int = optional("How long it lives: 1 to 365 days.", default=365)
    overlap_hours: int | None = optional(
        "After how many hours the secret before ends, 0 for at once; if left out it lives on. Two live at most."
    )


@act_input
class RetireClientSecretInput:
    """A secret that is refused from now on."""

    client: str = strawberry.field(description="The client_id.")
    secret: strawberry.ID = strawberry.field(description="Id of the secret (sec_...), never the secret itself.")


@act_input
class InviteMemberInput:
    """A person who becomes a member, with one role, at their first sign-in with the code."""

    organisation: strawberry.ID | None = optional("Id of the organisation; one's own if left out, and for a delegate.")
    name: str = strawberry.field(description="Name of the person.")
    email: str = strawberry.field(description="Professional address, which the provider they sign in with confirms.")
    role: Role = strawberry.field(description="The one role of the habilitation, which lasts 12 months at most.")
    secrecy_basis: SecrecyBasis | None = optional("Why the person is bound by secrecy; required for roles on cases.")
    code_digest: str = strawberry.field(
        description="SHA-256, in base64url, of the invitation code: 256 random bits in base64url, which you hand over out of band."
    )


@act_input
class SuspendMemberInput:
    """A person whose tokens, sessions and open streams end at once."""

    member: strawberry.ID = strawberry.field(description="Id of the member.")
    expected_version: str | None = version_last_read()


@act_input
class ResumeMemberInput:
    """A suspended person who may act again; what was issued before stays dead."""

    member: strawberry.ID = strawberry.field(description="Id of the member.")
    expected_version: str | None = version_last_read()


@act_input
class RemoveMemberInput:
    """A person who has left: every habilitation ends, for good."""

    member: strawberry.ID = strawberry.field(description="Id of the member.")
    expected_version: str | None = version_last_read()


@act_input
class RevokeHabilitationInput:
    """A habilitation that ends before its time."""

    habilitation: strawberry.ID = strawberry.field(description="Id of the habilitation.")
    expected_version: str | None = version_last_read()
