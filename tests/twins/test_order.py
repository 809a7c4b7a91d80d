"""The order of a list in which a sharing shows rows without what orders them, by the oracle's eyes, from every place."""

from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from loaders import statement
from loaders.nouns import NOUNS
from loaders.question import ConnectionQuestion, Identity, Leaf, Part, Selection
from tests.matrix_facts import Raw, Sight
from tests.twins.test_second_wall import facts, signed_in
from tests.twins.theatre import Seat, Stage

CASES = [
    ("ConcernReport", "SENT_NEWEST", Seat("cli_ase_59", "ASE", "EVALUATE")),
    ("ConcernReport", "DUE_SOONEST", Seat("cli_ase_59", "ASE", "EVALUATE")),
    ("ConcernReport", "DRAFTED_NEWEST", Seat("cli_ase_59", "ASE", "EVALUATE")),
]
SIZES = (1, 3, 1000)


def expected(sight: Sight, noun: str, column: str, *, descending: bool) -> list[tuple[datetime | None, UUID]]:
    """What is seen: by what is shown of the column, then what is withheld, then by id; an empty one has no place."""
    table = NOUNS[noun].table.name

    def key(row: Raw) -> datetime | None:
        return row[column] if sight.shows(table, row, column) else None

    rows = [row for row in sight.world.tables[table] if sight.sees(table, row)]
    placed = [(key(row), row["id"]) for row in rows if key(row) or not sight.shows(table, row, column)]
    told = sorted((one for one in placed if one[0] is not None), reverse=descending)
    return told + sorted((one for one in placed if one[0] is None), reverse=descending)


class List:
    """One list as a caller asks it of the database, by the audience's login."""

    def __init__(self, connection: "asyncpg.Connection[Any]", noun: str, order: str, seat: Seat, who: Any) -> None:
        self._connection, self._noun, self._order, self._audience = connection, noun, order, seat.audience
        column = NOUNS[noun].orders[order].column
        self._nodes = Part("nodes", "nodes", (), Selection(noun, (Identity("id"), Leaf("key", column))))
        self._values = {f"viewer_{name}": value for name, value in who.items()}
        self._prepared: dict[tuple[bool, bool], Any] = {}

    async def page(self, size: int, place: tuple[Any, UUID] | None, *, backward: bool) -> list[tuple[Any, UUID]]:
        kind = (place is not None, backward)
        if kind not in self._prepared:
            more = Part("more", "pageInfo", (Part("next", "hasNextPage"), Part("previous", "hasPreviousPage")))
            asked = ConnectionQuestion(self._noun, self._order, (self._nodes, more), (), *kind)
            sql, binds, _ = statement.compiled(statement._connection(self._audience, asked))
            self._prepared[kind] = await self._connection.prepare(sql), binds
        prepared, binds = self._prepared[kind]
        value, identity = place or (None, None)
        known = {**self._values, "page_size": size, "cursor_value": value, "cursor_id": identity}
        answer = orjson.loads((await prepared.fetchval(*(known[name] for name in binds)))[0])
        self.more = answer["more"]["previous" if backward else "next"]
        nodes = answer["nodes"]
        return [
            (datetime.fromisoformat(node["key"]) if node["key"] else None, UUID(node["id"].partition("_")[2]))
            for node in nodes
        ]


@pytest.mark.parametrize(("noun", "order", "seat"), CASES, ids=lambda value: str(value))
async def test_a_page_from_every_place_is_what_the_oracle_puts_there(
    stage: Stage, noun: str, order: str, seat: Seat
) -> None:
    rule = NOUNS[noun].orders[order]
    whole = expected(stage.sight(seat), noun, rule.column, descending=rule.descending)
    withheld = [key is None for key, _ in whole]
    assert sum(not one and next_ for one, next_ in pairwise(withheld)) == 1, "both kinds of rows are there"
    # asyncpg sends these two, without a zone, as the infinities.
    end = datetime.min if rule.descending else datetime.max  # noqa: DTZ901
    async with signed_in(stage, seat) as connection:
        listed = List(connection, noun, order, seat, facts(stage, stage.viewer(seat)))
        for size in SIZES:
            assert await listed.page(size, None, backward=False) == whole[:size]
            assert await listed.page(size, None, backward=True) == whole[-size:]
            for number, (key, identity) in enumerate(whole):
                place = key or end, identity
                assert await listed.page(size, place, backward=False) == whole[number + 1 :][:size]
                assert listed.more == (number + 1 + size < len(whole))
                assert await listed.page(size, place, backward=True) == whole[:number][-size:]
                assert listed.more == (number > size)
