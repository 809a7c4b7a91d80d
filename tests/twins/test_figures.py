"""The figures of two worlds that differ in what no figure counts: names, free texts, all that is sealed.

What the figures do count is hidden from their readers and differs on purpose; that nobody can be found in them is the
business of tests/loaders/monitoring. Here the same cases are told in other words, and nobody may hear it.
"""

import json
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type
from sqlalchemy import Text

from graph.schemas.roles import schema_of
from tests.sealed import SEALED
from tests.twins.test_twins import running
from tests.twins.theatre import Seat, Stage
from tests.twins.worlds import TABLES, Changer, Maker, Twin

ANALYST = Seat("cli_dlpm", "ANA", "MONITORING")
READERS = [
    ANALYST,
    pytest.param(Seat("cli_observatory", "ONP", "MONITORING"), marks=pytest.mark.slow),
    pytest.param(Seat("cli_crip_59", "CRI", "EVALUATE"), marks=pytest.mark.slow),
]
# The moment at which it is asked.
_NOW = "computedAt"
ASKED = {
    "nationalMonitoring": "(period: {kind: REPORT, year: 2023})",
    "authorityMonitoring": "(period: {kind: REPORT, year: 2023})",
    "monitoringPeriods": "",
    "yearlyReports": "(year: 2023)",
}


def everything(kind: Any) -> str:
    """All fields of a type, and of those it leads to, that ask for no argument."""
    if is_leaf_type(kind):
        return ""
    assert isinstance(kind, GraphQLObjectType)
    fields = (
        f"{name} {everything(get_named_type(field.type))}"
        for name, field in kind.fields.items()
        if name != _NOW and not any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values())
    )
    return "{ " + " ".join(fields) + " }"


def _documents(seat: Seat) -> list[tuple[str, str]]:
    """Everything of each root field, a document for each of its parts: the whole has more fields than one may ask for."""
    query = schema_of(seat.audience).query_type
    assert query is not None
    made = []
    for name, arguments in ASKED.items():
        kind = get_named_type(query.fields[name].type) if name in query.fields else None
        if isinstance(kind, GraphQLObjectType):
            parts = (
                f"{part} {everything(get_named_type(field.type))}"
                for part, field in kind.fields.items()
                if part != _NOW
            )
            made += [(name, f"{{ {name}{arguments} {{ {part} }} }}") for part in parts]
    return made


def _in_other_words(stage: Stage, seat: Seat, patch: pytest.MonkeyPatch) -> Twin:
    """The same rows, of which only what is hidden and no word of a list is written otherwise."""
    changeable = Changer.changeable

    def free(changer: Changer, table: str, column: str) -> bool:
        declared = TABLES[table].c[column]
        told = declared.foreign_keys or column in changer._worded[table] or not isinstance(declared.type, Text)
        return changeable(changer, table, column) and (column in SEALED.get(table, ()) or not told)

    patch.setattr(Changer, "changeable", free)
    patch.setattr(Maker, "_apart", lambda _: [])
    return Maker(stage.sight(seat), 1).make()


@pytest.mark.parametrize("seat", READERS, ids=str)
def test_what_no_figure_counts_changes_no_figure(stage: Stage, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        twin = _in_other_words(stage, seat, patch)
    assert sum(twin.changed.values()) > 1000
    with running(replace(stage, _twins={seat: twin}), seat) as (runner, twins):
        for name, document in _documents(seat):
            told = json.loads(runner.run(twins.same({"query": document})).body)
            assert "errors" not in told, told["errors"]
            # Of the yearly report only the DLPM has a draft; its other forms are made of this answer alone.
            assert told["data"][name] or (name == "yearlyReports" and seat.role != "ANA")


@pytest.mark.slow
def test_what_is_counted_changes_figures(stage: Stage) -> None:
    """The worlds of other tests differ in what is counted: asked of them, a figure tells it."""
    with running(stage, ANALYST) as (runner, twins):
        document = f"{{ nationalMonitoring{ASKED['nationalMonitoring']} {{ situations {{ count {{ label }} }} }} }}"
        one, other = runner.run(twins.both({"query": document}))
        assert one.status == other.status == 200
        assert one.body != other.body
