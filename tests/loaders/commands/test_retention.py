"""Legal holds: a data protection officer places and lifts them, on what they may see, and nobody else does."""

import pytest

from schema.errors import BadInputError, NotFoundError
from schema.tables.sharing import legal_hold
from schema.tables.situation import situation
from schema.vocabulary import OrgKind, RetentionState, Role
from tests.loaders.commands.world import NORD, World, made_world, public  # noqa: F401

PLACE, LIFT = "placeLegalHold", "liftLegalHold"


async def test_the_officer_of_the_119_holds_a_case_and_lets_it_go(world: World) -> None:
    officer = await world.person(await world.partner(OrgKind.DLPM), Role.DPO)
    for state in (RetentionState.ACTIVE, RetentionState.INTERMEDIATE):
        case = await world.situation(retention_state=state.value)
        placed = await world.act(PLACE, officer, situation=public("Situation", case), reason="  Procédure pénale ")
        assert placed.subject is not None
        assert await world.row(legal_hold, placed.subject) == {
            "id": placed.subject, "situation_id": case, "controller_org_id": officer.organisation_id,
            "placed_by_id": officer.member_id, "lifted_by_id": None, "reason": "Procédure pénale", "placed_at": world.now,
            "lifted_at": None,
        }  # fmt: skip
        hold = public("LegalHold", placed.subject)
        assert (await world.act(LIFT, officer, legal_hold=hold)).subject == placed.subject
        row = await world.row(legal_hold, placed.subject)
        assert (row["lifted_at"], row["lifted_by_id"]) == (world.now, officer.member_id)
        assert await world.refused(LIFT, officer, legal_hold=hold) == "ALREADY_LIFTED"
        assert [event["kind"] for event in await world.events(placed.subject)] == ["hold.placed", "hold.lifted"]


@pytest.mark.parametrize("state", [RetentionState.ANONYMISED, RetentionState.DELETED])
async def test_what_nobody_reads_any_more_is_not_held(world: World, state: RetentionState) -> None:
    officer = await world.person(await world.partner(OrgKind.DLPM), Role.DPO)
    case = await world.situation(retention_state=state.value)
    assert await world.refused(PLACE, officer, situation=public("Situation", case), reason="x") == "NOT_FOUND"
    assert await world.rows(legal_hold, legal_hold.c.situation_id == case) == []


async def test_an_officer_elsewhere_holds_their_own_cases_only_and_lifts_no_foreign_hold(world: World) -> None:
    crip = await world.partner(OrgKind.CRIP, NORD)
    officer = await world.person(crip, Role.DPO)
    network = await world.person(await world.partner(OrgKind.DLPM), Role.DPO)
    strange = await world.situation()
    assert await world.refused(PLACE, officer, situation=public("Situation", strange), reason="x") == "NOT_FOUND"
    with pytest.raises(NotFoundError):
        await world.act(PLACE, officer, situation=public("Situation"), reason="x")
    own = await world.situation(NORD)
    await world.report(own, NORD)
    assert (await world.act(PLACE, officer, situation=public("Situation", own), reason="x")).subject
    foreign = (await world.act(PLACE, network, situation=public("Situation", own), reason="x")).subject
    assert await world.refused(LIFT, officer, legal_hold=public("LegalHold", foreign)) == "NOT_FOUND"
    assert foreign is not None
    assert (await world.row(legal_hold, foreign))["lifted_at"] is None


async def test_the_officer_of_the_119_sees_a_hold_of_another_organisation_and_does_not_lift_it(world: World) -> None:
    network = await world.person(await world.partner(OrgKind.DLPM), Role.DPO)
    officer = await world.person(await world.partner(OrgKind.CRIP, NORD), Role.DPO)
    case = await world.situation(NORD)
    await world.report(case, NORD)
    placed = (await world.act(PLACE, officer, situation=public("Situation", case), reason="x")).subject
    assert placed is not None
    assert await world.version(network, "LegalHold", placed)
    assert await world.refused(LIFT, network, legal_hold=public("LegalHold", placed)) == "NOT_YOUR_HOLD"
    assert (await world.row(legal_hold, placed))["lifted_at"] is None
    assert (await world.act(LIFT, officer, legal_hold=public("LegalHold", placed))).subject == placed


async def test_a_hold_says_why(world: World) -> None:
    officer = await world.person(await world.partner(OrgKind.DLPM), Role.DPO)
    case = await world.situation()
    for reason in (" ", "x" * 1001):
        with pytest.raises(BadInputError):
            await world.act(PLACE, officer, situation=public("Situation", case), reason=reason)
    assert await world.rows(legal_hold, legal_hold.c.situation_id == case) == []
    assert (await world.row(situation, case))["retention_state"] == "ACTIVE"
