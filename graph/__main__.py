"""The command line: `python -m graph ...` from the project's root."""

import asyncio
import json
import logging
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import httpx2
import structlog
import typer
import uvloop
from rich.console import Console
from rich.table import Table

from auth.oauth.issuer import Issuer
from graph import demo as demonstration
from graph import explain as explanations
from graph import keeping
from graph.app import application
from graph.contract import contract_of, write_contract
from graph.database import running
from graph.serving import free_port, serve, settle
from graph.settings import Secrets, Settings
from loaders import logins
from loaders.audit import verify
from loaders.database import prepare
from loaders.in_the_clear import seal_what_is_clear
from schema.errors import MaillageError, SetupError
from schema.vocabulary import Audience, OrgKind, Purpose, Role, organisation_audience

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Maillage : le réseau GraphQL contre l'exploitation des mineurs."
)
audit_app = typer.Typer(no_args_is_help=True, help="The access log.")
app.add_typer(audit_app, name="audit")
keeping.register(app)
console = Console(stderr=True)

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the embedded server, keys and demo.json.")]
PortOption = Annotated[int | None, typer.Option("--port", help="Port of 127.0.0.1; a free one unless given.")]


def _settings(data: Path | None = None, port: int | None = None) -> Settings:
    given: dict[str, Any] = {name: value for name, value in (("data", data), ("port", port)) if value is not None}
    return Settings(**given)


def _logging() -> None:
    # Only what we name: a library's debug line can hold a whole token.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@app.command()
def demo(
    port: PortOption = None,
    data: DataOption = None,
    scale: Annotated[int, typer.Option(min=1, max=20_000, help="How many times the first year's 143 situations.")] = 1,
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw the demonstration's data away and start afresh.")
    ] = False,
) -> None:
    """Start everything with synthetic data: embedded PostgreSQL, migrations, server; Ctrl-C stops it all."""
    _logging()
    settings = _settings(data, port)
    if reset and settings.data.exists():
        _throw_away(settings.data)
    started = datetime.now(UTC)
    secrets = Secrets.of(settings)
    (settings.data / "demo.json").unlink(missing_ok=True)
    with (
        console.status("PostgreSQL démarre…"),
        free_port(settings.host, settings.port) as listener,
        running(settings, secrets) as database,
    ):
        base_url = f"http://{settings.host}:{listener.getsockname()[1]}"

        async def main() -> None:
            await prepare(database.admin, secrets.database, started.date())
            await seal_what_is_clear(database.admin, secrets.keyring)
            clients = await demonstration.fill(
                database.admin, secrets, settings.data / "keys", scale=scale, console=console
            )
            server = application(settings, secrets, database.dsn_of, Issuer(base_url))

            async def ready() -> None:
                settle()
                card = demonstration.write_card(settings.data, base_url, clients)
                demonstration.show(Console(), card, settings.data)
                console.print(f"\nPrêt en {(datetime.now(UTC) - started).total_seconds():.1f} s.")

            await serve(server, listener, ready)

        try:
            uvloop.run(main())
        finally:
            (settings.data / "demo.json").unlink(missing_ok=True)


def _throw_away(data: Path) -> None:
    # Only what a demonstration makes: a mistyped --data must not cost anybody a folder.
    known = {"postgres", "postgres.socket", "secrets", "keys", "demo.json", "demo.tmp", "server.json"}
    strangers = [path.name for path in data.iterdir() if path.name not in known]
    if strangers:
        raise SetupError(
            f"{data} holds files that no demonstration made ({', '.join(sorted(strangers)[:3])}): not removed."
        )
    shutil.rmtree(data)


@app.command("serve")
def serve_command(port: PortOption = None, data: DataOption = None) -> None:
    """Serve an existing database (settings MAILLAGE_DSN, MAILLAGE_ISSUER...; without a DSN the embedded server)."""
    _logging()
    settings = _settings(data, port)
    secrets = Secrets.of(settings)
    with free_port(settings.host, settings.port) as listener, running(settings, secrets) as database:
        issuer = Issuer(settings.issuer or f"http://{settings.host}:{listener.getsockname()[1]}")

        async def ready() -> None:
            settle()
            console.print(f"Serving {issuer.api}")

        async def main() -> None:
            await serve(application(settings, secrets, database.dsn_of, issuer), listener, ready)

        uvloop.run(main())


@app.command()
def migrate(data: DataOption = None) -> None:
    """Bring the database to this version: migrations, functions, grants, row policies. Safe to run again."""
    settings = _settings(data)
    secrets = Secrets.of(settings)
    with running(settings, secrets) as database:
        asyncio.run(prepare(database.admin, secrets.database, datetime.now(UTC).date()))
        sealed = asyncio.run(seal_what_is_clear(database.admin, secrets.keyring))
    if sealed:
        console.print(f"{sealed} rows that were in the clear are sealed.")
    console.print("The database is up to date.")


def _card(settings: Settings) -> dict[str, Any]:
    path = settings.data / "demo.json"
    if not path.exists():
        raise SetupError(f"No demonstration is running in {settings.data}: start it with `make demo`.")
    card: dict[str, Any] = json.loads(path.read_text())
    return card


MemberOption = Annotated[
    str | None, typer.Option("--member", help="Act for this member: an id, or a role code of demo.json.")
]
PurposeOption = Annotated[
    Purpose | None, typer.Option("--purpose", help="Purpose of the request; the role's first unless given.")
]


@app.command()
def token(client_id: str, member: MemberOption = None, purpose: PurposeOption = None, data: DataOption = None) -> None:
    """Print an access token for a demonstration client (five minutes), through the real token endpoint."""
    print(demonstration.fetch_token(_card(_settings(data)), client_id, member, purpose))


@app.command()
def ask(
    client_id: str,
    query: str,
    member: MemberOption = None,
    purpose: PurposeOption = None,
    variables: str = "{}",
    data: DataOption = None,
) -> None:
    """Ask the running demonstration a question as one of its clients, and print the answer."""
    card = _card(_settings(data))
    access = demonstration.fetch_token(card, client_id, member, purpose)
    reply = httpx2.post(
        card["graphql"],
        json={"query": query, "variables": json.loads(variables)},
        headers={"Authorization": f"Bearer {access}"},
    )
    print(json.dumps(reply.json(), ensure_ascii=False, indent=2))


@app.command()
def contract(
    role: Annotated[Role | None, typer.Option(help="Code of a role.")] = None,
    organisation: Annotated[OrgKind | None, typer.Option(help="Kind of an organisation, for its own token.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write schema/contract/AUDIENCE.graphql for all.")] = False,
) -> None:
    """Print the GraphQL schema (SDL) of a role, or of an organisation-only token."""
    if write:
        write_contract(Path("schema/contract"))
        return
    audience = Audience(role.value) if role else organisation_audience(organisation) if organisation else None
    if audience is None:
        raise SetupError("Give --role CODE, or --organisation KIND (an OPERATOR has no schema of its own).")
    print(contract_of(audience), end="")


@app.command()
def explain(
    audience: Annotated[Audience | None, typer.Argument(help="A role code, or ORG_CRIP, ORG_ASE, ...")] = None,
    name: Annotated[str | None, typer.Argument(help="TYPE or TYPE.FIELD, for example Minor.firstName.")] = None,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/permissions.md.")] = False,
) -> None:
    """Say who may see what, and why, out of the policy itself."""
    if write_docs:
        Path("docs/permissions.md").write_text(explanations.matrix())
        return
    if audience is None:
        raise SetupError("Give a role code, for example: explain CRI Minor.firstName")
    out = Console()
    if name is not None:
        for line in explanations.field(audience, name):
            out.print(line, highlight=False, markup=False)
        return
    table = Table(title=f"{audience.value} : {audience.label}", title_justify="left")
    for heading in ("category", "", "cell", "means"):
        table.add_column(heading)
    for row in explanations.cells(audience):
        table.add_row(*row)
    out.print(table)


@audit_app.command("verify")
def audit_verify(data: DataOption = None) -> None:
    """Recompute every hash chain of the access log; fails and says where if a record was altered, removed or moved."""
    settings = _settings(data)
    secrets = Secrets.of(settings)

    async def main(dsn: str) -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await verify(connection)
        finally:
            await connection.close()

    with running(settings, secrets) as database:
        found = asyncio.run(main(database.dsn_of(logins.VERIFIER)))
    out = Console(highlight=False)
    out.print(f"{found.good} records in {found.chains} chains verified, {found.broken} faults.")
    for fault in found.faults:
        out.print(f"  {fault}", markup=False)
    raise typer.Exit(0 if found.sound else 1)


def run() -> None:
    """The entry: our own errors become one sentence and exit code 1."""
    try:
        app()
    except MaillageError as problem:
        console.print(f"[red]{problem.sentence}[/red]", highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
