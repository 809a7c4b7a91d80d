"""What is proposed to associations, and how it goes on."""

from loaders.nouns.noun import IN_SITUATION, Noun, Order, newest, of, to
from schema.tables import referral
from schema.vocabulary import Category

REFERRAL = (
    Noun(
        "Referral",
        referral.referral,
        "ref",
        {"PROPOSED_NEWEST": Order("proposed_at"), "DRAFTED_NEWEST": Order("drafted_at")},
        {
            "situation": IN_SITUATION,
            "minor": to("Minor", "minor_id"),
            "toOrganisation": to("Organisation", "to_org_id", Category.REFERRALS),
            "followUps": of("FollowUp", "referral_id"),
            "associationNotes": of("AssociationNote", "referral_id"),
        },
        {
            "status": ("status", "in"),
            "kind": ("kind", "in"),
            "proposedSince": ("proposed_at", "since"),
            "proposedBefore": ("proposed_at", "before"),
            "ref": ("ref", "eq"),
        },
    ),
    Noun(
        "FollowUp",
        referral.follow_up,
        "fol",
        newest("recorded_at"),
        {
            "situation": IN_SITUATION,
            "referral": to("Referral", "referral_id", Category.REFERRALS),
            "organisation": to("Organisation", "organisation_id", Category.REFERRALS),
        },
        {"status": ("status", "in")},
    ),
    Noun(
        "AssociationNote",
        referral.association_note,
        "ano",
        newest("at"),
        {"referral": to("Referral", "referral_id", Category.ASSOCIATION_NOTES)},
    ),
)
