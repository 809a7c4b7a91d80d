"""`python -m graph client ...`: the software tools of organisations, their keys and secrets."""

from pathlib import Path
from typing import Annotated, Any

import typer

from graph.cli.enrolment import AcrOption, BearerOption, ScopeOption, new_code, tell_code
from graph.cli.options import AsOption, DataOption, JsonOption, OrganisationArgument
from graph.cli.place import place
from graph.cli.telling import tell, tell_rows
from loaders.commands import by_hand
from loaders.commands.by_hand import public

client_app = typer.Typer(no_args_is_help=True, help="The software tools of organisations, and their keys.")

ClientArgument = Annotated[str, typer.Argument(metavar="CLIENT", help="The client_id: cli_...")]


@client_app.command("add")
def add_client(
    organisation: OrganisationArgument,
    client: ClientArgument,
    scope: ScopeOption,
    name: Annotated[str, typer.Option(help="What the organisation calls it.")],
    who: AsOption = None,
    acr: AcrOption = None,
    bearer: BearerOption = False,
    secret: Annotated[
        bool,
        typer.Option(
            "--by-secret", help="The tool cannot sign and gets a secret, never for persons: a decision to write down."
        ),
    ] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Register one more tool of an organisation, and print its enrolment code; none for a tool with a secret."""
    code, digest = new_code()
    wish = {"client": client, "name": name, "scopes": scope, "accepted_acr": acr, "bearer": bearer, "secret": secret}
    wish["code_digest"] = None if secret else digest
    identity = public("Organisation", organisation)
    with place(data) as here:
        here.act(who, lambda hand: hand.act("registerClient", organisation=identity, **wish))
    if secret:
        sentence = (
            "Registered. Another administrator, or the organisation's delegate, makes its secret: client issue-secret."
        )
        tell({"organisation": identity, "client": client}, as_json=as_json, sentence=sentence)
        return
    tell_code({"organisation": identity, "client": client, "code": code}, as_json=as_json, what="Registered.")


@client_app.command("add-key")
def add_key(client: ClientArgument, who: AsOption = None, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Give a tool a fresh enrolment code, for keys that it has lost or cannot add by itself; the code before is dead.

    No key is ever typed in here: the organisation proves its new keys with the code, and another administrator approves
    them (`org approve`). A tool that still has a working key adds the next one by itself (mutation addClientKey).
    """
    code, digest = new_code()
    with place(data) as here:
        identity = here.act(who, lambda hand: hand.act("issueEnrolmentCode", client=client, code_digest=digest))
    found = {"organisation": public("Organisation", identity), "client": client, "code": code}
    tell_code(found, as_json=as_json, what="A fresh code.")


@client_app.command("retire-key")
def retire_key(
    client: ClientArgument,
    kid: Annotated[str, typer.Argument(metavar="KID", help="Name of the key (client list).")],
    who: AsOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Retire a key of a tool: it is refused from now on."""
    _tool(client, "retireClientKey", "The key is refused from now on.", who, data, as_json=as_json, kid=kid)


@client_app.command("issue-secret")
def issue_secret(
    client: ClientArgument,
    days: Annotated[int, typer.Option(help="How long it lives, 365 at most.")] = 365,
    overlap_hours: Annotated[
        int | None,
        typer.Option(help="After how many hours the secret before ends; 0: at once. Unless given it lives on."),
    ] = None,
    who: AsOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Make a secret of a tool that was registered with --by-secret, and print it this once.

    Not by the administrator who registered it. Two live at most: rotate with --overlap-hours, and the tool changes
    meanwhile.
    """
    wish = {"client": client, "days": days, "overlap_hours": overlap_hours}
    with place(data) as here:
        secret = here.act(who, lambda hand: hand.revealed("issueClientSecret", **wish))
    sentence = f"The secret of {client}; hand it over out of band, it is not shown again:\n{secret}"
    tell({"client": client, "secret": secret}, as_json=as_json, sentence=sentence)


@client_app.command("retire-secret")
def retire_secret(
    client: ClientArgument,
    secret: Annotated[str, typer.Argument(metavar="ID", help="Id of the secret, sec_... (client list).")],
    who: AsOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Retire a secret of a tool: it is refused from now on."""
    _tool(client, "retireClientSecret", "The secret is refused from now on.", who, data, as_json=as_json, secret=secret)


@client_app.command("suspend")
def suspend_client(
    client: ClientArgument, who: AsOption = None, as_json: JsonOption = False, data: DataOption = None
) -> None:
    """Suspend one tool: its tokens and open streams end at once."""
    _tool(client, "suspendClient", "Its tokens and streams have ended.", who, data, as_json=as_json)


@client_app.command("resume")
def resume_client(
    client: ClientArgument, who: AsOption = None, as_json: JsonOption = False, data: DataOption = None
) -> None:
    """Let a suspended tool ask for tokens again; those it had stay dead."""
    _tool(client, "resumeClient", "It may ask for new tokens.", who, data, as_json=as_json)


@client_app.command("list")
def list_clients(
    organisation: Annotated[str | None, typer.Argument(help="Id of an organisation; all unless given.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List the tools and their keys, retired ones too."""
    with place(data) as here:
        rows = here.run(lambda engine: by_hand.clients(engine, organisation))
    tell_rows(rows, as_json=as_json, title="Tools and keys")


def _tool(
    client: str, act: str, sentence: str, who: str | None, data: Path | None, *, as_json: bool, **wish: Any
) -> None:
    with place(data) as here:
        here.act(who, lambda hand: hand.act(act, client=client, **wish))
    tell({"client": client, "done": act}, as_json=as_json, sentence=sentence)
