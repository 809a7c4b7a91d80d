"""Sharing under the law: grants, information duties, the disclosure ledger, break-glass, requests, retention."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import UUID as Uuid

from schema.tables.columns import column, counter, flag, instant, link, metadata, public_id, text, texts, word
from schema.vocabulary import (
    BreakGlassReason,
    BreakGlassReview,
    Category,
    DutyWaiver,
    GrantState,
    InformationDutyKind,
    Purpose,
    Requester,
    SubjectRequestKind,
    SubjectRequestOutcome,
)

GRANTS = Category.GRANTS

information_duty = Table(
    "information_duty",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("by_id", "member.id", "Who informed or waived."),
    word("duty", InformationDutyKind, Category.INFORMATION_DUTIES, "Which duty.", nullable=False),
    text("person", Category.INFORMATION_DUTIES, "Who was to be told.", nullable=False),
    instant("done_at", Category.INFORMATION_DUTIES, "When they were told."),
    word("waiver", DutyWaiver, Category.INFORMATION_DUTIES, "Why they were not."),
    text("reason", Category.INFORMATION_DUTIES, "Reason, in words."),
    flag("in_writing", Category.INFORMATION_DUTIES, "They were told in writing (CASF L226-5)."),
    flag("danger_confirmed", Category.INFORMATION_DUTIES, "They were told although that was recorded as dangerous."),
    instant("recorded_at", Category.INFORMATION_DUTIES, "When this was recorded.", nullable=False, now=True),
    CheckConstraint("(done_at IS NULL) <> (waiver IS NULL)", name="done_or_waived"),
    comment="Who was told what, when, or why not. Nobody is ever notified automatically.",
)

sharing_grant = Table(
    "sharing_grant",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("from_member_id", "member.id", "Sender.", nullable=False),
    link("from_org_id", "organisation.id", "Sender's organisation.", nullable=False),
    link("to_member_id", "member.id", "One named receiver.", nullable=False, index=True),
    link("to_org_id", "organisation.id", "Receiver's organisation.", nullable=False),
    link("duty_id", "information_duty.id", "The duty SHARING, done or waived.", nullable=False),
    link("approved_by_id", "member.id", "Not the sender."),
    link("revoked_by_id", "member.id", "Who ended it."),
    word("purpose", Purpose, GRANTS, "EVALUATE, DETERMINE or IMPLEMENT (CASF L226-2-2).", nullable=False),
    texts("field_groups", GRANTS, "Categories shared: among G11, G17, G18, G19."),
    text("extract", Category.REPORT_TEXT, "For an association: text written for it, never the notice."),
    text("justification", GRANTS, "Why it is strictly necessary.", nullable=False),
    word("state", GrantState, GRANTS, "Where it stands.", nullable=False, server_default="REQUESTED"),
    instant("starts_at", GRANTS, "From.", nullable=False, now=True),
    instant("expires_at", GRANTS, "Until, at most 90 days.", nullable=False),
    instant("decided_at", GRANTS, "When it was approved or refused."),
    text("refusal", GRANTS, "Why it was refused."),
    instant("revoked_at", GRANTS, "Ended early."),
    CheckConstraint("field_groups <@ ARRAY['G11','G17','G18','G19']::text[]", name="shareable_groups"),
    CheckConstraint("expires_at <= starts_at + interval '90 days'", name="ninety_days"),
    CheckConstraint("approved_by_id IS NULL OR approved_by_id <> from_member_id", name="two_people"),
    CheckConstraint("purpose IN ('EVALUATE','DETERMINE','IMPLEMENT')", name="lawful_purpose"),
    comment="Partage d'informations (CASF L226-2-2): to one person, for one purpose, for a time.",
)

disclosure = Table(
    "disclosure",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("from_org_id", "organisation.id", "Who gave.", nullable=False),
    link("to_org_id", "organisation.id", "Who received."),
    link("to_authority_id", "authority.id", "Authority that received."),
    link("duty_id", "information_duty.id", "Information duty it rests on."),
    text("act", Category.DISCLOSURE_LEDGER, "What act disclosed.", nullable=False),
    texts("field_groups", Category.DISCLOSURE_LEDGER, "Which categories."),
    word("purpose", Purpose, Category.DISCLOSURE_LEDGER, "For what."),
    instant("at", Category.DISCLOSURE_LEDGER, "When.", nullable=False, now=True),
    comment="What was given to whom on which basis; part of the case file, append-only.",
)

emergency_access = Table(
    "emergency_access",
    metadata,
    public_id(),
    link(
        "situation_id", "situation.id", "One situation; none where the reference asked for is not theirs.", index=True
    ),
    # The record of an opening outlives the caller's identity.
    column(
        "caller_id",
        Uuid(as_uuid=True),
        Category.KEY,
        "One caller, where G06 is opened to a supervisor.",
        ForeignKey("caller.id", ondelete="SET NULL"),
    ),
    link("member_id", "member.id", "Who asked.", nullable=False, index=True),
    link("organisation_id", "organisation.id", "For which organisation.", nullable=False),
    link("assignee_id", "member.id", "Whose case it is, where a colleague on call opened it."),
    link("approved_by_id", "member.id", "The second person."),
    link("reviewed_by_id", "member.id", "The third person."),
    word("reason_code", BreakGlassReason, GRANTS, "Why.", nullable=False),
    text("reason", GRANTS, "In words.", nullable=False),
    texts("field_groups", GRANTS, "Categories opened; never G10, and G06 only for a second supervisor."),
    instant("requested_at", GRANTS, "When it was asked for.", nullable=False, now=True),
    instant("opened_at", GRANTS, "From."),
    instant("expires_at", GRANTS, "Until, at most 60 minutes."),
    instant("approved_at", GRANTS, "When the second person approved."),
    instant("confirm_due_at", GRANTS, "Until when a second person has to confirm; empty once it is done."),
    word("review", BreakGlassReview, GRANTS, "What the third person made of it; empty until it was opened."),
    instant("review_due_at", GRANTS, "Until when it has to be reviewed; empty once it is done."),
    instant("reviewed_at", GRANTS, "When it was reviewed."),
    text("review_reason", GRANTS, "What the third person says of it."),
    CheckConstraint("expires_at <= opened_at + interval '60 minutes'", name="sixty_minutes"),
    CheckConstraint("(opened_at IS NULL) = (expires_at IS NULL)", name="opened_for_a_time"),
    CheckConstraint("approved_by_id IS NULL OR approved_by_id <> member_id", name="two_people"),
    CheckConstraint(
        "reviewed_by_id IS NULL OR (reviewed_by_id <> member_id AND reviewed_by_id IS DISTINCT FROM approved_by_id)",
        name="third_person",
    ),
    CheckConstraint("NOT ('G10' = ANY (field_groups))", name="never_notes"),
    comment="Break-glass and the two-person opening of a caller's identity.",
)

subject_request = Table(
    "subject_request",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation it concerns.", index=True),
    link("controller_org_id", "organisation.id", "The controller asked.", nullable=False, index=True),
    link("minor_id", "minor.id", "Whose data, where the situation is of several minors."),
    link("taken_by_id", "member.id", "The DPO who took it down."),
    word("kind", SubjectRequestKind, Category.REQUESTS, "Which right is claimed.", nullable=False),
    word("requester", Requester, Category.REQUESTS, "Who claims it."),
    instant("received_at", Category.REQUESTS, "When.", nullable=False, now=True),
    instant("identity_checked_at", Category.REQUESTS, "When it was made sure who asks (GDPR article 12, paragraph 6)."),
    instant("due_at", Category.REQUESTS, "One month later, three once extended (GDPR article 12).", nullable=False),
    instant("extended_at", Category.REQUESTS, "When the person was told that it takes two months more."),
    text("extension_reason", Category.REQUESTS, "Why it takes longer."),
    instant("reported_at", Category.REQUESTS, "When everything about the situation was last exported for it."),
    instant("answered_at", Category.REQUESTS, "When answered."),
    word("outcome", SubjectRequestOutcome, Category.REQUESTS, "What became of it."),
    text("decision", Category.REQUESTS, "The DPO's decision."),
    CheckConstraint("(extended_at IS NULL) = (extension_reason IS NULL)", name="extended_with_reason"),
    CheckConstraint("outcome IS NULL OR answered_at IS NOT NULL", name="outcome_of_an_answer"),
    comment="A request of a person about their data; a DPO decides each.",
)

retention_job = Table(
    "retention_job",
    metadata,
    public_id(),
    link("controller_org_id", "organisation.id", "Whose rows.", nullable=False, index=True),
    text("rule", Category.REQUESTS, "Which rule of the retention table.", nullable=False),
    instant("ran_at", Category.REQUESTS, "When.", nullable=False, now=True),
    counter("rows_changed", Category.REQUESTS, "How many rows.", server_default="0"),
    counter("held_back", Category.REQUESTS, "How many were due and blocked by a legal hold.", server_default="0"),
    text("proof", Category.REQUESTS, "SHA-256 chained over the ids of every batch; holds no person."),
    comment="A run of a retention rule.",
)

legal_hold = Table(
    "legal_hold",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation that has to be kept.", nullable=False, index=True),
    link("controller_org_id", "organisation.id", "The controller who holds it.", nullable=False, index=True),
    link("placed_by_id", "member.id", "Who placed it."),
    link("lifted_by_id", "member.id", "Who lifted it."),
    text("reason", Category.REQUESTS, "Why it has to be kept: a procedure, a complaint.", nullable=False),
    instant("placed_at", Category.REQUESTS, "From.", nullable=False, now=True),
    instant("lifted_at", Category.REQUESTS, "Until; null while it holds."),
    comment="While it holds, no retention rule touches the situation.",
)

case_archive = Table(
    "case_archive",
    metadata,
    link("situation_id", "situation.id", "The situation.", nullable=False, primary_key=True),
    instant("archived_at", Category.REQUESTS, "When it became INTERMEDIATE.", nullable=False, now=True),
    comment="Since when a situation is in intermediate archiving.",
)

# What points to a row that a retention rule deletes is looked for by index, or each deletion would read the table.
Index("ix_disclosure_duty", disclosure.c.duty_id, postgresql_where=disclosure.c.duty_id.is_not(None))
Index("ix_sharing_grant_duty", sharing_grant.c.duty_id)
Index("ix_sharing_grant_to_member_situation", sharing_grant.c.to_member_id, sharing_grant.c.situation_id)
Index("ix_subject_request_minor", subject_request.c.minor_id, postgresql_where=subject_request.c.minor_id.is_not(None))
