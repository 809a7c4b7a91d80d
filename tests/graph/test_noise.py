"""Noise: whatever arrives, the answer is JSON with a code of the closed list, in time, and never our fault."""

import time
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.schemas.roles import schema_of
from schema.vocabulary import Audience
from tests.graph.callers import RESPONSE, check, token
from tests.network import Network

QUICK = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
AUDIENCES = st.sampled_from([Audience.SUP, Audience.CRI, Audience.ASM, Audience.DPO, Audience.ORG_ASSOCIATION])


def _send(network: Network, audience: Audience, body: bytes | dict[str, Any], accept: str = RESPONSE) -> Any:
    started = time.monotonic()
    answer = network.post(token(network, audience), body, Accept=accept)
    assert time.monotonic() - started < 2
    assert answer.status_code in {200, 400, 413}, answer.text
    check(answer)
    found = answer.json()
    assert set(found) <= {"data", "errors"}
    if answer.status_code == 200:
        assert "data" in found
    return found


# ---------------------------------------------------------------- bodies

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["query", "variables", "operationName", "extensions", "a", ""]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(audience=AUDIENCES, body=st.binary(max_size=400))
@settings(QUICK, max_examples=20)
def test_random_bytes(network: Network, audience: Audience, body: bytes) -> None:
    assert "errors" in _send(network, audience, body)


@given(audience=AUDIENCES, body=JSON)
@QUICK
def test_random_json(network: Network, audience: Audience, body: Any) -> None:
    _send(network, audience, body if isinstance(body, dict) else b"[]")


@given(
    audience=AUDIENCES,
    cut=st.integers(0, 90),
    noise=st.binary(max_size=6),
    keep=st.integers(0, 90),
)
@QUICK
def test_a_good_body_that_was_damaged(network: Network, audience: Audience, cut: int, noise: bytes, keep: int) -> None:
    good = b'{"query": "query($n: Int) { departments(first: $n) { nodes { code name } } }", "variables": {"n": 2}}'
    _send(network, audience, good[:cut] + noise + good[keep:])


# ---------------------------------------------------------------- documents

INVENTED = st.sampled_from(["x", "situationz", "__schema", "__type", "__typename", "node", "id", "_", "A" * 70])
VALUES = st.sampled_from(
    ["1", "-1", "0", "101", "1.5", '"x"', '""', "true", "null", "[]", "{}", "[1, null]", "{a: 1}", "SENT", "$a", "$b",
     '"sit_00000000-0000-4000-8000-000000000000"', '"2026-01-01T00:00:00Z"', '"2026-01-01"', '"""x"""', "99999999999",
     "1" * 45, '"\\u00e9"', "[[[1]]]", "NEWEST"]
)  # fmt: skip


@st.composite
def _selection(draw: Any, kind: Any, depth: int, schema: Any) -> str:
    names = sorted(kind.fields) if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else []
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        shape = draw(st.integers(0, 9))
        if shape == 0 or not names:
            name = draw(INVENTED)
            inner = draw(st.sampled_from(["", " { id }", " { __typename }"]))
            parts.append(f"{name}{draw(_arguments(None, schema))}{inner}")
        elif shape == 1:
            on = draw(st.sampled_from([kind.name, "Node", "Situation", "Nothing", "Query"]))
            inner_kind = schema.type_map.get(on, kind)
            parts.append(f"... on {on}{draw(_directive())} {{ {draw(_selection(inner_kind, depth - 1, schema))} }}")
        elif shape == 2:
            parts.append(f"...{draw(st.sampled_from(['F', 'G', 'H']))}{draw(_directive())}")
        else:
            name = draw(st.sampled_from(names))
            field = kind.fields[name]
            target = get_named_type(field.type)
            alias = draw(st.sampled_from(["", "", "", "a: ", "anon_1: ", "row: "]))
            inner = ""
            if not is_leaf_type(target):
                inner = " { id }" if depth <= 0 else f" {{ {draw(_selection(target, depth - 1, schema))} }}"
            parts.append(f"{alias}{name}{draw(_arguments(field, schema))}{draw(_directive())}{inner}")
    return " ".join(parts)


@st.composite
def _arguments(draw: Any, field: Any, schema: Any) -> str:
    names = sorted(field.args) if field is not None else []
    chosen = draw(st.lists(st.sampled_from([*names, "x"]), max_size=2, unique=True)) if names else []
    if field is not None:
        chosen += [
            name
            for name, one in field.args.items()
            if isinstance(one.type, GraphQLNonNull) and name not in chosen and name != "orderBy"
        ]
    made = [
        f"{name}: {draw(_value(field.args[name].type if field and name in field.args else None, 2))}" for name in chosen
    ]
    return f"({', '.join(made)})" if made else ""


@st.composite
def _value(draw: Any, type_: Any, depth: int) -> str:
    if type_ is None or depth < 0 or draw(st.integers(0, 3)) == 0:
        return str(draw(VALUES))
    kind = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(kind, GraphQLList):
        return f"[{', '.join(draw(st.lists(_value(kind.of_type, depth - 1), max_size=2)))}]"
    if isinstance(kind, GraphQLEnumType):
        return str(draw(st.sampled_from(sorted(kind.values))))
    if isinstance(kind, GraphQLInputObjectType):
        names = draw(st.lists(st.sampled_from(sorted(kind.fields)), max_size=3, unique=True))
        return "{" + ", ".join(f"{name}: {draw(_value(kind.fields[name].type, depth - 1))}" for name in names) + "}"
    return str(draw(VALUES))


@st.composite
def _directive(draw: Any) -> str:
    return str(
        draw(
            st.sampled_from(
                [
                    "",
                    "",
                    "",
                    "",
                    " @skip(if: true)",
                    " @include(if: $b)",
                    " @skip(if: $a)",
                    " @include(if: null)",
                    " @x",
                    " @skip",
                ]
            )
        )
    )


@st.composite
def _document(draw: Any, audience: Audience) -> str:
    schema = schema_of(audience)
    heads = ["", "query", "query Q", "query($b: Boolean = true)", "query($a: Int, $b: Boolean!)", "query($a: Nothing)"]
    root = schema.query_type
    parts = [f"{draw(st.sampled_from(heads))} {{ {draw(_selection(root, 3, schema))} }}"]
    for name in draw(st.sampled_from([[], ["F"], ["F", "G"]])):
        on = draw(st.sampled_from(sorted(schema.type_map)))
        parts.append(f"fragment {name} on {on} {{ {draw(_selection(schema.type_map[on], 2, schema))} }}")
    return "\n".join(parts)


@given(data=st.data(), audience=AUDIENCES, variables=JSON)
@settings(QUICK, max_examples=100)
def test_random_documents_over_the_names_of_the_schema(
    network: Network, data: st.DataObject, audience: Audience, variables: Any
) -> None:
    document = data.draw(_document(audience))
    given_ = data.draw(st.sampled_from([{}, {"b": True}, {"a": 1, "b": False}, {"a": None}, variables]))
    _send(network, audience, {"query": document, "variables": given_ if isinstance(given_, dict) else {}})


@st.composite
def _valid(draw: Any, kind: Any, depth: int) -> str:
    """A selection that the schema accepts, so that it is really asked of the database."""
    names = draw(st.lists(st.sampled_from(sorted(kind.fields)), min_size=1, max_size=4, unique=True))
    parts = ["__typename"]
    for place, name in enumerate(names):
        target = get_named_type(kind.fields[name].type)
        size = f"(first: {draw(st.integers(0, 3))})" if "first" in kind.fields[name].args else ""
        alias = draw(st.sampled_from(["", "", f"anon_{place}: ", f"situation_{place}: ", f"row{place}: "]))
        if is_leaf_type(target):
            parts.append(f"{alias}{name}")
        elif depth > 0:
            parts.append(f"{alias}{name}{size} {{ {draw(_valid(target, depth - 1))} }}")
    return " ".join(parts)


@pytest.mark.parametrize("audience", Audience)
@given(data=st.data())
@settings(QUICK, max_examples=6)
def test_what_the_schema_accepts_is_answered(network: Network, audience: Audience, data: st.DataObject) -> None:
    root = schema_of(audience).query_type
    assert root is not None
    lists = sorted(name for name, field in root.fields.items() if "orderBy" in field.args)
    if audience is Audience.ONP or not lists:
        return
    name = data.draw(st.sampled_from(lists))
    order = data.draw(st.sampled_from(sorted(get_named_type(root.fields[name].args["orderBy"].type).values)))
    size = data.draw(st.sampled_from(["first: 0", "first: 2", "last: 2", "first: 5"]))
    if "filter" in root.fields[name].args and is_required_argument(root.fields[name].args["filter"]):
        size += ', filter: {situation: "sit_00000000-0000-4000-8000-000000000000"}'
    query = (
        f"{{ {name}(orderBy: {order}, {size}) {{ {data.draw(_valid(get_named_type(root.fields[name].type), 4))} }} }}"
    )
    found = _send(network, audience, {"query": query})
    assert "errors" not in found, (query, found)
