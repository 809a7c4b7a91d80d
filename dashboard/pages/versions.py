"""Matrice des droits, entre deux versions: what opened, what closed, for whom; in words, whatever the code was."""

import asyncio
from collections.abc import Sequence

from starlette.responses import Response

from auth.comparing import Direction, Surface, changes
from dashboard.policies import IN_FORCE, policy_of, released
from dashboard.visit import Visit
from dashboard.words.changes import EVERYBODY, TITLES, Group, audience, groups
from schema.errors import BadInputError
from schema.vocabulary import Audience


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
    direction, whom = query.get("sens", ""), query.get("pour", "")
    kept, counts = _kept(seen, direction, whom), {group.direction: group.count for group in seen}
    return visit.page(
        "versions.html",
        organisation=found["viewer"]["organisation"],
        versions=[(name, _label(name)) for name in known],
        before=before,
        after=after,
        before_label=_label(before),
        after_label=_label(after),
        seen=kept,
        # What is chosen is on the menu, also where this comparison has none of it.
        directions=[
            (way.name, f"{sign} {title} ({counts.get(way, 0)})")
            for way, (sign, title, *_) in TITLES.items()
            if way in counts or way.name == direction
        ],
        readers=sorted({name for group in seen for name, _ in group.lines} | ({whom} if whom else set())),
        direction=direction,
        whom=whom,
        walls=walls,
        walls_count=sum(group.count for group in walls),
    )


def _kept(seen: Sequence[Group], direction: str, whom: str) -> list[Group]:
    """What goes one way, for one reader; of another comparison the same filter may keep nothing. Raises: BadInputError."""
    known = {EVERYBODY, *map(audience, Audience), *(name for group in seen for name, _ in group.lines)}
    if (direction and direction not in Direction.__members__) or (whom and whom not in known):
        raise BadInputError(reason="FILTER")
    kept = [group.of(whom) if whom else group for group in seen if direction in ("", group.direction.name)]
    return [group for group in kept if group.count]


def _policy(visit: Visit, name: str) -> Surface:
    return visit.seam.policy() if name == IN_FORCE else policy_of(name)


def _label(name: str) -> str:
    return "règle en vigueur" if name == IN_FORCE else f"version {name}"


__all__ = ["shown"]
