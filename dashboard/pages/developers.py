"""Développeurs: the contract of one's own tools, how to get a token, and what is promised when it changes."""

from starlette.responses import Response

from dashboard import changelog
from dashboard.reference import contract_text, reference
from dashboard.rendering import PAGE_HEADERS
from dashboard.seam import SandboxToken
from dashboard.visit import Visit
from schema.errors import NotFoundError
from schema.vocabulary import Audience, OrgKind, organisation_audience


def contracts_of(visit: Visit) -> list[Audience]:
    """The contracts of who looks: its own, and that of its organisation's tools; never another role's."""
    tools = organisation_audience(OrgKind(visit.caller.organisation_kind))
    return [visit.caller.audience, *([tools] if tools is not None else [])]


async def shown(visit: Visit) -> Response:
    """What a developer of the organisation needs first."""
    return await _page(visit)


async def tried(visit: Visit) -> Response:
    """A token to try the API with, where all data are invented."""
    await visit.form()
    if visit.seam.sandbox is None:
        raise NotFoundError
    return await _page(visit, sandbox=await visit.seam.sandbox(visit.caller), asked=True)


async def _page(visit: Visit, *, sandbox: SandboxToken | None = None, asked: bool = False) -> Response:
    found = await visit.ask("developers")
    return visit.page(
        "developers.html",
        sandbox=sandbox,
        asked=asked,
        organisation=found["viewer"]["organisation"],
        contracts=contracts_of(visit),
        changes=changelog.of(contracts_of(visit)),
        api=f"{visit.request.base_url}graphql",
        issuer=str(visit.request.base_url).rstrip("/"),
    )


async def contract(visit: Visit) -> Response:
    """One contract, as a file."""
    audience = await _own(visit)
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="maillage-{audience.value}.graphql"'}
    return Response(contract_text(audience), 200, headers, "text/plain; charset=utf-8")


async def read(visit: Visit) -> Response:
    """One contract, to read: types, fields, who sees them and when."""
    audience = await _own(visit)
    return visit.packed(visit.page("reference.html", audience=audience, types=reference(audience)))


async def _own(visit: Visit) -> Audience:
    await visit.ask("developers")
    wanted = visit.request.path_params["audience"]
    if wanted not in {audience.value for audience in contracts_of(visit)}:
        raise NotFoundError
    return Audience(wanted)


__all__ = ["contract", "read", "shown", "tried"]
