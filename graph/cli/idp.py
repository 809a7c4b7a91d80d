"""The command line for OpenID providers: `idp add`, `idp list`, `idp retire`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from auth.signin.provider import (
    KEY_TYPES,
    OWN_SCOPE,
    PROCONNECT_ACR,
    PROCONNECT_SCOPE,
    Provider,
    checked_id,
    checked_issuer,
)
from auth.signin.sealing import Box
from graph.cli.options import DataOption, JsonOption
from graph.cli.place import place
from graph.cli.telling import tell, tell_rows
from graph.sign_in.signin import SIGNED_OUT
from graph.sign_in.signin_openid import CALLBACK
from loaders.commands import providers
from schema.errors import SetupError

idp_app = typer.Typer(no_args_is_help=True, help="OpenID providers: who may say who a person is.")


@idp_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Its name in addresses: lower-case letters, digits, dashes.")],
    issuer: Annotated[str, typer.Option(help="Issuer identifier, exactly as the provider's metadata say it.")],
    client_id: Annotated[str, typer.Option(help="What the provider calls us.")],
    secret_file: Annotated[Path, typer.Option(help="File with our client secret there; - reads the standard input.")],
    label: Annotated[str, typer.Option(help="What the sign-in page calls it.")],
    organisation: Annotated[
        str | None,
        typer.Option(help="The only organisation it vouches for; without it the provider is ProConnect, for all."),
    ] = None,
    acr: Annotated[
        list[str] | None, typer.Option(help="Sign-in level that counts as two factors; may be repeated.")
    ] = None,
    algorithm: Annotated[
        str, typer.Option(help="The one algorithm it signs with: ES256, PS256, RS256, EdDSA.")
    ] = "ES256",
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Let a provider vouch for people: for one organisation's with --organisation, else as ProConnect does."""
    if organisation is not None and not acr:
        raise SetupError("Say with --acr which sign-in level of this provider means two factors: there is no default.")
    if algorithm not in KEY_TYPES:
        raise SetupError(f"{algorithm} is not accepted: one of {', '.join(KEY_TYPES)}.")
    own = organisation is not None
    provider = Provider(
        id=checked_id(name),
        name=label,
        issuer=checked_issuer(issuer),
        client_id=client_id,
        client_secret=_secret(secret_file),
        scope=OWN_SCOPE if own else PROCONNECT_SCOPE,
        accepted_acr=tuple(acr or PROCONNECT_ACR),
        # ProConnect signs what it says about a person; others rarely do.
        signed_userinfo=not own,
        algorithm=algorithm,
        organisation_id=None if organisation is None else providers.organisation_of(organisation),
    )
    with place(data) as here:
        box = Box(here.secrets.signin)
        here.run_as_owner(here.recording(lambda engine, record: providers.add(engine, provider, box, record)))
        base = here.settings.issuer or "https://<the service>"
    there = {"redirect_uri": base + CALLBACK.format(provider=name), "post_logout_redirect_uri": base + SIGNED_OUT}
    sentence = "Register these two addresses there, to the letter:\n" + "\n".join(there.values())
    tell({"id": name, **there}, as_json=as_json, sentence=f"{label} may vouch. {sentence}")


@idp_app.command("list")
def list_command(as_json: JsonOption = False, data: DataOption = None) -> None:
    """Show the providers."""
    with place(data) as here:
        rows = here.run_as_owner(providers.listed)
    tell_rows(rows, as_json=as_json, title="OpenID providers")


@idp_app.command("retire")
def retire(
    name: Annotated[str, typer.Argument(help="Its name.")], as_json: JsonOption = False, data: DataOption = None
) -> None:
    """Let nobody sign in there any more; the sessions it vouched for end at once."""
    with place(data) as here:
        ended = here.run_as_owner(here.recording(lambda engine, record: providers.retire(engine, name, record)))
    tell({"id": name, "sessions_ended": ended}, as_json=as_json, sentence=f"{name} is retired; {ended} sessions ended.")


def _secret(path: Path) -> str:
    # Never an argument: those are seen by everybody on the machine.
    text = sys.stdin.read() if str(path) == "-" else path.read_text()
    if not text.strip():
        raise SetupError("The client secret is empty.")
    return text.strip()
