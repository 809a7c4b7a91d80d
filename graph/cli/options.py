"""The options that several commands have, and the settings that they give."""

from pathlib import Path
from typing import Annotated, Any

import typer

from graph.settings import Settings
from schema.vocabulary import Purpose

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder of the embedded server, keys and demo.json; the setting MAILLAGE_DATA, else demo-data, unless given.",
    ),
]
PortOption = Annotated[
    int | None, typer.Option("--port", min=0, max=65_535, help="Port to listen on; a free one unless given.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer with JSON, for scripts.")]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="MEMBER",
        help="The administrator who acts: a member id or an address; the setting MAILLAGE_OPERATOR unless given.",
    ),
]
MemberOption = Annotated[
    str | None, typer.Option("--member", help="Act for this member: an id, or a role code of demo.json.")
]
PurposeOption = Annotated[
    Purpose | None, typer.Option("--purpose", help="Purpose of the request; the role's first unless given.")
]
OrganisationArgument = Annotated[str, typer.Argument(metavar="ORGANISATION", help="Id of the organisation.")]


def settings_of(data: Path | None, port: int | None = None) -> Settings:
    """The settings, with what was given on the command line."""
    given: dict[str, Any] = {name: value for name, value in (("data", data), ("port", port)) if value is not None}
    return Settings(**given)


__all__ = [
    "AsOption",
    "DataOption",
    "JsonOption",
    "MemberOption",
    "OrganisationArgument",
    "PortOption",
    "PurposeOption",
    "settings_of",
]
