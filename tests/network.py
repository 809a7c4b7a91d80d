"""The whole network on this machine: synthetic data, the demonstration's clients, a real server over real HTTP."""

import asyncio
import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
from rich.console import Console

from auth.oauth.issuer import Issuer
from graph.app import application
from graph.demonstration import demo, demo_card, demo_tool
from graph.http.limits import StreamLimits
from graph.http.serving import free_port, serve
from graph.settings import Secrets, Settings
from loaders.journals.sealer import Sealer
from loaders.journals.transparency import Signer
from loaders.postgres.logins import SEALER, password_of
from schema.vocabulary import Purpose
from tests.cluster import Cluster

UNAUTHENTICATED = 401


@dataclass(slots=True)
class Network:
    """Ask as any client; tokens come from the real token endpoint and are kept for a while."""

    base_url: str
    card: dict[str, Any]
    cluster: Cluster
    routes: list[Any]
    secrets: Secrets = field(kw_only=True)
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30))
    tokens: dict[Any, tuple[float, str]] = field(default_factory=dict)
    # Seconds. Not long: what another test takes from a caller and gives back revives no token (decision 0003).
    kept_for: float = 10

    def token(self, client: str, member: str | None = None, purpose: str | None = None) -> str:
        """An access token: `member` is an id, or a role of the client's members."""
        key = (client, member, purpose)
        made, token = self.tokens.get(key, (0.0, ""))
        if time.monotonic() - made > self.kept_for:
            token = demo_tool.fetch_token(self.card, client, member, Purpose(purpose) if purpose else None)
            self.tokens[key] = (time.monotonic(), token)
        return token

    def revoke(self, token: str) -> None:
        """End this token and no other: tests that run beside this one have tokens of the same client."""
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        self.administer("UPDATE oauth_token SET revoked_at = now() WHERE id = $1", claims["jti"])

    def post(self, token: str | None, body: Any, **headers: str) -> httpx2.Response:
        """POST a JSON body to the API."""
        sent = {"Content-Type": "application/json", **headers}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        content = body if isinstance(body, bytes | str) else None
        return self.http.post(
            f"{self.base_url}/graphql", headers=sent, content=content, json=None if content is not None else body
        )

    def ask(
        self,
        client: str,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        member: str | None = None,
        purpose: str | None = None,
    ) -> dict[str, Any]:
        """The JSON answer to a question."""
        body = {"query": query, "variables": variables or {}}
        found = self.post(self.token(client, member, purpose), body)
        if found.status_code == UNAUTHENTICATED:
            # What another test took from this caller and gave back revives no token (decision 0003): ask with a new one.
            self.tokens.clear()
            found = self.post(self.token(client, member, purpose), body)
        answer: dict[str, Any] = found.json()
        return answer

    def data(self, client: str, query: str, variables: dict[str, Any] | None = None, **who: Any) -> Any:
        """The data of an answer that has no error."""
        answer = self.ask(client, query, variables, **who)
        assert "errors" not in answer, answer
        return answer["data"]

    def seal(self) -> None:
        """Seal the journals now, as the server does every minute: the log by situation is written then."""
        signer = Signer.of(Settings().journal_origin, self.secrets.journal)
        sealer = Sealer(self.cluster.login(SEALER), signer, self.secrets.pseudonyms, list, seconds=60, records=10_000)
        asyncio.run(sealer.seal(everything=True))

    def administer(self, statement: str, *values: Any) -> None:
        """What no caller can do: let time pass, as the administrator of the database."""

        async def run() -> None:
            connection = await asyncpg.connect(self.cluster.admin)
            try:
                await connection.execute(statement, *values)
            finally:
                await connection.close()

        asyncio.run(run())

    def fetch(self, query: str, *values: Any) -> list[Any]:
        """What only the administrator of the database can see."""
        return self.cluster.rows(query, *values)

    def members(self, client: str, role: str) -> list[dict[str, Any]]:
        """The members of a client with a role."""
        found = next(one for one in self.card["clients"] if one["client_id"] == client)
        return [member for member in found["members"] if member["role"] == role]


# One address asks for everybody here, and fails on purpose.
UNHURRIED: dict[str, Any] = {"failures_per_client": 10**6, "failures_per_address": 10**6, "tokens_per_minute": 10**6}


@contextmanager
def running_network(cluster: Cluster, secret: bytes, folder: Path) -> Iterator[Network]:
    """Fill the cluster and serve it from a thread of this process until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    secrets = Secrets(folder / "secrets")
    secrets.database = secret
    clients = asyncio.run(demo.fill(cluster.admin, secrets, folder / "keys", scale=1, console=Console(quiet=True)))
    # Sealed by `seal` only: a test that counts statements must not meet the minute. A test asks more in a second than
    # an organisation does in an hour.
    streams = StreamLimits(looks_every=1, init_seconds=3)
    settings = Settings(
        data=folder, pool_size=4, connections=24, audit_seconds=3600, cost_capacity=1e9, streams=streams, **UNHURRIED
    )
    with _served(cluster, secrets, settings) as (base_url, routes):
        network = Network(base_url, demo_card.write_card(folder, base_url, clients), cluster, routes, secrets=secrets)
        try:
            yield network
        finally:
            network.http.close()


@contextmanager
def neighbour(network: Network, *, demonstration: bool = True, **changes: Any) -> Iterator[Network]:
    """Another process' worth of server on the same database and secrets, with some settings changed."""
    settings = Settings(pool_size=2, connections=12, audit_seconds=3600, cost_capacity=1e9, **(UNHURRIED | changes))
    with _served(network.cluster, network.secrets, settings, demonstration=demonstration) as (base_url, routes):
        card = {**network.card, "base_url": base_url, "issuer": base_url, "graphql": f"{base_url}/graphql"}
        made = Network(base_url, card, network.cluster, routes, secrets=network.secrets)
        try:
            yield made
        finally:
            made.http.close()


@contextmanager
def _served(
    cluster: Cluster, secrets: Secrets, settings: Settings, *, demonstration: bool = True
) -> Iterator[tuple[str, list[Any]]]:
    with free_port("127.0.0.1", 0) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = application(
            settings,
            secrets,
            lambda login: cluster.server.dsn(login, password_of(secrets.database, login)),
            Issuer(base_url),
            demonstration=demonstration,
        )
        ready = threading.Event()
        stopping = threading.Event()

        async def main() -> None:
            async def tell() -> None:
                ready.set()

            serving = asyncio.create_task(serve(app, listener, settings.limits, tell))
            while not stopping.is_set() and not serving.done():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

        thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
        thread.start()
        assert ready.wait(30), "the server did not start"
        try:
            yield base_url, list(app.routes)
        finally:
            stopping.set()
            thread.join(15)
