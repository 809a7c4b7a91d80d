"""One request for a feed: what has happened is looked at, what differs is numbered, and how far that was is kept."""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from auth.caller import Caller
from loaders.events.outbox import REACH
from loaders.feed.cases import NEWS, REST, TURNED
from loaders.feed.comparing import compare
from loaders.feed.numbering import SETTLE
from loaders.feed.pages import PAGE, Page, entry
from loaders.feed.state import ENDS, FORGET, KEEP, LOCKED, OPEN, State, fingerprint
from loaders.policy.context import values as context_values
from schema.errors import BadInputError

# How much is compared at once, and how long one request goes on with it; what is left waits for the next.
EVENTS = 2000
SITUATIONS = 500
SECONDS = 2.0
TOMBSTONES_KEPT = timedelta(days=400)
_BEGIN = UUID(int=0)
# How the last id of a 256th of them goes on after its first byte.
_END = b"\xff" * 15
_LAST = UUID(bytes=b"\xff" + _END)
_NOTHING: Mapping[UUID, Collection[str]] = MappingProxyType({})


class CatchingUp:
    """One feed, held by one transaction: `run` brings it up to date as far as its time goes, `page` tells it."""

    def __init__(self, connection: Any, caller: Caller) -> None:
        self._connection = connection
        self._audience = caller.audience
        self._binds = dict(context_values(caller))
        self._made_for = fingerprint(caller)
        self._state = State("", 0, datetime.fromtimestamp(0, UTC), None, 0, 0)
        self._up_to_date = self._whole = False

    @property
    def forgotten(self) -> int:
        """Up to which place tombstones were deleted."""
        return self._state.forgotten

    async def run(self, enough: int) -> None:
        """Compare what events since the last time speak of; everything, where the rules or the viewer are others.

        Events come first, so that nothing is told of a row that has left the view; everything goes as far as the place
        that is asked for.
        """
        await self._do(OPEN)
        [row] = await self._do(LOCKED)
        state = self._state = State(*(row[name] for name in State.__slots__))
        [ends] = await self._do(ENDS)
        head, first = ends["head"], ends["first"]
        if state.looked_at > ends["now"]:
            # Who was here first began later: what began or ended by itself in between is told, and for this transaction it
            # has not happened yet. So it looks at nothing, and tells what the other has found.
            self._up_to_date, self._whole = state.seen >= head, state.seen >= head and state.rest is None
            return
        missed = state.seen < head and (first is None or first > state.seen + 1)
        if state.made_for != self._made_for or missed:
            state.made_for, state.rest, state.seen, state.looked_at = self._made_for, _BEGIN, head, ends["now"]
        until = time.monotonic() + SECONDS
        while state.seen < head or state.looked_at < ends["now"]:
            await self._news(head, ends["now"])
            if time.monotonic() >= until:
                break
        self._up_to_date = state.seen >= head
        if self._up_to_date:
            await self._settle()
        while self._up_to_date and state.rest is not None and state.position <= enough:
            await self._everything()
            if time.monotonic() >= until:
                break
        self._whole = state.rest is None and self._up_to_date
        await self._forget(ends["now"] - TOMBSTONES_KEPT)
        await self._do(KEEP, **{f"new_{name}": getattr(state, name) for name in State.__slots__})

    async def _everything(self) -> None:
        """The next part of all the ids there can be that has cases.

        Not a number of cases: where a part ended would tell of cases that show nothing.
        """
        state = self._state
        cases: list[UUID] = []
        while state.rest is not None and not cases:
            part = 0 if state.rest == _BEGIN else state.rest.bytes[0] + 1
            last = UUID(bytes=bytes([part]) + _END)
            cases = [row["situation_id"] for row in await self._do(REST, rest=state.rest, last=last)]
            await self._look(cases, ())
            state.rest = None if last == _LAST else last
        await self._settle()

    async def _news(self, head: int, now: datetime) -> None:
        state = self._state
        until = min(head, state.seen + EVENTS)
        news = await self._do(NEWS, seen=state.seen, until=until)
        turned = {row["situation_id"] for row in await self._do(TURNED, looked_at=state.looked_at)}
        mine = {self._binds["viewer_organisation"], self._binds["viewer_authority"]}
        turned |= {row["situation_id"] for row in news if row["kind"] == REACH and row["subject_id"] in mine}
        changes: dict[UUID, set[str]] = {}
        for row in news:
            changes.setdefault(row["subject_id"], set()).update(row["changed"])
        cases = turned | {row["situation_id"] for row in news}
        if state.rest is not None:
            # Of a first copy that is under way. The others come in their turn, as they are then: out of turn they would tell
            # that something has happened to them, also where it may not be seen.
            cases = {case for case in cases if case <= state.rest}
        await self._look(sorted(cases), turned & cases, changes)
        state.seen, state.looked_at = until, now

    async def _look(
        self, cases: Sequence[UUID], again: Collection[UUID], changes: Mapping[UUID, Collection[str]] = _NOTHING
    ) -> None:
        for start in range(0, len(cases), SITUATIONS):
            await self._do(
                compare(self._audience),
                situations=list(cases[start : start + SITUATIONS]),
                again=list(again),
                rows=list(changes),
                changes=[",".join(words) for words in changes.values()],
            )

    async def _settle(self) -> None:
        [row] = await self._do(SETTLE, position=self._state.position)
        self._state.position += row[0]

    async def _forget(self, before: datetime) -> None:
        deleted = [row["position"] for row in await self._do(FORGET, before=before)]
        self._state.forgotten = max([self._state.forgotten, *deleted])

    async def page(self, since: int | None, size: int) -> Page:
        """What comes after a place."""
        if since is not None and since < self._state.forgotten:
            raise BadInputError(
                "`since` is too old: what left your view since then is no longer known. Start again without it.",
                reason="CURSOR_EXPIRED",
            )
        after = since or 0
        if not self._up_to_date:
            # What was compared before may have left the view since: nothing is told until that is known.
            return Page((), after, more=True)
        rows = await self._do(PAGE, since=after, size=size + 1)
        entries = tuple(entry(row, after) for row in rows[:size])
        more = len(rows) > size or not self._whole
        return Page(entries, entries[-1].position if entries else after, more)

    async def _do(self, statement: tuple[str, tuple[str, ...], dict[str, Any]], **binds: Any) -> Any:
        sql, names, constants = statement
        given = {**constants, **self._binds, **binds}
        return await self._connection.fetch(sql, *(given[name] for name in names))


__all__ = ["CatchingUp"]
