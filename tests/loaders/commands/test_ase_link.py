"""An ASE service answers what was proposed to it, and only that."""

from datetime import timedelta
from typing import Any

import pytest

from schema.errors import BadInputError, NotFoundError
from schema.tables.journal import reach
from schema.tables.protection import ase_link
from schema.tables.situation import situation
from schema.vocabulary import AseLinkState, OrgKind, Role
from tests.loaders.commands.world import NORD, World, made_world, public, together  # noqa: F401

S = AseLinkState
STEPS = {
    (S.PROPOSED, S.CONTACTED),
    (S.CONTACTED, S.CONFIRMED),
    (S.CONTACTED, S.NO_ANSWER),
    (S.CONTACTED, S.NOT_COMPETENT),
    (S.CONFIRMED, S.ENDED),
}
LIVE = {S.PROPOSED, S.CONTACTED, S.CONFIRMED}


async def test_every_pair_of_states_is_a_step_of_the_machine_or_refused(world: World) -> None:
    service = await world.partner(OrgKind.ASE, NORD)
    tool = await world.tool(service)
    for state in AseLinkState:
        for wanted in AseLinkState:
            case = await world.situation(NORD)
            link = await world.link(case, service, state)
            before = await world.row(ase_link, link)
            wish = {"situation": public("Situation", case), "state": wanted}
            if (state, wanted) in STEPS:
                outcome = await world.act("answerAseLink", tool, **wish)
                assert (outcome.subject, outcome.refusal) == (link, None)
                when = {"ended_at": world.now} if wanted is S.ENDED else {"answered_at": world.now}
                assert await world.row(ase_link, link) == before | {"state": wanted.value} | when
                assert await world.events(link) == [
                    {"kind": "ase_link.answered", "situation_id": case, "audiences": ["DLPM", "CRIP", "ASE"]}
                ]
            else:
                assert await world.refused("answerAseLink", tool, **wish) == (
                    "WRONG_STATE" if state in LIVE else "NOT_FOUND"
                )
                assert await world.row(ase_link, link) == before
                assert await world.events(link) == []


async def test_a_caseworker_who_confirms_may_take_charge_and_reaches_the_situation(world: World) -> None:
    service = await world.partner(OrgKind.ASE, NORD)
    worker = await world.person(service, Role.ASE)
    case = await world.situation(NORD)
    link = await world.link(case, service, S.CONTACTED)
    before = await world.row(ase_link, link)
    wish = {
        "situation": public("Situation", case),
        "state": S.CONFIRMED,
        "take_charge": True,
        "service_contact": " 03 20 00 00 00 ",
    }
    assert (await world.act("answerAseLink", worker, **wish)).subject == link
    assert await world.row(ase_link, link) == before | {
        "state": "CONFIRMED",
        "answered_at": world.now,
        "caseworker_id": worker.member_id,
        "service_contact": "03 20 00 00 00",
    }
    assert await world.version(worker, "Situation", case)
    assert await world.version(worker, "AseLink", link)
    record = await world.log(world.traces[-1])
    assert (record["situations"], record["categories"]) == ([str(case)], ["G20"])


async def test_taking_charge_needs_a_person_and_a_confirmation(world: World) -> None:
    service = await world.partner(OrgKind.ASE, NORD)
    case = await world.situation(NORD)
    link = await world.link(case, service, S.CONTACTED)
    before = await world.row(ase_link, link)
    with pytest.raises(BadInputError) as caught:
        await world.act(
            "answerAseLink",
            await world.tool(service),
            situation=public("Situation", case),
            state=S.CONFIRMED,
            take_charge=True,
        )
    assert caught.value.reason == "NEEDS_PERSON"
    wish = {"situation": public("Situation", case), "state": S.NO_ANSWER, "take_charge": True}
    assert await world.refused("answerAseLink", await world.person(service, Role.ASE), **wish) == "NOT_CONFIRMED"
    assert await world.row(ase_link, link) == before
    assert await world.events(link) == []


async def test_another_service_a_random_id_a_closed_case_and_an_ended_link_are_the_same_nothing(world: World) -> None:
    service, other = await world.partner(OrgKind.ASE, NORD), await world.partner(OrgKind.ASE, NORD)
    worker = await world.person(service, Role.ASE)
    foreign, closed, ended = [await world.situation(NORD) for _ in range(3)]
    links = [
        await world.link(foreign, other),
        await world.link(closed, service),
        await world.link(ended, service, ended_at=world.now - timedelta(hours=1)),
    ]
    await world.change(situation, closed, status="CLOSED")
    before = [await world.row(ase_link, link) for link in links]
    errors = []
    for case in (foreign, closed, ended, None):
        with pytest.raises(NotFoundError) as caught:
            await world.act("answerAseLink", worker, situation=public("Situation", case), state=S.CONTACTED)
        errors.append((caught.value.code, caught.value.sentence, caught.value.reason))
    assert len(set(errors)) == 1
    assert [await world.row(ase_link, link) for link in links] == before
    assert await world.events(*links) == []


async def test_a_link_without_its_relation_is_out_of_reach(world: World) -> None:
    """The relation decides, not the row: the same look-up as everywhere else."""
    service = await world.partner(OrgKind.ASE, NORD)
    case = await world.situation(NORD)
    await world.link(case, service)
    await world.admin.execute(reach.delete().where(reach.c.situation_id == case, reach.c.via == "ASE_LINKED"))
    assert (
        await world.refused(
            "answerAseLink", await world.tool(service), situation=public("Situation", case), state=S.CONTACTED
        )
        == "NOT_FOUND"
    )


async def test_what_a_colleague_follows_is_nothing_to_another_caseworker(world: World) -> None:
    """Ended by who does not see it, it would take the case from the one who follows it; a wrong step would tell where it stands."""
    service = await world.partner(OrgKind.ASE, NORD)
    follows, other = await world.person(service, Role.ASE), await world.person(service, Role.ASE)
    case = await world.situation(NORD)
    link = await world.link(case, service, S.CONFIRMED, caseworker_id=follows.member_id)
    before = await world.row(ase_link, link)
    for wanted in AseLinkState:
        wish = {"situation": public("Situation", case), "state": wanted}
        assert await world.refused("answerAseLink", other, **wish) == "NOT_FOUND"
    assert await world.row(ase_link, link) == before
    assert await world.events(link) == []
    wish = {"situation": public("Situation", case), "state": S.ENDED}
    assert (await world.act("answerAseLink", follows, **wish)).subject == link


async def test_the_services_tool_answers_what_one_of_its_caseworkers_follows(world: World) -> None:
    service = await world.partner(OrgKind.ASE, NORD)
    follows = await world.person(service, Role.ASE)
    case = await world.situation(NORD)
    link = await world.link(case, service, S.CONFIRMED, caseworker_id=follows.member_id)
    wish = {"situation": public("Situation", case), "state": S.ENDED}
    assert (await world.act("answerAseLink", await world.tool(service), **wish)).subject == link


async def test_a_stale_version_is_refused(world: World) -> None:
    service = await world.partner(OrgKind.ASE, NORD)
    worker = await world.person(service, Role.ASE)
    case = await world.situation(NORD)
    link = await world.link(case, service, S.CONFIRMED, caseworker_id=worker.member_id)
    before, version = await world.row(ase_link, link), await world.version(worker, "AseLink", link)
    wish: dict[str, Any] = {"situation": public("Situation", case), "state": S.ENDED}
    assert await world.refused("answerAseLink", worker, expected_version="old", **wish) == "STALE_VERSION"
    assert await world.row(ase_link, link) == before
    assert (await world.act("answerAseLink", worker, expected_version=version, **wish)).subject == link


async def test_the_services_own_newest_live_link_is_answered(world: World) -> None:
    service, other = await world.partner(OrgKind.ASE, NORD), await world.partner(OrgKind.ASE, NORD)
    case = await world.situation(NORD)
    older = await world.link(case, service, proposed_at=world.now - timedelta(days=9))
    mine = await world.link(case, service)
    over = await world.link(
        case, service, S.CONFIRMED, proposed_at=world.now - timedelta(hours=2), ended_at=world.now - timedelta(hours=1)
    )
    foreign = await world.link(case, other, proposed_at=world.now - timedelta(minutes=5))
    before = [await world.row(ase_link, link) for link in (older, over, foreign)]
    outcome = await world.act(
        "answerAseLink", await world.tool(service), situation=public("Situation", case), state=S.CONTACTED
    )
    assert outcome.subject == mine
    assert [await world.row(ase_link, link) for link in (older, over, foreign)] == before


async def test_of_two_answers_at_once_one_wins(world: World) -> None:
    service = await world.partner(OrgKind.ASE, NORD)
    tool, worker = await world.tool(service), await world.person(service, Role.ASE)
    case = await world.situation(NORD)
    link = await world.link(case, service)
    wish = {"situation": public("Situation", case), "state": S.CONTACTED}
    outcomes = await together(world.act("answerAseLink", tool, **wish), world.act("answerAseLink", worker, **wish))
    assert sorted(outcome.refusal.code if outcome.refusal else "" for outcome in outcomes) == ["", "WRONG_STATE"]
    assert len(await world.events(link)) == 1
