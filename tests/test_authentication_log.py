"""Everybody who comes in is in the access log, whoever fails is counted, and no log anywhere holds a secret."""

import asyncio
import base64
import io
import json
import logging
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog
from joserfc.jwk import ECKey

from auth.oauth import signed
from auth.oauth.assertions_out import make_client_assertion, make_person_assertion, make_proof
from loaders.journals.audit import AuditWriter
from loaders.journals.authentication_log import AuthenticationLog, Who
from loaders.postgres.logins import AUDIT, SERVICES, password_of
from tests.cluster import Cluster
from tests.graph.test_by_cookie import sign_in
from tests.interop.test_secret_clients import ISSUE, REGISTER
from tests.network import Network, neighbour
from tests.test_onboarding import Office

_WHO = {"query": "{ __typename }"}
_FORM = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}


def rows(network: Network, where: str, *values: Any) -> list[Any]:
    async def run() -> list[Any]:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            return await connection.fetch(
                f"SELECT * FROM access_log WHERE event = 'AUTHENTICATION' AND {where}", *values
            )
        finally:
            await connection.close()

    return asyncio.run(run())


def key_of(network: Network, client: str) -> ECKey:
    [found] = [one for one in network.card["clients"] if one["client_id"] == client]
    return ECKey.import_key(json.loads(Path(found["key_file"]).read_text()))


def ask_token(network: Network, key: ECKey, client: str = "cli_asso_measure") -> Any:
    form = {
        **_FORM,
        "grant_type": "client_credentials",
        "client_assertion": make_client_assertion(key, client, network.base_url),
    }
    return network.http.post(network.base_url + "/oauth/token", data=form)


def test_a_token_is_recorded_before_it_leaves_and_without_itself(network: Network) -> None:
    answer = ask_token(network, key_of(network, "cli_asso_measure"))
    assert answer.status_code == 200, answer.text
    access = answer.json()["access_token"]
    token = signed.read(access)
    [record] = rows(network, "operation LIKE '%' || $1 || '%'", token.word("jti"))
    kid = token.heading("kid")
    assert record["operation"] == f"token.issued; address=127.0.0.1; jti={token.word('jti')}; kid={kid}"
    assert (record["outcome"], record["client_id"], str(record["organisation_id"])) == (
        "OK",
        "cli_asso_measure",
        token.word("org"),
    )
    assert access not in str(record)


def test_the_end_of_a_token_is_recorded_with_its_name_and_the_end_of_nothing_is_not(network: Network) -> None:
    key = key_of(network, "cli_asso_measure")
    access = ask_token(network, key).json()["access_token"]
    token = signed.read(access)
    ended = f"token.revoked; address=127.0.0.1; jti={token.word('jti')}"
    before = len(rows(network, "operation LIKE 'token.revoked%'"))
    for text in ("garbage", access[:-4] + "AAAA", access, access):
        assertion = make_client_assertion(key, "cli_asso_measure", network.base_url)
        form = {**_FORM, "client_assertion": assertion, "token": text}
        assert network.http.post(network.base_url + "/oauth/revoke", data=form).status_code == 200
    assert len(rows(network, "operation LIKE 'token.revoked%'")) == before + 1
    [record] = rows(network, "operation = $1", ended)
    assert (record["outcome"], record["client_id"], str(record["organisation_id"])) == (
        "OK",
        "cli_asso_measure",
        token.word("org"),
    )


def test_keys_that_a_code_brought_are_recorded_by_what_is_read_out(network: Network) -> None:
    first, second = (one["id"] for one in network.members("cli_operator", "ADM"))
    office = Office(network, first, second, f"cli_new_{secrets.token_hex(4)}", secrets.token_urlsafe(32))
    office.begin()
    told = office.enrol(ECKey.generate_key("P-256")).json()
    [record] = rows(network, "client_id = $1", office.client)
    assert record["operation"] == f"keys.enrolled; address=127.0.0.1; fingerprint={told['fingerprint']}"
    assert office.code not in str(record)


async def test_the_same_refusal_is_one_counted_record(cluster: Cluster) -> None:
    writer = AuditWriter(cluster.login(AUDIT))
    await writer.start()
    log = AuthenticationLog(writer)
    mark = f"test-{secrets.token_hex(4)}"
    for _ in range(7):
        log.refused("token.issued", mark, client_id=None, address="192.0.2.1")
    log.refused("token.issued", mark, client_id="cli_a", address="192.0.2.1")
    await log.flush()
    await log.flush()
    await log.done("sign-in", Who(client_id="cli_pages"), acr=mark)
    await log.close()
    connection = await asyncpg.connect(cluster.admin)
    found = await connection.fetch(
        "SELECT client_id, operation FROM access_log WHERE outcome = $1 OR operation LIKE '%' || $1", mark
    )
    await connection.close()
    await writer.close()
    assert sorted((row["client_id"] or "", row["operation"]) for row in found) == [
        ("", "token.issued; address=192.0.2.1; count=7"),
        ("cli_a", "token.issued; address=192.0.2.1; count=1"),
        ("cli_pages", f"sign-in; acr={mark}"),
    ]


async def test_refusals_that_cannot_be_written_are_counted_on(cluster: Cluster) -> None:
    writer = AuditWriter(cluster.login(AUDIT))
    log = AuthenticationLog(writer)
    log.refused("token.issued", "away", client_id=None, address="192.0.2.2")
    await log.flush()
    log.refused("token.issued", "away", client_id=None, address="192.0.2.2")
    await writer.start()
    await log.flush()
    await writer.close()
    connection = await asyncpg.connect(cluster.admin)
    found = await connection.fetchval("SELECT operation FROM access_log WHERE outcome = 'away'")
    await connection.close()
    assert found == "token.issued; address=192.0.2.2; count=2"


def test_who_fails_too_often_waits_and_the_owner_of_the_name_does_not(network: Network) -> None:
    with neighbour(network, failures_per_client=3, failures_per_address=5, tokens_per_minute=4) as other:
        stranger, owner = ECKey.generate_key("P-256"), key_of(other, "cli_asso_measure")
        assert [ask_token(other, stranger).status_code for _ in range(4)] == [401, 401, 401, 429]
        waiting = ask_token(other, owner)
        assert (waiting.status_code, waiting.json()["error"]) == (429, "slow_down")
        assert 0 < int(waiting.headers["retry-after"]) <= 300
        # Another client of the same address is not concerned, until the address itself has failed too often.
        assert ask_token(other, key_of(other, "cli_dlpm"), "cli_dlpm").status_code == 200
        for _ in range(2):
            assert ask_token(other, stranger, "cli_nobody").status_code == 401
        assert ask_token(other, key_of(other, "cli_dlpm"), "cli_dlpm").status_code == 429
        enrol = other.http.post(other.base_url + "/oauth/enrolment", json={"code": "x"})
        assert enrol.status_code == 429
    with neighbour(network, tokens_per_minute=2) as other:
        key = key_of(other, "cli_asso_measure")
        assert [ask_token(other, key).status_code for _ in range(3)] == [200, 200, 429]


class _Heard(logging.Handler):
    """Everything that any logger says, at any level, with its arguments and its extras."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = io.StringIO()

    def emit(self, record: logging.LogRecord) -> None:
        # The server has threads of its own: this is the test's client, which says what it was sent.
        if record.threadName == "MainThread" and record.name.partition(".")[0] in {"httpcore2", "httpx2"}:
            return
        self.text.write(f"{record.name} {record.getMessage()} {record.__dict__}\n")


@pytest.fixture
def heard() -> Iterator[_Heard]:
    """All loggers at DEBUG: ours, authlib, asyncpg, uvicorn, and whatever else there is."""
    handler = _Heard()
    root = logging.getLogger()
    names = [
        None,
        "authlib",
        "asyncpg",
        "uvicorn",
        "uvicorn.access",
        "uvicorn.error",
        "asyncio",
    ]
    before = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    structured = structlog.get_config()
    # Authlib keeps its own level: at DEBUG it would write whole tokens, and our code says so (auth/oauth/server.py).
    for logger, _ in before:
        if logger.name != "authlib":
            logger.setLevel(logging.DEBUG)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(handler.text))
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    structlog.configure(**structured)
    for logger, level in before:
        logger.setLevel(level)


def test_no_log_holds_a_token_a_key_or_a_code(network: Network, heard: _Heard) -> None:
    # A server that starts now: some libraries look at their level once.
    with neighbour(network, dpop_nonce=True) as other:
        for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
            # It sets its loggers up when it starts, and keeps what they say to itself.
            logging.getLogger(name).setLevel(logging.DEBUG)
            logging.getLogger(name).addHandler(heard)
        try:
            _come_and_go(other, heard)
        finally:
            for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
                logging.getLogger(name).removeHandler(heard)


def _come_and_go(network: Network, heard: _Heard) -> None:
    sealed = [*_enrolled(network), *_by_secret(network), *_told(network), *_signed_in(network), *_of_the_house(network)]
    text = heard.text.getvalue()
    # It was listening: the refusals, and what the libraries say.
    assert all(word in text for word in ("oauth_refused", "request_refused", "uvicorn.access"))
    # Of a JWT its signature alone would do.
    sealed += [secret.rpartition(".")[2] for secret in sealed if secret.startswith("ey") and secret.count(".") == 2]
    assert [number for number, secret in enumerate(sealed) if secret in text] == []


def _enrolled(network: Network) -> list[str]:
    """From a code to a token: codes, the private key, assertions, tokens, a proof that has to be made again."""
    first, second = (one["id"] for one in network.members("cli_operator", "ADM"))
    office = Office(network, first, second, f"cli_new_{secrets.token_hex(4)}", secrets.token_urlsafe(32))
    key, guess = ECKey.generate_key("P-256"), secrets.token_urlsafe(32)
    identity = office.begin()
    assert office.enrol(key, code=guess).status_code == 401
    told = office.enrol(key).json()
    office.done(office.second, "approveOrganisation", organisation=identity, fingerprint=told["fingerprint"])
    assertion = make_client_assertion(key, office.client, network.base_url)
    form = {**_FORM, "grant_type": "client_credentials", "client_assertion": assertion}
    endpoint = network.base_url + "/oauth/token"
    proof = make_proof(key, "POST", endpoint)
    sent_back = network.http.post(endpoint, data=form, headers={"DPoP": proof})
    assert sent_back.json()["error"] == "use_dpop_nonce"
    access = network.http.post(endpoint, data=form).json()["access_token"]
    assert network.http.post(endpoint, data=form).status_code == 401
    voucher = make_person_assertion(key, office.client, network.base_url, "nobody", acr="x", auth_time=0)  # type: ignore[arg-type]
    person = {**form, "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": voucher}
    assert network.http.post(endpoint, data=person).status_code in {400, 401}
    wrong = access[:-4] + "AAAA"
    assert [network.post(token, _WHO).status_code for token in (access, wrong)] == [200, 401]
    return [str(key.as_dict(private=True)["d"]), office.code, guess, assertion, proof, access, wrong, voucher]


def _by_secret(network: Network) -> list[str]:
    """A tool that cannot sign, with its secret and with another."""
    client = f"cli_old_{secrets.token_hex(4)}"
    [owner] = network.fetch("SELECT organisation_id FROM oauth_client WHERE id = 'cli_crip_59'")
    given = {"organisation": f"org_{owner['organisation_id']}", "client": client}
    assert network.data("cli_operator", REGISTER, given, member="ADM")["registerClient"]["userErrors"] == []
    secret = network.data("cli_crip_59", ISSUE, {"client": client}, member="DEL")["issueClientSecret"]["secret"]
    assert secret.startswith("mls_")
    wrong = secret[:-6] + "AAAAAA"
    for text, status in ((secret, 200), (wrong, 401)):
        answer = network.http.post(
            network.base_url + "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, text)
        )
        assert answer.status_code == status, answer.text
    headers = [base64.b64encode(f"{client}:{text}".encode()).decode() for text in (secret, wrong)]
    return [secret, wrong, secret.split("_", 2)[2], *headers]


def _told(network: Network) -> list[str]:
    """A webhook's secrets."""
    asked = 'mutation { registerWebhook(input: {url: "https://partner.example/heard"}) { secret webhook { id } } }'
    made = network.data("cli_ase_59", asked, member="DEL")["registerWebhook"]
    again = "mutation ($w: ID!) { rotateWebhookSecret(input: {webhook: $w}) { secret } }"
    fresh = network.data("cli_ase_59", again, {"w": made["webhook"]["id"]}, member="DEL")["rotateWebhookSecret"]
    assert made["secret"].startswith("whsec_") and made["secret"] != fresh["secret"]
    return [one["secret"].removeprefix("whsec_") for one in (made, fresh)]


def _signed_in(network: Network) -> list[str]:
    """A session of somebody in a browser, its forms, and one that was made up."""
    browser = sign_in(network, "CRI", "cli_crip_59")
    assert browser.post().status_code == 200
    guess = secrets.token_urlsafe(32)
    assert browser.post(Cookie=f"maillage={guess}").status_code == 401
    return [browser.cookie, browser.form, guess]


def _of_the_house(network: Network) -> list[str]:
    """Our own: keys in every writing that somebody could log, and the passwords of the logins."""
    own = network.secrets
    keys = [
        own.sealing, own.database, own.cursors, own.journal, own.webhooks, own.pseudonyms, own.idempotency, own.signin,
        own.forms, own.nonces,
    ]  # fmt: skip
    written = [
        [key.hex(), repr(key)[2:-1], base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode().rstrip("=")]
        for key in keys
    ]
    return [*(text for texts in written for text in texts), *(password_of(own.database, login) for login in SERVICES)]


def test_authlib_never_speaks_at_debug() -> None:
    assert logging.getLogger("authlib").getEffectiveLevel() >= logging.INFO
