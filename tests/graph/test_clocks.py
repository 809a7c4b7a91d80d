"""The clock of one process goes wrong by an hour: it refuses clearly, opens nothing, and is well when the clock is.

The whole service under a wrong clock of its system is `tests/durable/test_clocks.py`, which needs a library of Debian's.
"""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from auth.bearer import Bearer
from loaders.commands.authorization import AuthorizationDesk
from tests.graph.callers import code
from tests.network import Network, neighbour
from tests.test_authentication_log import ask_token, key_of

ASK = {"query": "{ referrals(first: 1) { nodes { id } } }"}
HOUR = 3600.0


@dataclass(slots=True)
class Clock:
    """That of the tokens and of the token endpoint, which can be set wrong."""

    wrong_by: float = 0.0

    def now(self) -> float:
        return time.time() + self.wrong_by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for init in (Bearer.__init__, AuthorizationDesk.__init__):
        before = init.__defaults__ or ()
        assert time.time in before
        monkeypatch.setattr(init, "__defaults__", tuple(made.now if one is time.time else one for one in before))
    return made


@pytest.fixture
def hurried(network: Network, clock: Clock) -> Iterator[Network]:
    with neighbour(network) as other:
        yield other


def _endpoint(hurried: Network) -> tuple[int, str | None]:
    answer = ask_token(hurried, key_of(hurried, "cli_asso_measure"))
    return answer.status_code, answer.json().get("error")


def test_a_clock_that_is_ahead_refuses_clearly_and_is_forgiven(hurried: Network, clock: Clock) -> None:
    token = hurried.token("cli_asso_measure", "ASM")
    assert hurried.post(token, ASK).status_code == 200
    clock.wrong_by = HOUR
    answer = hurried.post(token, ASK)
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"]
    # An assertion of now is an old one.
    assert _endpoint(hurried) == (401, "invalid_client")
    assert hurried.http.get(f"{hurried.base_url}/livez").status_code == 200
    clock.wrong_by = 0
    assert hurried.post(token, ASK).status_code == 200
    assert _endpoint(hurried) == (200, None)


def test_behind_a_clock_that_is_slow_nothing_lives_longer_than_the_database_says(
    network: Network, hurried: Network, clock: Clock
) -> None:
    known, ended = hurried.token("cli_asso_measure", "ASM"), hurried.token("cli_asso_measure", "COO")
    hurried.tokens.clear()
    new = hurried.token("cli_asso_measure", "COO")
    for token in (known, ended):
        assert hurried.post(token, ASK).status_code == 200
    clock.wrong_by = -HOUR
    # What was looked at before stands; a token, and an assertion, of the future is none.
    assert hurried.post(known, ASK).status_code == 200
    assert hurried.post(new, ASK).status_code == 401
    assert _endpoint(hurried) == (401, "invalid_client")
    network.revoke(ended)
    jti = json.loads(base64.urlsafe_b64decode(known.split(".")[1] + "=="))["jti"]
    network.administer("UPDATE oauth_token SET expires_at = now() - interval '1 second' WHERE id = $1", jti)
    for token in (known, ended):
        answer = hurried.post(token, ASK)
        assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    clock.wrong_by = 0
    assert hurried.post(new, ASK).status_code == 200
    assert _endpoint(hurried) == (200, None)
