"""A small network for the tests of sign-in: a prepared PostgreSQL, the real pages, one browser."""

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest_asyncio
from starlette.applications import Starlette

from auth.caller import Caller
from auth.oauth.issuer import Issuer
from auth.signin.sealing import Box
from graph.http.attempts import Addresses, Attempts, Pace
from graph.http.reception import Reception
from graph.settings import Secrets
from graph.sign_in.people import people_pages
from graph.sign_in.sessions import Sessions
from loaders.commands.sessions import SessionDesk
from loaders.journals.audit import AuditWriter
from loaders.journals.authentication_log import AuthenticationLog
from loaders.postgres.connections import Lanes
from loaders.postgres.logins import AUDIT, SIGNIN
from loaders.tokens.last_calls import LastCalls
from schema.vocabulary import OrgKind, Role
from tests.cluster import Cluster

ISSUER = Issuer("https://maillage.example")
COOKIE = "__Host-maillage"


@dataclass
class Clock:
    """A clock that is moved by hand."""

    now: float = 1000.0
    later: float = 0.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> float:
        """The time of day, as much later as was asked for."""
        return time.time() + self.later


@dataclass(frozen=True)
class Staff:
    """A member and their habilitations."""

    id: UUID
    organisation: UUID
    habilitations: tuple[UUID, ...]


@dataclass
class Browser:
    """What one person's browser keeps and sends; it follows no redirect by itself."""

    http: httpx2.AsyncClient
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def header(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open a page."""
        return self._keep(await self.http.get(path, headers={"Cookie": self.header, **headers}))

    async def send(self, path: str, form: dict[str, str], **headers: str) -> httpx2.Response:
        """Send a form, as a page of ours would."""
        sent = {"Cookie": self.header, "Origin": ISSUER.url, **headers}
        return self._keep(await self.http.post(path, data=form, headers={k: v for k, v in sent.items() if v != "-"}))

    def _keep(self, answer: httpx2.Response) -> httpx2.Response:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        self.http.cookies.clear()
        return answer


@dataclass
class People:
    """The network under test."""

    admin: "asyncpg.Connection[Any]"
    desk: SessionDesk
    sessions: Sessions
    clock: Clock
    http: httpx2.AsyncClient
    box: Box
    came: AuthenticationLog
    pace: Pace

    def browser(self) -> Browser:
        """A fresh browser."""
        return Browser(self.http)

    async def organisation(self, kind: OrgKind = OrgKind.ASE, **columns: Any) -> UUID:
        """A new active organisation."""
        return await self._add("organisation", name="Service inventé", kind=kind.value, **columns)

    async def staff(self, *roles: Role, organisation: UUID | None = None, name: str = "Personne inventée") -> Staff:
        """A new member with a live habilitation for each role."""
        organisation = organisation or await self.organisation()
        member = await self._add("member", organisation_id=organisation, name=name)
        return Staff(member, organisation, tuple([await self.habilitation(member, organisation, one) for one in roles]))

    async def habilitation(self, member: UUID, organisation: UUID, role: Role, **columns: Any) -> UUID:
        """A live habilitation."""
        now = datetime.now(UTC)
        dates = {"valid_from": now - timedelta(days=1), "valid_to": now + timedelta(days=90)}
        given = dates | columns
        return await self._add("habilitation", member_id=member, organisation_id=organisation, role=role.value, **given)

    async def _add(self, table: str, **columns: Any) -> UUID:
        places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) RETURNING id"
        return UUID(str(await self.admin.fetchval(sql, *columns.values())))

    async def signed_in(self, staff: Staff, choice: int = 0) -> Browser:
        """A browser in which somebody has signed in by the demonstration's chooser."""
        browser = self.browser()
        answer = await browser.send(
            "/auth/demo",
            {"form_token": await token_on(browser, "/auth/demo"), "habilitation": str(staff.habilitations[choice])},
        )
        assert answer.status_code == 303, answer.text
        assert COOKIE in browser.cookies, answer.headers
        return browser

    async def caller(self, browser: Browser) -> Caller | None:
        """Who the API takes this browser for."""
        return await self.sessions.caller(browser.header)

    async def row(self, sql: str, *values: Any) -> Any:
        """The first row of a statement of the administrator."""
        found = await self.admin.fetchrow(sql, *values)
        assert found is not None
        return found

    async def rows(self, staff: Staff) -> list[Any]:
        """Somebody's sessions."""
        return list(await self.admin.fetch("SELECT * FROM web_session WHERE member_id = $1", staff.id))


async def token_on(browser: Browser, path: str) -> str:
    """The hidden value of a page's form."""
    page = await browser.get(path)
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert page.status_code == 200 and found, page.text
    return found[1]


@dataclass(frozen=True, slots=True)
class Doorway:
    """What the tests of one module reach the database by."""

    lanes: Lanes
    audit: AuditWriter
    admin: "asyncpg.Connection[Any]"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doorway(cluster: Cluster) -> AsyncIterator[Doorway]:
    """Opened once: to connect costs more than what most tests ask."""
    lanes = Lanes(cluster.login(SIGNIN), size=8)
    audit = AuditWriter(cluster.login(AUDIT))
    await audit.start()
    admin = await asyncpg.connect(cluster.admin)
    yield Doorway(lanes, audit, admin)
    await audit.close()
    await admin.close()
    await lanes.close()


@pytest_asyncio.fixture(loop_scope="module")
async def people(doorway: Doorway, tmp_path: Path) -> AsyncIterator[People]:
    """The network, over the real pages without a socket, by the login that the pages have."""
    lanes, admin = doorway.lanes, doorway.admin
    secrets, clock = Secrets(tmp_path / "secrets"), Clock()
    came, pace = AuthenticationLog(doorway.audit), Pace(failures_per_address=6)
    reception = Reception(Attempts(pace), Addresses(), came, LastCalls(lanes))
    pages = people_pages(lanes, secrets, ISSUER, reception, demonstration=True, clock=clock.wall)
    pages.sessions._clock = clock
    # The cluster is shared, and what an earlier test sealed cannot be opened here.
    await admin.execute("TRUNCATE web_session, member_identity, idp")
    transport = httpx2.ASGITransport(app=Starlette(routes=pages.routes))
    async with httpx2.AsyncClient(transport=transport, base_url=ISSUER.url) as http:
        yield People(admin, SessionDesk(lanes), pages.sessions, clock, http, Box(secrets.signin), came, pace)
    await pages.http.aclose()
