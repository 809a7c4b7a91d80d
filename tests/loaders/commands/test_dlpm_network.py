"""The life of the network: cards of one's own, sessions with bodies that are counted once, numbered episodes."""

import asyncio
import secrets
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from schema.tables.directory import resource_card
from schema.tables.surveys import (
    actor,
    awareness_event,
    podcast_episode,
    survey_campaign,
    working_session,
    working_session_actor,
)
from schema.vocabulary import MandateKind, ResourceVisibility, Role, SurveyTarget
from tests.loaders.commands.dlpm_world import Desk, made_desk, made_world, public  # noqa: F401

ALL = ["DLPM", "CRIP", "ASE", "ASSOCIATION", "FOYER"]
OWN_ONLY = [
    (Role.ASM, MandateKind.ASE_MISSION),
    (Role.ASO, MandateKind.OUTSIDE_MISSION),
    (Role.COO, MandateKind.MEASURE),
]


def today(desk: Desk) -> date:
    return desk.now.astimezone(ZoneInfo("Europe/Paris")).date()


# ---------------------------------------------------------------- resource cards


async def test_a_card_says_what_it_offers_where_and_to_whom(desk: Desk) -> None:
    owner = await desk.receiver()
    one = await desk.done(
        "createResourceCard", desk.supervisor, organisation=public("Organisation", owner.id), title=" Accueil de jour ", description="",
        territories=["59", "2A", "59"], audiences=["14-18 ans"], visibility=ResourceVisibility.PUBLIC, verified=True,
    )  # fmt: skip
    assert await desk.row(resource_card, one) == {
        "id": one, "organisation_id": owner.id, "title": "Accueil de jour", "description": None, "territories": ["59", "2A"],
        "audiences": ["14-18 ans"], "visibility": "PUBLIC", "verified_at": desk.now,
    }  # fmt: skip
    assert await desk.events(one) == [{"kind": "resource_card.created", "situation_id": None, "audiences": ALL}]


@pytest.mark.parametrize(("role", "mandate"), OWN_ONLY)
async def test_associations_and_coordinators_write_the_cards_of_their_own_organisation(
    desk: Desk, role: Role, mandate: MandateKind
) -> None:
    mine, other = await desk.receiver(mandate), await desk.receiver()
    person = await desk.person(mine, role)
    wish: dict[str, Any] = {"title": "Écoute", "territories": ["59"]}
    own = await desk.done("createResourceCard", person, **wish)
    row = await desk.row(resource_card, own)
    assert (row["organisation_id"], row["visibility"], row["verified_at"]) == (mine.id, "NETWORK", None)

    before = len(await desk.rows(resource_card, resource_card.c.organisation_id == other.id))
    foreign = {**wish, "organisation": public("Organisation", other.id)}
    assert await desk.refused("createResourceCard", person, **foreign) == "NOT_YOUR_ORGANISATION"
    assert len(await desk.rows(resource_card, resource_card.c.organisation_id == other.id)) == before == 0

    await desk.done(
        "updateResourceCard", person, resource_card=public("ResourceCard", own), title="Écoute et santé", verified=True
    )
    assert await desk.row(resource_card, own) == {**row, "title": "Écoute et santé", "verified_at": desk.now}


@pytest.mark.parametrize(("role", "mandate"), OWN_ONLY)
async def test_a_foreign_card_is_not_changed_and_a_foreign_secret_one_does_not_exist(
    desk: Desk, role: Role, mandate: MandateKind
) -> None:
    person = await desk.person(await desk.receiver(mandate), role)
    other = await desk.receiver()
    for visibility, code in (
        ("PUBLIC", "NOT_YOUR_ORGANISATION"),
        ("NETWORK", "NOT_YOUR_ORGANISATION"),
        ("SECRET", "NOT_FOUND"),
    ):
        one = await desk.add(resource_card, organisation_id=other.id, title="Refuge", visibility=visibility)
        before = await desk.row(resource_card, one)
        assert (
            await desk.refused("updateResourceCard", person, resource_card=public("ResourceCard", one), title="x")
            == code
        )
        assert await desk.row(resource_card, one) == before
        assert await desk.events(one) == []
        await desk.done("updateResourceCard", desk.analyst, resource_card=public("ResourceCard", one), title="x")
    assert (
        await desk.refused("updateResourceCard", person, resource_card=public("ResourceCard"), title="x") == "NOT_FOUND"
    )


async def test_updating_a_card_changes_what_is_given_and_nothing_else(desk: Desk) -> None:
    owner = await desk.receiver()
    one = await desk.add(
        resource_card,
        organisation_id=owner.id,
        title="Refuge",
        description="Sur appel.",
        territories=["59"],
        audiences=["filles"],
    )
    before = await desk.row(resource_card, one)
    wish = {"resource_card": public("ResourceCard", one)}
    await desk.done(
        "updateResourceCard",
        desk.supervisor,
        description=" ",
        territories=["62"],
        audiences=[],
        visibility=ResourceVisibility.SECRET,
        **wish,
    )
    changed = {"description": None, "territories": ["62"], "audiences": [], "visibility": "SECRET"}
    assert await desk.row(resource_card, one) == {**before, **changed}
    assert [event["kind"] for event in await desk.events(one)] == ["resource_card.updated"]
    assert await desk.refused("updateResourceCard", desk.supervisor, **wish) == "NOTHING_TO_CHANGE"
    assert await desk.wrong_input(None, "updateResourceCard", desk.supervisor, title=" ", **wish) == "EMPTY"
    assert (
        await desk.wrong_input(None, "updateResourceCard", desk.supervisor, territories=["59", "975"], **wish)
        == "UNKNOWN_REFERENCE"
    )
    assert await desk.row(resource_card, one) == {**before, **changed}


# ---------------------------------------------------------------- sessions, events, episodes, campaigns


async def test_a_body_met_twice_is_one_body(desk: Desk) -> None:
    mark = secrets.token_hex(4)
    known = await desk.add(actor, name=f"Parquet {mark}")
    wish: dict[str, Any] = {"held_on": today(desk), "subject": "Hôtels"}
    names = [f"PARQUET {mark}", f"Rectorat {mark}", f" Rectorat {mark} "]
    one = await desk.done(
        "recordWorkingSession", desk.analyst, actors=[public("Actor", known)], new_actors=names, **wish
    )
    assert await desk.row(working_session, one) == {"id": one, "held_on": today(desk), "subject": "Hôtels"}
    bodies = await desk.rows(actor, actor.c.name.icontains(mark))
    assert sorted(body["name"] for body in bodies) == [f"Parquet {mark}", f"Rectorat {mark}"]
    met = await desk.rows(working_session_actor, working_session_actor.c.session_id == one)
    assert {row["actor_id"] for row in met} == {body["id"] for body in bodies}
    assert await desk.events(one) == [{"kind": "working_session.recorded", "situation_id": None, "audiences": ["DLPM"]}]

    again = await desk.done("recordWorkingSession", desk.supervisor, new_actors=[f"rectorat {mark}"], **wish)
    assert len(await desk.rows(actor, actor.c.name.icontains(mark))) == 2
    assert len(await desk.rows(working_session_actor, working_session_actor.c.session_id == again)) == 1


async def test_a_session_that_cannot_be_kept_leaves_no_body_behind(desk: Desk) -> None:
    mark = secrets.token_hex(4)
    future = {"held_on": today(desk) + timedelta(days=1), "subject": "x", "new_actors": [f"Mairie {mark}"]}
    assert await desk.wrong_input(None, "recordWorkingSession", desk.analyst, **future) == "INVALID_TIME"
    alone = {"held_on": today(desk), "subject": "x"}
    assert await desk.wrong_input(None, "recordWorkingSession", desk.analyst, **alone) == "EMPTY"
    nobody = {**alone, "actors": [public("Actor")], "new_actors": [f"Mairie {mark}"]}
    assert await desk.wrong_input(None, "recordWorkingSession", desk.analyst, **nobody) == "UNKNOWN_REFERENCE"
    assert await desk.rows(actor, actor.c.name.icontains(mark)) == []


async def test_an_awareness_event_counts_who_was_there(desk: Desk) -> None:
    wish: dict[str, Any] = {"held_on": today(desk), "title": "Journée"}
    one = await desk.done("recordAwarenessEvent", desk.analyst, participants=130, **wish)
    assert await desk.row(awareness_event, one) == {
        "id": one,
        "held_on": today(desk),
        "title": "Journée",
        "participants": 130,
    }
    assert [event["kind"] for event in await desk.events(one)] == ["awareness_event.recorded"]
    assert await desk.wrong_input(None, "recordAwarenessEvent", desk.analyst, participants=0, **wish) == "OUT_OF_RANGE"


async def test_an_episode_has_a_number_of_its_own(desk: Desk) -> None:
    number = 1 + secrets.randbelow(9_000)
    wish: dict[str, Any] = {"number": number, "title": "Numérique", "published_on": today(desk)}
    one = await desk.done("recordPodcastEpisode", desk.supervisor, **wish)
    row = {"id": one, "number": number, "title": "Numérique", "published_on": today(desk)}
    assert await desk.row(podcast_episode, one) == row
    assert (
        await desk.refused("recordPodcastEpisode", desk.supervisor, **{**wish, "title": "Autre"}) == "ALREADY_RECORDED"
    )
    assert await desk.rows(podcast_episode, podcast_episode.c.number == number) == [row]
    assert [event["kind"] for event in await desk.events(one)] == ["podcast_episode.recorded"]


async def test_what_only_a_constraint_refuses_is_recorded_as_a_refusal_too(desk: Desk) -> None:
    number = 1 + secrets.randbelow(9_999)
    episode = {"number": number, "title": "Épisode", "published_on": today(desk)}
    async with desk.admin.engine.connect() as somebody:
        await somebody.execution_options(isolation_level="READ COMMITTED")
        await somebody.execute(insert(podcast_episode).values(**episode))
        # Not committed: the command sees no such number, and its own row waits for this one.
        act = asyncio.create_task(desk.act("recordPodcastEpisode", desk.supervisor, **episode))
        while not await desk.lanes.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await somebody.commit()
    outcome = await act
    assert outcome.refusal is not None
    assert outcome.refusal.code == "NOT_ALLOWED_HERE"
    record = await desk.log(desk.traces[-1])
    assert (record["event"], record["outcome"], record["member_id"]) == (
        "REFUSAL", "NOT_ALLOWED_HERE", desk.supervisor.member_id,
    )  # fmt: skip


async def test_a_campaign_opens_today_unless_another_day_is_given(desk: Desk) -> None:
    wish: dict[str, Any] = {"target": SurveyTarget.FOYER, "title": "Foyers"}
    one = await desk.done("openSurveyCampaign", desk.supervisor, **wish)
    assert await desk.row(survey_campaign, one) == {
        "id": one, "target": "FOYER", "title": "Foyers", "opened_on": today(desk), "closed_on": None,
    }  # fmt: skip
    assert await desk.events(one) == [{"kind": "survey_campaign.opened", "situation_id": None, "audiences": ALL}]
    first = today(desk) - timedelta(days=10)
    two = await desk.done("openSurveyCampaign", desk.analyst, opened_on=first, closed_on=first, **wish)
    row = await desk.row(survey_campaign, two)
    assert (row["opened_on"], row["closed_on"]) == (first, first)
    backwards = {**wish, "opened_on": first, "closed_on": first - timedelta(days=1)}
    assert await desk.refused("openSurveyCampaign", desk.analyst, **backwards) == "INVALID_PERIOD"
    far = {**wish, "opened_on": date(2099, 1, 1)}
    assert await desk.wrong_input(None, "openSurveyCampaign", desk.analyst, **far) == "INVALID_TIME"
