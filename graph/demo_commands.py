"""The demonstration's command line: `demo` starts it, `token` and `ask` are one of its clients."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
import uvloop
from rich.console import Console

from auth.oauth.issuer import Issuer
from dashboard import charts
from graph import demo as demonstration
from graph import lines
from graph.app import application
from graph.database import running
from graph.demo_tool import DemoTool
from graph.options import DataOption, PortOption, PurposeOption, settings_of
from graph.serving import free_port, serve, settle
from graph.settings import Secrets, Settings
from loaders.database import prepare
from loaders.in_the_clear import seal_what_is_clear
from schema.errors import SetupError

console = Console(stderr=True)

MemberOption = Annotated[
    str | None, typer.Option("--member", help="Act for this member: an id, or a role code of demo.json.")
]


def demo(
    port: PortOption = None,
    data: DataOption = None,
    scale: Annotated[int, typer.Option(min=1, max=20_000, help="How many times the first year's 143 situations.")] = 1,
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw the demonstration's data away and start afresh.")
    ] = False,
) -> None:
    """Start everything with synthetic data: embedded PostgreSQL, migrations, server; Ctrl-C stops it all."""
    lines.configure()
    settings = settings_of(data, port)
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
    card = _card(settings_of(data))
    tool = DemoTool.of(card, client_id)
    access = tool.token(member, purpose, bound=dpop or tool.bound)
    print(access)
    if dpop:
        print(tool.proof(method, url or card["graphql"], access))
    elif tool.bound:
        console.print("This token is bound to the client's key: --dpop prints a proof too.", highlight=False)


def ask(
    client_id: str,
    query: str,
    member: MemberOption = None,
    purpose: PurposeOption = None,
    variables: str = "{}",
    data: DataOption = None,
) -> None:
    """Ask the running demonstration a question as one of its clients, and print the answer."""
    card = _card(settings_of(data))
    tool = DemoTool.of(card, client_id)
    access = tool.token(member, purpose, bound=tool.bound)
    reply = httpx2.post(
        card["graphql"],
        json={"query": query, "variables": json.loads(variables)},
        headers=tool.headers("POST", card["graphql"], access),
    )
    print(json.dumps(reply.json(), ensure_ascii=False, indent=2))


def _card(settings: Settings) -> dict[str, Any]:
    path = settings.data / "demo.json"
    if not path.exists():
        raise SetupError(f"No demonstration is running in {settings.data}: start it with `make demo`.")
    card: dict[str, Any] = json.loads(path.read_text())
    return card


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(demo)
    app.command()(token)
    app.command()(ask)
