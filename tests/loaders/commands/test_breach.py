"""The register of breaches: 72 hours, in phases, with a reason for whatever is late, not told or not owed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.caller import Caller
from schema.errors import BadInputError
from schema.tables.breach import data_breach
from schema.vocabulary import BreachNature, BreachWitness, OrgKind, Role
from tests.loaders.commands.world import NORD, World, made_world, public  # noqa: F401

RECORD, COMPLETE, NOTIFY, DISMISS = (f"{verb}DataBreach" for verb in ("record", "complete", "notify", "dismiss"))
INFORM = "informOfDataBreach"


async def officer_of(world: World, kind: OrgKind = OrgKind.DLPM, *authority: UUID) -> Caller:
    return await world.person(await world.partner(kind, *authority), Role.DPO)


def facts(**more: Any) -> dict[str, Any]:
    return {
        "noticed_by": BreachWitness.OPERATOR,
        "natures": [BreachNature.CONFIDENTIALITY],
        "field_groups": ["G03", "G04"],
        "description": "Envoi au mauvais service",
    } | more


async def noted(world: World, officer: Caller, **more: Any) -> UUID:
    subject = (await world.act(RECORD, officer, **facts(**more))).subject
    assert subject is not None
    return subject


async def test_its_hours_run_from_when_it_was_noticed(world: World) -> None:
    officer = await officer_of(world)
    noticed = world.now - timedelta(hours=5)
    identity = await noted(world, officer, noticed_at=noticed, began_at=noticed - timedelta(days=9), persons=3)
    row = await world.row(data_breach, identity)
    assert row["due_at"] == noticed + timedelta(hours=72)
    assert (row["controller_org_id"], row["recorded_by_id"]) == (officer.organisation_id, officer.member_id)
    assert (row["natures"], row["field_groups"], row["persons"]) == (["CONFIDENTIALITY"], ["G03", "G04"], 3)
    assert [event["kind"] for event in await world.events(identity)] == ["breach.recorded"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"natures": []},
        {"field_groups": ["G99"]},
        {"persons": -1},
        {"description": " "},
        {"noticed_at": 1},
        {"began_at": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_cannot_be_is_refused_before_it_is_written(world: World, wrong: dict[str, Any]) -> None:
    officer = await officer_of(world)
    later = {name: world.now + timedelta(hours=1) for name, value in wrong.items() if value == 1}
    with pytest.raises(BadInputError):
        await world.act(RECORD, officer, **facts(**(wrong | later)))
    assert await world.rows(data_breach, data_breach.c.controller_org_id == officer.organisation_id) == []


async def test_it_is_completed_in_phases_and_notified_once(world: World) -> None:
    officer = await officer_of(world)
    identity = await noted(world, officer)
    breach = public("DataBreach", identity)
    assert await world.refused(COMPLETE, officer, data_breach=breach) == "NOTHING_TO_CHANGE"
    await world.act(COMPLETE, officer, data_breach=breach, persons=12, measures="Boîte purgée")
    await world.act(NOTIFY, officer, data_breach=breach, reference="CNIL-1", notified_at=world.now)
    assert await world.refused(NOTIFY, officer, data_breach=breach, reference="CNIL-2") == "WRONG_STATE"
    assert await world.refused(DISMISS, officer, data_breach=breach, reason="x") == "WRONG_STATE"
    await world.act(COMPLETE, officer, data_breach=breach, consequences="Aucune connue")
    row = await world.row(data_breach, identity)
    assert (row["persons"], row["measures"], row["consequences"]) == (12, "Boîte purgée", "Aucune connue")
    assert (row["notified_at"], row["notification_reference"], row["late_reason"]) == (world.now, "CNIL-1", None)


async def test_after_72_hours_the_notification_says_why(world: World) -> None:
    officer = await officer_of(world)
    noticed = world.now - timedelta(hours=73)
    identity = await noted(world, officer, noticed_at=noticed)
    breach = public("DataBreach", identity)
    assert await world.refused(NOTIFY, officer, data_breach=breach, reference="C") == "LATE_WITHOUT_REASON"
    assert (await world.row(data_breach, identity))["notified_at"] is None
    with pytest.raises(BadInputError):
        await world.act(NOTIFY, officer, data_breach=breach, reference="C", notified_at=noticed - timedelta(hours=1))
    await world.act(NOTIFY, officer, data_breach=breach, reference="C", late_reason="Pont du 14 juillet")
    assert (await world.row(data_breach, identity))["late_reason"] == "Pont du 14 juillet"


async def test_what_is_not_owed_says_why_and_may_be_notified_after_all(world: World) -> None:
    officer = await officer_of(world)
    identity = await noted(world, officer)
    breach = public("DataBreach", identity)
    await world.act(DISMISS, officer, data_breach=breach, reason="Fichier chiffré, clé sauve")
    assert (await world.row(data_breach, identity))["no_risk_reason"] == "Fichier chiffré, clé sauve"
    await world.act(NOTIFY, officer, data_breach=breach, reference="C")
    assert (await world.row(data_breach, identity))["notified_at"] == world.now


async def test_persons_are_informed_or_it_says_why_not(world: World) -> None:
    officer = await officer_of(world)
    identity = await noted(world, officer)
    breach = public("DataBreach", identity)
    assert await world.refused(INFORM, officer, data_breach=breach) == "DONE_OR_WHY_NOT"
    both = {"informed_at": world.now, "reason": "x"}
    assert await world.refused(INFORM, officer, data_breach=breach, **both) == "DONE_OR_WHY_NOT"
    await world.act(INFORM, officer, data_breach=breach, reason="Informer le parent mettrait l'enfant en danger")
    await world.act(INFORM, officer, data_breach=breach, informed_at=world.now)
    row = await world.row(data_breach, identity)
    assert (row["informed_at"], row["not_informed_reason"]) == (world.now, None)
    assert await world.refused(INFORM, officer, data_breach=breach, reason="x") == "WRONG_STATE"


async def test_a_register_is_its_controllers(world: World) -> None:
    network, crip = await officer_of(world), await officer_of(world, OrgKind.CRIP, NORD)
    theirs, foreign = public("DataBreach", await noted(world, crip)), public("DataBreach", await noted(world, network))
    for act, more in (
        (COMPLETE, {"persons": 1}),
        (NOTIFY, {"reference": "x"}),
        (DISMISS, {"reason": "x"}),
        (INFORM, {"reason": "x"}),
    ):
        assert await world.refused(act, crip, data_breach=foreign, **more) == "NOT_FOUND"
        assert await world.refused(act, crip, data_breach=public("DataBreach"), **more) == "NOT_FOUND"
        assert await world.refused(act, network, data_breach=theirs, **more) == "NOT_YOUR_BREACH"
