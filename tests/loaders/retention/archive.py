"""A database whose cases are as old as a test wants them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from loaders.retention.run import carry_out
from loaders.retention.terms import End, Terms
from schema.tables.contact import contact
from schema.tables.protection import department_transfer, measure
from schema.tables.sharing import case_archive, legal_hold, retention_job
from schema.tables.situation import situation

NOW = datetime(2031, 6, 15, 12, tzinfo=UTC)
TERMS = Terms(24, 36, End.ANONYMISE)
DELETING = replace(TERMS, end=End.DELETE)
MINUTE = timedelta(minutes=1)


def before(now: datetime, *, years: int = 0, months: int = 0) -> datetime:
    """The same day so many months earlier; never called near a month's end."""
    count = now.year * 12 + now.month - 1 - years * 12 - months
    return now.replace(year=count // 12, month=count % 12 + 1)


class Archive:
    """A database of its own, and cases in it."""

    def __init__(self, admin: AsyncEngine, engine: AsyncEngine, dlpm: UUID) -> None:
        self.admin, self.engine, self.dlpm = admin, engine, dlpm

    async def add(self, table: Table, **values: Any) -> UUID:
        async with self.admin.begin() as connection:
            key = next(iter(table.primary_key.columns))
            found: UUID = (await connection.execute(insert(table).values(**values).returning(key))).scalar_one()
        return found

    async def rows(self, table: Table, *clauses: Any) -> list[Any]:
        async with self.admin.connect() as connection:
            return [row._mapping for row in await connection.execute(select(table).where(*clauses))]

    async def state(self, case: UUID) -> str | None:
        found = await self.rows(situation, situation.c.id == case)
        return found[0]["retention_state"] if found else None

    async def case(self, last: datetime | None, **columns: Any) -> UUID:
        """A situation, and its last contact."""
        values = {"opened_at": (last or NOW) - timedelta(days=10), **columns}
        identity = await self.add(situation, ref=str(uuid4()), controller_org_id=self.dlpm, **values)
        if last is not None:
            for at in (last - timedelta(days=3), last):
                await self.add(
                    contact, situation_id=identity, controller_org_id=self.dlpm, outcome="ANSWERED_HELP", at=at
                )
        return identity

    async def archived(self, at: datetime) -> UUID:
        case = await self.case(before(at, months=24), retention_state="INTERMEDIATE")
        await self.add(case_archive, situation_id=case, archived_at=at)
        return case

    async def hold(self, case: UUID, **columns: Any) -> UUID:
        return await self.add(legal_hold, situation_id=case, controller_org_id=self.dlpm, reason="Procédure", **columns)

    async def transfer(self, case: UUID, **columns: Any) -> UUID:
        async with self.admin.begin() as connection:
            authority = (
                await connection.exec_driver_sql("SELECT id FROM authority ORDER BY code LIMIT 1")
            ).scalar_one()
        return await self.add(
            department_transfer, situation_id=case, origin_authority_id=authority, regime="JUDICIAL", **columns
        )

    async def measure(self, case: UUID, nature: str, ends_on: date | None) -> UUID:
        async with self.admin.begin() as connection:
            authority = (
                await connection.exec_driver_sql("SELECT id FROM authority ORDER BY code LIMIT 1")
            ).scalar_one()
        return await self.add(
            measure, situation_id=case, authority_id=authority, decision="JUDICIAL", nature=nature,
            starts_on=date(2010, 1, 1), ends_on=ends_on,
        )  # fmt: skip

    async def run(self, terms: Terms = TERMS, now: datetime = NOW, **options: Any) -> dict[str, tuple[int, int]]:
        """Rule -> how many rows changed, how many a hold kept.

        What these tests write makes events today, which are old at the moment they look from: they have a test of their own.
        """
        done = await carry_out(self.engine, now, terms, **options)
        return {one.rule.code: (one.rows, one.held) for one in done if one.rule.code != "EVENTS"}

    async def jobs(self) -> list[Any]:
        """The proofs of what was done, but for events."""
        return [row for row in await self.rows(retention_job) if row["rule"] != "EVENTS"]
