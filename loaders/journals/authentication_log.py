"""Who came in, who was refused, whose access was ended: in the access log's own chain, without token, secret or code.

What was granted is committed before the answer leaves. Refusals are counted: one record per minute for those that are
the same, so that nobody can fill the log by failing.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid4

from loaders.background import Background
from loaders.journals.audit import AccessRecord, AuditWriter
from schema.errors import UnavailableError

MINUTE = 60.0
# More different refusals than this within a minute are counted together.
_MOST_DIFFERENT = 5_000
AUDIENCE = "AUTHENTICATION"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Who:
    """Whom an event is about, as far as it was proven."""

    organisation_id: UUID | None = None
    client_id: str | None = None
    member_id: UUID | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What makes two refusals the same."""

    what: str
    reason: str
    client_id: str | None
    address: str


NOBODY = Who()


class Record(Protocol):
    """Writes down what is about to be committed: what cannot be recorded is not done."""

    async def __call__(self, what: str, /, **details: str) -> None:
        """Record it; details are ids, never a secret. Raises UnavailableError."""


class AuthenticationLog:
    """Writes the events of one process."""

    def __init__(self, audit: AuditWriter, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._audit = audit
        self._clock = clock
        self._counts: dict[_Refusal, tuple[datetime, int]] = {}
        self._background = Background.every(MINUTE, self.flush, "authentication log")

    async def done(self, what: str, who: Who = NOBODY, **details: str) -> None:
        """Record what was granted or ended (`token.issued`, `sign-in`, `sign-out`); details are ids, never a secret.

        Raises: UnavailableError where it may not be committed, so nothing may be granted.
        """
        await self._audit.write(_record(self._clock(), what, "OK", who, details))

    def refused(self, what: str, reason: str, *, client_id: str | None, address: str) -> None:
        """Count a refusal; it is written within a minute."""
        key = _Refusal(what, reason, client_id, address)
        if key not in self._counts and len(self._counts) >= _MOST_DIFFERENT:
            key = _Refusal(what, "many different", None, "")
        began, count = self._counts.get(key, (self._clock(), 0))
        self._counts[key] = (began, count + 1)

    def start(self) -> None:
        """Write what was counted, every minute from now on."""
        self._background.start()

    async def close(self) -> None:
        """Write what is left."""
        await self._background.close()
        await self.flush()

    async def flush(self) -> None:
        """Write what was counted; what cannot be written now is counted on."""
        counts, self._counts = self._counts, {}
        for key, (began, count) in counts.items():
            details = {"count": str(count)} | ({"address": key.address} if key.address else {})
            try:
                await self._audit.write(_record(began, key.what, key.reason, Who(client_id=key.client_id), details))
            except UnavailableError:
                logger.warning("authentication log: refusals wait")
                since, more = self._counts.get(key, (began, 0))
                self._counts[key] = (min(began, since), count + more)


def _record(at: datetime, what: str, outcome: str, who: Who, details: Mapping[str, str]) -> AccessRecord:
    said = "".join(f"; {name}={value}" for name, value in sorted(details.items()))
    return AccessRecord(
        at=at,
        event="AUTHENTICATION",
        outcome=outcome,
        trace_id=uuid4().hex,
        organisation_id=who.organisation_id,
        client_id=who.client_id,
        member_id=who.member_id,
        audience=AUDIENCE,
        purpose=who.purpose,
        operation=f"{what}{said}",
        document_hash=None,
        situations=b"[]",
        categories=(),
        withheld=(),
    )
