"""Surveys, working sessions, and what makes the network known."""

from loaders.nouns.noun import Noun, Order, Relation, named, newest, of, to
from schema.tables import surveys
from schema.vocabulary import Category

SURVEY = (
    Noun(
        "SurveyCampaign",
        surveys.survey_campaign,
        "cam",
        newest("opened_on"),
        {"responses": of("SurveyResponse", "campaign_id")},
        {"target": ("target", "in")},
        case=False,
    ),
    Noun(
        "SurveyResponse",
        surveys.survey_response,
        "sur",
        newest("answered_at"),
        {
            "campaign": to("SurveyCampaign", "campaign_id"),
            "organisation": to("Organisation", "organisation_id", Category.SURVEYS),
        },
        case=False,
    ),
    Noun("Actor", surveys.actor, "atr", named("name"), {}, case=False),
    Noun(
        "WorkingSession",
        surveys.working_session,
        "ses",
        newest("held_on"),
        {"participants": Relation("WorkingSessionActor", "id", "session_id", many=True)},
        case=False,
    ),
    Noun(
        "WorkingSessionActor",
        surveys.working_session_actor,
        "wsa",
        {"ACTOR": Order("actor_id")},
        {"actor": to("Actor", "actor_id")},
        case=False,
    ),
    Noun("AwarenessEvent", surveys.awareness_event, "awa", newest("held_on"), {}, case=False),
    Noun("PodcastEpisode", surveys.podcast_episode, "pod", newest("published_on"), {}, case=False),
)
