"""Measures belong to an authority, carry an official code, and open what they open."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.caller import Caller
from schema.deadlines import end_of_day
from schema.errors import BadInputError, NotFoundError
from schema.tables.protection import measure
from schema.tables.sharing import disclosure
from schema.tables.situation import situation
from schema.vocabulary import AseLinkState, MandateKind, MeasureDecision, OrgKind, ReportStatus, Role
from tests.loaders.commands.world import NORD, REUNION, Partner, World, made_world, public, today  # noqa: F401

ADMINISTRATIVE, JUDICIAL = MeasureDecision.ADMINISTRATIVE, MeasureDecision.JUDICIAL


@dataclass
class Council:
    """An authority's CRIP and ASE, both in one situation."""

    officer: Caller
    worker: Caller
    ase: Partner
    case: UUID


async def council(world: World, authority: UUID = NORD) -> Council:
    crip, ase = await world.partner(OrgKind.CRIP, authority), await world.partner(OrgKind.ASE, authority)
    case = await world.situation(authority)
    await world.report(case, authority, ReportStatus.ACKNOWLEDGED)
    worker = await world.person(ase, Role.ASE)
    await world.link(case, ase, AseLinkState.CONFIRMED, caseworker_id=worker.member_id)
    return Council(await world.person(crip, Role.CRI), worker, ase, case)


async def test_a_measure_that_names_a_foyer_opens_the_case_to_it_and_is_ledgered(world: World) -> None:
    here = await council(world)
    foyer = await world.partner(OrgKind.FOYER)
    carer = await world.person(foyer, Role.ASM)
    day = today(world)
    outcome = await world.act(
        "recordMeasure", here.officer, situation=public("Situation", here.case), decision=JUDICIAL, nature="17", starts_on=day,
        ends_on=day + timedelta(days=365), organisation=public("Organisation", foyer.id), caseworker=" Service 3 ",
    )  # fmt: skip
    assert outcome.subject is not None
    assert await world.row(measure, outcome.subject) == {
        "id": outcome.subject,
        "situation_id": here.case,
        "authority_id": NORD,
        "organisation_id": foyer.id,
        "caseworker_id": None,
        "decision": "JUDICIAL",
        "nature": "17",
        "starts_on": day,
        "ends_on": day + timedelta(days=365),
        "caseworker": "Service 3",
        "placement": None,
        "placement_due_at": None,
        "review_due_at": end_of_day(day + timedelta(days=365), "Europe/Paris"),
    }
    assert await world.events(outcome.subject) == [
        {"kind": "measure.recorded", "situation_id": here.case, "audiences": ["ASE", "CRIP", "DLPM", "FOYER"]}
    ]
    [line] = await world.rows(disclosure, disclosure.c.situation_id == here.case)
    assert (line["act"], line["to_org_id"], line["from_org_id"], line["field_groups"], line["at"]) == (
        "MEASURE", foyer.id, here.officer.organisation_id, ["G03", "G04", "G05"], world.now,
    )  # fmt: skip
    assert await world.version(carer, "Situation", here.case)


async def test_a_measure_that_names_nobody_discloses_nothing(world: World) -> None:
    here = await council(world)
    wish = {
        "situation": public("Situation", here.case),
        "decision": ADMINISTRATIVE,
        "nature": "10",
        "starts_on": today(world),
    }
    outcome = await world.act("recordMeasure", here.worker, take_charge=True, **wish)
    assert outcome.subject is not None
    row = await world.row(measure, outcome.subject)
    assert (row["organisation_id"], row["caseworker_id"], row["ends_on"]) == (None, here.worker.member_id, None)
    assert await world.rows(disclosure, disclosure.c.situation_id == here.case) == []


@pytest.mark.parametrize(
    ("decision", "nature"),
    [
        (ADMINISTRATIVE, "15x"),
        (ADMINISTRATIVE, "17"),
        (JUDICIAL, "10"),
        (JUDICIAL, "DECISION:1"),
        (ADMINISTRATIVE, "77"),
    ],
)
async def test_the_nature_is_a_code_of_the_list_of_the_decision(
    world: World, decision: MeasureDecision, nature: str
) -> None:
    here = await council(world)
    wish = {
        "situation": public("Situation", here.case),
        "decision": decision,
        "nature": nature,
        "starts_on": today(world),
    }
    assert await world.refused("recordMeasure", here.officer, **wish) == "UNKNOWN_CODE"
    assert await world.rows(measure, measure.c.situation_id == here.case) == []


async def test_who_has_no_mandate_carries_out_no_measure(world: World) -> None:
    here = await council(world)
    outside = await world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.OUTSIDE_MISSION)
    observatory = await world.partner(OrgKind.OBSERVATORY)
    wish: dict[str, Any] = {
        "situation": public("Situation", here.case),
        "decision": JUDICIAL,
        "nature": "15",
        "starts_on": today(world),
    }
    for organisation in (outside, observatory):
        assert (
            await world.refused(
                "recordMeasure", here.officer, organisation=public("Organisation", organisation.id), **wish
            )
            == "NOT_MANDATED"
        )
    with pytest.raises(BadInputError):
        await world.act("recordMeasure", here.officer, organisation=public("Organisation"), **wish)
    assert await world.rows(measure, measure.c.situation_id == here.case) == []
    assert await world.rows(disclosure, disclosure.c.situation_id == here.case) == []


async def test_days_have_an_order(world: World) -> None:
    here = await council(world)
    day = today(world)
    wish: dict[str, Any] = {"situation": public("Situation", here.case), "decision": JUDICIAL, "nature": "15"}
    assert (
        await world.refused("recordMeasure", here.officer, starts_on=day, ends_on=day - timedelta(days=1), **wish)
        == "ENDS_BEFORE_START"
    )
    for days in (
        {"starts_on": day.replace(year=1951)},
        {"starts_on": day.replace(year=2951)},
        {"starts_on": day, "ends_on": day.replace(year=2951)},
    ):
        with pytest.raises(BadInputError):
            await world.act("recordMeasure", here.officer, **days, **wish)
    assert await world.rows(measure, measure.c.situation_id == here.case) == []


async def test_only_a_caseworker_takes_charge(world: World) -> None:
    here = await council(world)
    wish = {
        "situation": public("Situation", here.case),
        "decision": JUDICIAL,
        "nature": "15",
        "starts_on": today(world),
        "take_charge": True,
    }
    with pytest.raises(BadInputError):
        await world.act("recordMeasure", here.officer, **wish)
    assert await world.rows(measure, measure.c.situation_id == here.case) == []


async def test_a_closed_or_stale_case_takes_no_measure_and_one_out_of_reach_is_not_found(world: World) -> None:
    here, there = await council(world), await council(world, REUNION)
    wish: dict[str, Any] = {"decision": JUDICIAL, "nature": "15", "starts_on": today(world)}
    mine = {"situation": public("Situation", here.case), **wish}
    assert await world.refused("recordMeasure", here.officer, expected_version="old", **mine) == "STALE_VERSION"
    errors = []
    for caller in (there.officer, there.worker):
        for target in (public("Situation", here.case), public("Situation")):
            with pytest.raises(NotFoundError) as caught:
                await world.act("recordMeasure", caller, situation=target, **wish)
            errors.append((caught.value.code, caught.value.sentence))
    assert len(set(errors)) == 1
    await world.change(situation, here.case, status="CLOSED")
    assert await world.refused("recordMeasure", here.officer, **mine) == "WRONG_STATE"
    assert await world.rows(measure, measure.c.situation_id == here.case) == []


async def test_a_measure_ends_once(world: World) -> None:
    here = await council(world)
    day = today(world)
    identity = await world.add(
        measure,
        situation_id=here.case,
        authority_id=NORD,
        decision="JUDICIAL",
        nature="15",
        starts_on=day - timedelta(days=30),
    )
    before, version = await world.row(measure, identity), await world.version(here.worker, "Measure", identity)
    wish = {"measure": public("Measure", identity)}
    assert (
        await world.refused("endMeasure", here.worker, ends_on=day - timedelta(days=31), **wish) == "ENDS_BEFORE_START"
    )
    assert (
        await world.refused("endMeasure", here.worker, ends_on=day, expected_version="old", **wish) == "STALE_VERSION"
    )
    assert await world.row(measure, identity) == before

    yesterday = day - timedelta(days=1)
    assert (
        await world.act("endMeasure", here.worker, ends_on=yesterday, expected_version=version, **wish)
    ).subject == identity
    assert await world.row(measure, identity) == before | {
        "ends_on": yesterday,
        "review_due_at": end_of_day(yesterday, "Europe/Paris"),
    }
    assert await world.version(here.worker, "Measure", identity) != version
    assert [event["kind"] for event in await world.events(identity)] == ["measure.ended"]
    await world.change(measure, identity, ends_on=day - timedelta(days=3))
    assert await world.refused("endMeasure", here.worker, ends_on=day, **wish) == "WRONG_STATE"


async def test_a_measure_of_another_authority_is_seen_but_not_ended(world: World) -> None:
    here = await council(world)
    identity = await world.add(
        measure,
        situation_id=here.case,
        authority_id=REUNION,
        decision="JUDICIAL",
        nature="15",
        starts_on=today(world) - timedelta(days=30),
    )
    before = await world.row(measure, identity)
    wish = {"measure": public("Measure", identity), "ends_on": today(world)}
    assert await world.refused("endMeasure", here.officer, **wish) == "NOT_COMPETENT"
    stranger = (await council(world, REUNION)).officer
    assert await world.refused("endMeasure", stranger, **wish) == await world.refused(
        "endMeasure", stranger, **wish | {"measure": public("Measure")}
    )
    assert await world.row(measure, identity) == before
    assert await world.events(identity) == []


async def test_a_closed_case_keeps_its_measures_as_they_are(world: World) -> None:
    here = await council(world)
    one = await world.add(
        measure, situation_id=here.case, authority_id=NORD, decision="JUDICIAL", nature="15", starts_on=today(world)
    )
    await world.change(situation, here.case, status="CLOSED")
    before = await world.row(measure, one)
    wish = {"measure": public("Measure", one), "ends_on": today(world)}
    assert await world.refused("endMeasure", here.officer, **wish) == "SITUATION_CLOSED"
    assert await world.row(measure, one) == before


async def test_a_placement_says_who_decided_it(world: World) -> None:
    here = await council(world)
    wish = {"situation": public("Situation", here.case), "decision": MeasureDecision.JUDICIAL, "nature": "17"}
    first = {**wish, "starts_on": today(world)}
    assert await world.refused("recordMeasure", here.officer, **first, placement="7") == "UNKNOWN_CODE"
    outcome = await world.act("recordMeasure", here.officer, **first, placement="3")
    assert outcome.subject
    assert (await world.row(measure, outcome.subject))["placement"] == "3"
