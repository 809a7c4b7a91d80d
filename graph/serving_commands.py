"""The server's command line: `serve`, `migrate`, and `lapse` for what runs out."""

import asyncio
import socket
from datetime import UTC, datetime
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from auth.oauth.issuer import Issuer
from dashboard import charts
from graph import lines
from graph.app import application
from graph.database import Database, on_connection, running
from graph.options import DataOption, PortOption, settings_of
from graph.serving import free_port, serve, settle
from graph.settings import Secrets, Settings
from graph.workers import Inherited, Workers
from loaders import logins
from loaders.database import prepare
from loaders.in_the_clear import seal_what_is_clear
from loaders.lapses import lapse
from loaders.readiness import must_be_ready

console = Console(stderr=True)


def serve_command(
    port: PortOption = None,
    data: DataOption = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that serve; one per core at most.")] = 1,
    inherit: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve an existing database (settings MAILLAGE_DSN, MAILLAGE_ISSUER...; without a DSN the embedded server)."""
    lines.configure()
    settings = settings_of(data, port)
    secrets = Secrets.of(settings)
    if inherit is not None:
        inherited = Inherited.of(inherit)
        with running(settings, secrets) as database:
            _serve(settings, secrets, database, inherited.listener, inherited)
        return
    with free_port(settings.host, settings.port) as listener, running(settings, secrets) as database:
        asyncio.run(must_be_ready(database.dsn_of(logins.COMMANDS)))
        if workers == 1:
            _serve(settings, secrets, database, listener)
            return
        console.print(f"Serving {_issuer(settings, listener).api} with {workers} processes")
        Workers(workers, listener, ["--data", str(settings.data)]).run()


def _issuer(settings: Settings, listener: socket.socket) -> Issuer:
    return Issuer(settings.issuer or f"http://{settings.host}:{listener.getsockname()[1]}")


def _serve(
    settings: Settings,
    secrets: Secrets,
    database: Database,
    listener: socket.socket,
    inherited: Inherited | None = None,
) -> None:
    issuer = _issuer(settings, listener)

    async def ready() -> None:
        settle()
        charts.warm_up()
        if inherited is None:
            console.print(f"Serving {issuer.api}")

    async def main() -> None:
        if inherited is not None:
            inherited.follow()
        await serve(application(settings, secrets, database.dsn_of, issuer), listener, settings.limits, ready)

    uvloop.run(main())


def migrate(data: DataOption = None) -> None:
    """Bring the database to this version: migrations, functions, grants, row policies. Safe to run again."""
    settings = settings_of(data)
    secrets = Secrets.of(settings)
    with running(settings, secrets) as database:
        asyncio.run(prepare(database.admin, secrets.database, datetime.now(UTC).date()))
        sealed = asyncio.run(seal_what_is_clear(database.admin, secrets.keyring))
    if sealed:
        console.print(f"{sealed} rows that were in the clear are sealed.")
    console.print("The database is up to date.")


def lapse_command(data: DataOption = None) -> None:
    """Write down which sharings have expired; say which exceptional accesses wait too long for somebody."""
    settings = settings_of(data)
    secrets = Secrets(settings.data / "secrets")
    with running(settings, secrets) as database:
        found = asyncio.run(on_connection(database.dsn_of(logins.COMMANDS), lapse))
    console.print(
        f"{found.grants} sharings have expired; {found.unconfirmed} exceptional accesses were never confirmed, "
        f"{found.unreviewed} were not reviewed in time."
    )


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("serve")(serve_command)
    app.command()(migrate)
    app.command("lapse")(lapse_command)
