"""Rules about a row and its viewer: disjunctions of conjunctions of atoms, compared by their atoms alone, without SQL."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from schema.vocabulary import Category, OrgKind, WithheldReason


@dataclass(frozen=True, slots=True)
class Atom:
    """One elementary fact about a row and the viewer.

    `of_situation` says that it depends on the situation alone, so a parent row can evaluate it for its children.
    """

    name: str
    arguments: tuple[Any, ...] = ()
    of_situation: bool = False

    def implies(self, other: "Atom") -> bool:
        """Whether every row of which this is true is one of which the other is: fewer words imply more."""
        if self == other:
            return True
        if self.name != other.name:
            return False
        match self.arguments, other.arguments:
            case (column, words), (other_column, more) if self.name == "among":
                return bool(column == other_column and set(words) <= set(more))
            case (assigned, kind, states), (need, other_kind, more) if self.name == "own_referral":
                return bool(kind == other_kind and (assigned or not need) and set(states) <= set(more))
            case (column, states, agreed), (other_column, more, need) if self.name == "referred_minor":
                return bool(column == other_column and (agreed or not need) and set(states) <= set(more))
        return False

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


Conjunction = frozenset[Atom]


def implies(conjunction: Conjunction, weaker: Conjunction) -> bool:
    return all(any(atom.implies(wanted) for atom in conjunction) for wanted in weaker)


_VIEWER_AND_ONE = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """Any of these conjunctions; `reason` is what `withheld` says where none holds."""

    any_of: frozenset[Conjunction]
    reason: WithheldReason | None = None

    @property
    def never(self) -> bool:
        """No row, ever."""
        return not self.any_of

    def implied_by(self, other: "Rule") -> bool:
        """Whether every row that satisfies `other` satisfies this rule, by looking at the atoms alone."""
        return all(any(implies(theirs, mine) for mine in self.any_of) for theirs in other.any_of)

    def beyond(self, other: "Rule") -> "Rule":
        """What there is to this rule without the other: ways that do not by themselves satisfy it.

        Of a way that the other has with fewer words, the words that it has not.
        """
        ways = (mine for mine in self.any_of if not any(implies(mine, theirs) for theirs in other.any_of))
        return Rule(frozenset(_rest(mine, other) for mine in ways), self.reason)


def _rest(mine: Conjunction, other: Rule) -> Conjunction:
    for theirs in sorted(other.any_of, key=lambda one: sorted(map(str, one))):
        match [*(mine - theirs)], [*(theirs - mine)]:
            case [Atom("among", (column, words)) as wide], [Atom("among", (same, fewer))] if column == same:
                left = tuple(word for word in words if word not in fewer)
                return mine - {wide} | {Atom("among", (column, left))}
    return mine


NEVER = Rule(frozenset())


def any_of(*conjunctions: Iterable[Atom], reason: WithheldReason | None = None) -> Rule:
    return Rule(frozenset(one for conjunction in conjunctions for one in _spread(frozenset(conjunction))), reason)


def _spread(conjunction: Conjunction) -> list[Conjunction]:
    """One conjunction per relation of a `via` atom, so that rules can be compared by their atoms alone."""
    several = next((atom for atom in conjunction if atom.name == "via" and len(atom.arguments) > _VIEWER_AND_ONE), None)
    if several is None:
        return [conjunction]
    viewer, *relations = several.arguments
    return [one for relation in relations for one in _spread((conjunction - {several}) | {via(viewer, relation)})]


ALWAYS = any_of(())


def also(rule: Rule, guard: Iterable[Atom]) -> Rule:
    extra = frozenset(guard)
    return Rule(frozenset(conjunction | extra for conjunction in rule.any_of), rule.reason)


def via(viewer: str, *relations: str) -> Atom:
    """The viewer (`member`, `organisation`, `authority`, `network`) stands in one of these relations to the situation."""
    return Atom("via", (viewer, *relations), of_situation=True)


def granted(category: Category) -> Atom:
    """A live grant to this person lists the category, for the purpose of this request (condition 2)."""
    return Atom("granted", (category.value,), of_situation=True)


def granted_to_implement(category: Category) -> Atom:
    """As `granted`, and the purpose is to implement (conditions 2 and 15)."""
    return Atom("granted_to_implement", (category.value,), of_situation=True)


def opened(category: Category) -> Atom:
    """A second person opened the category to this person (conditions 4 and 9)."""
    return Atom("opened", (category.value,), of_situation=True)


def opened_caller() -> Atom:
    """A second supervisor opened this very caller to this person (condition 9)."""
    return Atom("opened_caller")


def mine(column: str, viewer: str) -> Atom:
    """The row's column names the viewer."""
    return Atom("mine", (column, viewer))


def among(column: str, words: Iterable[Any]) -> Atom:
    """The row's column holds one of these words."""
    return Atom("among", (column, tuple(sorted(str(word.value) for word in words))))


def kind_is(*kinds: OrgKind) -> Atom:
    """The viewer's organisation is of one of these kinds."""
    return Atom("kind_is", tuple(sorted(kind.value for kind in kinds)), of_situation=True)
