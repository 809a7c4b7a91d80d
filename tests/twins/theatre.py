"""Two worlds on one PostgreSQL, each behind the whole server, and one viewer who asks both the same.

Every request runs through the ASGI application: middleware, token, guard, document, plan, statement, access record. The
answers have to be the same byte for byte: status, every header, body; so have the log lines of the request and, at the
end, the access log of the two servers. What is left out of the comparison, and why:
- the header Date, which the HTTP server adds in front of the application: the moment of the answer;
- in the access log the moment, the writer, the place and the two hashes: they name the process that wrote it;
- in what a mutation answers: instants and versions. The moment of an act is the moment it was asked for, and the two
  are asked one after the other. So a mutation's payload is asked for without them, and its world is not used again.

Ids that the database draws are the same in both worlds (`twin_id`), and so are references (`secrets` is seeded); the
two servers share their secrets, so cursors are the same.
"""

import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from joserfc.jwk import ECKey
from sqlalchemy import Uuid

from auth.oauth.assertions_out import make_client_assertion, make_person_assertion
from auth.oauth.person_assertion import GRANT_TYPE
from graph.app import application
from graph.demonstration.demo_tool import ACR
from graph.settings import Secrets, Settings
from loaders.commands import client_secrets, contact
from loaders.postgres.logins import login_of, password_of
from loaders.tokens import last_calls
from schema.tables import metadata
from schema.vocabulary import Audience, Purpose
from tests.cluster import SECRET, Cluster
from tests.filled import cases_of, fill, secrets_of
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_facts import Sight
from tests.matrix_world import Viewer, World, read_world
from tests.twins.house import ISSUER, House, Reply
from tests.twins.worlds import Maker, Twin, write


@dataclass(frozen=True)
class Seat:
    """Somebody who asks: a client, one of its members by role, for a purpose."""

    client: str
    role: str | None = None
    purpose: str | None = None

    @property
    def audience(self) -> Audience:
        if self.role:
            return Audience(self.role)
        kind = self.client.split("_")[1].upper()
        return Audience("ORG_" + {"ASSO": "ASSOCIATION", "FOYER": "ASSOCIATION"}.get(kind, kind))

    def __str__(self) -> str:
        return " ".join(part for part in (self.client, self.role, self.purpose) if part)


# Every audience, and the kinds of organisation that an audience is asked from.
SEATS = [
    Seat("cli_dlpm", "LIS", "EVALUATE"),
    Seat("cli_dlpm", "SUP", "EVALUATE"),
    Seat("cli_dlpm", "ANA", "MONITORING"),
    Seat("cli_crip_59", "CRI", "EVALUATE"),
    Seat("cli_ase_59", "ASE", "EVALUATE"),
    Seat("cli_asso_measure", "ASM", "IMPLEMENT"),
    Seat("cli_asso_outside_mission", "ASO", "CONSULTATION"),
    Seat("cli_asso_measure", "COO", "IMPLEMENT"),
    Seat("cli_crip_59", "DEL", "ADMINISTRATION"),
    Seat("cli_operator", "ADM", "ADMINISTRATION"),
    Seat("cli_crip_59", "DPO", "CONTROL"),
    Seat("cli_observatory", "ONP", "MONITORING"),
    Seat("cli_crip_59"),
    Seat("cli_ase_59"),
    Seat("cli_asso_measure"),
    Seat("cli_dlpm"),
    Seat("cli_observatory"),
]

# Whose worlds are asked for what is taken along too (test_exports.py): making two worlds costs more than asking them.
TAKES_ALONG = Seat("cli_crip_59", "DPO", "CONTROL")

MORE_SEATS = [
    Seat("cli_crip_13", "CRI", "DETERMINE"),
    Seat("cli_ase_59", "ASE", "IMPLEMENT"),
    Seat("cli_asso_ase_mission", "ASM", "IMPLEMENT"),
    Seat("cli_foyer", "ASM", "IMPLEMENT"),
    Seat("cli_crip_59", "COO", "EVALUATE"),
    Seat("cli_ase_59", "COO", "IMPLEMENT"),
    Seat("cli_asso_outside_mission", "COO", "CONSULTATION"),
    Seat("cli_foyer", "COO", "IMPLEMENT"),
    Seat("cli_dlpm", "DPO", "CONTROL"),
    Seat("cli_ase_59", "DPO", "CONTROL"),
    Seat("cli_asso_measure", "DPO", "CONTROL"),
    Seat("cli_foyer"),
    Seat("cli_asso_outside_mission"),
]


def oracle_name(seat: Seat, kind: str) -> str:
    """The oracle's name of an audience; a foyer's tool shares the schema of an association's."""
    return seat.role or f"CLIENT:{kind}"


@dataclass(repr=False)
class Stage:
    """A full database that nobody is connected to, from which worlds are copied, and all its rows."""

    cluster: Cluster
    card: dict[str, Any]
    world: World
    keys: Secrets
    folder: Path
    began: datetime
    _twins: dict[Seat, Twin] = field(default_factory=dict)
    _sights: dict[Seat, Sight] = field(default_factory=dict)

    def viewer(self, seat: Seat) -> Viewer:
        client = self.client(seat)
        member = next((one["id"] for one in client["members"] if one["role"] == seat.role), None)
        rows = self.world.tables["oauth_client"]
        organisation = next(row["organisation_id"] for row in rows if row["id"] == seat.client)
        return Viewer(oracle_name(seat, client["kind"]), organisation, UUID(member) if member else None, seat.purpose)

    def client(self, seat: Seat) -> dict[str, Any]:
        return next(one for one in self.card["clients"] if one["client_id"] == seat.client)

    def sight(self, seat: Seat) -> Sight:
        """What the viewer sees of the first world; it remembers its verdicts."""
        if seat not in self._sights:
            self._sights[seat] = Sight(self.world, self.viewer(seat))
        return self._sights[seat]

    def twin(self, seat: Seat, seed: int = 1) -> Twin:
        """The second world of a viewer."""
        if seat not in self._twins:
            self._twins[seat] = Maker(self.sight(seat), seed).make()
        return self._twins[seat]


async def staged(cluster: Cluster, folder: Path) -> Stage:
    """The network and the cases made by hand, in a database whose ids repeat."""
    keys, card = secrets_of(folder), await fill(cluster.admin, folder, ISSUER.url)
    cases_of(folder, card)
    connection = await asyncpg.connect(cluster.admin)
    try:
        await connection.execute(_TWIN_ID)
        for table in metadata.sorted_tables:
            if "id" in table.c and isinstance(table.c["id"].type, Uuid) and table.c["id"].server_default is not None:
                await connection.execute(f"ALTER TABLE {table.name} ALTER COLUMN id SET DEFAULT twin_id()")
    finally:
        await connection.close()
    world = await read_world(cluster.admin, [*GROUP_OF_COLUMN], keys.keyring)
    return Stage(cluster, card, world, keys, folder, datetime.now(UTC))


# Random to whoever looks, and the same in both worlds.
_TWIN_ID = """
CREATE SEQUENCE twin_ids;
CREATE FUNCTION twin_id() RETURNS uuid LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$ SELECT overlay(md5('twin ' || nextval('public.twin_ids')) placing '4' from 13)::uuid $$;
GRANT EXECUTE ON FUNCTION twin_id() TO PUBLIC"""

# What a statement answers that was cut after its five seconds.
_HAD_NO_TIME = b'"reason":"TIMEOUT"'

_TOKEN_LIFE = 150

_PATIENCE = 3


@dataclass(repr=False)
class Twins:
    """The two worlds of one viewer, and the viewer's token, which stands in both."""

    stage: Stage
    seat: Seat
    twin: Twin
    first: House
    second: House
    token: str
    asked: int = 0
    born: float = field(default_factory=time.monotonic)

    async def both(self, body: Any) -> tuple[Reply, Reply]:
        """The same question to both, with the same luck."""
        if time.monotonic() - self.born > _TOKEN_LIFE:
            # On a busy machine a token would end between the two.
            self.token, self.born = await token_in(self.stage, self.seat, self.first), time.monotonic()
            await _learn_token(self.first, self.second)
        replies = []
        for house in (self.first, self.second):
            _LUCK.seed(self.asked)
            replies.append(await house.ask(self.token, body))
        self.asked += 1
        return replies[0], replies[1]

    async def same_by_get(self, query: str) -> Reply:
        """The same, by GET."""
        one, other = [await house.get(self.token, query) for house in (self.first, self.second)]
        assert one == other, difference(query, one, other)
        return one

    async def same(self, body: Any) -> Reply:
        """Ask both and compare; where one of them had no time, on a busy machine, both are asked again."""
        for _ in range(_PATIENCE):
            one, other = await self.both(body)
            if _HAD_NO_TIME not in one.body + other.body:
                break
        assert one == other, difference(body, one, other)
        return one


def difference(body: Any, one: Reply, other: Reply) -> str:
    """What differs, where it begins."""
    if one.body != other.body:
        start_at = next(
            (place for place, (a, b) in enumerate(zip(one.body, other.body, strict=False)) if a != b),
            min(len(one.body), len(other.body)),
        )
        near = slice(max(0, start_at - 200), start_at + 200)
        return f"{body}\nFIRST  {one.body[near]!r}\nSECOND {other.body[near]!r}"
    return f"{body}\nFIRST  {one}\nSECOND {other}"


_LUCK = Random(0)


@asynccontextmanager
async def twins_of(stage: Stage, seat: Seat, *, by_admin: bool = False) -> AsyncIterator[Twins]:
    """Both worlds of a viewer, fresh; `by_admin` takes the second wall away: the servers read as the administrator."""
    twin = stage.twin(seat)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "choice", _LUCK.choice)
        # Each of the two would write of our questions at a minute of its own.
        patch.setattr(last_calls, "MINUTE", 86_400.0)
        # What is sealed has its id before it is stored.
        for module in (contact, client_secrets):
            patch.setattr(module, "uuid4", lambda: UUID(int=_LUCK.getrandbits(128), version=4))
        patch.setattr(client_secrets, "new_secret", lambda identity: f"mls_{identity.hex}_{_LUCK.getrandbits(256):x}")
        async with AsyncExitStack() as stack:
            houses = []
            for name in ("first", "second"):
                database = f"{name}_world"
                admin = await _copy(stage, database)
                if name == "second":
                    await _rewrite(admin, twin, stage.keys)
                houses.append(await stack.enter_async_context(_served(stage, name, database, by_admin=by_admin)))
            first, second = houses
            found = Twins(stage, seat, twin, first, second, await token_in(stage, seat, first))
            await _learn_token(first, second)
            yield found


@asynccontextmanager
async def first_world(stage: Stage, seat: Seat) -> AsyncIterator[tuple[House, str]]:
    """The first world alone behind the whole server, and the viewer's token."""
    await _copy(stage, "first_world")
    async with _served(stage, "first", "first_world", by_admin=False) as house:
        yield house, await token_in(stage, seat, house)


async def _copy(stage: Stage, database: str) -> str:
    server = stage.cluster.server
    owner = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password, "postgres"))
    try:
        await owner.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        await owner.execute(f"CREATE DATABASE {database} TEMPLATE {server.database} STRATEGY FILE_COPY")
    finally:
        await owner.close()
    return server.dsn(server.admin_user, server.admin_password, database)


async def _rewrite(admin_dsn: str, twin: Twin, keys: Secrets) -> None:
    admin = await asyncpg.connect(admin_dsn)
    try:
        await write(admin, twin, keys.keyring)
    finally:
        await admin.close()


@asynccontextmanager
async def _served(stage: Stage, name: str, database: str, *, by_admin: bool) -> AsyncIterator[House]:
    server = stage.cluster.server
    readers = {login_of(audience) for audience in Audience}

    def dsn_of(login: str) -> str:
        if by_admin and login in readers:
            return server.dsn(server.admin_user, server.admin_password, database)
        return server.dsn(login, password_of(SECRET, login), database)

    # What was read is listed once it is sealed, and the two are asked one after the other: no seal while they are.
    settings = Settings(data=stage.folder, pool_size=2, audit_seconds=3600)
    app = application(settings, stage.keys, dsn_of, ISSUER)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ISSUER.url) as http,
    ):
        yield House(name, app, http, server.dsn(server.admin_user, server.admin_password, database))


async def token_in(stage: Stage, seat: Seat, house: House) -> str:
    """From the token endpoint of a world."""
    client = stage.client(seat)
    key = ECKey.import_key(json.loads(Path(client["key_file"]).read_text()))  # noqa: ASYNC240 (a test's own small file)
    form = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": make_client_assertion(key, seat.client, ISSUER.url, kid=key.kid),
        "client_id": seat.client,
        "scope": " ".join(client["scopes"]),
        "grant_type": "client_credentials",
    }
    if seat.role:
        person = next(one["id"] for one in client["members"] if one["role"] == seat.role)
        form["grant_type"] = GRANT_TYPE
        form["assertion"] = make_person_assertion(
            key,
            seat.client,
            ISSUER.url,
            person,
            acr=ACR,
            auth_time=int(time.time()) - 60,
            purpose=Purpose(seat.purpose) if seat.purpose else None,
            kid=key.kid,
        )
    reply = await house.http.post("/oauth/token", data=form)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["access_token"])


async def _learn_token(one: House, other: House) -> None:
    """The second world learns of it as a replica would."""
    first, second = await asyncpg.connect(one.admin_dsn), await asyncpg.connect(other.admin_dsn)
    try:
        known = [row["id"] for row in await second.fetch("SELECT id FROM oauth_token")]
        rows = await first.fetch("SELECT * FROM oauth_token WHERE id <> ALL ($1)", known)
        names = list(rows[0].keys())
        await second.copy_records_to_table("oauth_token", columns=names, records=[tuple(row) for row in rows])
    finally:
        await first.close()
        await second.close()


_JOURNAL = (
    "SELECT event, outcome, trace_id, organisation_id, client_id, member_id, audience, purpose, operation, "
    "document_hash, situations::text, categories, withheld FROM access_log WHERE at >= $1 AND event <> 'AUTHENTICATION'"
)


async def journal(house: House, since: datetime) -> list[str]:
    """What the server has written of this viewer, without what names the process that wrote it.

    In no order: two root fields of one document are read at the same time.
    """
    connection = await asyncpg.connect(house.admin_dsn)
    try:
        return sorted(repr(tuple(row)) for row in await connection.fetch(_JOURNAL, since))
    finally:
        await connection.close()
