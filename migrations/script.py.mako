"""${message}.

Revision: ${up_revision}, after ${down_revision | comma,n}.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
# True where code of the version before goes on as it did beside these tables: then an upgrade needs no pause.
older_code_serves = False


def upgrade() -> None:
    """Apply."""
    ${upgrades if upgrades else "pass"}
