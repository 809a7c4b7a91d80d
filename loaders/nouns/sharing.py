"""What is shared, on which duty, and who answers for it."""

from loaders.nouns.noun import IN_SITUATION, Noun, newest, to
from schema.tables import breach, sharing
from schema.vocabulary import Category

SHARING = (
    Noun("InformationDuty", sharing.information_duty, "dut", newest("recorded_at"), {"situation": IN_SITUATION}),
    Noun(
        "SharingGrant",
        sharing.sharing_grant,
        "gra",
        newest("starts_at"),
        {
            "situation": IN_SITUATION,
            "fromOrganisation": to("Organisation", "from_org_id", Category.GRANTS),
            "toOrganisation": to("Organisation", "to_org_id", Category.GRANTS),
        },
        {"state": ("state", "in")},
    ),
    Noun(
        "Disclosure",
        sharing.disclosure,
        "dis",
        newest("at"),
        {
            "situation": IN_SITUATION,
            "fromOrganisation": to("Organisation", "from_org_id", Category.DISCLOSURE_LEDGER),
            "toOrganisation": to("Organisation", "to_org_id", Category.DISCLOSURE_LEDGER),
            "toAuthority": to("Authority", "to_authority_id", Category.DISCLOSURE_LEDGER),
        },
    ),
    Noun(
        "EmergencyAccess",
        sharing.emergency_access,
        "eme",
        newest("requested_at"),
        {"situation": IN_SITUATION},
        {
            "review": ("review", "in"),
            "reviewOverdue": ("review_due_at", "overdue"),
            "confirmationOverdue": ("confirm_due_at", "overdue"),
            "situation": ("situation_id", "id"),
        },
    ),
    Noun(
        "SubjectRequest",
        sharing.subject_request,
        "req",
        newest("received_at"),
        {"situation": IN_SITUATION},
        {"kind": ("kind", "in"), "outcome": ("outcome", "in")},
        case=False,
    ),
    Noun("DataBreach", breach.data_breach, "bre", newest("noticed_at"), {}, case=False),
    Noun("RetentionJob", sharing.retention_job, "job", newest("ran_at"), {}, case=False),
    Noun("LegalHold", sharing.legal_hold, "hol", newest("placed_at"), {"situation": IN_SITUATION}, case=False),
)
