"""Lists whose last rows only a sharing leads to: who has none is told all without looking for them."""

import json

import pytest
from sqlalchemy import true

from loaders import statement
from loaders.nouns import NOUNS
from loaders.policy.doors import column_rule
from loaders.statement import compose
from loaders.statement.question import ConnectionQuestion, Leaf, Part, Selection
from schema.vocabulary import Audience
from tests.asking import answers_of
from tests.seats import SEATS, Seat, Stage, made_stage  # noqa: F401

ORDERS = {"Situation": ["OPENED_AT_NEWEST"], "ConcernReport": ["DRAFTED_NEWEST", "DUE_SOONEST", "SENT_NEWEST"]}
AUDIENCES = {"Situation": "ASM", "ConcernReport": "ASE"}
LISTS = [
    (noun, order, seat)
    for noun, one in AUDIENCES.items()
    for order in ORDERS[noun]
    for seat in SEATS
    if seat.audience == one
]


def _question(audience: Audience, noun: str, order: str) -> ConnectionQuestion:
    seen = next(column.name for column in NOUNS[noun].table.c if column_rule(audience, NOUNS[noun], column.name))
    nodes = Part("nodes", "nodes", selection=Selection(noun, (Leaf("seen", seen),)))
    return ConnectionQuestion(noun, order, (nodes, Part("pageInfo", "pageInfo", (Part("more", "hasNextPage"),))))


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the token stands is asked of every statement alike."""
    monkeypatch.setattr(statement, "opened", true)


@pytest.mark.usefixtures("standing")
@pytest.mark.parametrize(("noun", "order", "seat"), LISTS, ids=str)
async def test_what_is_near_is_all_or_says_that_there_is_more(stage: Stage, noun: str, order: str, seat: Seat) -> None:
    near = compose(Audience(seat.audience), _question(Audience(seat.audience), noun, order))
    assert near.whole is not None
    for size in (1, 3, 100):
        short, all_ = await answers_of(stage, seat, near, near.whole, page_size=size)
        assert short in (all_, [None, None])


@pytest.mark.usefixtures("standing")
async def test_both_are_told(stage: Stage) -> None:
    """Somebody is told all at once, and somebody has more to ask: the reports that a sharing alone leads to."""
    told: list[int] = []
    more: list[int] = []
    for found, order, seat in LISTS:
        if found != "ConcernReport":
            continue
        near = compose(Audience(seat.audience), _question(Audience(seat.audience), found, order))
        assert near.whole is not None
        short, all_ = await answers_of(stage, seat, near, near.whole)
        (told if short == all_ else more).append(len(json.loads(all_[0])["nodes"]))
    assert any(told)
    assert any(more)
