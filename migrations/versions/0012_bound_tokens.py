"""Tokens bound to a key (DPoP), by default: which clients may have Bearer tokens, and the key of each token.

Revision: 0012, after 0011. A client that is there already gets bound tokens only, until somebody decides otherwise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BOUND = "Gets tokens bound to a key (DPoP) only; off: Bearer tokens too, by decision."
_PERSONS = "Gets Bearer tokens for persons too: for demonstrations with synthetic data only."
_THUMBPRINT = "RFC 7638 thumbprint of the key it is bound to (DPoP); none: a Bearer token."


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "oauth_client", sa.Column("dpop_bound", sa.Boolean(), server_default="true", nullable=False, comment=_BOUND)
    )
    op.add_column(
        "oauth_client",
        sa.Column("bearer_for_persons", sa.Boolean(), server_default="false", nullable=False, comment=_PERSONS),
    )
    op.create_check_constraint(
        op.f("ck_oauth_client_bound_or_bearer"), "oauth_client", "NOT (dpop_bound AND bearer_for_persons)"
    )
    op.add_column("oauth_token", sa.Column("key_thumbprint", sa.Text(), nullable=True, comment=_THUMBPRINT))
    op.create_table_comment(
        "oauth_jti",
        "Assertions and DPoP proofs already used: each passes once.",
        existing_comment="Assertions already used: each passes once.",
    )
    op.alter_column(
        "oauth_jti",
        "expires_at",
        comment="From then on it is refused for its age.",
        existing_comment="From then on the assertion is refused for its age.",
        existing_type=sa.DateTime(timezone=True),
        existing_nullable=False,
    )
