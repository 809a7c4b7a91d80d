"""`python -m graph retention` and `lapse`: what is kept no longer than the law says, and what has ended by itself."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from graph.cli.options import DataOption
from graph.cli.place import Place, place
from graph.cli.telling import aside, bars
from loaders.commands.lapses import lapse
from loaders.postgres import logins
from loaders.retention.rules import RULES
from loaders.retention.run import Done, Due, carry_out, overview
from loaders.retention.terms import End, Terms


def retention_command(
    data: DataOption = None,
    apply: Annotated[bool, typer.Option("--apply/--dry-run", help="Do it; else only say what would be done.")] = False,
) -> None:
    """Say what the retention rules would do now, or do it: in batches, safe to kill and to run again."""
    now = datetime.now(UTC)
    out = Console(highlight=False)
    with place(data) as here:
        terms = here.settings.terms
        found = here.run(lambda engine: overview(engine, now, terms), logins.RETENTION)
        out.print(_explained(found))
        _tell_figures(out, found, terms)
        if not apply:
            out.print("Nothing was changed: --apply does it.")
            return
        done = _applied(here, now, terms)
    out.print(_proved(done))
    if any(one.rule.code == "END" and one.rows for one in done):
        out.print(
            "Data keys were destroyed in the database. Backups lose them with the key-encryption key that wrapped "
            f"them: `data-keys rotate` now, and again after {here.settings.backup_days} days."
        )


def _applied(here: Place, now: datetime, terms: Terms) -> list[Done]:
    with bars() as progress:
        tasks = {rule.code: progress.add_task(rule.code, total=None, visible=False) for rule in RULES}

        def told(rule: str, done: int, total: int) -> None:
            progress.update(tasks[rule], completed=done, total=total, visible=True)

        return here.run(lambda engine: carry_out(engine, now, terms, told), logins.RETENTION)


def _explained(found: list[Due]) -> Table:
    table = Table(title="Retention: what is due", title_justify="left")
    for heading in ("rule", "what it does", "due", "held", "oldest since"):
        table.add_column(heading)
    for due in found:
        oldest = "" if due.oldest is None else f"{due.oldest:%Y-%m-%d}"
        table.add_row(due.rule.code, due.rule.sentence, str(due.rows - due.held), str(due.held), oldest)
    return table


def _proved(done: list[Done]) -> Table:
    table = Table(title="Retention: what was done", title_justify="left")
    for heading in ("rule", "rows", "held", "proof"):
        table.add_column(heading)
    for one in done:
        table.add_row(one.rule.code, str(one.rows), str(one.held), one.proof[:16])
    return table


def _tell_figures(out: Console, found: list[Due], terms: Terms) -> None:
    ending = sum(due.rows - due.held for due in found if due.rule.code == "END")
    if not ending:
        return
    if terms.end is End.DELETE:
        out.print(f"{ending} situations leave every figure of the periods in which they were opened.")
    else:
        out.print(
            f"{ending} situations stay in the national figures, but for departments and mean age; they leave the figures "
            "of each authority."
        )


def lapse_command(data: DataOption = None) -> None:
    """Write down which sharings have expired; say which exceptional accesses wait too long for somebody."""
    with place(data) as here:
        found = here.look(lapse, logins.COMMANDS)
    aside.print(
        f"{found.grants} sharings have expired; {found.unconfirmed} exceptional accesses were never confirmed, "
        f"{found.unreviewed} were not reviewed in time."
    )
