"""The explanation of what is due, and the run that does it: one transaction per batch.

A batch locks its situations, asks again what is due of them now that nobody can add a hold or a contact, does it, and
writes its proof with it: a run that is killed leaves whole batches behind it, and the next run goes on.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, not_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from loaders.policy.context import word
from loaders.retention.rules import RULES, Rule, among
from loaders.retention.terms import Terms
from schema.errors import SetupError
from schema.tables.directory import organisation
from schema.tables.sharing import retention_job
from schema.tables.situation import situation
from schema.vocabulary import OrgKind

BATCH = 200


@dataclass(frozen=True, slots=True)
class Due:
    """How much is due under a rule, for one controller, and how much of it a hold keeps."""

    rule: Rule
    controller: UUID | None
    rows: int
    held: int
    oldest: datetime | None


async def overview(engine: AsyncEngine, now: datetime, terms: Terms) -> list[Due]:
    """What every rule would do now: nothing is locked, nothing is changed."""
    found: list[Due] = []
    async with engine.connect() as connection:
        for rule in RULES:
            due = rule.due(now, terms).subquery()
            counted = select(
                due.c.controller,
                func.count().label("rows"),
                func.count().filter(due.c.held).label("held"),
                func.min(due.c.since).label("oldest"),
            ).group_by(due.c.controller)
            rows = (await connection.execute(counted)).all()
            found += [Due(rule, row.controller, row.rows, row.held, row.oldest) for row in rows] or [
                Due(rule, None, 0, 0, None)
            ]
    return found


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did under one rule, for one controller."""

    rule: Rule
    controller: UUID
    rows: int
    held: int
    proof: str


async def carry_out(
    engine: AsyncEngine,
    now: datetime,
    terms: Terms,
    told: Callable[[str, int, int], None] = lambda _rule, _done, _total: None,
    *,
    batch: int = BATCH,
) -> list[Done]:
    """Do all that is due, rule by rule, in batches of one transaction each."""
    done: list[Done] = []
    for rule in RULES:
        for controller, (ids, held) in (await _worklist(engine, rule, now, terms)).items():
            job = Job(rule, controller, held)
            for first in range(0, len(ids), batch):
                async with engine.begin() as connection:
                    await job.batch(connection, ids[first : first + batch], now, terms)
                told(rule.code, min(first + batch, len(ids)), len(ids))
            if not ids:
                async with engine.begin() as connection:
                    await job.write(connection, now, [])
            done.append(Done(rule, controller, job.rows, held, job.proof))
    return done


async def _worklist(
    engine: AsyncEngine, rule: Rule, now: datetime, terms: Terms
) -> Mapping[UUID, tuple[list[Any], int]]:
    """Controller -> the ids that are due, the oldest first, and how many a hold keeps."""
    found: dict[Any, tuple[list[Any], int]] = {}
    due = rule.due(now, terms).subquery()
    wanted = select(due.c.id, due.c.controller, due.c.held).order_by(due.c.since)
    async with engine.connect() as connection:
        rows = (await connection.execute(wanted)).all()
        own = await _service_controller(connection) if rows and not rule.of_case else None
    for identity, controller, held in rows:
        ids, kept = found.get(controller or own, ([], 0))
        if not held:
            ids.append(identity)
        found[controller or own] = ids, kept + bool(held)
    return found


async def _service_controller(connection: AsyncConnection) -> UUID:
    wanted = (
        select(organisation.c.id).where(organisation.c.kind == word(OrgKind.DLPM.value)).order_by(organisation.c.id)
    )
    found: UUID | None = (await connection.execute(wanted.limit(1))).scalar()
    if found is None:
        raise SetupError("There is no organisation of kind DLPM, which answers for the service's own rows.")
    return found


class Job:
    """The proof of one rule for one controller: one row, written with every batch."""

    def __init__(self, rule: Rule, controller: UUID, held: int) -> None:
        self.rows = 0
        self.proof = hashlib.sha256(rule.code.encode()).hexdigest()
        self._rule = rule
        self._controller = controller
        self._held = held
        self._id = uuid4()

    async def batch(self, connection: AsyncConnection, ids: Sequence[Any], now: datetime, terms: Terms) -> None:
        """One transaction: of these, what is still due and not held."""
        still = await self._still_due(connection, ids, now, terms) if self._rule.of_case else ids
        if not still:
            return
        await self._rule.work(connection, still, now, terms)
        await self.write(connection, now, still)

    async def _still_due(
        self, connection: AsyncConnection, ids: Sequence[UUID], now: datetime, terms: Terms
    ) -> Sequence[UUID]:
        due = self._rule.due(now, terms).subquery()
        situations = select(due.c.situation).where(among(due.c.id, ids))
        # In one order, so that two runs never wait for each other in a ring. From here on nobody adds a contact or a
        # hold: both need this row.
        lock = select(situation.c.id).where(situation.c.id.in_(situations)).order_by(situation.c.id).with_for_update()
        locked = (await connection.execute(lock)).scalars().all()
        again = select(due.c.id).where(among(due.c.id, ids), among(due.c.situation, locked), not_(due.c.held))
        return (await connection.execute(again)).scalars().all()

    async def write(self, connection: AsyncConnection, now: datetime, ids: Sequence[Any]) -> None:
        """The proof so far: how many rows, and a hash that only who knows the ids can recompute."""
        rows, proof = self.rows + len(ids), proof_of(self.proof, ids)
        values = {"rows_changed": rows, "proof": proof}
        job = upsert(retention_job).values(
            id=self._id,
            controller_org_id=self._controller,
            rule=self._rule.code,
            ran_at=now,
            held_back=self._held,
            **values,
        )
        await connection.execute(job.on_conflict_do_update(index_elements=[retention_job.c.id], set_=values))
        self.rows, self.proof = rows, proof


def proof_of(before: str, ids: Sequence[Any]) -> str:
    """SHA-256 over the proof before and the ids of a batch, sorted."""
    names = sorted(identity.hex() if isinstance(identity, bytes) else str(identity) for identity in ids)
    return hashlib.sha256("\n".join([before, *names]).encode()).hexdigest()
