"""The doors: the only way to rows. A door is one noun as one audience may see it, at one place of a statement.

It hands out columns that are already redacted (`CASE WHEN rule THEN column END`) and the clause that keeps the rows
within reach. A column the audience never sees cannot be asked of it: that raises while the statement is built,
before any SQL exists, so a filter, an order or a count on a hidden value is impossible to write.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, case, true
from sqlalchemy.sql.selectable import LateralFromClause

from auth.policy import NAMELESS
from loaders.nouns import BY_TABLE, NOUNS, Noun, Relation
from loaders.policy.conditions import cell_rule, link_rule, row_rule
from loaders.policy.context import BOUND, Viewer
from loaders.policy.reached import Seen
from loaders.policy.rule_sql import sql
from loaders.policy.rules import NEVER, Rule
from schema.errors import MaillageError
from schema.vocabulary import Audience, Category


class HiddenError(MaillageError):
    """A statement asked a door for what its audience may never see: a bug of ours, caught before any SQL."""

    code = "HIDDEN"
    sentence = "This audience has no such column."


# Rule 5.9: what names a case to others is not shown where a case is known by its referral only.
_NAMING = {"Situation": frozenset({"id", "ref"}), "Minor": frozenset({"id"})}


def _named(audience: Audience, noun: Noun, column: str) -> bool:
    return not (audience in NAMELESS and column in _NAMING.get(noun.name, ()))


def column_rule(audience: Audience, noun: Noun, name: str) -> Rule | None:
    """Under which rule the audience sees a column of the noun; None: never."""
    if name not in noun.table.c or not _named(audience, noun, name):
        return None
    column: Column[Any] = noun.table.c[name]
    if name == "id":
        return row_rule(audience, noun.table)
    if column.info["category"] is Category.KEY:
        return None
    return cell_rule(audience, column)


def relation_rule(audience: Audience, noun: Noun, relation: Relation) -> Rule | None:
    """Under which rule the audience may take a step; None: the step is not in its schema."""
    here = row_rule(audience, noun.table)
    if here is None or row_rule(audience, NOUNS[relation.target].table) is None:
        return None
    if relation.category is None:
        return here
    return link_rule(audience, noun.table, relation.category, relation.local)


def noun_visible(audience: Audience, noun: Noun) -> bool:
    """Whether the audience's schema has this noun at all."""
    return row_rule(audience, noun.table) is not None


@dataclass(frozen=True, slots=True)
class Door:
    """One noun, as one audience sees it, at one place of a statement."""

    audience: Audience
    noun: Noun
    row: FromClause
    viewer: Viewer = BOUND
    # What the viewer is to the row's situation: looked up once; by the row from which a step led here, if it is the same.
    seen: Seen | None = None
    same: bool = False
    # Single rows that steps from here lead to, joined beside the row; None where they cannot be.
    beside: list[LateralFromClause] | None = None
    # A part of the rows only, where a statement reads them in parts.
    part: Rule | None = None

    @property
    def source(self) -> FromClause:
        """What to select from, once everything has been asked of this door."""
        found = self.row if self.seen is None or self.same else self.seen.beside(self.row, self.viewer)
        for step in self.beside or ():
            found = found.outerjoin(step, true())
        return found

    @property
    def rows(self) -> Rule:
        """The rule under which a row exists here."""
        return self.part or row_rule(self.audience, self.noun.table) or NEVER

    @property
    def where(self) -> ColumnElement[bool]:
        """Keeps the rows within reach."""
        return sql(self.rows, self.row, self.viewer, seen=self.seen)

    def column(self, name: str) -> ColumnElement[Any]:
        """A column, redacted where its rule does not hold; raises HiddenError where the audience never sees it."""
        rule = column_rule(self.audience, self.noun, name)
        if rule is None:
            raise HiddenError
        return self._redacted(rule, self.row.c[name])

    def link(self, relation: Relation) -> ColumnElement[Any]:
        """The near end of a step, redacted like a column where the step itself says something."""
        rule = relation_rule(self.audience, self.noun, relation)
        if rule is None:
            raise HiddenError
        return self._redacted(rule, self.row.c[relation.local])

    def shows(self, rule: Rule) -> ColumnElement[bool]:
        """Whether a rule holds for this row, given that the row is here."""
        return sql(rule, self.row, self.viewer, given=self.rows, seen=self.seen)

    def _redacted(self, rule: Rule, column: ColumnElement[Any]) -> ColumnElement[Any]:
        if rule.implied_by(self.rows):
            return column
        return case((self.shows(rule), column))


def door(audience: Audience, noun: Noun, viewer: Viewer = BOUND) -> Door:
    """Open the door of a noun for an audience; each call is a new place in the statement."""
    return Door(audience, noun, noun.table.alias(), viewer)


def entrance(audience: Audience, noun: Noun, viewer: Viewer = BOUND) -> Door:
    """A door that looks up once per row what the viewer is to its situation; select from its `source`."""
    return Door(audience, noun, noun.table.alias(), viewer, Seen(count(1)))


def onward(gate: Door, relation: Relation) -> Door:
    """The door at the end of a step: to rows of the same situation, nothing is looked up again."""
    target = NOUNS[relation.target]
    row = target.table.alias()
    if gate.seen is None:
        return Door(gate.audience, target, row, gate.viewer)
    same = gate.noun.situation_column == relation.local and target.situation_column == relation.remote
    beside: list[LateralFromClause] | None = [] if relation.many else None
    return Door(gate.audience, target, row, gate.viewer, gate.seen if same else Seen(gate.seen.names), same, beside)


def door_of_table(audience: Audience, table: str, viewer: Viewer = BOUND) -> Door:
    """The same, by the name of the table."""
    return door(audience, BY_TABLE[table], viewer)
