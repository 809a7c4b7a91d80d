"""What was observed of a case."""

from loaders.nouns.noun import IN_SITUATION, Noun, Order, newest, to
from schema.tables import observation
from schema.vocabulary import Category

OBSERVATION = (
    Noun(
        "ProblematicObservation",
        observation.problematic,
        "pro",
        newest("at"),
        {"situation": IN_SITUATION, "minor": to("Minor", "minor_id", Category.PROBLEMATICS)},
    ),
    Noun(
        "SensitiveObservation",
        observation.sensitive_problematic,
        "sen",
        newest("at"),
        {"situation": IN_SITUATION, "minor": to("Minor", "minor_id", Category.PROBLEMATICS_STARRED)},
    ),
    Noun(
        "ExploitationFact",
        observation.exploitation_fact,
        "exp",
        newest("at"),
        {"situation": IN_SITUATION, "minor": to("Minor", "minor_id", Category.EXPLOITATION)},
    ),
    Noun("LiveDanger", observation.live_danger, "dan", newest("at"), {"situation": IN_SITUATION}),
    Noun(
        "AllegedPerpetrator", observation.alleged_perpetrator, "per", {"ID": Order("id")}, {"situation": IN_SITUATION}
    ),
)
