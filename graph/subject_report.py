"""Everything about one situation, as CSV or as JSON ready to be set as a document."""

import csv
import io
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from loaders.subject_report.report import Section, SubjectReport

FORM = "maillage-subject-report-1"
_TITLE = "Réponse à une demande d'accès (article 15 du RGPD)"
_CARE = (
    "À relire avant remise : un texte libre peut nommer d'autres personnes. À remettre en main propre ou par un moyen "
    "sûr : un parent peut être l'auteur des faits."
)
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Form(StrEnum):
    """How the report is written."""

    CSV = "csv"
    JSON = "json"


def as_document(report: SubjectReport) -> dict[str, Any]:
    """The report as plain data: headings, tables, reasons, in the order in which they are read."""
    return {
        "format": FORM,
        "titre": _TITLE,
        "avertissement": _CARE,
        "situation": report.ref,
        "demande": {"recue": report.received_at.isoformat(), "attendue": report.due_at.isoformat()},
        "etabli": report.made_at.isoformat(),
        "donnees": [_table(section) for section in report.sections],
        "destinataires": _table(report.recipients),
        "consultations": _table(report.readers),
        "omissions": [
            {
                "table": one.title,
                "categorie": {"code": one.category.value, "libelle": one.category.label},
                "champs": list(one.labels),
                "raison": one.reason,
            }
            for one in report.omissions
        ],
    }


def _table(section: Section) -> dict[str, Any]:
    return {
        "table": section.noun,
        "titre": section.title,
        "colonnes": [
            {"nom": name, "libelle": label, "categorie": {"code": category.value, "libelle": category.label}}
            for name, label, category in section.columns
        ],
        "lignes": [list(row) for row in section.rows],
    }


def as_csv(report: SubjectReport) -> str:
    """The same, one cell per line, with a mark that spreadsheets read as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["partie", "table", "ligne", "categorie", "libelle de la categorie", "champ", "valeur ou raison"])
    for line in _lines(report):
        writer.writerow([_harmless(cell) for cell in line])
    return "\N{BYTE ORDER MARK}" + out.getvalue()


def _lines(report: SubjectReport) -> Iterator[tuple[str, ...]]:
    yield "avertissement", "", "", "", "", "", _CARE
    parts = [("données", section) for section in report.sections]
    for part, section in [*parts, ("destinataires", report.recipients), ("consultations", report.readers)]:
        for number, row in enumerate(section.rows, start=1):
            for (_, label, category), value in zip(section.columns, row, strict=True):
                yield part, section.title, str(number), category.value, category.label, label, value or ""
    for one in report.omissions:
        for label in one.labels:
            yield "omissions", one.title, "", one.category.value, one.category.label, label, one.reason


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def written(report: SubjectReport, form: Form) -> str:
    """The text of the report."""
    if form is Form.CSV:
        return as_csv(report)
    return json.dumps(as_document(report), ensure_ascii=False, indent=2) + "\n"
