"""Make the keys of all minors again where the rules that make them have changed; else commands have kept them."""

from typing import Any

from sqlalchemy import RowMapping, Text, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from loaders.repeats.keys import VERSION, keys_of
from loaders.repeats.known import Known
from schema.tables.repeat import minor_key
from schema.tables.situation import minor, situation

# On an index, whose comment nothing else compares.
_NOTE = "ix_minor_key_minimal_keys"
_AT_ONCE = 2000
# Whoever erases what a minor is known by, by whatever way, erases the keys that were made of it.
ERASE = (
    """
CREATE OR REPLACE FUNCTION minor_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE minor_key SET minimal_keys = '{}', identity_keys = '{}' WHERE minor_id = NEW.id;
  RETURN NULL;
END $$""",
    "CREATE OR REPLACE TRIGGER keys_after_erasure AFTER UPDATE ON minor FOR EACH ROW "
    "WHEN (num_nonnulls(NEW.first_name, NEW.last_name, NEW.birth_date, NEW.phone) = 0 AND NEW.handles = '{}') "
    "EXECUTE FUNCTION minor_erased()",
)
_FACTS = ("first_name", "last_name", "age", "age_precision", "birth_date", "phone", "handles")


async def rebuild_keys(connection: AsyncConnection) -> int:
    """Returns how many minors were given keys; 0 where the keys are those of this code."""
    known = select(func.obj_description(func.to_regclass(bindparam("name", _NOTE, Text)), literal_column("'pg_class'")))
    if (await connection.execute(known)).scalar() == VERSION:
        return 0
    found = await connection.execute(
        select(minor.c.id, minor.c.situation_id, situation.c.opened_at, *(minor.c[name] for name in _FACTS)).join(
            situation, situation.c.id == minor.c.situation_id
        )
    )
    rows = found.mappings().all()
    made = insert(minor_key)
    anew = {name: made.excluded[name] for name in ("minimal_keys", "identity_keys")}
    statement = made.on_conflict_do_update(index_elements=["minor_id"], set_=anew)
    for first in range(0, len(rows), _AT_ONCE):
        await connection.execute(statement, [_keys(row) for row in rows[first : first + _AT_ONCE]])
    await connection.exec_driver_sql(f"COMMENT ON INDEX {_NOTE} IS '{VERSION}'")
    return len(rows)


def _keys(row: RowMapping) -> dict[str, Any]:
    facts = {name: row[name] for name in _FACTS}
    keys = keys_of(Known(opened_on=row["opened_at"].date(), **facts))
    return {
        "minor_id": row["id"],
        "situation_id": row["situation_id"],
        "minimal_keys": list(keys.minimal),
        "identity_keys": list(keys.identity),
    }
