"""Every column has a decision for the day its case is anonymised, and what remains is exactly what was decided."""

import pytest
from sqlalchemy import Column, DateTime

from loaders.retention.case_files import CASE_TABLES
from schema.retention import CODING, COPIED, KEPT_UNTIL, Fate, fate, kept_columns
from schema.tables import metadata
from schema.vocabulary import Category

# Typed from docs/retention.md: what is left of a case, `~` for the month of a moment, `*` for a new random value.
REMAINS = {
    "situation": "ref* controller_org_id opened_at~ closed_at~ status urgency known_to_cp known_source",
    "minor": "age_band gender",
    "contact": "controller_org_id at~ channel direction outcome caller_category caller_category_public",
    "problematic": "kind value at~",
    "sensitive_problematic": "kind value at~",
    "dlpm_action": "kind at~",
}
SIGNS = {Fate.KEPT: "", Fate.COARSE: "~", Fate.RENEWED: "*"}
COLUMNS = [column for table in metadata.sorted_tables for column in table.c]


@pytest.mark.parametrize("category", Category)
def test_a_category_has_a_decision(category: Category) -> None:
    assert category in CODING


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_a_column_has_a_decision(column: Column[object]) -> None:
    assert isinstance(fate(column), Fate)


def test_a_column_of_an_undecided_category_cannot_be_decided() -> None:
    column: Column[object] = Column("x", DateTime, info={"category": "G99"})
    with pytest.raises(KeyError):
        fate(column)


def test_what_remains_of_a_case_is_what_the_document_says() -> None:
    remains = {
        table.name: " ".join(name + SIGNS[found] for name, found in kept_columns(table).items())
        for table in metadata.sorted_tables
        if kept_columns(table)
    }
    assert remains == REMAINS
    assert set(remains) == COPIED


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_a_table_belongs_to_a_case_or_says_until_when_it_is_kept(table: object) -> None:
    name = getattr(table, "name", "")
    assert (table in CASE_TABLES) + (name in KEPT_UNTIL) + (name == "subject_request") == 1


def test_no_text_about_a_person_remains() -> None:
    for table in metadata.sorted_tables:
        for name in kept_columns(table):
            column = table.c[name]
            assert column.info["category"] not in {
                Category.FULL_IDENTITY, Category.PARENTS, Category.CALLER_IDENTITY, Category.LISTENING_NOTES, Category.REPORT_TEXT,
                Category.JURISDICTIONS, Category.REFERRALS, Category.ASSOCIATION_NOTES, Category.LIVE_DANGER,
            }  # fmt: skip
