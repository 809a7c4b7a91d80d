"""Whether this process's code still fits its database: looked at from the start, and again whenever it is migrated.

`migrate` writes down which version the database has and how old the code may be that goes on beside it, and tells every
process. Code that does not fit says so and does nothing more, where it would fail in some places and not in others.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from loaders.background import Background
from loaders.postgres.connections import Lanes
from loaders.tokens.standing import CHANNEL
from schema.errors import UnavailableError

# The version of this code.
HEAD = (Path(__file__).resolve().parents[2] / "migrations" / "head").read_text(encoding="utf-8").strip()
# What is told on the channel that every process listens to (loaders/tokens/auth_state.py).
TOLD = "migrated"
_PAUSE = 1.0
_PATIENCE = 5.0
_ASK = "SELECT * FROM code_that_fits()"

logger = logging.getLogger(__name__)


def statements(oldest: str, walls: Sequence[str]) -> list[str]:
    """What `migrate` leaves behind; `oldest` is the oldest version of the code that goes on beside the new one."""
    print_of_walls = sha256("\n".join(walls).encode()).hexdigest()
    return [
        "CREATE OR REPLACE FUNCTION code_that_fits(OUT oldest text, OUT newest text, OUT walls text) "
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public "
        f"AS $$ SELECT '{oldest}', version_num, '{print_of_walls}' FROM public.alembic_version $$",
        # Told when it is committed.
        f"SELECT pg_notify('{CHANNEL}', '{TOLD}:')",
    ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The versions of the code that a database works with, and which second wall stands in it."""

    oldest: str
    newest: str
    walls: str

    @classmethod
    async def asked(cls, connection: Any) -> Self:
        """What the database says. Raises the driver's errors."""
        return cls(**await connection.fetchrow(_ASK))

    def fits(self, code: str) -> bool:
        """Whether the code may work: it made this version, or the version was made beside it."""
        return code == self.newest or self.oldest <= code < self.newest


class Fitting:
    """Of one process; `misfit` is called once, when its code fits no more: from then on until it ends."""

    def __init__(self, lanes: Callable[[], Lanes], misfit: Callable[[], Awaitable[None]]) -> None:
        self._lanes = lanes
        self._misfit = misfit
        self._code = HEAD
        self._wake = asyncio.Event()
        self._background = Background(self._run, "fitting")
        self._refusal: UnavailableError | None = None
        # The second wall at the first look, and at the last.
        self._walls: tuple[str, str] = ("", "")

    @property
    def refusal(self) -> UnavailableError | None:
        """What everybody is told, where the code does not fit."""
        return self._refusal

    async def start(self) -> None:
        """Look now, and whenever there is reason to; where the database is away, as soon as it is back."""
        await self._look()
        self._background.start()

    async def close(self) -> None:
        """Look no more."""
        await self._background.close()

    async def explain(self) -> None:
        """A statement of ours was not understood or not allowed: our bug, unless other code has prepared the database since.

        Raises: UnavailableError.
        """
        await self._look()
        first, last = self._walls
        if self._refusal is not None or first != last:
            raise _refusal()

    def look(self) -> None:
        """The database was migrated, or may have been."""
        self._wake.set()

    async def _run(self) -> None:
        while self._refusal is None:
            await self._wake.wait()
            if not await self._look():
                await asyncio.sleep(_PAUSE)
        await self._misfit()

    async def _look(self) -> bool:
        self._wake.clear()
        try:
            async with asyncio.timeout(_PATIENCE):
                wanted = await Wanted.asked(self._lanes())
        except Exception as problem:  # noqa: BLE001 (whatever it is, it is asked again; what stands behind it says so itself)
            logger.warning("the database's version is not known: %s", type(problem).__name__)
            self._wake.set()
            return False
        self._walls = (self._walls[0] or wanted.walls, wanted.walls)
        if not wanted.fits(self._code):
            logger.error("this code (%s) does not fit the database (%s): start the new code", self._code, wanted.newest)
            self._refusal = _refusal()
            self._wake.set()
        return True


def _refusal() -> UnavailableError:
    return UnavailableError(
        "The service is being upgraded, and this process is of another version: try again in a moment.",
        reason="OTHER_VERSION",
    )


__all__ = ["TOLD", "Fitting", "Wanted", "statements"]
