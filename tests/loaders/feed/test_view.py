"""What a feed is made of: every row that an organisation knows by an id, and no audience whose rows it would miss."""

import pytest

from auth.policy import FEEDS
from loaders.feed.view import nouns_of
from loaders.nouns import NOUNS
from loaders.policy.doors import column_rule, noun_visible
from schema.errors import PolicyError
from schema.tables.contact import listening_note
from schema.tables.protection import ase_link
from schema.tables.referral import follow_up
from schema.tables.report import concern_report
from schema.vocabulary import Audience


def test_a_feed_that_would_miss_rows_stops_start_up() -> None:
    """An audience whose rows need no relation of its organisation cannot have one."""
    nouns_of.cache_clear()
    with pytest.raises(PolicyError):
        nouns_of(Audience.LIS)
    assert [noun.name for noun in nouns_of(Audience.ORG_ASSOCIATION)] == ["Referral", "FollowUp"]
    assert follow_up.name == NOUNS["FollowUp"].table.name
    assert {ase_link.name, concern_report.name, listening_note.name} <= {one.table.name for one in NOUNS.values()}


@pytest.mark.parametrize("audience", sorted(FEEDS))
def test_a_feed_tells_of_every_row_that_has_an_id_but_for_the_directory(audience: Audience) -> None:
    """What everybody reads alike is in nobody's view; anything else that is left out would be a gap."""
    directory = {"Department", "Authority", "AuthorityDepartment", "Organisation", "ResourceCard"}
    seen = {
        noun.name
        for noun in NOUNS.values()
        if noun_visible(audience, noun) and column_rule(audience, noun, "id") is not None
    }
    assert seen - {noun.name for noun in nouns_of(audience)} <= directory


def test_whose_software_reads_cases_has_a_feed() -> None:
    organisations = {audience for audience in Audience if audience.name.startswith("ORG_")}
    reading = {
        audience
        for audience in organisations
        if any(noun.situation_column is not None and noun_visible(audience, noun) for noun in NOUNS.values())
    }
    assert reading == set(FEEDS)
