"""The command line of the journals: `python -m graph audit verify | checkpoint | key | purge`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from graph.cli.options import DataOption, settings_of
from graph.cli.place import Place, place
from graph.cli.telling import aside
from graph.settings import Secrets, Settings
from loaders.journals.purge import Purge, PurgePlan, limit, preview, purge
from loaders.journals.sealer import Sealer
from loaders.journals.transparency import Signer, VerifierKey
from loaders.journals.witness import Inspection, inspect
from loaders.postgres import logins
from schema.errors import SetupError

audit_app = typer.Typer(no_args_is_help=True, help="The journals: access log, disclosure ledger, their seals.")
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


def sealer_of(here: Place) -> Sealer:
    """A sealer for one sealing from the command line: it remembers no heads of its own."""
    return Sealer(
        here.database.dsn_of(logins.SEALER),
        _signer(here.settings, here.secrets),
        here.secrets.pseudonyms,
        list,
        seconds=here.settings.audit_seconds,
        records=here.settings.audit_records,
    )


def _signer(settings: Settings, secrets: Secrets) -> Signer:
    return Signer.of(settings.journal_origin, secrets.journal)


@audit_app.command("verify")
def verify(witness: WitnessOption = None, key: KeyOption = None, data: DataOption = None) -> None:
    """Recompute every chain and seal, and compare them with kept checkpoints; fails and says where something differs."""
    notes = [_note(path) for path in witness or []]
    with place(data) as here:
        verifier = VerifierKey.parse(key) if key else _signer(here.settings, here.secrets).verifier
        found = here.look(lambda connection: inspect(connection, verifier, notes), logins.VERIFIER)
    _show(found, notes)
    raise typer.Exit(0 if found.sound else 1)


def _note(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError as problem:
        raise SetupError(f"{path} is no checkpoint: `audit checkpoint --out {path}` makes one.") from problem


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
    with place(data) as here:
        sealed = asyncio.run(sealer_of(here).seal(everything=True))
    if out is None:
        typer.echo(sealed.checkpoint, nl=False)
    else:
        out.write_text(sealed.checkpoint)
    aside.print(f"{sealed.chains} chains and {sealed.cases} cases sealed; {sealed.size} seals.", highlight=False)


@audit_app.command("key")
def key_command(data: DataOption = None) -> None:
    """Print the verifier key: what a partner keeps beside the checkpoints, told by another way than this server."""
    settings = settings_of(data)
    typer.echo(_signer(settings, Secrets.of(settings)).verifier)


@audit_app.command("purge")
def purge_command(
    before: BeforeOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    data: DataOption = None,
) -> None:
    """Remove the months of access log that are past their time; a seal proves what left, and the rest still verifies."""
    now = datetime.now(UTC)
    with place(data) as here:
        until = limit(now.date(), here.settings.audit_months, before.date() if before else None)
        done = _purged(here, until, now, dry_run=dry_run)
    plan = done.plan if isinstance(done, Purge) else done
    verb = "removed" if isinstance(done, Purge) else "would be removed"
    aside.print(
        f"{plan.records} records in {len(plan.chains)} chains before {plan.before:%Y-%m-%d} {verb}; "
        f"partitions: {', '.join(plan.partitions) or 'none'}.",
        highlight=False,
    )
    if isinstance(done, Purge):
        aside.print(f"Proof: {done.proof} (retention job; seal {done.size - 1}).", highlight=False)
        typer.echo(done.checkpoint, nl=False)


def _purged(here: Place, until: datetime, now: datetime, *, dry_run: bool) -> Purge | PurgePlan:
    signer = _signer(here.settings, here.secrets)
    aside.print("1/3 Sealing what is not sealed yet…")
    asyncio.run(sealer_of(here).seal(everything=True))
    aside.print("2/3 Verifying everything: nothing is removed from a log that does not hold…")
    found = here.look(lambda connection: inspect(connection, signer.verifier), logins.VERIFIER)
    if not found.sound:
        _show(found, ())
        raise SetupError("The journals do not verify: nothing was removed.")
    if dry_run:
        return here.look(lambda connection: preview(connection, until))
    aside.print(f"3/3 Removing what lies before {until:%Y-%m-%d}…")
    return here.look(lambda connection: purge(connection, signer, until, now=now))
