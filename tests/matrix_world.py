"""All rows of a database as the administrator reads them, and one token that looks at them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import asyncpg

from loaders.sealed.keyring import Keyring
from tests.sealed import SEALED, key_of, opened

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Viewer:
    """One token: an audience as the oracle names it, an organisation, perhaps a member, and a purpose."""

    audience: str
    organisation: UUID
    member: UUID | None
    purpose: str | None


@dataclass
class World:
    """All rows of all tables, as the administrator reads them."""

    tables: dict[str, list[Raw]]
    now: datetime
    by_id: dict[UUID, Raw] = field(default_factory=dict)
    of_situation: dict[tuple[str, UUID], list[Raw]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, rows in self.tables.items():
            for row in rows:
                if "id" in row and isinstance(row["id"], UUID):
                    self.by_id[row["id"]] = row
                if row.get("situation_id"):
                    self.of_situation.setdefault((name, row["situation_id"]), []).append(row)

    def hanging(self, table: str, situation: UUID) -> list[Raw]:
        return self.of_situation.get((table, situation), [])

    @cached_property
    def habilitations(self) -> dict[UUID, list[Raw]]:
        found: dict[UUID, list[Raw]] = {}
        for row in self.tables["habilitation"]:
            found.setdefault(row["member_id"], []).append(row)
        return found

    @property
    def today(self) -> date:
        return self.now.date()

    def live_habilitations(self, member: UUID | None, organisation: UUID | None = None) -> list[Raw]:
        """Those that count now, of somebody who is still there."""
        if member is None or self.by_id[member]["status"] != "ACTIVE":
            return []
        return [
            row
            for row in self.habilitations.get(member, [])
            if row["state"] == "ACTIVE"
            and row["revoked_at"] is None
            and row["valid_from"] <= self.now < row["valid_to"]
            and organisation in {None, row["organisation_id"]}
        ]


async def read_world(admin_dsn: str, tables: Iterable[str], keyring: Keyring) -> World:
    """Everything, as it is; what is sealed in the clear."""
    connection = await asyncpg.connect(admin_dsn)
    try:
        rows: dict[str, list[Raw]] = {
            table: [dict(row) for row in await connection.fetch(f"SELECT * FROM {table}")] for table in tables
        }
        keys = {row["situation_id"]: key_of(keyring, row) for row in rows["situation_key"]}
        for table in SEALED:
            rows[table] = [opened(keys.get(row["situation_id"]), table, row) for row in rows[table]]
    finally:
        await connection.close()
    return World(rows, datetime.now(UTC))
