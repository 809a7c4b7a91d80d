"""Hidden names read like invented ones, nothing is suggested, no value comes back, and introspection is the role's own."""

import re
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    lexicographic_sort_schema,
    print_schema,
)

from graph.documents import Documents, ResponseError
from graph.guard import Limits
from graph.roles import schema_of
from schema.vocabulary import Audience
from tests.graph.callers import RESPONSE, check, code, post
from tests.network import Network

INVENTED = "Zzzyx"


def _names(schema: GraphQLSchema) -> dict[str, set[str]]:
    """The names of a schema, by what they name."""
    kinds = [kind for name, kind in schema.type_map.items() if not name.startswith("__")]
    composite = [kind for kind in kinds if isinstance(kind, GraphQLObjectType)]
    return {
        "type": {kind.name for kind in kinds},
        "field": {name for kind in composite for name in kind.fields},
        "argument": {name for kind in composite for field in kind.fields.values() for name in field.args},
        "input": {name for kind in kinds if isinstance(kind, GraphQLInputObjectType) for name in kind.fields},
        "value": {name for kind in kinds if isinstance(kind, GraphQLEnumType) for name in kind.values},
    }


def _everything() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for audience in Audience:
        for what, names in _names(schema_of(audience)).items():
            found.setdefault(what, set()).update(names)
    return found


def _documents(audience: Audience, what: str, name: str) -> Iterator[str]:
    """Documents that name it wherever it could stand, of the same shape for every name."""
    if what == "type":
        yield f"query($v: {name}) {{ viewer {{ audience }} node(id: $v) {{ id }} }}"
        yield f"{{ node(id: 1) {{ ... on {name} {{ id }} }} }}"
        yield f"fragment F on {name} {{ id }} query {{ node(id: 1) {{ ...F }} }}"
        yield f'{{ __type(name: "{name}") {{ name }} }}'
    elif what == "field":
        yield f"{{ {name} {{ id }} }}"
        yield f"{{ viewer {{ {name} }} }}"
        yield f"{{ node(id: 1) {{ {name} }} }}"
        yield f"mutation {{ {name} {{ id }} }}"
        for kind in schema_of(audience).type_map.values():
            if isinstance(kind, GraphQLObjectType) and name not in kind.fields and not kind.name.startswith("__"):
                yield f"fragment F on {kind.name} {{ x: {name} }} query {{ __typename ...F }}"
    elif what == "argument":
        yield f"{{ viewer({name}: 1) {{ audience }} }}"
        yield f"{{ node({name}: 1) {{ id }} }}"
        yield f"{{ viewer @skip({name}: 1) {{ audience }} }}"
    for root, field in _query(audience):
        order, condition = field.args.get("orderBy"), field.args.get("filter")
        if what == "input" and condition is not None and name not in _fields(condition.type):
            yield f"{{ {root}(filter: {{{name}: 1}}) {{ totalCount }} }}"
        if what == "value" and order is not None and name not in _values(order.type):
            yield f"{{ {root}(orderBy: {name}) {{ totalCount }} }}"


def _query(audience: Audience) -> Iterator[tuple[str, object]]:
    root = schema_of(audience).query_type
    assert root is not None
    yield from root.fields.items()


def _fields(type_: object) -> set[str]:
    kind = get_named_type(type_)
    return set(kind.fields) if isinstance(kind, GraphQLInputObjectType) else set()


def _values(type_: object) -> set[str]:
    kind = get_named_type(type_)
    return set(kind.values) if isinstance(kind, GraphQLEnumType) else set()


def _answer(documents: Documents, audience: Audience, query: str) -> str:
    try:
        documents.prepare(audience, query, None)
    except ResponseError as response:
        return response.body.decode()
    return "accepted"


# Where things stand follows from the length of a name, which is the caller's own.
PLACE = re.compile(r'"locations":\[[^\]]*\],')


@pytest.mark.parametrize("audience", Audience)
def test_hidden_names_read_like_invented_ones(audience: Audience) -> None:
    documents, own = Documents(Limits()), _names(schema_of(audience))
    compared = 0
    for what, names in _everything().items():
        for name in sorted(names - own[what]):
            hidden = list(_documents(audience, what, name))
            invented = list(_documents(audience, what, INVENTED))
            pairs = [(h, i) for h, i in zip(hidden, invented, strict=False) if h.replace(name, INVENTED) == i]
            # Each shape where the name stands once is compared; a few types have a field of that name.
            for one, other in pairs[:12]:
                ours = PLACE.sub("", _answer(documents, audience, one))
                theirs = PLACE.sub("", _answer(documents, audience, other))
                assert re.sub(rf"\b{name}\b", INVENTED, ours) == theirs, one
                compared += 1
    assert compared > 200 or audience is Audience.LIS


@pytest.mark.parametrize("audience", [Audience.ASM, Audience.ORG_CRIP, Audience.ANA])
def test_hidden_and_invented_names_read_alike_over_http(network: Network, audience: Audience) -> None:
    own = _names(schema_of(audience))
    for what, names in _everything().items():
        hidden = sorted(names - own[what])[0]
        for one, other in zip(_documents(audience, what, hidden), _documents(audience, what, INVENTED), strict=False):
            if one.replace(hidden, INVENTED) != other:
                continue
            ours, theirs = post(network, audience, one), post(network, audience, other)
            assert ours.status_code == theirs.status_code
            assert PLACE.sub("", ours.text).replace(hidden, INVENTED) == PLACE.sub("", theirs.text)
            check(ours)
            break


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
    f'{{ concernReports(filter: {{dueWithinDays: "Unknown type \'{SECRET}\'"}}) {{ totalCount }} }}',
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
@pytest.mark.parametrize("standard", [{}, {"descriptions": False}, {"input_value_deprecation": True, "specified_by_url": True}])
def test_the_standard_introspection_gives_the_roles_own_schema(
    network: Network, audience: Audience, standard: dict[str, bool]
) -> None:
    answer = post(network, audience, get_introspection_query(**standard), Accept=RESPONSE)  # type: ignore[arg-type]
    assert answer.status_code == 200
    read = lexicographic_sort_schema(build_client_schema(answer.json()["data"]))
    own = lexicographic_sort_schema(schema_of(audience))
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
