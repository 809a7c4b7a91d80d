"""Documents as hypothesis draws them from a schema: valid ones that reach rows, and those of a higher role.

The libraries that make GraphQL documents from a schema (hypothesis-graphql is kept well and fits our versions) draw
arguments from the types alone: random strings for ids, and selections without a limit, which the guard refuses. Here
ids, words and instants come from the two worlds, mostly from what the viewer may not see, and lists are kept short, so
that nearly every document is really asked of the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from graph.schemas.roles import schema_of
from loaders.nouns import NOUNS
from schema.types.query import ROOTS
from schema.vocabulary import Audience
from tests.matrix_facts import Sight
from tests.twins.worlds import Twin

# The figures count, on purpose, what the reader of them may not see; that nobody can be found in them is the business
# of tests/loaders/test_disclosure.py and tests/loaders/monitoring.
_FIGURES = {"nationalMonitoring", "YearlyReport"}
_RANDOM = UUID("3f1de3b1-6a0c-4f0e-9d2b-0a5c7be11e55")
_PREFIX = {noun.name: noun.prefix for noun in NOUNS.values()}
_NOUN_OF_TABLE = {noun.table.name: noun.name for noun in NOUNS.values()}
_LETTERS = "abcdefgh"


@dataclass(repr=False)
class Palette:
    """What arguments are made of: ids by noun, words, instants."""

    ids: Mapping[str, list[str]]
    words: list[str]
    began: datetime

    @classmethod
    def of(cls, sight: Sight, twin: Twin, began: datetime) -> "Palette":
        """Ids of rows that are seen, hidden in both worlds, gone from one, or in one only; words of hidden cells."""
        ids: dict[str, list[str]] = {}
        words: set[str] = set()
        for table, noun in _NOUN_OF_TABLE.items():
            rows = [row for row in sight.world.tables.get(table, ()) if "id" in row]
            seen = [row["id"] for row in rows if sight.sees(table, row)]
            hidden = [row["id"] for row in rows if row["id"] not in set(seen)]
            only = [identity for name, identity in (*twin.removed, *twin.added) if name == table]
            chosen = [*seen[:12], *seen[-4:], *hidden[:8], *only[:8], *only[-8:], _RANDOM]
            ids[noun] = [_public_id(noun, identity) for identity in dict.fromkeys(chosen)]
            for row in (*rows[:3], *(one for one in twin.rows.get(table, ())[:3])):
                words |= {value[:60] for value in row.values() if isinstance(value, str) and value.isprintable()}
        return cls(ids, sorted(words)[:400], began)


def _public_id(noun: str, identity: object) -> str:
    """A tool's client_id says itself what it is of."""
    return identity if noun == "Tool" and isinstance(identity, str) else f"{_PREFIX[noun]}_{identity}"


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(repr=False)
class Writer:
    """Draws the parts of a document over one schema."""

    schema: GraphQLSchema
    palette: Palette
    draw: Any
    # What a mutation shows of itself leaves out the moment it was asked at.
    timeless: bool = False

    # ------------------------------------------------ values

    def value(self, kind: Any, name: str, depth: int = 2) -> str:
        """A literal for an input type."""
        draw = self.draw
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type, name, depth)
        if isinstance(kind, GraphQLList):
            return "[" + ", ".join(self.value(kind.of_type, name, depth) for _ in range(draw(st.integers(0, 3)))) + "]"
        if isinstance(kind, GraphQLEnumType):
            return str(draw(st.sampled_from(sorted(kind.values))))
        if isinstance(kind, GraphQLInputObjectType):
            return self.fields_of(kind, depth)
        assert isinstance(kind, GraphQLScalarType)
        if kind.name == "ID":
            return _text(draw(st.sampled_from(self.ids_for(name))))
        if kind.name == "DateTime":
            days = draw(st.integers(-400, 3))
            return _text((self.palette.began + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        if kind.name == "Date":
            return _text((self.palette.began + timedelta(days=draw(st.integers(-400, 3)))).strftime("%Y-%m-%d"))
        if kind.name == "Int":
            return str(draw(st.integers(0, 20)))
        if kind.name == "Boolean":
            return str(draw(st.sampled_from(["true", "false"])))
        return _text(draw(st.sampled_from(self.palette.words)))

    def fields_of(self, kind: GraphQLInputObjectType, depth: int) -> str:
        """An input object: what it needs, and some of the rest."""
        chosen = []
        for name, field in kind.fields.items():
            needed = isinstance(field.type, GraphQLNonNull)
            if needed or self.draw(st.integers(0, 3)) == 0:
                chosen.append(f"{name}: {self.value(field.type, name, depth - 1)}")
        return "{" + ", ".join(chosen) + "}"

    def ids_for(self, name: str) -> list[str]:
        """Ids that fit an input field by its name, now and then of another kind."""
        wanted = name.lower()
        nouns = [noun for noun in self.palette.ids if wanted.endswith(noun.lower())]
        nouns = nouns or [noun for noun in self.palette.ids if noun.lower().endswith(wanted)]
        return [one for noun in nouns or ["Situation", "Referral"] for one in self.palette.ids[noun]]

    # ------------------------------------------------ selections

    def selection(self, kind: Any, depth: int) -> str:
        """Fields of a type: all its own values or some, steps, aliases, fragments, notices."""
        draw, fields = self.draw, kind.fields
        leaves = [
            name for name in fields if is_leaf_type(get_named_type(fields[name].type)) and self.timely(fields, name)
        ]
        steps = [name for name in fields if not is_leaf_type(get_named_type(fields[name].type)) and name != "withheld"]
        chosen = (
            leaves if draw(st.booleans()) else draw(st.lists(st.sampled_from(leaves), unique=True)) if leaves else []
        )
        parts = ["__typename"]
        for place, name in enumerate(chosen):
            parts.append(f"{_LETTERS[place % 8]}{place}: {name}" if place < 2 and draw(st.booleans()) else name)
        if depth > 0 and steps:
            for name in draw(st.lists(st.sampled_from(steps), max_size=3, unique=True)):
                target = get_named_type(fields[name].type)
                size = f"(first: {draw(st.integers(0, 4))})" if "first" in fields[name].args else ""
                parts.append(f"{name}{size} {{ {self.selection(target, depth - 1)} }}")
        if "withheld" in fields and "withheld" not in leaves and draw(st.booleans()):
            parts.append("withheld { field reason howToRequest }")
        if draw(st.integers(0, 3)) == 0:
            return f"... on {kind.name} {{ {' '.join(parts)} }}"
        return " ".join(parts)

    def timely(self, fields: Any, name: str) -> bool:
        return not self.timeless or (
            get_named_type(fields[name].type).name not in {"DateTime", "Date"} and name not in {"version", "hash"}
        )

    # ------------------------------------------------ roots

    def root(self, place: int) -> str:
        """One root field."""
        kind = self.schema.query_type
        assert kind is not None
        names = sorted({*kind.fields} - _FIGURES)
        lists = [name for name in names if name in ROOTS]
        name = self.draw(st.sampled_from([*lists, *lists, "node", "nodes", "viewer"]))
        field = kind.fields[name]
        head = f"r{place}: {name}"
        if name == "viewer":
            return f"{head} {{ {self.selection(field.type.of_type, 1)} }}"
        if name in {"node", "nodes"}:
            return f"{head}({self.chosen_ids(name)}) {{ {self.on_nodes()} }}"
        return f"{head}({self.page(name, field)}) {{ {self.connection(get_named_type(field.type), name)} }}"

    def chosen_ids(self, name: str) -> str:
        every = [one for ids in self.palette.ids.values() for one in ids]
        if name == "node":
            return f"id: {_text(self.draw(st.sampled_from(every)))}"
        ids = self.draw(st.lists(st.sampled_from(every), max_size=12))
        return "ids: [" + ", ".join(_text(one) for one in ids) + "]"

    def on_nodes(self) -> str:
        kinds = sorted(kind.name for kind in self.schema.get_possible_types(self.schema.type_map["Node"]))  # type: ignore[arg-type]
        chosen = self.draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=6, unique=True)) if kinds else []
        parts = []
        for name in chosen:
            kind = self.schema.type_map[name]
            assert isinstance(kind, GraphQLObjectType)
            # Not the same name twice in one place: two types may give it two kinds of value.
            columns = [one for one in kind.fields if is_leaf_type(get_named_type(kind.fields[one].type))]
            own = " ".join(
                f"{name}_{one}: {one}" for one in self.draw(st.lists(st.sampled_from(columns), max_size=4, unique=True))
            )
            notices = f"{name}_withheld: withheld {{ field reason }}" if "withheld" in kind.fields else ""
            parts.append(f"... on {name} {{ __typename {own} {notices} }}")
        return "id " + " ".join(parts)

    def page(self, name: str, field: Any) -> str:
        draw = self.draw
        orders = sorted(get_named_type(field.args["orderBy"].type).values)
        backward = draw(st.integers(0, 4)) == 0
        parts = [
            f"{'last' if backward else 'first'}: {draw(st.integers(0, 30))}",
            f"orderBy: {draw(st.sampled_from(orders))}",
        ]
        if "filter" in field.args:
            kind = get_named_type(field.args["filter"].type)
            chosen = draw(st.lists(st.sampled_from(sorted(kind.fields)), max_size=2, unique=True))
            made = [
                f"{one}: {self.value(kind.fields[one].type, one)}"
                for one in chosen
                if one != "before" or name != "accessRecords"
            ]
            if name == "accessRecords":
                # What was read since the worlds parted was read at two moments.
                made.append(f"before: {_text(self.palette.began.astimezone(UTC).isoformat())}")
            if made:
                parts.append(f"filter: {{{', '.join(made)}}}")
        parts.append(f"{'before' if backward else 'after'}: $cursor")
        return ", ".join(parts)

    def connection(self, kind: Any, name: str) -> str:
        draw = self.draw
        noun = get_named_type(kind.fields["nodes"].type)
        parts = [f"nodes {{ {self.selection(noun, 2)} }}"]
        if draw(st.booleans()):
            parts.append("totalCount")
        parts.append("pageInfo { hasNextPage hasPreviousPage startCursor endCursor }")
        if draw(st.integers(0, 4)) == 0:
            parts.append("edges { cursor }")
        return " ".join(parts)


# Strategies without arguments: hypothesis would print a whole palette with each.


def questions(audience: Audience, palette: Palette) -> st.SearchStrategy[str]:
    """A question with one or two root fields, which pages with `$cursor`."""

    @st.composite
    def drawn(draw: Any) -> str:
        writer = Writer(schema_of(audience), palette, draw)
        roots = " ".join(writer.root(place) for place in range(draw(st.integers(1, 2))))
        return f"query($cursor: String) {{ __typename {roots} }}" if "$cursor" in roots else f"{{ __typename {roots} }}"

    return drawn()


def acts(audience: Audience, palette: Palette) -> st.SearchStrategy[str]:
    """A mutation, with ids within reach, out of reach and of nothing."""
    schema = schema_of(audience)
    assert schema.mutation_type is not None
    mutations = schema.mutation_type.fields

    @st.composite
    def drawn(draw: Any) -> str:
        writer = Writer(schema, palette, draw, timeless=True)
        name = draw(st.sampled_from(sorted(mutations)))
        payload = get_named_type(mutations[name].type)
        assert isinstance(payload, GraphQLObjectType)
        parts = ["userErrors { field code message }"]
        for one, part in payload.fields.items():
            kind = get_named_type(part.type)
            if one != "userErrors" and kind.name not in _FIGURES:
                parts.append(one if is_leaf_type(kind) else f"{one} {{ {writer.selection(kind, 1)} }}")
        made = writer.value(mutations[name].args["input"].type, "input", 2)
        return f"mutation {{ {name}(input: {made}) {{ {' '.join(parts)} }} }}"

    return drawn()


__all__ = ["Palette", "acts", "questions"]
