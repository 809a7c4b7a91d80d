"""Who stands in a relation to few cases would, walking a list in its order, pass everybody else's: there the cases lead.

Which way is shorter is known when the statement runs, so both are in it and one of them does not run: the rows of the
caller's cases, looked up and sorted, or the whole list along its index until the page is full.
"""

from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import CTE, ColumnElement, Select, any_, func, literal_column, select, union_all

from loaders.nouns import Noun
from loaders.policy.context import BOUND, one_of
from loaders.policy.doors import Door, entrance
from loaders.policy.reached import relations_of, situation_of, viewer_of
from loaders.policy.rules import Atom, Rule
from schema.tables.journal import reach
from schema.vocabulary import Audience

FEW = 2000
"""Relations. With so many the rows of the cases cost about what the walk does in a network of 200,000 situations."""

NETWORK = "network"
"""The viewer of relations that all cases have."""

Guards = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """What leads a viewer to cases: relations, and categories that are shared; `guards` say for which callers."""

    viewer: str
    guards: frozenset[Atom]
    relations: frozenset[str]
    shared: frozenset[str]

    @property
    def cases(self) -> Select[tuple[object]]:
        """Those of the past too: which of them counts now is for the doors to say, and so the index alone is read."""
        mine = reach.alias()
        kinds = [one_of(BOUND.kind, atom.arguments) for atom in sorted(self.guards, key=str)]
        if self.shared:
            named = mine.c.via == any_(relations_of(BOUND, sorted(self.relations), sorted(self.shared)))
        else:
            named = one_of(mine.c.via, self.relations)
        return select(mine.c.situation_id).where(*kinds, mine.c.viewer == viewer_of(BOUND, self.viewer), named)

    def __str__(self) -> str:
        return " ".join([self.viewer, *sorted(map(str, self.guards)), *sorted(self.relations), *sorted(self.shared)])


def ways_of(rule: Rule) -> frozenset[Way]:
    """The ways of a rule; none where something else than a relation or a sharing leads to some of its rows."""
    found: dict[tuple[str, frozenset[Atom]], set[Atom]] = {}
    for conjunction in rule.any_of:
        relation = relation_in(conjunction)
        if relation is None:
            return frozenset()
        viewer = relation.arguments[0] if relation.name == "via" else "member"
        guards = frozenset(atom for atom in conjunction if atom.name == "kind_is")
        found.setdefault((viewer, guards), set()).add(relation)
    return frozenset(
        Way(
            viewer,
            guards,
            frozenset(atom.arguments[1] for atom in atoms if atom.name == "via"),
            frozenset(atom.arguments[0] for atom in atoms if atom.name == "granted"),
        )
        for (viewer, guards), atoms in found.items()
    )


def relation_in(conjunction: frozenset[Atom]) -> Atom | None:
    """The relation or the sharing that the conjunction asks for."""
    return next((atom for atom in conjunction if atom.name in {"via", "granted"}), None)


@cache
def cases_of(ways: frozenset[Way], few: int, name: str = "followed") -> CTE:
    """The cases over which the ways lead, so many at most: looked up once, if at all, for all that is reached so."""
    every = union_all(*(way.cases for way in sorted(ways, key=str))).subquery()
    return select(every.c.situation_id).limit(literal_column(str(few))).cte(name)


def are_few(cases: CTE, few: int) -> ColumnElement[bool]:
    """Whether there were fewer than could be."""
    return select(func.count() < literal_column(str(few))).select_from(cases).scalar_subquery()


def doors(
    audience: Audience, noun: Noun, name: str = "followed", *, few: int | None = None, part: Rule | None = None
) -> list[tuple[Door, Guards]]:
    """The door to a list and what to ask beside it: one, or one for those who follow many cases and one for the others.

    With `part`, to the rows of that part of the rule only. `name` is that of the cases in the statement.
    """
    whole, led = (replace(entrance(audience, noun), part=part) for _ in range(2))
    ways = ways_of(whole.rows)
    if not ways or any(way.viewer == NETWORK for way in ways) or _compared(whole.rows):
        return [(whole, ())]
    most = FEW if few is None else few
    mine = cases_of(ways, most, name)
    short, listed = are_few(mine, most), func.array(select(mine.c.situation_id).scalar_subquery())
    return [(whole, (~short,)), (led, (short, situation_of(led.row) == any_(listed)))]


def _compared(rule: Rule) -> bool:
    """Whether a comparison with the row itself, which has an index, is part of every way."""
    return all(any(atom.name == "mine" for atom in one) for one in rule.any_of)


__all__ = ["FEW", "NETWORK", "Way", "are_few", "cases_of", "doors", "relation_in", "ways_of"]
