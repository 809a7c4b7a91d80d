"""Sealed columns as tests see them: texts going in are sealed, rows coming out are opened."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from loaders.sealed.envelope import DataKey, Place, WrappedKey, new_data_key
from loaders.sealed.keyring import Keyring
from schema.tables import metadata

SEALED = {
    table.name: tuple(column.name for column in table.c if column.info.get("sealed"))
    for table in metadata.sorted_tables
    if any(column.info.get("sealed") for column in table.c)
}


def keyring_of(card: Mapping[str, Any]) -> Keyring:
    """The keyring of a running demonstration."""
    return Keyring(Path(card["clients"][0]["key_file"]).parent.parent / "secrets" / "data-keys")


def fresh_key(keyring: Keyring, situation: UUID) -> tuple[DataKey, dict[str, Any]]:
    """A data key, and the row of `situation_key` that keeps it."""
    version, key = keyring.newest()
    data_key, wrapped = new_data_key(situation, uuid4(), key, version)
    row = {"id": wrapped.id, "situation_id": situation, "wrapped": wrapped.wrapped, "kek_version": version}
    return data_key, row


def key_of(keyring: Keyring, row: Mapping[str, Any]) -> DataKey:
    """The data key of a row of `situation_key`."""
    return keyring.open(WrappedKey(row["id"], row["situation_id"], row["kek_version"], row["wrapped"]))


def in_the_clear(table: str, values: Mapping[str, Any]) -> list[str]:
    """The columns whose texts have to be sealed before they are written."""
    return [name for name in SEALED.get(table, ()) if isinstance(values.get(name), str)]


def sealed(key: DataKey, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row as they are stored; the row needs its id."""
    return {
        **values,
        **{name: key.seal(Place(table, name, values["id"]), values[name]) for name in in_the_clear(table, values)},
    }


def opened(key: DataKey | None, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row with its texts in the clear."""
    found = dict(row)
    for name in SEALED.get(table, ()):
        if found[name] is not None:
            assert key is not None
            found[name] = key.open(Place(table, name, row["id"]), bytes(found[name]))
    return found
