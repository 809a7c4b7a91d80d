"""What a stream waits for: from events, which are hints, to what its caller may be told, asked through its own doors."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from auth.caller import Caller
from auth.policy import RECEIVES
from graph.arguments import parse_id
from graph.streams.subscriptions import Occurrence
from loaders.calendar.approaching import Clock, within
from loaders.events.outbox import ADDED, Event
from loaders.events.watch import Standing, standing, watchable, with_status
from loaders.policy.context import NOBODY
from loaders.policy.context import values as context_values
from loaders.statement.execute import Reads
from schema.errors import BadInputError
from schema.vocabulary import Audience, ReferralStatus, ReportStatus

# So many rows a stream remembers to have told of, lest two events tell of one arrival.
_REMEMBERED = 256
_MOST_IDS = 100


class Topic(Protocol):
    """What one stream waits for."""

    # Whose relations make an event a hint for this stream; else the situations it watches do.
    viewers: frozenset[UUID]
    # Whether its time alone has something to tell.
    clockwork: bool

    @property
    def situations(self) -> frozenset[UUID]:
        """The situations it watches."""

    @property
    def over(self) -> bool:
        """Whether nothing can come any more."""

    async def begin(self) -> None:
        """Look at how things stand."""

    async def look(self, events: Sequence[Event]) -> Sequence[Any]:
        """What may be told after these events; after none, what no event tells."""


def viewers_of(caller: Caller) -> frozenset[UUID]:
    """By which names relations know the caller."""
    known = context_values(caller)
    return frozenset({known["viewer_organisation"], known["viewer_authority"], known["viewer_member"]} - {NOBODY})


@dataclass(frozen=True, slots=True)
class _Arrival:
    """By what a row has arrived: one of these columns changed, and it stands so."""

    table: str
    noun: str
    column: str
    status: str | None


_PROPOSED = _Arrival("referral", "Referral", "status", ReferralStatus.PROPOSED.value)
_ASSIGNED = _Arrival("referral", "Referral", "assigned_member_id", None)
_SENT = _Arrival("concern_report", "ConcernReport", "status", ReportStatus.SENT.value)
_ARRIVALS: Mapping[tuple[str, Audience], _Arrival] = {
    ("referralReceived", Audience.COO): _PROPOSED,
    ("referralReceived", Audience.ORG_ASSOCIATION): _PROPOSED,
    ("referralReceived", Audience.ASM): _ASSIGNED,
    ("referralReceived", Audience.ASO): _ASSIGNED,
    ("reportReceived", Audience.CRI): _SENT,
    ("reportReceived", Audience.ORG_CRIP): _SENT,
}


@dataclass(slots=True)
class Received:
    """Rows that reach the caller."""

    reader: Reads
    caller: Caller
    arrival: _Arrival
    viewers: frozenset[UUID]
    told: "OrderedDict[UUID, None]" = field(default_factory=OrderedDict)
    situations: frozenset[UUID] = frozenset()
    over: bool = False
    clockwork: bool = False

    async def begin(self) -> None:
        """What was there before does not arrive."""

    async def look(self, events: Sequence[Event]) -> Sequence[Occurrence]:
        """The rows that arrived, of those within reach."""
        rows = [event.subject for event in events if self._may_be(event) and event.subject not in self.told]
        found = await standing(self.reader, self.caller, frozenset({self.arrival.noun}), rows)
        arrived = [one for one in found if self.arrival.status in {None, one.status}]
        for one in arrived:
            self.told[one.row] = None
        while len(self.told) > _REMEMBERED:
            self.told.popitem(last=False)
        return [Occurrence(one.noun, one.row, datetime.now(UTC)) for one in arrived]

    def _may_be(self, event: Event) -> bool:
        return event.table == self.arrival.table and bool(event.changed & {ADDED, self.arrival.column})


@dataclass(slots=True)
class Watched:
    """Named rows: where they stand, and the end of the access to them."""

    reader: Reads
    caller: Caller
    rows: Mapping[UUID, str]
    tells_status: bool
    known: dict[UUID, Standing] = field(default_factory=dict)
    viewers: frozenset[UUID] = frozenset()
    begun: bool = False
    clockwork: bool = False

    @property
    def situations(self) -> frozenset[UUID]:
        """Those of the rows."""
        return frozenset(one.situation for one in self.known.values())

    @property
    def over(self) -> bool:
        """Nothing is watched any more, or nothing was there."""
        return self.begun and not self.known

    async def begin(self) -> None:
        """Only what is within reach is watched."""
        self.known = await self._now(self.rows)
        self.begun = True

    async def look(self, _: Sequence[Event]) -> Sequence[Occurrence]:
        """What stands elsewhere, and what is gone."""
        now = await self._now(self.known)
        at = datetime.now(UTC)
        told = []
        for row, before in list(self.known.items()):
            here = now.get(row)
            if here is None:
                del self.known[row]
                told.append(Occurrence(before.noun, row, at, ended=True))
            else:
                self.known[row] = here
                if self.tells_status and here.status != before.status:
                    told.append(Occurrence(here.noun, row, at))
        return told

    async def _now(self, rows: Mapping[UUID, Any]) -> dict[UUID, Standing]:
        nouns = frozenset(self.rows[row] for row in rows)
        return {one.row: one for one in await standing(self.reader, self.caller, nouns, rows)}


@dataclass(slots=True)
class Approaching:
    """Clocks that come within so many days."""

    reader: Reads
    caller: Caller
    days: int
    known: frozenset[Any] = frozenset()
    viewers: frozenset[UUID] = frozenset()
    situations: frozenset[UUID] = frozenset()
    over: bool = False
    clockwork: bool = True

    async def begin(self) -> None:
        """What is due so soon already is listed by `deadlines`."""
        self.known = frozenset(await self._now())

    async def look(self, _: Sequence[Event]) -> Sequence[Any]:
        """The clocks that were not there the last time."""
        now = await self._now()
        fresh = [clock for clock in now if clock not in self.known]
        self.known = frozenset(now)
        return fresh

    async def _now(self) -> list[Clock]:
        return await within(self.reader, self.caller, self.days)


def topic_of(reader: Reads, caller: Caller, name: str, arguments: Mapping[str, Any]) -> Topic:
    """The topic of a root field.

    Raises: BadInputError naming the argument.
    """
    if name in RECEIVES:
        return Received(reader, caller, _ARRIVALS[name, caller.audience], viewers_of(caller))
    if name == "deadlineApproaching":
        days = arguments["withinDays"]
        if not 0 <= days <= 365:  # noqa: PLR2004 (a year of days)
            raise BadInputError("`withinDays` is a number of days from 0 to 365.", reason="OUT_OF_RANGE")
        return Approaching(reader, caller, days)
    tells_status = name == "statusChanged"
    nouns = with_status(caller.audience) if tells_status else watchable(caller.audience)
    return Watched(reader, caller, _rows(arguments["ids"], nouns), tells_status)


def _rows(ids: Sequence[str], nouns: frozenset[str]) -> Mapping[UUID, str]:
    if len(ids) > _MOST_IDS:
        raise BadInputError(f"`ids` holds at most {_MOST_IDS} ids.", reason="OUT_OF_RANGE")
    found = (parse_id(one) for one in ids)
    # Of another kind, or of nothing at all: passed over alike.
    return {row: noun.name for noun, row in filter(None, found) if noun.name in nouns}


__all__ = ["Topic", "topic_of", "viewers_of"]
