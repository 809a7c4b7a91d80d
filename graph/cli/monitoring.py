"""The commands of national monitoring: `monitoring rebuild` and `verify`, and `report` for the yearly report."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dashboard import pdf as portable
from dashboard.yearly_report import Report, as_csv, as_html, as_json
from graph.cli.options import DataOption
from graph.cli.place import place
from graph.cli.telling import aside, progress
from loaders.monitoring import reports
from loaders.monitoring.periods import Period
from loaders.monitoring.rebuilding import rebuild, verify
from schema.vocabulary import Role

monitoring_app = typer.Typer(no_args_is_help=True, help="The rollups behind national monitoring.")
_SHOWN = 20


@monitoring_app.command("rebuild")
def rebuild_command(data: DataOption = None) -> None:
    """Count all cases afresh, while the service runs; killed in the middle, it goes on by itself."""
    with place(data) as here, progress("Situations") as told:
        counted = here.look(lambda connection: rebuild(connection, told))
    aside.print(f"{counted} situations are counted.")


@monitoring_app.command("verify")
def verify_command(data: DataOption = None) -> None:
    """Compare every cell with a scan of the cases; ends with 1 where one differs, and names cells, never numbers."""
    with place(data) as here:
        wrong = here.look(verify)
    if not wrong:
        aside.print("Every cell says what the cases say.")
        return
    table = Table("cube", "place", "span", "word")
    for one in wrong[:_SHOWN]:
        table.add_row(one.cube, one.place or "nation", str(one.span), one.word)
    aside.print(table, f"{len(wrong)} cells differ: `python -m graph monitoring rebuild` counts them afresh.")
    raise typer.Exit(1)


def _as_pdf(answer: Report) -> bytes:
    return portable.made(as_html(answer))


def report_command(
    year: Annotated[int, typer.Argument(help="The year, by the year it begins in.", min=2000, max=2099)],
    freeze: Annotated[
        bool, typer.Option(help="Freeze what the figures say now, or a correction with --reason, as a supervisor.")
    ] = False,
    publish: Annotated[
        bool, typer.Option(help="Publish the frozen version, as the data protection officer of the 119.")
    ] = False,
    who: Annotated[
        str | None, typer.Option("--as", metavar="MEMBER", help="Who freezes or publishes: a member id or an address.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why there is another version.")] = None,
    as_others: Annotated[bool, typer.Option("--public", help="The tables that may be given to anybody.")] = False,
    html: Annotated[bool, typer.Option(help="Write it as a page.")] = False,
    csv: Annotated[bool, typer.Option(help="Write it for a spreadsheet.")] = False,
    json: Annotated[bool, typer.Option(help="Write it as data.")] = False,
    pdf: Annotated[bool, typer.Option(help="Write it as a tagged PDF (PDF/UA-1), where WeasyPrint is.")] = False,
    out: Annotated[Path, typer.Option(help="Folder to write into; it is made.")] = Path(),
    data: DataOption = None,
) -> None:
    """The yearly report: a draft until it is frozen, then the same for good; a correction is a new version."""
    if freeze and publish:
        aside.print("To freeze and to publish are acts of two persons: run it twice.")
        raise typer.Exit(1)
    with place(data) as here:
        settings = here.settings
        period, thresholds = Period(year, kind=settings.monitoring_calendar), settings.thresholds
        if freeze:
            name, words = ("freezeYearlyReport", {}) if reason is None else ("correctYearlyReport", {"reason": reason})
            here.act_as(Role.SUP, who, lambda hand: hand.act(name, year=year, **words))
        elif publish:
            here.act_as(Role.DPO, who, lambda hand: hand.act("publishYearlyReport", year=year))
        found = here.look(lambda connection: reports.report(connection, period, thresholds))
    readers = "OTHERS" if as_others else "DLPM"
    answer = reports.as_answer(found, readers)
    forms = ((html, "html", as_html), (csv, "csv", as_csv), (json, "json", as_json), (pdf, "pdf", _as_pdf))
    for wanted, suffix, form in forms:
        if wanted:
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"bilan-{year}-v{found.number}{'-public' if as_others else ''}.{suffix}"
            try:
                path.write_bytes(form(answer))
            except portable.PdfMissingError as missing:
                aside.print(str(missing))
                raise typer.Exit(1) from None
            aside.print(f"{path}")
    aside.print(f"Bilan {period.label}, version {found.number}, {found.state}.")
