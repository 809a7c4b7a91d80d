"""`python -m graph keys ...`: our own signing keys."""

from dataclasses import asdict
from typing import Annotated

import typer

from graph.cli.options import DataOption, JsonOption
from graph.cli.place import place
from graph.cli.telling import tell, tell_rows
from loaders.commands import signing_keys
from loaders.postgres import logins

keys_app = typer.Typer(no_args_is_help=True, help="Our own signing keys.")


@keys_app.command("rotate")
def rotate(
    compromised: Annotated[
        bool,
        typer.Option(
            "--compromised", help="A key has leaked: drop all of them and every token now, sign with a new one."
        ),
    ] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Take the next step of a rotation: publish a next key, or, once it has been published five minutes, sign with it.

    Run it twice, five minutes apart, every 90 days. Tokens signed before live out their five minutes.
    """
    with place(data) as here:
        sealing, change = here.secrets.sealing, signing_keys.drop_all if compromised else signing_keys.rotate
        step = here.run(here.recording(lambda engine, record: change(engine, sealing, record)), logins.OAUTH)
    if compromised:
        sentence = f"Every key we had is dropped; {step.active} signs. {step.ended_tokens} tokens have ended."
    elif step.wait:
        sentence = f"{step.next} is published and signs nothing yet: run this again in {step.wait} s."
    else:
        sentence = f"{step.active} signs now; tokens signed before live out their five minutes."
    tell(asdict(step), as_json=as_json, sentence=sentence)


@keys_app.command("list")
def list_keys(as_json: JsonOption = False, data: DataOption = None) -> None:
    """List our signing keys: next, active, retired, dropped."""
    with place(data) as here:
        rows = here.run(signing_keys.keys, logins.OAUTH)
    tell_rows([asdict(row) for row in rows], as_json=as_json, title="Signing keys")
