"""The rows fit the tables, and each other."""

import asyncio

import asyncpg

from bench.synthetic.rows.batch import TABLES
from loaders.setup.reference import load_reference
from schema.reference import authorities, official_codes
from schema.tables import metadata
from tests.bench.synthetic.database import NOW, Database


def test_every_field_is_a_column_and_nothing_required_is_left_out() -> None:
    for kind, name in TABLES.items():
        columns = metadata.tables[name].columns
        assert set(kind._fields) <= set(columns.keys()), name
        left_out = {c.name for c in columns if not c.nullable and c.server_default is None} - set(kind._fields)
        assert left_out == set(), name


def test_every_foreign_key_points_at_a_row(db: Database) -> None:
    checked = 0
    for table in metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            pairs = [(element.parent.name, element.column.name) for element in constraint.elements]
            same = " AND ".join(f"p.{far} = c.{near}" for near, far in pairs)
            named = " AND ".join(f"c.{near} IS NOT NULL" for near, _ in pairs)
            orphans = db.value(
                f"SELECT count(*) FROM {table.name} c WHERE {named}"
                f" AND NOT EXISTS (SELECT 1 FROM {constraint.referred_table.name} p WHERE {same})"
            )
            assert orphans == 0, f"{table.name}.{pairs}"
            checked += 1
    assert checked > 60


def test_children_belong_to_the_situation_of_their_parent(db: Database) -> None:
    links = [
        ("caller", "contact_id", "contact"), ("listening_note", "contact_id", "contact"), ("concern_report", "origin_contact_id", "contact"),
        ("concern_report", "minor_id", "minor"), ("evaluation", "report_id", "concern_report"), ("concern_return", "report_id", "concern_report"),
        ("judicial_referral", "report_id", "concern_report"), ("concern_report", "complements_report_id", "concern_report"),
        ("referral", "minor_id", "minor"), ("follow_up", "referral_id", "referral"), ("association_note", "referral_id", "referral"),
        ("problematic", "minor_id", "minor"), ("sensitive_problematic", "minor_id", "minor"), ("parental_holder", "minor_id", "minor"),
        ("exploitation_fact", "minor_id", "minor"), ("sharing_grant", "duty_id", "information_duty"),
    ]  # fmt: skip
    for child, key, parent in links:
        assert db.value(f"SELECT count(*) FROM {child} WHERE {key} IS NOT NULL") > 0, child
        sql = f"SELECT c.id FROM {child} c JOIN {parent} p ON p.id = c.{key} WHERE p.situation_id <> c.situation_id"
        assert db.rows(sql) == [], child


def test_nothing_happened_after_now(db: Database) -> None:
    # Deadlines, and the last day of what runs, are the only moments that may lie ahead.
    ahead = {
        "due_at",
        "acknowledge_due_at",
        "evaluation_due_at",
        "return_due_at",
        "expires_at",
        "until",
        "ends_on",
        "valid_to",
        "window_ends_at",
    }
    for kind, name in TABLES.items():
        for field in kind._fields:
            if field in ahead or str(metadata.tables[name].columns[field].type) not in {"DATETIME", "DATE"}:
                continue
            late = db.value(
                f"SELECT count(*) FROM {name} WHERE {field} > $1",
                NOW if "at" in field or "valid" in field else NOW.date(),
            )
            assert late == 0, f"{name}.{field}"


def test_reference_tables_are_filled_and_filling_again_changes_nothing(db: Database) -> None:
    tables = ("department", "authority", "authority_department", "official_code", "conclusion_label")
    before = {table: db.rows(f"SELECT t.xmin::text, t::text FROM {table} t ORDER BY 2") for table in tables}
    assert [len(before[table]) for table in tables] == [101, len(authorities()), 102, len(official_codes()) - 7, 7]

    async def again() -> None:
        connection = await asyncpg.connect(db.dsn)
        await load_reference(connection)
        await connection.close()

    asyncio.run(again())
    assert {table: db.rows(f"SELECT t.xmin::text, t::text FROM {table} t ORDER BY 2") for table in tables} == before
