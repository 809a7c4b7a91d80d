"""Hidden names read like invented ones, nothing is suggested, no value comes back, and introspection is the role's own."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    get_introspection_query,
    print_schema,
)

from graph.documents import Documents, ResponseError
from graph.http.limits import Limits
from graph.schemas.roles import schema_of
from schema.vocabulary import Audience
from tests.graph.callers import RESPONSE, check, code, post
from tests.network import Network

INVENTED = "zzzyx"
# Where things stand follows from the length of a name, which is the caller's own.
PLACE = re.compile(r'"locations":\[[^\]]*\],')

Place = tuple[str, str, str]


def _named(schema: GraphQLSchema) -> Iterator[Place]:
    """Every name of a schema: what it names, where it stands, the name."""
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        yield "type", "", name
        if isinstance(kind, GraphQLObjectType):
            for field, made in kind.fields.items():
                yield "field", name, field
                yield from (("argument", f"{name}.{field}", argument) for argument in made.args)
        elif isinstance(kind, GraphQLInputObjectType):
            yield from (("input", name, field) for field in kind.fields)
        elif isinstance(kind, GraphQLEnumType):
            yield from (("value", name, value) for value in kind.values)


def _documents(what: str, where: str, name: str) -> Iterator[str]:
    """Documents that name it where it would stand."""
    match what:
        case "type":
            yield (
                f"query($v: {name}) {{ node(id: $v) {{ ... on {name} {{ id }} ...F }} }} fragment F on {name} {{ id }}"
            )
        case "field":
            yield f"fragment F on {where} {{ {name} x: {name} {{ id }} }} query {{ node(id: 1) {{ ...F }} }}"
        case "argument":
            kind, _, field = where.partition(".")
            yield f"fragment F on {kind} {{ {field}({name}: 1) {{ __typename }} }} query {{ node(id: 1) {{ ...F }} }}"
        case "input":
            yield f"query($v: {where} = {{{name}: 1}}) {{ node(id: $v) {{ id }} }}"
        case "value":
            yield f"query($v: {where} = {name}) {{ node(id: $v) {{ id }} }}"


def _visible(audience: Audience, what: str, where: str) -> bool:
    """Whether the audience has the place where the name would stand."""
    if what == "type":
        return True
    name, _, field = where.partition(".")
    kind = schema_of(audience).type_map.get(name)
    return kind is not None and (not field or field in getattr(kind, "fields", {}))


@cache
def _every() -> frozenset[Place]:
    return frozenset(place for audience in Audience for place in _named(schema_of(audience)))


def _hidden(audience: Audience) -> list[Place]:
    own = set(_named(schema_of(audience)))
    return sorted(place for place in _every() - own if _visible(audience, place[0], place[1]))


def _answer(documents: Documents, audience: Audience, query: str) -> str:
    try:
        documents.prepare(audience, query, None)
    except ResponseError as response:
        return PLACE.sub("", response.body.decode())
    return "accepted"


@pytest.mark.parametrize("parts", [3, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("audience", Audience)
def test_hidden_names_read_like_invented_ones(audience: Audience, parts: int) -> None:
    """A third of the names, another one for each neighbouring audience; all of them in the slow tests."""
    documents, hidden = Documents(Limits()), _hidden(audience)
    invented: dict[tuple[str, str], list[str]] = {}
    assert len(hidden) > 100
    for what, where, name in hidden[[*Audience].index(audience) % parts :: parts]:
        if (what, where) not in invented:
            invented[what, where] = [_answer(documents, audience, query) for query in _documents(what, where, INVENTED)]
        for query, expected in zip(_documents(what, where, name), invented[what, where], strict=True):
            assert expected != "accepted"
            assert _answer(documents, audience, query).replace(f"`{name}`", f"`{INVENTED}`") == expected, query


@pytest.mark.parametrize("audience", [Audience.ASM, Audience.ORG_CRIP, Audience.ANA])
def test_hidden_and_invented_names_read_alike_over_http(network: Network, audience: Audience) -> None:
    seen: set[str] = set()
    for what, where, name in _hidden(audience):
        if what in seen:
            continue
        seen.add(what)
        for one, other in zip(_documents(what, where, name), _documents(what, where, INVENTED), strict=True):
            ours, theirs = post(network, audience, one), post(network, audience, other)
            assert ours.status_code == theirs.status_code
            assert PLACE.sub("", ours.text).replace(f"`{name}`", f"`{INVENTED}`") == PLACE.sub("", theirs.text)
            check(ours)
    assert {"type", "field"} <= seen


def test_arguments_directives_and_roots_that_nobody_has_are_refused_by_name(network: Network) -> None:
    for query, sentence in {
        "{ zzzyx }": "There is no field `zzzyx` here.",
        "mutation { zzzyx }": "There is no field `zzzyx` here.",
        "subscription { zzzyx }": "There is no field `zzzyx` here.",
        "{ viewer(zzzyx: 1) { audience } }": "There is no argument `zzzyx` here.",
        "{ viewer @zzzyx { audience } }": "There is no directive `@zzzyx`.",
        "{ viewer @skip(zzzyx: 1, if: true) { audience } }": "There is no argument `zzzyx` here.",
        "{ ...zzzyx }": "There is no fragment `zzzyx` in the document.",
        "{ node(id: $zzzyx) { id } }": "The variable `$zzzyx` is not declared.",
        "{ viewer @deprecated { audience } }": "The directive `@deprecated` cannot stand here.",
        "{ viewer }": "Select fields of `viewer`.",
        "{ viewer { audience { x } } }": "`audience` has no fields to select.",
        "{ node { id } }": "The argument `id` is required.",
        "{ viewer { a: audience a: hasPerson } }": "The fields named `a` conflict: give one of them another alias.",
        "query($a: Int, $a: Int) { node(id: $a) { id } }": "`$a` is there twice.",
        "query($a: Int) { __typename }": "The variable `$a` is never used.",
        "query($a: Int) { node(id: $a) { id } }": "The variable `$a` does not fit where it is used.",
        "query($a: Viewer) { node(id: $a) { id } }": "The variable `$a` needs a type that can be sent.",
        "fragment F on Viewer { audience } { __typename }": "The fragment `F` is never used.",
        "fragment F on Viewer { audience } { ...F }": "The fragment `F` does not fit where it is used.",
        "{ ... on Viewer { audience } }": "A fragment of the document does not fit where it is used.",
        "subscription { reportReceived { id } b: reportReceived { id } }": "A subscription follows one field of its type, once.",
        "subscription S { __typename }": "A subscription follows one field of its type, once.",
        "{ node(id: {}) { id } }": "A value in the document does not fit its type.",
    }.items():
        answer = post(network, Audience.CRI, query)
        assert code(answer) == "GRAPHQL_VALIDATION_FAILED"
        assert sentence in [problem["message"] for problem in answer.json()["errors"]], query
    for root in ("mutation", "subscription"):
        answer = post(network, Audience.ONP, f"{root} {{ zzzyx }}")
        assert f"There is no `{root}` here." in [problem["message"] for problem in answer.json()["errors"]]


SECRET = "Dupont"
ECHOES = [
    f'{{ node(id: "{SECRET}", {SECRET}: 1) {{ id }} }}',
    f'{{ concernReports(first: "{SECRET}") {{ totalCount }} }}',
    f'{{ concernReports(orderBy: "{SECRET}") {{ totalCount }} }}',
    f'{{ concernReports(filter: {{status: "{SECRET}"}}) {{ totalCount }} }}',
    f'{{ concernReports(filter: {{sentSince: "{SECRET}"}}) {{ totalCount }} }}',
    f'{{ concernReports(filter: {{nothing: "{SECRET}"}}) {{ totalCount }} }}',
    f'{{ concernReports(filter: "{SECRET}") {{ totalCount }} }}',
    f'{{ concernReports(filter: {{overdue: "{SECRET}"}}) {{ totalCount }} }}',
    f"{{ concernReports(filter: {{dueWithinDays: \"Unknown type '{SECRET}'\"}}) {{ totalCount }} }}",
    f'{{ concernReports(after: "{SECRET}") {{ totalCount }} }}',
    f'{{ concernReports(filter: {{situation: "{SECRET}"}}) {{ totalCount }} }}',
    f'{{ viewer @include(if: "{SECRET}") {{ audience }} }}',
    f'query($x: Int = "{SECRET}") {{ concernReports(first: $x) {{ totalCount }} }}',
    f'mutation {{ acknowledgeReport(input: {{report: "{SECRET}"}}) {{ userErrors {{ code }} }} }}',
    f'mutation {{ acknowledgeReport(input: {{report: ["{SECRET}"]}}) {{ userErrors {{ code }} }} }}',
]


@pytest.mark.parametrize("query", ECHOES)
def test_no_value_of_the_document_comes_back(network: Network, query: str) -> None:
    answer = post(network, Audience.CRI, query)
    assert f'"{SECRET}' not in answer.text.replace("`", '"') or f"`{SECRET}`" in answer.text
    assert f"'{SECRET}" not in answer.text
    messages = " ".join(problem["message"] for problem in answer.json()["errors"])
    assert messages.replace(f"argument `{SECRET}`", "").count(SECRET) == 0
    assert code(answer) in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}


def test_no_message_names_a_type_of_the_schema(network: Network) -> None:
    types = [name for name in schema_of(Audience.CRI).type_map if name not in {"Int", "ID", "String", "Boolean"}]
    # A word of a sentence of ours that is a type, too.
    words = re.compile(r"\b(" + "|".join(sorted(set(types) - {"Query", "Mutation"}, key=len, reverse=True)) + r")\b")
    for query in (
        "{ concernReports { nodes { x } } }",
        "{ concernReports }",
        "{ concernReports { nodes { situation } } }",
        "{ concernReports(x: 1) { totalCount } }",
        "{ concernReports(filter: {x: 1}) { totalCount } }",
        "{ concernReports(orderBy: X) { totalCount } }",
        "{ node { id } }",
        "{ viewer { ... on Situation { id } } }",
        "query($v: ConcernReportFilter) { concernReports(first: $v) { totalCount } }",
        "query($v: Situation) { concernReports(first: $v) { totalCount } }",
        "mutation { acknowledgeReport { userErrors { code } } }",
        "mutation { acknowledgeReport(input: {}) { userErrors { code } } }",
        "fragment F on ConcernReportFilter { x } { ...F }",
    ):
        for problem in post(network, Audience.CRI, query).json()["errors"]:
            own = set(re.findall(r"\w+", query))
            assert not set(words.findall(problem["message"])) - own, problem


@pytest.mark.parametrize("typo", ["concernReport", "concernReportz", "viewr", "nodez"])
def test_nothing_is_suggested(network: Network, typo: str) -> None:
    answer = post(network, Audience.CRI, f"{{ {typo} {{ id }} }}")
    assert answer.json()["errors"][0]["message"] == f"There is no field `{typo}` here."


def test_only_five_errors_are_told(network: Network) -> None:
    answer = post(network, Audience.CRI, "{ " + " ".join(f"x{number}" for number in range(20)) + " }")
    assert [problem["message"] for problem in answer.json()["errors"]] == [
        f"There is no field `x{number}` here." for number in range(5)
    ]


@pytest.mark.parametrize("audience", [Audience.CRI, Audience.ASM, Audience.ORG_OBSERVATORY, Audience.LIS])
@pytest.mark.parametrize(
    "standard", [{}, {"descriptions": False}, {"input_value_deprecation": True, "specified_by_url": True}]
)
def test_the_standard_introspection_gives_the_roles_own_schema(
    network: Network, audience: Audience, standard: dict[str, bool]
) -> None:
    answer = post(network, audience, get_introspection_query(**standard), Accept=RESPONSE)
    assert answer.status_code == 200
    read, own = build_client_schema(answer.json()["data"]), schema_of(audience)
    if standard.get("descriptions", True):
        assert print_schema(read) == print_schema(own)
    else:
        assert set(read.type_map) == set(own.type_map)


@pytest.mark.parametrize("audience", [Audience.ASM, Audience.ORG_CRIP])
def test_a_hidden_type_is_no_type(network: Network, audience: Audience) -> None:
    for name in ("AllegedPerpetrator", INVENTED):
        answer = post(network, audience, f'{{ __type(name: "{name}") {{ name kind fields {{ name }} }} }}')
        assert answer.json() == {"data": {"__type": None}}


def test_anonymous_introspection_is_refused(network: Network) -> None:
    assert network.post(None, {"query": get_introspection_query()}).status_code == 401
