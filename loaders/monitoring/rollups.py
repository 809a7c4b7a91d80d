"""The rollups of the cubes: marked by triggers, counted afresh where marked, folded later by one process at a time.

A command pays one line in `monitoring_mark`, written by a trigger in its own transaction. `monitoring_now` is what readers
ask: the folded cells, plus what the marked situations add now, minus what they had added. So figures are exact at every
commit, no command waits for another on a number that everybody counts on, and folding changes no answer, only its time.
"""

import hashlib
from collections.abc import Mapping

from loaders.monitoring.cubes import CUBES, UNKNOWN_PLACE

# Two calendars are tiled by these spans: civil months begin on the 1st, months of the report's year on the 3rd.
SPAN = """
CREATE OR REPLACE FUNCTION monitoring_span(moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT date_trunc('month', moment AT TIME ZONE 'Europe/Paris')::date
  + CASE WHEN extract(day FROM moment AT TIME ZONE 'Europe/Paris') < 3 THEN 0 ELSE 2 END
$$"""

# One home per situation, the first known, so that departments add up to regions and regions to the nation.
_SITUATIONS = f"""
SELECT s.id, s.known_to_cp, s.qualification, monitoring_span(s.opened_at) AS span,
  coalesce(h.region_code, '{UNKNOWN_PLACE}') AS region, coalesce(h.code, '{UNKNOWN_PLACE}') AS department
FROM situation s LEFT JOIN LATERAL (
  SELECT d.code, d.region_code FROM situation_jurisdiction j JOIN department d ON d.code = j.department_code
  WHERE j.situation_id = s.id AND j.role = 'RESIDENCE' ORDER BY j.starts_at, j.id LIMIT 1) h ON true"""

_COLUMNS = "situation_id, cube, place, span, word, amount"
_MARKED = "ARRAY(SELECT k.situation_id FROM monitoring_mark k)"


def definition(among: str = "") -> str:
    """What every situation adds to every cell; `among` is an array of situations, in SQL."""
    # An array, because the planner then expects few: a page of marks must never read the whole table of situations.
    chosen = f" WHERE s.id = ANY ({among})" if among else ""
    branches = "\nUNION ALL ".join(cube.sql for cube in CUBES.values())
    return f"WITH s AS MATERIALIZED ({_SITUATIONS}{chosen})\nSELECT * FROM ({branches}) d ({_COLUMNS})"


_NOW = f"""
CREATE OR REPLACE VIEW monitoring_now AS
SELECT cube, place, span, word, amount FROM monitoring_cell
UNION ALL SELECT d.cube, d.place, d.span, d.word, d.amount FROM ({definition(_MARKED)}) d
UNION ALL SELECT c.cube, c.place, c.span, c.word, -u.amount FROM monitoring_part p
CROSS JOIN LATERAL unnest(p.cells, p.amounts) u (cell, amount) JOIN monitoring_cell c ON c.id = u.cell
WHERE p.situation_id = ANY ({_MARKED})"""

# What was counted depends on the present state of a situation alone, so to fold it twice is harmless; a change that commits
# meanwhile has its own mark. Deltas are taken from the very rows that become the new part.
_COUNT = f"""
CREATE OR REPLACE FUNCTION monitoring_count(marks bigint[], touched uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO monitoring_cell (cube, place, span, word)
  SELECT DISTINCT d.cube, d.place, d.span, d.word FROM ({definition("touched")}) d
  WHERE NOT EXISTS (SELECT 1 FROM monitoring_cell c WHERE (c.place, c.span, c.cube, c.word) = (d.place, d.span, d.cube, d.word));
  WITH fresh AS MATERIALIZED (
    SELECT d.situation_id, c.id AS cell, d.amount FROM ({definition("touched")}) d
    JOIN monitoring_cell c ON (c.place, c.span, c.cube, c.word) = (d.place, d.span, d.cube, d.word)
  ), former AS MATERIALIZED (
    SELECT p.situation_id, u.cell, u.amount FROM monitoring_part p
    CROSS JOIN LATERAL unnest(p.cells, p.amounts) u (cell, amount) WHERE p.situation_id = ANY (touched)
  ), delta AS (
    SELECT cell, sum(amount) AS amount FROM (
      SELECT cell, amount FROM fresh UNION ALL SELECT cell, -amount FROM former) x GROUP BY cell HAVING sum(amount) <> 0
  ), added AS (
    UPDATE monitoring_cell c SET amount = c.amount + d.amount FROM delta d WHERE d.cell = c.id
  ), gone AS (
    DELETE FROM monitoring_part p WHERE p.situation_id = ANY (touched)
    AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.situation_id = p.situation_id)
  ), spent AS (
    DELETE FROM monitoring_mark WHERE number = ANY (marks)
  )
  INSERT INTO monitoring_part AS p (situation_id, cells, amounts)
  SELECT situation_id, array_agg(cell ORDER BY cell), array_agg(amount ORDER BY cell) FROM fresh GROUP BY situation_id
  ON CONFLICT (situation_id) DO UPDATE SET cells = excluded.cells, amounts = excluded.amounts
  WHERE (p.cells, p.amounts) IS DISTINCT FROM (excluded.cells, excluded.amounts);
END $$"""

_FOLD = """
CREATE OR REPLACE FUNCTION monitoring_fold(at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE marks bigint[]; touched uuid[];
BEGIN
  IF NOT pg_try_advisory_xact_lock(7264521) THEN RETURN 0; END IF;
  SELECT array_agg(k.number), array_agg(DISTINCT k.situation_id) INTO marks, touched
  FROM (SELECT number, situation_id FROM monitoring_mark ORDER BY number LIMIT at_most) k;
  IF marks IS NULL THEN RETURN 0; END IF;
  PERFORM monitoring_count(marks, touched);
  RETURN cardinality(marks);
END $$"""

# Of a case that ends nothing stays, not even its id until the next folding.
_FORGET = """
CREATE OR REPLACE FUNCTION monitoring_forget(ended uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7264521);
  PERFORM monitoring_count(ARRAY(SELECT number FROM monitoring_mark WHERE situation_id = ANY (ended)), ended);
END $$"""

# To rebuild is to mark everything: readers stay exact meanwhile, and a rebuild that is killed goes on where it was.
_MARK_ALL = """
CREATE OR REPLACE FUNCTION monitoring_mark_all() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
WITH marked AS (INSERT INTO monitoring_mark (situation_id)
  SELECT id FROM situation UNION SELECT situation_id FROM monitoring_part RETURNING 1)
SELECT count(*) FROM marked
$$"""

# The cells as a scan of the cases counts them, against what readers are told.
_DIFFERENCES = f"""
CREATE OR REPLACE VIEW monitoring_difference AS
SELECT cube, place, span, word, sum(told) AS told, sum(true_) AS counted FROM (
  SELECT cube, place, span, word, amount AS told, 0 AS true_ FROM monitoring_now
  UNION ALL SELECT cube, place, span, word, 0, amount FROM ({definition()}) d) x
GROUP BY cube, place, span, word HAVING sum(told) <> sum(true_)"""

_TOUCHED = """
CREATE OR REPLACE FUNCTION monitoring_touched() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO monitoring_mark (situation_id) SELECT DISTINCT {key} FROM fresh;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO monitoring_mark (situation_id) SELECT DISTINCT {key} FROM former;
  ELSE
    INSERT INTO monitoring_mark (situation_id) SELECT {key} FROM fresh UNION SELECT {key} FROM former;
  END IF;
  RETURN NULL;
END $$"""

WATCHED: Mapping[str, str] = {
    "situation": "id",
    **dict.fromkeys(
        (
            "situation_jurisdiction",
            "minor",
            "contact",
            "problematic",
            "sensitive_problematic",
            "dlpm_action",
            "exploitation_fact",
            "concern_report",
            "concern_return",
            "referral",
            "information_duty",
        ),
        "situation_id",
    ),
}
"""The tables that a cube reads, and the column that names the situation."""

_SEEN_BY = {
    "INSERT": "REFERENCING NEW TABLE AS fresh",
    "DELETE": "REFERENCING OLD TABLE AS former",
    "UPDATE": "REFERENCING OLD TABLE AS former NEW TABLE AS fresh",
}


def _triggers() -> list[str]:
    made = []
    for table, key in WATCHED.items():
        function = "monitoring_touched" if key == "situation_id" else "monitoring_situation_touched"
        made += [
            f"CREATE OR REPLACE TRIGGER monitoring_after_{event.lower()} AFTER {event} ON {table} {seen} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            for event, seen in _SEEN_BY.items()
        ]
    return made


def fingerprint() -> str:
    """Which definition the rollups of a database were made with: another one means that they have to be rebuilt."""
    return hashlib.sha256(definition().encode()).hexdigest()


def rebuilding() -> list[str]:
    """Mark every case to be counted afresh, and say with which definition; readers see the new figures at once."""
    return [MARK_ALL, f"COMMENT ON VIEW monitoring_now IS '{fingerprint()}'"]


def statements() -> list[str]:
    """All of it, to run in this order; safe to run again."""
    touched = _TOUCHED.replace("{key}", "situation_id")
    situation_touched = _TOUCHED.replace("monitoring_touched", "monitoring_situation_touched").replace("{key}", "id")
    return [SPAN, _NOW, _COUNT, _FOLD, _FORGET, _MARK_ALL, _DIFFERENCES, touched, situation_touched, *_triggers()]


MARK_ALL = "SELECT monitoring_mark_all()"
FOLD = "SELECT monitoring_fold($1)"
WAITING = "SELECT count(*) FROM monitoring_mark"
DIFFERENCES = "SELECT cube, place, span, word, told, counted FROM monitoring_difference"
BUILT_WITH = "SELECT obj_description('monitoring_now'::regclass, 'pg_class')"
