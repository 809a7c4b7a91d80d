"""The life of the network: resource cards, working sessions, awareness events, podcast episodes, survey campaigns."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select

from auth.policy import Act
from loaders.commands.case import EVERYBODY, ONE, TEAM, departments, same
from loaders.commands.entry import NAME, PARIS, count, names, optional, past_day, required, some
from loaders.commands.work import Command, Work
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.directory import resource_card
from schema.tables.surveys import (
    actor,
    awareness_event,
    podcast_episode,
    survey_campaign,
    working_session,
    working_session_actor,
)
from schema.types.acts_network import (
    CreateResourceCardInput,
    OpenSurveyCampaignInput,
    RecordAwarenessEventInput,
    RecordPodcastEpisodeInput,
    RecordWorkingSessionInput,
    UpdateResourceCardInput,
)
from schema.vocabulary import Audience

# Condition 18: they write the cards of their own organisation only.
OWN_CARDS_ONLY = frozenset({Audience.ASM, Audience.ASO, Audience.COO})
MOST_PARTICIPANTS = 100_000
MOST_EPISODES = 10_000
LONGEST_CAMPAIGN = timedelta(days=366 * 2)


# ---------------------------------------------------------------- resource cards


async def create_card(work: Work, wish: CreateResourceCardInput) -> UUID:
    """A card of one's own organisation; supervisors and analysts write those of any."""
    owner = work.caller.organisation_id
    if wish.organisation is not None:
        owner = (await work.visible("Organisation", wish.organisation, field="organisation")).id
    _must_be_own_card(work, owner)
    identity = await work.insert(
        resource_card,
        organisation_id=owner,
        title=required(wish.title, "title", NAME),
        description=optional(wish.description, "description"),
        territories=await _territories(work, wish.territories),
        audiences=names(wish.audiences, "audiences"),
        visibility=wish.visibility,
        verified_at=work.now if wish.verified else None,
    )
    await work.event("resource_card.created", identity, situation=None, audiences=EVERYBODY)
    return identity


async def update_card(work: Work, wish: UpdateResourceCardInput) -> UUID:
    """What is given replaces; the rest stays."""
    row = await work.lock(
        "ResourceCard", wish.resource_card, field="resourceCard", expected_version=wish.expected_version
    )
    _must_be_own_card(work, row["organisation_id"])
    changes: dict[str, Any] = {}
    if wish.title is not None:
        changes["title"] = required(wish.title, "title", NAME)
    if wish.description is not None:
        changes["description"] = optional(wish.description, "description")
    if wish.territories is not None:
        changes["territories"] = await _territories(work, wish.territories)
    if wish.audiences is not None:
        changes["audiences"] = names(wish.audiences, "audiences")
    if wish.visibility is not None:
        changes["visibility"] = wish.visibility
    if wish.verified:
        changes["verified_at"] = work.now
    await work.update(resource_card, row.id, **some(changes))
    await work.event("resource_card.updated", row.id, situation=None, audiences=EVERYBODY)
    return row.id


def _must_be_own_card(work: Work, owner: UUID) -> None:
    if work.caller.audience in OWN_CARDS_ONLY and owner != work.caller.organisation_id:
        raise DomainRefusalError(
            "NOT_YOUR_ORGANISATION", "Vous n'écrivez que les fiches de votre propre organisation.", "organisation"
        )


async def _territories(work: Work, codes: list[str]) -> list[str]:
    return await departments(work, names(codes, "territories", longest=3), field="territories")


# ---------------------------------------------------------------- sessions, events, episodes, campaigns


async def record_session(work: Work, wish: RecordWorkingSessionInput) -> UUID:
    """A session with the bodies that took part; a body is one row however often it is met."""
    met = [(await work.visible("Actor", one, field="actors")).id for one in wish.actors or ()]
    met += [await _actor(work, name) for name in names(wish.new_actors, "newActors")]
    if not met:
        raise BadInputError("`actors` and `newActors` are both empty.", reason="EMPTY")
    identity = await work.insert(
        working_session,
        held_on=past_day(wish.held_on, "heldOn", work.now),
        subject=required(wish.subject, "subject", NAME),
    )
    for one in dict.fromkeys(met):
        await work.insert(working_session_actor, session_id=identity, actor_id=one)
    await work.event("working_session.recorded", identity, situation=None, audiences=TEAM)
    return identity


async def _actor(work: Work, name: str) -> UUID:
    known = await work.one(_NAMED, name=name)
    if known is not None:
        identity: UUID = known["id"]
        return identity
    return await work.insert(actor, name=name)


_NAMED = (
    select(actor.c.id)
    .where(func.lower(actor.c.name) == func.lower(bindparam("name", type_=Text())))
    .order_by(actor.c.id)
)


async def record_event(work: Work, wish: RecordAwarenessEventInput) -> UUID:
    """An intervention before professionals."""
    identity = await work.insert(
        awareness_event,
        held_on=past_day(wish.held_on, "heldOn", work.now),
        title=required(wish.title, "title", NAME),
        participants=count(wish.participants, "participants", 1, MOST_PARTICIPANTS),
    )
    await work.event("awareness_event.recorded", identity, situation=None, audiences=TEAM)
    return identity


async def record_episode(work: Work, wish: RecordPodcastEpisodeInput) -> UUID:
    """An episode; its number is used once."""
    number = count(wish.number, "number", 1, MOST_EPISODES)
    if await work.one(_NUMBERED, number=number) is not None:
        raise DomainRefusalError("ALREADY_RECORDED", "Un épisode porte déjà ce numéro.", "number")
    identity = await work.insert(
        podcast_episode,
        number=number,
        title=required(wish.title, "title", NAME),
        published_on=past_day(wish.published_on, "publishedOn", work.now),
    )
    await work.event("podcast_episode.recorded", identity, situation=None, audiences=TEAM)
    return identity


_NUMBERED = select(ONE).where(same(podcast_episode.c.number, "number"))


async def open_campaign(work: Work, wish: OpenSurveyCampaignInput) -> UUID:
    """A questionnaire, from a day on."""
    first = wish.opened_on or work.now.astimezone(PARIS).date()
    _must_be_a_period(first, wish.closed_on, work.now.astimezone(PARIS).date())
    identity = await work.insert(
        survey_campaign,
        target=wish.target,
        title=required(wish.title, "title", NAME),
        opened_on=first,
        closed_on=wish.closed_on,
    )
    await work.event("survey_campaign.opened", identity, situation=None, audiences=EVERYBODY)
    return identity


def _must_be_a_period(first: date, last: date | None, today: date) -> None:
    if abs(first - today) > LONGEST_CAMPAIGN:
        raise BadInputError("`openedOn` is too far from today.", reason="INVALID_TIME")
    if last is not None and not first <= last <= first + LONGEST_CAMPAIGN:
        raise DomainRefusalError(
            "INVALID_PERIOD", "Le dernier jour d'une enquête suit le premier, de deux ans au plus.", "closedOn"
        )


COMMANDS = {
    "createResourceCard": Command(Act.WRITE_DIRECTORY, "ResourceCard", create_card),
    "updateResourceCard": Command(Act.WRITE_DIRECTORY, "ResourceCard", update_card),
    "recordWorkingSession": Command(Act.RECORD_NETWORK_LIFE, "WorkingSession", record_session),
    "recordAwarenessEvent": Command(Act.RECORD_NETWORK_LIFE, "AwarenessEvent", record_event),
    "recordPodcastEpisode": Command(Act.RECORD_NETWORK_LIFE, "PodcastEpisode", record_episode),
    "openSurveyCampaign": Command(Act.RECORD_NETWORK_LIFE, "SurveyCampaign", open_campaign),
}
