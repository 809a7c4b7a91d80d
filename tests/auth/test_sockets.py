"""An open stream ends within a second of what it stands on, on every process, and when nobody can know."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Table, delete, func, select, update

from auth.caller import Caller
from auth.oauth import signed
from graph.streams.sockets import Ending, Handle, Sockets
from loaders.tokens.auth_state import Hint
from loaders.tokens.standing import DatabaseStanding
from schema.errors import UnauthenticatedError, UnavailableError
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_client, oauth_token, signing_key
from schema.tables.people import habilitation, member
from schema.vocabulary import OrgKind, Role
from tests.auth.oauth_world import Staff, Tool, World

pytestmark = pytest.mark.asyncio

_LISTENERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'maillage auth state'"


def dsn(world: World) -> str:
    return world.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@asynccontextmanager
async def listening(world: World) -> AsyncIterator[Sockets]:
    """The registry of one process."""
    sockets = Sockets(dsn(world))
    await sockets.start()
    assert sockets.hears
    try:
        yield sockets
    finally:
        await sockets.close()


async def until(condition: Callable[[], bool]) -> None:
    """Within a second, or the promise is broken."""
    async with asyncio.timeout(1):
        while not condition():  # noqa: ASYNC110 (what is waited for is another's to say)
            await asyncio.sleep(0.005)


async def caller_of(world: World, answer: Any) -> Caller:
    found = await DatabaseStanding(world.lanes).caller_of(str(signed.read(answer.json()["access_token"]).claims["jti"]))
    assert found is not None
    return found


async def people(world: World) -> tuple[Tool, Staff, Caller, Caller]:
    """An organisation's tool, one of its people, and a caller for each."""
    tool = await world.tool(await world.organisation(OrgKind.FOYER, mandate_kind="MEASURE"))
    person = await world.staff(tool.organisation_id, Role.ASM)
    return (
        tool,
        person,
        await caller_of(world, await tool.token()),
        await caller_of(world, await tool.token_for(person)),
    )


async def opened(sockets: Sockets, caller: Caller) -> tuple[Handle, list[Ending]]:
    ends: list[Ending] = []
    return await sockets.register(caller, ends.append), ends


@pytest.mark.parametrize(
    ("what", "changes", "alone_ends"),
    [
        ("organisation", {"status": "SUSPENDED", "epoch": 1}, True),
        ("organisation", {"epoch": 1}, True),
        ("organisation", {"valid_to": "yesterday"}, True),
        ("client", {"status": "SUSPENDED", "epoch": 1}, True),
        ("member", {"status": "SUSPENDED", "epoch": 1}, False),
        ("member", {"status": "REMOVED"}, False),
        ("habilitation", {"state": "REVOKED"}, False),
        ("habilitation", {"state": "SUSPENDED"}, False),
        ("token", {"revoked_at": "now"}, False),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else str(value),
)
async def test_what_ends_access_closes_its_streams_in_every_process_and_no_others(
    world: World, what: str, changes: dict[str, Any], alone_ends: bool
) -> None:
    tool, person, alone, bound = await people(world)
    _, _, stranger, _ = await people(world)
    async with listening(world) as first, listening(world) as second:
        closed = [(await opened(process, caller))[1] for process in (first, second) for caller in (alone, bound)]
        others = [(await opened(process, stranger))[1] for process in (first, second)]
        moments = {"now": datetime.now(UTC), "yesterday": datetime.now(UTC).date() - timedelta(days=2)}
        rows: dict[str, tuple[Table, Any]] = {
            "organisation": (organisation, tool.organisation_id),
            "client": (oauth_client, tool.id),
            "member": (member, person.id),
            "habilitation": (habilitation, person.habilitation_id),
            "token": (oauth_token, bound.token_id),
        }
        table, row_id = rows[what]
        await world.change(table, row_id, **{name: moments.get(value, value) for name, value in changes.items()})
        await until(lambda: all(closed[1::2]))
        if alone_ends:
            await until(lambda: all(closed))
        expected = [[Ending.REVOKED] if alone_ends else [], [Ending.REVOKED]] * 2
        assert closed == expected
        assert others == [[], []]
        assert (len(first), len(second)) == ((1, 1) if alone_ends else (2, 2))


async def test_a_token_removed_by_hand_closes_its_stream(world: World) -> None:
    _, _, alone, _ = await people(world)
    async with listening(world) as sockets:
        _, ends = await opened(sockets, alone)
        await world.run(delete(oauth_token).where(oauth_token.c.id == alone.token_id))
        await until(lambda: ends == [Ending.REVOKED])


async def test_a_stream_ends_with_its_token_even_where_the_end_moves_closer(world: World) -> None:
    _, person, alone, bound = await people(world)
    async with listening(world) as sockets:
        _, ends = await opened(sockets, bound)
        _, others = await opened(sockets, alone)
        soon = datetime.now(UTC) + timedelta(seconds=0.4)
        await world.change(habilitation, person.habilitation_id, valid_to=soon)
        await asyncio.sleep(0.2)
        assert ends == []
        await until(lambda: ends == [Ending.EXPIRED])
        assert datetime.now(UTC) >= soon
        assert others == []


async def test_a_stream_that_ended_by_itself_is_forgotten(world: World) -> None:
    tool, _, alone, _ = await people(world)
    async with listening(world) as sockets:
        handle, ends = await opened(sockets, alone)
        _, still = await opened(sockets, alone)
        handle.release()
        handle.release()
        assert len(sockets) == 1
        await world.change(organisation, tool.organisation_id, status="SUSPENDED", epoch=1)
        await until(lambda: still == [Ending.REVOKED])
        assert ends == []
        assert (len(sockets), sockets.touched(None)) == (0, [])


async def test_a_token_that_has_ended_opens_nothing(world: World) -> None:
    tool, _, alone, _ = await people(world)
    await world.change(organisation, tool.organisation_id, status="SUSPENDED", epoch=1)
    # Resuming revives nothing.
    await world.change(organisation, tool.organisation_id, status="ACTIVE")
    async with listening(world) as sockets:
        with pytest.raises(UnauthenticatedError):
            await sockets.register(alone, lambda _: None)
        assert len(sockets) == 0


async def test_one_stream_that_cannot_be_closed_keeps_no_other_open(world: World) -> None:
    tool, _, alone, _ = await people(world)
    async with listening(world) as sockets:

        def broken(_: Ending) -> None:
            raise RuntimeError

        await sockets.register(alone, broken)
        _, ends = await opened(sockets, alone)
        await sockets.register(alone, broken)
        await world.change(organisation, tool.organisation_id, status="SUSPENDED", epoch=1)
        await until(lambda: ends == [Ending.REVOKED] and len(sockets) == 0)


async def test_deaf_it_closes_everything_opens_nothing_and_comes_back(world: World) -> None:
    _, _, alone, bound = await people(world)
    async with listening(world) as sockets:
        ends = [(await opened(sockets, caller))[1] for caller in (alone, bound)]
        control = await asyncpg.connect(dsn(world))
        try:
            await control.execute(_LISTENERS)
            await until(lambda: ends == [[Ending.STATE_UNKNOWN]] * 2)
            assert len(sockets) == 0
            with pytest.raises(UnavailableError):
                # Before it has had the time to connect again.
                await sockets.register(alone, ends[0].append)
            await until(lambda: sockets.hears)
        finally:
            await control.close()
        _, again = await opened(sockets, alone)
        await world.run(
            update(oauth_token).where(oauth_token.c.id == alone.token_id).values(revoked_at=datetime.now(UTC))
        )
        await until(lambda: again == [Ending.REVOKED])
        assert ends == [[Ending.STATE_UNKNOWN]] * 2


async def test_without_a_database_nothing_is_opened() -> None:
    sockets = Sockets("postgresql://nobody@127.0.0.1:1/nothing")
    await sockets.start()
    assert not sockets.hears
    await sockets.close()


async def test_a_rumour_closes_nothing(world: World) -> None:
    tool, _, alone, _ = await people(world)
    async with listening(world) as sockets:
        _, ends = await opened(sockets, alone)
        control = await asyncpg.connect(dsn(world))
        for payload in (
            f"organisation:{tool.organisation_id}",
            f"oauth_token:{alone.token_id}",
            "",
            "é:\x01",
            "x" * 7000,
        ):
            await control.execute("SELECT pg_notify('auth_state', $1)", payload)
        await control.close()
        await world.change(organisation, tool.organisation_id, status="SUSPENDED", epoch=1)
        await until(lambda: len(ends) > 0)
        assert ends == [Ending.REVOKED]


async def test_after_more_changes_than_it_can_remember_everything_is_read_again(world: World) -> None:
    tool, _, alone, _ = await people(world)
    async with listening(world) as sockets:
        _, ends = await opened(sockets, alone)
        control = await asyncpg.connect(dsn(world))
        async with control.transaction():
            await control.execute(
                "UPDATE organisation SET status = 'SUSPENDED', epoch = 1 WHERE id = $1", tool.organisation_id
            )
            await control.execute("SELECT pg_notify('auth_state', 'member:' || n) FROM generate_series(1, 3000) n")
        await control.close()
        await until(lambda: ends == [Ending.REVOKED])


async def test_stopping_says_so(world: World) -> None:
    _, _, alone, _ = await people(world)
    async with listening(world) as sockets:
        _, ends = await opened(sockets, alone)
    assert ends == [Ending.STOPPING]
    assert sockets.touched({Hint("oauth_token", alone.token_id)}) == set()
    with pytest.raises(UnavailableError):
        await sockets.register(alone, ends.append)


async def test_a_signing_key_that_changes_is_heard_of_by_every_process(world: World) -> None:
    heard: list[int] = []
    processes = [Sockets(dsn(world), keys_changed=partial(heard.append, number)) for number in range(2)]
    for process in processes:
        await process.start()
    try:
        heard.clear()
        kid = await world.value(select(signing_key.c.kid).where(signing_key.c.state == "active"))
        moved = update(signing_key).where(signing_key.c.kid == kid)
        await world.run(moved.values(state="dropped", retired_at=func.now()))
        await world.run(moved.values(state="active", retired_at=None))
        await until(lambda: set(heard) == {0, 1})
    finally:
        for process in processes:
            await process.close()


async def test_a_key_that_is_forgotten_verifies_nothing_more(world: World) -> None:
    tool = await world.tool()
    token = (await tool.token()).json()["access_token"]
    assert (await world.bearer.caller(f"Bearer {token}")).client_id == tool.id
    moved = update(signing_key).where(signing_key.c.state == "active")
    await world.run(moved.values(state="dropped", retired_at=func.now()))
    # The row of the token stands; without word of the key both caches would go on.
    assert (await world.bearer.caller(f"Bearer {token}")).client_id == tool.id
    world.bearer.forget_keys()
    with pytest.raises(UnauthenticatedError):
        await world.bearer.caller(f"Bearer {token}")
    await world.run(update(signing_key).where(signing_key.c.state == "dropped").values(state="active", retired_at=None))
