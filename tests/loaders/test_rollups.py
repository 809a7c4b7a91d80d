"""The rollups say what a scan of the cases says: after any history, folded or not, and after a server that was killed."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.monitoring import rollups
from loaders.monitoring.cubes import CUBES
from loaders.monitoring.rebuilding import rebuild, verify
from schema.vocabulary import DlpmActionKind, Gender, Problematic
from tests.cluster import Cluster, start

Connection = asyncpg.Connection
BEGINNING = datetime(2024, 3, 30, tzinfo=UTC)
# Children first.
OF_A_CASE = (
    "concern_return", "concern_report", "dlpm_action", "problematic", "sensitive_problematic", "contact", "minor",
    "situation_jurisdiction", "reach",
)  # fmt: skip
LEFT_OF = "SELECT (SELECT count(*) FROM monitoring_mark WHERE situation_id = $1) + (SELECT count(*) FROM monitoring_part WHERE situation_id = $1)"
DEPARTMENTS = ("59", "13", "75", "971")


class History:
    """Cases that come, change and go, by statements of every shape: one row, many rows, other cases' rows."""

    def __init__(self, connection: Connection, organisation: UUID, authorities: list[UUID], seed: int) -> None:
        self.connection = connection
        self.organisation = organisation
        self.authorities = authorities
        self.chance = random.Random(seed)
        self.cases: list[UUID] = []
        self.alone = False

    def moment(self) -> datetime:
        return BEGINNING + timedelta(hours=self.chance.randint(0, 24 * 40))

    async def opened(self) -> None:
        case = uuid4()
        await self.connection.execute(
            "INSERT INTO situation (id, ref, controller_org_id, opened_at, known_to_cp) VALUES ($1, $2, $3, $4, $5)",
            case, case.hex, self.organisation, self.moment(), self.chance.choice(["YES", "NO", "UNKNOWN"]),
        )  # fmt: skip
        self.cases.append(case)

    async def minors(self, case: UUID) -> None:
        await self.connection.execute(
            "INSERT INTO minor (situation_id, gender, age) SELECT $1, g, 15 FROM unnest($2::text[]) g",
            case, [self.chance.choice(list(Gender)).value for _ in range(self.chance.randint(1, 3))],
        )  # fmt: skip

    async def contact(self, case: UUID) -> None:
        await self.connection.execute(
            "INSERT INTO contact (situation_id, controller_org_id, at, outcome, caller_category) VALUES ($1, $2, $3, 'ANSWERED_IP', $4)",
            case, self.organisation, self.moment(), self.chance.choice(["MOTHER", "WITNESS", "UNKNOWN"]),
        )  # fmt: skip

    async def home(self, case: UUID) -> None:
        await self.connection.execute(
            "INSERT INTO situation_jurisdiction (situation_id, department_code, authority_id, role, starts_at) VALUES ($1, $2, $3, 'RESIDENCE', $4)",
            case, self.chance.choice(DEPARTMENTS), self.chance.choice(self.authorities), self.moment(),
        )  # fmt: skip

    async def observed(self, case: UUID) -> None:
        kind = self.chance.choice(list(Problematic))
        table = "sensitive_problematic" if kind.starred else "problematic"
        await self.connection.execute(
            f"INSERT INTO {table} (situation_id, kind, value) VALUES ($1, $2, $3)",
            case, kind.value, self.chance.choice(["YES", "NO"]),
        )  # fmt: skip

    async def acted(self, case: UUID) -> None:
        await self.connection.execute(
            "INSERT INTO dlpm_action (situation_id, kind) VALUES ($1, $2)",
            case, self.chance.choice(list(DlpmActionKind)).value,
        )  # fmt: skip

    async def reported(self, case: UUID) -> None:
        sent = self.moment()
        await self.connection.execute(
            "INSERT INTO concern_report (situation_id, controller_org_id, to_authority_id, status, sent_at, return_due_at, danger_types) "
            "VALUES ($1, $2, $3, $4, $5, $6, '{}')",
            case, self.organisation, self.chance.choice(self.authorities), self.chance.choice(["SENT", "MISROUTED", "QUALIFIED"]),
            sent, sent + timedelta(days=92),
        )  # fmt: skip

    async def returned(self, case: UUID) -> None:
        await self.connection.execute(
            "INSERT INTO concern_return (situation_id, report_id, authority_id, conclusion, received_at) "
            "SELECT situation_id, id, to_authority_id, 'CLASSIFIED', sent_at + interval '100 days' FROM concern_report r "
            "WHERE situation_id = $1 ON CONFLICT DO NOTHING",
            case,
        )

    async def corrected(self, case: UUID) -> None:
        await self.connection.execute("UPDATE minor SET gender = 'UNKNOWN', age = NULL WHERE situation_id = $1", case)
        await self.connection.execute("UPDATE contact SET direction = 'OUT' WHERE situation_id = $1", case)
        await self.connection.execute("UPDATE situation SET opened_at = $2 WHERE id = $1", case, self.moment())

    async def moved(self, case: UUID) -> None:
        """A row that was entered on the wrong case."""
        await self.connection.execute(
            "UPDATE dlpm_action SET situation_id = $1 WHERE situation_id = $2", case, self.chance.choice(self.cases)
        )

    async def withdrawn(self, case: UUID) -> None:
        await self.connection.execute("DELETE FROM problematic WHERE situation_id = $1", case)
        await self.connection.execute("DELETE FROM dlpm_action WHERE situation_id = $1", case)

    async def transferred(self, case: UUID) -> None:
        """The family moves: one authority is no longer competent, another is; its home stays the first one."""
        await self.connection.execute("UPDATE situation_jurisdiction SET ends_at = now() WHERE situation_id = $1", case)
        await self.home(case)

    async def ended(self, case: UUID) -> None:
        """What retention does to a case whose time is over: a copy under another id, or nothing, stays of it."""
        if self.chance.random() < 0.5:
            copy = uuid4()
            await self.connection.execute(
                "INSERT INTO situation (id, ref, controller_org_id, opened_at, known_to_cp, retention_state) "
                "SELECT $2, $3, controller_org_id, opened_at, known_to_cp, 'ANONYMISED' FROM situation WHERE id = $1",
                case, copy, copy.hex,
            )  # fmt: skip
            await self.connection.execute(
                "INSERT INTO minor (situation_id, gender) SELECT $2, gender FROM minor WHERE situation_id = $1",
                case,
                copy,
            )
        for table in OF_A_CASE:
            await self.connection.execute(f"DELETE FROM {table} WHERE situation_id = $1", case)
        await self.connection.execute("DELETE FROM situation WHERE id = $1", case)
        await self.connection.execute("SELECT monitoring_forget(ARRAY[$1::uuid])", case)
        assert await self.connection.fetchval(LEFT_OF, case) == 0, "not even its id"
        self.cases.remove(case)

    async def loaded(self, _: UUID) -> None:
        """In bulk, triggers sleep; whoever loads marks all."""
        cases = [uuid4() for _ in range(3)]
        await self.connection.execute("SET LOCAL session_replication_role = replica")
        await self.connection.executemany(
            "INSERT INTO situation (id, ref, controller_org_id, opened_at) VALUES ($1, $2, $3, $4)",
            [(case, case.hex, self.organisation, self.moment()) for case in cases],
        )
        await self.connection.execute("SET LOCAL session_replication_role = origin")
        await self.connection.fetchval(rollups.MARK_ALL)
        self.cases += cases

    async def undone(self, case: UUID) -> None:
        """A command that is refused in the end leaves nothing, not even a mark."""
        transaction = self.connection.transaction()
        await transaction.start()
        await self.minors(case)
        await transaction.rollback()

    async def step(self) -> None:
        if not self.cases or self.chance.random() < 0.25:
            await self.opened()
            return
        acts = (
            self.minors, self.contact, self.home, self.observed, self.acted, self.reported, self.returned, self.corrected,
            self.moved, self.withdrawn, self.undone, self.transferred, self.ended,
        )  # fmt: skip
        # To load in bulk marks what others have just ended: it goes with the next folding.
        bulk = (self.loaded,) if self.alone else ()
        await self.chance.choice((*acts, *bulk))(self.chance.choice(self.cases))


async def _history(connection: Connection, seed: int) -> History:
    organisation = await connection.fetchval("SELECT id FROM organisation WHERE name = 'history'") or (
        await connection.fetchval("INSERT INTO organisation (name, kind) VALUES ('history', 'DLPM') RETURNING id")
    )
    authorities = [row["id"] for row in await connection.fetch("SELECT id FROM authority ORDER BY code LIMIT 3")]
    return History(connection, organisation, authorities, seed)


@pytest.fixture
async def admin(cluster: Cluster) -> AsyncIterator[Connection]:
    """The administrator, for whom no wall stands."""
    connection = await asyncpg.connect(cluster.admin)
    yield connection
    await connection.close()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), steps=st.integers(20, 60), folds=st.lists(st.integers(1, 60), max_size=4))
async def test_rollups_equal_a_scan_after_any_history(
    cluster: Cluster, seed: int, steps: int, folds: list[int]
) -> None:
    connection = await asyncpg.connect(cluster.admin)
    transaction = connection.transaction()
    await transaction.start()
    try:
        history = await _history(connection, seed)
        history.alone = True
        for step in range(steps):
            await history.step()
            if step in folds:
                await connection.fetchval(rollups.FOLD, step + 1)
        assert await connection.fetch(rollups.DIFFERENCES) == []
        while await connection.fetchval(rollups.FOLD, 7):
            pass
        assert await connection.fetchval(rollups.WAITING) == 0
        assert await connection.fetch(rollups.DIFFERENCES) == []
        assert await connection.fetchval("SELECT count(*) FROM monitoring_cell WHERE amount < 0") == 0
    finally:
        await transaction.rollback()
        await connection.close()


async def test_folding_meanwhile_loses_no_change(cluster: Cluster) -> None:
    """Writers commit while somebody folds: what was not seen keeps its mark."""

    async def write(seed: int) -> list[UUID]:
        connection = await asyncpg.connect(cluster.admin)
        try:
            history = await _history(connection, seed)
            for _ in range(25):
                async with connection.transaction():
                    await history.step()
                    await history.step()
            return history.cases
        finally:
            await connection.close()

    async def fold() -> None:
        connection = await asyncpg.connect(cluster.login("maillage_folder"))
        try:
            while not done.is_set():
                await connection.fetchval(rollups.FOLD, 5)
        finally:
            await connection.close()

    done = asyncio.Event()
    first = await asyncpg.connect(cluster.admin)
    await _history(first, 0)
    folding = asyncio.create_task(fold())
    written = await asyncio.gather(*(write(seed) for seed in range(3)))
    done.set()
    await folding
    try:
        assert sum(map(len, written)) > 10
        assert await verify(first) == []
    finally:
        await first.close()


async def test_a_rebuild_makes_wrong_rollups_right_and_verify_says_so(admin: Connection) -> None:
    history = await _history(admin, 7)
    for _ in range(12):
        await history.step()
    await rebuild(admin)
    assert await verify(admin) == []
    await admin.execute("UPDATE monitoring_cell SET amount = amount + 3 WHERE cube = 'SITUATIONS' AND place = ''")
    wrong = await verify(admin)
    assert wrong
    assert {one.told - one.counted for one in wrong} == {3}
    steps: list[tuple[int, int]] = []
    # Wrong by somebody's hand, not by what cases say: only counting from nothing helps.
    await rebuild(admin, lambda done, total: steps.append((done, total)), batch=5)
    assert await verify(admin) == []
    assert steps[-1][0] == steps[-1][1] > 5
    assert len(steps) > 1


async def test_no_login_of_the_service_reads_the_rollups_as_they_are(cluster: Cluster) -> None:
    for login in ("maillage_monitoring", "maillage_commands", "maillage_folder", "maillage_sup", "maillage_retention"):
        connection = await asyncpg.connect(cluster.login(login))
        try:
            for table in ("monitoring_cell", "monitoring_part", "monitoring_mark", "monitoring_difference"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.fetch(f"SELECT count(*) FROM {table}")
        finally:
            await connection.close()


def test_a_cube_says_what_it_counts_and_every_watched_table_is_counted() -> None:
    text = rollups.definition()
    assert all(table in text for table in rollups.WATCHED)
    assert all(f"'{code}'" in cube.sql and cube.article and cube.words for code, cube in CUBES.items())


def test_a_killed_server_comes_back_with_exact_rollups(tmp_path: Path) -> None:
    postgres, made = start(tmp_path / "pg")
    try:
        asyncio.run(_write_until_killed(postgres, made))
    finally:
        postgres.stop()
    again, made = start(tmp_path / "pg")
    try:
        left: list[Any] = asyncio.run(_left(made))
    finally:
        again.stop()
    assert left == [[], 0, []]


async def _write_until_killed(postgres: Any, made: Cluster) -> None:
    async def work(seed: int) -> None:
        connection = await asyncpg.connect(made.admin)
        history = await _history(connection, seed)
        while True:
            async with connection.transaction():
                await history.step()
            if seed == 0:
                await connection.fetchval(rollups.FOLD, 3)

    tasks = [asyncio.create_task(work(seed)) for seed in range(3)]
    await asyncio.sleep(1.5)
    postgres.kill()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(one, Exception) for one in found)


async def _left(made: Cluster) -> list[Any]:
    connection = await asyncpg.connect(made.admin)
    try:
        assert await connection.fetchval("SELECT count(*) FROM situation") > 0
        before = await verify(connection)
        while await connection.fetchval(rollups.FOLD, 50):
            pass
        return [before, await connection.fetchval(rollups.WAITING), await verify(connection)]
    finally:
        await connection.close()
