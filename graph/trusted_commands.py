"""The command line of trusted documents: `python -m graph documents register | list | show | retire`.

What `show` prints is what a data protection officer wants to know of a partner: all that its tools can ask, and the
categories of data that each question can show.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from graphql import FieldNode, OperationDefinitionNode, TypeInfo, TypeInfoVisitor, Visitor, parse, visit
from rich.console import Console
from rich.table import Table

from graph.database import on_engine, running
from graph.documents import Documents, ResponseError
from graph.limits import Limits
from graph.options import DataOption, settings_of
from graph.settings import Secrets
from loaders import logins, trusted
from loaders.nouns import NOUNS
from loaders.statement import camel
from schema.errors import SetupError
from schema.vocabulary import Audience, Category

documents_app = typer.Typer(no_args_is_help=True, help="Trusted documents: all that the tools of a partner can ask.")

OrganisationArgument = Annotated[str, typer.Argument(help="Id of the organisation, or of one of its clients.")]

_CATEGORY_OF: Mapping[tuple[str, str], Category] = {
    (noun.name, camel(column.name)): column.info["category"] for noun in NOUNS.values() for column in noun.table.c
}


@documents_app.command("register")
def register_command(
    organisation: OrganisationArgument,
    manifest: Annotated[
        Path, typer.Argument(help="JSON: hash to document, or the manifest of Apollo's tools.", exists=True)
    ],
    alone: Annotated[bool, typer.Option("--alone", help="Retire every other document of the organisation.")] = False,
    data: DataOption = None,
) -> None:
    """Register documents: from then on the organisation's tools may ask them, and outside demonstrations nothing else."""
    settings = settings_of(data)
    documents = read_manifest(manifest.read_bytes())
    for hash_, document in documents.items():
        if not audiences_of(document, settings.limits):
            raise SetupError(f"{_title(document)} ({hash_[:12]}) fits no audience's schema: nothing was registered.")
    with running(settings, Secrets.of(settings)) as database:
        owner = on_engine(database.dsn_of(logins.OAUTH), lambda engine: trusted.organisation_of(engine, organisation))
        new = on_engine(
            database.dsn_of(logins.COMMANDS), lambda engine: trusted.register(engine, owner, documents, alone=alone)
        )
    Console(stderr=True).print(
        f"{len(documents)} documents are registered, {new} of them new; every process knows within "
        f"{trusted.FRESH_SECONDS:.0f} s."
    )


@documents_app.command("retire")
def retire_command(
    organisation: OrganisationArgument,
    document: Annotated[str, typer.Argument(help="Hash of the document, as `list` prints it.")],
    data: DataOption = None,
) -> None:
    """Refuse a document from now on; retiring the last one lets the tools ask freely again."""
    settings = settings_of(data)
    with running(settings, Secrets.of(settings)) as database:
        owner = on_engine(database.dsn_of(logins.OAUTH), lambda engine: trusted.organisation_of(engine, organisation))
        if not on_engine(database.dsn_of(logins.COMMANDS), lambda engine: trusted.retire(engine, owner, document)):
            raise SetupError("The organisation has no such document, or it is retired already.")
    Console(stderr=True).print("Retired.")


@documents_app.command("list")
def list_command(organisation: OrganisationArgument, data: DataOption = None) -> None:
    """List what the tools of an organisation can ask."""
    limits, found = _registered(organisation, data)
    table = Table(title="Trusted documents", title_justify="left")
    for heading in ("hash", "operations", "categories", "for", "registered", "retired"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(
            one.hash,
            _title(one.document),
            " ".join(category.value for category in categories_of(one.document, limits)),
            " ".join(audience.value for audience in audiences_of(one.document, limits)),
            f"{one.registered_at:%Y-%m-%d}",
            f"{one.retired_at:%Y-%m-%d}" if one.retired_at else "",
        )
    Console().print(table)


@documents_app.command("show")
def show_command(
    organisation: OrganisationArgument,
    document: Annotated[str | None, typer.Argument(help="Hash of one document, or its beginning.")] = None,
    data: DataOption = None,
) -> None:
    """Print what the tools of an organisation can ask: each text, and the categories of data it can show."""
    limits, found = _registered(organisation, data)
    chosen = [one for one in found if one.hash.startswith(document or "") and (document or one.retired_at is None)]
    if not chosen:
        raise SetupError("The organisation has no such document.")
    for one in chosen:
        names = ", ".join(f"{category.value} {category.label}" for category in categories_of(one.document, limits))
        print(f"# sha256:{one.hash}")
        print(f"# {_title(one.document)}: {names or 'no data of a case'}")
        print(f"# for {', '.join(audience.value for audience in audiences_of(one.document, limits)) or 'nobody'}")
        print(one.document.strip() + "\n")


def _registered(organisation: str, data: Path | None) -> tuple[Limits, list[trusted.Registered]]:
    settings = settings_of(data)
    with running(settings, Secrets.of(settings)) as database:
        owner = on_engine(database.dsn_of(logins.OAUTH), lambda engine: trusted.organisation_of(engine, organisation))
        return settings.limits, on_engine(
            database.dsn_of(logins.COMMANDS), lambda engine: trusted.registered(engine, owner)
        )


# ---------------------------------------------------------------- a manifest, and what a document says


def read_manifest(text: bytes) -> dict[str, str]:
    """The documents of a manifest by hash.

    Raises: SetupError where it is none, or where a hash is not its document's.
    """
    try:
        pairs = list(_pairs(json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SetupError("The manifest is a JSON object from hash to document, or Apollo's manifest.") from None
    found: dict[str, str] = {}
    for given, document in pairs:
        hash_ = hashlib.sha256(document.encode()).hexdigest()
        if given.removeprefix("sha256:") != hash_:
            raise SetupError(
                f"{given[:80]} is not the SHA-256 of its document, which is {hash_}: nothing was registered."
            )
        found[hash_] = document
    if not found:
        raise SetupError("The manifest is empty.")
    return found


def _pairs(manifest: Any) -> Iterator[tuple[str, str]]:
    if manifest.get("format") == "apollo-persisted-query-manifest":
        yield from ((str(one["id"]), str(one["body"])) for one in manifest["operations"])
        return
    for given, document in manifest.items():
        if not isinstance(document, str):
            raise TypeError
        yield given, document


def _title(document: str) -> str:
    operations = [node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode)]
    return ", ".join(f"{node.operation.value} {node.name.value if node.name else '(no name)'}" for node in operations)


def audiences_of(document: str, limits: Limits) -> list[Audience]:
    """The audiences whose schema has all that the document names."""
    prepared = Documents(limits)
    found = []
    for audience in Audience:
        try:
            operations = [node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode)]
            for node in operations:
                prepared.prepare(audience, document, node.name.value if node.name else None)
        except (ResponseError, ValueError):
            continue
        found.append(audience)
    return found


def categories_of(document: str, limits: Limits) -> list[Category]:
    """The categories that the document selects, in any audience's schema that has all of it."""
    found: set[Category] = set()
    for audience in audiences_of(document, limits):
        schema = Documents(limits).prepare(audience, document, _first_name(document)).schema
        types = TypeInfo(schema)
        gatherer = _Gatherer(types)
        visit(parse(document), TypeInfoVisitor(types, gatherer))
        found |= gatherer.found
    return sorted(found - {Category.KEY}, key=lambda category: category.value)


def _first_name(document: str) -> str | None:
    first = next(node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode))
    return first.name.value if first.name else None


class _Gatherer(Visitor):
    """Collects the categories of the fields it meets."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.found: set[Category] = set()
        self._types = types

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Take the category of a column; what is no column has none."""
        parent = self._types.get_parent_type()
        category = _CATEGORY_OF.get((parent.name if parent else "", node.name.value))
        if category is not None:
            self.found.add(category)
