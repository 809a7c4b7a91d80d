"""A rule as SQL over a row: cheap comparisons first, then one look at `reach` for all that asks it."""

from collections.abc import Iterable, Mapping

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    false,
    or_,
    true,
)

from loaders.policy.context import Viewer
from loaders.policy.meanings import meaning
from loaders.policy.reached import BY_REACH, Seen
from loaders.policy.rules import Atom, Conjunction, Rule, via

_COSTS: Mapping[str, int] = {"mine": 0, "among": 0, "kind_is": 0, "via": 1, "related": 1}


def sql(
    rule: Rule, row: FromClause, who: Viewer, *, given: Rule | None = None, seen: Seen | None = None
) -> ColumnElement[bool]:
    """The rule as SQL over a row; atoms that `given` already guarantees in every case are left out."""

    def asked(atom: Atom) -> ColumnElement[bool]:
        return seen.sql(atom, who) if seen is not None and atom.name in BY_REACH else meaning(atom, row, who)

    known: Conjunction = frozenset.intersection(*given.any_of) if given and given.any_of else frozenset()

    def asked_of(atoms: Conjunction) -> list[ColumnElement[bool]]:
        return [asked(atom) for atom in _in_order(a for a in atoms if not any(k.implies(a) for k in known))]

    gathered = _gathered(rule.any_of)
    # What all ways ask alike is asked once, beside them: a comparison with the row can then lead along an index.
    alike: Conjunction = frozenset.intersection(*gathered) if len(gathered) > 1 else frozenset()
    ways = sorted(gathered, key=lambda c: [(a.name, str(a.arguments)) for a in _in_order(c)])
    either = or_(false(), *(and_(true(), *asked_of(way - alike)) for way in ways))
    first = asked_of(alike)
    return and_(*first, either) if first else either


def _gathered(conjunctions: frozenset[Conjunction]) -> set[Conjunction]:
    """The inverse of `_spread`: relations of one viewer beside the same atoms become one probe of `reach`."""
    groups: dict[tuple[Conjunction, str], set[Atom]] = {}
    kept: set[Conjunction] = set()
    for conjunction in conjunctions:
        relation = next((atom for atom in _in_order(conjunction) if atom.name in {"via", "granted"}), None)
        if relation is None:
            kept.add(conjunction)
        else:
            viewer = relation.arguments[0] if relation.name == "via" else "member"
            groups.setdefault((conjunction - {relation}, viewer), set()).add(relation)
    return kept | {rest | {_together(viewer, found)} for (rest, viewer), found in groups.items()}


def _together(viewer: str, found: set[Atom]) -> Atom:
    relations = sorted(atom.arguments[1] for atom in found if atom.name == "via")
    shared = sorted(atom.arguments[0] for atom in found if atom.name == "granted")
    if not shared:
        return via(viewer, *relations)
    if not relations and len(shared) == 1:
        return next(iter(found))
    return Atom("related", (viewer, tuple(relations), tuple(shared)), of_situation=True)


def _in_order(conjunction: Iterable[Atom]) -> list[Atom]:
    # Cheap comparisons first, then one look at `reach`: a row of somebody else's case needs no other probe.
    return sorted(conjunction, key=lambda atom: (_COSTS.get(atom.name, 2), atom.name, str(atom.arguments)))
