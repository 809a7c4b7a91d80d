"""Réseau: organisations for the administrator, members for a delegate; suspending ends access at once, no case is shown."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from dashboard import formatting
from dashboard.answers import Node
from dashboard.rendering import today
from dashboard.visit import Visit, one
from schema.errors import BadInputError
from schema.vocabulary import (
    Audience,
    HabilitationState,
    MandateKind,
    MemberStatus,
    OrganisationStatus,
    OrgKind,
    Role,
)

# Of an organisation or a member, by its audience: what a form may ask for, by its word.
_ACTS: Mapping[Audience, Mapping[str, tuple[str, str]]] = {
    Audience.ADM: {
        "suspendre": ("suspend_organisation", "organisation"),
        "retablir": ("resume_organisation", "organisation"),
    },
    # Only the operator lifts a suspension, whoever made it.
    Audience.DEL: {"suspendre": ("suspend_member", "member")},
}
_DONE = {"suspendre": "Suspension enregistrée : l’accès a pris fin à l’instant.", "retablir": "Accès rétabli."}
_SOON_DAYS = 60


async def listed(visit: Visit) -> Response:
    """Who is part of it."""
    return await _page(visit)


async def changed(visit: Visit) -> Response:
    """Suspended, or back."""
    fields = await visit.form()
    act = one(fields, "act")
    if act not in _ACTS[visit.caller.audience]:
        raise BadInputError(reason="ACT")
    document, subject = _ACTS[visit.caller.audience][act]
    wish = {subject: one(fields, "id"), "expectedVersion": one(fields, "version") or None}
    _, faults = await visit.act(document, fields, **wish)
    if faults:
        return await _page(visit, fault=faults[0]["message"], status=422)
    return visit.go("/reseau", fait=act)


async def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    query = visit.request.query_params
    kind = query.get("nature", "")
    if kind and kind not in set(OrgKind):
        raise BadInputError(reason="FILTER")
    administers = visit.caller.audience is Audience.ADM
    variables: dict[str, Any] = {"after": query.get("apres")}
    if administers:
        variables["filter"] = {"kind": [kind]} if kind else {}
    found = await visit.ask("network", **variables)
    page = found["organisations"] if administers else found["members"]
    return visit.page(
        "network.html",
        status,
        organisation=found["viewer"]["organisation"],
        administers=administers,
        rows=[_organisation(node) if administers else _member(node) for node in page["nodes"]],
        count=page["totalCount"],
        following=page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None,
        expiring=found["deadlines"]["nodes"],
        expiring_count=found["deadlines"]["totalCount"],
        kinds=list(OrgKind),
        kind=kind,
        done=_DONE.get(query.get("fait", "")),
        fault=fault,
    )


def _organisation(node: Node) -> dict[str, Any]:
    status = OrganisationStatus(node["status"])
    words = [OrgKind(node["kind"]).label]
    words += [MandateKind(node["mandateKind"]).label] if node["mandateKind"] else []
    return {
        "id": node["id"],
        "version": node["version"],
        "name": node["name"],
        "number": None,
        "what": ", ".join(words),
        "status": status.label,
        "tone": {OrganisationStatus.ACTIVE: "good", OrganisationStatus.PENDING: "warm"}.get(status, "alarm"),
        "until": [_until("Convention", node["validTo"])] if node["validTo"] else [],
        "act": {OrganisationStatus.ACTIVE: "suspendre", OrganisationStatus.SUSPENDED: "retablir"}.get(status),
    }


def _member(node: Node) -> dict[str, Any]:
    status = MemberStatus(node["status"])
    live = [one for one in node["habilitations"] if one["state"] == HabilitationState.ACTIVE]
    return {
        "id": node["id"],
        "version": node["version"],
        "name": node["name"],
        # What the coordination needs to give this person an orientation, and a CRIP an evaluation.
        "number": node["id"],
        "what": ", ".join(Role(one["role"]).label for one in live) or "aucune habilitation en cours",
        "status": status.label,
        "tone": "good" if status is MemberStatus.ACTIVE else "alarm",
        "until": [_until(Role(one["role"]).label.capitalize(), one["validTo"]) for one in live if one["validTo"]],
        "act": "suspendre" if status is MemberStatus.ACTIVE else None,
    }


def _until(label: str, value: str) -> tuple[str, bool]:
    """What ends when, and whether that is soon."""
    day = formatting.due_day(value) if "T" in value else formatting.moment(f"{value}T12:00:00+00:00").date()
    return f"{label} jusqu’au {formatting.day(day)}", (day - today()).days < _SOON_DAYS


__all__ = ["changed", "listed"]
