"""The concern report (information preoccupante, IP): the notice to a CRIP, its evaluation, its return to the 119."""

from sqlalchemy import Index, Table

from schema.tables.columns import instant, link, metadata, public_id, text, texts, word, words
from schema.vocabulary import (
    Category,
    DangerType,
    IpConclusion,
    ReportKind,
    ReportStatus,
    TriState,
    Urgency,
)

TEXT = Category.REPORT_TEXT
STEPS = Category.REPORT_STEPS

concern_report = Table(
    "concern_report",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("minor_id", "minor.id", "One row per minor.", index=True),
    link("origin_contact_id", "contact.id", "The contact it was written from."),
    link("controller_org_id", "organisation.id", "The controller of this row (GDPR).", nullable=False),
    link("to_authority_id", "authority.id", "The authority it is addressed to.", nullable=False),
    link("complements_report_id", "concern_report.id", "The report it completes."),
    link("validated_by_id", "member.id", "The supervisor who validated it."),
    word("kind", ReportKind, STEPS, "Initial or complementary.", nullable=False, server_default="INITIAL"),
    word("status", ReportStatus, STEPS, "Where it stands.", nullable=False, server_default="DRAFT"),
    word(
        "urgency",
        Urgency,
        STEPS,
        "Urgency of the situation when it was sent.",
        nullable=False,
        server_default="STANDARD",
    ),
    instant("drafted_at", STEPS, "When the draft was begun.", nullable=False, now=True),
    instant("validated_at", STEPS, "When the supervisor validated it."),
    instant("sent_at", STEPS, "When it was transmitted."),
    instant("acknowledged_at", STEPS, "When the CRIP acknowledged it."),
    instant("qualified_at", STEPS, "When the CRIP qualified it."),
    instant("concluded_at", STEPS, "When the evaluation was concluded."),
    instant("acknowledge_due_at", STEPS, "Clock: 2 working days from transmission."),
    instant("evaluation_due_at", STEPS, "Clock: 3 months from reception, shorter by urgency (CASF D226-2-4)."),
    instant("return_due_at", STEPS, "Clock: return to the 119, 3 months from reception."),
    instant(
        "sender_answer_due_at",
        STEPS,
        "Clock: answer to a professional sender, 3 months from transmission (CASF L226-5).",
    ),
    instant("due_at", STEPS, "The next deadline that still runs; null when none does."),
    word("conclusion", IpConclusion, Category.RETURN_CODES, "How the evaluation was concluded."),
    text("suggested_department_code", STEPS, "Where the CRIP that declared it misrouted would send it."),
    text("transmitter_code", STEPS, "TRANSIP of CASF annexe 2-8: 510 for the 119.", server_default="510"),
    text("origin_code", STEPS, "ORIGIP of CASF annexe 2-8."),
    text("summary_for_crip", TEXT, "Written for the CRIP; never a copy of the listening notes."),
    text("appraisal", TEXT, "What the 119 makes of it (CASF L226-6)."),
    words("danger_types", DangerType, TEXT, "Dangers named by the 119."),
    word(
        "parents_informed",
        TriState,
        TEXT,
        "Were the parents told (CASF L226-2-1).",
        nullable=False,
        server_default="UNKNOWN",
    ),
    text("parents_informed_reason", TEXT, "Why not."),
    comment="Notice 1: the IP, one row per minor.",
)

evaluation = Table(
    "evaluation",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("report_id", "concern_report.id", "The report it evaluates.", nullable=False, unique=True),
    link("authority_id", "authority.id", "The authority that evaluates.", nullable=False),
    link("evaluator_id", "member.id", "The person who evaluates (CASF D226-2-5)."),
    text("exception_reason", Category.MEASURES, "Why the evaluator is somebody who follows the family."),
    instant("notified_at", STEPS, "Start of the evaluation.", nullable=False, now=True),
    instant("due_at", STEPS, "Deadline.", nullable=False),
    instant("done_at", STEPS, "End."),
    comment="The evaluation ordered by the CRIP; its report stays in the department's tool.",
)

concern_return = Table(
    "concern_return",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("report_id", "concern_report.id", "The report it answers.", nullable=False, unique=True),
    link("authority_id", "authority.id", "The authority that answers.", nullable=False),
    word("conclusion", IpConclusion, Category.RETURN_CODES, "Conclusion.", nullable=False),
    texts("codes", Category.RETURN_CODES, "Codes of CASF annexe 2-8 (LIST:CODE)."),
    instant("decided_at", Category.RETURN_CODES, "When the department decided."),
    instant("received_at", Category.RETURN_CODES, "When the 119 got it.", nullable=False, now=True),
    comment="Notice 2: what the department tells the 119.",
)

judicial_referral = Table(
    "judicial_referral",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("report_id", "concern_report.id", "The report it follows.", index=True),
    link("authority_id", "authority.id", "The authority that referred.", nullable=False),
    instant(
        "at", Category.JUDICIAL_REFERRAL, "When the prosecutor was seized (CASF L226-4).", nullable=False, now=True
    ),
    text("by", Category.JUDICIAL_REFERRAL, "By which service."),
    instant("copy_to_pcd_at", Category.JUDICIAL_REFERRAL, "Copy to the president of the departmental council."),
    text("motif_sig", Category.JUDICIAL_MOTIVE, "MOTIFSIG of CASF annexe 2-8."),
    comment="Signalement: to the prosecutor only.",
)

conclusion_label = Table(
    "conclusion_label",
    metadata,
    word("code", IpConclusion, Category.DIRECTORY, "Conclusion.", nullable=False, primary_key=True),
    text("label", Category.DIRECTORY, "French label.", nullable=False),
    comment="Conclusions as a table: the real list is to be confirmed with the departments.",
)

official_code = Table(
    "official_code",
    metadata,
    text("list", Category.DIRECTORY, "Name of the list (TRANSIP, MOTIFSIG, ...).", nullable=False, primary_key=True),
    text("code", Category.DIRECTORY, "Code.", nullable=False, primary_key=True),
    text("label", Category.DIRECTORY, "French label.", nullable=False),
    comment="Official lists of CASF annexe 2-8.",
)

# What points to a row that a retention rule deletes is looked for by index, or each deletion would read the table.
Index(
    "ix_concern_report_complements",
    concern_report.c.complements_report_id,
    postgresql_where=concern_report.c.complements_report_id.is_not(None),
)
Index(
    "ix_concern_report_origin_contact",
    concern_report.c.origin_contact_id,
    postgresql_where=concern_report.c.origin_contact_id.is_not(None),
)
