"""What a question costs, known before it runs: one point for each object that its answer can hold.

The sizes of pages are numbers of the document or its variables, so a document becomes a small sum of products once, and each
request only puts its numbers in. `rows` are what the lists can hold, which has a limit of its own; `requested` counts every
object, and reading the document. What was used is counted in the answer itself: it says nothing of rows that are not in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationType,
    SelectionSetNode,
    Undefined,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

from auth.caller import Caller
from graph.documents import Prepared
from graph.http.limits import Limits
from schema.errors import BadInputError

# An answer of introspection is the size of the schema, whatever is asked of it.
_META = {"__schema": 1_000, "__type": 50}
_MUTATION = 10
_TOKENS_PER_POINT = 100
# `{"data":{...}}`: what every answer is wrapped in.
_WRAPPING = 2


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows one list can have: the first of these variables that is there, or what is said otherwise."""

    names: tuple[str, ...]
    otherwise: int

    def value(self, variables: Mapping[str, Any], most: int) -> int:
        """The size for these variables; what is no size at all is refused later, by the argument's name."""
        for name in self.names:
            given = variables.get(name)
            if isinstance(given, list):
                return min(len(given), most)
            if isinstance(given, int):
                return max(0, min(given, most))
        return self.otherwise


Terms = dict[tuple[Size, ...], int]
"""A sum of products: sizes -> how often."""


@dataclass(frozen=True, slots=True)
class Formula:
    """The cost of an operation, but for its variables."""

    rows: Terms
    others: Terms
    fixed: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request may cost, in points."""

    rows: int
    requested: int
    fixed: int

    def actual(self, answer: bytes) -> int:
        """What its answer holds.

        Each object begins with a brace. One inside a text counts too: to tell them apart takes four times as long.
        """
        return min(self.requested, self.fixed + max(0, answer.count(b"{") - _WRAPPING))


def cost_of(prepared: Prepared, variables: Mapping[str, Any], limits: Limits, caller: Caller) -> Cost:
    """The cost of a prepared operation with these variables.

    Raises: BadInputError where its lists could hold too much.
    """
    formula = prepared.cost
    if formula is None:
        walk = _Walk(prepared, variables, limits)
        formula = walk.formula()
        # With conditions on variables each request is another question.
        if not walk.conditional:
            prepared.cost = formula
    rows = _sum(formula.rows, variables, limits.page)
    most = limits.rows_of.get(caller.audience, limits.rows)
    if rows > most:
        raise BadInputError(
            f"The lists of this document could hold {rows} rows together, {most} are allowed: "
            "ask for less with `first`.",
            reason="TOO_MANY_ROWS",
        )
    return Cost(rows, rows + _sum(formula.others, variables, limits.page) + formula.fixed, formula.fixed)


def _sum(terms: Terms, variables: Mapping[str, Any], most: int) -> int:
    return sum(often * prod(size.value(variables, most) for size in sizes) for sizes, often in terms.items())


class _Walk:
    """One walk over an operation whose number of fields is within its limit already."""

    def __init__(self, prepared: Prepared, variables: Mapping[str, Any], limits: Limits) -> None:
        self.conditional = False
        self._prepared = prepared
        self._variables = variables
        self._limits = limits
        self._defaults = {
            node.variable.name.value: node.default_value
            for node in prepared.operation.variable_definitions or ()
            if node.default_value is not None
        }
        self._rows: Terms = {}
        self._others: Terms = {}
        self._fixed = 1 + (prepared.document.token_count or 0) // _TOKENS_PER_POINT

    def formula(self) -> Formula:
        """The formula of the operation."""
        operation = self._prepared.operation
        root = self._prepared.schema.get_root_type(operation.operation)
        for node, _ in self._fields(operation.selection_set):
            if operation.operation is OperationType.MUTATION:
                self._fixed += _MUTATION
            self._fixed += _META.get(node.name.value, 0)
        self._selections(root, [operation.selection_set], ())
        return Formula(self._rows, self._others, self._fixed)

    def _selections(
        self, kind: Any, selected: Iterable[SelectionSetNode], around: tuple[Size, ...], page: Size | None = None
    ) -> None:
        """Count what is selected of an object; `page` is the size of the page that its `nodes` and `edges` are of."""
        found: dict[tuple[str, str], list[FieldNode]] = {}
        for node, condition in chain.from_iterable(map(self._fields, selected)):
            found.setdefault((node.alias.value if node.alias else node.name.value, condition or kind.name), []).append(
                node
            )
        for (_, name), same in found.items():
            self._field(self._prepared.schema.type_map[name], same, around, page)

    def _field(self, kind: Any, same: list[FieldNode], around: tuple[Size, ...], page: Size | None) -> None:
        node = same[0]
        definition: GraphQLField | None = getattr(kind, "fields", {}).get(node.name.value)
        if definition is None or is_leaf_type(get_named_type(definition.type)):
            return
        named = get_named_type(definition.type)
        size = self._size(definition, node)
        inner_page = None
        if named.name.endswith("Connection") and size is not None:
            inner_page, inner = size, around
            _add(self._others, around)
        elif page is not None and node.name.value in {"nodes", "edges"}:
            inner = (*around, page)
            # The rows of a page are counted once, though `nodes` and `edges` may both show them.
            _add(self._others if inner in self._rows else self._rows, inner)
        elif size is not None:
            inner = (*around, size)
            _add(self._rows, inner)
        else:
            inner = around
            _add(self._others, around)
        below = [one.selection_set for one in same if one.selection_set is not None]
        self._selections(named, below, inner, inner_page)

    def _size(self, definition: GraphQLField, node: FieldNode) -> Size | None:
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        names: list[str] = []
        for name in ("last", "first", "ids"):
            if name not in definition.args:
                continue
            value = arguments.get(name)
            if isinstance(value, VariableNode):
                names.append(value.name.value)
                value = self._defaults.get(value.name.value)
            literal = self._literal(value)
            if literal is not None:
                return Size(tuple(names), literal)
        if not {"first", "ids"} & definition.args.keys():
            return None
        default = definition.args["first"].default_value if "first" in definition.args else Undefined
        return Size(tuple(names), default if isinstance(default, int) else self._limits.default_page)

    def _literal(self, value: Any) -> int | None:
        if isinstance(value, IntValueNode):
            return max(0, min(int(value.value), self._limits.page))
        if isinstance(value, ListValueNode):
            return min(len(value.values), self._limits.page)
        return None

    def _fields(
        self, selected: SelectionSetNode, condition: str | None = None
    ) -> Iterator[tuple[FieldNode, str | None]]:
        """The fields of a selection, its fragments opened, each with the type that its fragment is on."""
        for node in selected.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node, condition
            elif isinstance(node, InlineFragmentNode):
                on = node.type_condition.name.value if node.type_condition else condition
                yield from self._fields(node.selection_set, on)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._prepared.fragments[node.name.value]
                yield from self._fields(fragment.selection_set, fragment.type_condition.name.value)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in {"skip", "include"}:
                continue
            value = directive.arguments[0].value
            if isinstance(value, VariableNode):
                self.conditional = True
                holds = self._variables.get(value.name.value, self._default(value.name.value))
            else:
                holds = getattr(value, "value", None)
            if holds is (name == "skip"):
                return False
        return True

    def _default(self, name: str) -> Any:
        node = self._defaults.get(name)
        return None if node is None or isinstance(node, NullValueNode) else getattr(node, "value", None)


def _add(terms: Terms, sizes: tuple[Size, ...]) -> None:
    terms[sizes] = terms.get(sizes, 0) + 1
