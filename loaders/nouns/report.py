"""Reports to an authority, and what it answers."""

from loaders.nouns.noun import IN_SITUATION, Noun, Order, newest, of, one, to
from schema.tables import report
from schema.vocabulary import Category

REPORT = (
    Noun(
        "ConcernReport",
        report.concern_report,
        "rep",
        {
            "SENT_NEWEST": Order("sent_at"),
            "DUE_SOONEST": Order("due_at", descending=False),
            "DRAFTED_NEWEST": Order("drafted_at"),
        },
        {
            "situation": IN_SITUATION,
            "minor": to("Minor", "minor_id", Category.CODED_PROFILE),
            "originContact": to("Contact", "origin_contact_id", Category.CALLER_CATEGORY_COARSE),
            "toAuthority": to("Authority", "to_authority_id", Category.REPORT_STEPS),
            "complements": to("ConcernReport", "complements_report_id", Category.REPORT_STEPS),
            "evaluation": one("Evaluation", "report_id"),
            "return": one("ConcernReturn", "report_id"),
            "judicialReferrals": of("JudicialReferral", "report_id"),
        },
        {
            "status": ("status", "in"),
            "urgency": ("urgency", "in"),
            "overdue": ("due_at", "overdue"),
            "dueWithinDays": ("due_at", "due_within"),
            "sentSince": ("sent_at", "since"),
            "sentBefore": ("sent_at", "before"),
            "situation": ("situation_id", "id"),
        },
    ),
    Noun(
        "Evaluation",
        report.evaluation,
        "eva",
        newest("notified_at"),
        {
            "situation": IN_SITUATION,
            "report": to("ConcernReport", "report_id", Category.REPORT_STEPS),
            "authority": to("Authority", "authority_id", Category.REPORT_STEPS),
        },
    ),
    Noun(
        "ConcernReturn",
        report.concern_return,
        "ret",
        newest("received_at"),
        {"situation": IN_SITUATION, "report": to("ConcernReport", "report_id", Category.RETURN_CODES)},
    ),
    Noun(
        "JudicialReferral",
        report.judicial_referral,
        "jud",
        newest("at"),
        {
            "situation": IN_SITUATION,
            "report": to("ConcernReport", "report_id", Category.JUDICIAL_REFERRAL),
            "authority": to("Authority", "authority_id", Category.JUDICIAL_REFERRAL),
        },
    ),
)
