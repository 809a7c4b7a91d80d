"""Options that several commands take, and the settings that they stand for."""

from pathlib import Path
from typing import Annotated, Any

import typer

from graph.settings import Settings
from schema.vocabulary import Purpose

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the embedded server, keys and demo.json.")]
PortOption = Annotated[int | None, typer.Option("--port", help="Port of 127.0.0.1; a free one unless given.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer with JSON, for scripts.")]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="MEMBER",
        help="The administrator who acts: a member id or an address; the setting MAILLAGE_OPERATOR unless given.",
    ),
]
PurposeOption = Annotated[
    Purpose | None, typer.Option("--purpose", help="Purpose of the request; the role's first unless given.")
]
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


def settings_of(data: Path | None = None, port: int | None = None) -> Settings:
    """The settings, with what the command line gives in their place."""
    given: dict[str, Any] = {name: value for name, value in (("data", data), ("port", port)) if value is not None}
    return Settings(**given)
