"""Seals the synthetic callers and notes on their way into the database, one data key per situation, as a command would."""

from collections.abc import Iterator
from uuid import UUID, uuid4

from bench.synthetic.rows.batch import Batch
from bench.synthetic.rows.contact import Caller, ListeningNote
from bench.synthetic.rows.situation import SituationKey
from loaders.sealed.envelope import DataKey, Place, new_data_key

_SEALED = {Caller: ("caller", ("name", "phone", "email", "relation")), ListeningNote: ("listening_note", ("text",))}


def seal(batch: Batch, version: int, key: bytes) -> None:
    """Put sealed rows in the place of those in the clear, and add the wrapped keys.

    The rows have random keys and nonces, so these columns alone differ between two loads of the same seed.
    """
    keys: dict[UUID, DataKey] = {}
    for kind, (table, columns) in _SEALED.items():
        batch.rows[kind] = list(_rows(batch, kind, table, columns, keys, version, key))


def _rows(
    batch: Batch,
    kind: type,
    table: str,
    columns: tuple[str, ...],
    keys: dict[UUID, DataKey],
    version: int,
    key: bytes,
) -> Iterator[Caller | ListeningNote]:
    for row in batch.rows[kind]:
        plain = {name: value for name in columns if (value := getattr(row, name)) is not None}
        if not plain:
            yield row
            continue
        data_key = keys.get(row.situation_id)
        if data_key is None:
            data_key, wrapped = new_data_key(row.situation_id, uuid4(), key, version)
            keys[row.situation_id] = data_key
            batch.add(SituationKey(wrapped.id, row.situation_id, wrapped.wrapped, version))
        yield row._replace(**{name: data_key.seal(Place(table, name, row.id), value) for name, value in plain.items()})
