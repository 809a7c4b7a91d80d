"""What the fields of a mutation's payload will show."""

from functools import partial
from typing import cast

import orjson
from graphql import GraphQLObjectType, get_named_type

from graph.plan import Planner
from graph.reading import composed, planner_of, switches
from graph.request import Info, Request
from loaders.commands.at_once import Shown
from loaders.statement import tellable
from loaders.statement.question import Categories, NodeQuestion

# In no response name: those are letters, digits and `_`.
_TOLD = b"<told>"


async def shown_in_payload(request: Request, info: Info, noun: str) -> Shown:
    """What the fields of a mutation's payload will show: for the command's record, and for the command to tell."""
    key = (request.prepared.key, *info.path.as_list(), switches(info))
    found = request.prepared.payloads.get(key)
    if found is None:
        found = request.prepared.payloads[key] = await _shown_in_payload(request, info, noun)
    return found


async def _shown_in_payload(request: Request, info: Info, noun: str) -> Shown:
    payload = cast("GraphQLObjectType", get_named_type(info.return_type))
    read: set[str] = set()
    conditional: set[str] = set()
    selections = []
    around: list[bytes] | None = []
    for out, nodes in planner_of(request, info).fields_of(payload, info.field_nodes).items():
        name = nodes[0].name.value
        # A receipt and the errors are of the act itself: only a row is read back.
        if nodes[0].selection_set is None or name == "userErrors":
            known = {"userErrors": b"[]", "__typename": orjson.dumps(payload.name)}.get(name)
            around = None if known is None or around is None else [*around, b"%b:%b" % (orjson.dumps(out), known)]
            continue
        if around is not None:
            around.append(b"%b:%b" % (orjson.dumps(out), _TOLD))
        plan = partial(Planner.node, noun=noun, nodes=nodes)
        planned, statement = await composed(request, info, noun, plan, below=(out,))
        read.update(statement.categories.read)
        conditional.update(statement.categories.conditional)
        selections.append(cast("NodeQuestion", planned.question).selection)
    categories = Categories(tuple(sorted(read)), tuple(sorted(conditional - read)))
    # Under two names there are two selections of one row, which hardly anybody asks for.
    if len(selections) != 1 or not tellable(selections[0]):
        return Shown(categories)
    before, _, after = (b"{%b}" % b",".join(around)).partition(_TOLD) if around else (b"", b"", b"")
    return Shown(categories, selections[0], (before, after) if around else None)
