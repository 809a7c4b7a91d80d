"""The commands that keep data as long as the law says and no longer: `data-keys ...` and `retention`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from graph.database import Database, on_engine, running
from graph.options import DataOption, settings_of
from graph.settings import Secrets
from loaders import key_rotation, logins
from loaders.keyring import Keyring
from loaders.retention.rules import RULES
from loaders.retention.run import Done, Due, carry_out, overview
from loaders.retention.terms import End, Terms

data_keys_app = typer.Typer(no_args_is_help=True, help="The keys that seal callers and listening notes.")


@contextmanager
def progress_to(console: Console, title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal, as `told(done, total)`."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@data_keys_app.command("init")
def init_keys(data: DataOption = None) -> None:
    """Make the first key-encryption key of a new database; a folder that has keys is left as it is."""
    settings = settings_of(data)
    keyring = Keyring(settings.data_keys or settings.data / "secrets" / "data-keys")
    keyring.create_first()
    Console(stderr=True).print(
        f"Version {keyring.newest()[0]} wraps. Back up {keyring.folder} apart from the database."
    )


@data_keys_app.command("rotate")
def rotate_keys(data: DataOption = None) -> None:
    """Make a new key-encryption key and wrap every data key by it, while the service runs; goes on where it was killed."""
    settings = settings_of(data)
    secrets = Secrets.of(settings)
    console = Console(stderr=True)
    today = datetime.now(UTC).date()
    with running(settings, secrets) as database, progress_to(console, "Data keys") as told:
        backups = timedelta(days=settings.backup_days)
        done = on_engine(
            database.dsn_of(logins.COMMANDS),
            lambda engine: key_rotation.rotate(engine, secrets.keyring, today, backups, told),
        )
    out = Console(highlight=False)
    out.print(f"Version {done.version} wraps now; {done.rewrapped} data keys were wrapped anew.")
    for version in done.retired:
        out.print(f"Version {version} is retired: it only opens backups, for {settings.backup_days} days more.")
    for version in done.destroyed:
        out.print(f"Version {version} is destroyed: what only it opened is gone from every backup.")
    if done.unreadable:
        out.print(f"{done.unreadable} data keys cannot be opened: restore the key-encryption key that wrapped them.")
        raise typer.Exit(1)


@data_keys_app.command("status")
def keys_status(data: DataOption = None) -> None:
    """Say which versions there are, and how many data keys each one wraps."""
    settings = settings_of(data)
    secrets = Secrets.of(settings)
    with running(settings, secrets) as database:
        used = on_engine(database.dsn_of(logins.COMMANDS), key_rotation.in_use)
    table = Table(title="Key-encryption keys", title_justify="left")
    for heading in ("version", "state", "data keys"):
        table.add_column(heading)
    states: dict[int, str] = {version: f"retired {day}" for version, (day, _) in secrets.keyring.retired().items()}
    live = secrets.keyring.live()
    states |= {version: "wraps" if version == max(live) else "opens" for version in live}
    for version in sorted(states.keys() | used.keys()):
        table.add_row(str(version), states.get(version, "MISSING"), str(used.get(version, 0)))
    Console().print(table)


# ---------------------------------------------------------------- retention


def retention_command(
    data: DataOption = None,
    apply: Annotated[bool, typer.Option("--apply/--dry-run", help="Do it; else only say what would be done.")] = False,
) -> None:
    """Say what the retention rules would do now, or do it: in batches, safe to kill and to run again."""
    settings = settings_of(data)
    terms = settings.terms
    secrets = Secrets.of(settings)
    now = datetime.now(UTC)
    out = Console(highlight=False)
    with running(settings, secrets) as database:
        found = on_engine(database.dsn_of(logins.RETENTION), lambda engine: overview(engine, now, terms))
        out.print(_explained(found))
        _tell_figures(out, found, terms)
        if not apply:
            out.print("Nothing was changed: --apply does it.")
            return
        done = _applied(database, now, terms)
    out.print(_proved(done))
    if any(one.rule.code == "END" and one.rows for one in done):
        out.print(
            "Data keys were destroyed in the database. Backups lose them with the key-encryption key that wrapped "
            f"them: `data-keys rotate` now, and again after {settings.backup_days} days."
        )


def _applied(database: Database, now: datetime, terms: Terms) -> list[Done]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = {rule.code: progress.add_task(rule.code, total=None, visible=False) for rule in RULES}

        def told(rule: str, done: int, total: int) -> None:
            progress.update(tasks[rule], completed=done, total=total, visible=True)

        return on_engine(database.dsn_of(logins.RETENTION), lambda engine: carry_out(engine, now, terms, told))


def _explained(found: list[Due]) -> Table:
    table = Table(title="Retention: what is due", title_justify="left")
    for heading in ("rule", "what it does", "due", "held", "oldest since"):
        table.add_column(heading)
    for due in found:
        oldest = "" if due.oldest is None else f"{due.oldest:%Y-%m-%d}"
        table.add_row(due.rule.code, due.rule.sentence, str(due.rows - due.held), str(due.held), oldest)
    return table


def _proved(done: list[Done]) -> Table:
    table = Table(title="Retention: what was done", title_justify="left")
    for heading in ("rule", "rows", "held", "proof"):
        table.add_column(heading)
    for one in done:
        table.add_row(one.rule.code, str(one.rows), str(one.held), one.proof[:16])
    return table


def _tell_figures(out: Console, found: list[Due], terms: Terms) -> None:
    ending = sum(due.rows - due.held for due in found if due.rule.code == "END")
    if not ending:
        return
    if terms.end is End.DELETE:
        out.print(f"{ending} situations leave every figure of the periods in which they were opened.")
    else:
        out.print(
            f"{ending} situations stay in the national figures, but for departments and mean age; they leave the figures "
            "of each authority."
        )


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(data_keys_app, name="data-keys")
    app.command("retention")(retention_command)


__all__: list[Any] = ["register"]
