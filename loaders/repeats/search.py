"""Whom to compare with whom, in one statement: the minors of a situation, and those that share a key with them.

The statement is made of the caller's doors: what is compared is what the caller may read anyway, of the situations
within reach at this moment. The keys themselves are looked up in two indexes and never leave the database.
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, bindparam, case, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.nouns import NOUNS
from loaders.policy.doors import Door, door, onward
from loaders.repeats.known import Known
from schema.tables.repeat import minor_key
from schema.tables.situation import situation_jurisdiction
from schema.vocabulary import Audience

# How many pairs of minors are weighed at most: those that share most keys, full identity before first names.
COMPARED = 200
# What a shared key of the full identity, and a shared department, count beside one made of a first name.
_IDENTITY, _PLACE = 4, 3
_SITUATION = bindparam("situation", type_=Uuid(as_uuid=True))
_FACTS = ("first_name", "last_name", "age", "age_precision", "birth_date", "phone", "handles", "address")


@cache
def pairs(audience: Audience) -> Select[Any]:
    """The minors of `:situation`, each beside the minors of other situations that share a key with it."""
    hits = _hits()
    columns: list[ColumnElement[Any]] = [hits.c.found_situation.label("situation_id"), hits.c.mine.label("mine_id")]
    clauses = []
    for side, identity in (("mine", hits.c.mine), ("found", hits.c.found)):
        gate = door(audience, NOUNS["Minor"])
        file = onward(gate, NOUNS["Minor"].relations["situation"])
        columns += [gate.column(name).label(f"{side}_{name}") for name in _FACTS]
        columns.append(file.column("opened_at").label(f"{side}_opened_at"))
        columns.append(_departments(gate).label(f"{side}_departments"))
        clauses += [gate.row.c.id == identity, gate.where, file.row.c.id == gate.row.c.situation_id, file.where]
    return select(*columns).where(*clauses)


def _hits() -> Any:
    """Pairs that share a key. One arm per index: PostgreSQL looks each up by the keys of the situation's minors."""
    arms = [_arm("minimal_keys", 1), _arm("identity_keys", _IDENTITY)]
    rows = union_all(*arms).subquery("shared")
    strength = func.sum(rows.c.strength) + case(
        (_same_place(rows.c.found_situation), _number(_PLACE)), else_=_number(0)
    )
    return (
        select(rows.c.mine, rows.c.found, rows.c.found_situation)
        .group_by(rows.c.mine, rows.c.found, rows.c.found_situation)
        .order_by(strength.desc(), rows.c.found)
        .limit(_number(COMPARED))
        .subquery("hits")
    )


def _same_place(found: ColumnElement[Any]) -> ColumnElement[bool]:
    """Decides only who is weighed first among too many: the place that is shown passes its door above."""
    ours, theirs = situation_jurisdiction.alias("our_place"), situation_jurisdiction.alias("their_place")
    return (
        select(_number(1))
        .where(
            ours.c.situation_id == _SITUATION,
            theirs.c.situation_id == found,
            theirs.c.department_code == ours.c.department_code,
        )
        .correlate_except(ours, theirs)
        .exists()
    )


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _arm(keys: str, worth: int) -> Select[Any]:
    mine, found = minor_key.alias(f"mine_{keys}"), minor_key.alias(f"found_{keys}")
    key = func.unnest(found.c[keys]).table_valued("key", name=f"key_{keys}").render_derived()
    shared = (
        select(func.count() * _number(worth))
        .select_from(key)
        .where(key.c.key == func.any(mine.c[keys]))
        .correlate(mine, found)
        .scalar_subquery()
    )
    return select(
        mine.c.minor_id.label("mine"),
        found.c.minor_id.label("found"),
        found.c.situation_id.label("found_situation"),
        shared.label("strength"),
    ).where(
        mine.c.situation_id == _SITUATION,
        found.c.situation_id != _SITUATION,
        found.c[keys].bool_op("&&")(mine.c[keys]),
    )


def _departments(gate: Door) -> ColumnElement[Any]:
    place = Door(gate.audience, NOUNS["Jurisdiction"], NOUNS["Jurisdiction"].table.alias(), gate.viewer)
    return func.coalesce(
        select(func.array_agg(place.column("department_code").distinct()))
        .where(place.row.c.situation_id == gate.row.c.situation_id, place.where)
        .correlate(gate.row)
        .scalar_subquery(),
        literal_column("'{}'::text[]", ARRAY(Text)),
    )


def known(row: Any, side: str) -> Known:
    """One side of a pair that the statement found."""
    return Known(
        first_name=row[f"{side}_first_name"],
        last_name=row[f"{side}_last_name"],
        opened_on=row[f"{side}_opened_at"].date(),
        age=row[f"{side}_age"],
        age_precision=row[f"{side}_age_precision"],
        birth_date=row[f"{side}_birth_date"],
        phone=row[f"{side}_phone"],
        handles=tuple(row[f"{side}_handles"]),
        address=row[f"{side}_address"],
        departments=tuple(row[f"{side}_departments"]),
    )
