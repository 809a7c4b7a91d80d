"""Whoever comes without a token that stands is refused, always in the same way, and at the very next request."""

import asyncio
import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from schema.vocabulary import Audience
from tests.graph.callers import check, code, post, token
from tests.network import Network

CRI = Audience.CRI
SMALL = {"query": "{ __typename }"}
REFUSED = {
    "errors": [
        {
            "message": "Send a valid access token in the Authorization header.",
            "extensions": {"code": "UNAUTHENTICATED"},
        }
    ]
}


def _parts(text: str) -> list[dict[str, Any]]:
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in text.split(".")[:2]]


def _b64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _signed(header: dict[str, Any], claims: dict[str, Any]) -> str:
    key = ECKey.generate_key("P-256")
    return jwt.encode(header, claims, key)


def _bad(good: str) -> dict[str, str | None]:
    header, claims = _parts(good)
    head, body, signature = good.split(".")
    other = "A" if signature[-5] != "A" else "B"
    return {
        "absent": None,
        "empty": "",
        "scheme only": "Bearer",
        "other scheme": f"Basic {good}",
        "no scheme": good,
        "two tokens in one": f"Bearer {good} {good}",
        "comma": f"Bearer {good}, Bearer {good}",
        "random": "Bearer abc.def.ghi",
        "two parts": f"Bearer {head}.{body}",
        "no signature": f"Bearer {head}.{body}.",
        "altered signature": f"Bearer {head}.{body}.{signature[:-5]}{other}{signature[-4:]}",
        "altered claims": f"Bearer {head}.{_b64({**claims, 'exp': claims['exp'] + 3600})}.{signature}",
        "altered header": f"Bearer {_b64({**header, 'x': 1})}.{body}.{signature}",
        "alg none": f"Bearer {_b64({**header, 'alg': 'none'})}.{body}.",
        "alg HS256": f"Bearer {_b64({**header, 'alg': 'HS256'})}.{body}.{signature}",
        "foreign key": f"Bearer {_signed(header, claims)}",
        "key inside": f"Bearer {_signed({**header, 'jwk': ECKey.generate_key('P-256').as_dict(private=False)}, claims)}",
        "not JSON": f"Bearer eyJ4.eyJ4.{signature}",
        "8 KiB": "Bearer " + "a" * 8_000,
        "not ASCII": "Bearer é.è.à",
    }


NAMES = list(_bad(f"{_b64({'alg': 'ES256'})}.eyJleHAiOjF9.AAAAAAAAAAAA"))


@pytest.mark.parametrize("name", NAMES)
def test_a_token_that_is_not_ours_is_refused_like_no_token(network: Network, name: str) -> None:
    header = _bad(token(network, CRI))[name]
    headers = {"Content-Type": "application/json"}
    if header is not None:
        headers["Authorization"] = header
    answer = network.http.post(
        f"{network.base_url}/graphql",
        headers={key.encode(): value.encode("utf-8") for key, value in headers.items()},
        json=SMALL,
    )
    assert answer.status_code == 401
    assert [one.split()[0] for one in answer.headers.get_list("www-authenticate")] == ["DPoP", "Bearer"]
    assert answer.json() == REFUSED
    check(answer)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "ep"])
def test_a_token_signed_by_another_is_refused_whatever_it_claims(network: Network, claim: str) -> None:
    header, claims = _parts(token(network, CRI))
    assert claim in claims
    del claims[claim]
    answer = network.post(_signed(header, claims), SMALL)
    assert (answer.status_code, answer.json()) == (401, REFUSED)


def test_two_authorization_headers_are_refused(network: Network) -> None:
    good = token(network, CRI)
    headers = [("Content-Type", "application/json"), *[("Authorization", f"Bearer {good}")] * 2]
    answer = network.http.post(f"{network.base_url}/graphql", headers=headers, json=SMALL)
    assert (answer.status_code, answer.json()) == (401, REFUSED)


@pytest.mark.parametrize("place", ["cookie", "query", "body", "header"])
def test_a_token_anywhere_else_is_not_read(network: Network, place: str) -> None:
    good = token(network, CRI)
    headers = {"cookie": {"Cookie": f"access_token={good}; Authorization=Bearer {good}"}, "header": {"X-Token": good}}
    answer = network.http.post(
        f"{network.base_url}/graphql" + (f"?access_token={good}" if place == "query" else ""),
        headers={"Content-Type": "application/json", **headers.get(place, {})},
        json={**SMALL, "access_token": good} if place == "body" else SMALL,
    )
    assert (answer.status_code, answer.json()) == (401, REFUSED)


def test_the_token_is_looked_at_before_the_body(network: Network) -> None:
    answer = network.post("abc.def.ghi", b"not json")
    assert answer.status_code == 401


# ---------------------------------------------------------------- a token that stood a moment ago


@contextmanager
def _changed(network: Network, table: str, column: str, value: Any, identity: UUID | str) -> Iterator[None]:
    """A row changed by the administrator for as long as the block runs."""

    async def put(new: Any) -> Any:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            old = await connection.fetchval(f"SELECT {column} FROM {table} WHERE id = $1", identity)
            await connection.execute(f"UPDATE {table} SET {column} = $2 WHERE id = $1", identity, new)
            return old
        finally:
            await connection.close()

    old = asyncio.run(put(value))
    try:
        yield
    finally:
        asyncio.run(put(old))
        # What came back revives no token: everybody needs a new one.
        network.tokens.clear()


async def _fetch(network: Network, sql: str, *arguments: Any) -> Any:
    connection = await asyncpg.connect(network.cluster.admin)
    try:
        return await connection.fetchrow(sql, *arguments)
    finally:
        await connection.close()


def _behind(network: Network, text: str) -> Any:
    """The rows behind a token."""
    return asyncio.run(
        _fetch(
            network,
            "SELECT t.id AS token, t.member_id AS member, t.habilitation_id AS habilitation, c.id AS client, "
            "o.id AS organisation, t.epochs FROM oauth_token t JOIN oauth_client c ON c.id = t.client_id "
            "JOIN organisation o ON o.id = c.organisation_id WHERE t.id = $1",
            _parts(text)[1]["jti"],
        )
    )


QUESTIONS = {
    "list": "{ concernReports { totalCount } }",
    "node": '{ node(id: "rep_00000000-0000-4000-8000-000000000000") { id } }',
    "no such node": '{ node(id: "x") { id } }',
    "no such nodes": '{ nodes(ids: ["x"]) { id } }',
    "viewer": "{ viewer { audience } }",
    "monitoring": "{ nationalMonitoring(period: {year: 2024}) { situations { count { label } } } }",
    "introspection": "{ __schema { queryType { name } } }",
    "typename": "{ __typename }",
    "no such field": "{ x }",
    "no document": "{",
    "bad variable": "query($id: ID!) { node(id: $id) { id } }",
    "bad argument": "{ concernReports(first: -1) { totalCount } }",
    "mutation": 'mutation { acknowledgeReport(input: {report: "x"}) { userErrors { code } } }',
}

LOSSES = [
    ("organisation", "organisation", "status", "SUSPENDED"),
    ("organisation", "organisation", "epoch", 99),
    ("organisation", "organisation", "valid_to", "yesterday"),
    ("oauth_client", "client", "status", "SUSPENDED"),
    ("oauth_client", "client", "epoch", 99),
    ("member", "member", "status", "SUSPENDED"),
    ("member", "member", "epoch", 99),
    ("habilitation", "habilitation", "valid_to", "now"),
    ("habilitation", "habilitation", "revoked_at", "now"),
    ("oauth_token", "token", "revoked_at", "now"),
]


def _value(word: Any) -> Any:
    now = datetime.now(UTC)
    return {"yesterday": now.date() - timedelta(days=2), "now": now}.get(word, word)


@pytest.mark.parametrize(("table", "which", "column", "value"), LOSSES, ids=lambda value: str(value))
def test_what_ends_a_token_ends_it_at_the_very_next_request(
    network: Network, table: str, which: str, column: str, value: Any
) -> None:
    good = token(network, CRI)
    assert network.post(good, {"query": QUESTIONS["list"]}).status_code == 200  # the cache is warm
    behind = _behind(network, good)
    with _changed(network, table, column, _value(value), behind[which]):
        for name, query in QUESTIONS.items():
            answer = network.post(good, {"query": query})
            assert (answer.status_code, answer.json()) == (401, REFUSED), name
            assert [one.split()[0] for one in answer.headers.get_list("www-authenticate")] == ["DPoP", "Bearer"]
    # Nothing that comes back revives it, and a new one is good; a revocation taken back by hand is another matter.
    assert network.post(good, {"query": QUESTIONS["list"]}).status_code == (200 if table == "oauth_token" else 401)
    assert network.post(token(network, CRI), {"query": QUESTIONS["list"]}).status_code == 200


def test_a_token_of_an_organisation_alone_ends_with_it_too(network: Network) -> None:
    good = token(network, Audience.ORG_CRIP)
    assert network.post(good, {"query": QUESTIONS["viewer"]}).status_code == 200
    with _changed(network, "organisation", "status", "SUSPENDED", _behind(network, good)["organisation"]):
        assert network.post(good, {"query": QUESTIONS["viewer"]}).status_code == 401


def test_another_organisation_is_not_touched(network: Network) -> None:
    other = token(network, Audience.ASE)
    with _changed(
        network, "organisation", "status", "SUSPENDED", _behind(network, token(network, CRI))["organisation"]
    ):
        assert network.post(other, {"query": QUESTIONS["list"]}).status_code == 200


def test_an_expired_token_is_refused_though_it_is_cached(network: Network) -> None:
    good = token(network, CRI)
    with _changed(network, "oauth_token", "expires_at", _value("now"), _behind(network, good)["token"]):
        assert network.post(good, {"query": QUESTIONS["list"]}).status_code == 401


def test_the_scope_of_a_token_is_all_it_may_do(network: Network) -> None:
    answer = post(network, Audience.ONP, "{ departments { totalCount } }")
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN", "reason": "SCOPE"}
    assert answer.json()["data"] is None
    assert code(answer) == "FORBIDDEN"
