"""What makes each relation to a case, and what ends it: from the documents, one change at a time, on rows made for it.

A trial begins with rows under which somebody stands in a relation. Each of `ends` takes the relation away, each of
`holds` leaves it. Everything is asked of the view `reach_definition`, in a transaction that is rolled back.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from tests.relations_trials import LONG_AGO, NOW, OFFICES, PEOPLE, SOON, TRIALS, Row, Trial, opening


@dataclass
class Lab:
    """The rows of one trial in an open transaction, each under a name."""

    connection: "asyncpg.Connection[Any]"
    ids: dict[str, UUID] = field(default_factory=lambda: {"network": UUID(int=0)})

    async def prepare(self) -> None:
        """Everybody and every place, one case with a child and a contact, another case with nothing."""
        await self.connection.execute("SET LOCAL session_replication_role = replica")
        rows = await self.connection.fetch("SELECT id FROM authority ORDER BY code LIMIT 2")
        self.ids["north"], self.ids["south"] = (row["id"] for row in rows)
        for name, (kind, authority, mandate) in OFFICES.items():
            values = {
                "name": f"'{name}'",
                "kind": f"'{kind}'",
                "authority_id": authority,
                "mandate_kind": mandate and f"'{mandate}'",
            }
            await self.add((name, "organisation", {key: value for key, value in values.items() if value}))
        for name, (office, role) in PEOPLE.items():
            await self.add((name, "member", {"organisation_id": office, "name": "'Personne'"}))
            bound = {"secrecy_basis": "'PROFESSION'", "valid_from": LONG_AGO, "valid_to": SOON}
            await self.add(
                (
                    f"h_{name}",
                    "habilitation",
                    {"member_id": name, "organisation_id": office, "role": f"'{role}'", **bound},
                )
            )
        for name in ("case", "other"):
            await self.add((name, "situation", {"controller_org_id": "dlpm", "ref": "'L-' || gen_random_uuid()"}))
        await self.add(("child", "minor", {"situation_id": "case", "age_band": "'A15_17'"}))
        contact = {
            "situation_id": "case",
            "controller_org_id": "dlpm",
            "channel": "'PHONE'",
            "direction": "'IN'",
            "outcome": "'ANSWERED_IP'",
        }
        for name in ("contact", "second_contact"):
            await self.add((name, "contact", contact))
        await self.add(
            (
                "other_duty",
                "information_duty",
                {"situation_id": "case", "duty": "'IP_TRANSMISSION'", "person": "'père'", "done_at": NOW},
            )
        )

    async def add(self, row: Row) -> None:
        """A row of the case, unless it says of which; or a change of one that is there."""
        name, table, values = row
        if table == "UPDATE":
            await self.change(values["sql"])
            return
        self.ids[name] = uuid4()
        known = {"situation_id": "case"} if table in _OF_CASE else {}
        given = {**known, **values}
        texts = [f"'{self.ids[value]}'" if value in self.ids else value for value in given.values()]
        await self.connection.execute(
            f"INSERT INTO {table} (id, {', '.join(given)}) SELECT '{self.ids[name]}', {', '.join(texts)}"
        )

    async def change(self, sql: str) -> None:
        quoted = {name: f"'{identity}'" for name, identity in self.ids.items()}
        await self.connection.execute(sql.format_map(quoted))

    async def stands(self, trial: Trial) -> bool:
        """Whether the viewer of the trial stands in its relation at this moment."""
        found: bool = await self.connection.fetchval(
            "SELECT EXISTS (SELECT FROM reach_definition WHERE situation_id = $1 AND viewer = $2 AND via = $3 "
            "AND starts_at <= now() AND ends_at > now())",
            self.ids["case"],
            self.ids[trial.viewer],
            trial.via.format_map(self.ids),
        )
        return found


_OF_CASE = {
    "situation_jurisdiction",
    "concern_report",
    "ase_link",
    "measure",
    "referral",
    "information_duty",
    "sharing_grant",
    "emergency_access",
}


@asynccontextmanager
async def undone(connection: "asyncpg.Connection[Any]") -> AsyncIterator[None]:
    """Nothing that is done in the block remains."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def problem(connection: "asyncpg.Connection[Any]", trials: Iterable[Trial] = TRIALS) -> str | None:
    """The first difference from the documents, in words."""
    # Closed at once: what it has begun has to be rolled back before anything else is asked.
    async with aclosing(problems(connection, trials)) as several:
        async for found in several:
            return found
    return None


async def problems(connection: "asyncpg.Connection[Any]", trials: Iterable[Trial]) -> AsyncGenerator[str, None]:
    """Whatever does not go as the documents say."""
    async with undone(connection):
        lab = Lab(connection)
        await lab.prepare()
        for trial in trials:
            async with undone(connection):
                for row in trial.rows:
                    await lab.add(row)
                if not await lab.stands(trial):
                    yield f"{trial}: does not stand"
                for changes, expected in ((trial.ends, False), (trial.holds, True)):
                    for change in changes:
                        async with undone(connection):
                            await lab.change(change)
                            if await lab.stands(trial) is not expected:
                                yield f"{trial}: {'does not stand' if expected else 'stands'} after {change}"
        # A reference that is nobody's is recorded like a right one (section 9), and stands in no relation.
        await lab.add(opening("crip_dpo", "supervisor", situation_id="NULL"))
        if await lab.connection.fetchval("SELECT EXISTS (SELECT FROM reach_definition WHERE situation_id IS NULL)"):
            yield "OPENED: a relation to no case"
