"""The command line of trusted documents: `python -m graph documents register | list | show | retire`.

What `show` prints is what a data protection officer wants to know of a partner: all that its tools can ask, and the
categories of data that each question can show.
"""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from graph.cli.options import DataOption, settings_of
from graph.cli.place import Place, place
from graph.cli.telling import aside
from graph.http.limits import Limits
from graph.manifest import audiences_of, categories_of, read_manifest, title_of
from loaders import trusted
from loaders.postgres import logins
from schema.errors import SetupError

documents_app = typer.Typer(no_args_is_help=True, help="Trusted documents: all that the tools of a partner can ask.")

OrganisationArgument = Annotated[str, typer.Argument(help="Id of the organisation, or of one of its clients.")]


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
    documents, limits = read_manifest(manifest.read_bytes()), settings_of(data).limits
    for hash_, document in documents.items():
        if not audiences_of(document, limits):
            raise SetupError(f"{title_of(document)} ({hash_[:12]}) fits no audience's schema: nothing was registered.")
    with place(data) as here:
        owner = _owner(here, organisation)
        new = here.run(lambda engine: trusted.register(engine, owner, documents, alone=alone))
    aside.print(
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
    with place(data) as here:
        owner = _owner(here, organisation)
        if not here.run(lambda engine: trusted.retire(engine, owner, document)):
            raise SetupError("The organisation has no such document, or it is retired already.")
    aside.print("Retired.")


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
            title_of(one.document),
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
        print(f"# {title_of(one.document)}: {names or 'no data of a case'}")
        print(f"# for {', '.join(audience.value for audience in audiences_of(one.document, limits)) or 'nobody'}")
        print(one.document.strip() + "\n")


def _registered(organisation: str, data: Path | None) -> tuple[Limits, list[trusted.Registered]]:
    with place(data) as here:
        owner = _owner(here, organisation)
        return here.settings.limits, here.run(lambda engine: trusted.registered(engine, owner))


def _owner(here: Place, words: str) -> UUID:
    return here.run(lambda engine: trusted.organisation_of(engine, words), logins.OAUTH)
