"""`python -m graph migrate`: the database at the version of this code."""

import asyncio
from datetime import UTC, datetime

from graph.cli.options import DataOption
from graph.cli.place import place
from graph.cli.telling import aside
from loaders.sealed.in_the_clear import seal_what_is_clear
from loaders.setup.database import prepare


def migrate(data: DataOption = None) -> None:
    """Bring the database to this version: migrations, functions, grants, row policies. Safe to run again."""
    with place(data, founding=True) as here:
        asyncio.run(prepare(here.database.admin, here.secrets.database, datetime.now(UTC).date()))
        sealed = asyncio.run(seal_what_is_clear(here.database.admin, here.secrets.keyring))
    if sealed:
        aside.print(f"{sealed} rows that were in the clear are sealed.")
    aside.print("The database is up to date.")
