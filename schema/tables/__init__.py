"""Every table, one file per noun; each column carries its category once."""

from schema.tables import breach as _breach
from schema.tables import clocks as _clocks
from schema.tables import contact as _contact
from schema.tables import directory as _directory
from schema.tables import documents as _documents
from schema.tables import feed as _feed
from schema.tables import idempotency as _idempotency
from schema.tables import journal as _journal
from schema.tables import keys as _keys
from schema.tables import monitoring as _monitoring
from schema.tables import oauth as _oauth
from schema.tables import observation as _observation
from schema.tables import orders as _orders
from schema.tables import people as _people
from schema.tables import protection as _protection
from schema.tables import referral as _referral
from schema.tables import repeat as _repeat
from schema.tables import report as _report
from schema.tables import sharing as _sharing
from schema.tables import signin as _signin
from schema.tables import situation as _situation
from schema.tables import surveys as _surveys
from schema.tables import webhook as _webhook
from schema.tables.columns import metadata

__all__ = ["metadata"]
