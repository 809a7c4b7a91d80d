"""No input, however malformed, gets past the guard in a shape that could break what stands behind it."""

import base64
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from auth.oauth import signed
from auth.oauth.assertions_out import sign
from auth.oauth.client_assertion import ASSERTION_TYPE
from auth.oauth.client_keys import public_key
from auth.oauth.guard import MAX_BODY, RawRequest
from auth.oauth.nonces import Nonces
from auth.oauth.person_assertion import GRANT_TYPE
from auth.oauth.server import OAuthReply, PartnerRequest, Rules, Screened, screen
from tests.auth.oauth_world import ISSUER, Tool, World, encoded, now_seconds

FORM = (b"content-type", b"application/x-www-form-urlencoded")
GOOD = b"grant_type=client_credentials"
RULES = Rules(ISSUER, {}, lambda key: pytest.fail(f"{key} was opened"), Nonces(None))


def screened(request: RawRequest) -> Screened | OAuthReply:
    """What the first look makes of a request."""
    return screen(request, RULES, now_seconds())


def part(value: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def jwt_text(header: bytes, claims: bytes) -> str:
    """Three parts that look like a JWT."""
    return f"{part(header)}.{part(claims)}.AA"


def raw(body: bytes = GOOD, *, method: str = "POST", query: bytes = b"", headers: Any = (FORM,)) -> RawRequest:
    """A request with one thing changed."""
    return RawRequest(method, query, tuple(headers), body)


def test_a_plain_form_passes_and_empty_parameters_count_as_omitted() -> None:
    assert screened(raw(b"grant_type=client_credentials&scope=&x=a+b%21")) == Screened(
        {"grant_type": "client_credentials", "x": "a b!"}, None
    )


@pytest.mark.parametrize(
    "content_type",
    [b"application/x-www-form-urlencoded; charset=UTF-8", b'Application/X-WWW-Form-Urlencoded;charset="utf-8"'],
)
def test_the_form_type_may_name_its_charset(content_type: bytes) -> None:
    assert screened(raw(headers=[(b"content-type", content_type)])) == Screened(
        {"grant_type": "client_credentials"}, None
    )


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (raw(method="GET"), 405),
        (raw(method="PUT"), 405),
        (raw(query=b"grant_type=client_credentials"), 400),
        (raw(headers=[]), 400),
        (raw(headers=[FORM, FORM]), 400),
        (raw(headers=[(b"content-type", b"application/json")]), 400),
        (raw(headers=[(b"content-type", b"multipart/form-data; boundary=x")]), 400),
        (raw(headers=[(b"content-type", b"application/x-www-form-urlencoded; charset=utf-16")]), 400),
        (raw(b"a=" + b"x" * MAX_BODY), 413),
        (raw(b""), 400),
        (raw(b"grant_type"), 400),
        (raw(b"scope=cases%3Aread"), 400),
        (raw(GOOD + b"&" + GOOD), 400),
        (raw(GOOD + b"&scope=&scope=a"), 400),
        (raw(GOOD + "&x=é".encode()), 400),
        (raw(GOOD + b"&x=%C3%A9"), 400),
        (raw(GOOD + b"&x=%ED%A0%80"), 400),
        (raw(GOOD + b"&x=%00"), 400),
        (raw(GOOD + b"&%00=x"), 400),
        (raw(GOOD + b"&x=%0A"), 400),
        (raw(GOOD + b"&".join(b"&p%d=1" % number for number in range(40))), 400),
        (raw(b"grant_type=%22quoted%22"), 400),
        (raw(b"grant_type=" + b"x" * 200), 400),
        (raw(GOOD + b"&scope=a++b"), 400),
        (raw(GOOD + b"&scope=%22"), 400),
        (raw(GOOD + b"&scope=" + b"x" * 65), 400),
        (raw(GOOD + b"&client_id=Robert%27%29"), 401),
        (raw(GOOD + b"&client_assertion=not-a-jwt"), 401),
        (raw(GOOD + b"&assertion=not-a-jwt"), 400),
        (raw(GOOD + b"&client_secret=x&client_assertion=a.b.c"), 400),
        (raw(GOOD + b"&client_assertion=a.b.c", headers=[FORM, (b"authorization", b"Basic eDp5")]), 400),
        (raw(GOOD + b"&client_secret=x", headers=[FORM, (b"authorization", b"\xff\xfe")]), 400),
    ],
)
def test_each_malformed_request_is_refused_in_the_form_that_clients_read(request_: RawRequest, status: int) -> None:
    reply = screened(request_)
    assert isinstance(reply, OAuthReply)
    assert reply.status == status
    assert set(reply.body) == {"error", "error_description"}
    headers = dict(reply.headers)
    assert headers["Cache-Control"] == "no-store"
    assert ("Allow" in headers) == (status == 405)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "a..c",
        "a.b.",
        ".b.c",
        "a b.c.d",
        jwt_text(b"[]", b"{}"),
        jwt_text(b"{}", b"1"),
        jwt_text(b"{", b"{}"),
        jwt_text(b"{}", b"\xff"),
        jwt_text(b"{}", "{}".encode("utf-16")),
        jwt_text(b"{}", b'{"exp":' + b"9" * 400 + b"}"),
        jwt_text(b"{}", b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"),
        jwt_text(b"{}", b'{"a":NaN}'),
        jwt_text(b"{}", rb'{"a":"\ud800"}'),
        "eyJ9.A.A",
        jwt_text(b'{"x":"' + b"x" * 4000 + b'"}', b"{}"),
        "A" * 9000,
    ],
)
def test_what_is_not_a_jwt_is_refused_before_any_library_reads_it(text: str) -> None:
    with pytest.raises(ValueError):
        signed.read(text)


def test_an_acceptable_client_key_is_public_and_strong() -> None:
    curve, edwards = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
    for key in (curve, edwards):
        assert public_key(key.as_dict(private=False)).thumbprint() == key.thumbprint()
    good = curve.as_dict(private=False)
    for refused in (
        curve.as_dict(private=True),
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": ["EC"]},
        {},
        {**good, "crv": "P-384"},
        {**good, "x": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": good["x"]},
        {"kty": "RSA", "e": "AQAB"},
        {"kty": "RSA", "n": 7, "e": "AQAB"},
        {"kty": "RSA", "n": "x" * 300, "e": "AQAB"},
        OKPKey.generate_key("Ed448").as_dict(private=False),
    ):
        with pytest.raises(ValueError):
            public_key(refused)


def test_a_partners_request_has_our_address_and_no_query() -> None:
    request = PartnerRequest("https://maillage.example/oauth/token", Screened({"grant_type": "x"}, None))
    assert (request.method, request.uri, request.args) == ("POST", "https://maillage.example/oauth/token", {})
    assert request.form == request.payload.data == {"grant_type": "x"}


def test_a_token_whose_header_changes_what_is_signed_is_refused() -> None:
    key = ECKey.generate_key("P-256")
    good = signed.read(sign(key, {"a": 1}, kind="JWT"))
    assert signed.is_signed_by(good, key, "ES256")
    for name in ("crit", "b64"):
        strange = signed.Signed(good.text, {**good.header, name: ["b64"]}, good.claims)
        assert not signed.is_signed_by(strange, key, "ES256")
    assert not signed.is_signed_by(good, key, "PS256")
    assert not signed.is_signed_by(good, ECKey.generate_key("P-256"), "ES256")


def by_the_library(text: str, key: Any, algorithm: str) -> bool:
    """The same question, put to the library whole."""
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    registry.max_header_length = 4096
    try:
        jws.deserialize_compact(text, key, registry=registry)
    except (JoseError, ValueError, TypeError):
        return False
    return True


def by_us(text: str, key: Any, algorithm: str) -> bool:
    try:
        return signed.is_signed_by(signed.read(text), key, algorithm)
    except ValueError:
        return False


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # EdDSA, the older name, is one of those accepted
def test_a_signature_passes_here_where_it_passes_the_whole_library_and_nowhere_else() -> None:
    keys = {
        "ES256": ECKey.generate_key("P-256"),
        "Ed25519": OKPKey.generate_key("Ed25519"),
        "EdDSA": OKPKey.generate_key("Ed25519"),
        "PS256": RSAKey.generate_key(2048),
    }
    ending = {"Q": "R", "g": "h", "w": "x", "A": "B"}
    asked: list[tuple[str, Any, str]] = []
    for algorithm, key in keys.items():
        members: list[dict[str, Any]] = [
            {}, {"kid": 7}, {"typ": 7}, {"jku": "x"}, {"jwk": "x"}, {"x5c": "x"}, {"other": {"a": [1]}}, {"kid": "x" * 3000}
        ]  # fmt: skip
        for more in members:
            known = {"alg": algorithm, **more}
            signing_input = f"{part(orjson.dumps(known))}.{part(orjson.dumps({'a': 1}))}"
            method = jws.JWSRegistry.algorithms[algorithm]
            good = f"{signing_input}.{part(method.sign(signing_input.encode(), key))}"
            head, body, signature = good.split(".")
            other = part(orjson.dumps({"a": 2}))
            texts = [
                good, good + "A", good[:-1], good + "=", f"{head}.{body}.", f"{head}.{body}.{signature[::-1]}",
                f"{head}.{part(b'[1]')}.{signature}", f"{head}.{other}.{signature}", f"{part(b'{}')}.{body}.{signature}",
                # The same bytes in another writing.
                good[:-1] + ending.get(good[-1], good[-1]), f"{head}.{body}.{signature}{'A' * 2000}",
            ]  # fmt: skip
            asked += [(text, other, name) for text in texts for name, other in keys.items()]
    found = [by_us(*one) for one in asked]
    assert found == [by_the_library(*one) for one in asked]
    # Each algorithm's own key passes for what a header may say, and one signature in another writing does not.
    assert found.count(True) >= 4 * 3


@pytest.mark.parametrize("value", [True, "1", None, [1], -1, 2**41, 1e300, float("inf")])
def test_only_a_sensible_number_is_a_time(value: object) -> None:
    assert signed.Signed("", {}, {"exp": value}).moment("exp") is None


CLAIM_NAMES = st.sampled_from(
    ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "auth_time", "acr", "hab", "purpose", "other"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
HEADERS = st.dictionaries(
    st.sampled_from(["typ", "cty", "jwk", "jku", "x5u", "crit", "b64", "zip", "kid"]), JSON, max_size=3
)


def jwt_of(tool: Tool, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Really signed, whatever it says, so that the checks after the signature are reached as well."""
    known = {"alg": "ES256", "kid": tool.kid, **header}
    signing_input = f"{part(orjson.dumps(known))}.{part(orjson.dumps(claims, option=orjson.OPT_NON_STR_KEYS))}"
    signature = sign(tool.key, {}, kind="JWT").split(".")[2]
    return f"{signing_input}.{signature}"


def signed_jwt(tool: Tool, claims: Mapping[str, Any], kind: str) -> str:
    """A good signature over strange claims."""
    return sign(tool.key, claims, kind=kind, kid=tool.kid)


@pytest.mark.asyncio
async def test_no_claims_and_no_header_however_strange_break_the_endpoint(world: World) -> None:
    tool = await world.tool()
    person = await world.staff(tool.organisation_id)
    requests: list[dict[str, str]] = []

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(CLAIM_NAMES, JSON, max_size=6), HEADERS, st.text("abc.%&= ", max_size=20))
    def collect(claims: dict[str, Any], header: dict[str, Any], text: str) -> None:
        try:
            strange = orjson.loads(orjson.dumps(claims))
            unsigned = jwt_of(tool, header, strange)
        except (TypeError, orjson.JSONDecodeError):
            return
        base = {"client_assertion_type": ASSERTION_TYPE, "grant_type": "client_credentials"}
        usual = {"iss": tool.id, "sub": tool.id}
        requests.append(base | {"client_assertion": unsigned})
        requests.append(base | {"client_assertion": signed_jwt(tool, usual | strange, "JWT")})
        requests.append(tool.form(scope=text, client_id=text))
        voucher = {**_claims_of(tool, person), **strange}
        requests.append(tool.form(GRANT_TYPE, assertion=signed_jwt(tool, voucher, "authorization-grant+jwt")))

    collect()
    assert len(requests) > 200
    seen = set()
    for form in requests:
        reply = await world.desk.token(raw(encoded(form)))
        assert reply.status in {200, 400, 401, 413}, form
        assert reply.status == 200 or set(reply.body) == {"error", "error_description"}
        seen.add(reply.status)
    assert {400, 401} <= seen


def _claims_of(tool: Tool, person: Any) -> Mapping[str, Any]:
    return signed.read(tool.voucher(person)).claims


@pytest.mark.asyncio
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_every_other_method_is_refused(world: World, method: str) -> None:
    answer = await world.http.request(method, "/oauth/token")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert method == "HEAD" or answer.json()["error"] == "invalid_request"
