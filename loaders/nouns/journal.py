"""Who read what."""

from loaders.nouns.noun import IN_SITUATION, Noun, Order, newest, to
from schema.tables import journal
from schema.vocabulary import Category

JOURNAL = (
    Noun(
        "AccessRecord",
        journal.access_log,
        "log",
        {"NEWEST": Order("at")},
        {},
        {
            "since": ("at", "since"),
            "before": ("at", "before"),
            "event": ("event", "in"),
            "outcome": ("outcome", "in"),
        },
        case=False,
        # Its key ends with `at`, which many records share; a hash says nothing of where or how much was written.
        unique="hash",
    ),
    Noun(
        "Access",
        journal.case_access,
        "acc",
        newest("at"),
        {
            "situation": IN_SITUATION,
            "organisation": to("Organisation", "organisation_id", Category.ACCESS_LOG),
        },
        {
            "situation": ("situation_id", "id"),
            "organisation": ("organisation_id", "id"),
            "since": ("at", "since"),
            "before": ("at", "before"),
            "event": ("event", "in"),
            "outcome": ("outcome", "in"),
            "reader": ("reader", "in"),
        },
    ),
)
