"""`python -m graph token` and `ask`: as a tool of the running demonstration, over its real addresses."""

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.cli.options import DataOption, MemberOption, PurposeOption, settings_of
from graph.cli.telling import aside
from graph.demonstration.demo_tool import DemoTool, post
from schema.errors import SetupError

ClientArgument = Annotated[
    str, typer.Argument(metavar="CLIENT", help="A client_id of demo.json, which `demo` prints: cli_crip_59.")
]

_ADDRESS = re.compile(r"https?://[^/\s]+(/\S*)?")


def _card(data: Path | None) -> dict[str, Any]:
    folder = settings_of(data).data
    path = folder / "demo.json"
    if not path.exists():
        raise SetupError(f"No demonstration is running in {folder}: start it with `make demo`.")
    card: dict[str, Any] = json.loads(path.read_text())
    return card


def token(
    client_id: ClientArgument,
    member: MemberOption = None,
    purpose: PurposeOption = None,
    dpop: Annotated[
        bool, typer.Option("--dpop", help="Bind the token to the client's key; print it, and on a second line a proof.")
    ] = False,
    method: Annotated[
        str | None, typer.Option(help="Method of the request that the proof is for; POST unless given.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Its address; the API's unless given.")] = None,
    data: DataOption = None,
) -> None:
    """Print an access token for a demonstration client (five minutes), through the real token endpoint.

    For a client with `dpop` in demo.json the token is bound to its key, and of no use without a proof.
    """
    if not dpop and (method, url) != (None, None):
        raise SetupError("A method and an address are those of a proof: --dpop asks for one.")
    verb, address = _verb("POST" if method is None else method), None if url is None else _address(url)
    card = _card(data)
    tool = DemoTool.of(card, client_id)
    access = tool.token(member, purpose, bound=dpop or tool.bound)
    print(access)
    if dpop:
        print(tool.proof(verb, address or card["graphql"], access))
    elif tool.bound:
        aside.print("This token is bound to the client's key: --dpop prints a proof too.", highlight=False)


def _verb(words: str) -> str:
    # Servers compare `htm` to the letter, and nobody means another method by a small one.
    if not words.isascii() or not words.isalpha():
        raise SetupError("--method is one word: POST or GET.")
    return words.upper()


def _address(words: str) -> str:
    if not _ADDRESS.fullmatch(words):
        raise SetupError("--url is the whole address of the request: http://127.0.0.1:8000/graphql.")
    return words


def ask(
    client_id: ClientArgument,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="A GraphQL document: '{ viewer { audience } }'.")],
    member: MemberOption = None,
    purpose: PurposeOption = None,
    variables: Annotated[
        str, typer.Option(metavar="JSON", help='Values of the document\'s variables: \'{"id": "rep_..."}\'.')
    ] = "{}",
    data: DataOption = None,
) -> None:
    """Ask the running demonstration a question as one of its clients, and print the answer; exit code 1 on errors.

    Example: python -m graph ask cli_crip_59 --member CRI '{ concernReports(first: 1) { nodes { status } } }'
    """
    try:
        values = json.loads(variables)
    except ValueError as problem:
        raise SetupError(
            f'--variables is no JSON ({problem}): give an object like \'{{"id": "rep_..."}}\'.'
        ) from problem
    card = _card(data)
    tool = DemoTool.of(card, client_id)
    access = tool.token(member, purpose, bound=tool.bound)
    answer = post(
        card["graphql"],
        json={"query": query, "variables": values},
        headers=tool.headers("POST", card["graphql"], access),
    ).json()
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    if "errors" in answer:
        raise typer.Exit(1)
