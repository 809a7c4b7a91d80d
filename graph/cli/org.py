"""`python -m graph org ...`: the organisations of the network; the same rules and records as the mutations."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.cli.enrolment import AcrOption, BearerOption, ScopeOption, new_code, tell_code
from graph.cli.options import AsOption, DataOption, JsonOption, OrganisationArgument
from graph.cli.place import place
from graph.cli.telling import tell, tell_rows
from loaders.commands import by_hand
from loaders.commands.by_hand import Hand, public
from schema.errors import SetupError
from schema.vocabulary import MandateKind, OrgKind

org_app = typer.Typer(no_args_is_help=True, help="Organisations: asked in, approved, suspended, resumed, closed.")


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
        made = here.run(here.recording(lambda engine, record: by_hand.found(engine, name, people, record)))
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
    tell_code(
        {"organisation": identity, "client": client, "code": code}, as_json=as_json, what=f"{identity} is PENDING."
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
