"""`python -m graph explain`: who may see what, and why; and what a change of the policy opens and closes."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from auth.comparing import changes
from graph import explain as explanations
from graph import review
from graph.cli import reasons
from graph.cli.options import DataOption, JsonOption, PurposeOption
from graph.cli.place import place
from graph.cli.reasons import Asking
from graph.role_cards import acts
from loaders.surface import surface
from schema.errors import SetupError
from schema.vocabulary import Audience


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
    as_json: JsonOption = False,
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
    """Say who may see what, and why: by the policy, or for one caller and one case (that is logged).

    Examples: explain CRI; explain CRI Minor.firstName; explain cli_crip_59 - 55K4Z-XGBMF Situation.urgency
    """
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


# ORGANISATION MEMBER SITUATION TYPE.FIELD
_LIVING = 4


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
    out.print(f"Acts: {', '.join(acts(audience)) or 'none: it only reads.'}", highlight=False)


def _reasons(asked: Asking, data: Path | None, *, as_json: bool) -> None:
    with place(data) as here:
        answer = asyncio.run(reasons.answered(here.database, asked))
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
