"""How the operator's command line reaches the network: who acts, on which database, and how an answer is told."""

import hashlib
import json
import os
import pwd
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.caller import Caller
from graph.database import Database, on_engine, running
from graph.options import settings_of
from graph.settings import Secrets, Settings
from loaders import logins
from loaders.audit import AuditWriter
from loaders.authentication_log import AuthenticationLog, Record, Who
from loaders.commands.by_hand import Hand, acting, administrator, official
from loaders.commands.clients import CODE_LIFE
from loaders.monitoring.publishing import Publishing
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
        return on_engine(self.database.dsn_of(login), work)

    def act(self, who: str | None, work: Callable[[Hand], Awaitable[T]]) -> T:
        """Do something as an administrator. Raises SetupError where nobody is named."""
        named = who or self.settings.operator
        if named is None:
            raise SetupError("Say which administrator you are: --as MEMBER, or the setting MAILLAGE_OPERATOR.")
        return self._acting(lambda engine: administrator(engine, named, _account()), work)

    def act_as(self, role: Role, who: str | None, work: Callable[[Hand], Awaitable[T]]) -> T:
        """Do something as a member of the 119 in a role. Raises SetupError where nobody is named."""
        if who is None:
            raise SetupError(f"Say who you are: --as MEMBER, who is {role.value} of the 119.")
        return self._acting(lambda engine: official(engine, who, _account(), role), work)

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
        log, who = AuthenticationLog(audit), Who(client_id=f"command line/{_account()}")

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


def _account() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


@contextmanager
def place(data: Path | None) -> Iterator[Place]:
    """The database, for as long as the block runs."""
    settings = settings_of(data)
    secrets_ = Secrets.of(settings)
    with running(settings, secrets_) as database:
        yield Place(settings, secrets_, database)


def new_code() -> tuple[str, str]:
    """A code of 256 bits, and the digest by which the network knows it."""
    code = secrets.token_urlsafe(32)
    return code, urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()


def tell_code(found: dict[str, Any], *, as_json: bool, what: str) -> None:
    """An enrolment code, this once."""
    tell(
        {**found, "expires_in": int(CODE_LIFE.total_seconds())},
        as_json=as_json,
        sentence=(
            f"{what} Its tool {found['client']} sends its public keys with this code within {CODE_LIFE.days} days; hand it "
            f"over out of band, it is not shown again:\n{found['code']}\nThen another administrator approves: org approve."
        ),
    )


def tell(found: Mapping[str, Any], *, as_json: bool, sentence: str) -> None:
    """One answer: a sentence for a person, or the whole for a script."""
    if as_json:
        print(json.dumps(dict(found), ensure_ascii=False, default=str))
    else:
        Console(highlight=False, soft_wrap=True).print(sentence, markup=False)


def tell_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool, title: str) -> None:
    """A list: a table for a person, or JSON for a script."""
    if as_json:
        print(json.dumps([dict(row) for row in rows], ensure_ascii=False, default=str))
        return
    table = Table(title=title, title_justify="left")
    for heading in rows[0] if rows else ("nothing",):
        table.add_column(str(heading).replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console().print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
