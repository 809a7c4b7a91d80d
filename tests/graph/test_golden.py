"""The golden SQL is what runs, and it names nothing that its audience may never see."""

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from loaders.nouns import BY_TABLE
from loaders.policy.doors import column_rule
from loaders.postgres.logins import login_of
from schema.tables.columns import metadata
from schema.vocabulary import Audience, Category
from tests.cluster import Cluster
from tests.graph.golden import FOLDER, cases, expected

# SQLAlchemy names a table's place in a statement `table_N`.
NAMED = re.compile(r"\b([a-z_]+?)_\d+\.\"?([a-z_]+)\"?")
FILES = sorted(FOLDER.glob("*/*.sql"))


def _named(sql: str) -> set[tuple[str, str]]:
    """The columns that a statement names, by table."""
    found = {(table, column) for table, column in NAMED.findall(sql) if table in metadata.tables}
    assert found
    return found


@pytest.mark.parametrize("case", cases())
def test_the_golden_sql_is_what_runs(case: str) -> None:
    made = {f"{audience.value}.sql": text for audience, text in expected(case).items()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / case).glob("*.sql")}
    assert set(committed) == set(made), "run `python -m tests.graph.golden`, and review the change"
    for name, text in made.items():
        assert committed[name] == text, f"{name}: run `python -m tests.graph.golden`, and review the change"
    assert made


def test_every_audience_that_asks_for_rows_is_in_the_golden_folder() -> None:
    # The other two have no rows but the directory's: they are asked for figures.
    assert {path.stem for path in FILES} | {"ONP", "ORG_OBSERVATORY", "ORG_DLPM", "ANA"} == {
        audience.value for audience in Audience
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_statement_names_a_column_withheld_from_its_audience(path: Path) -> None:
    audience = Audience(path.stem)
    for table, column in _named(path.read_text()):
        noun = BY_TABLE.get(table)
        if noun is None or metadata.tables[table].c[column].info["category"] is Category.KEY:
            continue
        assert column_rule(audience, noun, column) is not None, f"{table}.{column}"


def test_postgresql_grants_each_audience_what_its_statements_name(cluster: Cluster) -> None:
    async def missing() -> list[str]:
        connection = await asyncpg.connect(cluster.admin)
        try:
            return [
                f"{path.parent.name}/{path.name}: {table}.{column}"
                for path in FILES
                for table, column in sorted(_named(path.read_text()))
                if not await connection.fetchval(
                    "SELECT has_column_privilege($1, $2, $3, 'SELECT')", login_of(Audience(path.stem)), table, column
                )
            ]
        finally:
            await connection.close()

    assert asyncio.run(missing()) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_values_are_bound_and_lists_are_arrays(path: Path) -> None:
    sql = path.read_text()
    assert "POSTCOMPILE" not in sql
    assert "a cursor" not in sql
    assert "00000000-0000-4000-8000" not in sql
    assert "2026-01-01" not in sql
    assert "CASE WHEN" in sql
    assert "standing($" in sql
