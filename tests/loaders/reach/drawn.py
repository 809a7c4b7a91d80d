"""A few organisations, people and cases, and what chance picks of them."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg


class Drawn:
    """Rows that were written so far; whatever has to be chosen, chance chooses."""

    def __init__(self, connection: "asyncpg.Connection[Any]", chance: random.Random) -> None:
        self.connection = connection
        self.chance = chance
        self.authorities: list[UUID] = []
        self.organisations: dict[str, list[UUID]] = {}
        self.people: dict[UUID, list[UUID]] = {}
        self.cases: list[UUID] = []

    async def insert(self, table: str, **values: Any) -> UUID:
        values.setdefault("id", self.new_id())
        names = list(values)
        places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
        await self.connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", *values.values())
        identity: UUID = values["id"]
        return identity

    def new_id(self) -> UUID:
        """Drawn from the seed, so that a history can be told again."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    async def _person(self, office: UUID, role: str) -> UUID:
        member = await self.insert("member", organisation_id=office, name="Personne")
        await self.habilitate(member, office, role)
        return member

    async def habilitate(self, member: UUID, office: UUID, role: str) -> None:
        now = datetime.now(UTC)
        await self.insert(
            "habilitation",
            member_id=member,
            organisation_id=office,
            role=role,
            secrecy_basis=self.chance.choice(["PROFESSION", "PROFESSION", "MISSION", None]),
            valid_from=now - timedelta(days=9),
            valid_to=now + timedelta(days=90),
        )

    def moment(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.chance.choice([-90, -30, -9, 9, 30, 90]))

    def period(self) -> tuple[datetime, datetime | None]:
        first = self.moment()
        return first, self.chance.choice([None, self.moment(), first + timedelta(days=20)])

    def day(self) -> date:
        return self.moment().date()

    def birth(self) -> date | None:
        years = self.chance.choice([12, 16, 17, 19])
        return self.chance.choice([None, datetime.now(UTC).date() - timedelta(days=365 * years)])

    def case(self) -> UUID:
        return self.chance.choice(self.cases)

    def office(self, *kinds: str) -> UUID:
        return self.chance.choice([office for kind in kinds for office in self.organisations[kind]])

    def person(self, *kinds: str) -> UUID:
        return self.chance.choice(self.people[self.office(*kinds)])

    async def some(self, table: str) -> UUID | None:
        found = [row["id"] for row in await self.connection.fetch(f"SELECT id FROM {table} ORDER BY id")]
        return self.chance.choice(found) if found else None

    async def change(self, table: str, **values: Any) -> None:
        identity = await self.some(table)
        if identity is None:
            return
        assigned = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 2))
        await self.connection.execute(f"UPDATE {table} SET {assigned} WHERE id = $1", identity, *values.values())

    async def remove(self, table: str) -> None:
        await self.connection.execute(f"DELETE FROM {table} WHERE id = $1", await self.some(table))

    def report_status(self) -> str:
        return self.chance.choice(["DRAFT", "VALIDATED", "SENT", "SENT", "MISROUTED", "RETURNED_TO_119"])

    def referral_status(self) -> str:
        return self.chance.choice(
            ["DRAFT", "PROPOSED", "ACCEPTED", "IDENTITY_RELEASED", "ONGOING", "COMPLETED", "WITHDRAWN", "DECLINED"]
        )
