"""The operator's command line for people: `member invite`, `member remove`, `member list`."""

from typing import Annotated

import typer

from graph.cli.enrolment import new_code
from graph.cli.options import AsOption, DataOption, JsonOption
from graph.cli.place import place
from graph.cli.telling import tell, tell_rows
from loaders.commands import by_hand
from loaders.commands.by_hand import public
from loaders.commands.invitations import LIFE
from schema.vocabulary import Role, SecrecyBasis

member_app = typer.Typer(no_args_is_help=True, help="People: invited by the operator as delegates; removed.")


@member_app.command("invite")
def invite(
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Id of the organisation.")],
    name: Annotated[str, typer.Argument(help="Name of the person.")],
    email: Annotated[str, typer.Argument(help="Professional address, which their provider has to confirm.")],
    role: Annotated[Role, typer.Option(help="DEL, or ADM for the operator; delegates invite the others.")] = Role.DEL,
    basis: Annotated[SecrecyBasis | None, typer.Option(help="Why the person is bound by secrecy.")] = None,
    who: AsOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Invite a person. The invitation code is printed once: hand it over out of band, apart from the address."""
    code, digest = new_code()
    wish = {"organisation": public("Organisation", organisation), "name": name, "email": email, "role": role}
    with place(data) as here:
        here.act(who, lambda hand: hand.act("inviteMember", **wish, secrecy_basis=basis, code_digest=digest))
    tell(
        {"organisation": wish["organisation"], "email": email, "code": code, "expires_in": int(LIFE.total_seconds())},
        as_json=as_json,
        sentence=f"{email} becomes a member at the first sign-in with this code, within {LIFE.days} days:\n{code}",
    )


@member_app.command("remove")
def remove(
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="Id of the member.")],
    who: AsOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Note that a person has left: habilitations, sessions, tokens and open streams end at once, for good."""
    identity = public("Member", member)
    with place(data) as here:
        here.act(who, lambda hand: hand.act("removeMember", member=identity))
    tell({"member": identity, "done": "removeMember"}, as_json=as_json, sentence="Every access has ended.")


@member_app.command("list")
def list_members(
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Id of the organisation.")],
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List the members of an organisation and their roles."""
    with place(data) as here:
        rows = here.run(lambda engine: by_hand.members(engine, organisation))
    tell_rows(rows, as_json=as_json, title="Members")
