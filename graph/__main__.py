"""The command line: `python -m graph ...` from the project's root."""

import asyncio
import json
import logging
import shutil
import socket
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
from rich.markup import escape
from rich.table import Table

from auth.comparing import changes
from auth.oauth.issuer import Issuer
from dashboard import charts
from graph import (
    compatibility,
    idp_commands,
    keeping,
    lines,
    network_commands,
    reasons,
    review,
    trouble,
    webhook_commands,
)
from graph import demo as demonstration
from graph import explain as explanations
from graph.app import application
from graph.audit_commands import audit_app
from graph.contract import contract_of, write_contract
from graph.database import Database, running
from graph.demo_tool import DemoTool
from graph.monitoring_commands import monitoring_app, report_command
from graph.reasons import Asking
from graph.serving import free_port, serve, settle
from graph.settings import Secrets, Settings
from graph.subject_report import subject_report_command
from graph.trusted_commands import documents_app
from graph.workers import Inherited, Workers
from loaders import logins
from loaders.database import prepare
from loaders.in_the_clear import seal_what_is_clear
from loaders.lapses import Lapsed, lapse
from loaders.readiness import must_be_ready
from loaders.surface import surface
from schema.errors import MaillageError, SetupError
from schema.vocabulary import Audience, OrgKind, Purpose, Role, organisation_audience

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # Errors come out as they are, so that `run` can say them; and no local variable, which can be a secret, is ever shown.
    pretty_exceptions_enable=False,
    help="Maillage : le réseau GraphQL contre l'exploitation des mineurs.",
)
app.add_typer(audit_app, name="audit")
app.add_typer(monitoring_app, name="monitoring")
app.command("report")(report_command)
app.add_typer(documents_app, name="documents")
app.command("subject-report")(subject_report_command)
keeping.register(app)
network_commands.register(app)
idp_commands.register(app)
webhook_commands.register(app)
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
        logger_factory=lines.logger_factory(),
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
            server = application(settings, secrets, database.dsn_of, Issuer(base_url), demonstration=True)

            async def ready() -> None:
                settle()
                charts.warm_up()
                card = demonstration.write_card(settings.data, base_url, clients)
                demonstration.show(Console(), card, settings.data)
                console.print(f"\nPrêt en {(datetime.now(UTC) - started).total_seconds():.1f} s.")

            await serve(server, listener, settings.limits, ready)

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
def serve_command(
    port: PortOption = None,
    data: DataOption = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that serve; one per core at most.")] = 1,
    inherit: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve an existing database (settings MAILLAGE_DSN, MAILLAGE_ISSUER...; without a DSN the embedded server)."""
    _logging()
    settings = _settings(data, port)
    secrets = Secrets.of(settings)
    if inherit is not None:
        inherited = Inherited.of(inherit)
        with running(settings, secrets) as database:
            _serve(settings, secrets, database, inherited.listener, inherited)
        return
    with free_port(settings.host, settings.port) as listener, running(settings, secrets) as database:
        asyncio.run(must_be_ready(database.dsn_of(logins.COMMANDS)))
        if workers == 1:
            _serve(settings, secrets, database, listener)
            return
        console.print(f"Serving {_issuer(settings, listener).api} with {workers} processes")
        Workers(workers, listener, ["--data", str(settings.data)]).run()


def _issuer(settings: Settings, listener: socket.socket) -> Issuer:
    return Issuer(settings.issuer or f"http://{settings.host}:{listener.getsockname()[1]}")


def _serve(
    settings: Settings,
    secrets: Secrets,
    database: Database,
    listener: socket.socket,
    inherited: Inherited | None = None,
) -> None:
    issuer = _issuer(settings, listener)

    async def ready() -> None:
        settle()
        charts.warm_up()
        if inherited is None:
            console.print(f"Serving {issuer.api}")

    async def main() -> None:
        if inherited is not None:
            inherited.follow()
        await serve(application(settings, secrets, database.dsn_of, issuer), listener, settings.limits, ready)

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


@app.command("lapse")
def lapse_command(data: DataOption = None) -> None:
    """Write down which sharings have expired; say which exceptional accesses wait too long for somebody."""
    settings = _settings(data)
    secrets = Secrets(settings.data / "secrets")

    async def main(dsn: str) -> Lapsed:
        connection = await asyncpg.connect(dsn)
        try:
            return await lapse(connection)
        finally:
            await connection.close()

    with running(settings, secrets) as database:
        found = asyncio.run(main(database.dsn_of(logins.COMMANDS)))
    console.print(
        f"{found.grants} sharings have expired; {found.unconfirmed} exceptional accesses were never confirmed, "
        f"{found.unreviewed} were not reviewed in time."
    )


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
def token(
    client_id: str,
    member: MemberOption = None,
    purpose: PurposeOption = None,
    dpop: Annotated[
        bool, typer.Option("--dpop", help="Bind the token to the client's key; print it, and on a second line a proof.")
    ] = False,
    method: Annotated[str, typer.Option(help="Method of the request that the proof is for.")] = "POST",
    url: Annotated[str | None, typer.Option(help="Its address; the API's unless given.")] = None,
    data: DataOption = None,
) -> None:
    """Print an access token for a demonstration client (five minutes), through the real token endpoint.

    For a client with `dpop` in demo.json the token is bound to its key, and of no use without a proof.
    """
    card = _card(_settings(data))
    tool = DemoTool.of(card, client_id)
    access = tool.token(member, purpose, bound=dpop or tool.bound)
    print(access)
    if dpop:
        print(tool.proof(method, url or card["graphql"], access))
    elif tool.bound:
        console.print("This token is bound to the client's key: --dpop prints a proof too.", highlight=False)


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
    tool = DemoTool.of(card, client_id)
    access = tool.token(member, purpose, bound=tool.bound)
    reply = httpx2.post(
        card["graphql"],
        json={"query": query, "variables": json.loads(variables)},
        headers=tool.headers("POST", card["graphql"], access),
    )
    print(json.dumps(reply.json(), ensure_ascii=False, indent=2))


@app.command()
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


@app.command()
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


def _reasons(asked: Asking, data: Path | None, *, as_json: bool) -> None:
    settings = _settings(data)
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


def run() -> None:
    """The entry: our own errors and trouble from outside become one sentence and exit code 1."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except MaillageError as problem:
        said = problem.sentence
    except Exception as problem:
        told = trouble.sentence_of(problem)
        if told is None:
            raise
        said = told
    else:
        return
    console.print(said, style="red", highlight=False, markup=False)
    sys.exit(1)


if __name__ == "__main__":
    run()
