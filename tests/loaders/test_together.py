"""What many ask at once is asked once: never across tokens, never an older answer, and nobody's leaving is another's loss."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from loaders.events.together import Together
from loaders.statement import Statement
from loaders.statement.question import Categories
from schema.errors import UnavailableError
from schema.vocabulary import Audience

pytestmark = pytest.mark.asyncio
LOOK = Statement("SELECT", ("viewer_token", "rows"), {}, Categories((), ()))


class Database:
    """Answers with the number of the question, when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.ended = 0
        self.let = asyncio.Event()
        self.problem: Exception | None = None

    async def read(self, _: Audience, __: Statement, binds: Mapping[str, Any]) -> tuple[bytes, bytes]:
        self.asked.append(binds["viewer_token"])
        number = b"%d" % len(self.asked)
        try:
            await self.let.wait()
        finally:
            self.ended += 1
        if self.problem is not None:
            raise self.problem
        return number, b"[]"

    def lanes(self, _: str) -> Any:
        raise NotImplementedError


def ask(together: Together, token: str = "one") -> "asyncio.Task[tuple[bytes, bytes]]":
    binds = {"viewer_token": token, "rows": [1, 2], "not of this statement": object()}
    return asyncio.create_task(together.read(Audience.ASM, LOOK, binds))


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_comes_while_a_question_is_under_way_shares_the_next_one() -> None:
    database = Database()
    together = Together(database)
    first = ask(together)
    await settle()
    later = [ask(together) for _ in range(20)]
    await settle()
    assert database.asked == ["one"]
    database.let.set()
    # Asked before the others came, it may not know what they have heard of.
    assert (await first)[0] == b"1"
    assert {answer[0] for answer in await asyncio.gather(*later)} == {b"2"}
    assert (await ask(together))[0] == b"3"


async def test_another_token_asks_for_itself() -> None:
    database = Database()
    together = Together(database)
    database.let.set()
    found = await asyncio.gather(ask(together, "one"), ask(together, "two"))
    assert [answer[0] for answer in found] == [b"1", b"2"]
    assert database.asked == ["one", "two"]


async def test_who_leaves_takes_the_answer_from_nobody_and_the_last_one_ends_the_question() -> None:
    database = Database()
    together = Together(database)
    leaves, stays = ask(together), ask(together)
    await settle()
    also_leaves = ask(together)
    await settle()
    for one in (leaves, also_leaves):
        one.cancel()
    await settle()
    # The first had the question for itself: it ended, and the one behind it goes on.
    assert database.ended == 1
    database.let.set()
    assert (await stays)[0] == b"2"
    assert (await ask(together))[0] == b"3"


async def test_who_comes_after_everybody_has_left_is_answered() -> None:
    database = Database()
    together = Together(database)
    for _ in range(3):
        gone = [ask(together), ask(together)]
        await settle()
        for one in gone:
            one.cancel()
        new = ask(together)
        await settle()
        assert not new.done()
        new.cancel()
        await settle()
    database.let.set()
    assert len(await ask(together)) == 2
    await settle()
    assert (together._running, together._following) == ({}, {})


async def test_what_is_refused_is_refused_to_all_who_asked_and_to_nobody_after_them() -> None:
    database = Database()
    together = Together(database)
    database.problem = UnavailableError()
    asking = [ask(together), ask(together)]
    database.let.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(one) for one in found] == [UnavailableError, UnavailableError]
    database.problem = None
    assert (await ask(together))[0] == b"3"
