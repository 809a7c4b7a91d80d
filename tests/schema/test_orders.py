"""Every list of cases can be walked in each of its orders, past what a filter leaves out, along one index."""

from typing import Any

import pytest
from sqlalchemy import Index
from sqlalchemy.sql.operators import desc_op

from loaders.nouns import NOUNS, Order
from schema.tables import metadata
from schema.types.query import ROOTS

# Asked for one situation at a time, and found by it; or of one organisation, by whose index they are found; or some hundreds
# in all, as many as people write letters.
FOUND_OTHERWISE = {"RepeatCandidate", "Access", "LegalHold", "SubjectRequest"}
LISTS = [
    (noun, name)
    for noun in sorted(set(ROOTS.values()) - FOUND_OTHERWISE)
    if NOUNS[noun].situation_column is not None and NOUNS[noun].table.name in metadata.tables
    for name in NOUNS[noun].orders
]


def _columns(index: Index) -> list[tuple[str, bool]]:
    """Name of each column, and whether the index runs downward in it."""
    found: list[tuple[str, bool]] = []
    for one in index.expressions:
        column: Any = getattr(one, "element", one)
        found.append((column.name, getattr(one, "modifier", None) is desc_op))
    return found


def _walks(index: Index, noun: str, order: Order) -> bool:
    """Whether rows leave it in this order, for a list of everybody's rows."""
    keys = [order.column] if order.column == NOUNS[noun].tie else [order.column, NOUNS[noun].tie]
    columns, where = _columns(index), index.dialect_options["postgresql"]["where"]
    return where is None and columns[: len(keys)] == [(key, order.descending) for key in keys]


@pytest.mark.parametrize(("noun", "name"), LISTS)
def test_an_index_has_the_list_in_order_and_the_words_it_is_filtered_by(noun: str, name: str) -> None:
    order = NOUNS[noun].orders[name]
    words = {column for column, operator in NOUNS[noun].filters.values() if operator == "in"}
    walked = [index for index in NOUNS[noun].table.indexes if _walks(index, noun, order)]
    assert any(words <= {column for column, _ in _columns(index)} for index in walked), (
        f"{noun} {name}: no index in this order with {sorted(words)}; say it in schema/tables/orders.py"
    )
