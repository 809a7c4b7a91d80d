"""After the glass is broken: the owner is told, a third person reviews, and what waits too long is counted and blocks."""

from datetime import timedelta

from sqlalchemy import Table

from loaders.commands.lapses import lapse
from schema.tables.journal import outbox
from schema.tables.sharing import disclosure, emergency_access
from schema.vocabulary import (
    BreakGlassReview,
    OrgKind,
    Role,
)
from tests.loaders.commands.dlpm_world import REUNION
from tests.loaders.commands.sharing_world import made_desk, made_office, made_world, public  # noqa: F401
from tests.loaders.commands.watches import APPROVE, ASK, OPEN, REVIEW, R, Watch, made_watch, receipt  # noqa: F401


async def test_the_owner_is_told_at_once_and_others_are_not(watch: Watch) -> None:
    office = watch.office
    one = await watch.open(reason="Danger immédiat.")
    for who in (office.me, watch.second, office.caseworker, await office.person(office.ase, Role.DPO)):
        assert await watch.told(who) == ["Danger immédiat."], who.audience
    for who in (office.colleague, watch.on_call, office.officer):
        assert await watch.told(who) == [], who.audience
    [event] = await office.events(one)
    assert (event["kind"], event["situation_id"]) == ("emergency.opened", watch.case)
    assert {"DLPM", "ASE"} <= set(event["audiences"])


async def test_a_third_person_reviews(watch: Watch) -> None:
    office = watch.office
    one = await watch.ask()
    await watch.approve(one)
    access = {"emergency_access": public("EmergencyAccess", one), "reason": "Examiné."}
    no = {"verdict": BreakGlassReview.NOT_JUSTIFIED}
    for who in (watch.dpo, watch.second):
        assert await office.refused_unchanged(watch.case, REVIEW, who, **access, **no) == "SAME_PERSON"
    pending = {"verdict": BreakGlassReview.PENDING}
    assert await office.refused_unchanged(watch.case, REVIEW, watch.third, **access, **pending) == "NOT_A_VERDICT"
    await office.done(REVIEW, watch.third, **access, **no)
    row = await watch.row(one)
    assert (row["review"], row["reviewed_by_id"], row["reviewed_at"], row["review_due_at"], row["review_reason"]) == (
        "NOT_JUSTIFIED", watch.third.member_id, office.now, None, "Examiné.",
    )  # fmt: skip
    assert (await office.events(one))[-1]["kind"] == "emergency.incident"
    assert await office.refused_unchanged(watch.case, REVIEW, watch.third, **access, **no) == "WRONG_STATE"
    foreign = await office.person(await office.partner(OrgKind.CRIP, REUNION), Role.DPO)
    assert await office.refused_unchanged(watch.case, REVIEW, foreign, **access, **no) == "NOT_FOUND"


async def test_what_is_not_reviewed_in_time_blocks_the_next_one(watch: Watch) -> None:
    office = watch.office
    waiting = await watch.ask()
    one = await watch.ask()
    await watch.approve(one)
    # Not yet due: another may still be opened.
    await watch.ask()
    await office.change(emergency_access, one, review_due_at=office.now - timedelta(seconds=1))
    wish = {"ref": watch.ref, "reason_code": R.COMPLAINT, "reason": "x", "field_groups": ["G03"]}
    assert await office.refused_unchanged(watch.case, ASK, watch.dpo, **wish) == "BREAK_GLASS_BLOCKED"
    assert (
        await office.refused_unchanged(watch.case, ASK, watch.dpo, **{**wish, "ref": "S-NOTHING"})
        == "BREAK_GLASS_BLOCKED"
    )
    code = await office.refused_unchanged(watch.case, APPROVE, watch.second, receipt=receipt(waiting))
    assert code == "BREAK_GLASS_BLOCKED"
    # Another person's are not blocked by it, and the review lifts it.
    await watch.ask(await office.person(office.dlpm, Role.DPO))
    await office.done(
        REVIEW, watch.third, emergency_access=public("EmergencyAccess", one), verdict=BreakGlassReview.JUSTIFIED, reason="x"
    )  # fmt: skip
    await watch.ask()


async def test_a_refused_request_writes_nothing_anywhere(watch: Watch) -> None:
    tables: tuple[Table, ...] = (emergency_access, disclosure, outbox)
    before = [await watch.office.rows(table) for table in tables]
    wish = {"ref": watch.ref, "reason": "x", "field_groups": ["G11"]}
    assert await watch.office.refused(OPEN, watch.on_call, **wish) == "NOT_OPENABLE"
    assert [await watch.office.rows(table) for table in tables] == before


async def test_what_nobody_has_confirmed_or_reviewed_in_time_is_counted(watch: Watch) -> None:
    office = watch.office
    late = office.now - timedelta(minutes=70)
    async with office.lanes.acquire() as connection:
        before = await lapse(connection)
        one = await watch.open()
        assert await lapse(connection) == before
        await office.change(
            emergency_access, one, opened_at=late, expires_at=late + timedelta(minutes=60),
            confirm_due_at=late + timedelta(minutes=60), review_due_at=late,
        )  # fmt: skip
        after = await lapse(connection)
    assert (after.unconfirmed, after.unreviewed) == (before.unconfirmed + 1, before.unreviewed + 1)
