"""Sealed columns in an answer: PostgreSQL hands them over marked, and they are opened in the bytes of the answer.

A statement that selects a sealed column shows, in its place, the stored bytes and the wrapped key of the situation,
behind a mark drawn for this one answer: no text of the database can hold it, so nothing else is ever taken for a sealed
value. Which statements have any is known when they are composed; all others pass untouched.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Text, cast, func, select

from loaders.nouns import NOUNS
from loaders.policy.conditions import cell_rule
from loaders.policy.context import bind, word
from loaders.policy.rules import Rule
from loaders.sealed.envelope import CannotOpenError, DataKey, Place, WrappedKey
from loaders.sealed.keyring import KeyAwayError, Keyring
from schema.tables.keys import situation_key
from schema.vocabulary import Audience

MARK = "sealed_mark"

# Why a value is null although it may be shown: words for programs, in the error beside it.
DESTROYED = "KEY_DESTROYED"
AWAY = "KEY_UNAVAILABLE"
DAMAGED = "VALUE_DAMAGED"


class Gate(Protocol):
    """What is needed of a door."""

    @property
    def noun(self) -> Any: ...
    @property
    def row(self) -> Any: ...
    def column(self, name: str) -> ColumnElement[Any]:
        """The redacted column."""


def is_sealed(gate: Gate, name: str) -> bool:
    """Whether the column is stored sealed."""
    return bool(gate.noun.table.c[name].info.get("sealed"))


def marked(gate: Gate, name: str) -> ColumnElement[str]:
    """A sealed column as the statement gives it: null where it is empty or withheld, else mark, place, key, value."""
    key = situation_key.alias()
    parts = (key.c.situation_id, key.c.id, key.c.kek_version, func.encode(key.c.wrapped, word("hex")))
    wrapped = (
        select(func.concat_ws(word("."), *parts))
        .where(key.c.situation_id == gate.row.c.situation_id, key.c.wrapped.is_not(None))
        .correlate(gate.row)
        .scalar_subquery()
    )
    return _joined(
        bind(MARK, Text()),
        word(f"{gate.noun.table.name}.{name}"),
        cast(gate.row.c.id, Text),
        func.coalesce(wrapped, word("")),
        func.encode(gate.column(name), word("hex")),
    )


def _joined(first: ColumnElement[str], *others: ColumnElement[str]) -> ColumnElement[str]:
    # `||` and not concat(): where the value is null, so is the whole.
    for other in others:
        first = first.concat(word(":")).concat(other)
    return first


def key_rule(audience: Audience) -> Rule | None:
    """Of which situations an audience's login reads the wrapped key: those of which it may see a sealed value."""
    rules = [
        rule
        for noun in NOUNS.values()
        for column in noun.table.c
        if column.info.get("sealed") and (rule := cell_rule(audience, column)) is not None
    ]
    if not rules:
        return None
    known = {
        frozenset(atom for atom in conjunction if atom.of_situation) for rule in rules for conjunction in rule.any_of
    }
    return Rule(frozenset(one for one in known if not any(other < one for other in known)))


# ---------------------------------------------------------------- opening an answer


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that may be shown and cannot be opened: where in the answer, and why."""

    path: tuple[str | int, ...]
    reason: str


def new_mark() -> str:
    """128 random bits, for one answer."""
    return secrets.token_hex(16)


def opened(answer: bytes, mark: str, keyring: Keyring) -> tuple[bytes, tuple[Unreadable, ...]]:
    """The answer with its sealed values opened; one that cannot be is null, and named."""
    opener = _Opener(mark, keyring)
    body = opener.pattern.sub(opener.value, answer)
    if not opener.failed:
        return body, ()
    found: list[Unreadable] = []
    # Only now is the answer read as JSON: where a value stands in it is needed for the error.
    document = _without(orjson.loads(body), f"{mark}!", (), found)
    return orjson.dumps(document), tuple(found)


class _Opener:
    """Opens the values of one answer; each data key is unwrapped once."""

    def __init__(self, mark: str, keyring: Keyring) -> None:
        self.pattern = re.compile(
            rb'"' + mark.encode() + rb":([a-z_]+)\.([a-z_]+):([0-9a-f-]{36}):([0-9a-f.-]*):([0-9a-f]*)" + rb'"'
        )
        self.failed = False
        self._mark = mark
        self._keyring = keyring
        self._keys: dict[bytes, DataKey] = {}

    def value(self, found: re.Match[bytes]) -> bytes:
        """The JSON string in the place of a marked value."""
        table, column, row, wrapped, sealed = found.groups()
        try:
            place = Place(table.decode(), column.decode(), UUID(row.decode()))
            return orjson.dumps(self._key(wrapped).open(place, bytes.fromhex(sealed.decode())))
        except _DestroyedError:
            reason = DESTROYED
        except KeyAwayError:
            reason = AWAY
        except CannotOpenError:
            reason = DAMAGED
        self.failed = True
        return orjson.dumps(f"{self._mark}!{reason}")

    def _key(self, wrapped: bytes) -> DataKey:
        if not wrapped:
            raise _DestroyedError
        if wrapped not in self._keys:
            situation, identity, version, key = wrapped.decode().split(".")
            self._keys[wrapped] = self._keyring.open(
                WrappedKey(UUID(identity), UUID(situation), int(version), bytes.fromhex(key))
            )
        return self._keys[wrapped]


class _DestroyedError(CannotOpenError):
    """The situation has no data key any more."""


def _without(node: Any, sign: str, path: tuple[str | int, ...], found: list[Unreadable]) -> Any:
    if isinstance(node, str) and node.startswith(sign):
        found.append(Unreadable(path, node.removeprefix(sign)))
        return None
    if isinstance(node, dict):
        return {name: _without(value, sign, (*path, name), found) for name, value in node.items()}
    if isinstance(node, list):
        return [_without(value, sign, (*path, index), found) for index, value in enumerate(node)]
    return node
