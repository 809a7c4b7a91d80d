"""The command line of the journals: `python -m graph audit verify | checkpoint | key | purge`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from graph.database import Database, on_connection, running
from graph.options import DataOption, settings_of
from graph.settings import Secrets, Settings
from loaders import logins
from loaders.purge import Purge, PurgePlan, limit, preview, purge
from loaders.sealing import Sealed, Sealer
from loaders.transparency import Signer, VerifierKey
from loaders.witness import Inspection, inspect
from schema.errors import SetupError

T = TypeVar("T")
Connection = "asyncpg.Connection[asyncpg.Record]"

audit_app = typer.Typer(no_args_is_help=True, help="The journals: access log, disclosure ledger, their seals.")
console = Console(stderr=True)

WitnessOption = Annotated[
    list[Path] | None,
    typer.Option("--witness", help="A checkpoint that somebody kept (/.well-known/audit-checkpoint); may be repeated."),
]
KeyOption = Annotated[
    str | None, typer.Option("--key", help="Verifier key (name+id+key) as a partner kept it; ours unless given.")
]
BeforeOption = Annotated[
    datetime | None,
    typer.Option(
        "--before", formats=["%Y-%m-%d"], help="Remove months that ended before this day; not later than due."
    ),
]


def _place(data: Path | None) -> tuple[Settings, Secrets]:
    settings = settings_of(data)
    return settings, Secrets(settings.data / "secrets")


def sealer_of(settings: Settings, secrets: Secrets, database: Database) -> Sealer:
    """A sealer for one sealing from the command line: it remembers no heads of its own."""
    signer = Signer.of(settings.journal_origin, secrets.journal)
    return Sealer(
        database.dsn_of(logins.SEALER),
        signer,
        secrets.pseudonyms,
        list,
        seconds=settings.audit_seconds,
        records=settings.audit_records,
    )


@audit_app.command("verify")
def verify(witness: WitnessOption = None, key: KeyOption = None, data: DataOption = None) -> None:
    """Recompute every chain and seal, and compare them with kept checkpoints; fails and says where something differs."""
    settings, secrets = _place(data)
    verifier = VerifierKey.parse(key) if key else Signer.of(settings.journal_origin, secrets.journal).verifier
    notes = [_note(path) for path in witness or []]
    with running(settings, secrets) as database:
        found = asyncio.run(
            on_connection(database.dsn_of(logins.VERIFIER), lambda connection: inspect(connection, verifier, notes))
        )
    _show(found, notes)
    raise typer.Exit(0 if found.sound else 1)


def _note(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as problem:
        raise SetupError(f"{path} cannot be read as a checkpoint.") from problem


def _show(found: Inspection, notes: Sequence[str]) -> None:
    out = Console(highlight=False)
    out.print(f"{found.log.good} records in {found.log.chains} chains verified, {found.log.broken} faults.")
    out.print(
        f"{found.ledger.good} disclosures in {found.ledger.chains} chains verified, {found.ledger.broken} faults."
    )
    until = f"{found.sealed_until:%Y-%m-%d %H:%M:%S} UTC" if found.sealed_until else "never"
    out.print(f"{found.seals} seals, the last of {until}, {found.breaches} faults; {found.purged} records purged.")
    if found.unsealed:
        out.print(f"{found.unsealed} records are newer than the last seal: their removal would not show yet.")
    if notes:
        kept = f"{found.witnessed_until:%Y-%m-%d %H:%M:%S} UTC" if found.witnessed_until else "nothing"
        out.print(f"Witnessed until: {kept}.")
    else:
        out.print("No --witness given: a history rewritten with our own key would not show.")
    for fault in (*found.log.faults, *found.ledger.faults, *found.faults):
        out.print(f"  {fault}", markup=False)


@audit_app.command("checkpoint")
def checkpoint(
    out: Annotated[Path | None, typer.Option("--out", help="File for the checkpoint; printed unless given.")] = None,
    data: DataOption = None,
) -> None:
    """Seal what the journals hold now, and give the signed checkpoint that a witness can keep."""
    settings, secrets = _place(data)

    async def main(database: Database) -> Sealed:
        return await sealer_of(settings, secrets, database).seal(everything=True)

    with running(settings, secrets) as database:
        sealed = asyncio.run(main(database))
    if out is None:
        typer.echo(sealed.checkpoint, nl=False)
    else:
        out.write_text(sealed.checkpoint)
    console.print(f"{sealed.chains} chains and {sealed.cases} cases sealed; {sealed.size} seals.", highlight=False)


@audit_app.command("key")
def key_command(data: DataOption = None) -> None:
    """Print the verifier key: what a partner keeps beside the checkpoints, told by another way than this server."""
    settings, secrets = _place(data)
    typer.echo(Signer.of(settings.journal_origin, secrets.journal).verifier)


@audit_app.command("purge")
def purge_command(
    before: BeforeOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    data: DataOption = None,
) -> None:
    """Remove the months of access log that are past their time; a seal proves what left, and the rest still verifies."""
    settings, secrets = _place(data)
    now = datetime.now(UTC)
    until = limit(now.date(), settings.audit_months, before.date() if before else None)
    signer = Signer.of(settings.journal_origin, secrets.journal)

    async def main(database: Database) -> Purge | PurgePlan:
        console.print("1/3 Sealing what is not sealed yet…")
        await sealer_of(settings, secrets, database).seal(everything=True)
        console.print("2/3 Verifying everything: nothing is removed from a log that does not hold…")
        found = await on_connection(database.dsn_of(logins.VERIFIER), lambda one: inspect(one, signer.verifier))
        if not found.sound:
            _show(found, ())
            raise SetupError("The journals do not verify: nothing was removed.")
        if dry_run:
            return await on_connection(database.admin, lambda one: preview(one, until))
        console.print(f"3/3 Removing what lies before {until:%Y-%m-%d}…")
        return await on_connection(database.admin, lambda one: purge(one, signer, until, now=now))

    with running(settings, secrets) as database:
        done = asyncio.run(main(database))
    plan = done.plan if isinstance(done, Purge) else done
    verb = "removed" if isinstance(done, Purge) else "would be removed"
    console.print(
        f"{plan.records} records in {len(plan.chains)} chains before {plan.before:%Y-%m-%d} {verb}; "
        f"partitions: {', '.join(plan.partitions) or 'none'}.",
        highlight=False,
    )
    if isinstance(done, Purge):
        console.print(f"Proof: {done.proof} (retention job; seal {done.size - 1}).", highlight=False)
        typer.echo(done.checkpoint, nl=False)
