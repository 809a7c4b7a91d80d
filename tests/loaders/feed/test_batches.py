"""Where the work of a feed is cut changes nothing that is told: batches, requests, rules and events that ended."""

from typing import Any

import pytest

from loaders.feed import catching_up
from loaders.feed.catching_up import CatchingUp
from schema.tables.feed import feed, feed_row
from schema.tables.journal import outbox
from schema.tables.referral import referral
from schema.tables.situation import situation
from schema.vocabulary import ReferralStatus
from tests.loaders.commands.world import World
from tests.loaders.feed.copy import Copy, association


async def test_events_that_were_deleted_unread_cost_nothing_but_a_comparison(
    world: World, lanes: Any, number: Any
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    one, two = await world.referral(receiver), await world.referral(receiver)
    await number()
    await copy.follow()
    await world.change(referral, one, territory="62")
    await world.change(referral, two, status=ReferralStatus.WITHDRAWN.value)
    await number()
    await world.admin.execute(outbox.delete())
    assert await copy.follow() == 2
    assert copy.rows == await copy.view()


async def test_other_rules_are_compared_with_what_was_told_before(
    world: World, lanes: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    await world.referral(receiver)
    await number()
    await copy.follow()
    looked = []
    look = CatchingUp._look

    async def seen(self: Any, cases: Any, *more: Any) -> None:
        looked.append(list(cases))
        await look(self, cases, *more)

    monkeypatch.setattr(CatchingUp, "_look", seen)
    await world.admin.execute(feed.update().where(feed.c.organisation_id == receiver.id).values(made_for="other rules"))
    assert await copy.follow() == 0
    assert [len(cases) for cases in looked if cases] == [1]


async def test_more_than_a_request_compares_is_left_for_the_next(
    world: World, lanes: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    for _ in range(5):
        await world.referral(receiver)
    await number()
    monkeypatch.setattr(catching_up, "SECONDS", 0)
    monkeypatch.setattr(catching_up, "EVENTS", 4)
    await copy.follow()
    assert copy.rows == await copy.view()
    assert len(copy.rows) == 5


async def test_where_batches_end_changes_nothing_that_is_told(
    world: World, lanes: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That depends on events and cases that the organisation may not see: neither order nor numbers may."""
    receiver, other = await association(world), await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    rows = [await world.referral(receiver) for _ in range(6)]
    cases = [(await world.row(referral, row))["situation_id"] for row in rows]
    await number()
    mine = feed.c.organisation_id == receiver.id, feed_row.c.organisation_id == receiver.id

    async def told() -> list[Any]:
        found, more = [], True
        while more:
            page = await copy.page(2)
            copy.place, more = page.position, page.more
            found += [(one.row, one.gone, one.groups, one.position) for one in page.entries]
        return found

    async def the_same_in_small_batches(start: int | None) -> None:
        state, kept = await world.rows(feed, mine[0]), await world.rows(feed_row, mine[1])
        expected = await told()
        await world.admin.execute(feed.delete().where(mine[0]))
        await world.admin.execute(feed_row.delete().where(mine[1]))
        if state:
            await world.admin.execute(feed.insert(), state)
            await world.admin.execute(feed_row.insert(), kept)
        # More batches, with nothing in them that may be seen.
        hidden = await world.referral(other)
        for case in (*cases, (await world.row(referral, hidden))["situation_id"]):
            await world.change(situation, case, urgency="IMMEDIATE_DANGER")
            await world.change(situation, case, urgency="STANDARD")
        await number()
        copy.place = start
        with monkeypatch.context() as small:
            small.setattr(catching_up, "EVENTS", 2)
            small.setattr(catching_up, "SITUATIONS", 1)
            small.setattr(catching_up, "SECONDS", 0)
            assert await told() == expected
        assert len(expected) == len(rows)

    await the_same_in_small_batches(None)
    # In another order than the ids', one of them twice, one back to what it was, one out of view.
    for index, territory in ((5, "59"), (0, "59"), (3, "62"), (1, "59"), (0, "62"), (4, "59"), (4, None)):
        await world.change(referral, sorted(rows)[index], territory=territory)
    await world.change(referral, sorted(rows)[2], status=ReferralStatus.WITHDRAWN.value)
    await number()
    await the_same_in_small_batches(copy.place)


async def test_nothing_is_told_before_it_is_known_what_has_left_the_view(
    world: World, lanes: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = await association(world)
    both = {await world.referral(receiver) for _ in range(2)}
    copy = Copy(world, await world.tool(receiver), lanes)
    await number()
    [listed] = (await copy.page(1)).entries
    [other] = both - {listed.row}
    for status in (ReferralStatus.ONGOING, ReferralStatus.PROPOSED, ReferralStatus.WITHDRAWN):
        await world.change(referral, other, status=status.value)
    await number()
    monkeypatch.setattr(catching_up, "SECONDS", 0)
    monkeypatch.setattr(catching_up, "EVENTS", 1)
    told = []
    more = True
    while more:
        page = await copy.page(10)
        copy.place, more = page.position, page.more
        told.append([(entry.row, entry.gone) for entry in page.entries])
    assert told[0] == []
    assert told[-1] == [(listed.row, False), (other, True)]
