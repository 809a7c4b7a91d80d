"""Notices to webhooks say whose they are, so that the rows of one organisation need no step to be told apart.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "webhook_delivery", sa.Column("organisation_id", sa.UUID(), nullable=True, comment="Whose webhook it is.")
    )
    op.execute(
        "UPDATE webhook_delivery d SET organisation_id = w.organisation_id FROM webhook w WHERE w.id = d.webhook_id"
    )
    op.alter_column("webhook_delivery", "organisation_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_webhook_delivery_organisation_id"), "webhook_delivery", "organisation", ["organisation_id"], ["id"]
    )
