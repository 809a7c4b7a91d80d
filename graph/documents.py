"""Prepared documents: parsed, checked and validated once per (text, audience, operation); later calls look them up."""

import hashlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
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
from graph.http.guard import check_document, check_text
from graph.http.limits import Limits
from graph.plan import Planned
from graph.schemas.roles import schema_of
from loaders.commands.at_once import Shown
from loaders.statement import Statement
from schema.errors import OperationChoiceError, RefusedError
from schema.vocabulary import Audience

# What a caller can make us keep is bounded by its weight, not by its number: a token of a parsed document weighs some
# 600 bytes, a character of SQL one.
_CACHED_TOKENS = 50_000
_CACHED_SQL = 16_000_000
# Each holds at most four statements of a command, of some 5,000 characters.
_CACHED_PAYLOADS = 200

Plans = MutableMapping[Any, tuple[Planned, Statement]]


@dataclass(slots=True)
class Prepared:
    """One operation, ready for one audience; `plans` has its statements, by `key`, place and shape of arguments."""

    audience: Audience
    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    hash: str
    key: Any
    plans: Plans
    # What the payloads of its mutations show, by the same.
    payloads: MutableMapping[Any, Shown]
    # Why it cannot be asked by GET, once somebody has tried: "" where it can.
    not_by_get: str | None = None
    # What it costs but for its variables, once somebody has asked (graph/cost.py).
    cost: Any = None


class ResponseError(Exception):
    """The request ends here, with this response (not an exception to log: a caller's mistake)."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        super().__init__()


class Documents:
    """The cache of prepared documents."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._known: LRUCache[Any, Prepared] = LRUCache(_CACHED_TOKENS, getsizeof=_tokens)
        self._plans: LRUCache[Any, tuple[Planned, Statement]] = LRUCache(_CACHED_SQL, getsizeof=_characters)
        self._payloads: LRUCache[Any, Shown] = LRUCache(_CACHED_PAYLOADS)

    def known(self, audience: Audience, query: str, operation_name: str | None) -> Prepared | None:
        """The operation, if it was prepared before."""
        return self._known.get(_key(audience, query, operation_name))

    def prepare(self, audience: Audience, query: str, operation_name: str | None) -> Prepared:
        """The prepared operation; long work for one that is not known.

        Raises: ResponseError with the whole answer where the document cannot be used.
        """
        key = _key(audience, query, operation_name)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._prepare(query, key)
        return found

    def _prepare(self, query: str, key: tuple[str, Audience, str | None]) -> Prepared:
        digest, audience, operation_name = key
        schema = schema_of(audience)
        try:
            check_text(query, self._limits)
            document = parse(query, max_tokens=self._limits.tokens)
            check_document(document, self._limits)
            problems = validate(schema, document, max_errors=answers.MOST_ERRORS, hide_suggestions=True)
            if problems:
                raise ResponseError(answers.validation_refusal(_readable(problems)))
            operation = _choose(document, operation_name)
        except GraphQLSyntaxError as problem:
            raise ResponseError(answers.syntax_refusal(problem)) from None
        except RefusedError as refused:
            raise ResponseError(answers.refusal(refused)) from None
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        return Prepared(audience, schema, document, operation, fragments, digest, key, self._plans, self._payloads)


def _key(audience: Audience, query: str, operation_name: str | None) -> tuple[str, Audience, str | None]:
    return hashlib.sha256(query.encode()).hexdigest(), audience, operation_name


def _tokens(prepared: Prepared) -> int:
    return prepared.document.token_count or _CACHED_TOKENS


def _characters(plan: tuple[Planned, Statement]) -> int:
    _, statement = plan
    return len(statement.sql) + (0 if statement.whole is None else len(statement.whole.sql))


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
