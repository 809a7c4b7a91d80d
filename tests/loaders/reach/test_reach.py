"""The reach table says at every commit what its definition says, whatever was changed, by whom and in which order."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from schema.deadlines import add_months
from tests.cluster import Cluster
from tests.loaders.reach.events import EVENTS
from tests.loaders.reach.town import Town

SEEDS = range(6)
STEPS = 120


@asynccontextmanager
async def connected(cluster: Cluster) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(cluster.admin)
    try:
        yield connection
    finally:
        await connection.close()


_DIFFERENCES = """
SELECT coalesce(t.via, d.via) AS via, t.starts_at, t.ends_at, d.starts_at AS should_start, d.ends_at AS should_end
FROM (SELECT * FROM reach WHERE ends_at > now()) t FULL JOIN reach_definition d USING (viewer, situation_id, via)
WHERE (t.starts_at, t.ends_at) IS DISTINCT FROM (d.starts_at, d.ends_at)"""
_OF_CASES = _DIFFERENCES.replace("ends_at > now()", "ends_at > now() AND situation_id = ANY ($1)").replace(
    "reach_definition d", "(SELECT * FROM reach_definition WHERE situation_id = ANY ($1)) d"
)


async def differences(connection: "asyncpg.Connection[Any]", cases: list[UUID] | None = None) -> list[dict[str, Any]]:
    """Where the table is not what its definition says, for some cases or for all."""
    rows = await (connection.fetch(_OF_CASES, cases) if cases else connection.fetch(_DIFFERENCES))
    return [dict(row) for row in rows]


async def test_the_table_is_its_definition_after_any_history(own_cluster: Cluster) -> None:
    seen: set[str] = set()
    happened: set[str] = set()
    async with connected(own_cluster) as connection:
        for seed in SEEDS:
            town = Town(connection, random.Random(f"history {seed}"))
            await town.settle()
            history: list[str] = []
            seen |= {row["via"].split(":")[0] for row in await connection.fetch("SELECT DISTINCT via FROM reach")}
            for _ in range(STEPS):
                history.append(await town.step())
                seen |= {row["via"].split(":")[0] for row in await connection.fetch("SELECT DISTINCT via FROM reach")}
                assert not await differences(connection, town.cases), (seed, history)
            assert not await differences(connection), (seed, history)
            happened |= set(history)
    assert happened == set(EVENTS)
    # The histories reach every relation, or comparing them would prove little.
    assert seen >= {
        "REPORTED", "REPORTED_CLOSED", "CASEWORKER", "LISTENING", "ASE_LINKED", "ENTRUSTED", "MANDATED", "ASSIGNED",
        "SUPPORTS", "CONSULTS", "STAKE", "GRANT", "OPENED", "NETWORK", "ARCHIVED",
    }  # fmt: skip


async def test_rebuilding_changes_nothing(own_cluster: Cluster) -> None:
    async with connected(own_cluster) as connection:
        town = Town(connection, random.Random("rebuild"))
        await town.settle()
        for _ in range(STEPS):
            await town.step()
        everything = (
            "SELECT viewer, situation_id, via, starts_at, ends_at FROM reach WHERE ends_at > now() ORDER BY 1, 2, 3"
        )
        before = await connection.fetch(everything)
        assert before
        await connection.execute("SELECT refresh_reach_all()")
        assert await connection.fetch(everything) == before


@pytest.mark.parametrize("seed", range(4))
async def test_two_transactions_on_one_case_leave_the_table_exact(own_cluster: Cluster, seed: int) -> None:
    """Each sees only its own changes while it runs; whoever commits second has seen both."""
    async with connected(own_cluster) as one, connected(own_cluster) as two:
        town = Town(one, random.Random(f"one {seed}"))
        await town.settle()
        town.cases = town.cases[:1]
        other = Town(two, random.Random(f"two {seed}"))
        vars(other).update({name: value for name, value in vars(town).items() if name not in {"connection", "chance"}})
        adding = [name for name in EVENTS if name in {"jurisdiction", "report", "contact", "link", "measure", "grant"}]

        async def work(who: Town, names: list[str]) -> None:
            async with who.connection.transaction():
                for name in names:
                    await getattr(who, name)()
                    await asyncio.sleep(0.01)

        for _ in range(3):
            await asyncio.gather(work(town, town.chance.sample(adding, 3)), work(other, other.chance.sample(adding, 3)))
            assert not await differences(one)


async def test_who_is_suspended_while_a_grant_is_written_shares_nothing(own_cluster: Cluster) -> None:
    """Neither transaction sees the other: one of them has to wait."""
    async with connected(own_cluster) as giving, connected(own_cluster) as suspending:
        town = Town(giving, random.Random("suspend"))
        await town.settle()
        # A case in which nothing is shared yet: the suspension finds nothing there to wait for.
        await town.open_case()
        case, dlpm, ase = town.cases[-1], town.organisations["DLPM"][-1], town.organisations["ASE"][-2]
        giver, approver = town.people[dlpm]
        receiver = town.people[ase][0]
        await giving.execute("UPDATE habilitation SET secrecy_basis = 'PROFESSION'")
        await town.insert(
            "ase_link",
            situation_id=case,
            ase_org_id=ase,
            state="CONFIRMED",
            proposed_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        now = datetime.now(UTC)
        duty = await town.insert("information_duty", situation_id=case, duty="SHARING", person="mère", done_at=now)

        async def grants() -> None:
            async with giving.transaction():
                await town.insert(
                    "sharing_grant", situation_id=case, from_member_id=giver, from_org_id=dlpm, to_member_id=receiver,
                    to_org_id=ase, duty_id=duty, approved_by_id=approver, purpose="EVALUATE", field_groups=["G19"],
                    justification="Nécessaire", state="ACTIVE", starts_at=now - timedelta(days=1),
                    expires_at=now + timedelta(days=30),
                )  # fmt: skip
                await asyncio.sleep(0.2)

        async def suspends() -> None:
            async with suspending.transaction():
                await suspending.execute("UPDATE member SET status = 'SUSPENDED' WHERE id = $1", giver)
                await asyncio.sleep(0.2)

        await asyncio.gather(grants(), suspends())
        assert not await differences(giving)
        assert not await giving.fetch("SELECT 1 FROM reach WHERE situation_id = $1 AND via LIKE 'GRANT:%'", case)
        # The proof that the grant was good: it comes back with its giver.
        await giving.execute("UPDATE member SET status = 'ACTIVE' WHERE id = $1", giver)
        assert await giving.fetch("SELECT 1 FROM reach WHERE situation_id = $1 AND via LIKE 'GRANT:G19:%'", case)


async def test_of_two_periods_that_do_not_touch_the_gap_is_closed(own_cluster: Cluster) -> None:
    """A jurisdiction of last month and one of next month are not a jurisdiction of today."""
    async with connected(own_cluster) as connection:
        town = Town(connection, random.Random("gap"))
        await town.settle()
        case, authority, now = town.cases[0], town.authorities[1], datetime.now(UTC)
        await town.insert(
            "concern_report",
            situation_id=case,
            controller_org_id=town.organisations["DLPM"][0],
            to_authority_id=authority,
            status="SENT",
        )
        held = "SELECT 1 FROM reach WHERE situation_id = $1 AND viewer = $2 AND via = 'REPORTED' AND starts_at <= now() AND ends_at > now()"

        async def competent(first: int, last: int) -> None:
            await town.insert(
                "situation_jurisdiction", situation_id=case, authority_id=authority, department_code="13", role="RESIDENCE",
                starts_at=now + timedelta(days=first), ends_at=now + timedelta(days=last),
            )  # fmt: skip

        await competent(-30, -9)
        await competent(9, 30)
        assert not await connection.fetch(held, case, authority)
        await competent(-1, 1)
        assert await connection.fetch(held, case, authority)


async def test_an_end_in_the_future_needs_no_trigger(own_cluster: Cluster) -> None:
    """What runs out does so by the clock: the row carries its end."""
    async with connected(own_cluster) as connection:
        town = Town(connection, random.Random("clock"))
        await town.settle()
        foyer, soon = town.organisations["FOYER"][-1], datetime.now(UTC).date() + timedelta(days=3)
        begin = soon - timedelta(days=9)
        await town.open_case()
        # At midnight of the territory that decided, whatever time it is in Paris.
        for case, zone in zip(town.cases, ("Europe/Paris", "Indian/Reunion", "America/Martinique"), strict=True):
            authority = await connection.fetchval("SELECT id FROM authority WHERE timezone = $1 LIMIT 1", zone)
            await town.insert(
                "measure", situation_id=case, authority_id=authority, organisation_id=foyer, decision="JUDICIAL",
                nature="15", starts_on=begin, ends_on=soon,
            )  # fmt: skip
            row = await connection.fetchrow(
                "SELECT starts_at, ends_at FROM reach WHERE situation_id = $1 AND viewer = $2 AND via LIKE 'ENTRUSTED%'",
                case,
                foyer,
            )
            midnights = [datetime.combine(day, time.min, ZoneInfo(zone)) for day in (begin, soon + timedelta(days=1))]
            assert row and list(row) == midnights, zone


# Which territories are competent for a case, and whose day counts: of several the first to begin, Paris where none is.
_DAYS = (
    ((), "Europe/Paris"),
    (("Europe/Paris",), "Europe/Paris"),
    (("Indian/Reunion",), "Indian/Reunion"),
    (("America/Martinique",), "America/Martinique"),
    (("America/Martinique", "Europe/Paris", "Indian/Reunion"), "Indian/Reunion"),
)


async def test_a_sharing_ends_when_the_birthday_begins_in_the_territory(own_cluster: Cluster) -> None:
    async with connected(own_cluster) as connection:
        town = Town(connection, random.Random("majority"))
        await town.settle()
        case, now, service = town.cases[0], datetime.now(UTC), town.organisations["ASE"][0]
        begin = now - timedelta(days=9)
        # The service keeps its part by the link, whoever is competent.
        await town.insert("ase_link", situation_id=case, ase_org_id=service, state="CONFIRMED", proposed_at=begin)
        await connection.execute("DELETE FROM measure WHERE situation_id = $1", case)
        birth = add_months(now.date() + timedelta(days=3), -216)
        await connection.execute("UPDATE minor SET birth_date = $2 WHERE situation_id = $1", case, birth)
        for competent, zone in _DAYS:
            await connection.execute("DELETE FROM situation_jurisdiction WHERE situation_id = $1", case)
            # Competence that is over by that birthday counts no more, though its day would be the first.
            for place, over in (*((place, None) for place in competent), ("Indian/Reunion", now)):
                authority = await connection.fetchval("SELECT id FROM authority WHERE timezone = $1 LIMIT 1", place)
                await town.insert(
                    "situation_jurisdiction", situation_id=case, authority_id=authority, department_code="13",
                    role="PRESENCE", starts_at=begin, ends_at=over,
                )  # fmt: skip
            end = await connection.fetchval(
                "SELECT ends_at FROM reach WHERE situation_id = $1 AND via LIKE 'GRANT:G11:%'", case
            )
            assert end == datetime.combine(add_months(birth, 216), time.min, ZoneInfo(zone)), competent
