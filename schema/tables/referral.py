"""The orientation of a minor toward an association (`referral`), its follow-ups, and the association's own notes."""

from sqlalchemy import Index, Table, desc

from schema.tables.columns import day, instant, link, metadata, public_id, text, word, words
from schema.vocabulary import (
    AgeBand,
    Category,
    DeclineReason,
    ExploitationForm,
    FollowUpStatus,
    MinorAgreement,
    NeedCode,
    Problematic,
    Qualification,
    ReferralKind,
    ReferralStatus,
)

STEPS = Category.REFERRALS
CODED = Category.CODED_PROFILE

referral = Table(
    "referral",
    metadata,
    public_id(),
    text(
        "ref",
        STEPS,
        "Random reference; unrelated to the situation and to other referrals.",
        nullable=False,
        unique=True,
    ),
    link("situation_id", "situation.id", "The situation.", nullable=False),
    link("minor_id", "minor.id", "The minor.", nullable=False),
    link("controller_org_id", "organisation.id", "The sender (controller of this row).", nullable=False),
    link("to_org_id", "organisation.id", "The receiver.", nullable=False),
    link("assigned_member_id", "member.id", "The receiver's worker in charge.", index=True),
    word("kind", ReferralKind, STEPS, "Direct support, or coded consultation.", nullable=False),
    word("status", ReferralStatus, STEPS, "Where it stands.", nullable=False, server_default="DRAFT"),
    word(
        "minor_agreement", MinorAgreement, STEPS, "The minor's agreement.", nullable=False, server_default="NOT_ASKED"
    ),
    word("decline_reason", DeclineReason, STEPS, "Why declined."),
    instant("drafted_at", STEPS, "Drafted.", nullable=False, now=True),
    instant("proposed_at", STEPS, "Proposed."),
    instant("answered_at", STEPS, "Accepted or declined."),
    instant("released_at", STEPS, "Identity released."),
    instant("engaged_at", STEPS, "First meeting."),
    instant("ended_at", STEPS, "Ended or withdrawn."),
    word("age_band", AgeBand, CODED, "Coded age, copied when proposed.", nullable=False, server_default="UNKNOWN"),
    text("territory", CODED, "Department code, or region when the department would name her."),
    words("need_codes", NeedCode, CODED, "Needs, coded."),
    words("shared_kinds", Problematic, CODED, "Kinds of problematics the receiver may read once accepted."),
    words("coded_problematics", Problematic, Category.PROBLEMATICS, "Coded consultation: problematics, unlinked."),
    words("coded_forms", ExploitationForm, Category.EXPLOITATION, "Coded consultation: forms, unlinked."),
    word("coded_qualification", Qualification, Category.EXPLOITATION, "Coded consultation: qualification, unlinked."),
    comment="An orientation proposed to an association.",
)
Index("ix_referral_situation_org", referral.c.situation_id, referral.c.to_org_id)

follow_up = Table(
    "follow_up",
    metadata,
    public_id(),
    link("referral_id", "referral.id", "The referral.", nullable=False),
    link("situation_id", "situation.id", "The situation.", nullable=False),
    link("organisation_id", "organisation.id", "The association that follows her.", nullable=False),
    link("recorded_by_id", "member.id", "Who recorded it (null for an organisation's tool)."),
    word("status", FollowUpStatus, STEPS, "What happened.", nullable=False),
    day("date", STEPS, "On which day.", nullable=False),
    instant("recorded_at", STEPS, "When it was recorded.", nullable=False, now=True),
    text("note_for_ase", Category.NOTE_FOR_ASE, "A note to the ASE."),
    comment="A follow-up: referral, status, date.",
)
Index("ix_follow_up_situation_date", follow_up.c.situation_id, desc(follow_up.c.recorded_at), desc(follow_up.c.id))
Index("ix_follow_up_referral_date", follow_up.c.referral_id, desc(follow_up.c.recorded_at), desc(follow_up.c.id))

association_note = Table(
    "association_note",
    metadata,
    public_id(),
    link("referral_id", "referral.id", "The referral.", nullable=False, index=True),
    link("situation_id", "situation.id", "The situation.", nullable=False),
    link("organisation_id", "organisation.id", "Whose note.", nullable=False),
    link("author_id", "member.id", "Who wrote it."),
    text("text", Category.ASSOCIATION_NOTES, "The note.", nullable=False),
    instant("at", Category.ASSOCIATION_NOTES, "When.", nullable=False, now=True),
    comment="The association's own notes: nobody else reads them.",
)
# What points to a row that a retention rule deletes is looked for by index, or each deletion would read the table.
Index("ix_referral_minor", referral.c.minor_id)
