"""The operator's command line: `org`, `client` and `keys`; the same rules and records as the mutations."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.member_commands import member_app
from graph.operating import AsOption, DataOption, JsonOption, new_code, place, tell, tell_rows
from loaders import logins
from loaders.commands import by_hand, signing_keys
from loaders.commands.by_hand import Hand, public
from loaders.commands.clients import CODE_LIFE
from schema.errors import SetupError
from schema.vocabulary import MandateKind, OrgKind

org_app = typer.Typer(no_args_is_help=True, help="Organisations: asked in, approved, suspended, resumed, closed.")
client_app = typer.Typer(no_args_is_help=True, help="The software tools of organisations, and their keys.")
keys_app = typer.Typer(no_args_is_help=True, help="Our own signing keys.")

OrganisationArgument = Annotated[str, typer.Argument(metavar="ORGANISATION", help="Id of the organisation.")]
ClientArgument = Annotated[str, typer.Argument(metavar="CLIENT", help="The client_id: cli_...")]
ScopeOption = Annotated[list[str], typer.Option("--scope", help="What the tool may ask for; may be repeated.")]
AcrOption = Annotated[
    list[str] | None,
    typer.Option(
        "--acr", help="Sign-in level with two factors that the tool may vouch for; without one, no named persons."
    ),
]
BearerOption = Annotated[
    bool, typer.Option("--bearer", help="The tool cannot bind tokens to a key (DPoP): a decision to write down.")
]


# ---------------------------------------------------------------- org


@org_app.command("found")
def found(
    name: Annotated[str, typer.Argument(help="Public name of the operator.")],
    administrator: Annotated[
        list[str], typer.Option("--administrator", metavar="'NAME <ADDRESS>'", help="Given at least twice.")
    ],
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Begin a network: the operator's own organisation and its first two administrators. This works once."""
    people = [_person(words) for words in administrator]
    with place(data) as here:
        made = here.run(lambda engine: by_hand.found(engine, name, people))
    ids = {address: public("Member", identity) for address, identity in made.administrators.items()}
    listed = ", ".join(f"{address} is {identity}" for address, identity in ids.items())
    tell(
        {"organisation": public("Organisation", made.organisation), "administrators": ids},
        as_json=as_json,
        sentence=f"{name} operates the network. {listed}.",
    )


def _person(words: str) -> tuple[str, str]:
    name, _, address = words.partition("<")
    if not name.strip() or not address.endswith(">") or "@" not in address:
        raise SetupError("An administrator is written 'NAME <ADDRESS>'.")
    return name.strip(), address[:-1].strip()


@org_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Public name.")],
    kind: Annotated[OrgKind, typer.Argument(help="What kind of organisation it is.")],
    client: Annotated[str, typer.Option("--client", help="client_id of its first tool: cli_ and a name.")],
    scope: ScopeOption,
    who: AsOption = None,
    authority: Annotated[str | None, typer.Option(help="Code of its authority: 59, 69M, 2A+2B (CRIP, ASE).")] = None,
    mandate: Annotated[MandateKind | None, typer.Option(help="Its mandate (associations).")] = None,
    territory: Annotated[list[str] | None, typer.Option(help="Department where it works; may be repeated.")] = None,
    siret: Annotated[list[str] | None, typer.Option(help="A SIRET number; may be repeated.")] = None,
    convention: Annotated[str | None, typer.Option(help="Reference of its convention.")] = None,
    begins: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the convention.")] = None,
    ends: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the convention.")] = None,
    acr: AcrOption = None,
    bearer: BearerOption = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Ask an organisation in: it is PENDING. The enrolment code is printed once: hand it over out of band."""
    code, digest = new_code()
    with place(data) as here:
        of = None if authority is None else here.run(lambda engine: by_hand.authority_of(engine, authority))

        async def work(hand: Hand) -> str:
            identity = await hand.act(
                "createOrganisation",
                name=name,
                kind=kind,
                authority=of,
                mandate_kind=mandate,
                convention_ref=convention,
                valid_from=begins.date() if begins else None,
                valid_to=ends.date() if ends else None,
                territories=territory,
                sirets=siret,
            )
            made = public("Organisation", identity)
            await hand.act(
                "registerClient",
                organisation=made,
                client=client,
                name=f"Outil de {name}",
                scopes=scope,
                accepted_acr=acr,
                bearer=bearer,
                code_digest=digest,
            )
            return made

        identity = here.act(who, work)
    _tell_code(
        {"organisation": identity, "client": client, "code": code}, as_json=as_json, what=f"{identity} is PENDING."
    )


def _tell_code(found: dict[str, Any], *, as_json: bool, what: str) -> None:
    tell(
        {**found, "expires_in": int(CODE_LIFE.total_seconds())},
        as_json=as_json,
        sentence=(
            f"{what} Its tool {found['client']} sends its public keys with this code within {CODE_LIFE.days} days; hand it "
            f"over out of band, it is not shown again:\n{found['code']}\nThen another administrator approves: org approve."
        ),
    )


@org_app.command("approve")
def approve(
    organisation: OrganisationArgument,
    fingerprint: Annotated[
        str, typer.Option(help="Fingerprint of the keys, as the organisation reads it out on another way.")
    ],
    who: AsOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Approve the keys that an organisation has proven, as another administrator than the one who gave the code."""
    _on(
        organisation,
        "approveOrganisation",
        "Its keys count from now on.",
        who,
        data,
        as_json=as_json,
        fingerprint=fingerprint,
    )


@org_app.command("suspend")
def suspend(
    organisation: OrganisationArgument, who: AsOption = None, as_json: JsonOption = False, data: DataOption = None
) -> None:
    """Suspend an organisation: every token and open stream of its tools and people ends at once."""
    _on(organisation, "suspendOrganisation", "Its tokens and streams have ended.", who, data, as_json=as_json)


@org_app.command("resume")
def resume(
    organisation: OrganisationArgument, who: AsOption = None, as_json: JsonOption = False, data: DataOption = None
) -> None:
    """Let a suspended organisation ask for tokens again; those it had stay dead."""
    _on(organisation, "resumeOrganisation", "It may ask for new tokens.", who, data, as_json=as_json)


@org_app.command("close")
def close(
    organisation: OrganisationArgument, who: AsOption = None, as_json: JsonOption = False, data: DataOption = None
) -> None:
    """End an organisation's membership for good."""
    _on(organisation, "closeOrganisation", "It has left the network.", who, data, as_json=as_json)


@org_app.command("list")
def list_organisations(as_json: JsonOption = False, data: DataOption = None) -> None:
    """List the organisations: their state, their tools, and how many key sets wait for an approval."""
    with place(data) as here:
        tell_rows(here.run(by_hand.organisations), as_json=as_json, title="Organisations")


def _on(
    organisation: str, act: str, sentence: str, who: str | None, data: Path | None, *, as_json: bool, **wish: Any
) -> None:
    identity = public("Organisation", organisation)
    with place(data) as here:
        here.act(who, lambda hand: hand.act(act, organisation=identity, **wish))
    tell({"organisation": identity, "done": act}, as_json=as_json, sentence=sentence)


# ---------------------------------------------------------------- client


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
    _tell_code({"organisation": identity, "client": client, "code": code}, as_json=as_json, what="Registered.")


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
    _tell_code(found, as_json=as_json, what="A fresh code.")


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


# ---------------------------------------------------------------- keys


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


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(org_app, name="org")
    app.add_typer(client_app, name="client")
    app.add_typer(keys_app, name="keys")
    app.add_typer(member_app, name="member")
