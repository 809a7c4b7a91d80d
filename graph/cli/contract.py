"""`python -m graph contract`: the schema of each role, and what a change of it breaks."""

from pathlib import Path
from typing import Annotated

import typer

from graph import review
from graph.schemas import compatibility
from graph.schemas.contract import contract_of, write_contract
from schema.errors import SetupError
from schema.vocabulary import Audience, OrgKind, Role, organisation_audience


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
