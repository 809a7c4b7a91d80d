"""PostgreSQL stops, hangs or comes back: nothing is shown without its record, the refusal is clear, and it heals."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest

from graph.http.limits import Limits
from graph.settings import Settings
from loaders.embedded.folder import PID_FILE
from loaders.embedded.supervisor import EmbeddedPostgres
from tests.cluster import SECRET
from tests.filled import start_filled
from tests.graph.callers import check
from tests.network import Network, running_network

LIST = {"query": "{ concernReports(first: 1) { nodes { id } } }"}
MUTATION = {
    "query": 'mutation { acknowledgeReport(input: {report: "rep_00000000-0000-4000-8000-000000000000"}) { userErrors { code } } }'
}
OTHERS = {
    "viewer": {"query": "{ viewer { audience organisation } }"},
    "node": {"query": '{ node(id: "rep_00000000-0000-4000-8000-000000000000") { id } }'},
    "nodes": {"query": '{ nodes(ids: ["rep_00000000-0000-4000-8000-000000000000"]) { id } }'},
    "directory": {"query": "{ departments { totalCount } }"},
    "monitoring": {"query": "{ nationalMonitoring(period: {year: 2024}) { situations { count { label } } } }"},
    "introspection": {"query": "{ __schema { queryType { name } } }"},
    "no such field": {"query": "{ x }"},
    "mutation": MUTATION,
}


class _Hasty(Settings):
    """A request gives up soon."""

    limits: Limits = Limits(answer_seconds=0.5)


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Network, EmbeddedPostgres, Path]]:
    """A network of its own, whose server may be hurt."""
    folder = tmp_path_factory.mktemp("fragile")
    postgres, cluster = start_filled(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.network.Settings", _Hasty)
        with running_network(cluster, SECRET, folder / "demo") as network:
            # Longer than any outage here: a server that is away gives no token.
            network.kept_for = 200
            yield network, postgres, folder / "pg"
    postgres.stop()


def _token(network: Network) -> str:
    return network.token("cli_crip_59", "CRI")


def _refused(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    problem = answer.json()["errors"][0]
    assert problem["extensions"] == {"code": "SERVICE_UNAVAILABLE"}
    assert answer.headers["retry-after"] == "2"
    assert "data" not in answer.json()
    check(answer)


def _until(holds: Callable[[], bool], seconds: float = 15) -> None:
    patience = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < patience, "it did not heal"
        time.sleep(0.1)


def _healthy(network: Network) -> bool:
    ready = network.http.get(f"{network.base_url}/readyz").status_code == 200
    network.tokens.clear()
    return ready and network.post(_token(network), LIST).status_code == 200


def _processes(data: Path) -> list[int]:
    """The server and its children: a stopped server alone leaves its backends running."""
    postmaster = int((data / PID_FILE).read_text().split()[0])
    children = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = next(line for line in status.read_text().splitlines() if line.startswith("PPid:"))
        except (OSError, StopIteration):
            continue
        if int(parent.split()[1]) == postmaster:
            children.append(int(status.parent.name))
    return [postmaster, *children]


def _admin(network: Network, sql: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="finds the server's processes in /proc")
def test_a_server_that_hangs_hangs_nobody(fragile: tuple[Network, EmbeddedPostgres, Path]) -> None:
    network, _, data = fragile
    # Its deadline is half a second, and the first question prepares everything.
    _until(lambda: _healthy(network))
    stopped = _processes(data)
    try:
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        for name, body in {"list": LIST, **OTHERS}.items():
            started = time.monotonic()
            _refused(network.post(_token(network), body))
            assert time.monotonic() - started < 3, name
        assert network.http.get(f"{network.base_url}/livez").status_code == 200
        ready = network.http.get(f"{network.base_url}/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "away")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    _until(lambda: _healthy(network))


def test_connections_that_are_cut_are_replaced(fragile: tuple[Network, EmbeddedPostgres, Path]) -> None:
    network, _, _ = fragile
    _until(lambda: _healthy(network))
    for _ in range(3):
        _admin(
            network,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'maillage_%' AND pid <> pg_backend_pid()",
        )
        for body in (LIST, *OTHERS.values()):
            answer = network.post(_token(network), body)
            assert answer.status_code in {200, 503}, answer.text
            check(answer)
        _until(lambda: _healthy(network))


def test_without_its_log_nothing_personal_is_shown(fragile: tuple[Network, EmbeddedPostgres, Path]) -> None:
    network, _, _ = fragile
    _until(lambda: _healthy(network))
    _admin(network, "ALTER ROLE maillage_audit NOLOGIN; REVOKE INSERT ON access_log FROM maillage_audit")
    try:
        _admin(network, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'maillage_audit'")
        for body in (LIST, OTHERS["node"], OTHERS["nodes"], MUTATION):
            _refused(network.post(_token(network), body))
        ready = network.http.get(f"{network.base_url}/readyz")
        assert (ready.status_code, ready.json()) == (
            503,
            {"database": "ok", "access_log": "away", "replay_store": "ok", "version": "ok"},
        )
        # The directory holds nothing personal, so it needs no record.
        assert network.post(_token(network), OTHERS["directory"]).json() == {
            "data": {"departments": {"totalCount": 101}}
        }
    finally:
        _admin(network, "GRANT INSERT ON access_log TO maillage_audit; ALTER ROLE maillage_audit LOGIN")
    _until(lambda: _healthy(network))


def test_a_record_that_is_not_committed_in_time_is_no_record(fragile: tuple[Network, EmbeddedPostgres, Path]) -> None:
    network, _, _ = fragile
    _until(lambda: _healthy(network))

    async def locked() -> httpx2.Response:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE access_log IN SHARE MODE")
                return await asyncio.to_thread(network.post, _token(network), LIST)
        finally:
            await connection.close()

    _refused(asyncio.run(locked()))
    _until(lambda: _healthy(network))


def test_a_server_that_is_gone_is_told_and_its_return_too(fragile: tuple[Network, EmbeddedPostgres, Path]) -> None:
    network, postgres, _ = fragile
    _until(lambda: _healthy(network))
    postgres.stop()
    try:
        for name, body in {"list": LIST, **OTHERS}.items():
            started = time.monotonic()
            _refused(network.post(_token(network), body))
            assert time.monotonic() - started < 3, name
        unknown = network.post("e30.e30.e30", LIST)
        assert unknown.status_code in {401, 503}
        ready = network.http.get(f"{network.base_url}/readyz")
        assert ready.status_code == 503
        assert ready.json() == {"database": "away", "access_log": "away", "replay_store": "away", "version": "ok"}
        assert network.http.get(f"{network.base_url}/livez").json() == {"status": "ok"}
    finally:
        postgres.start()
    _until(lambda: _healthy(network))


def test_the_house_is_ready_when_its_database_is(network: Network) -> None:
    assert network.http.get(f"{network.base_url}/livez").json() == {"status": "ok"}
    ready = network.http.get(f"{network.base_url}/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"database": "ok", "access_log": "ok", "replay_store": "ok", "version": "ok"}
