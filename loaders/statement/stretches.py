"""A list as the rows that one key orders, one stretch after the other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, not_

from loaders.nouns import Noun, Order
from loaders.policy import leading
from loaders.policy.doors import Door, column_rule, entrance
from loaders.policy.leading import Guards
from loaders.policy.reached import opened_cases, shared_cases, situation_of
from loaders.policy.rules import Rule
from loaders.statement.order import far_end, has_place, key_of
from loaders.statement.question import FilterBy
from schema.vocabulary import Audience


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a list that one key orders; of those that do not show it, all keys are alike."""

    gate: Door
    key: ColumnElement[Any]
    kept: tuple[ColumnElement[bool], ...]
    alike: bool = False
    # The few cases of which alone there can be such rows, where that is known.
    cases: ColumnElement[Any] | None = None


def stretches_of(
    audience: Audience, noun: Noun, order: Order, filters: Iterable[FilterBy] = ()
) -> tuple[list[Stretch], list[Stretch]]:
    """A list in order: whole, or the rows that show their key and then those that are here without it.

    Each of the two is one stretch, or two of which one is read (loaders/policy/leading.py).

    The key of the whole would be the redacted one: no index has it, and all rows within reach would be sorted. Apart,
    the first are walked along the index of the bare column and the others along their ids.
    """
    told, rows = column_rule(audience, noun, order.column), entrance(audience, noun).rows
    if told is None or told.implied_by(rows) or not rows.implied_by(told):
        return [_shown(gate, order, guards) for gate, guards in leading.doors(audience, noun)], []
    first = [_shown(gate, order, guards) for gate, guards in _telling(audience, noun, told)]
    if any(_asks_of_the_told(audience, noun, told, wanted) for wanted in filters):
        return first, []
    silent = _silent(audience, noun, rows.beyond(told))
    return first, [
        Stretch(gate, far_end(noun, order), (*guards, not_(gate.shows(told))), alike=True, cases=cases)
        for gate, guards, cases in silent
    ]


def _shown(gate: Door, order: Order, guards: Guards) -> Stretch:
    return Stretch(gate, key_of(gate, order), (*has_place(gate, order), *guards))


def _telling(audience: Audience, noun: Noun, told: Rule) -> list[tuple[Door, Guards]]:
    """The doors to rows that show their key; what somebody opened leads to them, where nothing else shows it."""
    opened = _categories(told, "opened")
    if opened is None:
        return leading.doors(audience, noun, "told", part=told)
    gate = replace(entrance(audience, noun), part=told)
    return [(gate, (situation_of(gate.row) == func.any(opened_cases(gate.viewer, opened)),))]


def _silent(audience: Audience, noun: Noun, rest: Rule) -> list[tuple[Door, Guards, ColumnElement[Any] | None]]:
    """The doors to rows that do not; what is shared leads to them, where nothing else does."""
    shared = _categories(rest, "granted")
    if shared is None:
        return [(gate, guards, None) for gate, guards in leading.doors(audience, noun, "silent", part=rest)]
    gate = replace(entrance(audience, noun), part=rest)
    cases = shared_cases(gate.viewer, shared)
    return [(gate, (situation_of(gate.row) == func.any(cases),), cases)]


def _categories(rule: Rule, name: str) -> set[str] | None:
    """The categories of an atom that is part of every way; None where one way is without."""
    found = [{atom.arguments[0] for atom in one if atom.name == name} for one in rule.any_of]
    return set[str]().union(*found) if all(found) else None


def _asks_of_the_told(audience: Audience, noun: Noun, told: Rule, wanted: FilterBy) -> bool:
    """Whether a filter keeps only rows that show their key: what is hidden is found by no filter."""
    rule = column_rule(audience, noun, wanted.column)
    return wanted.operator != "id" and rule is not None and told.implied_by(rule)
