"""A command that is one statement, and so its own transaction: one round trip for all of it, or nothing of it.

The token and the key of a repeat are asked, the target is locked through the caller's door, rows, key and access
record are written, and the payload is told from the row as it was written (docs/decisions/0037-commands-in-one-statement.md).
A command gives its own parts; what stands around them is the same for all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    LargeBinary,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSON

from auth.policy import Act
from loaders.commands.idempotency import known_before
from loaders.commands.work import Acting
from loaders.policy.context import bind, word
from loaders.statement import compiled, row_told
from loaders.statement.question import Categories, Selection
from schema.tables.idempotency import idempotency
from schema.tables.journal import access_log
from schema.vocabulary import Audience


@dataclass(frozen=True, slots=True)
class Opening:
    """The first part: whether the token stands and, under a key, whether the act was done before."""

    asked: CTE
    # Whether there is anything left to do.
    open: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Parts:
    """What is a command's own."""

    # The row acted on, locked, with its `situation_id`; none where it is out of the caller's reach.
    target: CTE
    # All columns of the row that is made; none where the act is refused.
    made: CTE
    # Changes on which it may depend what the caller sees; None in the statement of an act that moves nothing. The
    # statement sees the database as it was before them, so after one the payload is read anew.
    moved: CTE | None
    # What a refusal is told by.
    facts: Sequence[ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The values of one act for its parts, and the categories that it writes."""

    binds: Mapping[str, Any]
    categories: frozenset[str]
    # Whether it moves anything for certain. Where only the row can say, it is taken not to; if the row says `moves`
    # then, nothing was made, and the act is done by the statement that moves.
    moves: bool


@dataclass(frozen=True, slots=True)
class AtOnce:
    """One mutation that is one statement: its act (who may), the noun its payload shows, and its own parts.

    `wanted` reads the input, and raises BadInputError; `refuse` raises for an act whose row was not made.
    """

    act: Act
    noun: str
    wanted: Callable[[Acting, Any], Wanted]
    # Audience, opening, whether a version is expected, and whether something else is moved.
    parts: Callable[[Audience, Opening, bool, bool], Parts]
    refuse: Callable[[Any, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Composed:
    """SQL text and the names of its parameters, in their order."""

    sql: str
    names: tuple[str, ...]


_NOTHING = Categories((), ())


@dataclass(frozen=True, slots=True)
class Shown:
    """What a payload shows of the row that an act makes.

    `selection` where the statement of the act may tell it: one row, its own columns, none of them sealed.
    """

    categories: Categories = _NOTHING
    selection: Selection | None = None
    # The payload of an act that was done, around what is told; None where more is asked of it than the row.
    around: tuple[bytes, bytes] | None = None
    # Statements of one document live as long as it does.
    composed: dict[Any, Composed] = field(default_factory=dict, compare=False)

    def statement(
        self, command: AtOnce, audience: Audience, *, versioned: bool, claimed: bool, moving: bool
    ) -> Composed:
        """The statement of an act of this audience, composed once."""
        key = (command.noun, audience, versioned, claimed, moving)
        found = self.composed.get(key)
        if found is None:
            found = _compose(command, audience, self.selection, versioned=versioned, claimed=claimed, moving=moving)
            self.composed[key] = found
        return found


def _compose(
    command: AtOnce, audience: Audience, selection: Selection | None, *, versioned: bool, claimed: bool, moving: bool
) -> Composed:
    opening = _opening(claimed=claimed)
    parts = command.parts(audience, opening, versioned, moving)
    kept = [_kept(parts.made)] if claimed else []
    moved = [] if parts.moved is None else [parts.moved]
    told = [] if selection is None else [_told(audience, selection, parts).label("told")]
    before = [opening.asked.c.request, opening.asked.c.subject_id] if claimed else []
    answer = (
        select(
            opening.asked.c.stands,
            *before,
            parts.target.c.situation_id,
            parts.made.c.id.label("made_id"),
            *told,
            *parts.facts,
        )
        .select_from(opening.asked.outerjoin(parts.target, true()).outerjoin(parts.made, true()))
        .add_cte(*kept, _logged(parts), *moved)
    )
    sql, names, _ = compiled(answer)
    return Composed(sql, names)


def _opening(*, claimed: bool) -> Opening:
    stands = func.standing(bind("viewer_token", Text)).label("stands")
    if not claimed:
        token = select(stands).cte("token")
        return Opening(token, select(token.c.stands).scalar_subquery())
    known = known_before()
    asked = select(stands, known.c.request, known.c.subject_id).select_from(known).cte("token")
    return Opening(asked, select(and_(asked.c.stands, asked.c.subject_id.is_(None))).scalar_subquery())


def _kept(made: CTE) -> CTE:
    values = [bind("claim", LargeBinary), bind("claim_request", LargeBinary), made.c.id]
    return insert(idempotency).from_select(["id", "request", "subject_id"], select(*values)).cte("kept")


def _logged(parts: Parts) -> CTE:
    """The access record: like any other, but for its situation, which only the database knows yet; so it hashes."""
    situation = cast(parts.target.c.situation_id, Text)
    content = (
        bind("log_before", LargeBinary)
        .op("||")(func.convert_to(situation, word("UTF8")))
        .op("||")(bind("log_after", LargeBinary))
    )
    values: dict[str, ColumnElement[Any]] = {
        column.name: bind(f"log_{column.name}", column.type) for column in access_log.columns
    }
    values["situations"] = cast(word('["').concat(situation).concat(word('"]')), JSON)
    values["hash"] = func.sha256(content)
    # The login may write the log and not read it: the hash is not asked of the row, and follows from the answer.
    rows = select(*values.values()).select_from(parts.target.join(parts.made, true()))
    return insert(access_log).from_select(list(values), rows).cte("logged")


def _told(audience: Audience, selection: Selection, parts: Parts) -> ColumnElement[Any]:
    """The payload's row through its door; NULL where it has to be read anew."""
    row = func.coalesce(row_told(audience, selection, parts.made), literal_column("'null'::json", JSON))
    if parts.moved is None:
        return row
    return case((~exists(select(literal_column("1")).select_from(parts.moved)), row))


__all__ = ["AtOnce", "Composed", "Opening", "Parts", "Shown", "Wanted"]
