"""The yearly report as it is kept: a draft is what the figures say now; frozen it never changes; published it is everybody's.

What is frozen are the numbers themselves. From then on every answer about that year, its quarters and its months is made of
them, so no two answers differ by the few cases that were entered in between. A correction is a new version.
The acts are in loaders/commands/yearly_report.py; here is what a version is made of, and what keeps it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from loaders.monitoring.archive import DLPM_TABLES, OPEN_TABLES, plain, state_of, version_of
from loaders.monitoring.authorities import BY_AUTHORITY
from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.document import Tallies, counting_statement, national_statement
from loaders.monitoring.lines import lines
from loaders.monitoring.national import answer
from loaders.monitoring.periods import Period
from schema.errors import DomainRefusalError
from schema.types.yearly import YearlyReportLine
from schema.vocabulary import Audience, CountState

Connection = asyncpg.Connection
Tables = Mapping[str, Any]
READERS: Mapping[str, Audience] = {DLPM_TABLES: Audience.ANA, OPEN_TABLES: Audience.ONP}
"""The two sets of tables: the DLPM's, and the one that may be given to anybody."""

_GUARD = """
CREATE OR REPLACE FUNCTION yearly_report_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.published_at IS NULL AND NEW.published_at IS NOT NULL AND NEW.published_by_id IS NOT NULL
    AND to_jsonb(NEW) - '{published_at,published_by_id}'::text[] = to_jsonb(OLD) - '{published_at,published_by_id}'::text[]
    THEN RETURN NEW; END IF;
  -- Nothing is lost of a table without reports, when all of a network is emptied.
  IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT FROM public.yearly_report) THEN RETURN NULL; END IF;
  RAISE EXCEPTION 'a frozen report never changes: a correction is a new version' USING ERRCODE = 'restrict_violation';
END $$"""
_TRIGGERS = (
    "CREATE OR REPLACE TRIGGER yearly_report_frozen BEFORE UPDATE OR DELETE ON yearly_report "
    "FOR EACH ROW EXECUTE FUNCTION yearly_report_guard()",
    "CREATE OR REPLACE TRIGGER yearly_report_kept BEFORE TRUNCATE ON yearly_report "
    "FOR EACH STATEMENT EXECUTE FUNCTION yearly_report_guard()",
)
_NEWEST = """
SELECT version, tables, reason, frozen_at, published_at FROM yearly_report
WHERE kind = $1 AND year = $2 ORDER BY version DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it stands: version 0 is the draft, made of what the figures say now."""

    period: Period
    number: int
    tables: Mapping[str, Tables]
    frozen_at: datetime | None = None
    published_at: datetime | None = None
    reason: str | None = None

    @property
    def state(self) -> str:
        """Where it stands, in French."""
        if self.number == 0:
            return "brouillon"
        return "publié" if self.published_at else "figé"


def statements() -> list[str]:
    """What keeps frozen reports as they are; safe to run again."""
    return [_GUARD, *_TRIGGERS]


def tables_of(tallies: Tallies, thresholds: Thresholds, period: Period) -> Mapping[str, Tables]:
    """Both sets of tables of a year."""
    made = {name: dict(plain(answer(tallies, thresholds, audience, period))) for name, audience in READERS.items()}
    # A department sees its own figures and the nation's; authorities are compared by the DLPM alone.
    for name in BY_AUTHORITY:
        del made[OPEN_TABLES][name]
    return made


async def counted(connection: Connection, period: Period) -> dict[str, Any]:
    """The numbers of a period as they are now, unprotected."""
    sql, arguments = counting_statement(period)
    return dict(Tallies.read(await connection.fetchval(sql, *arguments)).document)


async def told_of(connection: Connection, period: Period, thresholds: Thresholds) -> Tallies:
    """What was told of a period, and is told again."""
    sql, arguments = national_statement(period, thresholds)
    return Tallies.read(await connection.fetchval(sql, *arguments))


async def report(connection: Connection, period: Period, thresholds: Thresholds) -> Report:
    """The newest frozen version, or the draft where there is none."""
    row = await connection.fetchrow(_NEWEST, period.kind.value, period.year)
    if row is not None:
        return Report(
            period, row["version"], orjson.loads(row["tables"]), row["frozen_at"], row["published_at"], row["reason"]
        )
    told = await told_of(connection, period, thresholds)
    return Report(period, 0, tables_of(told.as_of(period), told.under(thresholds), period))


def as_answer(found: Report, readers: str) -> Mapping[str, Any]:
    """A report in the names of the contract, as the API answers it."""
    tables = found.tables[readers]
    return {
        "label": found.period.label,
        "number": found.number,
        "version": version_of(found.number, tables, published=found.published_at is not None),
        "state": state_of(found.number, found.published_at).value,
        "frozenAt": found.frozen_at,
        "publishedAt": found.published_at,
        "reason": found.reason,
        "openToAll": readers == OPEN_TABLES,
        "caveat": tables["caveat"],
        "lines": [asdict(line) for line in lines(tables)],
    }


def _said(line: YearlyReportLine) -> tuple[CountState, str, str]:
    # How a masked number is called is no figure.
    return line.state, "" if line.state is CountState.MASKED else line.count, line.percent


def may_correct(before: Mapping[str, Tables], now: Mapping[str, Tables]) -> None:
    """Whether a version would say anything else that may be said.

    Raises: DomainRefusalError NOTHING_TO_CORRECT, TOO_FEW_TO_CORRECT.
    """
    moved = []
    for readers in READERS:
        then = {(line.code, line.part): _said(line) for line in lines(before[readers])}
        moved += [line for line in lines(now[readers]) if then.get((line.code, line.part)) != _said(line)]
    if not moved:
        raise DomainRefusalError("NOTHING_TO_CORRECT", "Les chiffres sont ceux de la version figée.", "year")
    if all(line.state is CountState.MASKED for line in moved):
        raise DomainRefusalError(
            "TOO_FEW_TO_CORRECT",
            "La différence avec la version figée porte sur trop peu de personnes : elle les ferait reconnaître.",
            "year",
        )


__all__ = ["READERS", "Report", "as_answer", "counted", "may_correct", "report", "statements", "tables_of", "told_of"]
