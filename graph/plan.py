"""From a selection set to a question: pure. Aliases, fragments, `@skip` and `@include` end here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from loaders.calendar.deadlines import FILTERS as DEADLINE_FILTERS
from loaders.calendar.deadlines import NOUN as DEADLINE
from loaders.nouns import NOUNS, Noun
from loaders.statement import NAME, camel
from loaders.statement.question import (
    ConnectionQuestion,
    Field,
    FilterBy,
    Identity,
    Leaf,
    NodeQuestion,
    NodesQuestion,
    Part,
    Question,
    Selection,
    Step,
    TypeName,
    Version,
    Withheld,
)
from schema.errors import BadInputError

_COLUMNS: Mapping[str, Mapping[str, str]] = {
    noun.name: {camel(column.name): column.name for column in noun.table.c} for noun in NOUNS.values()
}


def _clock(out: str, name: str) -> Field:
    """A field of a deadline, which is no row of a table: `dueAt` is `due_at`."""
    return TypeName(out, DEADLINE) if name == "__typename" else Leaf(out, "due_at" if name == "dueAt" else name)


@dataclass(slots=True)
class Planner:
    """Plans the root fields of one operation, for one set of `@skip`/`@include` values."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    # Arguments of nested lists: the bind name, and where its value is found at each execution.
    nested: list[tuple[str, GraphQLField, FieldNode]] = field(default_factory=list)

    def connection(self, noun: str, nodes: Iterable[FieldNode], arguments: Mapping[str, Any]) -> ConnectionQuestion:
        """A page of a root list; `arguments` decide which filters and cursor are there, not their values."""
        given = arguments.get("filter") or {}
        filters = tuple(
            FilterBy(*NOUNS[noun].filters[name], bind=f"filter_{name}")
            for name in sorted(given)
            if given[name] is not None
        )
        backward = arguments.get("last") is not None
        cursor = arguments.get("before" if backward else "after")
        parts = self._parts(noun, self._object(f"{noun}Connection"), nodes)
        return ConnectionQuestion(
            noun, arguments["orderBy"].value, parts, filters, after=cursor is not None, backward=backward
        )

    def deadlines(self, nodes: Iterable[FieldNode], arguments: Mapping[str, Any]) -> ConnectionQuestion:
        """A page of the clocks that run."""
        given = arguments.get("filter") or {}
        filters = tuple(
            FilterBy(*DEADLINE_FILTERS[name], bind=f"filter_{name}")
            for name in sorted(given)
            if given[name] is not None
        )
        parts = self._parts(DEADLINE, self._object(f"{DEADLINE}Connection"), nodes)
        return ConnectionQuestion(DEADLINE, "DUE_SOONEST", parts, filters, after=arguments.get("after") is not None)

    def node(self, noun: str, nodes: Iterable[FieldNode]) -> NodeQuestion:
        """One row."""
        return NodeQuestion(self.selection(noun, nodes))

    def nodes(self, prefixes: Mapping[str, str], nodes: Iterable[FieldNode]) -> NodesQuestion:
        """Several rows, by the kinds of their ids: prefix -> noun."""
        fields = list(nodes)
        return NodesQuestion(tuple((prefix, self.selection(noun, fields)) for prefix, noun in sorted(prefixes.items())))

    def selection(self, noun: str, nodes: Iterable[FieldNode]) -> Selection:
        """What is asked of each row of a noun."""
        kind = self._object(noun)
        fields = self.fields_of(kind, nodes)
        if noun == DEADLINE:
            return Selection(noun, tuple(_clock(out, found[0].name.value) for out, found in fields.items()))
        return Selection(noun, tuple(self._field(NOUNS[noun], kind, out, found) for out, found in fields.items()))

    def _field(self, noun: Noun, kind: GraphQLObjectType, out: str, nodes: list[FieldNode]) -> Field:
        name = nodes[0].name.value
        if name == "__typename":
            return TypeName(out, noun.name)
        if name == "id":
            return Identity(out)
        # The access log has a column of that name, which is an ordinary field.
        if name == "version" and name not in noun.table.c:
            return Version(out)
        if name == "withheld" and name not in noun.table.c:
            parts = self.fields_of(self._object("WithheldField"), nodes)
            return Withheld(out, tuple((inner, found[0].name.value) for inner, found in parts.items()))
        relation = noun.relations.get(name)
        if relation is None:
            return Leaf(out, _COLUMNS[noun.name][name])
        bind = None
        if relation.many:
            bind = f"first_{len(self.nested)}"
            self.nested.append((bind, kind.fields[name], nodes[0]))
        return Step(out, name, self.selection(relation.target, nodes), bind)

    def _parts(self, noun: str, kind: GraphQLObjectType, nodes: Iterable[FieldNode]) -> tuple[Part, ...]:
        made = []
        for out, found in self.fields_of(kind, nodes).items():
            name = found[0].name.value
            if name in {"node", "nodes"}:
                made.append(Part(out, name, selection=self.selection(noun, found)))
            elif name in {"edges", "pageInfo"}:
                inner = get_named_type(kind.fields[name].type)
                made.append(Part(out, name, parts=self._parts(noun, self._object(inner.name), found)))
            else:
                made.append(Part(out, name))
        return tuple(made)

    def _object(self, name: str) -> GraphQLObjectType:
        kind = self.schema.type_map[name]
        if not isinstance(kind, GraphQLObjectType):
            raise TypeError(name)
        return kind

    def fields_of(self, kind: GraphQLObjectType, nodes: Iterable[FieldNode]) -> dict[str, list[FieldNode]]:
        """The fields selected of an object, by response name, in the order of the document (specification, 6.3.2)."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for node in nodes:
            if node.selection_set:
                self._walk(kind, node.selection_set, found, seen)
        return found

    def _walk(
        self, kind: GraphQLObjectType, selected: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for node in selected.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                out = node.alias.value if node.alias else node.name.value
                if not NAME.fullmatch(out):
                    raise BadInputError("A name in the document is longer than 63 characters.", reason="NAME_TOO_LONG")
                found.setdefault(out, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition.name.value if node.type_condition else kind.name
                if self._applies(kind, condition):
                    self._walk(kind, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(kind, fragment.type_condition.name.value):
                    self._walk(kind, fragment.selection_set, found, seen)

    @staticmethod
    def _applies(kind: GraphQLObjectType, condition: str) -> bool:
        return condition == kind.name or any(interface.name == condition for interface in kind.interfaces)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in {"skip", "include"}:
                continue
            value = directive.arguments[0].value
            holds = self.variables.get(value.name.value) if isinstance(value, VariableNode) else value.value
            if holds is None:
                raise BadInputError(f"`@{name}` needs true or false.", reason="NULL_CONDITION")
            if holds is (name == "skip"):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned root field: its question, and where the values of nested arguments are found."""

    question: Question
    nested: tuple[tuple[str, GraphQLField, FieldNode], ...]
