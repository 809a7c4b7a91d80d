"""Rows asked for by their ids."""

from typing import Any

from sqlalchemy import Select, Text, case, cast, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import ARRAY, JSON, array
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.nouns import NOUNS
from loaders.policy.context import bind, word
from loaders.policy.doors import entrance
from loaders.statement.names import empty_list
from loaders.statement.question import NodeQuestion, NodesQuestion
from loaders.statement.rows import as_object
from loaders.statement.situations import situation_shown, situations_shown
from schema.vocabulary import Audience


def select_node(audience: Audience, question: NodeQuestion) -> Select[Any]:
    gate = entrance(audience, NOUNS[question.selection.noun])
    wanted = gate.row.c.id == bind("node_id", gate.row.c.id.type)
    row = (
        select(as_object(gate, question.selection).label("node"), situation_shown(gate).label("situation"))
        .where(wanted, gate.where)
        .select_from(gate.source)
        .subquery("found")
    )
    found = select(array([row.c.node, func.json_build_array(row.c.situation)])).select_from(row).scalar_subquery()
    return select(func.coalesce(found, array([literal_column("'null'::json", JSON), empty_list()])))


def select_nodes(audience: Audience, question: NodesQuestion) -> Select[Any]:
    named = any(NOUNS[selection.noun].key_is_public for _, selection in question.selections)
    names = {"name": bind("node_names", ARRAY(Text))} if named else {}
    wanted = (
        func.unnest(bind("node_ids", ARRAY(Uuid(as_uuid=True))), bind("node_kinds", ARRAY(Text)), *names.values())
        .table_valued("id", "kind", *names, with_ordinality="place", name="wanted")
        .render_derived()
    )
    found = []
    situations = []
    for prefix, selection in question.selections:
        gate = entrance(audience, NOUNS[selection.noun])
        rows = (
            select(as_object(gate, selection))
            .where(gate.row.c.id == (wanted.c.name if gate.noun.key_is_public else wanted.c.id), gate.where)
            .select_from(gate.source)
            .correlate(wanted)
            .scalar_subquery()
        )
        found.append((wanted.c.kind == word(prefix), rows))
        if gate.noun.situation_column:
            again = entrance(audience, NOUNS[selection.noun])
            situations.append(
                (
                    wanted.c.kind == word(prefix),
                    select(situation_shown(again))
                    .where(again.row.c.id == wanted.c.id, again.where)
                    .select_from(again.source)
                    .correlate(wanted)
                    .scalar_subquery(),
                )
            )
    node_column = case(*found, else_=null()) if found else cast(null(), JSON)
    situation_column = case(*situations, else_=null()) if situations else cast(null(), Uuid(as_uuid=True))
    rows_of = (
        select(node_column.label("node"), situation_column.label("situation"), wanted.c.place)
        .order_by(wanted.c.place)
        .subquery("listed")
    )
    return select(
        array([func.coalesce(func.json_agg(rows_of.c.node), empty_list()), situations_shown(rows_of, None)])
    ).select_from(rows_of)
