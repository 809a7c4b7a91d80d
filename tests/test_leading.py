"""Two ways to one list: along its order, or from case to case; whoever follows few cases is told what the others are told."""

import json

import pytest
from sqlalchemy import true

from loaders import statement
from loaders.nouns import NOUNS
from loaders.policy import leading
from loaders.policy.doors import column_rule
from loaders.statement import compose, total
from loaders.statement.question import ConnectionQuestion, Leaf, Part, Selection
from schema.vocabulary import Audience
from tests.asking import answers_of
from tests.seats import SEATS, Seat, Stage, made_stage  # noqa: F401

# Lists over relations of the caller's own, and those in whose rows nothing else says whose they are.
LED = {
    "Situation": {"ASE", "ASM", "COO", "CRI", "ORG_ASE", "ORG_CRIP"},
    "Referral": {"ASE", "COO", "CRI", "ORG_CRIP"},
    "FollowUp": {"ASE", "CRI", "ORG_CRIP"},
    "Measure": {"ASE", "CRI"},
}
LISTS = [
    (noun, next(seat for seat in SEATS if seat.audience == audience))
    for noun, audiences in LED.items()
    for audience in sorted(audiences)
]


def _question(audience: Audience, noun: str, *, backward: bool) -> ConnectionQuestion:
    # The id where it is shown.
    seen = next(column.name for column in NOUNS[noun].table.c if column_rule(audience, NOUNS[noun], column.name))
    nodes = Part("nodes", "nodes", selection=Selection(noun, (Leaf("seen", seen),)))
    order = next(iter(NOUNS[noun].orders))
    return ConnectionQuestion(noun, order, (nodes, Part("total", "totalCount")), backward=backward)


def _led(audience: Audience, noun: str) -> bool:
    try:
        return len(leading.doors(audience, NOUNS[noun])) > 1
    except KeyError:
        return False


@pytest.mark.parametrize("noun", LED)
def test_which_lists_have_two_ways(noun: str) -> None:
    assert {audience.value for audience in Audience if _led(audience, noun)} == LED[noun]


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize(("noun", "seat"), LISTS, ids=str)
async def test_both_ways_lead_to_the_same_rows_in_the_same_order(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    noun: str,
    seat: Seat,
    *,
    backward: bool,
) -> None:
    # Whether the token stands is asked of every statement alike.
    monkeypatch.setattr(statement, "opened", true)
    audience, ways = Audience(seat.audience), []
    for few in (0, 100_000):
        monkeypatch.setattr(leading, "FEW", few)
        monkeypatch.setattr(total, "FEW", few)
        ways.append(compose(audience, _question(audience, noun, backward=backward)))
    walked, led = await answers_of(stage, seat, *ways)
    assert walked == led
    told = json.loads(walked[0])
    assert len(told["nodes"]) == min(told["total"], 100)
    assert told["nodes"]


@pytest.mark.parametrize("few", [0, 100_000], ids=["walked", "led"])
async def test_a_count_ends_where_nobody_reads_on(stage: Stage, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    noun, seat = next(found for found in LISTS if found[0] == "Situation")
    monkeypatch.setattr(statement, "opened", true)
    monkeypatch.setattr(total, "FEW", few)
    asked = _question(Audience(seat.audience), noun, backward=False)
    whole = compose(Audience(seat.audience), asked)
    monkeypatch.setattr(total, "COUNTED", 2)
    short = compose(Audience(seat.audience), asked)
    many, two = (json.loads(answer[0]) for answer in await answers_of(stage, seat, whole, short))
    assert many["total"] > two["total"] == 2
    assert many["nodes"] == two["nodes"]
