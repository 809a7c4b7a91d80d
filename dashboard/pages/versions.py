"""Matrice des droits, entre deux versions: what opened, what closed, for whom; in words, whatever the code was."""

import asyncio

from starlette.responses import Response

from auth.comparing import Surface, changes
from dashboard.policies import IN_FORCE, policy_of, released
from dashboard.visit import Visit
from dashboard.words.changes import groups
from schema.errors import BadInputError


async def shown(visit: Visit) -> Response:
    """The differences between two versions."""
    found = await visit.ask("matrix")
    query, known = visit.request.query_params, (*released(), IN_FORCE)
    before, after = query.get("de", known[-2] if len(known) > 1 else IN_FORCE), query.get("a", IN_FORCE)
    if not {before, after} <= set(known):
        raise BadInputError(reason="VERSION")
    # The policy is compiled to be compared: once, and beside the loop.
    made = await asyncio.to_thread(lambda: changes(_policy(visit, before), _policy(visit, after)))
    seen, walls = groups(made, of_database=False), groups(made, of_database=True)
    return visit.page(
        "versions.html",
        organisation=found["viewer"]["organisation"],
        versions=[(name, _label(name)) for name in known],
        before=before,
        after=after,
        before_label=_label(before),
        after_label=_label(after),
        seen=seen,
        walls=walls,
        walls_count=sum(group.count for group in walls),
    )


def _policy(visit: Visit, name: str) -> Surface:
    return visit.seam.policy() if name == IN_FORCE else policy_of(name)


def _label(name: str) -> str:
    return "règle en vigueur" if name == IN_FORCE else f"version {name}"


__all__ = ["shown"]
