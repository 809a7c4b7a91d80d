"""What a demonstration needs before it serves, in a process of its own: the one that serves never holds Alembic and the generator."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
import uvloop

from graph import lines
from graph.cli.options import DataOption, settings_of
from graph.cli.telling import aside
from graph.database import running
from graph.demonstration import demo
from graph.settings import Secrets
from loaders.sealed.in_the_clear import seal_what_is_clear
from loaders.setup.database import prepare


def demo_data(
    data: DataOption = None, scale: Annotated[int, typer.Option(min=1, help="How many times the first year.")] = 1
) -> None:
    """Migrate the database that runs in this folder, fill it where it is empty, and print its clients as JSON."""
    lines.configure()
    settings = settings_of(data, None)
    secrets = Secrets.of(settings)

    with running(settings, secrets) as database:

        async def filled() -> list[dict[str, Any]]:
            await prepare(database.admin, secrets.database, datetime.now(UTC).date())
            await seal_what_is_clear(database.admin, secrets.keyring)
            return await demo.fill(database.admin, secrets, settings.data / "keys", scale=scale, console=aside)

        typer.echo(json.dumps(uvloop.run(filled())))


__all__ = ["demo_data"]
