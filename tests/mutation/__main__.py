"""`python -m tests.mutation`: change every line of the policy, one at a time, and see that a test notices.

Without options all mutants are tried (minutes); `--sample 60 --seed 1` tries some of every kind; `--kind relation` those
of one kind. `--write-docs` writes docs/mutation.md; `--keep FILE` keeps each verdict as it comes, so that a run that was cut
short goes on. Exit code 1 when one survives that nobody has argued for.
"""

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.cluster import Cluster
from tests.filled import cases_of, fill, filled_cluster
from tests.mutation.argued import argument
from tests.mutation.kept import Kept
from tests.mutation.mutant import Mutant
from tests.mutation.mutants import KINDS
from tests.mutation.runner import Bench, Outcome, Verdict, run, sample
from tests.sightings import sightings

DOCS = Path("docs/mutation.md")


@contextmanager
def filled() -> Iterator[tuple[Cluster, Any]]:
    """A PostgreSQL of its own with the made world, and the card of its clients."""
    folder = Path(tempfile.mkdtemp())
    with filled_cluster(folder, cases=True) as cluster:
        card = asyncio.run(fill(cluster.admin, folder / "demo"))
        cases_of(folder / "demo", card)
        yield cluster, card


async def measured(
    cluster: Cluster, card: Any, mutants: Sequence[Mutant], progress: Progress, kept: Kept | None
) -> list[Verdict]:
    """Try them with a bar that counts the survivors."""
    before = kept.known(mutants) if kept else []
    tried = {id(verdict.mutant) for verdict in before}
    survivors = sum(map(unargued, before))
    task = progress.add_task("mutants", total=len(mutants), completed=len(tried), survivors=survivors)

    def tell(verdict: Verdict) -> None:
        nonlocal survivors
        if kept:
            kept.add(verdict)
        if unargued(verdict):
            survivors += 1
            progress.console.print(f"[red]survives[/red] {verdict.mutant}", highlight=False)
        progress.update(task, advance=1, survivors=survivors, description=verdict.mutant.kind)

    connection = await asyncpg.connect(cluster.admin)
    try:
        bench = Bench(await sightings(connection, cluster.admin, card))
        return before + await run(bench, [mutant for mutant in mutants if id(mutant) not in tried], tell)
    finally:
        await connection.close()


def unargued(verdict: Verdict) -> bool:
    """Whether a mutant lives on without a reason."""
    return verdict.outcome is Outcome.SURVIVED and argument(verdict.mutant) is None


def score(verdicts: Iterable[Verdict]) -> Iterator[tuple[str, int, int, int, int, float]]:
    """For each kind: tried, killed, the same policy, argued, seconds; what is stillborn was no policy at all."""
    kinds: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        kinds.setdefault(verdict.mutant.kind, []).append(verdict)
    for kind, several in kinds.items():
        same = sum(verdict.outcome is Outcome.SAME for verdict in several)
        dead = sum(verdict.outcome is Outcome.STILLBORN for verdict in several)
        killed = sum(verdict.outcome is Outcome.KILLED for verdict in several)
        argued = sum(verdict.outcome is Outcome.SURVIVED and not unargued(verdict) for verdict in several)
        yield kind, len(several) - dead, killed, same, argued, sum(verdict.seconds for verdict in several)


def report(verdicts: Sequence[Verdict], when: datetime, all_of_them: int) -> str:
    """docs/mutation.md."""
    extent = "all mutants" if len(verdicts) == all_of_them else f"a sample, {len(verdicts)} of {all_of_them} mutants"
    rows = list(score(verdicts))
    tried, killed, same, argued = (sum(counts) for counts in list(zip(*rows, strict=True))[1:5])
    lines = [
        "# The tests, tested",
        "",
        "Written by `python -m tests.mutation --write-docs`: each line of the policy, each condition and each row policy and",
        "column grant is changed in memory, one at a time, and the tests have to notice.",
        "",
        f"Measured on {when:%Y-%m-%d} ({extent}): **{killed} of {tried - same} killed** ({100 * killed / (tried - same):.2f} %), "
        f"{argued} live on with an argument below, {tried - same - killed - argued} without one. {same} more change nothing: after them",
        "schema, doors, walls and acts are the very same, so there is nothing to notice.",
        "",
        "| kind | tried | killed | the same policy | argued | left | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {kind} | {all_of} | {dead} | {same_as} | {reasoned} | {all_of - dead - same_as - reasoned} | {seconds:.0f} |"
        for kind, all_of, dead, same_as, reasoned, seconds in rows
    ]
    lines += ["", "## What lives on, with its argument", ""]
    arguments: dict[str, list[str]] = {}
    for verdict in verdicts:
        reason = argument(verdict.mutant) if verdict.outcome is Outcome.SURVIVED else None
        if reason:
            arguments.setdefault(reason, []).append(str(verdict.mutant))
    for reason, several in arguments.items():
        lines += [f"- {reason}", *(f"    - {_shortened(one)}" for one in several)]
    lines += ["", "## What lives on without one", ""]
    lines += [f"- {_shortened(str(verdict.mutant))}" for verdict in verdicts if unargued(verdict)] or ["Nothing."]
    return "\n".join(lines) + "\n"


def _shortened(text: str) -> str:
    flat = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return flat if len(flat) <= 300 else flat[:240] + " … " + flat[-50:]


def main(
    kind: Annotated[list[str] | None, typer.Option(help=f"Only these kinds: {', '.join(KINDS)}.")] = None,
    size: Annotated[int | None, typer.Option("--sample", help="Only so many, of every kind.")] = None,
    seed: Annotated[int, typer.Option(help="Which sample.")] = 1,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/mutation.md.")] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Keep verdicts in this file, and go on from those of the same code.")
    ] = None,
) -> None:
    """Change every line of the policy, one at a time, and see that a test notices."""
    console = Console()
    wanted = [mutant for name in kind or KINDS for mutant in KINDS[name]()]
    chosen = sample(wanted, size, seed) if size else wanted
    columns = (
        TextColumn("{task.description:>14}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[red]{task.fields[survivors]} survive"),
        TimeElapsedColumn(),
    )
    with filled() as (cluster, card), Progress(*columns, console=console) as progress:
        verdicts = asyncio.run(measured(cluster, card, chosen, progress, Kept(keep) if keep else None))
    table = Table("kind", "tried", "killed", "same policy", "argued", "seconds", title="Mutants of the policy")
    for name, tried, killed, same, argued, seconds in score(verdicts):
        table.add_row(name, str(tried), str(killed), str(same), str(argued), f"{seconds:.1f}")
    console.print(table)
    left = [verdict for verdict in verdicts if unargued(verdict)]
    for verdict in left:
        console.print(f"[red]survives[/red] {verdict.mutant}", highlight=False)
    if write_docs:
        DOCS.write_text(report(verdicts, datetime.now(UTC), len(wanted)))
    raise typer.Exit(1 if left else 0)


if __name__ == "__main__":
    typer.run(main)
