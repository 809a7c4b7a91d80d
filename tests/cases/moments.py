"""The moments that cases stand between: all of them are seen from one now."""

from datetime import UTC, datetime, timedelta

NOW = datetime.now(UTC)
TODAY = NOW.date()
FAR = timedelta(days=200)

LONG_AGO = NOW - FAR
SOON = NOW + timedelta(days=20)
LATELY = NOW - timedelta(days=3)
