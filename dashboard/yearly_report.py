"""A yearly report as a reader takes it along: JSON, CSV, HTML and PDF, of the same numbers and the same definitions.

It is given as the API answers it (`YearlyReport`, in the names of the contract).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from dashboard.pages.export import as_csv as table
from dashboard.rendering import ENVIRONMENT

Report = Mapping[str, Any]

STATES: Mapping[str, str] = {"DRAFT": "brouillon", "FROZEN": "figé", "PUBLISHED": "publié"}
_COLUMNS: Mapping[str, str] = {
    "code": "code",
    "indicator": "indicateur",
    "part": "partie",
    "count": "effectif",
    "percent": "pourcentage",
    "base": "base",
    "threshold": "seuil",
    "definition": "définition",
    "denominator": "dénominateur",
    "source": "source",
    "article": "article",
}


def as_json(report: Report) -> bytes:
    """All of it, as data."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2)


def as_csv(report: Report) -> bytes:
    """For a French spreadsheet: decimal commas, and no cell is a formula."""
    return table(_rows(report))


def _rows(report: Report) -> Iterator[Sequence[str]]:
    yield tuple(_COLUMNS.values())
    for line in report["lines"]:
        yield tuple("" if line[name] is None else str(line[name]) for name in _COLUMNS)


def as_html(report: Report) -> bytes:
    """A page that stands alone, and prints."""
    return (
        ENVIRONMENT.get_template("yearly_report.html")
        .render(report=report, tables=tables(report), state=STATES[report["state"]])
        .encode()
    )


def tables(report: Report) -> list[list[Mapping[str, Any]]]:
    """The lines of each figure together."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for line in report["lines"]:
        found.setdefault(line["code"], []).append(line)
    return list(found.values())


__all__ = ["STATES", "Report", "as_csv", "as_html", "as_json", "tables"]
