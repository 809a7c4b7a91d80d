"""`python -m graph subject-report`: everything about one situation, as CSV or as JSON ready to be set as a document."""

import asyncio
import csv
import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from rich.console import Console

from graph.audit_commands import sealer_of
from graph.database import Database, running
from graph.options import DataOption, settings_of
from graph.settings import Secrets
from loaders import logins
from loaders.audit import AuditWriter
from loaders.execute import Reader
from loaders.subject_report.export import subject_report
from loaders.subject_report.report import Section, SubjectReport
from schema.errors import SetupError

FORM = "maillage-subject-report-1"
_TITLE = "Réponse à une demande d'accès (article 15 du RGPD)"
_CARE = (
    "À relire avant remise : un texte libre peut nommer d'autres personnes. À remettre en main propre ou par un moyen "
    "sûr : un parent peut être l'auteur des faits."
)
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

console = Console(stderr=True)


class Form(StrEnum):
    """How the report is written."""

    CSV = "csv"
    JSON = "json"


# ---------------------------------------------------------------- forms


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


# ---------------------------------------------------------------- command


def _id(text: str, prefix: str, option: str) -> UUID:
    try:
        return UUID(text.removeprefix(f"{prefix}_"))
    except ValueError:
        raise SetupError(f"{option} is no id of the form {prefix}_…") from None


def _save(path: Path, text: str) -> None:
    # Readable by whoever ran the command only, and never over another file.
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SetupError(f"{path} is there already: nothing was written over it.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def subject_report_command(
    situation: Annotated[str, typer.Argument(help="Reference of the situation, as it is said on the phone.")],
    officer: Annotated[str, typer.Option("--officer", help="Id of the data protection officer who answers.")],
    form: Annotated[Form, typer.Option("--format", help="csv, or json ready to be set as a document.")] = Form.JSON,
    minor: Annotated[str | None, typer.Option("--minor", help="Id of the minor, where there are several.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="New file (mode 0600); printed unless given.")] = None,
    data: DataOption = None,
) -> None:
    """Answer a person's request of access: their data, who received it, who read it, what is left out and why."""
    settings = settings_of(data)
    secrets = Secrets(settings.data / "secrets")
    who = _id(officer, "mbr", "--officer")
    about = _id(minor, "min", "--minor") if minor else None
    if out is not None and out.exists():
        raise SetupError(f"{out} is there already: nothing was written over it.")

    async def main(database: Database) -> SubjectReport:
        # The newest accesses are listed by situation when they are sealed.
        await sealer_of(settings, secrets, database).seal(everything=True)
        reader, audit = Reader(database.dsn_of, size=1), AuditWriter(database.dsn_of(logins.AUDIT))
        await audit.start()
        try:
            return await subject_report(
                reader, audit, who, situation, now=datetime.now(UTC), trace_id=uuid4().hex, about=about
            )
        finally:
            await audit.close()
            await reader.close()

    with running(settings, secrets) as database:
        report = asyncio.run(main(database))
    text = written(report, form)
    if out is None:
        typer.echo(text, nl=False)
    else:
        _save(out, text)
    rows = sum(len(section.rows) for section in report.sections)
    console.print(
        f"{rows} rows, {len(report.recipients.rows)} communications, {len(report.readers.rows)} accesses, "
        f"{len(report.omissions)} omissions with their reason. Recorded in the access log.",
        highlight=False,
    )
