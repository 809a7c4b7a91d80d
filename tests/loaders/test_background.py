"""What goes on by itself ends when it is told to, also where its first cancellation is lost."""

import asyncio

import pytest

from loaders.background import Background, ended

pytestmark = pytest.mark.asyncio


async def test_it_ends_although_a_cancellation_was_lost() -> None:
    lost: list[str] = []

    async def work() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost.append("as `wait_for` does")

    background = Background(work, "stubborn")
    background.start()
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await background.close()
    assert lost


async def test_what_has_not_begun_or_has_ended_is_closed_at_once() -> None:
    async def work() -> None:
        """Ends by itself."""

    background = Background(work, "brief")
    await background.close()
    background.start()
    await asyncio.sleep(0)
    async with asyncio.timeout(1):
        await background.close()
        await background.close()


async def test_a_piece_of_work_comes_again_until_it_is_closed() -> None:
    times = 0
    again = asyncio.Event()

    async def work() -> None:
        nonlocal times
        times += 1
        if times == 2:
            again.set()

    background = Background.every(0.001, work, "again")
    background.start()
    async with asyncio.timeout(5):
        await again.wait()
        await background.close()
    done = times
    await asyncio.sleep(0.01)
    assert times == done


async def test_all_are_ended_also_those_that_lose_a_cancellation() -> None:
    async def wait_as_lost() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    tasks = [
        asyncio.create_task(wait_as_lost()),
        asyncio.create_task(asyncio.sleep(60)),
        asyncio.create_task(_nothing()),
    ]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await ended(tasks)
        await ended(())
    assert [task.cancelled() for task in tasks] == [True, True, False]


async def _nothing() -> None:
    """Ends by itself."""
