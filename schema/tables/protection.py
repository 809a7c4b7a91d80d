"""What child protection does: link to the ASE, measures, actions of the DLPM, transfers between departments."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from schema.tables.columns import day, instant, link, metadata, public_id, text, word
from schema.vocabulary import (
    AseLinkState,
    Category,
    DlpmActionKind,
    MeasureDecision,
    TransferDuty,
    TransferRegime,
    TransferState,
)

ase_link = Table(
    "ase_link",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False),
    link("ase_org_id", "organisation.id", "The ASE service.", nullable=False),
    link("caseworker_id", "member.id", "Its caseworker.", index=True),
    text("service_contact", Category.KNOWN_TO_ASE, "Desk to call; no person's name."),
    word(
        "state",
        AseLinkState,
        Category.KNOWN_TO_ASE,
        "Where the link stands.",
        nullable=False,
        server_default="PROPOSED",
    ),
    instant("proposed_at", Category.KNOWN_TO_ASE, "When the DLPM proposed it.", nullable=False, now=True),
    instant("answered_at", Category.KNOWN_TO_ASE, "When the ASE answered."),
    instant("ended_at", Category.KNOWN_TO_ASE, "When it ended."),
    comment="Mise en lien with an ASE service.",
)
Index("ix_ase_link_situation_org", ase_link.c.situation_id, ase_link.c.ase_org_id)

measure = Table(
    "measure",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("authority_id", "authority.id", "The authority that answers for it.", nullable=False),
    link("organisation_id", "organisation.id", "The organisation that carries it out.", index=True),
    link("caseworker_id", "member.id", "The ASE caseworker.", index=True),
    word("decision", MeasureDecision, Category.MEASURES, "Administrative or judicial.", nullable=False),
    text("nature", Category.MEASURES, "NATPDECADM or NATDECASSED code of CASF annexe 2-8.", nullable=False),
    day("starts_on", Category.MEASURES, "First day.", nullable=False),
    day("ends_on", Category.MEASURES, "Last day, or null."),
    text("caseworker", Category.MEASURES, "Who follows it, as the service names them."),
    text("placement", Category.MEASURES, "NATDECPLAC code of CASF annexe 2-8: who decided a placement."),
    instant(
        "placement_due_at",
        Category.MEASURES,
        "Clock: the judge, 8 days after a prosecutor's placement (C. civ. 375-5).",
    ),
    instant(
        "review_due_at", Category.MEASURES, "Clock: review after one year, two by a judge, or on its last day (L223-5)."
    ),
    comment="A protection measure.",
)

dlpm_action = Table(
    "dlpm_action",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("target_org_id", "organisation.id", "Toward whom."),
    word(
        "kind",
        DlpmActionKind,
        Category.DLPM_ACTIONS,
        "One of the five actions; a situation has several.",
        nullable=False,
    ),
    instant("at", Category.DLPM_ACTIONS, "When.", nullable=False, now=True),
    comment="What the DLPM did.",
)

department_transfer = Table(
    "department_transfer",
    metadata,
    public_id(),
    link("situation_id", "situation.id", "The situation.", nullable=False, index=True),
    link("origin_authority_id", "authority.id", "From.", nullable=False),
    link("destination_authority_id", "authority.id", "To."),
    Column(
        "department_code",
        Text,
        ForeignKey("department.code"),
        comment="New department, when known.",
        info={"category": Category.TRANSFERS},
    ),
    word(
        "regime",
        TransferRegime,
        Category.TRANSFERS,
        "IP under way, administrative or judicial (CASF R221-5).",
        nullable=False,
    ),
    word("state", TransferState, Category.TRANSFERS, "Where it stands.", nullable=False, server_default="REQUESTED"),
    link("duty_id", "information_duty.id", "The information duty that it rests on."),
    word("duty", TransferDuty, Category.TRANSFERS, "How the parents' duty was met."),
    instant("requested_at", Category.TRANSFERS, "Asked.", nullable=False, now=True),
    instant("duty_at", Category.TRANSFERS, "Parents informed, agreement, or override."),
    instant("sent_at", Category.TRANSFERS, "Sent."),
    instant("received_at", Category.TRANSFERS, "Received."),
    instant("closed_at", Category.TRANSFERS, "Closed."),
    instant("address_lost_at", Category.TRANSFERS, "Address found unknown."),
    instant("address_answer_due_at", Category.TRANSFERS, "Clock: answer of CAF and CPAM, 10 days later (L226-3-2)."),
    instant(
        "window_ends_at",
        Category.TRANSFERS,
        "Until when both authorities see the case; then the origin's competence has ended.",
    ),
    comment="A family moves (CASF L221-3).",
)
