"""The acts of the sender of an orientation: proposed, the minor's agreement, identity released, withdrawn."""

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.words import MinorAgreement, NeedCode, Problematic, ReferralKind


@act_input
class ProposeReferralInput:
    """Propose a minor to an association or a foyer: coded values only, no identity leaves with it."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    minor: strawberry.ID = strawberry.field(description="Id of the minor.")
    to_organisation: strawberry.ID = strawberry.field(description="Id of the association or foyer.")
    kind: ReferralKind = strawberry.field(description="Direct support, or a coded consultation.")
    need_codes: list[NeedCode] = strawberry.field(description="What the minor needs: one at least.")
    shared_kinds: list[Problematic] | None = optional(
        "Direct support: the problematics that the receiver may read once it has accepted; none if left out. "
        "Coded consultation: those whose coded value is copied; all that are observed if left out. No sensitive kind."
    )
    territory: str | None = optional(
        "Code of the department, or of the region where the department would name the minor."
    )
    draft: bool = optional(
        "Keep it as a draft, which the receiver does not see, instead of proposing it now.", default=False
    )


@act_input
class ProposeDraftReferralInput:
    """Propose an orientation that was kept as a draft."""

    referral: strawberry.ID = strawberry.field(description="Id of the orientation.")
    expected_version: str | None = version_last_read()


@act_input
class RecordMinorAgreementInput:
    """What the minor answered when asked about the orientation."""

    referral: strawberry.ID = strawberry.field(description="Id of the orientation.")
    agreement: MinorAgreement = strawberry.field(description="The answer.")
    expected_version: str | None = version_last_read()


@act_input
class ReleaseIdentityInput:
    """Release how the minor is called and can be reached to the association that accepted; needs the minor's agreement."""

    referral: strawberry.ID = strawberry.field(description="Id of the orientation.")
    expected_version: str | None = version_last_read()


@act_input
class WithdrawReferralInput:
    """Withdraw an orientation: the receiver's access ends at once, and the sharings with it."""

    referral: strawberry.ID = strawberry.field(description="Id of the orientation.")
    expected_version: str | None = version_last_read()
