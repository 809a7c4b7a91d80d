"""What may be asked by GET: queries, out of the address, and nothing that searches or matches.

Every machine on the way writes addresses down. Ids, enums, numbers, instants and cursors say nothing of a person; words
may, so an argument that takes words is refused (leak 72), and so is a list of possible matches.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLString,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    visit,
)

from graph.documents import Prepared
from graph.http.guard import Envelope, check_nul, envelope_of, read_json
from graph.http.limits import Limits
from schema.errors import AddressTooLongError, BadRequestError, UnsafeByGetError

_JSON_PARAMETERS = ("variables", "extensions")
_CURSORS = frozenset({"after", "before", "since"})
_MATCHING = frozenset({"repeatCandidates"})
_MOST_PARAMETERS = 20


def read_envelope(query_string: bytes, headers: Mapping[bytes, bytes], limits: Limits) -> Envelope:
    """The request out of the query string (GraphQL over HTTP, section 5.2).

    Raises: AddressTooLongError, BadRequestError with a sentence that says what is wrong.
    """
    if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
        raise BadRequestError("A GET has no body: send this by POST.", reason="BODY_BY_GET")
    if len(query_string) > limits.header_bytes:
        raise AddressTooLongError
    given = _parameters(query_string)
    check_nul("".join(given.values()).encode(), "The address")
    for name in _JSON_PARAMETERS:
        if name in given:
            given[name] = read_json(given[name].encode(), limits, f"`{name}`")
    return envelope_of(given, by_get=True)


def _parameters(query_string: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        raise BadRequestError("The query string is not URL-encoded UTF-8.", reason="INVALID_QUERY_STRING") from None
    given: dict[str, Any] = dict(pairs)
    if len(given) != len(pairs):
        raise BadRequestError("A parameter of the query string is there twice.", reason="DUPLICATE_KEY")
    return given


def check(prepared: Prepared) -> None:
    """Refuse what may not be asked by GET.

    Raises: UnsafeByGetError for anything but a query, BadRequestError naming an argument that takes words.
    """
    if prepared.operation.operation is not OperationType.QUERY:
        raise UnsafeByGetError
    if prepared.not_by_get is None:
        prepared.not_by_get = _searching(prepared)
    if prepared.not_by_get:
        raise BadRequestError(
            f"`{prepared.not_by_get}` can hold words of a file, and addresses are written down on their way: "
            "send this query by POST.",
            reason="NOT_BY_GET",
        )


def _searching(prepared: Prepared) -> str:
    """The first name of the document that searches or matches, else nothing."""
    types = TypeInfo(prepared.schema)
    finder = _Finder(types)
    visit(prepared.document, TypeInfoVisitor(types, finder))
    return finder.found


class _Finder(Visitor):
    """Looks at each field of a document."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.found = ""
        self._types = types

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Keep the first name that may not stand in an address."""
        name, definition = node.name.value, self._types.get_field_def()
        if self.found or definition is None or name.startswith("__"):
            return
        parent = self._types.get_parent_type()
        if parent is not None and parent.name.startswith("__"):
            return
        if name in _MATCHING:
            self.found = name
        for argument in node.arguments or ():
            found = definition.args.get(argument.name.value)
            if found is not None and argument.name.value not in _CURSORS and _takes_words(found.type):
                self.found = self.found or argument.name.value


def _takes_words(kind: Any, above: frozenset[str] = frozenset()) -> bool:
    named = get_named_type(kind)
    if named is GraphQLString or named.name == GraphQLString.name:
        return True
    if not isinstance(named, GraphQLInputObjectType) or named.name in above:
        return False
    return any(_takes_words(field.type, above | {named.name}) for field in named.fields.values())
