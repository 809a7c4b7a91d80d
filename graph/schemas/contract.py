"""The contract: the GraphQL schema of each audience as text (SDL), committed so that every change of it is reviewed."""

from pathlib import Path

from graphql import print_schema

from graph.schemas.roles import schema_of
from schema.vocabulary import Audience


def contract_of(audience: Audience) -> str:
    """The SDL of an audience."""
    return print_schema(schema_of(audience)) + "\n"


def write_contract(folder: Path) -> None:
    """Write the SDL of every audience, and remove what is no audience."""
    folder.mkdir(exist_ok=True)
    for stale in set(folder.glob("*.graphql")) - {folder / f"{audience.value}.graphql" for audience in Audience}:
        stale.unlink()
    for audience in Audience:
        (folder / f"{audience.value}.graphql").write_text(contract_of(audience), encoding="utf-8")
