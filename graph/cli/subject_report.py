"""`python -m graph subject-report`: the answer to a person's request of access."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer

from graph.cli.audit import sealer_of
from graph.cli.options import DataOption
from graph.cli.place import Place, place
from graph.cli.telling import aside
from graph.subject_report import Form, written
from loaders.journals.audit import AuditWriter
from loaders.postgres import logins
from loaders.statement.execute import Reader
from loaders.subject_report.export import subject_report
from loaders.subject_report.report import SubjectReport
from schema.errors import SetupError


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
    who = _id(officer, "mbr", "--officer")
    about = _id(minor, "min", "--minor") if minor else None
    if out is not None and out.exists():
        raise SetupError(f"{out} is there already: nothing was written over it.")

    async def main(here: Place) -> SubjectReport:
        # The newest accesses are listed by situation when they are sealed.
        await sealer_of(here).seal(everything=True)
        reader, audit = Reader(here.database.dsn_of, size=1, most=4), AuditWriter(here.database.dsn_of(logins.AUDIT))
        await audit.start()
        try:
            return await subject_report(
                reader, audit, who, situation, now=datetime.now(UTC), trace_id=uuid4().hex, about=about
            )
        finally:
            await audit.close()
            await reader.close()

    with place(data) as here:
        report = asyncio.run(main(here))
    text = written(report, form)
    if out is None:
        typer.echo(text, nl=False)
    else:
        _save(out, text)
    rows = sum(len(section.rows) for section in report.sections)
    aside.print(
        f"{rows} rows, {len(report.recipients.rows)} communications, {len(report.readers.rows)} accesses, "
        f"{len(report.omissions)} omissions with their reason. Recorded in the access log.",
        highlight=False,
    )
