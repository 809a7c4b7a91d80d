"""How a table is declared: every column carries its category once, beside its definition, in `info`.

A column without a category cannot be declared here, and `tests/schema/test_tables.py` refuses one that
was made any other way. `Category.KEY` marks the links (primary and foreign keys, owner) that statements
need to join: a login role may read them where it may read anything else of the table, and no GraphQL
field shows them except the public `id`.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.types import TypeEngine

from schema.retention import Fate
from schema.vocabulary import Category

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def column(
    name: str,
    kind: TypeEngine[Any] | type[TypeEngine[Any]],
    category: Category,
    comment: str,
    *constraints: ForeignKey | CheckConstraint | Identity,
    nullable: bool = True,
    fate: Fate | None = None,
    **options: Any,
) -> Column[Any]:
    """One column with its category and its comment; nullable unless said otherwise.

    `fate` is what becomes of it when its case is anonymised, where the category does not say it (schema/retention.py).
    """
    info = {"category": category} | ({} if fate is None else {"retention": fate})
    return Column(name, kind, *constraints, nullable=nullable, comment=comment, info=info, **options)


def public_id(comment: str = "Random public id: no sequence, no time, no place inside.") -> Column[UUID]:
    """The primary key: a version 4 UUID, so an id says nothing about its row."""
    return column(
        "id",
        Uuid(as_uuid=True),
        Category.KEY,
        comment,
        nullable=False,
        primary_key=True,
        server_default=func.gen_random_uuid(),
    )


def link(name: str, target: str, comment: str, *, nullable: bool = True, **options: Any) -> Column[UUID]:
    """A foreign key column (`situation.id`); the index stands with the table."""
    return column(name, Uuid(as_uuid=True), Category.KEY, comment, ForeignKey(target), nullable=nullable, **options)


def word(
    name: str, words: type[Enum], category: Category, comment: str, *, nullable: bool = True, **options: Any
) -> Column[str]:
    """A column that holds one identifier of a vocabulary, checked by the database."""
    made: Column[str] = column(name, Text, category, comment, _one_of(name, words), nullable=nullable, **options)
    made.info["words"] = words
    return made


def words(
    name: str, vocabulary: type[Enum], category: Category, comment: str, *, nullable: bool = False
) -> Column[Sequence[str]]:
    """A column that holds a set of identifiers of a vocabulary, checked by the database."""
    allowed = ", ".join(f"'{item.value}'" for item in vocabulary)
    check = CheckConstraint(f"{name} <@ ARRAY[{allowed}]::text[]", name=f"{name}_known")
    made: Column[Sequence[str]] = column(
        name, ARRAY(Text), category, comment, check, nullable=nullable, server_default="{}"
    )
    made.info["words"] = vocabulary
    return made


def _one_of(name: str, words: type[Enum]) -> CheckConstraint:
    allowed = ", ".join(f"'{item.value}'" for item in words)
    return CheckConstraint(f"{name} IN ({allowed})", name=f"{name}_known")


def instant(name: str, category: Category, comment: str, *, nullable: bool = True, now: bool = False) -> Column[Any]:
    """A moment, stored in UTC (`timestamptz`); civil time is computed with the zone of the authority."""
    default = func.now() if now else None
    return column(name, DateTime(timezone=True), category, comment, nullable=nullable, server_default=default)


def day(name: str, category: Category, comment: str, *, nullable: bool = True) -> Column[Any]:
    """A civil date."""
    return column(name, Date, category, comment, nullable=nullable)


def text(name: str, category: Category, comment: str, *, nullable: bool = True, **options: Any) -> Column[str]:
    """A text."""
    return column(name, Text, category, comment, nullable=nullable, **options)


def sealed(name: str, category: Category, comment: str, *, nullable: bool = True) -> Column[bytes]:
    """A text stored sealed (loaders/sealed/envelope.py): the database never holds it in the clear, and cannot search it."""
    made = column(name, BYTEA, category, comment, nullable=nullable)
    made.info["sealed"] = True
    return made


def only_sealed(name: str) -> CheckConstraint:
    """Refuses whatever has not the form of a sealed value: a text in the clear cannot be written by mistake."""
    return CheckConstraint(f"octet_length({name}) >= 29 AND get_byte({name}, 0) = 1", name=f"{name}_sealed")


def texts(name: str, category: Category, comment: str) -> Column[Sequence[str]]:
    """A list of texts, empty unless filled."""
    return column(name, ARRAY(Text), category, comment, nullable=False, server_default="{}")


def flag(name: str, category: Category, comment: str, *, default: bool = False) -> Column[bool]:
    """A boolean that is never null (a fact that can be unknown is a `TriState`)."""
    return column(name, Boolean, category, comment, nullable=False, server_default="true" if default else "false")


def number(name: str, category: Category, comment: str, *, nullable: bool = True, **options: Any) -> Column[int]:
    """A whole number."""
    return column(name, Integer, category, comment, nullable=nullable, **options)


def counter(
    name: str, category: Category, comment: str, *items: Any, nullable: bool = False, **options: Any
) -> Column[int]:
    """A 64-bit number."""
    return column(name, BigInteger, category, comment, *items, nullable=nullable, **options)
