"""The card of a running demonstration, for scripts and for people: who its clients are, and what to try."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from graph.demonstration.demo_tool import CARD


def write_card(data: Path, base_url: str, clients: list[dict[str, Any]]) -> dict[str, Any]:
    """`demo.json`: what scripts need to know."""
    card = {
        "base_url": base_url,
        "graphql": f"{base_url}/graphql",
        "issuer": base_url,
        "clients": clients,
    }
    path = data / CARD
    fresh = path.with_suffix(".tmp")
    fresh.write_text(json.dumps(card, ensure_ascii=False, indent=2))
    fresh.replace(path)
    return card


def show(console: Console, card: dict[str, Any], data: Path) -> None:
    """What to try, in a few lines."""
    table = Table(title="One client per kind of partner", title_justify="left")
    for heading in ("client", "organisation", "roles"):
        table.add_column(heading)
    for client in card["clients"]:
        roles = dict.fromkeys(member["role"] for member in client["members"])
        table.add_row(client["client_id"], client["organisation"], " ".join(roles))
    console.print(table)
    where = "" if data == Path("demo-data") else f" --data {data}"
    jobs = (
        (
            "The CRIP of the Nord reads its reports",
            "cli_crip_59 --member CRI",
            "{ concernReports(first: 5) { totalCount nodes { id status urgency sentAt dueAt situation { ref minors { firstName ageBand } } } } }",
        ),
        (
            "An association sees the orientations that are proposed to it",
            "cli_asso_measure --member COO",
            "{ referrals(first: 5) { nodes { id ref status ageBand needCodes territory } } }",
        ),
        (
            "The DLPM asks for national monitoring",
            "cli_dlpm --member ANA",
            "{ nationalMonitoring(period: {kind: REPORT, year: 2023}) { situations { count { label } } contacts { count { label } } } }",
        ),
    )
    console.print(
        Panel(
            f"Pages    {card['base_url']}/auth/demo\nAPI      {card['graphql']}\nClients  {data / 'demo.json'}\nStop     Ctrl-C (the data stay; make demo RESET=1 starts afresh)",
            title="Maillage: demonstration, synthetic data",
            expand=False,
        )
    )
    for title, who, query in jobs:
        console.print(f"\n[bold]{title}[/bold]")
        console.print(f".venv/bin/python -m graph ask{where} {who} '{query}'", soft_wrap=True, highlight=False)


__all__ = ["show", "write_card"]
