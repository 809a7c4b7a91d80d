"""The order of a list in which some rows are shown without what orders them, by the oracle's eyes, from every place."""

from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from sqlalchemy import Date

from loaders.nouns import NOUNS
from loaders.statement import compiled, select_connection
from loaders.statement.question import ConnectionQuestion, FilterBy, Identity, Leaf, Part, Selection
from tests.matrix_facts import Sight
from tests.matrix_world import Raw
from tests.twins.test_second_wall import facts, signed_in
from tests.twins.theatre import Seat, Stage

CASES = [
    ("ConcernReport", "SENT_NEWEST", Seat("cli_ase_59", "ASE", "EVALUATE")),
    ("ConcernReport", "DUE_SOONEST", Seat("cli_ase_59", "ASE", "EVALUATE")),
    ("ConcernReport", "DRAFTED_NEWEST", Seat("cli_ase_59", "ASE", "EVALUATE")),
    ("SharingGrant", "STARTS_AT_NEWEST", Seat("cli_dlpm", "LIS", "EVALUATE")),
    ("Referral", "PROPOSED_NEWEST", Seat("cli_asso_measure", "COO", "IMPLEMENT")),
    ("Measure", "STARTS_ON_NEWEST", Seat("cli_dlpm", "DPO", "CONTROL")),
]
SIZES = (1, 3, 1000)
FILTERED = [
    ("SharingGrant", "STARTS_AT_NEWEST", "state", Seat("cli_dlpm", "LIS", "EVALUATE")),
    ("Referral", "PROPOSED_NEWEST", "status", Seat("cli_asso_measure", "COO", "IMPLEMENT")),
    ("Referral", "PROPOSED_NEWEST", "kind", Seat("cli_asso_measure", "COO", "IMPLEMENT")),
    ("Contact", "AT_NEWEST", "channel", Seat("cli_dlpm", "DPO", "CONTROL")),
    ("ConcernReport", "SENT_NEWEST", "status", Seat("cli_ase_59", "ASE", "EVALUATE")),
]


def expected(sight: Sight, noun: str, column: str, *, descending: bool, **words: str) -> list[tuple[date | None, UUID]]:
    """What is seen: by what is shown of the column, then what is withheld, then by id; an empty one has no place.

    With a word for a column, the rows that show it.
    """
    table = NOUNS[noun].table.name

    def key(row: Raw) -> date | None:
        return row[column] if sight.shows(table, row, column) else None

    def found(row: Raw) -> bool:
        return all(sight.shows(table, row, name) and row[name] == word for name, word in words.items())

    rows = [row for row in sight.world.tables[table] if sight.sees(table, row) and found(row)]
    placed = [(key(row), row["id"]) for row in rows if key(row) or not sight.shows(table, row, column)]
    told = sorted((one for one in placed if one[0] is not None), reverse=descending)
    return told + sorted((one for one in placed if one[0] is None), reverse=descending)


class List:
    """One list as a caller asks it of the database, by the audience's login."""

    def __init__(
        self, connection: "asyncpg.Connection[Any]", noun: str, order: str, seat: Seat, who: Any, **words: str
    ) -> None:
        self._connection, self._noun, self._order, self._audience = connection, noun, order, seat.audience
        column = NOUNS[noun].orders[order].column
        self.moment: type[date] = date if isinstance(NOUNS[noun].table.c[column].type, Date) else datetime
        self._nodes = Part("nodes", "nodes", (), Selection(noun, (Identity("id"), Leaf("key", column))))
        self._values = {f"viewer_{name}": value for name, value in who.items()}
        self._values |= {f"filter_{name}": [word] for name, word in words.items()}
        self._filters = tuple(FilterBy(name, "in", f"filter_{name}") for name in words)
        self._prepared: dict[tuple[bool, bool], Any] = {}

    async def page(self, size: int, place: tuple[Any, UUID] | None, *, backward: bool) -> list[tuple[Any, UUID]]:
        kind = (place is not None, backward)
        if kind not in self._prepared:
            more = Part("more", "pageInfo", (Part("next", "hasNextPage"), Part("previous", "hasPreviousPage")))
            asked = ConnectionQuestion(self._noun, self._order, (self._nodes, more), self._filters, *kind)
            sql, binds, _ = compiled(select_connection(self._audience, asked))
            self._prepared[kind] = await self._connection.prepare(sql), binds
        prepared, binds = self._prepared[kind]
        value, identity = place or (None, None)
        known = {**self._values, "page_size": size, "cursor_value": value, "cursor_id": identity}
        answer = orjson.loads((await prepared.fetchval(*(known[name] for name in binds)))[0])
        self.more = answer["more"]["previous" if backward else "next"]
        nodes = answer["nodes"]
        return [
            (self.moment.fromisoformat(node["key"]) if node["key"] else None, UUID(node["id"].partition("_")[2]))
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
    async with signed_in(stage, seat) as connection:
        listed = List(connection, noun, order, seat, facts(stage, stage.viewer(seat)))
        # asyncpg sends these two, without a zone, as the infinities.
        end = listed.moment.min if rule.descending else listed.moment.max
        for size in SIZES:
            assert await listed.page(size, None, backward=False) == whole[:size]
            assert await listed.page(size, None, backward=True) == whole[-size:]
            for number, (key, identity) in enumerate(whole):
                place = key or end, identity
                assert await listed.page(size, place, backward=False) == whole[number + 1 :][:size]
                assert listed.more == (number + 1 + size < len(whole))
                assert await listed.page(size, place, backward=True) == whole[:number][-size:]
                assert listed.more == (number > size)


@pytest.mark.parametrize(("noun", "order", "column", "seat"), FILTERED, ids=lambda value: str(value))
async def test_page_after_page_is_the_whole_list_whatever_is_asked_of_its_rows(
    stage: Stage, noun: str, order: str, column: str, seat: Seat
) -> None:
    rule, sight, lengths = NOUNS[noun].orders[order], stage.sight(seat), set()
    async with signed_in(stage, seat) as connection:
        for word in sorted({row[column] for row in sight.world.tables[NOUNS[noun].table.name]}):
            whole = expected(sight, noun, rule.column, descending=rule.descending, **{column: word})
            listed = List(connection, noun, order, seat, facts(stage, stage.viewer(seat)), **{column: word})
            end = listed.moment.min if rule.descending else listed.moment.max
            lengths.add(len(whole))
            for backward in (False, True):
                read = page = await listed.page(3, None, backward=backward)
                while listed.more:
                    key, identity = page[0 if backward else -1]
                    page = await listed.page(3, (key or end, identity), backward=backward)
                    read = page + read if backward else read + page
                assert read == whole
    assert max(lengths) > 0
