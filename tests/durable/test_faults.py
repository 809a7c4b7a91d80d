"""The network and the disk fail: a clear and bounded refusal, no loss, and it heals without a restart."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import shake_256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest

from graph.http.limits import Limits
from graph.settings import Settings
from loaders.commands.entry import PARIS
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.cluster import SECRET, Cluster, prepared
from tests.durable.clients import FOLLOW, NOTE
from tests.durable.house import free_port
from tests.durable.proxy import SOCKET, Proxy, to_path, to_port
from tests.filled import filled_cluster
from tests.graph.callers import check
from tests.network import Network, running_network

LIST = "{ referrals(first: 1) { nodes { id } } }"
DIRECTORY = "{ departments { totalCount } }"
PATIENCE = 1.5


class _Hasty(Settings):
    """A request gives up soon."""

    limits: Limits = Limits(answer_seconds=1.0)


@dataclass(slots=True)
class Wire:
    """The network of the service, with a faulty line between it and its database."""

    network: Network
    proxy: Proxy
    referral: str

    def token(self) -> str:
        return self.network.token("cli_asso_measure", "ASM")

    def post(self, query: str, url: str | None = None, **variables: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token()}"}
        return self.network.http.post(
            f"{url or self.network.base_url}/graphql", json={"query": query, "variables": variables}, headers=headers
        )

    def act(self, key: str, **more: Any) -> httpx2.Response:
        today = datetime.now(UTC).astimezone(PARIS).date().isoformat()
        wish = {"referral": self.referral, "status": "ONGOING", "date": today, "idempotencyKey": key, **more}
        return self.post(FOLLOW, input=wish)

    def note(self, key: str) -> httpx2.Response:
        """An act of several statements, where a follow-up is one."""
        return self.post(NOTE, input={"referral": self.referral, "text": "Rappeler jeudi.", "idempotencyKey": key})

    def count(self, table: str = "follow_up") -> int:
        [row] = self.network.fetch(f"SELECT count(*) AS n FROM {table}")
        found: int = row["n"]
        return found

    def healthy(self) -> bool:
        ready = self.network.http.get(f"{self.network.base_url}/readyz").status_code == 200
        return ready and self.post(LIST).status_code == 200 and self.act(str(uuid4())).status_code == 200

    def until_healthy(self, seconds: float = 20) -> None:
        _until(self.healthy, seconds)


def _until(holds: Callable[[], bool], seconds: float = 20) -> None:
    patience = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < patience, "it did not heal"
        time.sleep(0.1)


def _engaged(network: Network) -> str:
    """An orientation that a worker of the association follows."""
    [worker, *_] = network.members("cli_asso_measure", "ASM")
    [row] = network.fetch(
        "UPDATE referral SET status = 'ONGOING', engaged_at = coalesce(engaged_at, proposed_at), ended_at = NULL, "
        "kind = 'DIRECT_SUPPORT', minor_agreement = 'AGREED', assigned_member_id = $1::text::uuid WHERE id = (SELECT r.id "
        "FROM referral r JOIN situation s ON s.id = r.situation_id WHERE r.to_org_id = (SELECT organisation_id FROM member "
        "WHERE id = $1::text::uuid) AND s.retention_state = 'ACTIVE' AND r.proposed_at IS NOT NULL LIMIT 1) RETURNING id",
        worker["id"].removeprefix("mem_"),
    )
    return f"ref_{row['id']}"


@contextmanager
def _wire(cluster: Cluster, folder: Path) -> Iterator[Wire]:
    through = folder / "line"
    through.mkdir()
    proxy = Proxy(to_path(cluster.server.socket_directory / SOCKET))
    proxy.on_path(through / SOCKET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.network.Settings", _Hasty)
        with running_network(
            Cluster(replace(cluster.server, socket_directory=through)), SECRET, folder / "demo"
        ) as network:
            # The test itself looks past the line.
            network.cluster = cluster
            # No token can be had while the line is cut, and no other test ends one here.
            network.kept_for = 200
            yield Wire(network, proxy, _engaged(network))
    proxy.stop()


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("wire")
    with filled_cluster(folder) as cluster, _wire(cluster, folder) as wire:
        yield wire


@pytest.fixture(autouse=True)
def mended(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "wire" in request.fixturenames:
        wire: Wire = request.getfixturevalue("wire")
        wire.proxy.mode, wire.proxy.deaf_after = "pass", None
        wire.until_healthy()


def _refused(answer: httpx2.Response, reason: str | None = None) -> None:
    assert answer.status_code == 503, answer.text
    found = answer.json()["errors"][0]["extensions"]
    assert found["code"] == "SERVICE_UNAVAILABLE"
    if reason is not None:
        assert found["reason"] == reason
    check(answer)


def test_a_slow_line_is_only_slow(wire: Wire) -> None:
    wire.until_healthy()
    wire.proxy.delay, wire.proxy.mode = 0.02, "late"
    assert wire.post(LIST).status_code == 200
    before = wire.count()
    assert wire.act(str(uuid4())).json()["data"]["done"]["userErrors"] == []
    assert wire.count() == before + 1


@pytest.mark.parametrize("reset", [False, True])
def test_lines_that_are_cut_are_laid_again(wire: Wire, reset: bool) -> None:
    for _ in range(3):
        wire.proxy.cut(reset=reset)
        for answer in (wire.post(LIST), wire.act(str(uuid4())), wire.post(DIRECTORY)):
            assert answer.status_code in {200, 503}, answer.text
            check(answer)
        wire.until_healthy()


def test_a_line_that_swallows_everything_holds_nobody_up(wire: Wire) -> None:
    wire.until_healthy()
    token = wire.token()
    before = wire.count()
    wire.proxy.mode = "swallow"
    for _ in range(6):
        started = time.monotonic()
        _refused(wire.network.post(token, {"query": LIST}))
        _refused(wire.act(str(uuid4())))
        assert time.monotonic() - started < 2 * PATIENCE
    # The old lines stay dead, as half-open connections do; new ones work.
    wire.proxy.mode = "pass"
    wire.until_healthy(30)
    assert wire.count() > before


def test_no_new_line_is_a_clear_refusal(wire: Wire) -> None:
    wire.proxy.mode = "refuse"
    wire.proxy.cut()
    for _ in range(3):
        _refused(wire.post(LIST))
        _refused(wire.act(str(uuid4())))


# What is in the message that commits: of one statement its parameters, of several their end.
_COMMITS = {"follow_up": b"recordFollowUp", "association_note": b"COMMIT"}


@pytest.mark.parametrize("table", _COMMITS)
def test_an_act_whose_commit_nobody_heard_says_so_and_is_done_once(wire: Wire, table: str) -> None:
    wire.until_healthy()
    act = wire.act if table == "follow_up" else wire.note
    before, key = wire.count(table), str(uuid4())
    wire.proxy.deaf_after = _COMMITS[table]
    first = [act(key)]
    # Of the lines that it has kept, more than one can be dead: then nothing was sent that could be in doubt.
    while "reason" not in first[-1].json()["errors"][0]["extensions"] and len(first) < 20:
        _refused(first[-1])
        first.append(act(key))
    _refused(first[-1], "IN_DOUBT")
    assert wire.count(table) == before + 1
    again = [act(key)]
    while again[-1].status_code == 503 and len(again) < 20:
        again.append(act(key))
    assert again[-1].json()["data"]["done"]["userErrors"] == []
    assert wire.count(table) == before + 1


def test_an_answer_that_is_lost_on_the_way_to_the_client_costs_nothing(wire: Wire) -> None:
    port = free_port()
    line = Proxy(to_port(int(wire.network.base_url.rpartition(":")[2])))
    line.on_port(port)
    try:
        before, key = wire.count(), str(uuid4())
        line.deaf_after = b"recordFollowUp"
        today = datetime.now(UTC).astimezone(PARIS).date().isoformat()
        wish = {"referral": wire.referral, "status": "ONGOING", "date": today, "idempotencyKey": key}
        with pytest.raises(httpx2.TransportError):
            wire.post(FOLLOW, f"http://127.0.0.1:{port}", input=wish)
        done = wire.post(FOLLOW, f"http://127.0.0.1:{port}", input=wish).json()["data"]["done"]
        assert done["userErrors"] == []
        assert wire.count() == before + 1
    finally:
        line.stop()


# ---------------------------------------------------------------- too much at once


def _at_once(asks: list[Callable[[], httpx2.Response]]) -> list[httpx2.Response]:
    with ThreadPoolExecutor(len(asks)) as pool:
        return [one.result() for one in [pool.submit(ask) for ask in asks]]


def test_acts_that_wait_for_a_row_are_refused_in_time_and_hold_no_reader_up(wire: Wire) -> None:
    wire.until_healthy()
    before = wire.count()

    async def held() -> tuple[list[httpx2.Response], list[httpx2.Response], float]:
        connection = await asyncpg.connect(wire.network.cluster.admin)
        try:
            async with connection.transaction():
                row = UUID(wire.referral.removeprefix("ref_"))
                await connection.execute("SELECT FROM referral WHERE id = $1 FOR UPDATE", row)
                started = time.monotonic()
                # Many more than the pool has connections.
                acts = asyncio.to_thread(_at_once, [lambda: wire.act(str(uuid4()))] * 16)
                reads = asyncio.to_thread(_at_once, [lambda: wire.post(DIRECTORY)] * 4)
                acted, read = await asyncio.gather(acts, reads)
                return acted, read, time.monotonic() - started
        finally:
            await connection.close()

    acted, read, took = asyncio.run(held())
    for answer in acted:
        _refused(answer)
    assert [answer.status_code for answer in read] == [200] * 4
    assert took < 5 * PATIENCE
    wire.until_healthy()
    assert wire.count() > before


def test_a_question_that_takes_too_long_is_refused_clearly(wire: Wire) -> None:
    wire.until_healthy()
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'maillage_asm'"
    try:
        wire.network.administer("ALTER ROLE maillage_asm SET statement_timeout = '1ms'")
        wire.network.administer(end)
        # What the cut connections leave is over when an answer has a reason.
        _until(lambda: wire.post(LIST).json()["errors"][0]["extensions"].get("reason") == "TIMEOUT")
        answer = wire.post(LIST)
        assert answer.json()["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE", "reason": "TIMEOUT"}
        check(answer)
    finally:
        wire.network.administer("ALTER ROLE maillage_asm SET statement_timeout = '5s'")
        wire.network.administer(end)


def test_a_herd_after_an_outage_opens_no_more_connections_than_the_pools_have(wire: Wire) -> None:
    wire.until_healthy()
    wire.proxy.mode = "refuse"
    wire.proxy.cut()
    _refused(wire.post(LIST))
    wire.proxy.mode = "pass"
    answers = _at_once([lambda: wire.post(LIST)] * 24)
    assert {answer.status_code for answer in answers} <= {200, 503}
    wire.until_healthy()
    counted = wire.network.fetch(
        "SELECT usename, count(*) AS n FROM pg_stat_activity WHERE usename IN ('maillage_asm', 'maillage_commands') GROUP BY 1"
    )
    # Two times four: single statements and transactions have connections of their own.
    assert all(row["n"] <= 8 for row in counted), counted


# ---------------------------------------------------------------- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, too small."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("a small file system needs the right to mount one")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=420m", "tmpfs", str(disk)], check=False)
    if made.returncode != 0:
        pytest.skip("a small file system needs the right to mount one")
    try:
        yield disk
    finally:
        subprocess.run([str(shutil.which("umount")), "-l", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_refuses_clearly_and_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    small = {"shared_buffers": "64MB", "max_wal_size": "64MB", "min_wal_size": "32MB"}
    postgres = EmbeddedPostgres(small_disk / "pg", settings=small)
    cluster = prepared(postgres)
    with running_network(cluster, SECRET, tmp_path / "demo") as network:
        wire = Wire(network, Proxy(to_path(tmp_path)), _engaged(network))
        done: dict[str, str] = {}
        refused = 0
        ballast = small_disk / "ballast"
        assert _note(wire, "before-all").json()["data"]["done"]["userErrors"] == []
        _fill(ballast)
        for number in range(4000):
            key = f"note-{number:08}"
            answer = _note(wire, key)
            check(answer)
            if answer.status_code == 200 and "errors" not in answer.json():
                done[key] = answer.json()["data"]["done"]["row"]["id"]
            else:
                _refused(answer)
                refused += 1
            if refused >= 5:
                break
        assert refused == 5
        ballast.unlink()
        _until(lambda: _restarted(postgres) and wire.healthy(), 60)
        for key, identity in done.items():
            assert _note(wire, key).json()["data"]["done"]["row"]["id"] == identity
    postgres.stop()


def _note(wire: Wire, key: str) -> httpx2.Response:
    # The same under the same key, and nothing that shrinks.
    wish = {"referral": wire.referral, "text": shake_256(key.encode()).hexdigest(4500), "idempotencyKey": key}
    return wire.post(NOTE, input=wish)


def _fill(path: Path) -> None:
    free = shutil.disk_usage(path.parent).free
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free - 1_000_000)


def _restarted(postgres: EmbeddedPostgres) -> bool:
    """A log that cannot be written ends the server: whoever runs it starts it again."""
    if not postgres.running:
        postgres.start()
    return True
