"""Réseau, les outils: each organisation's software with its keys, the ends of its secrets, its last call; suspend one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from dashboard import formatting
from dashboard.answers import Node
from dashboard.rendering import today
from dashboard.visit import Visit, one
from schema.errors import BadInputError
from schema.vocabulary import Audience, ClientAuthentication, ClientStatus

_ACTS: Mapping[Audience, Mapping[str, str]] = {
    Audience.ADM: {"suspendre": "suspend_client", "retablir": "resume_client"},
    # Only the operator lifts a suspension, whoever made it.
    Audience.DEL: {"suspendre": "suspend_client"},
}
_DONE = {
    "suspendre": "Outil suspendu : ses jetons et ses connexions ont pris fin à l’instant.",
    "retablir": "Outil rétabli : il peut demander de nouveaux jetons.",
}
_SOON_DAYS = 30


async def listed(visit: Visit) -> Response:
    """The tools within reach: of one organisation, or of all."""
    return await _page(visit)


async def changed(visit: Visit) -> Response:
    """Suspended, or back."""
    fields = await visit.form()
    document = _ACTS.get(visit.caller.audience, {}).get(one(fields, "act"))
    if document is None:
        raise BadInputError(reason="ACT")
    _, faults = await visit.act(document, fields, client=one(fields, "id"))
    if faults:
        return await _page(visit, fault=faults[0]["message"], status=422)
    kept = {name: value for name in ("organisation",) if (value := visit.request.query_params.get(name))}
    return visit.go("/reseau/outils", fait=one(fields, "act"), **kept)


async def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    query = visit.request.query_params
    organisation = query.get("organisation", "")
    wish = {"organisation": organisation} if organisation else {}
    found = await visit.ask("tools", filter=wish, after=query.get("apres"))
    page, acts = found["tools"], _ACTS[visit.caller.audience]
    tools = [_tool(node, acts) for node in page["nodes"]]
    return visit.page(
        "tools.html",
        status,
        organisation=found["viewer"]["organisation"],
        administers=visit.caller.audience is Audience.ADM,
        of=organisation,
        of_name=next((tool.organisation for tool in tools), "") if organisation else "",
        tools=tools,
        count=page["totalCount"],
        following=page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None,
        done=_DONE.get(query.get("fait", "")),
        fault=fault,
    )


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool as the page shows it; a key or a secret is its name, when it counts, and how to show that."""

    id: str
    name: str
    organisation: str
    status: str
    tone: str
    proof: str
    published: str | None
    scopes: Sequence[str]
    called: str | None
    keys: Sequence[tuple[str, str, str]]
    secrets: Sequence[tuple[str, str, str]]
    act: str | None


def _tool(node: Node, acts: Mapping[str, str]) -> Tool:
    status = ClientStatus(node["status"])
    act = "suspendre" if status is ClientStatus.ACTIVE else "retablir"
    return Tool(
        id=node["id"],
        name=node["name"],
        organisation=node["organisation"]["name"] if node["organisation"] else "",
        status=status.label,
        tone="good" if status is ClientStatus.ACTIVE else "alarm",
        proof=ClientAuthentication(node["authMethod"]).label if node["grants"] else "les sessions de vos membres",
        published=node["jwksUri"],
        scopes=node["scopes"] or (),
        called=node["lastCallAt"],
        keys=[_key(key) for key in node["keys"]],
        secrets=[_secret(secret) for secret in node["secrets"]],
        # The pages themselves get no token, so there is nothing to suspend but the organisation or its members.
        act=act if act in acts and node["grants"] else None,
    )


def _key(key: Node) -> tuple[str, str, str]:
    """What it is called, when it counts, and how to show it."""
    if key["retiredAt"]:
        return key["kid"], f"retirée le {formatting.day(formatting.due_day(key['retiredAt']))}", "quiet"
    return key["kid"], f"depuis le {formatting.day(formatting.due_day(key['notBefore']))}, sans terme", ""


def _secret(secret: Node) -> tuple[str, str, str]:
    ends = formatting.due_day(secret["expiresAt"])
    left = (ends - today()).days
    over = datetime.fromisoformat(secret["expiresAt"]) <= datetime.now().astimezone()
    tone = "quiet" if over else "due" if left < _SOON_DAYS else ""
    return secret["id"], f"{'a pris fin' if over else 'expire'} le {formatting.day(ends)}", tone


__all__ = ["changed", "listed"]
