"""How much each organisation may ask for: a leaky bucket of query cost, told in every answer.

In memory, per process: with several workers an organisation has as many buckets, and a restart fills them. It spreads the
load fairly between partners; it is no security boundary, so a stricter count is not worth a round trip per request.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cachetools import LRUCache

from schema.errors import RateLimitedError

# Far more organisations than the network has; the one forgotten first is the one that asked least recently.
_MOST = 4096


@dataclass(frozen=True, slots=True)
class Allowance:
    """The numbers: how much fits into the bucket, and how much comes back per second."""

    capacity: float = 50_000
    restored_per_second: float = 1_000


@dataclass(frozen=True, slots=True)
class ThrottleStatus:
    """What an answer tells under `extensions.cost.throttleStatus`."""

    maximum_available: int
    currently_available: int
    restore_rate: int

    def as_extension(self) -> dict[str, Any]:
        """In the words of the response."""
        return {
            "maximumAvailable": self.maximum_available,
            "currentlyAvailable": self.currently_available,
            "restoreRate": self.restore_rate,
        }


@dataclass(slots=True)
class _Bucket:
    """What was left at a moment."""

    left: float
    at: float


class Budgets:
    """The buckets of one process, by organisation."""

    def __init__(self, allowance: Allowance, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowance = allowance
        self._clock = clock
        self._buckets: LRUCache[UUID, _Bucket] = LRUCache(_MOST)

    def check(self, organisation_id: UUID) -> None:
        """Before anything is known of the request: whether there is anything left. Raises RateLimitedError."""
        self._need(self._bucket(organisation_id), 1)

    def spend(self, organisation_id: UUID, cost: float) -> None:
        """Take the requested cost, before execution. Raises RateLimitedError and takes nothing where there is too little.

        A cost above the whole capacity passes on a full bucket, which is then in debt: it is the document's own limit
        that says what may be asked at all.
        """
        bucket = self._bucket(organisation_id)
        self._need(bucket, min(cost, self._allowance.capacity))
        bucket.left -= max(cost, 0)

    def settle(self, organisation_id: UUID, requested: float, actual: float) -> ThrottleStatus:
        """Give back what was not used, after execution; what the answer tells."""
        bucket = self._bucket(organisation_id)
        bucket.left = min(self._allowance.capacity, bucket.left + max(0.0, requested - actual))
        return self._status(bucket)

    def status(self, organisation_id: UUID) -> ThrottleStatus:
        """Where the organisation stands."""
        return self._status(self._bucket(organisation_id))

    def _bucket(self, organisation_id: UUID) -> _Bucket:
        now = self._clock()
        try:
            bucket = self._buckets[organisation_id]
        except KeyError:
            bucket = self._buckets[organisation_id] = _Bucket(self._allowance.capacity, now)
        restored = (now - bucket.at) * self._allowance.restored_per_second
        bucket.left, bucket.at = min(self._allowance.capacity, bucket.left + restored), now
        return bucket

    def _need(self, bucket: _Bucket, cost: float) -> None:
        if bucket.left >= cost:
            return
        seconds = math.ceil((cost - bucket.left) / self._allowance.restored_per_second)
        raise RateLimitedError(
            f"Your organisation has asked for much in little time: try again in {seconds} s, or ask for less at once.",
            reason="budget",
            retry_after=seconds,
        )

    def _status(self, bucket: _Bucket) -> ThrottleStatus:
        allowance = self._allowance
        left = max(0, math.floor(bucket.left))
        return ThrottleStatus(math.floor(allowance.capacity), left, math.floor(allowance.restored_per_second))
