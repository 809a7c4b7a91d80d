"""Questions of one token that wait at the same moment: one statement asks for all of them.

A tool that follows fifty rows, or loads its inbox report by report, asks the same in many requests that differ in their
values. Those that come while the same is under way wait for the next statement, which asks for all of them (crowds.py).

What goes together has the statement and the facts of the caller in common, and the token is one of them: nothing is shared
between two tokens, and whether the token stands is asked each time. What is shared is the way to the database only; each
request executes its own operation on its answer, and writes its own access record.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from loaders.postgres.connections import Lanes
from loaders.postgres.crowds import Crowds
from loaders.statement import Statement
from loaders.statement.execute import Answer, Reads
from loaders.statement.several import several
from schema.errors import UnauthenticatedError, UnavailableError
from schema.vocabulary import Audience


class ReadsSeveral(Reads, Protocol):
    """Who runs the statements of several requests."""

    async def read_several(
        self, audience: Audience, statement: Statement, questions: Sequence[Mapping[str, Any]]
    ) -> list[Answer]:
        """The answer of each question, in their order."""


class _Question(NamedTuple):
    audience: Audience
    statement: Statement
    binds: Mapping[str, Any]


class Together:
    """Asks the reader; whoever comes while enough of the same is under way goes with the next statement."""

    def __init__(self, reader: ReadsSeveral) -> None:
        self._reader = reader
        self._crowds: Crowds[_Question, Answer] = Crowds(self._ask, _is_of_all)

    def lanes(self, login: str) -> Lanes:
        """The connections of a login."""
        return self._reader.lanes(login)

    async def read(self, audience: Audience, statement: Statement, binds: Mapping[str, Any]) -> Answer:
        """As the reader."""
        form = several(statement)
        values = [binds[name] for name in statement.binds]
        kind = (audience, statement.sql, *[_hashable(values[place]) for place in form.shared])
        own = tuple([values[place] for place in form.own])
        return await self._crowds.found(kind, _Question(audience, statement, binds), own)

    async def _ask(self, questions: Sequence[_Question]) -> Sequence[Answer]:
        audience, statement, binds = questions[0]
        if len(questions) == 1:
            return (await self._reader.read(audience, statement, binds),)
        return await self._reader.read_several(audience, statement, [question.binds for question in questions])


def _is_of_all(problem: Exception) -> bool:
    """Whether it would be the same for each of them alone: of the token, or of a database that is away."""
    return isinstance(problem, UnauthenticatedError | UnavailableError) and problem.reason != "TIMEOUT"


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


__all__ = ["Together"]
