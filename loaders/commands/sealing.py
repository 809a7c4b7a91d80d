"""What a command seals and opens: the data key of its situation, made at the first value that needs it."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import Column, Table, bindparam, select
from sqlalchemy.dialects.postgresql import BYTEA, insert
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.types import Integer

from loaders.commands.work import Work
from loaders.sealed.envelope import CannotOpenError, DataKey, Place, WrappedKey, new_data_key
from schema.errors import UnavailableError
from schema.tables.keys import situation_key

_NOT_NOW = "Les données de l'appelant et les notes d'écoute ne peuvent pas être lues ni écrites pour le moment : rien n'a été écrit."


async def sealed(
    work: Work, table: Table, row: UUID, situation: UUID, values: Mapping[str, str | None]
) -> dict[str, bytes | None]:
    """The texts as this row stores them; nothing stays nothing. Raises UnavailableError where the key cannot be used."""
    key = await data_key(work, situation) if any(value is not None for value in values.values()) else None
    return {
        name: None if value is None or key is None else key.seal(Place(table.name, name, row), value)
        for name, value in values.items()
    }


async def opened(work: Work, column: Column[bytes], situation: UUID, values: Mapping[UUID, bytes]) -> dict[UUID, str]:
    """The texts of one column, by row. Raises UnavailableError where one cannot be opened."""
    key = await data_key(work, situation)
    try:
        return {row: key.open(Place(column.table.name, column.name, row), value) for row, value in values.items()}
    except CannotOpenError:
        raise UnavailableError(_NOT_NOW, reason="VALUE_DAMAGED") from None


async def data_key(work: Work, situation: UUID) -> DataKey:
    """The situation's data key, made where it has none. Raises UnavailableError where it cannot be opened."""
    found = await _stored(work, situation)
    if found is None:
        version, key = work.keyring.newest()
        _, made = new_data_key(situation, uuid4(), key, version)
        # Of two acts that make the first key at once, one waits for the other here, and both use what was stored.
        await work.one(_ADD, id=made.id, situation=situation, wrapped=made.wrapped, version=version)
        found = await _stored(work, situation)
    if found is None:
        raise UnavailableError(_NOT_NOW, reason="KEY_DESTROYED")
    try:
        return work.keyring.open(found)
    except CannotOpenError:
        raise UnavailableError(_NOT_NOW, reason="KEY_UNAVAILABLE") from None


async def _stored(work: Work, situation: UUID) -> WrappedKey | None:
    row = await work.one(_STORED, situation=situation)
    if row is None:
        return None
    if row["wrapped"] is None:
        raise UnavailableError(_NOT_NOW, reason="KEY_DESTROYED")
    return WrappedKey(row["id"], situation, row["kek_version"], row["wrapped"])


# Locked, so that the key is neither destroyed nor wrapped anew under this act.
_STORED = (
    select(situation_key.c.id, situation_key.c.wrapped, situation_key.c.kek_version)
    .where(situation_key.c.situation_id == bindparam("situation", type_=Uuid(as_uuid=True)))
    .with_for_update(read=True)
)
_ADD = (
    insert(situation_key)
    .values(
        id=bindparam("id", type_=Uuid(as_uuid=True)),
        situation_id=bindparam("situation", type_=Uuid(as_uuid=True)),
        wrapped=bindparam("wrapped", type_=BYTEA),
        kek_version=bindparam("version", type_=Integer),
    )
    .on_conflict_do_nothing(index_elements=[situation_key.c.situation_id])
    .returning(situation_key.c.id)
)
