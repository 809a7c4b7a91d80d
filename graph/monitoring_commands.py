"""The commands of national monitoring: count the cases afresh, and compare figures with a scan of the cases."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from graph.database import running
from graph.keeping import DataOption, progress_to, settings_of
from graph.settings import Secrets
from loaders.monitoring.rebuilding import rebuild, verify

T = TypeVar("T")

monitoring_app = typer.Typer(no_args_is_help=True, help="The rollups behind national monitoring.")
_SHOWN = 20


def _run(dsn: str, work: Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[T]]) -> T:
    async def main() -> T:
        connection = await asyncpg.connect(dsn)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(main())


@monitoring_app.command("rebuild")
def rebuild_command(data: DataOption = None) -> None:
    """Count all cases afresh, while the service runs; killed in the middle, it goes on by itself."""
    settings = settings_of(data)
    console = Console(stderr=True)
    with running(settings, Secrets.of(settings)) as database, progress_to(console, "Situations") as told:
        counted = _run(database.admin, lambda connection: rebuild(connection, told))
    console.print(f"{counted} situations are counted.")


@monitoring_app.command("verify")
def verify_command(data: DataOption = None) -> None:
    """Compare every cell with a scan of the cases; ends with 1 where one differs, and names cells, never numbers."""
    settings = settings_of(data)
    console = Console(stderr=True)
    with running(settings, Secrets.of(settings)) as database:
        wrong = _run(database.admin, verify)
    if not wrong:
        console.print("Every cell says what the cases say.")
        return
    table = Table("cube", "place", "span", "word")
    for one in wrong[:_SHOWN]:
        table.add_row(one.cube, one.place or "nation", str(one.span), one.word)
    console.print(table, f"{len(wrong)} cells differ: `python -m graph monitoring rebuild` counts them afresh.")
    raise typer.Exit(1)
