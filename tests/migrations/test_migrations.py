"""The numbered migrations give exactly the tables of the code, and their head is written down."""

import ast
import inspect
import re
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from loaders.postgres.dsn import async_url
from loaders.setup.database import alembic_config
from schema.tables import metadata
from tests.cluster import Cluster

HEAD = Path(__file__).resolve().parents[2] / "migrations" / "head"


def test_the_head_file_names_the_only_head() -> None:
    # Two branches that both add a migration then conflict in this file, where somebody sees it.
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [HEAD.read_text().strip()]


# What tables get in addition: statements of code that does not know of it go on as before. A column has to be one that
# an insert may leave out, a constraint or another type is none of this.
_ADDING = frozenset({"create_table", "add_column", "create_index"})


def test_a_migration_that_older_code_serves_only_adds() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    serving = [one for one in script.walk_revisions() if getattr(one.module, "older_code_serves", False)]
    assert all(refusals(inspect.getsource(one.module)) == [] for one in serving)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('op.add_column("referral", sa.Column("word", sa.Text()))', []),
        ('op.add_column("referral", sa.Column("word", sa.Text(), nullable=False, server_default="x"))', []),
        ('op.add_column("referral", sa.Column("word", sa.Text(), nullable=False))', ["add_column"]),
        ('op.create_index("ix", "referral", ["word"])', []),
        ('op.create_index("ix", "referral", ["word"], unique=True)', ["create_index"]),
        ('op.drop_column("referral", "word")', ["drop_column"]),
        ('op.execute("DROP TABLE referral")', ["execute"]),
        ("op.execute(\"SET LOCAL statement_timeout = '10min'\")", []),
    ],
)
def test_what_does_more_than_add_is_found(line: str, found: list[str]) -> None:
    assert refusals(line) == found


def refusals(source: str) -> list[str]:
    """The operations of a migration that are more than an addition."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    operations = [
        (call.func.attr, ast.unparse(call))
        for call in calls
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "op" and call.func.attr != "f"
    ]
    return [name for name, text in operations if not _adds(name, text)]


def _adds(name: str, text: str) -> bool:
    if name == "execute":
        return text.startswith('op.execute("SET LOCAL')
    must_be_filled = name == "add_column" and "nullable=False" in text and "server_default" not in text
    return name in _ADDING and not must_be_filled and "unique=True" not in text


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True, "include_object": _ours})
    return list(compare_metadata(context, metadata))


def _ours(_: object, name: str | None, kind: str, *__: object) -> bool:
    # The log's monthly partitions are made by `migrate`, not by a numbered file.
    return not (name or "").startswith("access_log_") and not (kind == "index" and "access_log_" in (name or ""))


async def test_the_migrated_database_has_exactly_the_tables_of_the_code(cluster: Cluster) -> None:
    engine = create_async_engine(async_url(cluster.admin), poolclass=NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


_CHECKED = """
SELECT c.conname AS name, pg_get_constraintdef(c.oid) AS says FROM pg_constraint c
WHERE c.contype = 'c' AND c.connamespace = 'public'::regnamespace"""


async def test_the_database_checks_every_condition_of_the_code_and_every_word(cluster: Cluster) -> None:
    connection = await asyncpg.connect(cluster.admin)
    try:
        found = {row["name"]: row["says"] for row in await connection.fetch(_CHECKED)}
    finally:
        await connection.close()
    for table in metadata.sorted_tables:
        checks = [*table.constraints, *(check for column in table.c for check in column.constraints)]
        names = {str(check.name) for check in checks if isinstance(check, CheckConstraint)}
        assert names <= found.keys(), table.name
        for column in table.c:
            words = {word.value for word in column.info.get("words", ())}
            if words:
                assert set(re.findall(r"'([^']+)'", found[f"ck_{table.name}_{column.name}_known"])) == words, column
