"""Inputs of mutations that are almost right: drawn out of a role's own schema, each with something wrong in it."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_input_field,
)

from graph.schemas.roles import schema_of
from loaders.nouns import NOUNS
from schema.vocabulary import Audience

# A value that nobody else writes: an answer that repeats it has repeated what it was given.
MARK = "Zébulon7QX"
# Public id -> a row; by prefix.
Ids = Mapping[str, Sequence[str]]

# An id field -> what it names, where the end of its name does not say so.
_NAMED = {
    "report": "ConcernReport", "completes": "ConcernReport", "complementsReport": "ConcernReport",
    "assignee": "Member", "evaluator": "Member", "principal": "Situation", "duplicate": "Situation",
    "other": "Situation", "originContact": "Contact", "receipt": "EmergencyAccess", "actors": "Actor",
    "campaign": "SurveyCampaign", "delivery": "WebhookDelivery", "secret": "ToolSecret", "client": "Tool",
    "duty": "InformationDuty", "transfer": "DepartmentTransfer",
}  # fmt: skip
# What nearly every act has.
_COMMON = frozenset({"idempotencyKey", "expectedVersion"})
_INVENTED = UUID("4c6e118e-9565-449b-b8e8-d060e681e04f")

_OF_ANY_KIND: tuple[Any, ...] = (None, True, 0, -1, 1.5, 1e300, "", [], {}, [None], [[]], {MARK: MARK}, [MARK], 10**30)
_TEXTS: tuple[Any, ...] = (
    "", " ", "\u00a0\u2003", "\u0000", f"a\u0000{MARK}", "\ud800", "a\udfffb", f"{MARK}\u202e", "\u2800", "\x7f",
    MARK * 1_001, MARK * 20_000, "e\u0301" * 200, "👩‍👧" * 3_000, "'; DROP TABLE situation; --", "{{7*7}}", "%s%n", "\\", 7,
)  # fmt: skip
_DAYS: tuple[Any, ...] = (
    "0001-01-01", "9999-12-31", "2023-02-29", "2024-02-29", "1900-02-29", "10000-01-01", "-0001-01-01", "0000-01-01",
    "2024-13-01", "2024-00-10", "2024-1-1", "20240229", "2024-W09-4", "２０２４-０２-２９", "2024-02-29T00:00:00Z",
    " 2024-02-29", "2024-02-29\n", MARK, "", 20240229, 1709164800,
)  # fmt: skip
_MOMENTS: tuple[Any, ...] = (
    "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.999999Z",
    "2023-02-29T08:00:00Z", "2024-02-29T23:59:59-04:00", "2024-02-29T23:59:59+04:00", "2026-03-29T02:30:00+01:00",
    "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00", "2024-01-01", "2024-01-01T00:00:00+23:59",
    "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00.1234567891Z", "2024-W01-1T00:00:00Z", "２０２４-01-01T00:00:00Z", MARK, 0,
)  # fmt: skip
_NUMBERS: tuple[Any, ...] = (-1, 0, 2**31 - 1, -(2**31), 2**31, 10**19, 1.0, 1.5, 1e308, "1", True, "NaN")
_WORDS: tuple[Any, ...] = (MARK, "", "sent", "__typename", 0, True)
_YES_OR_NO: tuple[Any, ...] = ("true", "", 0, 1, None)
_BAD: Mapping[str, tuple[Any, ...]] = {
    "String": _TEXTS,
    "Date": _DAYS,
    "DateTime": _MOMENTS,
    "Int": _NUMBERS,
    "Boolean": _YES_OR_NO,
}


def mutations_of(audience: Audience) -> list[str]:
    """The acts of an audience, in order."""
    kind = schema_of(audience).mutation_type
    return sorted(kind.fields) if kind else []


def document(audience: Audience, name: str) -> str:
    """A mutation that asks for all it can be told, without going deeper."""
    kind = schema_of(audience).mutation_type
    assert kind is not None
    field = kind.fields[name]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    parts = ["userErrors { field code message }"]
    for one, part in payload.fields.items():
        if one != "userErrors":
            parts.append(one if is_leaf_type(get_named_type(part.type)) else f"{one} {{ __typename }}")
    return f"mutation($input: {field.args['input'].type}) {{ done: {name}(input: $input) {{ {' '.join(parts)} }} }}"


def input_of(audience: Audience, name: str) -> GraphQLInputObjectType:
    """The input of an act, as this audience has it."""
    kind = schema_of(audience).mutation_type
    assert kind is not None
    found = get_named_type(kind.fields[name].args["input"].type)
    assert isinstance(found, GraphQLInputObjectType)
    return found


def noun_of(field: str) -> str | None:
    """The noun that an id field names."""
    if field in _NAMED:
        return _NAMED[field]
    return next((noun for noun in NOUNS if field.lower().endswith(noun.lower())), None)


class Drawn:
    """Draws inputs for one audience; `near` are ids that it sees, `far` those that it does not."""

    def __init__(self, audience: Audience, near: Ids, far: Ids, seed: str) -> None:
        self.audience, self.near, self.far = audience, near, far
        self.random = random.Random(seed)

    def inputs(self, name: str, many: int) -> Iterator[Any]:
        """As many inputs of an act: most with one wrong value in a good input, some with more, some of nothing at all."""
        kind = input_of(self.audience, name)
        for place in range(many):
            if place % 12 == 11:
                yield self.random.choice(_OF_ANY_KIND)
                continue
            yield self._damaged(kind)

    def _damaged(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        share = 1.0 if self._sometimes(0.3) else 0.2
        made = {
            one: self._good(field.type, one)
            for one, field in kind.fields.items()
            if is_required_input_field(field) or self._sometimes(share)
        }
        # What every act has is wrong now and then; what is its own, nearly always.
        own = [one for one in sorted(kind.fields) if one not in _COMMON or self._sometimes(0.05)]
        for one in self.random.sample(own, min(len(own), self.random.choice((1, 1, 1, 2, 3)))):
            made[one] = self._bad(kind.fields[one].type, one)
        if self._sometimes(0.05):
            made[MARK] = MARK
        return made

    def _sometimes(self, share: float) -> bool:
        return self.random.random() < share

    def targets(self, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Twice the same input: once with an id of a row out of reach, once with one of nothing; for each id it needs."""
        kind = input_of(self.audience, name)
        for one, field in sorted(kind.fields.items()):
            noun = noun_of(one)
            if not is_required_input_field(field) or str(field.type) != "ID!" or noun is None:
                continue
            prefix = NOUNS[noun].prefix
            if self.far.get(prefix):
                made = {
                    other: self._good(wanted.type, other)
                    for other, wanted in kind.fields.items()
                    if is_required_input_field(wanted) or (other not in _COMMON and self._sometimes(0.3))
                }
                yield made | {one: self.random.choice(self.far[prefix])}, made | {one: f"{prefix}_{_INVENTED}"}

    def _good(self, type_: GraphQLInputType, field: str) -> Any:
        kind = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(kind, GraphQLList):
            return [self._good(kind.of_type, field) for _ in range(self.random.randint(1, 2))]
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(sorted(kind.values))
        if field in _COMMON:
            return None
        return self._GOOD[get_named_type(kind).name](self, field)

    def _identity(self, field: str) -> str:
        noun = noun_of(field)
        prefix = NOUNS[noun].prefix if noun else "sit"
        return self.random.choice(self.near.get(prefix) or [f"{prefix}_{_INVENTED}"])

    _GOOD: Mapping[str, Callable[["Drawn", str], Any]] = {
        "ID": _identity,
        "String": lambda self, field: self._identity(field) if field == "client" else "Un texte.",
        "Date": lambda self, _: self.random.choice(["2026-11-20", "2024-02-29", "2026-01-01"]),
        "DateTime": lambda self, _: self.random.choice(["2026-11-20T08:00:00Z", "2027-01-01T00:00:00+04:00"]),
        "Int": lambda self, _: self.random.choice([1, 15, 2023]),
        "Boolean": lambda self, _: self.random.choice([True, False]),
    }

    def _bad(self, type_: GraphQLInputType, field: str) -> Any:
        kind = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if self._sometimes(0.12):
            return self.random.choice(_OF_ANY_KIND)
        if isinstance(kind, GraphQLList):
            one = self._good(kind.of_type, field)
            return self.random.choice(
                [[], None, [None], [one] * 10_000, [one, one], MARK, [[one]], [self._bad(kind.of_type, field)]]
            )
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(_WORDS)
        name = get_named_type(kind).name
        return self.random.choice(self._ids(field) if name == "ID" else _BAD[name])

    def _ids(self, field: str) -> list[Any]:
        noun = noun_of(field)
        prefix = NOUNS[noun].prefix if noun else "sit"
        of_others = [one for other, ids in self.near.items() if other != prefix for one in ids[:1]]
        return [
            *self.far.get(prefix, [])[:3], *of_others[:3], f"{prefix}_{_INVENTED}", f"zzz_{_INVENTED}", str(_INVENTED),
            f"{prefix}_{str(_INVENTED).upper()}", f"{prefix}_", f"{prefix}_\u0000", f"{prefix}_\ud800", MARK, "", 5, True,
            f"{prefix}_{'1' * 5_000}", f"{prefix}_{{{_INVENTED}}}", f" {prefix}_{_INVENTED}", f"{prefix}_００００{str(_INVENTED)[4:]}",
        ]  # fmt: skip
