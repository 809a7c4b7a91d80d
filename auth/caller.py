"""The caller: one client of one organisation, perhaps acting for one named member, under one role and purpose."""

from dataclasses import dataclass
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
