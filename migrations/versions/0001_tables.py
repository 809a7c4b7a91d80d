"""All tables of the data model.

Revision: 0001, the first.
"""

from alembic import op

from schema.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    metadata.create_all(op.get_bind())
