"""The policy's command line: `contract` prints what a role's schema is, `explain` who may see what, and why."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from auth.comparing import changes
from graph import compatibility, reasons, review
from graph import explain as explanations
from graph.contract import contract_of, write_contract
from graph.database import running
from graph.options import DataOption, PurposeOption, settings_of
from graph.reasons import Asking
from graph.settings import Secrets
from loaders.surface import surface
from schema.errors import SetupError
from schema.vocabulary import Audience, OrgKind, Role, organisation_audience

# ORGANISATION MEMBER SITUATION TYPE.FIELD
_LIVING = 4


def contract(
    role: Annotated[Role | None, typer.Option(help="Code of a role.")] = None,
    organisation: Annotated[OrgKind | None, typer.Option(help="Kind of an organisation, for its own token.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write schema/contract/AUDIENCE.graphql for all.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Say what breaks or endangers clients of the last release; exit 1 if untold.")
    ] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Make this contract and this policy the last release's.")
    ] = False,
) -> None:
    """Print the GraphQL schema (SDL) of a role, or of an organisation-only token."""
    if write:
        write_contract(Path("schema/contract"))
        return
    if release:
        compatibility.write_released()
        review.keep(compatibility.latest(compatibility.CHANGELOG.read_text(encoding="utf-8")))
        return
    if diff:
        _tell_changes()
        return
    audience = Audience(role.value) if role else organisation_audience(organisation) if organisation else None
    if audience is None:
        raise SetupError("Give --role CODE, or --organisation KIND (an OPERATOR has no schema of its own).")
    print(contract_of(audience), end="")


def _tell_changes() -> None:
    found = compatibility.changes(compatibility.released(), {audience: contract_of(audience) for audience in Audience})
    untold = compatibility.untold(found, compatibility.CHANGELOG.read_text(encoding="utf-8"))
    for change in found:
        print(f"{change}{'  <- docs/CHANGELOG.md does not say so' if change in untold else ''}")
    if untold:
        raise typer.Exit(1)


def explain(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ROLE [TYPE.FIELD] | ORGANISATION MEMBER SITUATION TYPE.FIELD",
            help="A role code (or ORG_CRIP, ...) and a field; or a living caller: organisation, member (- for its own tool), situation, field.",
        ),
    ] = None,
    habilitation: Annotated[str | None, typer.Option(help="Role or id, where the member has several.")] = None,
    purpose: PurposeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
    write_docs: Annotated[
        bool, typer.Option("--write-docs", help="Write docs/permissions.md and docs/policy.json.")
    ] = False,
    export: Annotated[bool, typer.Option("--export", help="Print the compiled policy as canonical JSON.")] = False,
    diff: Annotated[
        str | None,
        typer.Option(metavar="GIT_REV_OR_FILE", help="What has opened and closed since; exit code 1 if it widens."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Say who may see what, and why: by the policy, or for one caller and one case (that is logged)."""
    given = words or []
    if write_docs:
        Path("docs/permissions.md").write_text(explanations.matrix())
        review.EXPORT.write_text(review.written(surface()))
    elif export:
        print(review.written(surface()), end="")
    elif diff is not None:
        _review(diff, as_json=as_json)
    elif len(given) == _LIVING:
        organisation, member, situation, field = given
        asked = Asking(organisation, None if member == "-" else member, situation, field, habilitation, purpose)
        _reasons(asked, data, as_json=as_json)
    else:
        _role(given)


def _role(words: list[str]) -> None:
    if not words or words[0] not in {audience.value for audience in Audience} or len(words) > 2:  # noqa: PLR2004 (role, field)
        raise SetupError(
            "Give a role code, for example: explain CRI Minor.firstName; or ORGANISATION MEMBER SITUATION TYPE.FIELD"
        )
    audience = Audience(words[0])
    out = Console()
    if len(words) > 1:
        for line in explanations.field(audience, words[1]):
            out.print(line, highlight=False, markup=False)
        return
    table = Table(title=f"{audience.value} : {audience.label}", title_justify="left")
    for heading in ("category", "", "cell", "means"):
        table.add_column(heading)
    for row in explanations.cells(audience):
        table.add_row(*row)
    out.print(table)


def _reasons(asked: Asking, data: Path | None, *, as_json: bool) -> None:
    settings = settings_of(data)
    with running(settings, Secrets(settings.data / "secrets")) as database:
        answer = asyncio.run(reasons.answered(database, asked))
    if as_json:
        print(reasons.as_json(answer))
        return
    who = f"{asked.member or 'its own tool'} of {asked.organisation}, {answer.audience.value}"
    title = f"{answer.field} of {asked.situation} for {who}{f', {answer.purpose.value}' if answer.purpose else ''}"
    Console().print(reasons.tree(answer, escape(title)))


def _review(where: str, *, as_json: bool) -> None:
    found = changes(review.read(where), review.in_force())
    widens = any(change.direction.widens for change in found)
    if as_json:
        print(json.dumps([change.as_json() for change in found], ensure_ascii=False, indent=2))
    else:
        Console().print(review.table(found) if found else f"The policy is that of {where}.")
    raise typer.Exit(1 if widens else 0)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(contract)
    app.command()(explain)
