"""A service answers its own questionnaire, for its own department, while it is open."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from schema.errors import BadInputError, NotFoundError
from schema.tables.surveys import survey_campaign, survey_response
from schema.vocabulary import OrgKind, Role, SurveyTarget, TriState
from tests.loaders.commands.world import NORD, World, made_world, public, today, together  # noqa: F401


async def campaign(world: World, target: SurveyTarget = SurveyTarget.CRIP, **columns: Any) -> UUID:
    opened = {"opened_on": today(world) - timedelta(days=5)}
    return await world.add(survey_campaign, target=target.value, title="Enquête", **{**opened, **columns})


async def answers(world: World, asked: UUID) -> list[dict[str, Any]]:
    return await world.rows(survey_response, survey_response.c.campaign_id == asked)


async def test_an_answer_is_the_organisations_and_replaced_by_the_next(world: World) -> None:
    asked = await campaign(world)
    crip = await world.partner(OrgKind.CRIP, NORD)
    officer, colleague = await world.person(crip, Role.CRI), await world.person(crip, Role.COO)
    wish = {"campaign": public("SurveyCampaign", asked), "department_code": "59"}
    outcome = await world.act("answerSurvey", officer, confronted=TriState.YES, needs=" une formation ", **wish)
    assert outcome.subject is not None
    expected = {
        "id": outcome.subject,
        "campaign_id": asked,
        "organisation_id": crip.id,
        "department_code": "59",
        "confronted": "YES",
        "needs": "une formation",
        "resources": None,
        "answered_at": world.now,
    }
    assert await answers(world, asked) == [expected]
    assert await world.events(outcome.subject) == [
        {"kind": "survey.answered", "situation_id": None, "audiences": ["CRIP", "DLPM"]}
    ]

    again = await world.act("answerSurvey", colleague, confronted=TriState.NO, resources="un réseau", **wish)
    assert again.subject == outcome.subject
    assert await answers(world, asked) == [expected | {"confronted": "NO", "needs": None, "resources": "un réseau"}]


async def test_two_answers_at_once_are_one(world: World) -> None:
    asked = await campaign(world)
    crip = await world.partner(OrgKind.CRIP, NORD)
    officer, colleague = await world.person(crip, Role.CRI), await world.person(crip, Role.COO)
    wish = {"campaign": public("SurveyCampaign", asked), "department_code": "59", "confronted": TriState.YES}
    first, second = await together(
        world.act("answerSurvey", officer, **wish), world.act("answerSurvey", colleague, **wish)
    )
    assert first.subject == second.subject
    assert len(await answers(world, asked)) == 1


async def test_two_services_answer_side_by_side(world: World) -> None:
    asked = await campaign(world, SurveyTarget.FOYER)
    for _ in range(2):
        worker = await world.person(await world.partner(OrgKind.FOYER, territories=["59"]), Role.ASM)
        wish = {"campaign": public("SurveyCampaign", asked), "department_code": "59", "confronted": TriState.UNKNOWN}
        assert (await world.act("answerSurvey", worker, **wish)).subject
    assert len(await answers(world, asked)) == 2


@pytest.mark.parametrize(
    ("kind", "role", "mine"),
    [
        (OrgKind.CRIP, Role.CRI, {SurveyTarget.CRIP}),
        (OrgKind.ASE, Role.ASE, {SurveyTarget.ASE, SurveyTarget.DEF}),
        (OrgKind.FOYER, Role.COO, {SurveyTarget.FOYER}),
        (OrgKind.ASSOCIATION, Role.ASM, set()),
    ],
)
async def test_each_service_has_its_own_questionnaires(
    world: World, kind: OrgKind, role: Role, mine: set[SurveyTarget]
) -> None:
    caller = await world.person(await world.partner(kind, NORD, territories=["59"]), role)
    for target in SurveyTarget:
        asked = await campaign(world, target)
        wish = {"campaign": public("SurveyCampaign", asked), "department_code": "59", "confronted": TriState.NO}
        if target in mine:
            assert (await world.act("answerSurvey", caller, **wish)).subject
        else:
            assert await world.refused("answerSurvey", caller, **wish) == "NOT_CONCERNED"
        assert len(await answers(world, asked)) == (target in mine)


async def test_a_department_that_is_not_the_services_or_none_at_all_is_refused(world: World) -> None:
    asked = await campaign(world)
    officer = await world.person(await world.partner(OrgKind.CRIP, NORD, territories=["XX"]), Role.CRI)
    analyst = await world.person(await world.partner(OrgKind.DLPM), Role.ANA)
    wish = {"campaign": public("SurveyCampaign", asked), "confronted": TriState.NO}
    for code in ("62", "XX", "975"):
        assert await world.refused("answerSurvey", officer, department_code=code, **wish) == "UNKNOWN_DEPARTMENT"
    assert await world.refused("answerSurvey", analyst, department_code="975", **wish) == "UNKNOWN_DEPARTMENT"
    assert await answers(world, asked) == []


async def test_the_dlpm_types_in_what_came_on_paper(world: World) -> None:
    asked = await campaign(world, SurveyTarget.DEF)
    analyst = await world.person(await world.partner(OrgKind.DLPM), Role.ANA)
    wish = {"campaign": public("SurveyCampaign", asked), "confronted": TriState.YES}
    for code in ("62", "59", "62"):
        await world.act("answerSurvey", analyst, department_code=code, **wish)
    assert sorted((row["department_code"], row["organisation_id"]) for row in await answers(world, asked)) == [
        ("59", None),
        ("62", None),
    ]


async def test_a_campaign_takes_answers_from_its_first_to_its_last_day(world: World) -> None:
    officer = await world.person(await world.partner(OrgKind.CRIP, NORD), Role.CRI)
    day = today(world)
    early = await campaign(world, opened_on=day + timedelta(days=3))
    late = await campaign(world, closed_on=day - timedelta(days=3))
    last = await campaign(world, opened_on=day, closed_on=day)
    wish = {"department_code": "59", "confronted": TriState.YES}
    for asked in (early, late):
        assert (
            await world.refused("answerSurvey", officer, campaign=public("SurveyCampaign", asked), **wish)
            == "WRONG_STATE"
        )
        assert await answers(world, asked) == []
    assert (await world.act("answerSurvey", officer, campaign=public("SurveyCampaign", last), **wish)).subject
    with pytest.raises(NotFoundError):
        await world.act("answerSurvey", officer, campaign=public("SurveyCampaign"), **wish)
    with pytest.raises(BadInputError):
        await world.act("answerSurvey", officer, campaign=public("SurveyCampaign", last), needs="x" * 10_001, **wish)
