"""Where a command works: the settings, the secrets and the database of its folder, and who acts there."""

import asyncio
import os
import pwd
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.caller import Caller
from graph.cli.options import settings_of
from graph.database import Database, running
from graph.settings import Secrets, Settings
from loaders.commands.by_hand import Hand, acting, administrator, official
from loaders.journals.audit import AuditWriter
from loaders.journals.authentication_log import AuthenticationLog, Record, Who
from loaders.monitoring.publishing import Publishing
from loaders.postgres import logins
from loaders.postgres.dsn import brief_engine
from schema.errors import SetupError
from schema.vocabulary import Role

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """The database of one run, and what is needed to act on it."""

    settings: Settings
    secrets: Secrets
    database: Database

    def run(self, work: Callable[[AsyncEngine], Awaitable[T]], login: str = logins.COMMANDS) -> T:
        """Do something with an engine of one login."""
        return asyncio.run(_with_engine(self.database.dsn_of(login), work))

    def run_as_owner(self, work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
        """Do something as the owner of the database, as migrations do."""
        return asyncio.run(_with_engine(self.database.admin, work))

    def look(self, work: Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[T]], login: str | None = None) -> T:
        """Do something with one connection of a login, of the owner unless given."""
        return asyncio.run(connected(self.database.admin if login is None else self.database.dsn_of(login), work))

    def act(self, who: str | None, work: Callable[[Hand], Awaitable[T]]) -> T:
        """Do something as an administrator. Raises SetupError where nobody is named."""
        named = who or self.settings.operator
        if named is None:
            raise SetupError("Say which administrator you are: --as MEMBER, or the setting MAILLAGE_OPERATOR.")
        return self._acting(lambda engine: administrator(engine, named, account()), work)

    def act_as(self, role: Role, who: str | None, work: Callable[[Hand], Awaitable[T]]) -> T:
        """Do something as a member of the 119 in a role. Raises SetupError where nobody is named."""
        if who is None:
            raise SetupError(f"Say who you are: --as MEMBER, who is {role.value} of the 119.")
        return self._acting(lambda engine: official(engine, who, account(), role), work)

    def recording(self, work: Callable[[AsyncEngine, Record], Awaitable[T]]) -> Callable[[AsyncEngine], Awaitable[T]]:
        """What only whoever runs the machine does: the access log has it before it is committed, or nothing is done."""

        async def recorded(engine: AsyncEngine) -> T:
            async with self._record() as record:
                return await work(engine, record)

        return recorded

    @asynccontextmanager
    async def _record(self) -> AsyncIterator[Record]:
        audit = AuditWriter(self.database.dsn_of(logins.AUDIT))
        await audit.start()
        log, who = AuthenticationLog(audit), Who(client_id=f"command line/{account()}")

        async def recorded(what: str, /, **details: str) -> None:
            await log.done(what, who, **details)

        try:
            yield recorded
        finally:
            await audit.close()

    def _acting(self, caller_of: Callable[[AsyncEngine], Awaitable[Caller]], work: Callable[[Hand], Awaitable[T]]) -> T:
        async def main(engine: AsyncEngine) -> T:
            caller = await caller_of(engine)
            dsn_of = self.database.dsn_of
            async with acting(
                dsn_of(logins.COMMANDS),
                dsn_of(logins.AUDIT),
                caller=caller,
                keyring=self.secrets.keyring,
                issuer=self.settings.issuer or "",
                publishing=Publishing(self.settings.monitoring_calendar, self.settings.thresholds),
            ) as hand:
                return await work(hand)

        return self.run(main)


async def _with_engine(dsn: str, work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    async with brief_engine(dsn) as engine:
        return await work(engine)


async def connected(dsn: str, work: Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[T]]) -> T:
    """Do something with one connection."""
    connection = await asyncpg.connect(dsn)
    try:
        return await work(connection)
    finally:
        await connection.close()


def account() -> str:
    """The account of the machine that runs the command."""
    return pwd.getpwuid(os.getuid()).pw_name


@contextmanager
def place(data: Path | None, *, founding: bool = False) -> Iterator[Place]:
    """The database, for as long as the block runs."""
    settings = settings_of(data)
    secrets_ = Secrets.of(settings)
    with running(settings, secrets_, founding=founding) as database:
        yield Place(settings, secrets_, database)
