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

from graph.http.limits import Limits
from schema.errors import BadRequestError, ParseFailedError, ValidationFailedError


@dataclass(frozen=True, slots=True)
class Envelope:
    """A GraphQL request over HTTP: a document, the hash of a registered one, or both."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    by_get: bool = False
    tells_cost: bool = False
    document_hash: str | None = None


# ---------------------------------------------------------------- the body

# One pass, each byte looked at once: a string that never ends is a token too, or each of its quotes would be tried.
# Characters between escapes are one run: one at a time they cost as much as the rest of a request's envelope.
_JSON_TOKENS = re.compile(rb'("(?:[^"\\]++|\\.?)*+"?)(\s*+:)?|([{\[])|([}\]])|[-+.0-9eE]++', re.DOTALL)
# As JSON writes it, as GraphQL writes it inside JSON, and as it is.
_NUL = re.compile(rb"\\u(?:0000|\{0+\})|\x00")


def read_envelope(body: bytes, limits: Limits) -> Envelope:
    """The request out of its body.

    Raises: BadRequestError with a sentence that says what is wrong.
    """
    data = read_json(body, limits, "The body")
    if not isinstance(data, dict):
        raise BadRequestError("The body has to be one JSON object with a `query`.", reason="NOT_AN_OBJECT")
    envelope = envelope_of(data)
    check_nul(body, "The body")
    return envelope


def check_nul(text: bytes, what: str) -> None:
    """PostgreSQL's text has no NUL.

    Raises: BadRequestError.
    """
    if _NUL.search(text):
        raise BadRequestError(f"{what} holds a NUL character.", reason="NUL")


def envelope_of(data: Mapping[str, Any], *, by_get: bool = False) -> Envelope:
    """The request out of its parameters; null is absent.

    Raises: BadRequestError naming the parameter.
    """
    query, variables, name, extensions = (
        data.get(key) for key in ("query", "variables", "operationName", "extensions")
    )
    if variables is not None and not isinstance(variables, dict):
        raise BadRequestError("`variables` has to be an object.", reason="VARIABLES_NOT_AN_OBJECT")
    if name is not None and not isinstance(name, str):
        raise BadRequestError("`operationName` has to be a string.", reason="OPERATION_NAME_NOT_A_STRING")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequestError("`extensions` has to be an object.", reason="EXTENSIONS_NOT_AN_OBJECT")
    hash_ = _hash_of(data.get("documentId"), extensions or {})
    if not isinstance(query, str) and (query is not None or hash_ is None):
        raise BadRequestError("`query` has to be a string.", reason="QUERY_MISSING")
    tells_cost = (extensions or {}).get("cost") is True
    return Envelope(query, variables or {}, name or None, by_get, tells_cost, hash_)


def _hash_of(document_id: Any, extensions: Mapping[str, Any]) -> str | None:
    """The hash that names a registered document; an id of another form names none that there is."""
    if document_id is not None:
        if not isinstance(document_id, str):
            raise BadRequestError("`documentId` has to be a string.", reason="DOCUMENT_ID_NOT_A_STRING")
        return document_id.removeprefix("sha256:")
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    found = persisted.get("sha256Hash") if isinstance(persisted, dict) and persisted.get("version") == 1 else None
    if not isinstance(found, str):
        raise BadRequestError(
            "`extensions.persistedQuery` has to be an object with `version` 1 and `sha256Hash`.",
            reason="PERSISTED_QUERY",
        )
    return found


def read_json(text: bytes, limits: Limits, what: str) -> Any:
    """The JSON of a body or a parameter, looked at before a parser sees it; `what` begins the sentences.

    Raises: BadRequestError.
    """
    _check_json(text, limits, what)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequestError(f"{what} is not valid JSON in UTF-8.", reason="INVALID_JSON") from None


def _check_json(body: bytes, limits: Limits, what: str) -> None:
    """Nesting, numbers and duplicate keys, before a parser sees them (orjson would keep the last of two keys)."""
    keys: list[set[bytes]] = []
    for token in _JSON_TOKENS.finditer(body):
        text, colon, opening, closing = token.groups()
        if colon and keys:
            name = _key(text)
            if name in keys[-1]:
                raise BadRequestError(f"{what} has an object with the same key twice.", reason="DUPLICATE_KEY")
            keys[-1].add(name)
        elif opening:
            keys.append(set())
            if len(keys) > limits.json_depth:
                raise BadRequestError(f"{what} is nested too deeply.", reason="JSON_TOO_DEEP")
        elif closing and keys:
            keys.pop()
        elif text is None and token.end() - token.start() > limits.number_characters:
            raise BadRequestError(f"{what} has a number that is too long.", reason="NUMBER_TOO_LONG")


def _key(text: bytes) -> bytes:
    if b"\\" not in text:
        return text
    try:
        return orjson.dumps(orjson.loads(text))
    except orjson.JSONDecodeError:
        return text


# ---------------------------------------------------------------- the document, before it is parsed

# Strings and comments exactly as GraphQL's lexer reads them, so that what is left are the brackets it will see.
_QUIET = re.compile(
    r'"""(?:\\"""|(?!""").)*+(?:""")?|"(?:[^"\\\n\r]|\\[^\n\r])*+"?|#[^\n\r]*+|[_A-Za-z][_0-9A-Za-z]*+'
    r"|([{\[(])|([}\])])|(-?[0-9][0-9.eE+-]*+)",
    re.DOTALL,
)


def check_text(query: str, limits: Limits) -> None:
    """Refuse a document that would be expensive to parse.

    Raises: ParseFailedError.
    """
    if len(query) > limits.document_characters:
        raise ParseFailedError("The document is too long.", reason="DOCUMENT_TOO_LONG")
    depth = 0
    for token in _QUIET.finditer(query):
        opening, closing, number = token.groups()
        if opening:
            depth += 1
            if depth > limits.brackets:
                raise ParseFailedError("The document is nested too deeply.", reason="DOCUMENT_TOO_DEEP")
        elif closing:
            depth -= 1
        elif number and len(number) > limits.number_characters:
            raise ParseFailedError("A number in the document is too long.", reason="NUMBER_TOO_LONG")


# ---------------------------------------------------------------- the document, before it is validated


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that would be expensive to validate: before validation, or validation is the bomb.

    Fragments are counted by memoised arithmetic, never expanded.
    Raises: ValidationFailedError, ParseFailedError.
    """
    if len(document.definitions) > limits.definitions:
        raise ValidationFailedError("The document has too many definitions.", reason="TOO_MANY_DEFINITIONS")
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measures = _Measures(fragments, limits)
    for node in document.definitions:
        if isinstance(node, FragmentDefinitionNode):
            measures.fragment(node.name.value)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _check_operation(measures.selection(node.selection_set, 0), limits, introspects=_introspects(node))
    if measures.aliases > limits.aliases:
        raise ValidationFailedError("The document has too many aliases.", reason="TOO_MANY_ALIASES")
    if measures.directives > limits.directives:
        raise ValidationFailedError("The document has too many directives.", reason="TOO_MANY_DIRECTIVES")


def _check_operation(size: "_Size", limits: Limits, *, introspects: bool) -> None:
    # The standard introspection document is deeper than questions are; it asks of the schema alone.
    if size.depth > (limits.introspection_depth if introspects else limits.depth):
        raise ValidationFailedError("The document asks too deep.", reason="TOO_DEEP")
    if size.fields > limits.fields:
        raise ValidationFailedError("The document asks for too many fields.", reason="TOO_MANY_FIELDS")
    if size.introspections > 1:
        raise ValidationFailedError("The document asks for the schema more than once.", reason="TOO_MUCH_INTROSPECTION")


_META = frozenset({"__schema", "__type"})


def _introspects(node: OperationDefinitionNode) -> bool:
    names = {field.name.value for field in node.selection_set.selections if isinstance(field, FieldNode)}
    return bool(names) and names <= _META | {"__typename"}


@dataclass(slots=True)
class _Size:
    """What a selection asks for, its fragments counted wherever they are spread."""

    depth: int = 0
    nesting: int = 0
    fields: int = 0
    introspections: int = 0


class _Measures:
    """Sizes of selections; each fragment is measured once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self.aliases = 0
        self.directives = 0
        self._fragments = fragments
        self._limits = limits
        self._known: dict[str, _Size] = {}
        self._open: set[str] = set()

    def selection(self, selected: SelectionSetNode, level: int, *, meta: bool = False) -> _Size:
        """The size of a selection at this level of nesting; `meta` inside `__schema` and `__type`."""
        self._check_nesting(level)
        if not selected.selections:
            # graphql-core reads `{ }`, which the specification does not know (section 2.4).
            raise ParseFailedError(reason="EMPTY_SELECTION")
        total = _Size()
        seen: dict[str, set[str]] = {}
        for node in selected.selections:
            self.directives += len(node.directives or ())
            inner = self._node(node, level, seen, meta=meta)
            total.depth = max(total.depth, inner.depth)
            total.nesting = max(total.nesting, inner.nesting)
            total.fields += inner.fields
            total.introspections += inner.introspections
        total.nesting += 1
        self._check_nesting(total.nesting)
        return total

    def _check_nesting(self, levels: int) -> None:
        # Fragments and `... {` cost a level of recursion each, here and in every later step.
        if levels > self._limits.nesting:
            raise ValidationFailedError("The document asks too deep.", reason="TOO_DEEP")

    def _node(self, node: Any, level: int, seen: dict[str, set[str]], *, meta: bool) -> _Size:
        if isinstance(node, FieldNode):
            return self._field(node, level, seen, meta=meta)
        if isinstance(node, InlineFragmentNode):
            return self.selection(node.selection_set, level + 1, meta=meta)
        return self.fragment(node.name.value, level + 1) if isinstance(node, FragmentSpreadNode) else _Size()

    def _field(self, node: FieldNode, level: int, seen: dict[str, set[str]], *, meta: bool) -> _Size:
        name = node.name.value
        self.aliases += node.alias is not None
        keys = seen.setdefault(name, set())
        keys.add(node.alias.value if node.alias else name)
        # Every level of `__schema` multiplies, so there one field is answered once.
        if len(keys) > (1 if meta else self._limits.repeats):
            raise ValidationFailedError("The document repeats a field too often.", reason="TOO_MANY_REPEATS")
        inner = _Size()
        if node.selection_set:
            inner = self.selection(node.selection_set, level + 1, meta=meta or name in _META)
        return _Size(inner.depth + 1, inner.nesting, inner.fields + 1, inner.introspections + (name == "__schema"))

    def fragment(self, name: str, level: int = 0) -> _Size:
        """The size of a fragment; one that does not exist is left to validation."""
        known = self._known.get(name)
        if known is not None:
            return known
        if name in self._open:
            raise ValidationFailedError("A fragment of the document contains itself.", reason="FRAGMENT_CYCLE")
        fragment = self._fragments.get(name)
        if fragment is None:
            return _Size()
        self._open.add(name)
        kind = fragment.type_condition.name.value
        size = self._known[name] = self.selection(fragment.selection_set, level, meta=kind.startswith("__"))
        self._open.discard(name)
        return size
