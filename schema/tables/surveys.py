"""Surveys, working sessions, awareness: the DLPM's network life (no child's data)."""

from sqlalchemy import Column, ForeignKey, Table, Text

from schema.tables.columns import day, instant, link, metadata, number, public_id, text, word
from schema.vocabulary import Category, SurveyTarget, TriState

SURVEYS = Category.SURVEYS

survey_campaign = Table(
    "survey_campaign",
    metadata,
    public_id(),
    word("target", SurveyTarget, SURVEYS, "Which of the four questionnaires.", nullable=False),
    text("title", SURVEYS, "Title.", nullable=False),
    day("opened_on", SURVEYS, "First day.", nullable=False),
    day("closed_on", SURVEYS, "Last day."),
    comment="A questionnaire sent to services.",
)

survey_response = Table(
    "survey_response",
    metadata,
    public_id(),
    link("campaign_id", "survey_campaign.id", "The campaign.", nullable=False, index=True),
    link("organisation_id", "organisation.id", "Who answered.", index=True),
    Column(
        "department_code",
        Text,
        ForeignKey("department.code"),
        nullable=False,
        comment="Department of the service.",
        info={"category": SURVEYS},
    ),
    word("confronted", TriState, SURVEYS, "Confronted with exploitation of minors.", nullable=False),
    text("needs", SURVEYS, "Needs named."),
    text("resources", SURVEYS, "Resources named."),
    instant("answered_at", SURVEYS, "When.", nullable=False, now=True),
    comment="One answer of one service; never shown to another department.",
)

actor = Table(
    "actor",
    metadata,
    public_id(),
    text("name", SURVEYS, "Name of the partner body.", nullable=False),
    comment="A body met in working sessions.",
)

working_session = Table(
    "working_session",
    metadata,
    public_id(),
    day("held_on", SURVEYS, "Day.", nullable=False),
    text("subject", SURVEYS, "Subject.", nullable=False),
    comment="A working session (temps de travail).",
)

working_session_actor = Table(
    "working_session_actor",
    metadata,
    Column(
        "session_id",
        ForeignKey("working_session.id"),
        primary_key=True,
        comment="The session.",
        info={"category": Category.KEY},
    ),
    Column(
        "actor_id",
        ForeignKey("actor.id"),
        primary_key=True,
        index=True,
        comment="Who took part.",
        info={"category": Category.KEY},
    ),
    comment="n:m between sessions and actors.",
)

awareness_event = Table(
    "awareness_event",
    metadata,
    public_id(),
    day("held_on", SURVEYS, "Day.", nullable=False),
    text("title", SURVEYS, "Title.", nullable=False),
    number("participants", SURVEYS, "Professionals reached.", nullable=False),
    comment="An intervention before professionals.",
)

podcast_episode = Table(
    "podcast_episode",
    metadata,
    public_id(),
    number("number", SURVEYS, "Number of the episode.", nullable=False, unique=True),
    text("title", SURVEYS, "Title.", nullable=False),
    day("published_on", SURVEYS, "Day.", nullable=False),
    comment="A podcast episode.",
)
