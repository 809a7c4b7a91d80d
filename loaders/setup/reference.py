"""The reference tables, filled from `schema.reference`: by the migrations in production, by the loads elsewhere."""

import hashlib
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Connection, Table, tuple_
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Insert, insert

from schema.reference import authorities, departments, official_codes, official_list
from schema.tables.directory import authority, authority_department, department
from schema.tables.report import conclusion_label, official_code

Row = dict[str, Any]


def authority_id(code: str) -> UUID:
    """The id of an authority: the same on every machine, so that running this twice changes nothing.

    An authority is public, so its id may be derived; the hash only keeps its code out of sight.
    """
    digest = bytearray(hashlib.sha256(f"authority:{code}".encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes=bytes(digest))


def _rows() -> list[tuple[Table, list[Row]]]:
    conclusions = [{"code": item.code, "label": item.label} for item in official_list("CONCLUSION")]
    codes = [
        {"list": item.list, "code": item.code, "label": item.label}
        for item in official_codes()
        if item.list != "CONCLUSION"
    ]
    return [
        (
            department,
            [
                {
                    "code": d.code,
                    "name": d.name,
                    "region_code": d.region_code,
                    "region_name": d.region_name,
                    "timezone": d.timezone,
                }
                for d in departments()
            ],
        ),
        (
            authority,
            [
                {
                    "id": authority_id(a.code),
                    "code": a.code,
                    "name": a.name,
                    "kind": a.kind.value,
                    "timezone": a.timezone,
                }
                for a in authorities()
            ],
        ),
        (
            authority_department,
            [
                {"authority_id": authority_id(a.code), "department_code": code}
                for a in authorities()
                for code in a.departments
            ],
        ),
        (official_code, codes),
        (conclusion_label, conclusions),
    ]


def _upsert(table: Table, rows: list[Row]) -> Insert:
    statement = insert(table).values(rows)
    keys = [column.name for column in table.primary_key]
    values = [name for name in rows[0] if name not in keys]
    if not values:
        return statement.on_conflict_do_nothing(index_elements=keys)
    changed = tuple_(*(table.c[name] for name in values)).is_distinct_from(
        tuple_(*(statement.excluded[name] for name in values))
    )
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in values}, where=changed
    )


def statements() -> list[Insert]:
    """One upsert per reference table, parents first; a row that is already right is not written again."""
    return [_upsert(table, rows) for table, rows in _rows()]


def fill_reference(connection: Connection) -> None:
    """Fill the reference tables on a SQLAlchemy connection (a migration's)."""
    for statement in statements():
        connection.execute(statement)


async def load_reference(connection: asyncpg.Connection) -> None:
    """Fill the reference tables on an asyncpg connection."""
    for statement in statements():
        compiled = statement.compile(dialect=postgresql.asyncpg.dialect())  # type: ignore[no-untyped-call]
        parameters = [compiled.params[name] for name in compiled.positiontup or ()]
        await connection.execute(str(compiled), *parameters)
