"""`python -m graph data-keys ...`: the keys that seal callers and listening notes."""

from datetime import UTC, datetime, timedelta

import typer
from rich.console import Console
from rich.table import Table

from graph.cli.options import DataOption, settings_of
from graph.cli.place import place
from graph.cli.telling import aside, progress
from loaders.sealed import key_rotation
from loaders.sealed.keyring import Keyring

data_keys_app = typer.Typer(no_args_is_help=True, help="The keys that seal callers and listening notes.")


@data_keys_app.command("init")
def init_keys(data: DataOption = None) -> None:
    """Make the first key-encryption key of a new database; a folder that has keys is left as it is."""
    settings = settings_of(data)
    keyring = Keyring(settings.data_keys or settings.data / "secrets" / "data-keys")
    keyring.create_first()
    aside.print(f"Version {keyring.newest()[0]} wraps. Back up {keyring.folder} apart from the database.")


@data_keys_app.command("rotate")
def rotate_keys(data: DataOption = None) -> None:
    """Make a new key-encryption key and wrap every data key by it, while the service runs; goes on where it was killed."""
    today = datetime.now(UTC).date()
    with place(data) as here, progress("Data keys") as told:
        backups, keyring = timedelta(days=here.settings.backup_days), here.secrets.keyring
        done = here.run(lambda engine: key_rotation.rotate(engine, keyring, today, backups, told))
    out = Console(highlight=False)
    out.print(f"Version {done.version} wraps now; {done.rewrapped} data keys were wrapped anew.")
    for version in done.retired:
        out.print(f"Version {version} is retired: it only opens backups, for {backups.days} days more.")
    for version in done.destroyed:
        out.print(f"Version {version} is destroyed: what only it opened is gone from every backup.")
    if done.unreadable:
        out.print(f"{done.unreadable} data keys cannot be opened: restore the key-encryption key that wrapped them.")
        raise typer.Exit(1)


@data_keys_app.command("status")
def keys_status(data: DataOption = None) -> None:
    """Say which versions there are, and how many data keys each one wraps."""
    with place(data) as here:
        used, keyring = here.run(key_rotation.in_use), here.secrets.keyring
    table = Table(title="Key-encryption keys", title_justify="left")
    for heading in ("version", "state", "data keys"):
        table.add_column(heading)
    states: dict[int, str] = {version: f"retired {day}" for version, (day, _) in keyring.retired().items()}
    live = keyring.live()
    states |= {version: "wraps" if version == max(live) else "opens" for version in live}
    for version in sorted(states.keys() | used.keys()):
        table.add_row(str(version), states.get(version, "MISSING"), str(used.get(version, 0)))
    Console().print(table)
