"""What a feed tells: each change once, tombstones for what left the view, and nothing of what is hidden."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from loaders.feed import catching_up
from schema.errors import BadInputError, UnauthenticatedError
from schema.tables.feed import feed, feed_row
from schema.tables.journal import outbox, reach
from schema.tables.oauth import oauth_token
from schema.tables.referral import follow_up, referral
from schema.tables.situation import situation
from schema.vocabulary import OrgKind, ReferralStatus
from tests.loaders.commands.world import NORD, World
from tests.loaders.feed.copy import Copy, association


async def test_a_change_is_told_once_and_what_leaves_the_view_as_a_tombstone(
    world: World, lanes: Any, number: Any
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    one = await world.referral(receiver)
    await number()
    page = await copy.page()
    [entry] = page.entries
    assert (entry.row, entry.noun, entry.gone, entry.groups) == (one, "Referral", False, ("G02", "G23"))
    assert not page.more
    await copy.follow()
    await world.change(referral, one, territory="59")
    await number()
    [entry] = (await copy.page()).entries
    assert (entry.row, entry.groups) == (one, ("G02",))
    await world.change(referral, one, status=ReferralStatus.WITHDRAWN.value)
    await number()
    page = await copy.page()
    [entry] = page.entries
    assert (entry.row, entry.gone, entry.groups) == (one, True, ())
    copy.place = page.position
    assert (await copy.page()).entries == ()
    # Nothing of what was seen is kept.
    [kept] = await world.rows(feed_row, feed_row.c.row_id == one)
    assert (kept["hashes"], kept["categories"], kept["positions"]) == ([], [], [])


async def test_what_an_organisation_may_not_see_moves_nothing_in_its_feed(
    world: World, lanes: Any, number: Any
) -> None:
    """Not an entry, not a number, not a moment: the feed is the same as in a world where nothing happened."""
    receiver, other = await association(world), await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    one = await world.referral(receiver)
    case = (await world.row(referral, one))["situation_id"]
    await number()
    await copy.follow()

    async def state() -> Any:
        rows = await world.rows(feed_row, feed_row.c.organisation_id == receiver.id)
        [line] = await world.rows(feed, feed.c.organisation_id == receiver.id)
        return sorted(map(str, rows)), line["position"], (await copy.page()).position

    before = await state()
    hidden = await world.referral(other)
    await world.change(referral, hidden, status=ReferralStatus.ACCEPTED.value)
    # In its own case, too: what the 119 keeps, another association's part, a key of the row itself.
    minor = (await world.row(referral, one))["minor_id"]
    row = await world.row(referral, one)
    await world.add(
        referral, ref="R-elsewhere", situation_id=case, minor_id=minor, controller_org_id=row["controller_org_id"],
        to_org_id=other.id, kind=row["kind"], status=ReferralStatus.PROPOSED.value,
    )  # fmt: skip
    await world.change(situation, case, urgency="IMMEDIATE_DANGER")
    await world.report(case, NORD)
    await number()
    assert await state() == before
    # The pair is sharp: whoever may see it is told.
    theirs = Copy(world, await world.tool(other), lanes)
    assert await theirs.follow() == 2


async def test_what_changed_and_changed_back_is_told(world: World, lanes: Any, number: Any) -> None:
    """Whoever read it in between holds what never was told, and nobody else would correct it."""
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    one = await world.referral(receiver, territory="59")
    note = await world.add(
        follow_up, referral_id=one, situation_id=(await world.row(referral, one))["situation_id"],
        organisation_id=receiver.id, status="ONGOING", date=world.now.date(),
    )  # fmt: skip
    await number()
    await copy.follow()
    await world.change(referral, one, territory="62")
    await world.change(referral, one, territory="59")
    await number()
    page = await copy.page()
    assert [entry.row for entry in page.entries] == [one]
    await copy.follow()
    # Out of view and back: with what hangs on it.
    await world.change(referral, one, status=ReferralStatus.WITHDRAWN.value)
    await world.change(referral, one, status=ReferralStatus.PROPOSED.value)
    await number()
    assert {entry.row for entry in (await copy.page()).entries} == {one, note}
    await copy.follow()
    # Of what it may not see nothing comes back either.
    await world.change(referral, one, shared_kinds=[])
    await number()
    assert (await copy.page()).entries == ()


async def test_a_relation_that_ends_or_begins_by_itself_does_so_in_the_feed(
    world: World, lanes: Any, number: Any
) -> None:
    service = await world.partner(OrgKind.ASE, NORD)
    copy = Copy(world, await world.tool(service), lanes)
    case = await world.situation(NORD)
    await world.link(case, service)
    await number()
    assert await copy.follow() == 1

    async def turned(**when: Any) -> list[tuple[UUID, bool]]:
        """No event says so: time passes."""
        mine = reach.c.viewer == service.id, reach.c.situation_id == case
        await world.admin.execute(reach.update().where(*mine).values(**when))
        await world.admin.execute(outbox.delete().where(outbox.c.kind == "row.reach", outbox.c.position.is_(None)))
        await world.admin.execute(feed.update().values(looked_at=world.now - timedelta(seconds=2)))
        page = await copy.page()
        copy.place = page.position
        return [(entry.row, entry.gone) for entry in page.entries]

    just_now = world.now - timedelta(seconds=1)
    assert await turned(ends_at=just_now) == [(case, True)]
    assert await turned(starts_at=just_now, ends_at=datetime.max.replace(tzinfo=UTC)) == [(case, False)]


async def test_a_tombstone_ends_and_who_is_behind_it_has_to_start_again(
    world: World, lanes: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = await association(world)
    copy = Copy(world, await world.tool(receiver), lanes)
    one, _ = await world.referral(receiver), await world.referral(receiver)
    await number()
    await copy.follow()
    old = copy.place
    await world.change(referral, one, status=ReferralStatus.WITHDRAWN.value)
    await number()
    await copy.follow()
    monkeypatch.setattr(catching_up, "TOMBSTONES_KEPT", timedelta(0))
    assert await copy.follow() == 0
    assert await world.rows(feed_row, feed_row.c.row_id == one) == []
    copy.place = old
    with pytest.raises(BadInputError) as refused:
        await copy.page()
    assert refused.value.reason == "CURSOR_EXPIRED"
    copy.place = None
    assert len((await copy.page()).entries) == 1


async def test_a_token_that_does_not_stand_reads_no_feed_and_writes_none(world: World, lanes: Any) -> None:
    receiver = await association(world)
    caller = await world.tool(receiver)
    await world.admin.execute(
        oauth_token.update().where(oauth_token.c.id == caller.token_id).values(revoked_at=world.now)
    )
    with pytest.raises(UnauthenticatedError):
        await Copy(world, caller, lanes).page()
    assert await world.rows(feed, feed.c.organisation_id == receiver.id) == []
