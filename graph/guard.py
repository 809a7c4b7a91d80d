"""The input guard: what a body and a document may cost, checked before anything expensive sees them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from schema.errors import BadRequestError, ValidationFailedError


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers, each with its unit; `graph.settings` may change them."""

    body_bytes: int = 262_144
    json_depth: int = 32
    number_digits: int = 40
    document_characters: int = 32_000
    brackets: int = 64
    tokens: int = 2_000
    definitions: int = 50
    depth: int = 12
    fields: int = 600
    page: int = 100
    default_page: int = 20
    ids: int = 100


_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NUMBERS = re.compile(rb"[-+.0-9eE]+")
_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A GraphQL request over HTTP."""

    query: str
    variables: Mapping[str, Any]
    operation_name: str | None


def read_envelope(body: bytes, limits: Limits) -> Envelope:
    """The request out of its body.

    Raises: BadRequestError with a sentence that says what is wrong.
    """
    bare = _STRINGS.sub(b"", body)
    if _depth(bare) > limits.json_depth:
        raise BadRequestError("The JSON body is nested too deeply.", reason="JSON_TOO_DEEP")
    if any(len(number) > limits.number_digits for number in _NUMBERS.findall(bare)):
        raise BadRequestError("A number in the JSON body is too long.", reason="NUMBER_TOO_LONG")
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequestError("The body is not valid JSON in UTF-8.", reason="INVALID_JSON") from None
    if not isinstance(data, dict):
        raise BadRequestError("The body has to be one JSON object with a `query`.", reason="NOT_AN_OBJECT")
    query, variables, name, extensions = (
        data.get(key) for key in ("query", "variables", "operationName", "extensions")
    )
    if not isinstance(query, str):
        raise BadRequestError("`query` has to be a string.", reason="QUERY_MISSING")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequestError("`variables` has to be an object.", reason="VARIABLES_NOT_AN_OBJECT")
    if name is not None and not isinstance(name, str):
        raise BadRequestError("`operationName` has to be a string.", reason="OPERATION_NAME_NOT_A_STRING")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequestError("`extensions` has to be an object.", reason="EXTENSIONS_NOT_AN_OBJECT")
    if b"\\u0000" in body:
        raise BadRequestError("The body holds a NUL character.", reason="NUL")
    if len(query) > limits.document_characters:
        raise BadRequestError("The document is too long.", reason="DOCUMENT_TOO_LONG")
    if _depth(query.encode()) > limits.brackets:
        raise BadRequestError("The document is nested too deeply.", reason="DOCUMENT_TOO_DEEP")
    return Envelope(query, variables or {}, name or None)


def _depth(text: bytes) -> int:
    deepest = depth = 0
    for byte in text:
        if byte in b"{[(":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}])":
            depth -= 1
    return deepest


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that would be expensive to validate: before validation, or validation is the bomb.

    Fragments are counted by memoised arithmetic, never expanded.
    """
    if len(document.definitions) > limits.definitions:
        raise ValidationFailedError("The document has too many definitions.", reason="TOO_MANY_DEFINITIONS")
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    counter = _Counter(fragments)
    for node in document.definitions:
        if isinstance(node, (OperationDefinitionNode, FragmentDefinitionNode)):
            depth, fields = counter.measure(node.selection_set)
            if depth > limits.depth and not _introspects(node):
                raise ValidationFailedError("The document asks too deep.", reason="TOO_DEEP")
            if fields > limits.fields:
                raise ValidationFailedError("The document asks for too many fields.", reason="TOO_MANY_FIELDS")


_INTROSPECTION_DEPTH = 16


def _introspects(node: OperationDefinitionNode | FragmentDefinitionNode) -> bool:
    """The standard introspection document is deeper than questions are; it asks of the schema alone."""
    names = {field.name.value for field in node.selection_set.selections if isinstance(field, FieldNode)}
    return isinstance(node, OperationDefinitionNode) and names <= {"__schema", "__type", "__typename"}


class _Counter:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, tuple[int, int]] = {}
        self._open: set[str] = set()

    def measure(self, selected: SelectionSetNode) -> tuple[int, int]:
        """Depth and number of fields, fragments included."""
        deepest = total = 0
        for node in selected.selections:
            if isinstance(node, FieldNode):
                depth, fields = self.measure(node.selection_set) if node.selection_set else (0, 0)
                depth, fields = depth + 1, fields + 1
            elif isinstance(node, InlineFragmentNode):
                depth, fields = self.measure(node.selection_set)
            else:
                depth, fields = self._fragment(node)
            deepest, total = max(deepest, depth), total + fields
        return deepest, total

    def _fragment(self, spread: Any) -> tuple[int, int]:
        name = spread.name.value if isinstance(spread, FragmentSpreadNode) else ""
        if name not in self._known:
            if name in self._open:
                raise ValidationFailedError("A fragment of the document contains itself.", reason="FRAGMENT_CYCLE")
            fragment = self._fragments.get(name)
            if fragment is None:
                return 0, 0
            self._open.add(name)
            self._known[name] = self.measure(fragment.selection_set)
            self._open.discard(name)
        return self._known[name]
