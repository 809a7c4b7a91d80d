"""`python -m graph token` and `ask`: as a tool of the running demonstration, over its real addresses."""

import json
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer

from graph.cli.options import DataOption, MemberOption, PurposeOption, settings_of
from graph.cli.telling import aside
from graph.demo_tool import DemoTool
from schema.errors import SetupError


def _card(data: Path | None) -> dict[str, Any]:
    folder = settings_of(data).data
    path = folder / "demo.json"
    if not path.exists():
        raise SetupError(f"No demonstration is running in {folder}: start it with `make demo`.")
    card: dict[str, Any] = json.loads(path.read_text())
    return card


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
    card = _card(data)
    tool = DemoTool.of(card, client_id)
    access = tool.token(member, purpose, bound=dpop or tool.bound)
    print(access)
    if dpop:
        print(tool.proof(method, url or card["graphql"], access))
    elif tool.bound:
        aside.print("This token is bound to the client's key: --dpop prints a proof too.", highlight=False)


def ask(
    client_id: str,
    query: str,
    member: MemberOption = None,
    purpose: PurposeOption = None,
    variables: str = "{}",
    data: DataOption = None,
) -> None:
    """Ask the running demonstration a question as one of its clients, and print the answer."""
    card = _card(data)
    tool = DemoTool.of(card, client_id)
    access = tool.token(member, purpose, bound=tool.bound)
    reply = httpx2.post(
        card["graphql"],
        json={"query": query, "variables": json.loads(variables)},
        headers=tool.headers("POST", card["graphql"], access),
    )
    print(json.dumps(reply.json(), ensure_ascii=False, indent=2))
