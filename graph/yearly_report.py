"""A yearly report as a reader takes it along: JSON, CSV and HTML, of the same tables and the same definitions."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from loaders.monitoring.reports import Report
from schema.vocabulary import CallerCategoryReport, DlpmActionKind, Gender, Problematic, SurveyTarget, Word

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_WORDS: Mapping[str, type[Word]] = {
    "gender": Gender,
    "category": CallerCategoryReport,
    "problematic": Problematic,
    "action": DlpmActionKind,
    "target": SurveyTarget,
}
_NAMES = ("label", "department_name", "region_name", "authority_name", "starts_on")
_HEADERS = ("code", "indicateur", "partie", "effectif", "pourcentage", "base", "définition", "dénominateur", "source", "article")  # fmt: skip
_GROUPS = {"girls": "filles", "others": "autres", "due": "retours attendus", "returned": "retours venus"} | {
    "situations": "situations", "contacts": "contacts", "median_delay": "délai médian",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the report, with the words it needs to be read rightly."""

    code: str
    indicator: str
    part: str
    count: str
    percent: str
    base: str
    definition: str
    denominator: str
    source: str
    article: str


def as_json(report: Report, readers: str) -> bytes:
    """The tables as they are, with what they are a report of."""
    head = {
        "period": report.period.label,
        "version": report.version,
        "state": report.state,
        "frozenAt": report.frozen_at,
        "publishedAt": report.published_at,
        "readers": readers,
    }
    return orjson.dumps(head | {"tables": report.tables[readers]}, option=orjson.OPT_INDENT_2)


def as_csv(report: Report, readers: str) -> bytes:
    """For a French spreadsheet: UTF-8 with a mark, semicolons, decimal commas; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADERS)
    for line in lines(report.tables[readers]):
        writer.writerow([_harmless(getattr(line, name)) for name in Line.__slots__])
    return out.getvalue().encode("utf-8-sig")


def as_html(report: Report, readers: str) -> bytes:
    """A page that stands alone, and prints."""
    tables: dict[str, list[Line]] = {}
    for line in lines(report.tables[readers]):
        tables.setdefault(line.code, []).append(line)
    page = _TEMPLATES.get_template("yearly_report.html").render(
        report=report, tables=tables.values(), caveat=report.tables[readers]["caveat"], public=readers == "OTHERS"
    )
    return page.encode()


def lines(tables: Mapping[str, Any]) -> list[Line]:
    """Every number of the tables, in their order."""
    found: list[Line] = []
    for value in tables.values():
        for indicator in value if isinstance(value, list) else [value]:
            if isinstance(indicator, dict) and "definition" in indicator:
                found += _lines(indicator)
    return found


def _lines(indicator: Mapping[str, Any]) -> Iterator[Line]:
    words = tuple(indicator[name] for name in ("definition", "denominator", "source", "article"))
    for part, number in _numbers(indicator, "", indicator["decimals"]):
        yield Line(indicator["code"], indicator["label"], part, *number, *words)


def _numbers(node: Mapping[str, Any], part: str, decimals: int) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for name, value in node.items():
        if name == "unknowns":
            continue
        if name == "parts":
            for one in value:
                yield from _numbers(one, _name(one), decimals)
        elif isinstance(value, dict):
            group = _GROUPS.get(name, "") if not part or name not in {"share", "count"} else ""
            yield " : ".join(filter(None, (part, group))), _number(value, decimals)


def _name(part: Mapping[str, Any]) -> str:
    for field, words in _WORDS.items():
        if field in part:
            return words(part[field]).label
    return next(str(part[name]) for name in _NAMES if name in part)


def _number(value: Mapping[str, Any], decimals: int) -> tuple[str, str, str]:
    if "percent" in value:
        percent = "" if value["percent"] is None else f"{value['percent']:.{decimals}f}".replace(".", ",")
        return value["count"]["label"], percent, value["base"]["label"]
    if "base" not in value:
        return value["label"], "", ""
    shown = value.get("label") or ("masqué" if value["value"] is None else f"{value['value']:.{decimals}f}")
    return shown.replace(".", ",") if "value" in value else shown, "", value["base"]["label"]


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
