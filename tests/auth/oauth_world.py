"""A small network for the OAuth tests: a real PostgreSQL, the real endpoints, organisations, tools and people."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from joserfc.jwk import ECKey, Key
from sqlalchemy import URL, Executable, Table, insert, make_url, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette

from auth.bearer import Bearer
from auth.oauth.assertions_out import make_client_assertion, make_person_assertion, sign
from auth.oauth.client_assertion import ASSERTION_TYPE
from auth.oauth.issuer import Issuer
from auth.oauth.person_assertion import GRANT_TYPE, KIND
from auth.policy import PURPOSES
from graph.http.attempts import Addresses, Attempts, Pace
from graph.http.reception import Reception
from graph.oauth_endpoints import routes
from loaders.commands.authorization import AuthorizationDesk, create_first_signing_key
from loaders.embedded.supervisor import EmbeddedPostgres
from loaders.journals.authentication_log import NOBODY, AuthenticationLog, Who
from loaders.postgres.connections import Lanes
from loaders.tokens.last_calls import LastCalls
from loaders.tokens.replays import Replays
from loaders.tokens.standing import DatabaseStanding
from loaders.tokens.standing import statements as standing_statements
from schema.scopes import Scope
from schema.tables.columns import metadata
from schema.tables.directory import authority, organisation
from schema.tables.oauth import client_key, client_secret, oauth_client, oauth_jti, oauth_token, signing_key
from schema.tables.people import habilitation, member
from schema.vocabulary import OrgKind, Purpose, Role

ISSUER = Issuer("https://maillage.example")
SEALING_KEY = bytes(range(32))
ACR = "urn:partner:two-factors"
CASES = frozenset({Scope.CASES_READ.value, Scope.DIRECTORY_READ.value})
_TABLES: list[Table] = [
    authority, organisation, member, habilitation, oauth_client, client_key, client_secret, signing_key, oauth_token, oauth_jti
]  # fmt: skip


@dataclass
class Tool:
    """A partner's tool: the client and its private keys by kid."""

    id: str
    organisation_id: UUID
    key: Key
    kid: str
    world: "World"

    def proof(self, **changes: Any) -> str:
        """A client assertion; `changes` replace claims (None removes one), `header_*` header members."""
        return self._signed("client-authentication+jwt", {"sub": self.id, **_base(self.id)}, changes)

    def voucher(self, person: "Staff", **changes: Any) -> str:
        """An assertion about a person, changed in the same way."""
        now = now_seconds()
        claims = {**_base(self.id), "sub": str(person.id), "auth_time": now - 3600, "acr": ACR}
        return self._signed(KIND, claims, changes)

    def _signed(self, kind: str, claims: dict[str, Any], changes: Mapping[str, Any]) -> str:
        header = {name.removeprefix("header_"): value for name, value in changes.items() if name.startswith("header_")}
        plain = {name: value for name, value in changes.items() if not name.startswith("header_")}
        kept = {name: value for name, value in (claims | plain).items() if value is not None}
        kid, algorithm = header.pop("kid", self.kid), header.pop("alg", "ES256")
        return sign(self.key, kept, kind=header.pop("typ", kind), kid=kid, algorithm=algorithm)

    def form(self, grant_type: str | None = "client_credentials", **parameters: str | None) -> dict[str, str]:
        """A token request, with a fresh proof unless one is given."""
        if "client_assertion" not in parameters:
            parameters["client_assertion"] = make_client_assertion(self.key, self.id, ISSUER.url, kid=self.kid)
        values = {"grant_type": grant_type, "client_assertion_type": ASSERTION_TYPE, **parameters}
        return {name: value for name, value in values.items() if value is not None}

    async def token(self, **parameters: str | None) -> httpx2.Response:
        """Ask for an organisation's token."""
        return await self.world.post(self.form(**parameters))

    async def token_for(self, person: "Staff", **parameters: str | None) -> httpx2.Response:
        """Ask for a person's token: with `assertion`, or with one made for the chosen habilitation and purpose."""
        if "assertion" not in parameters:
            parameters["assertion"] = self.vouch(person)
        return await self.world.post(self.form(GRANT_TYPE, **parameters))

    def vouch(self, person: "Staff", habilitation_id: UUID | None = None, purpose: Purpose | None = None) -> str:
        """An assertion as a partner's tool would make it."""
        return make_person_assertion(
            self.key, self.id, ISSUER.url, person.id, acr=ACR, auth_time=now_seconds() - 3600,
            habilitation_id=habilitation_id, purpose=purpose, kid=self.kid,
        )  # fmt: skip


@dataclass
class Staff:
    """A member with one habilitation."""

    id: UUID
    habilitation_id: UUID


@dataclass
class World:
    """The network under test."""

    engine: AsyncEngine
    lanes: Lanes
    desk: AuthorizationDesk
    bearer: Bearer
    http: httpx2.AsyncClient
    replays: Replays

    async def run(self, *statements: Executable) -> None:
        """Change the database, as an administrator would."""
        async with self.engine.begin() as connection:
            for statement in statements:
                await connection.execute(statement)

    async def value(self, statement: Executable) -> Any:
        """The one value of a statement."""
        async with self.engine.connect() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def post(self, form: Mapping[str, str], *proofs: str) -> httpx2.Response:
        """Send a form to the token endpoint, with a DPoP header for each proof."""
        return await self.http.post("/oauth/token", data=dict(form), headers=[("DPoP", proof) for proof in proofs])

    async def organisation(self, kind: OrgKind = OrgKind.CRIP, **columns: Any) -> UUID:
        """A new active organisation."""
        statement = insert(organisation).values(name="Organisation", kind=kind.value, **columns)
        return UUID(str(await self._added(statement.returning(organisation.c.id))))

    async def tool(self, organisation_id: UUID | None = None, *, key: Key | None = None, **columns: Any) -> Tool:
        """A new active client with one key, allowed both grants."""
        organisation_id = organisation_id or await self.organisation()
        key = key or ECKey.generate_key("P-256")
        values = {
            "id": "cli_" + secrets.token_urlsafe(12),
            "name": "Tool",
            "scopes": sorted(CASES),
            "grants": ["client_credentials", GRANT_TYPE],
            "accepted_acr": [ACR],
            # What most tests are about has nothing to do with DPoP: test_oauth_dpop.py has tools as they are by default.
            "dpop_bound": False,
            "bearer_for_persons": True,
            **columns,
        }
        await self.run(insert(oauth_client).values(organisation_id=organisation_id, **values))
        tool = Tool(values["id"], organisation_id, key, key.thumbprint(), self)
        await self.add_key(tool)
        return tool

    async def add_key(self, tool: Tool) -> None:
        """The tool's key, as an enrolment leaves it."""
        values = {"client_id": tool.id, "organisation_id": tool.organisation_id, "kid": tool.kid}
        public = {"public_jwk": tool.key.as_dict(private=False), "thumbprint": tool.key.thumbprint()}
        await self.run(insert(client_key).values(**values, **public))

    async def staff(self, organisation_id: UUID, role: Role = Role.ASM, **columns: Any) -> Staff:
        """A new active member with a live habilitation."""
        added = insert(member).values(organisation_id=organisation_id, name="Person", **columns).returning(member.c.id)
        member_id = UUID(str(await self._added(added)))
        return Staff(member_id, await self.habilitation(member_id, organisation_id, role))

    async def habilitation(self, member_id: UUID, organisation_id: UUID, role: Role, **columns: Any) -> UUID:
        """A live habilitation of a member."""
        now = datetime.now(UTC)
        values = {"valid_from": now - timedelta(days=1), "valid_to": now + timedelta(days=90)}
        statement = insert(habilitation).values(
            member_id=member_id, organisation_id=organisation_id, role=role.value, **(values | columns)
        )
        return UUID(str(await self._added(statement.returning(habilitation.c.id))))

    async def change(self, table: Table, row_id: Any, **columns: Any) -> None:
        """Change one row."""
        await self.run(update(table).where(table.c.id == row_id).values(**columns))

    async def _added(self, statement: Executable) -> Any:
        async with self.engine.begin() as connection:
            return (await connection.execute(statement)).scalar_one()


def now_seconds() -> int:
    """The present, as JWTs write it."""
    return int(datetime.now(UTC).timestamp())


def _base(client_id: str) -> dict[str, Any]:
    now = now_seconds()
    return {"iss": client_id, "aud": ISSUER.url, "iat": now, "exp": now + 60, "jti": secrets.token_urlsafe(18)}


def encoded(form: Mapping[str, str]) -> bytes:
    """A form as it goes over the wire."""
    return urlencode(dict(form)).encode()


async def _prepare(address: URL) -> None:
    engine = create_async_engine(address)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=_TABLES)
        for statement in standing_statements():
            await connection.exec_driver_sql(statement)
        await create_first_signing_key(connection, SEALING_KEY)
    await engine.dispose()


@pytest.fixture(scope="session")
def oauth_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The address of a real PostgreSQL with the tables that OAuth needs."""
    data: Path = tmp_path_factory.mktemp("oauth") / "data"
    with EmbeddedPostgres(data, settings={"shared_buffers": "16MB", "fsync": "off"}) as server:
        dsn = server.dsn(server.admin_user, server.admin_password)
        address = make_url(dsn).set(drivername="postgresql+asyncpg")
        asyncio.run(_prepare(address))
        yield address


class Heard(AuthenticationLog):
    """What would be written to the access log, which this database has not."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    async def done(self, what: str, who: Who = NOBODY, **details: str) -> None:
        self.events.append((what, who, details))

    def refused(self, what: str, reason: str, *, client_id: str | None, address: str) -> None:
        self.events.append((what, reason, client_id, address))


def open_reception() -> Reception:
    """Everybody may come as often as they like."""
    pace = Pace(10**6, 10**6, 300, 10**6)
    nowhere = Lanes("postgresql://", size=1)
    return Reception(Attempts(pace), Addresses(), Heard(), LastCalls(nowhere))


def dsn_of(address: URL) -> str:
    """The same address for the driver alone."""
    return address.set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the tests of one module reach the database by."""

    engine: AsyncEngine
    lanes: Lanes
    replays: Replays


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(oauth_database: URL) -> AsyncIterator[Opened]:
    """Opened once: to connect costs more than what most tests ask."""
    engine = create_async_engine(oauth_database, pool_size=10)
    replays = Replays(dsn_of(oauth_database))
    await replays.start()
    lanes = Lanes(dsn_of(oauth_database), size=10)
    yield Opened(engine, lanes, replays)
    await replays.close()
    await lanes.close()
    await engine.dispose()


@pytest_asyncio.fixture(loop_scope="module")
async def world(opened: Opened) -> AsyncIterator[World]:
    """The network, over the real application without a socket; what a process remembers begins anew."""
    desk = AuthorizationDesk(opened.lanes, ISSUER, PURPOSES, SEALING_KEY)
    bearer = Bearer(ISSUER, desk.public_keys, DatabaseStanding(opened.lanes), replays=opened.replays)
    transport = httpx2.ASGITransport(app=Starlette(routes=routes(desk, open_reception())))
    async with httpx2.AsyncClient(transport=transport, base_url=ISSUER.url) as http:
        yield World(opened.engine, opened.lanes, desk, bearer, http, opened.replays)
    desk._hashes.close()
