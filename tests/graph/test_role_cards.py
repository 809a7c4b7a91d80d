"""What docs/permissions.md tells of each role in a minute is all there is, and no more."""

import re

import pytest

from graph.role_cards import card
from graph.schemas.roles import schema_of
from schema.vocabulary import Audience, Category
from tests import oracle
from tests.matrix_words import oracle_name

UNREAD = ("**In figures only**", "**Written, not read**", "**Not in its schema**")


@pytest.mark.parametrize("audience", Audience, ids=str)
def test_a_role_is_told_every_group_once_and_every_act_it_has(audience: Audience) -> None:
    *lines, done = card(audience)
    told = {line: re.findall(r"G[0-9]{2}", line) for line in lines}
    every = sorted(group.value for group in Category if group is not Category.KEY)
    assert sorted(code for codes in told.values() for code in codes) == every
    shown = {code for line, codes in told.items() if not line.startswith(UNREAD) for code in codes}
    assert shown == {code for code in every if oracle.may_exist(oracle_name(audience.value), code)}
    mutation = schema_of(audience).mutation_type
    assert re.findall(r"`(\w+)`", done) == sorted(mutation.fields if mutation else {})
