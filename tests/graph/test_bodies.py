"""Requests that are not GraphQL over HTTP: each is refused with a stable code, and nothing of it comes back."""

import http.client
import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from auth.oauth.issuer import Issuer
from graph.app import _headers
from schema.vocabulary import Audience
from tests.graph.callers import RESPONSE, check, code, post, token
from tests.network import Network

CRI = Audience.CRI
SMALL = '{"query": "{ __typename }"}'


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
def test_another_method_is_refused_and_told_which_one_is_allowed(network: Network, method: str) -> None:
    answer = network.http.request(
        method, f"{network.base_url}/graphql", headers={"Authorization": f"Bearer {token(network, CRI)}"}
    )
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    if method != "HEAD":
        assert code(answer) == "BAD_REQUEST"


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override"])
def test_a_method_override_is_not_read(network: Network, header: str) -> None:
    answer = network.http.put(
        f"{network.base_url}/graphql",
        headers={"Authorization": f"Bearer {token(network, CRI)}", header: "POST", "Content-Type": "application/json"},
        content=SMALL,
    )
    assert answer.status_code == 405


@pytest.mark.parametrize(
    "media",
    [
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/json; charset=utf-8; charset=utf-16",
        "application/jsonx",
        "application/json, text/plain",
        "",
    ],
)
def test_another_content_type_is_not_read(network: Network, media: str) -> None:
    answer = network.post(token(network, CRI), SMALL, **{"Content-Type": media})
    assert (answer.status_code, code(answer)) == (415, "BAD_REQUEST")


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", 'Application/JSON;Charset="UTF-8"'])
def test_json_in_utf_8_is_read_however_it_is_written(network: Network, media: str) -> None:
    assert network.post(token(network, CRI), SMALL, **{"Content-Type": media}).json() == {
        "data": {"__typename": "Query"}
    }


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, identity", ""])
def test_a_compressed_body_is_not_read(network: Network, coding: str) -> None:
    answer = network.post(token(network, CRI), SMALL, **{"Content-Encoding": coding})
    assert (answer.status_code, code(answer)) == (415, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}; charset=utf-8, application/json; charset=utf-8", RESPONSE),
        (f"application/json;q=0.5, {RESPONSE};q=0.4", "application/json"),
        (f"text/html, {RESPONSE};q=0.1", RESPONSE),
    ],
)
def test_the_answer_has_the_type_that_was_asked_for(network: Network, accept: str, media: str) -> None:
    answer = network.post(token(network, CRI), SMALL, Accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", f"{RESPONSE};q=0", "application/json;q=x", "-"])
def test_a_type_that_cannot_be_given_is_refused(network: Network, accept: str) -> None:
    answer = network.post(token(network, CRI), SMALL, Accept=accept)
    assert (answer.status_code, code(answer)) == (406, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{", {}),
        ("{ nothingOfThisName }", {}),
        ("query A { __typename } query B { __typename }", {}),
        ("query($id: ID!) { node(id: $id) { id } }", {}),
        ("{" * 100, {}),
    ],
)
def test_a_document_that_cannot_run_is_400_for_one_media_type_and_200_for_the_other(
    network: Network, query: str, variables: dict[str, str]
) -> None:
    new = post(network, CRI, query, variables, Accept=RESPONSE)
    old = post(network, CRI, query, variables, Accept="application/json")
    assert (new.status_code, old.status_code) == (400, 200)
    assert new.content == old.content
    assert "data" not in old.json()
    code(new)


BODIES = {
    "empty": b"",
    "blank": b"  \n",
    "null": b"null",
    "number": b"1",
    "string": b'"x"',
    "true": b"true",
    "list": b"[]",
    "batch": b'[{"query": "{ __typename }"}]',
    "no query": b"{}",
    "query null": b'{"query": null}',
    "query number": b'{"query": 1}',
    "query list": b'{"query": ["{ __typename }"]}',
    "variables string": b'{"query": "{ __typename }", "variables": "{}"}',
    "variables list": b'{"query": "{ __typename }", "variables": []}',
    "variables number": b'{"query": "{ __typename }", "variables": 0}',
    "variables false": b'{"query": "{ __typename }", "variables": false}',
    "operation name number": b'{"query": "{ __typename }", "operationName": 1}',
    "operation name object": b'{"query": "{ __typename }", "operationName": {}}',
    "extensions list": b'{"query": "{ __typename }", "extensions": []}',
    "extensions string": b'{"query": "{ __typename }", "extensions": "x"}',
    "trailing comma": b'{"query": "{ __typename }",}',
    "two values": b'{"query": "{ __typename }"} {}',
    "single quotes": b"{'query': '{ __typename }'}",
    "comment": b'{"query": "{ __typename }" /* x */}',
    "byte order mark": b'\xef\xbb\xbf{"query": "{ __typename }"}',
    "invalid utf-8": b'{"query": "{ __typename } # \xff"}',
    "overlong utf-8": b'{"query": "{ __typename } # \xc0\x80"}',
    "surrogate in utf-8": b'{"query": "{ __typename } # \xed\xa0\x80"}',
    "lone surrogate": b'{"query": "{ __typename }", "operationName": "\\ud800"}',
    "lone low surrogate": b'{"query": "{ __typename } # \\udc00"}',
    "nul": b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}',
    "nul in graphql": b'{"query": "{ node(id: \\"\\\\u0000\\") { id } }"}',
    "nul in graphql braces": b'{"query": "{ node(id: \\"\\\\u{000}\\") { id } }"}',
    "raw nul": b'{"query": "{ __typename }\x00"}',
    "raw newline": b'{"query": "{ __typename }\n"}',
    "nan": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "infinity": b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
    "huge exponent": b'{"query": "{ __typename }", "variables": {"a": 1e999}}',
    "long integer": b'{"query": "{ __typename }", "variables": {"a": ' + b"1" * 10_000 + b"}}",
    "long fraction": b'{"query": "{ __typename }", "variables": {"a": 0.' + b"1" * 10_000 + b"}}",
    "deep list": b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "deep object": b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 40 + b"1" + b"}" * 41,
    "same key twice": b'{"query": "{ __typename }", "query": "{ viewer { audience } }"}',
    "same key written otherwise": b'{"query": "{ __typename }", "qu\\u0065ry": "{ viewer { audience } }"}',
    "same variable twice": b'{"query": "{ __typename }", "variables": {"a": 1, "a": 2}}',
    "never ending string": b'{"query": "' + b'\\"' * 120_000,
    "never ending escapes": b'{"query": "' + b'\\"' * 120_000 + b"\\",
    "quotes only": b'"' * 250_000,
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_request_is_refused_at_once(network: Network, name: str) -> None:
    token(network, CRI)
    started = time.monotonic()
    answer = network.post(token(network, CRI), BODIES[name])
    assert time.monotonic() - started < 2
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
    assert network.post(token(network, CRI), BODIES[name], Accept=RESPONSE).status_code == 400


def test_absent_and_null_members_of_a_request_mean_the_same(network: Network) -> None:
    body = '{"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null, "other": [1, 1]}'
    assert network.post(token(network, CRI), body).json() == {"data": {"__typename": "Query"}}


def test_a_duplicate_key_is_one_in_the_same_object_only(network: Network) -> None:
    body = '{"query": "{ __typename }", "variables": {"query": {"query": 1}, "a": [{"b": 1}, {"b": "c"}]}}'
    assert network.post(token(network, CRI), body).json() == {"data": {"__typename": "Query"}}


def test_what_looks_like_json_inside_a_string_is_text(network: Network) -> None:
    note = json.dumps('{"a": 1, "a": [[' + "[" * 60 + "1" * 60 + '\\"')
    assert network.post(token(network, CRI), '{"query": "{ __typename }", "x": ' + note + "}").json() == {
        "data": {"__typename": "Query"}
    }


def test_a_large_body_is_refused_by_its_announced_length(network: Network) -> None:
    answer = network.post(token(network, CRI), b'{"query": "' + b" " * 262_144 + b'"}')
    assert (answer.status_code, code(answer)) == (413, "BAD_REQUEST")


def test_a_large_body_is_refused_while_it_arrives_in_chunks(network: Network) -> None:
    address = urlsplit(network.base_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    headers = {"Authorization": f"Bearer {token(network, CRI)}", "Content-Type": "application/json"}
    connection.request("POST", "/graphql", body=(b" " * 1024 for _ in range(300)), headers=headers, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 413
    assert json.loads(answer.read())["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
    connection.close()


def test_a_body_that_arrives_in_small_chunks_is_read(network: Network) -> None:
    address = urlsplit(network.base_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    headers = {"Authorization": f"Bearer {token(network, CRI)}", "Content-Type": "application/json"}
    pieces = (SMALL[place : place + 1].encode() for place in range(len(SMALL)))
    connection.request("POST", "/graphql", body=pieces, headers=headers, encode_chunked=True)
    assert json.loads(connection.getresponse().read()) == {"data": {"__typename": "Query"}}
    connection.close()


@pytest.mark.parametrize(("name", "size"), [("X-One", 9_000), ("Cookie", 20_000)])
def test_large_headers_are_refused(network: Network, name: str, size: int) -> None:
    answer = network.post(token(network, CRI), SMALL, **{name: "x" * size})
    assert (answer.status_code, code(answer)) == (431, "BAD_REQUEST")


def test_many_headers_are_refused_together(network: Network) -> None:
    answer = network.post(token(network, CRI), SMALL, **{f"X-{number}": "x" * 4_000 for number in range(10)})
    assert (answer.status_code, code(answer)) == (431, "BAD_REQUEST")


def test_a_body_described_twice_is_not_read(network: Network) -> None:
    headers = [
        ("Authorization", f"Bearer {token(network, CRI)}"),
        ("Content-Type", "application/json"),
        ("Content-Type", "text/plain"),
    ]
    answer = network.http.post(f"{network.base_url}/graphql", headers=headers, content=SMALL)
    assert answer.status_code == 415


@pytest.mark.parametrize("path", ["/graphql/", "/graphql/x", "/admin", "/graphiql", "/.env", "/livez/", "/metrics"])
def test_another_address_answers_like_any_other_and_redirects_nobody(network: Network, path: str) -> None:
    answer = network.http.post(f"{network.base_url}{path}", content=SMALL)
    assert answer.status_code == 404
    assert code(answer) == "BAD_REQUEST"
    assert answer.json()["errors"][0]["message"] == "There is nothing at this address."


def test_every_answer_of_the_house_has_the_safe_headers(network: Network) -> None:
    for method, path in [("GET", "/livez"), ("GET", "/readyz"), ("POST", "/livez"), ("GET", "/graphql")]:
        answer = network.http.request(method, network.base_url + path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in answer.headers  # loopback
    for path in ("/oauth/jwks", "/.well-known/oauth-authorization-server"):
        answer = network.http.get(network.base_url + path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "public, max-age=300"


def test_an_https_address_asks_browsers_to_stay_on_it() -> None:
    plain, secure = (dict(_headers(Issuer(url))) for url in ("http://127.0.0.1:1", "https://maillage.example"))
    assert secure == {**plain, b"strict-transport-security": b"max-age=63072000; includeSubDomains"}


def test_a_refusal_is_the_same_bytes_at_any_time(network: Network) -> None:
    first, second = (post(network, CRI, "{ x }") for _ in range(2))
    assert first.content == second.content
    assert {name for name in first.headers if name != "date"} == {"content-type", "content-length", *_SAFE_NAMES}
    check(first)


_SAFE_NAMES = {"cache-control", "x-content-type-options", "referrer-policy"}


@pytest.mark.parametrize("path", ["/oauth/token", "/auth/logout", "/graphql"])
def test_whoever_leaves_in_the_middle_of_a_body_is_no_failure(
    network: Network, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    where = urlsplit(network.base_url)
    bearer = token(network, CRI)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), 10) as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {bearer}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nhalf of it".encode()
        )
        time.sleep(0.2)
    # A request later, the server has noticed.
    assert post(network, CRI, "{ viewer { audience } }").status_code == 200
    time.sleep(0.3)
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []
