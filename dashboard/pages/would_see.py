"""« Que verrait cette organisation ? »: an invented situation, shown as the policy would show it to one of its members or tools."""

from starlette.responses import Response

from dashboard.invented.case import seen_by
from dashboard.invented.links import audiences, links
from dashboard.visit import Visit
from schema.errors import BadInputError, NotFoundError
from schema.vocabulary import Audience, MandateKind, OrganisationStatus, OrgKind


async def shown(visit: Visit) -> Response:
    """One organisation, one role, one link; the policy that runs answers, and no row is read but the organisation's own."""
    query = visit.request.query_params
    found = await visit.ask("organisation", id=query.get("organisation", ""))
    node = found["node"]
    if not node:
        raise NotFoundError
    kind = OrgKind(node["kind"])
    mandate = MandateKind(node["mandateKind"]) if node["mandateKind"] else None
    roles, known = audiences(kind, mandate), links(kind, mandate)
    role = query.get("role", roles[0].value)
    link = next((one for one in known if one.word == query.get("lien", known[min(1, len(known) - 1)].word)), None)
    if link is None or role not in {one.value for one in roles}:
        raise BadInputError(reason="CHOICE")
    return visit.page(
        "would_see.html",
        node=node,
        kind=kind,
        mandate=mandate,
        suspended=OrganisationStatus(node["status"]) is not OrganisationStatus.ACTIVE,
        roles=roles,
        role=Audience(role),
        links=known,
        link=link,
        parts=seen_by(visit.seam.policy(), Audience(role), link.facts),
    )


__all__ = ["shown"]
