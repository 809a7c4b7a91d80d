"""Over real HTTP no input, however malformed, gets a 5xx or anything but the right OAuth error (5, 7)."""

import re
import secrets
import time
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import quote_from_bytes

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from auth.oauth.assertions_out import make_client_assertion, make_proof
from auth.oauth.client_assertion import ASSERTION_TYPE
from auth.oauth.person_assertion import GRANT_TYPE
from graph.demonstration.demo_tool import DemoTool
from tests.network import Network

# The server in this process opens connections meanwhile, and its driver shuffles hosts with `random`; no strategy does.
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")

PATHS = ["/oauth/token", "/oauth/introspect", "/oauth/revoke"]
ERRORS = {
    "invalid_request", "invalid_client", "invalid_grant", "invalid_scope", "unsupported_grant_type",
    "unauthorized_client", "invalid_dpop_proof",
}  # fmt: skip
# RFC 6749, section 5.2: what an error_description may hold.
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")
NOISE = settings(
    max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
FORM = (b"Content-Type", b"application/x-www-form-urlencoded")


def drawn(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """Examples, all drawn before any is sent: none is drawn again because of an answer."""
    found: list[Any] = []

    @NOISE
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    assert len(found) >= 60
    return found


@pytest.fixture
def tool(network: Network) -> DemoTool:
    return DemoTool.of(network.card, "cli_crip_59_dpop")


def send(network: Network, path: str, body: bytes, *headers: tuple[bytes, bytes]) -> httpx2.Response:
    return network.http.post(network.base_url + path, content=body, headers=[FORM, *headers])


def check(answer: httpx2.Response, given: Any) -> str | None:
    """The OAuth error of an answer that is one, or None where it is none."""
    assert answer.status_code in {200, 400, 401, 413, 431}, (answer.status_code, given)
    if answer.status_code == 200:
        return None
    assert answer.headers["content-type"] == "application/json", given
    assert answer.headers["cache-control"] == "no-store", given
    body = answer.json()
    assert set(body) == {"error", "error_description"}, given
    assert body["error"] in ERRORS, given
    assert DESCRIPTION.fullmatch(body["error_description"]), given
    assert (answer.status_code == 401) == (body["error"] == "invalid_client"), given
    return str(body["error"])


def part(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


NASTY = st.sampled_from(
    [
        b"\0",
        b"\xed\xa0\x80",
        b"\xff\xfe",
        b"9" * 400,
        b"-" + b"9" * 400,
        b"1e400",
        b"[" * 500,
        b'{"a":' * 200,
        b"\r\nX: y",
        b" ",
        b"",
    ]
)
VALUES = NASTY | st.binary(max_size=30) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass"))
NAMES = st.sampled_from(
    "grant_type scope client_id client_secret client_assertion client_assertion_type assertion token token_type_hint"
    " resource audience".split()
)
JSON_VALUES = st.sampled_from(
    [
        b"9" * 400,
        b"-1e400",
        b"1e308",
        b"true",
        b"null",
        b'"\\ud800"',
        b'"\\u0000"',
        b"[]",
        b"{}",
        b'"x"',
        b"[" * 40 + b"]" * 40,
        b"-0.0",
    ]
)
CLAIM_NAMES = "iss sub aud exp iat nbf jti acr auth_time hab purpose htm htu ath nonce".split()


@st.composite
def json_objects(draw: st.DrawFn, usual: dict[str, str]) -> bytes:
    """An object of raw JSON: the usual members, some of them replaced by what no serializer would write."""
    members = {name: f'"{value}"'.encode() for name, value in usual.items()}
    members |= draw(st.dictionaries(st.sampled_from(CLAIM_NAMES), JSON_VALUES, max_size=3))
    pairs = [b'"%b":%b' % (name.encode(), value) for name, value in members.items()]
    # Twice the same member: which one counts is not the sender's to choose.
    return b"{" + b",".join(pairs + draw(st.sampled_from([[], pairs[:1]]))) + b"}"


def signed(key: ECKey, kind: str, payload: bytes, **header: Any) -> str:
    """A good signature over whatever bytes."""
    return jws.serialize_compact({"alg": "ES256", "typ": kind, **header}, payload, key, algorithms=["ES256"])


def test_forms_of_noise_are_refused_in_the_form_of_oauth(network: Network) -> None:
    forms = st.tuples(st.sampled_from(PATHS), st.lists(st.tuples(NAMES, VALUES), max_size=6), st.booleans())
    for path, fields, raw in drawn(forms):
        body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields).encode()
        check(send(network, path, b"&".join(value for _, value in fields) if raw else body), fields)


def test_assertions_of_noise_under_a_good_signature_are_refused_as_assertions(network: Network, tool: DemoTool) -> None:
    seen: set[str | None] = set()
    usual = {"iss": "cli_crip_59_dpop", "sub": "cli_crip_59_dpop", "aud": network.base_url, "jti": "a-jti-of-noise"}

    for payload, path in drawn(st.tuples(json_objects(usual), st.sampled_from(PATHS))):
        assertion = signed(tool.key, "JWT", payload, kid=tool.key.kid)
        form = (
            f"grant_type=client_credentials&token=x&client_assertion_type={ASSERTION_TYPE}&client_assertion={assertion}"
        )
        seen.add(check(send(network, path, form.encode()), payload))

    assert seen == {"invalid_client"}


def test_vouchers_of_noise_under_a_good_signature_are_refused_as_grants(network: Network, tool: DemoTool) -> None:
    seen: set[str | None] = set()

    usual = {"iss": "cli_crip_59_dpop", "aud": network.base_url, "acr": "eidas2", "jti": "a-jti-of-noise"}
    for payload in drawn(json_objects(usual)):
        proof = make_proof(tool.key, "POST", f"{network.base_url}/oauth/token")
        voucher = signed(tool.key, "authorization-grant+jwt", payload, kid=tool.key.kid)
        form = f"grant_type={GRANT_TYPE}&assertion={voucher}&client_assertion_type={ASSERTION_TYPE}&client_assertion="
        form += make_client_assertion(tool.key, "cli_crip_59_dpop", network.base_url, kid=tool.key.kid)
        seen.add(check(send(network, "/oauth/token", form.encode(), (b"DPoP", proof.encode())), payload))

    assert seen == {"invalid_grant"}


def test_proofs_of_noise_are_refused_as_proofs_at_the_token_endpoint_and_the_api(
    network: Network, tool: DemoTool
) -> None:
    token, public = tool.token(None, None, bound=True), tool.key.as_dict(private=False)
    api = f"{network.base_url}/graphql"

    usual = {"htm": "POST", "htu": api, "jti": "a-jti-of-noise"}
    keys = [public, {}, {"kty": "EC"}, {**public, "x": "A"}, {**public, "y": ""}, {**public, "crv": "P-521"}]
    for payload, jwk, raw in drawn(st.tuples(json_objects(usual), st.sampled_from(keys), st.binary(max_size=20))):
        head = part(b'{"alg":"ES256","typ":"dpop+jwt","jwk":%b}' % str(jwk).replace("'", '"').encode())
        signature = signed(tool.key, "dpop+jwt", payload).split(".")[2]
        # Signed for the good key: what fails is then the payload alone.
        good_key = signed(tool.key, "dpop+jwt", payload, jwk=public)
        plain = bytes(byte for byte in raw if byte > 32 and byte != 127)  # what HTTP itself lets through
        for proof in (f"{head}.{part(payload)}.{signature}".encode(), good_key.encode(), plain):
            shown = (b"DPoP", proof)
            assert check(send(network, "/oauth/token", b"grant_type=client_credentials", shown), payload) in {
                "invalid_dpop_proof",
                "invalid_client",  # an empty header is none
            }
            answer = network.http.post(
                api, json={"query": "{ __typename }"}, headers=[(b"Authorization", b"DPoP " + token.encode()), shown]
            )
            assert answer.status_code == 401, payload
            assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


@pytest.mark.parametrize("path", PATHS)
def test_several_authentication_methods_and_odd_headers_are_refused(
    network: Network, tool: DemoTool, path: str
) -> None:
    assertion = make_client_assertion(tool.key, "cli_crip_59_dpop", network.base_url, kid=tool.key.kid)
    proven = f"client_assertion_type={ASSERTION_TYPE}&client_assertion={assertion}"
    base = "grant_type=client_credentials&token=x"
    basic = (b"Authorization", b"Basic Y2xpX2NyaXBfNTk6c2VjcmV0")
    cases: list[tuple[str, list[tuple[bytes, bytes]], str]] = [
        (f"{base}&{proven}", [basic], "invalid_request"),
        (f"{base}&{proven}&client_secret=x", [], "invalid_request"),
        (f"{base}&client_secret=x", [basic], "invalid_request"),
        (f"{base}&client_id=cli_crip_59", [basic], "invalid_client"),
        (base, [basic, basic], "invalid_request"),
        (base, [(b"Authorization", "Basic é".encode())], "invalid_client"),
        (base, [(b"Authorization", b"\xff\xfe")], "invalid_client"),
        (base, [(b"Authorization", b"Bearer " + b"x" * 8000)], "invalid_client"),
        (f"{base}&{proven}&{proven}", [], "invalid_request"),
        (f"{base}&client_id=cli_other1&{proven}", [], "invalid_client"),
        (f"{base}&{proven}", [(b"Content-Type", b"application/json")], "invalid_request"),
    ]
    for form, headers, error in cases:
        answer = send(network, path, form.encode(), *headers)
        assert check(answer, (form, headers)) == error, (form, headers)


def test_a_query_never_carries_a_parameter(network: Network) -> None:
    for path in PATHS:
        answer = network.http.post(f"{network.base_url}{path}?client_id=x", content=b"token=x", headers=[FORM])
        assert check(answer, path) == "invalid_request"
        assert network.http.get(f"{network.base_url}{path}?token=x").status_code == 405


def test_an_assertion_of_noise_is_no_access_token(network: Network, tool: DemoTool) -> None:
    now = int(time.time())
    payload = b'{"iss":"%b","exp":%d,"jti":"%b"}' % (network.base_url.encode(), now + 60, secrets.token_hex().encode())
    for kind in ("at+jwt", "JWT"):
        token = signed(tool.key, kind, payload, kid=tool.key.kid)
        assert network.post(token, {"query": "{ __typename }"}).status_code == 401
