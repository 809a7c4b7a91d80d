"""Rows that are collected, and the services they are about."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.cases.moments import NOW


@dataclass(frozen=True)
class Service:
    """An organisation of the demonstration, as the cases need it."""

    id: UUID
    authority: UUID | None
    people: dict[str, tuple[UUID, ...]]

    def one(self, role: str, place: int = 0) -> UUID:
        return self.people[role][place]


@dataclass
class Rows:
    """Collects rows, and knows the services that they are about."""

    services: dict[str, Service]
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    names: dict[str, UUID] = field(default_factory=dict)
    moment: int = 0

    def add(self, table: str, **values: Any) -> UUID:
        identity: UUID = values.setdefault("id", uuid4())
        self.rows.append((table, values))
        return identity

    def instant(self) -> datetime:
        """Never the same twice, so that rows without an id can be told apart."""
        self.moment += 1
        return NOW - timedelta(days=30, seconds=self.moment)

    def employer(self, member: UUID) -> UUID:
        """For whom somebody works."""
        return next(one.id for one in self.services.values() if any(member in people for people in one.people.values()))

    @property
    def dlpm(self) -> Service:
        return self.services["cli_dlpm"]
