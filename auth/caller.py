"""The caller: one client of one organisation, perhaps acting for one named member, under one role and purpose."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from schema.vocabulary import Audience, MandateKind, OrgKind, Purpose


@dataclass(frozen=True, slots=True)
class Caller:
    """Everything the policy needs to know of who asks; made by `auth.bearer` from our tables, never from claims.

    `audience` is the role of the one chosen habilitation, or the organisation-only audience of the client.
    `expires_at` is the token's `exp` (Unix seconds); `epochs` are the epochs of organisation, client and member
    when the token was issued: every statement compares them with the tables, so a suspension ends access at once.
    `key_thumbprint` is of the key that the token is bound to (RFC 9449); none for a Bearer token.
    """

    audience: Audience
    client_id: str
    organisation_id: UUID
    organisation_kind: OrgKind
    mandate_kind: MandateKind | None
    authority_id: UUID | None
    member_id: UUID | None
    habilitation_id: UUID | None
    purpose: Purpose | None
    scopes: frozenset[str]
    token_id: str
    expires_at: int
    epochs: str
    key_thumbprint: str | None = None

    @classmethod
    def without_token(
        cls,
        audience: Audience,
        organisation_id: UUID,
        organisation_kind: OrgKind,
        *,
        client_id: str = "",
        mandate_kind: MandateKind | None = None,
        authority_id: UUID | None = None,
        member_id: UUID | None = None,
        habilitation_id: UUID | None = None,
        purpose: Purpose | None = None,
    ) -> Self:
        """Of our own doing (a command line, a webhook's feed), in the place of who is named: no statement takes it for a token."""
        return cls(
            audience=audience,
            client_id=client_id,
            organisation_id=organisation_id,
            organisation_kind=organisation_kind,
            mandate_kind=mandate_kind,
            authority_id=authority_id,
            member_id=member_id,
            habilitation_id=habilitation_id,
            purpose=purpose,
            scopes=frozenset(),
            token_id="",
            expires_at=0,
            epochs="",
        )
