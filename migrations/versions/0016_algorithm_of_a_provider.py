"""Each provider signs with one algorithm.

Revision: 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "idp",
        sa.Column(
            "algorithm",
            sa.Text(),
            server_default="ES256",
            nullable=False,
            comment="The one algorithm that it signs with.",
        ),
    )
    op.create_check_constraint(
        op.f("ck_idp_algorithm_known"), "idp", "algorithm IN ('ES256', 'PS256', 'RS256', 'EdDSA')"
    )
