"""A partner comes into the network over HTTP alone: asked in, enrolled by its own keys, approved, at work, suspended."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from joserfc.jwk import ECKey, Key

from auth.oauth.assertions_out import make_client_assertion, make_possession_proof
from loaders.journals.authentication_log import AuthenticationLog
from schema.errors import UnavailableError
from tests.network import Network

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def digest(code: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Office:
    """The operator's two administrators, and a partner that wants in."""

    network: Network
    first: str
    second: str
    client: str
    code: str

    def act(self, who: str, mutation: str, **wish: Any) -> dict[str, Any]:
        """One mutation; its payload."""
        name = mutation[0].upper() + mutation[1:]
        query = f"mutation($i: {name}Input!) {{ {mutation}(input: $i) {{ organisation {{ id status }} userErrors {{ code }} }} }}"
        answer = self.network.ask("cli_operator", query, {"i": wish}, member=who, purpose="ADMINISTRATION")
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"][mutation]
        return found

    def done(self, who: str, mutation: str, **wish: Any) -> dict[str, Any]:
        payload = self.act(who, mutation, **wish)
        assert payload["userErrors"] == []
        found: dict[str, Any] = payload["organisation"]
        return found

    def begin(self) -> str:
        """Ask an association in and register its tool; the organisation's id."""
        found = self.done(
            self.first, "createOrganisation", name="Association Neuve", kind="ASSOCIATION", mandateKind="MEASURE"
        )
        assert found["status"] == "PENDING"
        wish = {"client": self.client, "name": "Outil", "scopes": ["cases:read", "directory:read"], "bearer": True}
        self.done(self.first, "registerClient", organisation=found["id"], codeDigest=digest(self.code), **wish)
        return str(found["id"])

    def enrol(self, *keys: Key, **changes: Any) -> Any:
        proofs = [make_possession_proof(key, self.client, self.network.base_url, code=self.code) for key in keys]
        body = {"code": self.code, "jwks": {"keys": [key.as_dict(private=False) for key in keys]}, "proofs": proofs}
        return self.network.http.post(self.network.base_url + "/oauth/enrolment", json={**body, **changes})

    def token(self, key: Key) -> Any:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": make_client_assertion(key, self.client, self.network.base_url),
        }
        return self.network.http.post(self.network.base_url + "/oauth/token", data=form)


@pytest.fixture
def office(network: Network) -> Iterator[Office]:
    first, second = (one["id"] for one in network.members("cli_operator", "ADM"))
    yield Office(network, first, second, f"cli_new_{secrets.token_hex(4)}", secrets.token_urlsafe(32))


def test_from_a_code_to_a_token_and_to_its_end(office: Office) -> None:
    key, spare = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    identity = office.begin()
    assert office.token(key).status_code == 401
    answer = office.enrol(key, spare)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["client_id"], told["status"]) == (office.client, "awaiting_approval")
    assert {one["thumbprint"] for one in told["keys"]} == {key.thumbprint(), spare.thumbprint()}
    assert answer.headers["cache-control"] == "no-store"
    # Proven is not approved.
    assert office.token(key).status_code == 401
    wish = {"organisation": identity, "fingerprint": told["fingerprint"]}
    refused = office.act(office.first, "approveOrganisation", **wish)
    assert refused == {"organisation": None, "userErrors": [{"code": "FOUR_EYES"}]}
    assert office.token(key).status_code == 401
    assert office.done(office.second, "approveOrganisation", **wish)["status"] == "ACTIVE"
    for one in (key, spare):
        granted = office.token(one)
        assert granted.status_code == 200, granted.text
    access = granted.json()["access_token"]
    reads: dict[str, Any] = {
        "json": {"query": "{ organisations(first: 1) { totalCount } }"},
        "headers": {"Authorization": f"Bearer {access}"},
    }
    assert office.network.http.post(office.network.card["graphql"], **reads).status_code == 200

    office.done(office.second, "retireClientKey", client=office.client, kid=spare.thumbprint())
    assert (office.token(spare).status_code, office.token(key).status_code) == (401, 200)

    assert office.done(office.second, "suspendOrganisation", organisation=identity)["status"] == "SUSPENDED"
    assert office.token(key).status_code == 401
    assert office.network.http.post(office.network.card["graphql"], **reads).status_code == 401
    assert office.done(office.second, "resumeOrganisation", organisation=identity)["status"] == "ACTIVE"
    assert office.network.http.post(office.network.card["graphql"], **reads).status_code == 401
    assert office.token(key).status_code == 200


def test_a_code_passes_once_and_every_wrong_code_gets_the_same_answer(office: Office) -> None:
    key = ECKey.generate_key("P-256")
    office.begin()
    fresh = secrets.token_urlsafe(32)
    wrong = [office.enrol(key, code=code) for code in (fresh, "x", "", 7, None, [fresh], "é" * 43)]
    used = office.enrol(key)
    assert used.status_code == 200
    again = office.enrol(ECKey.generate_key("P-256"))
    bodies = {answer.text for answer in (*wrong, again)}
    assert len(bodies) == 1
    assert {answer.status_code for answer in (*wrong, again)} == {401}
    assert again.json()["error"] == "invalid_code"


def test_what_cannot_be_written_down_leaves_the_code_unused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise UnavailableError(reason="test")

    office.begin()
    key = ECKey.generate_key("P-256")
    with monkeypatch.context() as patched:
        patched.setattr(AuthenticationLog, "done", away)
        assert office.enrol(key).status_code == 503
    assert office.enrol(key).status_code == 200


def test_a_refused_key_leaves_the_code_unused(office: Office) -> None:
    key, other = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    office.begin()
    public = key.as_dict(private=False)
    named = {**other.as_dict(private=False), "kid": key.thumbprint()}
    good = make_possession_proof(key, office.client, office.network.base_url, code=office.code)
    refused: list[dict[str, Any]] = [
        {"jwks": {"keys": [key.as_dict(private=True)]}},
        {"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
        {"jwks": {"keys": [{**public, "kid": key.thumbprint()}, named]}, "proofs": [good, good]},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": [public] * 9}},
        {"jwks": "none"},
        {"jwks_uri": "https://partner.example/jwks"},
        {"proofs": []},
        {"proofs": [good, good]},
        {"proofs": "x"},
        {
            "proofs": [
                make_possession_proof(
                    other, office.client, office.network.base_url, code=office.code, kid=key.thumbprint()
                )
            ]
        },
        {"proofs": [make_possession_proof(key, office.client, office.network.base_url)]},
        {"proofs": [make_possession_proof(key, office.client, office.network.base_url, code="y" * 43)]},
        {"proofs": [make_possession_proof(key, "cli_somebody", office.network.base_url, code=office.code)]},
        {"proofs": [make_possession_proof(key, office.client, "https://elsewhere.example", code=office.code)]},
        {"surprise": 1},
    ]
    for changes in refused:
        answer = office.enrol(key, **changes)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), changes
        assert office.code not in answer.text
    assert office.enrol(key).status_code == 200


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"{" * 2000, "application/json"),
        (b'{"code":"\\ud800"}', "application/json"),
        (b'{"code":"\xff"}', "application/json"),
        (b'{"code":' + b"9" * 400 + b"}", "application/json"),
        (b'{"code":"' + b"x" * 20_000 + b'"}', "application/json"),
        (b"code=x", "application/x-www-form-urlencoded"),
    ],
    ids=["empty", "list", "deep", "surrogate", "not utf-8", "number", "long", "form"],
)
def test_no_input_breaks_the_enrolment(network: Network, content: bytes, media: str) -> None:
    answer = network.http.post(network.base_url + "/oauth/enrolment", content=content, headers={"Content-Type": media})
    assert answer.status_code in {400, 401}
    assert set(answer.json()) == {"error", "error_description"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_refused_in_the_form_that_enrolling_software_reads(network: Network, method: str) -> None:
    answer = network.http.request(method, network.base_url + "/oauth/enrolment")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (answer.json()["error"], answer.headers["cache-control"]) == ("invalid_request", "no-store")


def test_an_address_inside_our_network_is_never_asked(office: Office) -> None:
    key = ECKey.generate_key("P-256")
    office.begin()
    addresses: list[Any] = [
        "http://partner.example/jwks",
        "https://127.0.0.1/jwks",
        "https://localhost/jwks",
        "https://[::1]/jwks",
        "https://2130706433/jwks",
        "https://0x7f.1/jwks",
        "https://user@partner.example/jwks",
        "file:///etc/passwd",
        "https://",
        7,
    ]
    for uri in addresses:
        body: dict[str, Any] = {"code": office.code, "jwks_uri": uri, "proofs": []}
        answer = office.network.http.post(office.network.base_url + "/oauth/enrolment", json=body)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), uri
    assert office.enrol(key).status_code == 200
