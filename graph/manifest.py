"""A manifest of trusted documents, and what each document says: for whom it is, and which categories it can show."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, TypeInfo, TypeInfoVisitor, Visitor, parse, visit

from graph.documents import Documents, ResponseError
from graph.http.limits import Limits
from loaders.nouns import NOUNS
from loaders.statement import camel
from schema.errors import SetupError
from schema.vocabulary import Audience, Category

_CATEGORY_OF: Mapping[tuple[str, str], Category] = {
    (noun.name, camel(column.name)): column.info["category"] for noun in NOUNS.values() for column in noun.table.c
}


def read_manifest(text: bytes) -> dict[str, str]:
    """The documents of a manifest by hash.

    Raises: SetupError where it is none, or where a hash is not its document's.
    """
    try:
        pairs = list(_pairs(json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SetupError("The manifest is a JSON object from hash to document, or Apollo's manifest.") from None
    found: dict[str, str] = {}
    for given, document in pairs:
        hash_ = hashlib.sha256(document.encode()).hexdigest()
        if given.removeprefix("sha256:") != hash_:
            raise SetupError(
                f"{given[:80]} is not the SHA-256 of its document, which is {hash_}: nothing was registered."
            )
        found[hash_] = document
    if not found:
        raise SetupError("The manifest is empty.")
    return found


def _pairs(manifest: Any) -> Iterator[tuple[str, str]]:
    if manifest.get("format") == "apollo-persisted-query-manifest":
        yield from ((str(one["id"]), str(one["body"])) for one in manifest["operations"])
        return
    for given, document in manifest.items():
        if not isinstance(document, str):
            raise TypeError
        yield given, document


def title_of(document: str) -> str:
    """The operations of a document, by kind and name."""
    operations = [node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode)]
    return ", ".join(f"{node.operation.value} {node.name.value if node.name else '(no name)'}" for node in operations)


def audiences_of(document: str, limits: Limits) -> list[Audience]:
    """The audiences whose schema has all that the document names."""
    prepared = Documents(limits)
    found = []
    for audience in Audience:
        try:
            operations = [node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode)]
            for node in operations:
                prepared.prepare(audience, document, node.name.value if node.name else None)
        except (ResponseError, ValueError):
            continue
        found.append(audience)
    return found


def categories_of(document: str, limits: Limits) -> list[Category]:
    """The categories that the document selects, in any audience's schema that has all of it."""
    found: set[Category] = set()
    for audience in audiences_of(document, limits):
        schema = Documents(limits).prepare(audience, document, _first_name(document)).schema
        types = TypeInfo(schema)
        gatherer = _Gatherer(types)
        visit(parse(document), TypeInfoVisitor(types, gatherer))
        found |= gatherer.found
    return sorted(found - {Category.KEY}, key=lambda category: category.value)


def _first_name(document: str) -> str | None:
    first = next(node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode))
    return first.name.value if first.name else None


class _Gatherer(Visitor):
    """Collects the categories of the fields it meets."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.found: set[Category] = set()
        self._types = types

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Take the category of a column; what is no column has none."""
        parent = self._types.get_parent_type()
        category = _CATEGORY_OF.get((parent.name if parent else "", node.name.value))
        if category is not None:
            self.found.add(category)


__all__ = ["audiences_of", "categories_of", "read_manifest", "title_of"]
