"""`python -m graph demo`: everything at once, with synthetic data."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from auth.oauth.issuer import Issuer
from dashboard import charts
from graph import demo as demonstration
from graph import lines
from graph.app import application
from graph.cli.options import DataOption, PortOption, settings_of
from graph.cli.telling import aside
from graph.database import must_be_free, running
from graph.serving import free_port, serve, settle
from graph.settings import Secrets
from loaders.database import prepare
from loaders.in_the_clear import seal_what_is_clear
from schema.errors import SetupError


def demo(
    port: PortOption = None,
    data: DataOption = None,
    scale: Annotated[int, typer.Option(min=1, max=20_000, help="How many times the first year's 143 situations.")] = 1,
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw the demonstration's data away and start afresh.")
    ] = False,
) -> None:
    """Start everything with synthetic data: embedded PostgreSQL, migrations, server; Ctrl-C stops it all."""
    lines.configure()
    settings = settings_of(data, port)
    must_be_free(settings.data)
    if reset and settings.data.exists():
        _throw_away(settings.data)
    started = datetime.now(UTC)
    secrets = Secrets.of(settings)
    (settings.data / "demo.json").unlink(missing_ok=True)
    with (
        aside.status("PostgreSQL starts…"),
        free_port(settings.host, settings.port) as listener,
        running(settings, secrets, founding=True) as database,
    ):
        base_url = f"http://{settings.host}:{listener.getsockname()[1]}"

        async def main() -> None:
            await prepare(database.admin, secrets.database, started.date())
            await seal_what_is_clear(database.admin, secrets.keyring)
            clients = await demonstration.fill(
                database.admin, secrets, settings.data / "keys", scale=scale, console=aside
            )
            server = application(settings, secrets, database.dsn_of, Issuer(base_url), demonstration=True)

            async def ready() -> None:
                settle()
                charts.warm_up()
                card = demonstration.write_card(settings.data, base_url, clients)
                demonstration.show(Console(), card, settings.data)
                aside.print(f"\nReady in {(datetime.now(UTC) - started).total_seconds():.1f} s.")

            await serve(server, listener, settings.limits, ready)

        try:
            uvloop.run(main())
        finally:
            (settings.data / "demo.json").unlink(missing_ok=True)


def _throw_away(data: Path) -> None:
    # Only what a demonstration makes: a mistyped --data must not cost anybody a folder.
    known = {"postgres", "postgres.socket", "secrets", "keys", "demo.json", "demo.tmp", "server.json"}
    strangers = [path.name for path in data.iterdir() if path.name not in known]
    if strangers:
        raise SetupError(
            f"{data} holds files that no demonstration made ({', '.join(sorted(strangers)[:3])}): not removed."
        )
    shutil.rmtree(data)
