"""The one table of permissions: role x category -> reach, write, conditions. Everything else is compiled from it.

Compiled from here, and decided nowhere else: the schema of each audience, the doors, the column grants and row
policies of PostgreSQL, the `withheld` lists, `python -m graph explain`, docs/permissions.md.

A cell reads as in the document: a reach letter, `w` when the role also writes, the numbers of its conditions.
    -  none: the category is not in that role's schema          -4  in the schema, withheld until break-glass
    A  only through the indicator service                       O   own case
    J  jurisdiction of my authority      S  own structure       N   the whole network
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from auth.conditions import BY_NUMBER, Condition
from schema.vocabulary import Audience, Category, OrgKind, Purpose, Role


class Reach(Enum):
    """How far a role sees, before conditions."""

    NONE = "-"
    AGGREGATE = "A"
    OWN = "O"
    JURISDICTION = "J"
    STRUCTURE = "S"
    NETWORK = "N"


@dataclass(frozen=True, slots=True)
class Cell:
    """One decision of the table."""

    reach: Reach
    write: bool
    conditions: frozenset[Condition]

    @property
    def in_schema(self) -> bool:
        """Whether the category exists at all in the audience's schema: it has a reach, or break-glass may open it."""
        return self.reach not in {Reach.NONE, Reach.AGGREGATE} or Condition.BREAK_GLASS in self.conditions

    def __str__(self) -> str:
        numbers = "+".join(str(condition.number) for condition in sorted(self.conditions, key=lambda c: c.number))
        return f"{self.reach.value}{'w' if self.write else ''}{numbers}"


_CELL = re.compile(r"(?P<reach>[-AOJSN])(?P<write>w?)(?P<numbers>\d+(?:\+\d+)*)?")


def cell(text: str) -> Cell:
    """Read one cell, for example `Jw1+7`."""
    match = _CELL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    numbers = (match["numbers"] or "").split("+") if match["numbers"] else []
    return Cell(Reach(match["reach"]), bool(match["write"]), frozenset(BY_NUMBER[int(n)] for n in numbers))


_ROLES = (
    Role.LIS,
    Role.SUP,
    Role.ANA,
    Role.CRI,
    Role.ASE,
    Role.ASM,
    Role.ASO,
    Role.COO,
    Role.DEL,
    Role.ADM,
    Role.DPO,
    Role.ONP,
)

# fmt: off
_TABLE: Mapping[Category, str] = {
    #                             LIS   SUP   ANA   CRI    ASE   ASM    ASO   COO   DEL   ADM    DPO    ONP
    Category.CASE_HEADER:          "Nw   N     A     J1     O     O      -     S8    -     -      N10    A",
    Category.CODED_PROFILE:        "Nw   N     A     J1     O     O      O12   S8    -     -      -4     A",
    Category.MINOR_MINIMAL:        "Nw   N     -     Jw1    Ow    O3     -     -     -     -      -4     -",
    Category.FULL_IDENTITY:        "Nw   N     -     J1     O     O5     -     -     -     -      -4     -",
    Category.PARENTS:              "Nw   N     -     J1     O     O5     -     -     -     -      -4     -",
    Category.CALLER_IDENTITY:      "Sw6  N9    -     J1+7   -     -      -     -     -     -      -      -",
    Category.CALLER_CATEGORY:      "Nw   N     A     J1+7   -     -      -     -     -     -      -      -",
    Category.CALLER_CATEGORY_COARSE: "N  N     A     J1     -     -      -     -     -     -      -      A",
    Category.CONTACTS:             "Nw   N     A     -      -     -      -     -     -     -      -4     A",
    Category.LISTENING_NOTES:      "Ow   N     -     -      -     -      -     -     -     -      -      -",
    Category.REPORT_TEXT:          "Nw   Nw    -     J1     O2    O2     -     -     -     -      -4     -",
    Category.REPORT_STEPS:         "Nw   Nw    A     Jw1    O     -      -     S8    -     -      N10    A",
    Category.RETURN_CODES:         "N    N     A     Jw1    O     -      -     -     -     -      -4     A",
    Category.JUDICIAL_REFERRAL:    "N    N     A     Jw1    O     -      -     -     -     -      -4     A",
    Category.JUDICIAL_MOTIVE:      "-    N     A     Jw1    O     -      -     -     -     -      -4     A",
    Category.PROBLEMATICS:         "Nw   N     A     Jw1    Ow    O13    O12   -     -     -      -4     A",
    Category.PROBLEMATICS_STARRED: "Nw   N     A     J1     O     O2+15  -     -     -     -      -4     A",
    Category.EXPLOITATION:         "Nw   N     A     J1     O     O2     O12   -     -     -      -4     A",
    Category.LIVE_DANGER:          "Nw   N     -     J1     O2    -      -     -     -     -      -4     -",
    Category.KNOWN_TO_ASE:         "Nw   N     A     Jw1    Ow    O16    -     -     -     -      -4     A",
    Category.MEASURES:             "-    N     A     Jw1    Ow    -      -     -     -     -      -4     A",
    Category.JURISDICTIONS:        "Nw   Nw    A     Jw1    O     -      -     -     -     -      -4     A",
    Category.REFERRALS:            "Nw   N     A     J1     O     Ow     Ow    Sw8   -     -      -      A",
    Category.NOTE_FOR_ASE:         "-    -     -     J1     O     Ow     -     -     -     -      -4     -",
    Category.ASSOCIATION_NOTES:    "-    -     -     -      -     Ow     Ow    -     -     -      -      -",
    Category.DLPM_ACTIONS:         "Nw   N     A     -      -     -      -     -     -     -      -4     A",
    Category.INFORMATION_DUTIES:   "Ow   N     -     Jw1    O     -      -     -     -     -      N10    -",
    Category.GRANTS:               "Ow   Nw    -     Jw1    O     O2     -     -     -     -      N10    -",
    Category.DISCLOSURE_LEDGER:    "O    N     -     J1     O     O2     -     -     -     -      N10    -",
    Category.ACCESS_LOG:           "-    S     -     -      -     -      -     -     S     N17    N10    -",
    Category.ACCOUNTS:             "-    S     -     -      -     -      -     -     Sw    Nw17   N10    -",
    Category.REQUESTS:             "-    -     -     -      -     -      -     -     -     -      Nw10   -",
    Category.DIRECTORY:            "N    Nw    Nw    N      N     Nw18   Nw18  Nw18  N     N      N      N",
    Category.SURVEYS:              "N    Nw    Nw    Sw     Sw    Sw     -     Sw    -     -      -      A",
    Category.INDICATORS:           "A11  A11   A11   A11    A11   A11    A11   -     -     -      A11    A11",
    Category.TRANSFERS:            "-    N     A     Jw1    O     -      -     -     -     -      -4     -",
    # Added by docs/decisions/0013: the DLPM's own comparison of its own files. Nobody else learns that there is one.
    Category.REPEATS:              "Nw   Nw    -     -      -     -      -     -     -     -      -      -",
    # Added by docs/decisions/0040: whether a report has left is known of all reports, so to those who see all of them.
    Category.ALERTS:               "N    N     -     -      -     -      -     -     -     -      -      -",
}

# Organisation-only tokens (client credentials): this list, whatever the table says; no P3 to P5, no free text.
_ORGANISATION_ONLY: Mapping[Audience, Mapping[Category, str]] = {
    Audience.ORG_CRIP: {
        Category.CASE_HEADER: "J1", Category.CODED_PROFILE: "J1", Category.CALLER_CATEGORY_COARSE: "J1",
        Category.REPORT_STEPS: "Jw1", Category.RETURN_CODES: "-w", Category.REFERRALS: "J1",
        Category.DIRECTORY: "N", Category.INDICATORS: "A11",
    },
    Audience.ORG_ASE: {
        Category.CASE_HEADER: "S", Category.CODED_PROFILE: "S", Category.REPORT_STEPS: "S",
        Category.KNOWN_TO_ASE: "-w", Category.DIRECTORY: "N", Category.INDICATORS: "A11",
    },
    Audience.ORG_ASSOCIATION: {
        Category.CODED_PROFILE: "S", Category.REFERRALS: "Sw", Category.DIRECTORY: "N18", Category.INDICATORS: "A11",
    },
    Audience.ORG_DLPM: {Category.SURVEYS: "N", Category.INDICATORS: "A11"},
    Audience.ORG_OBSERVATORY: {Category.INDICATORS: "A11"},
}
# fmt: on

_NOTHING = Cell(Reach.NONE, write=False, conditions=frozenset())


def _compile() -> dict[tuple[Audience, Category], Cell]:
    matrix = {
        (Audience(role.value), category): cell(text)
        for category, row in _TABLE.items()
        for role, text in zip(_ROLES, row.split(), strict=True)
    }
    for audience, row_of in _ORGANISATION_ONLY.items():
        for category in _TABLE:
            matrix[audience, category] = cell(row_of[category]) if category in row_of else _NOTHING
    return matrix


MATRIX: Mapping[tuple[Audience, Category], Cell] = _compile()


def decision(audience: Audience, category: Category) -> Cell:
    """The cell of an audience and a category; raises KeyError when nobody decided it (start-up stops)."""
    return MATRIX[audience, category]


PURPOSES: Mapping[Role, frozenset[Purpose]] = {
    Role.LIS: frozenset({Purpose.EVALUATE, Purpose.DETERMINE}),
    Role.SUP: frozenset({Purpose.EVALUATE, Purpose.DETERMINE}),
    Role.ANA: frozenset({Purpose.MONITORING}),
    Role.CRI: frozenset({Purpose.EVALUATE, Purpose.DETERMINE}),
    Role.ASE: frozenset({Purpose.EVALUATE, Purpose.DETERMINE, Purpose.IMPLEMENT}),
    Role.ASM: frozenset({Purpose.IMPLEMENT}),
    Role.ASO: frozenset({Purpose.CONSULTATION}),
    Role.COO: frozenset({Purpose.EVALUATE, Purpose.DETERMINE, Purpose.IMPLEMENT, Purpose.CONSULTATION}),
    Role.DEL: frozenset({Purpose.ADMINISTRATION}),
    Role.ADM: frozenset({Purpose.ADMINISTRATION}),
    Role.DPO: frozenset({Purpose.CONTROL}),
    Role.ONP: frozenset({Purpose.MONITORING}),
}

# Rule 5.9: an association knows a case by its referral only, so these types carry neither id nor reference there.
NAMELESS: frozenset[Audience] = frozenset({Audience.ASM, Audience.ASO, Audience.ORG_ASSOCIATION})
# Which kind of organisation a role may be held in.
ORGANISATIONS_OF: Mapping[Role, frozenset[OrgKind]] = {
    Role.LIS: frozenset({OrgKind.DLPM}),
    Role.SUP: frozenset({OrgKind.DLPM}),
    Role.ANA: frozenset({OrgKind.DLPM}),
    Role.CRI: frozenset({OrgKind.CRIP}),
    Role.ASE: frozenset({OrgKind.ASE}),
    Role.ASM: frozenset({OrgKind.ASSOCIATION, OrgKind.FOYER}),
    Role.ASO: frozenset({OrgKind.ASSOCIATION}),
    Role.COO: frozenset({OrgKind.CRIP, OrgKind.ASE, OrgKind.FOYER, OrgKind.ASSOCIATION}),
    Role.DEL: frozenset(OrgKind),
    Role.ADM: frozenset({OrgKind.OPERATOR}),
    Role.DPO: frozenset(OrgKind),
    Role.ONP: frozenset({OrgKind.OBSERVATORY}),
}
# Who vouches for an organisation towards the network is not chosen by one who does.
APPOINTED_BY_THE_OPERATOR: frozenset[Role] = frozenset({Role.DEL, Role.ADM})
# Without a basis of secrecy nobody works on a case; these roles never see one.
WITHOUT_SECRECY: frozenset[Role] = frozenset({Role.DEL, Role.ADM, Role.ONP})
# After closure partners keep the header, the steps and the rows they wrote themselves (rule 5.8).
KEPT_AFTER_CLOSURE: frozenset[Category] = frozenset(
    {
        Category.CASE_HEADER,
        Category.REPORT_STEPS,
        Category.RETURN_CODES,
        Category.JUDICIAL_REFERRAL,
        Category.JUDICIAL_MOTIVE,
        Category.MEASURES,
    }
)
# Condition 8: all that coordination needs, by column name; dates are added by their type.
COORDINATION_COLUMNS: frozenset[str] = frozenset(
    {"ref", "status", "urgency", "kind", "decline_reason", "date", "age_band", "territory", "need_codes"}
)
# Condition 16: the one column of the category that is shown.
CONTACT_COLUMNS: frozenset[str] = frozenset({"service_contact"})
# Condition 17: columns of the access log that say nothing of a case.
TECHNICAL_COLUMNS: frozenset[str] = frozenset(
    {
        "at",
        "event",
        "outcome",
        "trace_id",
        "organisation_id",
        "client_id",
        "audience",
        # Of nothing that can be guessed: it hides under a random chain id that is not shown. Pages need a unique end.
        "hash",
        "name",
        "status",
        "epoch",
        "sirets",
        "role",
        "secrecy_basis",
        "state",
        "valid_from",
        "valid_to",
        "revoked_at",
        "created_at",
        "email",
        # Of tools: how they prove who they are, never a secret.
        "auth_method",
        "scopes",
        "grants",
        "accepted_acr",
        "dpop_bound",
        "bearer_for_persons",
        "legacy_aud",
        "jwks_uri",
        "last_call_at",
        "kid",
        "thumbprint",
        "not_before",
        "retired_at",
        "expires_at",
        # Of webhooks: that notices come and go, not what they are about.
        "url",
        "generation",
        "previous_until",
        "failures",
        "attempts",
        "next_at",
        "answer",
        "ended_at",
    }
)


# Who reads a colleague's case by the receipt of an exceptional access (permissions, section 9).
ON_CALL: frozenset[Audience] = frozenset({Audience.ASE, Audience.ASM})


class Act(Enum):
    """What may be done (the acts behind `w`): who may, and in one sentence what it is."""

    RECORD_SITUATION = ("Open a situation and write its data.", {Audience.LIS})
    UPDATE_MINOR = ("Correct what is known of a minor.", {Audience.LIS, Audience.CRI, Audience.ASE})
    RECORD_JURISDICTION = ("Say which authority is competent, and why.", {Audience.LIS, Audience.SUP, Audience.CRI})
    RECORD_CONTACT = ("Record a contact with the 119.", {Audience.LIS})
    RECOGNISE_REPEAT = (
        "Decide that two situations concern the same minor, or do not; undo it.",
        {Audience.LIS, Audience.SUP},
    )
    DRAFT_REPORT = ("Write the report to a CRIP.", {Audience.LIS, Audience.SUP})
    VALIDATE_REPORT = ("Validate a report before it leaves.", {Audience.SUP})
    SEND_REPORT = ("Send a report to the authority.", {Audience.LIS, Audience.SUP})
    HANDLE_REPORT = (
        "Acknowledge, qualify, declare misrouted, evaluate, conclude, return.",
        {Audience.CRI, Audience.ORG_CRIP},
    )
    ASSIGN_EVALUATION = ("Name who evaluates: somebody who does not follow the family.", {Audience.CRI})
    REFER_TO_PROSECUTOR = ("Record the referral to the prosecutor.", {Audience.CRI})
    TRANSFER = ("Ask for, send, receive and close a transfer between departments.", {Audience.CRI})
    PROPOSE_ASE_LINK = ("Propose a link with an ASE service.", {Audience.LIS})
    ANSWER_ASE_LINK = ("Answer a link proposed by the DLPM.", {Audience.ASE, Audience.ORG_ASE})
    RECORD_MEASURE = ("Record a protection measure.", {Audience.CRI, Audience.ASE})
    RECORD_OBSERVATION = ("Record what is observed.", {Audience.LIS, Audience.CRI, Audience.ASE})
    PROPOSE_REFERRAL = ("Propose, release, withdraw an orientation; record the minor's agreement.", {Audience.LIS})
    ANSWER_REFERRAL = ("Accept, decline or assign an orientation.", {Audience.COO})
    RECORD_FOLLOW_UP = (
        "Record a follow-up: referral, status, date.",
        {Audience.ASM, Audience.ASO, Audience.ORG_ASSOCIATION},
    )
    WRITE_NOTE = ("Write to the ASE, or for one's own association.", {Audience.ASM, Audience.ASO})
    RECORD_DUTY = ("Record who was informed, or why not.", {Audience.LIS, Audience.CRI})
    REQUEST_GRANT = ("Ask to share secret information with one person (CASF L226-2-2).", {Audience.LIS, Audience.CRI})
    DECIDE_GRANT = ("Approve or refuse a sharing that a colleague asked for.", {Audience.SUP, Audience.CRI})
    REVOKE_GRANT = ("End a sharing.", {Audience.LIS, Audience.SUP, Audience.CRI})
    # Exceptional access (permissions, section 9): acts of their own, which no `w` of the table gives.
    ASK_CONTROL_ACCESS = ("Ask for an exceptional access, for a reason of control.", {Audience.DPO})
    ASK_CALLER_IDENTITY = ("Ask a second supervisor to open one caller's identity.", {Audience.SUP})
    OPEN_IN_DANGER = ("Open a colleague's case in immediate danger, on call.", {Audience.ASE, Audience.ASM})
    BE_THE_SECOND_PERSON = (
        "Approve or confirm an exceptional access that somebody else asked for.",
        {Audience.SUP, Audience.CRI, Audience.COO, Audience.ASE, Audience.ASM},
    )
    END_EXCEPTIONAL_ACCESS = (
        "End an exceptional access before its time.",
        {Audience.DPO, Audience.SUP, Audience.CRI, Audience.COO, Audience.ASE, Audience.ASM},
    )
    REVIEW_EXCEPTIONAL_ACCESS = ("Review an exceptional access, as a third person.", {Audience.SUP, Audience.DPO})
    ANSWER_PERSONS = ("Take down, follow and answer a person's request about their data.", {Audience.DPO})
    KEEP_BREACHES = ("Keep the register of personal data breaches.", {Audience.DPO})
    HOLD_CASE = ("Place or lift a legal hold, which no retention rule passes.", {Audience.DPO})
    WRITE_DIRECTORY = ("Write a resource card.", {Audience.SUP, Audience.ANA, Audience.ASM, Audience.ASO, Audience.COO})
    RECORD_NETWORK_LIFE = ("Record working sessions, awareness events, campaigns.", {Audience.SUP, Audience.ANA})
    ANSWER_SURVEY = (
        "Answer a questionnaire.",
        {Audience.SUP, Audience.ANA, Audience.CRI, Audience.ASE, Audience.ASM, Audience.COO},
    )
    # "Publish a cube: SUP + DPO": the supervisor freezes, the data protection officer of the 119 lets it out.
    FREEZE_FIGURES = ("Freeze a yearly report, and correct it in a new version.", {Audience.SUP})
    PUBLISH_FIGURES = ("Publish, as a second person, what a supervisor has frozen.", {Audience.DPO})
    # Who is in the network: the operator's acts, and what each delegate does for their own organisation.
    ADMIT_ORGANISATION = ("Ask an organisation in, register its tools, give enrolment codes.", {Audience.ADM})
    APPROVE_ORGANISATION = ("Approve, as a second administrator, the keys an organisation has proven.", {Audience.ADM})
    SUSPEND_ORGANISATION = ("Suspend, resume and close the membership of an organisation.", {Audience.ADM})
    ISSUE_SECRET = ("Make a secret of a tool that may have one, as a second person.", {Audience.ADM, Audience.DEL})
    ADD_KEY = ("Add a key to a tool of one's own organisation.", {Audience.DEL})
    CONTROL_TOOLS = ("Retire a key or a secret; suspend a tool.", {Audience.ADM, Audience.DEL})
    MANAGE_MEMBERS = ("Invite, suspend and remove members; end habilitations.", {Audience.ADM, Audience.DEL})
    # Else a delegate could undo what the operator has done, perhaps because of them.
    LIFT_SUSPENSION = ("Resume a tool or a member, whoever suspended it.", {Audience.ADM})

    # Who knows a secret signs for it: only the organisation's own delegate makes one. The operator can stop the noise.
    KEEP_WEBHOOKS = ("Register a webhook of one's own organisation; replace its secret.", {Audience.DEL})
    CONTROL_WEBHOOKS = (
        "Disable and enable a webhook; send a notice again that was given up.",
        {Audience.ADM, Audience.DEL},
    )

    def __init__(self, sentence: str, audiences: set[Audience]) -> None:
        self.sentence = sentence
        self.audiences = frozenset(audiences)


# Nouns whose acts are acts of their own, which no `w` of the table gives (permissions, section 9; who is in the network).
WRITTEN_BY_ACT: frozenset[str] = frozenset({"EmergencyAccess", "Organisation"})
# Organisations whose software follows what changes in their view (permissions, section 6): reference and group, no value.
FEEDS: frozenset[Audience] = frozenset({Audience.ORG_CRIP, Audience.ORG_ASE, Audience.ORG_ASSOCIATION})
# Who is told that something has reached them: those who answer it.
RECEIVES: Mapping[str, frozenset[Audience]] = {
    "referralReceived": frozenset({Audience.COO, Audience.ASM, Audience.ASO, Audience.ORG_ASSOCIATION}),
    "reportReceived": frozenset({Audience.CRI, Audience.ORG_CRIP}),
}
# Fields of inputs that are an act of their own: to take a case in charge is for the person who then follows it.
FIELDS_FOR: Mapping[tuple[str, str], frozenset[Audience]] = {
    ("AnswerAseLinkInput", "take_charge"): frozenset({Audience.ASE}),
    ("RecordMeasureInput", "take_charge"): frozenset({Audience.ASE}),
}
