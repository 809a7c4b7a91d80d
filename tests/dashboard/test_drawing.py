"""What draws is another process: it may die, it goes when nobody asks, and it ends with its server."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.drawing import Drawing, DrawingEndedError, end_all


def test_one_process_draws_and_a_killed_one_is_replaced() -> None:
    async def main() -> tuple[int, int, int]:
        drawing = Drawing()
        first, again = await drawing.run(os.getpid), await drawing.run(os.getpid)
        os.kill(first, signal.SIGKILL)
        return first, again, await drawing.run(os.getpid)

    first, again, second = asyncio.run(main())
    assert first == again != os.getpid()
    assert second not in {first, os.getpid()}


def test_a_drawing_that_ends_its_process_is_an_error_and_the_next_one_is_drawn() -> None:
    async def main() -> float:
        drawing = Drawing()
        with pytest.raises(DrawingEndedError):
            await drawing.run(os._exit, 1)
        return await drawing.run(abs, -2.0)

    assert asyncio.run(main()) == 2.0


def test_it_goes_when_nobody_has_asked_for_long() -> None:
    async def main() -> tuple[bool, bool, int]:
        drawing = Drawing(idle_seconds=0.01)
        await drawing.run(os.getpid)
        before = drawing.started
        await asyncio.sleep(0.1)
        return before, drawing.started, await drawing.run(abs, -3)

    assert asyncio.run(main()) == (True, False, 3)


def test_a_server_that_ends_waits_for_no_drawing() -> None:
    async def main() -> float:
        drawing = Drawing()
        await drawing.run(os.getpid)
        long = asyncio.ensure_future(drawing.run(time.sleep, 600))
        await asyncio.sleep(0.1)
        end_all()
        with pytest.raises(DrawingEndedError):
            await asyncio.wait_for(long, 60)
        return await drawing.run(abs, -4.0)

    assert asyncio.run(main()) == 4.0


_SERVER = """
import asyncio, os, signal
from dashboard.drawing import Drawing
async def main():
    print(await Drawing().run(os.getpid), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def test_it_ends_with_a_server_that_is_killed() -> None:
    root = Path(__file__).parents[2]
    said = subprocess.run([sys.executable, "-c", _SERVER], cwd=root, stdout=subprocess.PIPE, check=False)
    assert said.returncode == -signal.SIGKILL
    patience = time.monotonic() + 10
    while Path(f"/proc/{int(said.stdout)}").exists():
        assert time.monotonic() < patience, "it lives on without its server"
        time.sleep(0.01)
