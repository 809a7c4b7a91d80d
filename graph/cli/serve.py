"""`python -m graph serve`: the service, on an existing database."""

import asyncio
import socket
from typing import Annotated

import typer
import uvloop

from auth.oauth.issuer import Issuer
from dashboard import charts
from graph import lines
from graph.app import application
from graph.cli.options import DataOption, PortOption, settings_of
from graph.cli.telling import aside
from graph.database import Database, running
from graph.http.serving import free_port, serve, settle
from graph.http.workers import Inherited, Workers
from graph.settings import Secrets, Settings
from loaders.postgres import logins
from loaders.setup.readiness import must_be_ready


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
        aside.print(f"Serving {_issuer(settings, listener).api} with {workers} processes")
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
            aside.print(f"Serving {issuer.api}")

    async def main() -> None:
        if inherited is not None:
            inherited.follow()
        await serve(application(settings, secrets, database.dsn_of, issuer), listener, settings.limits, ready)

    uvloop.run(main())
