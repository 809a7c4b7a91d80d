"""Clients that never lose count: each act under a key of its own, repeated until it is acknowledged."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2

from tests.durable.asking import Asker, unavailable

FOLLOW = """mutation($input: RecordFollowUpInput!) { done: recordFollowUp(input: $input) {
  userErrors { code } row: followUp { id } } }"""
NOTE = """mutation($input: WriteAssociationNoteInput!) { done: writeAssociationNote(input: $input) {
  userErrors { code } row: associationNote { id } } }"""
READ = "{ referrals(first: 5) { nodes { id status followUps(first: 3) { id status } } } }"


@dataclass(slots=True)
class Act:
    """One act: its key, every attempt, and what it made once it was acknowledged."""

    key: str
    query: str
    wish: dict[str, Any]
    traces: list[str] = field(default_factory=list)
    made: str | None = None


@dataclass(slots=True)
class Clients:
    """Writers and readers of one association, and what they remember."""

    asker: Asker
    referrals: list[str]
    today: str
    acts: list[Act] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    stopping: bool = False

    async def work(self, *, writers: int, readers: int, http: httpx2.AsyncClient) -> None:
        """Until `stopping`: every writer ends with its act acknowledged."""
        writing = [self._write(number, http) for number in range(writers)]
        reading = [self._read(http) for _ in range(readers)]
        await asyncio.gather(*writing, *reading)

    async def _write(self, number: int, http: httpx2.AsyncClient) -> None:
        count = 0
        while not self.stopping:
            count += 1
            referral = self.referrals[(number + count) % len(self.referrals)]
            wish: dict[str, Any] = {"referral": referral, "idempotencyKey": secrets.token_urlsafe(16)}
            if count % 2:
                status = "PAUSED_RUNAWAY" if count % 4 == 1 else "ONGOING"
                act = Act(wish["idempotencyKey"], FOLLOW, {**wish, "status": status, "date": self.today})
            else:
                act = Act(wish["idempotencyKey"], NOTE, {**wish, "text": f"note {number} {count}"})
            self.acts.append(act)
            await self._until_acknowledged(act, http)

    async def _until_acknowledged(self, act: Act, http: httpx2.AsyncClient) -> None:
        while act.made is None:
            act.traces.append(secrets.token_hex(16))
            answer = await self.asker.post({"query": act.query, "variables": {"input": act.wish}}, http, act.traces[-1])
            if answer is None:
                continue
            done = answer.get("data", {}).get("done") if "errors" not in answer else None
            if done and not done["userErrors"] and done["row"]:
                act.made = done["row"]["id"]
            elif not unavailable(answer):
                self.asker.strange.append(str(answer))
                return

    async def _read(self, http: httpx2.AsyncClient) -> None:
        while not self.stopping:
            trace = secrets.token_hex(16)
            answer = await self.asker.post({"query": READ}, http, trace)
            if answer is None:
                continue
            if "errors" not in answer:
                self.reads.append(trace)
            elif not unavailable(answer):
                self.asker.strange.append(str(answer))
            await asyncio.sleep(0.02)
