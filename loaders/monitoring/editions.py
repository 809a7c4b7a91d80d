"""Editions: the numbers of a year as they were when a part of it was over, taken once, of which every answer is made.

Two answers on two days about numbers that move tell what was entered in between, down to one case. So nobody is answered
from what the cases say today: who asks first after the end of a quarter has its totals taken, and after the end of the
year the whole year; from then on these are its figures, until a yearly report is corrected (docs/decisions/0042).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from loaders.monitoring.periods import IN_A_QUARTER, QUARTERS, Period

OF_QUARTERS = ("SITUATIONS", "CONTACTS")
"""The cubes of which a running year shows totals."""

_CELLS = """(SELECT coalesce(json_agg(c), '[]') FROM (
    SELECT cube, span, word, sum(amount) AS amount FROM monitoring_now
    WHERE place = at_place AND span BETWEEN begins AND ends[parts] AND (parts = cardinality(ends) OR cube = ANY ({cubes}))
    GROUP BY cube, span, word HAVING sum(amount) <> 0) c)"""
_PLACES = """(SELECT coalesce(json_agg(c), '[]') FROM (
    SELECT place, cube, word, sum(amount) AS amount FROM monitoring_now
    WHERE place > '' AND span BETWEEN begins AND ends[parts] AND at_place = '' AND parts = cardinality(ends)
    GROUP BY place, cube, word HAVING sum(amount) <> 0) c)"""

# The parts of a year that are over are numbered 1 to 4; an authority has whole years only, and another edition for every
# correction of the nation's report. A frozen report is itself what answers are made of: nothing more is taken of its year.
# On a standby nobody writes: it answers from what the primary has taken.
_TAKEN = f"""
CREATE OR REPLACE FUNCTION monitoring_taken(
  calendar text, of_year integer, at_place text, begins date, smallest text) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE ends date[]; parts integer; versions integer; wanted integer;
BEGIN
  ends := ARRAY(SELECT (begins + make_interval(months => {IN_A_QUARTER} * n))::date - 1 FROM generate_series(1, {QUARTERS}) n);
  SELECT count(*) INTO parts FROM unnest(ends) e (day) WHERE e.day < (now() AT TIME ZONE 'Europe/Paris')::date;
  SELECT coalesce(max(r.version), 0) INTO versions FROM yearly_report r WHERE r.kind = calendar AND r.year = of_year;
  wanted := parts + CASE WHEN at_place <> '' THEN greatest(versions - 1, 0) ELSE 0 END;
  IF parts > 0 AND (at_place = '' OR parts = cardinality(ends)) AND NOT (at_place = '' AND versions > 0)
    AND NOT pg_is_in_recovery()
    AND NOT EXISTS (SELECT FROM monitoring_edition e
                    WHERE (e.kind, e.year, e.place, e.number) = (calendar, of_year, at_place, wanted))
  THEN
    INSERT INTO monitoring_edition (kind, year, place, number, cells, places, thresholds)
    VALUES (calendar, of_year, at_place, wanted, {_CELLS.format(cubes=f"'{{{','.join(OF_QUARTERS)}}}'")}, {_PLACES}, smallest::json)
    -- Two that ask first at the same moment are told the same.
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN (SELECT json_agg(json_build_object('number', e.number, 'computed_at', e.taken_at, 'cells', e.cells,
            'places', e.places, 'thresholds', e.thresholds) ORDER BY e.number DESC)
          FROM monitoring_edition e WHERE (e.kind, e.year, e.place) = (calendar, of_year, at_place)
          AND (at_place <> '' OR versions = 0 OR e.number < cardinality(ends)));
END $$"""
_GUARD = """
CREATE OR REPLACE FUNCTION monitoring_edition_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'what was told never changes' USING ERRCODE = 'restrict_violation';
END $$"""
_TRIGGER = (
    "CREATE OR REPLACE TRIGGER monitoring_edition_kept BEFORE UPDATE OR DELETE ON monitoring_edition "
    "FOR EACH ROW EXECUTE FUNCTION monitoring_edition_guard()"
)

Edition = Mapping[str, Any]


def statements() -> list[str]:
    """The function that takes and tells editions, and what keeps them; safe to run again."""
    return [_TAKEN, _GUARD, _TRIGGER]


def of_whole_year(taken: Sequence[Edition]) -> list[Edition]:
    """Those of a year that is over, the newest first."""
    return [edition for edition in taken if edition["number"] >= QUARTERS]


def while_running(taken: Sequence[Edition], year: Period) -> Edition | None:
    """What a year told while it ran: each quarter as it was when it was first taken, whatever came later."""
    running = sorted((one for one in taken if one["number"] < QUARTERS), key=lambda one: int(one["number"]))
    if not running:
        return None
    starts = [first.isoformat() for _, first, _ in year.months]
    cells, told = [], 0
    for edition in running:
        after = edition["number"] * IN_A_QUARTER
        cells += [cell for cell in edition["cells"] if starts[told] <= cell["span"] < starts[after]]
        told = after
    return {"computed_at": running[-1]["computed_at"], "cells": cells, "places": []}
