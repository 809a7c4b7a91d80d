"""Who stands in a relation to few cases would, walking a list in its order, pass everybody else's: there the cases lead.

Which way is shorter is known when the statement runs, so both are in it and one of them does not run: the rows of the
caller's cases, looked up and sorted, or the whole list along its index until the page is full.
"""

from collections.abc import Iterator
from functools import cache

from sqlalchemy import CTE, ColumnElement, any_, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.context import BOUND, nobody
from loaders.doors import Door, entrance
from loaders.meanings import situation_of, viewer_of
from loaders.nouns import Noun
from loaders.rules import Conjunction
from schema.tables.journal import reach
from schema.vocabulary import Audience

FEW = 2000
"""Relations. With so many the rows of the cases cost about what the walk does in a network of 200,000 situations."""

_NETWORK = "network"

Guards = tuple[ColumnElement[bool], ...]


def doors(audience: Audience, noun: Noun) -> list[tuple[Door, Guards]]:
    """The door to a list and what to ask beside it: one, or one for those who follow many cases and one for the others."""
    whole = entrance(audience, noun)
    viewers = _viewers(whole)
    if viewers is None:
        return [(whole, ())]
    mine, led = _cases(viewers), entrance(audience, noun)
    few = select(func.count() < literal_column(str(FEW))).select_from(mine).scalar_subquery()
    listed = func.array(select(mine.c.situation_id).scalar_subquery())
    return [(whole, (~few,)), (led, (few, situation_of(led.row) == any_(listed)))]


def _viewers(gate: Door) -> frozenset[str] | None:
    """As whom the caller stands in the relations that lead to the rows.

    None where no relation of the caller's own leads to some, or where a comparison of the row's has an index for all.
    """
    conjunctions = gate.rows.any_of
    found = [set(_leading(one)) for one in conjunctions]
    compared = all(any(atom.name == "mine" for atom in one) for one in conjunctions)
    if compared or not all(found) or any(_NETWORK in viewers for viewers in found):
        return None
    return frozenset().union(*found)


def _leading(conjunction: Conjunction) -> Iterator[str]:
    for atom in conjunction:
        if atom.name == "via":
            yield atom.arguments[0]
        elif atom.name == "granted":
            yield "member"


@cache
def _cases(viewers: frozenset[str]) -> CTE:
    """Over any relation, and those of the past too: which of them counts is for the door to say."""
    who = func.array_remove(array([viewer_of(BOUND, one) for one in sorted(viewers)]), nobody(), type_=ARRAY(Uuid()))
    mine = select(reach.c.situation_id).where(reach.c.viewer == any_(who)).limit(literal_column(str(FEW)))
    return mine.cte("mine")


__all__ = ["FEW", "doors"]
