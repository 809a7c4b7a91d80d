"""What the statements of a feed are asked with: whose feed, and which situations."""

from sqlalchemy import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.policy.context import bind

ID = Uuid(as_uuid=True)
ORGANISATION = bind("viewer_organisation", ID)
AUTHORITY = bind("viewer_authority", ID)
CASES = bind("situations", ARRAY(ID))
# Situations to which a relation of the organisation changed.
AGAIN = bind("again", ARRAY(ID))

__all__ = ["AGAIN", "AUTHORITY", "CASES", "ID", "ORGANISATION"]
