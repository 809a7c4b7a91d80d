"""The clocks that the database keeps by itself: due moments in a zone, stored when what they are counted from is written.

Whoever writes the row, a command, a merge or an import, the moment is there, and an index leads to the next one. They
are `schema.deadlines` once more, in SQL; `tests/test_deadlines.py` compares both.
"""

import hashlib

from schema.deadlines import (
    ADDRESS_ANSWER_DAYS,
    ANSWER_MONTHS,
    MAJORITY_YEARS,
    MEASURE_REVIEW_MONTHS,
    PLACEMENT_DAYS,
    REPORT_HOURS,
)
from schema.vocabulary import ContactOutcome

PROSECUTOR = "3"
"""NATDECPLAC of CASF annexe 2-8: placed by the prosecutor's order."""


_INTERVAL = "make_interval({})"


def _end_of_day(day: str, authority: str, *after: str) -> str:
    """24:00 of a civil day in an authority's zone, after these intervals, one by one: months are clamped first."""
    zone = f"(SELECT a.timezone FROM public.authority a WHERE a.id = {authority})"
    return f"(({' + '.join((day, *after, _INTERVAL.format('days => 1')))}) AT TIME ZONE {zone})"


def _civil_day(instant: str, authority: str) -> str:
    return f"({instant} AT TIME ZONE (SELECT a.timezone FROM public.authority a WHERE a.id = {authority}))::date"


_TERM = " ".join(
    f"WHEN '{kind.value}' THEN {_INTERVAL.format(f'months => {count}')}"
    for kind, count in MEASURE_REVIEW_MONTHS.items()
)
_OWN = {
    "concern_report": {
        "sender_answer_due_at": _end_of_day(
            _civil_day("{row}.sent_at", "{row}.to_authority_id"),
            "{row}.to_authority_id",
            _INTERVAL.format(f"months => {ANSWER_MONTHS}"),
        )
    },
    "measure": {
        "placement_due_at": f"CASE WHEN {{row}}.placement = '{PROSECUTOR}' THEN "
        + _end_of_day("{row}.starts_on", "{row}.authority_id", _INTERVAL.format(f"days => {PLACEMENT_DAYS}"))
        + " END",
        "review_due_at": "least("
        + _end_of_day("{row}.starts_on", "{row}.authority_id", f"CASE {{row}}.decision {_TERM} END")
        + ", "
        + _end_of_day("{row}.ends_on", "{row}.authority_id")
        + ")",
    },
    "minor": {"majority_on": "({row}.birth_date + " + _INTERVAL.format(f"years => {MAJORITY_YEARS}") + ")::date"},
    "department_transfer": {
        "address_answer_due_at": _end_of_day(
            _civil_day("{row}.address_lost_at", "{row}.origin_authority_id"),
            "{row}.origin_authority_id",
            _INTERVAL.format(f"days => {ADDRESS_ANSWER_DAYS}"),
        )
    },
    # No report has left since; a report that leaves later looks for it (`reports_leave`). What only figures are made
    # of waits for nothing.
    "contact": {
        "report_due_at": f"CASE WHEN {{row}}.outcome = '{ContactOutcome.ANSWERED_IP.value}' AND EXISTS (SELECT FROM "
        "public.situation s WHERE s.id = {row}.situation_id AND s.retention_state IN ('ACTIVE', 'INTERMEDIATE')) "
        "AND NOT EXISTS (SELECT FROM public.concern_report r "
        "WHERE r.situation_id = {row}.situation_id AND r.sent_at >= {row}.at) "
        f"THEN {{row}}.at + {_INTERVAL.format(f'hours => {REPORT_HOURS}')} END"
    },
}
# What a due moment is counted from.
_COUNTED_FROM = {
    "concern_report": "sent_at, to_authority_id",
    "measure": "starts_on, ends_on, decision, placement, authority_id",
    "department_transfer": "address_lost_at, origin_authority_id",
    "minor": "birth_date",
    "contact": "at, outcome, situation_id",
}
_CONTACT = _OWN["contact"]["report_due_at"].format(row="c")
_REPORTS_LEAVE = f"""
CREATE OR REPLACE FUNCTION reports_leave() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.contact c SET report_due_at = {_CONTACT}
  WHERE c.situation_id = NEW.situation_id AND c.outcome = '{ContactOutcome.ANSWERED_IP.value}'
  AND c.report_due_at IS DISTINCT FROM {_CONTACT};
  RETURN NULL;
END $$"""


def _function(table: str) -> str:
    # Who anonymises a case writes contacts, and reads no report.
    definer = " SECURITY DEFINER" if table == "contact" else ""
    lines = "\n".join(f"  NEW.{name} := {value.format(row='NEW')};" for name, value in _OWN[table].items())
    return f"""
CREATE OR REPLACE FUNCTION clocks_of_{table}() RETURNS trigger
LANGUAGE plpgsql{definer} SET search_path = pg_catalog, public AS $$
BEGIN
{lines}
  RETURN NEW;
END $$"""


def _rebuilt(table: str) -> str:
    changes = ", ".join(f"{name} = {value.format(row='t')}" for name, value in _OWN[table].items())
    differs = " OR ".join(f"t.{name} IS DISTINCT FROM {value.format(row='t')}" for name, value in _OWN[table].items())
    return f"  UPDATE public.{table} t SET {changes} WHERE {differs};"


_REBUILD = f"""
CREATE OR REPLACE FUNCTION refresh_clocks_all() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  -- No event of any row (loaders/events/outbox.py).
  PERFORM set_config('maillage.rebuilding', 'on', true);
{chr(10).join(map(_rebuilt, _OWN))}
  PERFORM set_config('maillage.rebuilding', '', true);
END $$"""

BUILT_WITH = "SELECT obj_description(to_regprocedure('refresh_clocks_all()'), 'pg_proc')"


def statements() -> list[str]:
    """The functions and triggers; safe to run again."""
    return [
        *map(_function, _OWN),
        _REPORTS_LEAVE,
        *(
            f"CREATE OR REPLACE TRIGGER clocks BEFORE INSERT OR UPDATE OF {columns} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION clocks_of_{table}()"
            for table, columns in _COUNTED_FROM.items()
        ),
        "CREATE OR REPLACE TRIGGER reports_leave AFTER INSERT OR UPDATE OF sent_at ON concern_report "
        "FOR EACH ROW WHEN (NEW.sent_at IS NOT NULL) EXECUTE FUNCTION reports_leave()",
    ]


def rebuilding() -> list[str]:
    """Compute every clock afresh, and say with which definition."""
    return [_REBUILD, "SELECT refresh_clocks_all()", f"COMMENT ON FUNCTION refresh_clocks_all() IS '{fingerprint()}'"]


def fingerprint() -> str:
    """Which definition the stored moments were made with."""
    return hashlib.sha256("\n".join([*statements(), _REBUILD]).encode()).hexdigest()
