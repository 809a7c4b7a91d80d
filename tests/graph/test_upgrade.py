"""An upgrade beside running processes: code that the new tables still fit goes on, other code says so and does nothing."""

import asyncio
from collections.abc import Callable, Iterator

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from loaders import walls
from loaders.setup import fitting
from loaders.setup.database import oldest_code
from loaders.setup.fitting import HEAD, Wanted
from tests.graph.callers import check
from tests.graph.sockets import acknowledged, opened
from tests.network import Network, neighbour

LIST = {"query": "{ concernReports(first: 1) { nodes { id } } }"}
OLDER = "0029"
assert OLDER < HEAD


@pytest.fixture
def migrated(network: Network) -> Iterator[Callable[..., None]]:
    """The database is migrated to this code's version, and works with code from the version given."""

    def now(oldest: str, *walled: str) -> None:
        for statement in fitting.statements(oldest, walled or walls.statements()):
            network.administer(f"SET ROLE maillage_owner; {statement}")

    yield now
    now(oldest_code())


@pytest.fixture
def older(network: Network, migrated: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """A process of the version before, which the database still works with."""
    migrated(OLDER)
    with monkeypatch.context() as patch:
        patch.setattr(fitting, "HEAD", OLDER)
        with neighbour(network) as process:
            yield process


def _token(network: Network) -> str:
    return network.token("cli_crip_59", "CRI")


async def test_older_code_goes_on_beside_a_migration_made_for_it_and_refuses_all_beside_another(
    network: Network, older: Network, migrated: Callable[..., None]
) -> None:
    token, mine = _token(older), _token(network)
    async with acknowledged(older, token) as stream, acknowledged(network, mine) as kept:
        for socket in (stream, kept):
            await socket.subscribe("a", "subscription { reportReceived { id } }")
        assert older.post(token, LIST).status_code == 200
        assert older.http.get(f"{older.base_url}/readyz").json()["version"] == "ok"

        await asyncio.to_thread(migrated, HEAD)
        assert await stream.closed() == 1012
        _refused(older.post(token, LIST))
        _refused(older.post(None, b"\xff"))
        _refused(older.http.get(f"{older.base_url}/accueil"))
        _refused(older.http.post(f"{older.base_url}/oauth/token", data={"grant_type": "client_credentials"}))
        with pytest.raises(InvalidStatus) as shut:
            async with opened(older):
                pass
        assert shut.value.response.status_code == 503
        ready = older.http.get(f"{older.base_url}/readyz")
        assert (ready.status_code, ready.json()["version"]) == (503, "other")
        assert older.http.get(f"{older.base_url}/livez").status_code == 200

        # A process of the new code has heard the same, and goes on, its streams too.
        assert network.post(mine, LIST).status_code == 200
        await kept.say({"type": "ping"})
        assert (await kept.hear())["type"] == "pong"


def _refused(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.json()["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE", "reason": "OTHER_VERSION"}
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["cache-control"] == "no-store"
    check(answer)


async def test_a_process_that_starts_on_another_version_serves_nothing(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "HEAD", OLDER)
    with neighbour(network) as process:
        _refused(process.post(None, LIST))


@pytest.mark.parametrize(
    ("code", "oldest", "newest", "fits"),
    [
        ("0031", "0031", "0031", True),
        ("0030", "0030", "0031", True),
        ("0030", "0031", "0031", False),
        ("0029", "0030", "0031", False),
        ("0032", "0030", "0031", False),
    ],
)
def test_code_fits_the_version_it_was_made_for_and_those_made_beside_it(
    code: str, oldest: str, newest: str, fits: bool
) -> None:
    assert Wanted(oldest, newest, "").fits(code) is fits


# What asks of a case, and what acts on one: each is not allowed something that this code was made for.
TAKEN = {
    "question": (
        LIST,
        "REVOKE SELECT (id) ON concern_report FROM maillage_cri",
        "GRANT SELECT (id) ON concern_report TO maillage_cri",
    ),
    "act": (
        {
            "query": 'mutation { acknowledgeReport(input: {report: "rep_00000000-0000-4000-8000-000000000000"}) { userErrors { code } } }'
        },
        "REVOKE SELECT ON concern_report FROM maillage_commands",
        "GRANT SELECT ON concern_report TO maillage_commands",
    ),
}


def test_what_other_walls_do_not_allow_is_told_as_an_upgrade_where_other_code_made_them(
    network: Network, migrated: Callable[..., None]
) -> None:
    with neighbour(network) as process:
        token = _token(process)
        for asked, taken, given in TAKEN.values():
            network.administer(taken)
            try:
                # Nobody has prepared the database anew: then it is no upgrade.
                assert "OTHER_VERSION" not in process.post(token, asked).text
                migrated(oldest_code(), "other walls")
                _refused(process.post(token, asked))
            finally:
                network.administer(given)
                migrated(oldest_code())
            # It does what still fits.
            assert process.post(token, asked).status_code == 200
