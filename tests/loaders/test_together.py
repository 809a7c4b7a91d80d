"""What many ask at once goes together: never across tokens, never an older answer, and nobody's trouble is another's."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from loaders.postgres import crowds
from loaders.postgres.crowds import MOST, WAYS
from loaders.statement import Statement, compose
from loaders.statement.execute import Answer
from loaders.statement.question import Identity, NodeQuestion, Selection
from loaders.statement.together import Together
from schema.errors import UnauthenticatedError, UnavailableError
from schema.vocabulary import Audience

pytestmark = pytest.mark.asyncio
ONE = compose(Audience.CRI, NodeQuestion(Selection("ConcernReport", (Identity("id"),))))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine of the tests is."""
    monkeypatch.setattr(crowds, "PATIENCE", 3600.0)


class Database:
    """Answers each question with its own id, when it is let."""

    def __init__(self) -> None:
        # The tokens and ids of each statement that began.
        self.asked: list[tuple[str, list[str]]] = []
        self.ended = 0
        self.let = asyncio.Event()
        self.problem: dict[str, Exception] = {}

    async def read(self, _: Audience, statement: Statement, binds: Mapping[str, Any]) -> Answer:
        (found,) = await self.read_several(_, statement, [binds])
        return found

    async def read_several(
        self, _: Audience, statement: Statement, questions: Sequence[Mapping[str, Any]]
    ) -> list[Answer]:
        assert statement is ONE
        number = len(self.asked)
        ids = [binds["node_id"] for binds in questions]
        self.asked.append((questions[0]["viewer_token"], ids))
        try:
            await self.let.wait()
        finally:
            self.ended += 1
        for identity in ids:
            if identity in self.problem:
                raise self.problem[identity]
        return [(identity.encode(), b"%d" % number) for identity in ids]

    def lanes(self, _: str) -> Any:
        raise NotImplementedError


def ask(together: Together, identity: str, token: str = "one") -> "asyncio.Task[Answer]":
    binds = dict.fromkeys(ONE.binds, "the same") | {"viewer_token": token, "node_id": identity, "more": object()}
    return asyncio.create_task(together.read(Audience.CRI, ONE, binds))


async def settle() -> None:
    for _ in range(8):
        await asyncio.sleep(0)


async def busy(together: Together) -> "asyncio.Task[Answer]":
    """One is under way."""
    before = ask(together, "before")
    await settle()
    return before


async def test_who_comes_while_others_are_under_way_goes_with_the_next() -> None:
    database = Database()
    together = Together(database)
    before = await busy(together)
    later = [ask(together, identity) for identity in "abcabd"]
    await settle()
    assert database.asked == [("one", ["before"])]
    database.let.set()
    assert [found[0] for found in await asyncio.gather(*later)] == [b"a", b"b", b"c", b"a", b"b", b"d"]
    # Equal questions are asked once; and of none of them was anything asked before it came.
    assert database.asked[1:] == [("one", ["a", "b", "c", "d"])]
    assert (await before)[0] == b"before"


async def test_nobody_waits_where_nothing_is_under_way() -> None:
    database = Database()
    together = Together(database)
    database.let.set()
    for identity in "aab":
        assert (await ask(together, identity))[0] == identity.encode()
    assert [ids for _, ids in database.asked] == [["a"], ["a"], ["b"]]
    assert together._crowds.rests


async def test_those_of_one_moment_go_together_once_their_pace_is_known() -> None:
    database = Database()
    together = Together(database)
    database.let.set()
    await ask(together, "before")
    await asyncio.gather(*(ask(together, identity) for identity in "abcdabe"))
    assert [ids for _, ids in database.asked[1:]] == [["a", "b", "c", "d", "e"]]
    assert together._crowds.rests


async def test_of_those_whose_pace_is_not_known_one_goes_first() -> None:
    database = Database()
    together = Together(database)
    first = [ask(together, identity) for identity in "abcde"]
    await settle()
    assert [ids for _, ids in database.asked] == [["a"]]
    database.let.set()
    await asyncio.gather(*first)
    assert [ids for _, ids in database.asked[1:]] == [["b", "c", "d", "e"]]


async def test_what_takes_long_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those who come later, and not those who wait already; but there is an end to the ways."""
    monkeypatch.setattr(crowds, "PATIENCE", 0.05)
    database = Database()
    together = Together(database)
    asked = [ask(together, identity) for identity in "abcdefgh"]
    await settle()
    assert [ids for _, ids in database.asked] == [["a"]]
    for _ in range(2000):
        if len(database.asked) == WAYS:
            break
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.2)
    assert [ids for _, ids in database.asked] == [["a"], ["b"], ["c"], ["d"]]
    assert database.ended == 0
    database.let.set()
    assert [found[0] for found in await asyncio.gather(*asked)] == [b"%c" % one for one in b"abcdefgh"]
    await settle()
    assert together._crowds.rests


async def test_where_much_waits_there_are_two_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "WORTH_A_WAY", 0.0)
    database = Database()
    together = Together(database)
    database.let.set()
    await ask(together, "before")
    database.let.clear()
    asked = []
    for one in ("a", "bc", "de"):
        asked += [ask(together, identity) for identity in one]
        await settle()
    assert [ids for _, ids in database.asked[1:]] == [["a"], ["b", "c"]]
    database.let.set()
    await asyncio.gather(*asked)
    assert [ids for _, ids in database.asked[3:]] == [["d", "e"]]


async def test_another_token_asks_for_itself() -> None:
    database = Database()
    together = Together(database)
    await busy(together)
    others = [ask(together, *question) for question in (("a", "one"), ("a", "two"), ("d", "two"))]
    await settle()
    assert database.asked[1:] == [("two", ["a"])]
    others += [ask(together, identity, "two") for identity in "bc"]
    database.let.set()
    await asyncio.gather(*others)
    assert sorted(database.asked[2:]) == [("one", ["a"]), ("two", ["d", "b", "c"])]


async def test_no_more_than_so_many_go_together() -> None:
    database = Database()
    together = Together(database)
    await busy(together)
    later = [ask(together, str(number)) for number in range(3 * MOST)]
    database.let.set()
    assert [int(found[0]) for found in await asyncio.gather(*later)] == list(range(3 * MOST))
    assert [len(ids) for _, ids in database.asked[1:]] == [MOST] * 3


async def test_what_takes_long_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "PATIENCE", 0.0)
    database = Database()
    together = Together(database)
    await busy(together)
    later = [ask(together, identity) for identity in "abc"]
    database.let.set()
    await asyncio.gather(*later)
    assert [ids for _, ids in database.asked[1:]] == [["a"], ["b"], ["c"]]


async def test_who_leaves_takes_the_answer_from_nobody() -> None:
    database = Database()
    together = Together(database)
    await busy(together)
    later = [ask(together, identity) for identity in "aabc"]
    await settle()
    later[0].cancel()
    later[3].cancel()
    await settle()
    database.let.set()
    assert [found[0] for found in await asyncio.gather(*later[1:3])] == [b"a", b"b"]
    # For whom nobody waits, nothing is asked.
    assert database.asked[1:] == [("one", ["a", "b"])]


async def test_the_last_to_leave_ends_the_statement_and_the_next_goes_on() -> None:
    database = Database()
    together = Together(database)
    before = await busy(together)
    later = [ask(together, identity) for identity in "ab"]
    await settle()
    before.cancel()
    await settle()
    assert database.ended == 1
    assert database.asked[1:] == [("one", ["a", "b"])]
    later[0].cancel()
    await settle()
    assert database.ended == 1
    later[1].cancel()
    await settle()
    assert database.ended == 2
    database.let.set()
    assert (await ask(together, "c"))[0] == b"c"
    await settle()
    assert together._crowds.rests


async def test_a_token_that_fell_and_a_database_that_is_away_are_told_to_all_and_asked_no_more() -> None:
    for problem in (UnauthenticatedError(), UnavailableError()):
        database = Database()
        together = Together(database)
        await busy(together)
        later = [ask(together, identity) for identity in "abc"]
        await settle()
        database.problem = {"b": problem}
        database.let.set()
        found = await asyncio.gather(*later, return_exceptions=True)
        assert found == [problem] * 3
        assert [ids for _, ids in database.asked[1:]] == [["a", "b", "c"]]
        database.problem = {}
        assert (await ask(together, "b"))[0] == b"b"


async def test_one_question_does_not_refuse_the_answers_of_the_others() -> None:
    for problem in (UnavailableError(reason="TIMEOUT"), ValueError("a value that PostgreSQL does not take")):
        database = Database()
        together = Together(database)
        await busy(together)
        later = [ask(together, identity) for identity in "abbc"]
        await settle()
        database.problem = {"b": problem}
        database.let.set()
        a, *b, c = await asyncio.gather(*later, return_exceptions=True)
        assert isinstance(a, tuple)
        assert isinstance(c, tuple)
        assert (a[0], b, c[0]) == (b"a", [problem] * 2, b"c")
