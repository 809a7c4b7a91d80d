"""The replay store knows every use, forgets what its age refuses, and lets nobody in when it does not know (28)."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from loaders.postgres import logins
from loaders.tokens import replays
from loaders.tokens.replays import Replays, digest_of
from schema.errors import UnavailableError
from tests.cluster import Cluster

pytestmark = pytest.mark.asyncio


def now() -> float:
    """As a proof says it: whole seconds."""
    return float(int(time.time()))


@pytest.fixture
def dsn(cluster: Cluster) -> str:
    return cluster.login(logins.REPLAYS)


@pytest_asyncio.fixture
async def store(dsn: str) -> AsyncIterator[Replays]:
    made = Replays(dsn)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def soon() -> float:
    return time.time() + 60


async def test_of_many_parallel_uses_in_two_processes_one_is_the_first(store: Replays, dsn: str, soon: float) -> None:
    other = Replays(dsn)
    await other.start()
    names = [secrets.token_urlsafe() for _ in range(50)]
    uses = [one.use("dpop", "key", name, now(), soon) for name in names * 4 for one in (store, other)]
    told = await asyncio.gather(*uses)
    assert sum(told) == 50
    for number in range(50):
        assert sum(told[place] for place in range(len(told)) if (place // 2) % 50 == number) == 1
    assert not await store.use("dpop", "key", names[0], now(), soon)
    await other.close()


async def test_kind_and_subject_are_namespaces(store: Replays, soon: float) -> None:
    name = secrets.token_urlsafe()
    for kind, subject in (("dpop", "a"), ("dpop", "b"), ("client", "a")):
        assert await store.use(kind, subject, name, now(), soon)
        assert not await store.use(kind, subject, name, now(), soon)


async def test_many_uses_are_one_statement(store: Replays, soon: float, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    commit = store._commit

    async def counted(batch: list[Any]) -> None:
        batches.append(len(batch))
        await commit(batch)

    monkeypatch.setattr(store, "_commit", counted)
    assert all(
        await asyncio.gather(*(store.use("dpop", "key", secrets.token_urlsafe(), now(), soon) for _ in range(300)))
    )
    assert batches == [300]
    # Those of the next rounds of the loop join those that came first.
    trickled = []
    for _ in range(3):
        trickled.append(store.use("dpop", "key", secrets.token_urlsafe(), now(), soon))
        await asyncio.sleep(0)
    assert all(await asyncio.gather(*trickled))
    assert batches == [300, 3]


async def test_what_its_age_refuses_is_purged_every_minute(
    store: Replays, cluster: Cluster, soon: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "PURGED_AT_ONCE", 10)
    past = datetime.now(UTC) - timedelta(seconds=1)
    rows = [(secrets.token_bytes(32), past) for _ in range(35)]
    kept = secrets.token_urlsafe()
    await store.use("dpop", "key", kept, now(), soon)
    admin = await asyncpg.connect(cluster.admin)
    await admin.copy_records_to_table("oauth_jti", records=rows, columns=("digest", "expires_at"))
    old = "SELECT count(*) FROM oauth_jti WHERE expires_at <= $1"
    assert await admin.fetchval(old, past) == 35
    await store.use("dpop", "key", secrets.token_urlsafe(), now(), soon)
    assert await admin.fetchval(old, past) == 35
    store._purge_at = 0.0  # the minute has passed
    await store.use("dpop", "key", secrets.token_urlsafe(), now(), soon)
    await store.use("dpop", "key", secrets.token_urlsafe(), now(), soon)  # after the purge: one thing at a time
    assert await admin.fetchval(old, past) == 0
    assert await admin.fetchval("SELECT count(*) FROM oauth_jti WHERE digest = $1", digest_of("dpop", "key", kept)) == 1
    await admin.close()


async def test_a_cut_connection_refuses_whoever_waits_and_is_opened_again(
    store: Replays, cluster: Cluster, soon: float
) -> None:
    name = secrets.token_urlsafe()
    assert await store.use("dpop", "key", name, now(), soon)
    admin = await asyncpg.connect(cluster.admin)
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", logins.REPLAYS)
    outcomes: set[bool | None] = set()
    for _ in range(200):
        try:
            outcomes.add(await store.use("dpop", "key", name, now(), soon))
        except UnavailableError:
            outcomes.add(None)
            await asyncio.sleep(0.02)
            continue
        break
    # Never "first" again: until the store is back nobody knows, then it is known.
    assert outcomes <= {None, False}
    assert False in outcomes
    await admin.close()


async def test_what_a_crash_may_have_forgotten_is_refused_for_its_age(
    store: Replays, cluster: Cluster, soon: float
) -> None:
    made_before = now()
    await asyncio.sleep(1.1)
    admin = await asyncpg.connect(cluster.admin)
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", logins.REPLAYS)
    await admin.close()
    told = None
    for _ in range(200):
        try:
            told = await store.use("dpop", "key", secrets.token_urlsafe(), now(), soon)
            break
        except UnavailableError:
            await asyncio.sleep(0.02)
    assert told is True
    assert not await store.use("dpop", "key", secrets.token_urlsafe(), made_before, soon)


async def test_a_new_process_takes_proofs_made_since_the_database_started(
    store: Replays, cluster: Cluster, soon: float
) -> None:
    admin = await asyncpg.connect(cluster.admin)
    started = await admin.fetchval("SELECT extract(epoch FROM pg_postmaster_start_time())::float8")
    await admin.close()
    assert await store.use("dpop", "key", secrets.token_urlsafe(), now() - 1, soon) is (now() - 1 >= int(started))
    assert not await store.use("dpop", "key", secrets.token_urlsafe(), started - 5, soon)


async def test_only_what_is_dated_ahead_waits_for_the_disk(
    store: Replays, soon: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    durable: list[str] = []
    statement: Any = store._mark

    class Watched:
        def fetch(self, *arguments: Any, **options: Any) -> Any:
            durable.append(arguments[2])
            return statement.fetch(*arguments, **options)

    monkeypatch.setattr(store, "_mark", Watched())
    assert await store.use("dpop", "key", secrets.token_urlsafe(), now(), soon)
    assert await store.use("dpop", "key", secrets.token_urlsafe(), now() + 30, soon)
    assert durable == ["off", "on"]


async def test_a_store_that_is_not_there_lets_nobody_in(dsn: str, soon: float) -> None:
    away = Replays("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(UnavailableError):
        await away.start()
    with pytest.raises(UnavailableError):
        away.use("dpop", "key", "name-of-a-proof", now(), soon)
    left = Replays(dsn)
    await left.start()
    last = left.use("dpop", "key", secrets.token_urlsafe(), now(), soon)
    await left.close()
    assert await last
    with pytest.raises(UnavailableError):
        left.use("dpop", "key", "name-of-a-proof", now(), soon)


@pytest.fixture
def statements() -> Iterator[tuple[str, ...]]:
    """What the login of the store must not be able to do."""
    yield (
        "SELECT 1 FROM oauth_token",
        "SELECT 1 FROM client_key",
        "UPDATE oauth_jti SET expires_at = now()",
        "INSERT INTO oauth_client (id) VALUES ('cli_abcd')",
    )


async def test_its_login_can_do_nothing_else(dsn: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(dsn)
    for statement in statements:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()
