"""Prepared documents: parsed, checked and validated once per (text, audience, operation); later calls look them up."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)

from graph import answers
from graph.guard import Limits, check_document
from graph.plan import Planned
from graph.roles import schema_of
from loaders.statement import Statement
from schema.errors import OperationChoiceError, RefusedError
from schema.vocabulary import Audience


@dataclass(slots=True)
class Prepared:
    """One operation, ready for one audience; `plans` holds the statement of each root field and shape of arguments."""

    audience: Audience
    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    hash: str
    plans: dict[Any, tuple[Planned, Statement]] = field(default_factory=dict)


class ResponseError(Exception):
    """The request ends here, with this response (not an exception to log: a caller's mistake)."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        super().__init__()


class Documents:
    """The cache of prepared documents."""

    def __init__(self, limits: Limits, size: int = 1000) -> None:
        self._limits = limits
        self._known: LRUCache[Any, Prepared] = LRUCache(size)

    def prepare(self, audience: Audience, query: str, operation_name: str | None) -> Prepared:
        """The prepared operation.

        Raises: ResponseError with the whole answer where the document cannot be used.
        """
        digest = hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()
        key = (digest, audience, operation_name)
        found = self._known.get(key)
        if found is None:
            found = self._prepare(audience, query, operation_name, digest)
            self._known[key] = found
        return found

    def _prepare(self, audience: Audience, query: str, operation_name: str | None, digest: str) -> Prepared:
        schema = schema_of(audience)
        try:
            document = parse(query, max_tokens=self._limits.tokens)
        except GraphQLSyntaxError as problem:
            raise ResponseError(answers.syntax_refusal(problem)) from None
        try:
            check_document(document, self._limits)
            problems = validate(schema, document, max_errors=answers.MOST_ERRORS, hide_suggestions=True)
            if problems:
                raise ResponseError(answers.validation_refusal(_readable(problems)))
            operation = _choose(document, operation_name)
        except RefusedError as refused:
            raise ResponseError(answers.refusal(refused)) from None
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        return Prepared(audience, schema, document, operation, fragments, digest)


def _readable(problems: list[GraphQLError]) -> list[GraphQLError]:
    # graphql-core adds one of its own when it stops counting.
    kept = [problem for problem in problems if not problem.message.startswith("Too many validation errors")]
    return kept or problems


def _choose(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        operations = [node for node in operations if node.name and node.name.value == name]
    if len(operations) != 1:
        raise OperationChoiceError
    return operations[0]
