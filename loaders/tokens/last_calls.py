"""When each tool called last: noted in memory at every call, written once a minute, so that a call costs nothing."""

import logging

from sqlalchemy import Text, any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from loaders.background import Background
from loaders.postgres.connections import Lanes
from loaders.statement import compiled
from loaders.statement.fetching import FAULTS
from schema.tables.oauth import oauth_client

MINUTE = 60.0

logger = logging.getLogger(__name__)

# In one order, so that two processes never wait for each other in a circle.
_CALLED = (
    select(oauth_client.c.id)
    .where(oauth_client.c.id == any_(bindparam("clients", type_=ARRAY(Text()))))
    .order_by(oauth_client.c.id)
    .with_for_update(key_share=True)
    .scalar_subquery()
)
_WRITE, *_ = compiled(update(oauth_client).where(oauth_client.c.id.in_(_CALLED)).values(last_call_at=func.now()))


class LastCalls:
    """The calls that one process has heard since it wrote them down last."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._called: set[str] = set()
        self._background = Background.every(MINUTE, self.flush, "last calls")

    def note(self, client_id: str) -> None:
        """A client that has proven who it is has called."""
        self._called.add(client_id)

    def start(self) -> None:
        """Write what was noted, every minute from now on."""
        self._background.start()

    async def close(self) -> None:
        """Write what is left."""
        await self._background.close()
        await self.flush()

    async def flush(self) -> None:
        """Write what was noted; what cannot be written now is noted still."""
        called, self._called = self._called, set()
        if not called:
            return
        try:
            await self._lanes.execute(_WRITE, sorted(called))
        except FAULTS as problem:
            logger.warning("last calls wait: %s", type(problem).__name__)
            self._called |= called
