"""The directory: departments, the authorities that answer for them, organisations and their resource cards."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from schema.tables.columns import counter, day, instant, link, metadata, number, public_id, text, texts, word
from schema.vocabulary import (
    AuthorityKind,
    Category,
    MandateKind,
    OrganisationStatus,
    OrgKind,
    ResourceVisibility,
)

DIRECTORY = Category.DIRECTORY
ACCOUNTS = Category.ACCOUNTS

department = Table(
    "department",
    metadata,
    Column(
        "code",
        Text,
        primary_key=True,
        comment="Official code: 01 to 95, 2A, 2B, 971 to 974, 976.",
        info={"category": DIRECTORY},
    ),
    text("name", DIRECTORY, "Official name.", nullable=False),
    text("region_code", DIRECTORY, "Official code of the region.", nullable=False),
    text("region_name", DIRECTORY, "Official name of the region.", nullable=False),
    text("timezone", DIRECTORY, "IANA zone of civil time: deadlines end at its midnight.", nullable=False),
    comment="The 101 departments (96 metropolitan, 5 overseas). A place, not an authority.",
)

authority = Table(
    "authority",
    metadata,
    public_id(),
    text("code", DIRECTORY, "Stable code: 59, 69M, 69D, 2A+2B.", nullable=False, unique=True),
    text("name", DIRECTORY, "Name of the departmental council or what stands in its place.", nullable=False),
    word("kind", AuthorityKind, DIRECTORY, "Departmental council, metropolis or single collectivity.", nullable=False),
    text("timezone", DIRECTORY, "IANA zone in which its deadlines are counted.", nullable=False),
    number(
        "ack_working_days", DIRECTORY, "Target: working days to acknowledge an IP.", nullable=False, server_default="2"
    ),
    comment="Who answers for child protection (CASF L226-3): about 100 for 101 departments.",
)

authority_department = Table(
    "authority_department",
    metadata,
    Column(
        "authority_id",
        ForeignKey("authority.id"),
        primary_key=True,
        comment="The authority.",
        info={"category": Category.KEY},
    ),
    Column(
        "department_code",
        ForeignKey("department.code"),
        primary_key=True,
        index=True,
        comment="A department it answers for.",
        info={"category": DIRECTORY},
    ),
    comment="n:m: Rhone has two authorities, Corsica is one for two departments.",
)

organisation = Table(
    "organisation",
    metadata,
    public_id(),
    text("name", DIRECTORY, "Public name.", nullable=False),
    word("kind", OrgKind, DIRECTORY, "DLPM, CRIP, ASE, FOYER, ASSOCIATION, OBSERVATORY or OPERATOR.", nullable=False),
    link("authority_id", "authority.id", "The authority whose service it is (CRIP, ASE), else null.", index=True),
    word("mandate_kind", MandateKind, DIRECTORY, "Hard ceiling of what an association may receive."),
    text("convention_ref", DIRECTORY, "Reference of the convention or agreement."),
    day("valid_from", DIRECTORY, "First day of the convention."),
    day("valid_to", DIRECTORY, "Last day of the convention."),
    texts("territories", DIRECTORY, "Department codes where it works."),
    texts("sirets", ACCOUNTS, "SIRET numbers (a department has several)."),
    word(
        "status",
        OrganisationStatus,
        ACCOUNTS,
        "Only ACTIVE organisations get tokens.",
        nullable=False,
        server_default="ACTIVE",
    ),
    counter("epoch", ACCOUNTS, "Raised at each suspension: tokens issued before are dead.", server_default="0"),
    comment="A partner of the network: each is a controller of its own rows.",
)

resource_card = Table(
    "resource_card",
    metadata,
    public_id(),
    link("organisation_id", "organisation.id", "Whose resource.", nullable=False, index=True),
    text("title", DIRECTORY, "What it offers.", nullable=False),
    text("description", DIRECTORY, "For whom, how to reach it."),
    texts("territories", DIRECTORY, "Department codes served."),
    texts("audiences", DIRECTORY, "Publics received."),
    word(
        "visibility",
        ResourceVisibility,
        DIRECTORY,
        "SECRET cards (shelters) are seen by their owner and the DLPM only.",
        nullable=False,
        server_default="NETWORK",
    ),
    instant("verified_at", DIRECTORY, "Last time somebody checked it."),
    comment="Cartography: a local resource.",
)

Index("ix_organisation_kind_authority", organisation.c.kind, organisation.c.authority_id)
