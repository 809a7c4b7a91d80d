"""Every table explains itself, and every column has exactly one category: a column nobody decided about cannot exist."""

from typing import Any

import pytest
from sqlalchemy import Column, Table

from schema.tables import metadata
from schema.vocabulary import Category
from tests.matrix_columns import GROUP_OF_COLUMN

TABLES = metadata.sorted_tables
COLUMNS = [column for table in TABLES for column in table.c]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_a_primary_key_and_says_what_it_is(table: Table) -> None:
    assert list(table.primary_key.columns)
    assert table.comment
    assert table.comment.strip()


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_a_column_has_one_category_and_a_comment(column: Column[Any]) -> None:
    assert isinstance(column.info.get("category"), Category)
    assert column.comment
    assert column.comment.strip()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_protected_column_has_the_group_the_data_model_gives_it(table: Table) -> None:
    """Typed from the data model, not from the tables: a column moved to a milder group is seen here."""
    declared = {
        column.name: column.info["category"].value for column in table.c if column.info["category"] is not Category.KEY
    }
    assert declared == GROUP_OF_COLUMN.get(table.name, {})


@pytest.mark.parametrize("column", [c for c in COLUMNS if c.info.get("category") is Category.KEY], ids=str)
def test_a_key_holds_no_words(column: Column[Any]) -> None:
    """What is called a key is shown wherever its row is, so it may be an id, never a text about somebody."""
    technical = {
        "webhook",
        "webhook_delivery",
        "feed",
        "feed_row",
        "reach",
        "outbox",
        "oauth_client",
        "client_key",
        "client_secret",
        "signing_key",
        "oauth_token",
        "oauth_jti",
    }
    technical |= {
        "outbox_head",
        "case_access",
        "ledger_link",
        "ledger_unsealed",
        "journal_seal",
        "chain_sealed",
        "idempotency",
        "monitoring_cell",
        "monitoring_part",
        "monitoring_mark",
    }
    assert column.table.name in technical or column.foreign_keys or column.primary_key
