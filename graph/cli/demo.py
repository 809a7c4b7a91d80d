"""`python -m graph demo`: everything at once, with synthetic data."""

import asyncio
import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from auth.oauth.issuer import Issuer
from dashboard import charts
from graph import lines
from graph.app import application
from graph.cli.options import DataOption, PortOption, settings_of
from graph.cli.telling import aside
from graph.database import must_be_free, running
from graph.demonstration import demo_card
from graph.http.serving import free_port, serve, settle
from graph.settings import Secrets
from schema.errors import SetupError


def demo(
    port: PortOption = None,
    data: DataOption = None,
    scale: Annotated[int, typer.Option(min=1, max=20_000, help="How many times the first year's 143 situations.")] = 1,
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw the demonstration's data away and start afresh.")
    ] = False,
    on_this_server: Annotated[
        bool, typer.Option("--on-this-server", help="Fill the PostgreSQL of MAILLAGE_DSN with invented people.")
    ] = False,
) -> None:
    """Start everything with synthetic data: embedded PostgreSQL, migrations, server; Ctrl-C stops it all."""
    lines.configure()
    settings = settings_of(data, port)
    if settings.dsn is not None and not on_this_server:
        # An empty database may be the real network's, an hour before it opens.
        raise SetupError(
            "MAILLAGE_DSN names a server of your own, and a demonstration would fill it with invented people and cases: "
            "unset it, or say --on-this-server."
        )
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
            filling = await _filling(settings.data, scale)
            try:
                # Its schemas take as long as the data of the first year: both at once.
                server = application(settings, secrets, database.dsn_of, Issuer(base_url), demonstration=True)
                clients = await _filled(filling)
            finally:
                if filling.returncode is None:
                    filling.kill()
                    await filling.wait()

            async def ready() -> None:
                settle()
                charts.warm_up()
                card = demo_card.write_card(settings.data, base_url, clients)
                demo_card.show(Console(), card, settings.data)
                aside.print(f"\nReady in {(datetime.now(UTC) - started).total_seconds():.1f} s.")

            await serve(server, listener, settings.limits, ready)

        try:
            uvloop.run(main())
        finally:
            (settings.data / "demo.json").unlink(missing_ok=True)


async def _filling(data: Path, scale: int) -> asyncio.subprocess.Process:
    words = ("demo-data", "--data", str(data), "--scale", str(scale))
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "graph", *words, stdout=asyncio.subprocess.PIPE)


async def _filled(filling: asyncio.subprocess.Process) -> list[dict[str, Any]]:
    said, _ = await filling.communicate()
    if filling.returncode:
        # It has said why.
        raise typer.Exit(1)
    clients: list[dict[str, Any]] = json.loads(said)
    return clients


def _throw_away(data: Path) -> None:
    # Only what a demonstration makes: a mistyped --data must not cost anybody a folder.
    known = {"postgres", "postgres.socket", "secrets", "keys", "demo.json", "demo.tmp", "server.json"}
    strangers = [path.name for path in data.iterdir() if path.name not in known]
    if strangers:
        raise SetupError(
            f"{data} holds files that no demonstration made ({', '.join(sorted(strangers)[:3])}): not removed."
        )
    shutil.rmtree(data)
