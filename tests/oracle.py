"""The independent oracle of "who sees what": a second, naive reading of the permissions tables, plain Python only.

It imports nothing of ours, shares no word list with the policy, and prefers length to cleverness: each function
quotes the sentence it obeys. An *audience* is a role code ("LIS") or an organisation-only client ("CLIENT:CRIP").
`Facts` is what relates one viewer to one situation, `Row` what is particular to the row and the column asked for.
Neither holds a protected value, so nothing here can depend on one, except `caller_anonymity`, which condition 7
itself names.

Readings ("s." = section, "r." = rule of section 5). Each is the strictest the text allows, except the last sentence
of 13, and 20 and 22, which follow the wording where a stricter guess was possible:
 1. "A cell with condition 2 needs only the grant": the base reach (caseworker, assigned) is not asked, but the
    grant is checked whole at every read, and one group too many in it kills the grant, not only that group (s. 7).
 2. For an association or foyer a grant works only with a Measure naming it or a DIRECT_SUPPORT referral released or
    later (s. 8 names grants from IDENTITY_RELEASED on); it need not be the receiver's own referral.
 3. Condition 3 must hold on the very referral assigned to the viewer, not on two referrals together. Condition 5
    replaces it.
 4. Before acceptance a referral gives only the list of s. 8; it is a relation to the situation (G01 and the rest)
    only when DIRECT_SUPPORT and ACCEPTED or later. So the receiving COO reads no G01 while PROPOSED.
 5. Étayage is unlinked to the case for every mandate: the worker reads G02 and G16 as copied, G23 and G25, and
    never G01, G20 or G24. An ASM still needs condition 13 on G16.
 6. A DIRECT_SUPPORT referral to an OUTSIDE_MISSION association gives nothing: the mandate is a hard ceiling.
 7. DRAFT referrals are seen inside the DLPM only, by no CRIP, ASE or client.
 8. ASM and ASO read Referral, FollowUp and notes of their own referral only, even where a Measure reaches the case
    (r. 9).
 9. COO: G02 only of a referral PROPOSED to its own organisation, so never for a CRIP or an ASE; `kind` only while
    PROPOSED; no follow-up, no `minor_agreement`, no `to_org`, no retention state. Accept, decline, assign:
    receiving organisation only.
10. r. 9 covers foyers as associations, and every role of them (COO, DPO too): no Situation id or ref. Other columns
    stay.
11. Report rows (G11-G13, so returns and evaluations too) reach a partner only when addressed to its own authority,
    SENT or later, not MISROUTED, whatever its role. An association or foyer has no authority: no report row at all.
12. End states: "own notes" is G25, and the follow-ups (G23) that the assigned worker recorded in person; those of a
    colleague or a tool are gone, and G24 is gone from all. WITHDRAWN also hides the referral's dates. PROPOSED, then
    closed: the COO alone keeps ref, status and dates.
13. Closure (r. 8): a partner keeps G01, G12, rows its organisation controls and its own referral as ended, each
    only where the matrix still gives it. The one write left is G13 by a CRIP. A DPO is not a "partner".
14. INTERMEDIATE: SUP and DPO read, nobody writes, own rows included. ANONYMISED and DELETED: nobody, case groups.
15. S for the rows hanging on a case (G27-G29) of a DPO outside the 119: relation to the case and row controlled,
    both.
16. SECRET cards: LIS, SUP, ANA and the owning organisation, although only three roles carry condition 18.
17. Break-glass of ASE and ASM replaces assignment only: agreement, grant, mandate and shared kinds are still asked.
    "No grant, referral or transfer" are acts (G36 is a `-4` cell). Unconfirmed, theirs lasts its 60 minutes; a
    DPO's needs the second person first. Étayage cannot be opened.
18. Condition 9 is for one caller, with reason, for 60 minutes. `professional_identity_to_crip` is off unless said.
19. Several purposes and none chosen: refused altogether (r. 5). A purpose outside the role's: the same.
20. Organisation-only clients: "whatever the matrix says" is taken at its word (an ASE needs the AseLink, not the
    jurisdiction row). PROPOSED counts as live (s. 7 of the domain: withdrawn "from any live state"). Writes by an
    association start at ENGAGED; a person's start at IDENTITY_RELEASED ("first contact"), for étayage at ACCEPTED.
21. Withheld reasons the text leaves open: 8 and 17 are OUT_OF_MANDATE; a row out of reach has no reason at all.
22. Measures and referrals are taken as of the situation: no text ties them to one minor of a sibling group.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

ROLES = ("LIS", "SUP", "ANA", "CRI", "ASE", "ASM", "ASO", "COO", "DEL", "ADM", "DPO", "ONP")

TABLE = """
|Group|LIS|SUP|ANA|CRI|ASE|ASM|ASO|COO|DEL|ADM|DPO|ONP|
|---|---|---|---|---|---|---|---|---|---|---|---|---|
|G01 case header|Nw|N|A|J1|O|O|-|S8|-|-|N10|A|
|G02 coded profile|Nw|N|A|J1|O|O|O12|S8|-|-|-4|A|
|G03 minor, minimal|Nw|N|-|Jw1|Ow|O3|-|-|-|-|-4|-|
|G04 full identity|Nw|N|-|J1|O|O5|-|-|-|-|-4|-|
|G05 parents|Nw|N|-|J1|O|O5|-|-|-|-|-4|-|
|G06 caller identity|Sw6|N9|-|J1+7|-|-|-|-|-|-|-|-|
|G07 caller category, exact|Nw|N|A|J1+7|-|-|-|-|-|-|-|-|
|G08 caller category, coarse|N|N|A|J1|-|-|-|-|-|-|-|A|
|G09 contacts|Nw|N|A|-|-|-|-|-|-|-|-4|A|
|G10 listening notes|Ow|N|-|-|-|-|-|-|-|-|-|-|
|G11 IP text|Nw|Nw|-|J1|O2|O2|-|-|-|-|-4|-|
|G12 IP steps|Nw|Nw|A|Jw1|O|-|-|S8|-|-|N10|A|
|G13 return codes|N|N|A|Jw1|O|-|-|-|-|-|-4|A|
|G14 judicial referral, fact|N|N|A|Jw1|O|-|-|-|-|-|-4|A|
|G15 judicial motive|-|N|A|Jw1|O|-|-|-|-|-|-4|A|
|G16 problematics, plain|Nw|N|A|Jw1|Ow|O13|O12|-|-|-|-4|A|
|G17 problematics, starred|Nw|N|A|J1|O|O2+15|-|-|-|-|-4|A|
|G18 exploitation facts|Nw|N|A|J1|O|O2|O12|-|-|-|-4|A|
|G19 live danger, perpetrators|Nw|N|-|J1|O2|-|-|-|-|-|-4|-|
|G20 known to ASE, contact|Nw|N|A|Jw1|Ow|O16|-|-|-|-|-4|A|
|G21 measures, caseworker|-|N|A|Jw1|Ow|-|-|-|-|-|-4|A|
|G22 jurisdictions|Nw|Nw|A|Jw1|O|-|-|-|-|-|-4|A|
|G23 referral, follow-up|Nw|N|A|J1|O|Ow|Ow|Sw8|-|-|-|A|
|G24 note for the ASE|-|-|-|J1|O|Ow|-|-|-|-|-4|-|
|G25 association's notes|-|-|-|-|-|Ow|Ow|-|-|-|-|-|
|G26 DLPM actions|Nw|N|A|-|-|-|-|-|-|-|-4|A|
|G27 information duties|Ow|N|-|Jw1|O|-|-|-|-|-|N10|-|
|G28 grants|Ow|Nw|-|Jw1|O|O2|-|-|-|-|N10|-|
|G29 disclosure ledger|O|N|-|J1|O|O2|-|-|-|-|N10|-|
|G30 access log|-|S|-|-|-|-|-|-|S|N17|N10|-|
|G31 users, clients, keys|-|S|-|-|-|-|-|-|Sw|Nw17|N10|-|
|G32 requests, retention|-|-|-|-|-|-|-|-|-|-|Nw10|-|
|G33 directory|N|Nw|Nw|N|N|Nw18|Nw18|Nw18|N|N|N|N|
|G34 surveys, meetings|N|Nw|Nw|Sw|Sw|Sw|-|Sw|-|-|-|A|
|G35 indicators|A11|A11|A11|A11|A11|A11|A11|-|-|-|A11|A11|
|G36 transfers|-|N|A|Jw1|O|-|-|-|-|-|-4|-|
|G37 repeats|Nw|Nw|-|-|-|-|-|-|-|-|-|-|
|G38 alerts|N|N|-|-|-|-|-|-|-|-|-|-|
"""


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: how far a role reaches, whether it may write there, and under which conditions."""

    reach: str
    write: bool
    conditions: frozenset[int]


def parse_cell(text: str) -> Cell:
    """Letter, optional `w`, condition numbers joined by `+` (section 2)."""
    rest = text[1:]
    write = rest.startswith("w")
    numbers = rest.removeprefix("w")
    return Cell(text[0], write, frozenset(int(number) for number in numbers.split("+") if number))


def parse_table(table: str) -> dict[tuple[str, str], Cell]:
    """The printed matrix, one entry per (group, role)."""
    header, _, *lines = table.strip().splitlines()
    roles = header.strip("|").split("|")[1:]
    cells = {}
    for line in lines:
        title, *texts = line.strip("|").split("|")
        for role, text in zip(roles, texts, strict=True):
            cells[title[:3], role] = parse_cell(text)
    return cells


MATRIX = parse_table(TABLE)
GROUPS = tuple(f"G{number:02}" for number in range(1, 39))
# What hangs on one situation. The others (log, members, requests, directory, surveys, cubes) outlive any case.
CASE_GROUPS = frozenset(GROUPS) - {"G30", "G31", "G32", "G33", "G34", "G35"}
REPORT_GROUPS = frozenset({"G11", "G12", "G13"})
REFERRAL_GROUPS = frozenset({"G23", "G24", "G25"})
GRANTABLE = frozenset({"G11", "G17", "G18", "G19"})
P5 = frozenset({"G06", "G10"})
# Classes P3 to P5 of the data model; G33 holds P0 and P1.
P3_TO_P5 = frozenset(
    "G03 G04 G05 G06 G07 G09 G10 G11 G13 G14 G15 G16 G17 G18 G19 G20 G21 G22 G24 G25 G26 G27 G28 G29 G32 G36 G37 G38".split()
)


@dataclass(frozen=True)
class ClientRights:
    """What an organisation-only token of one kind of organisation reads and writes (section 6)."""

    reads: frozenset[str]
    writes: frozenset[str]


def client_rights(reads: str, writes: str = "") -> ClientRights:
    """Groups separated by spaces, as two sets."""
    return ClientRights(frozenset(reads.split()), frozenset(writes.split()))


ORG_ONLY = {
    "CRIP": client_rights("G01 G02 G08 G12 G23 G33 G35", "G12 G13"),
    # "AseLink state" is the one column of G20 that an ASE's tool writes; it does not read it back.
    "ASE": client_rights("G01 G02 G12 G33 G35", "G20"),
    "ASSOCIATION": client_rights("G02 G23 G33 G35", "G23"),
    "FOYER": client_rights("G02 G23 G33 G35", "G23"),
    "DLPM": client_rights("G34 G35"),
    "OBSERVATORY": client_rights("G35"),
}
CLIENTS = tuple(f"CLIENT:{kind}" for kind in ORG_ONLY)
AUDIENCES = ROLES + CLIENTS

# "Acts behind `w`" (section 3), plus condition 8's three. "SUP + DPO" means both together: see TOGETHER.
ACTS: dict[str, frozenset[str]] = {
    "ip.draft": frozenset({"LIS"}),
    "ip.send": frozenset({"LIS"}),
    "ip.validate": frozenset({"SUP"}),
    "ip.acknowledge": frozenset({"CRI"}),
    "ip.qualify": frozenset({"CRI"}),
    "ip.misroute": frozenset({"CRI"}),
    "ip.conclude": frozenset({"CRI"}),
    "ip.return": frozenset({"CRI"}),
    "referral.propose": frozenset({"LIS"}),
    "referral.release": frozenset({"LIS"}),
    "referral.withdraw": frozenset({"LIS"}),
    "referral.accept": frozenset({"COO"}),
    "referral.decline": frozenset({"COO"}),
    "referral.assign": frozenset({"COO"}),
    "grant.request": frozenset({"LIS", "CRI"}),
    "grant.approve": frozenset({"SUP", "CRI"}),
    "grant.revoke": frozenset({"LIS", "CRI", "SUP"}),
    "minor.agreement": frozenset({"LIS"}),
    "follow_up.record": frozenset({"ASM", "ASO"}),
    "transfer.send": frozenset({"CRI"}),
    "transfer.receive": frozenset({"CRI"}),
    "cube.publish": frozenset({"SUP", "DPO"}),
    # Section 9, and condition 9 for the caller; "a third person" is named no further, so those who answer for control.
    "glass.ask": frozenset({"DPO"}),
    "glass.caller": frozenset({"SUP"}),
    "glass.danger": frozenset({"ASE", "ASM"}),
    "glass.second": frozenset({"SUP", "CRI", "COO", "ASE", "ASM"}),
    "glass.review": frozenset({"SUP", "DPO"}),
    # Served outside the API by SUP + DPO, then ledgered: no audience may call it.
    "requisition.serve": frozenset(),
}
TOGETHER = frozenset({"cube.publish"})
# Section 6: the writes of organisation-only tokens, as acts. Everything else is "never organisation-only".
CLIENT_ACTS: dict[str, frozenset[str]] = {
    "CRIP": frozenset({"ip.acknowledge", "ip.qualify", "ip.misroute", "ip.conclude", "ip.return"}),
    "ASE": frozenset({"ase_link.state"}),
    "ASSOCIATION": frozenset({"follow_up.record"}),
    "FOYER": frozenset({"follow_up.record"}),
    "DLPM": frozenset(),
    "OBSERVATORY": frozenset(),
}

PURPOSES: dict[str, frozenset[str]] = {
    "LIS": frozenset({"EVALUATE", "DETERMINE"}),
    "SUP": frozenset({"EVALUATE", "DETERMINE"}),
    "ANA": frozenset({"MONITORING"}),
    "CRI": frozenset({"EVALUATE", "DETERMINE"}),
    "ASE": frozenset({"EVALUATE", "DETERMINE", "IMPLEMENT"}),
    "ASM": frozenset({"IMPLEMENT"}),
    "ASO": frozenset({"CONSULTATION"}),
    "DEL": frozenset({"ADMINISTRATION"}),
    "ADM": frozenset({"ADMINISTRATION"}),
    "DPO": frozenset({"CONTROL"}),
    "ONP": frozenset({"MONITORING"}),
}
ANY_KIND = frozenset({"DLPM", "CRIP", "ASE", "FOYER", "ASSOCIATION", "OBSERVATORY", "OPERATOR"})
ROLE_ORGANISATIONS: dict[str, frozenset[str]] = {
    "LIS": frozenset({"DLPM"}),
    "SUP": frozenset({"DLPM"}),
    "ANA": frozenset({"DLPM"}),
    "CRI": frozenset({"CRIP"}),
    "ASE": frozenset({"ASE"}),
    "ASM": frozenset({"ASSOCIATION", "FOYER"}),
    "ASO": frozenset({"ASSOCIATION"}),
    "COO": frozenset({"CRIP", "ASE", "FOYER", "ASSOCIATION"}),
    "DEL": ANY_KIND,
    "ADM": frozenset({"OPERATOR"}),
    "DPO": ANY_KIND,
    "ONP": frozenset({"OBSERVATORY"}),
}
RECEIVER_KINDS = frozenset({"ASSOCIATION", "FOYER"})
PARTNER_ROLES = frozenset({"CRI", "ASE", "ASM", "ASO", "COO"})

RELEASED = frozenset({"IDENTITY_RELEASED", "ENGAGED", "ONGOING", "PAUSED_RUNAWAY"})
FOLLOWED = frozenset({"ENGAGED", "ONGOING", "PAUSED_RUNAWAY"})
ACCEPTED_OR_LATER = RELEASED | {"ACCEPTED"}
LIVE_REFERRAL = ACCEPTED_OR_LATER | {"PROPOSED"}
ENDED_BY_CLOSURE = "ENDED_BY_CLOSURE"
END_STATES = frozenset({"REFUSED_BY_MINOR", "LOST_CONTACT", "COMPLETED", "TRANSFERRED", ENDED_BY_CLOSURE})
REFERRAL_STATUSES = LIVE_REFERRAL | (END_STATES - {ENDED_BY_CLOSURE}) | {"DRAFT", "DECLINED", "WITHDRAWN"}
SENT_OR_LATER = frozenset(
    "SENT ACKNOWLEDGED QUALIFIED NOT_QUALIFIED COMPLEMENT_OF_EXISTING EVALUATING CONCLUDED RETURNED_TO_119".split()
)
REPORT_STATUSES = SENT_OR_LATER | {"DRAFT", "VALIDATED", "MISROUTED"}
# What a column is, as far as a rule distinguishes it. `date` is any date of the row itself, `follow_up` any column of a
# FollowUp in G23, `extract` the grant's separately written text in G11, `other` everything no rule singles out.
ASPECTS = (
    "ref status date urgency kind decline_reason need_codes age_band territory shared_kinds "
    "service_contact state extract technical follow_up other"
).split()


@dataclass(frozen=True)
class Referral:
    """One referral, as its relation to the viewer."""

    kind: str = "DIRECT_SUPPORT"
    status: str = "PROPOSED"
    to_my_org: bool = True
    assigned_to_me: bool = False
    minor_agreement: str = "NOT_ASKED"
    shared_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Report:
    """One concern report (IP): whom it is addressed to and how far it has come."""

    to_my_authority: bool = True
    status: str = "SENT"


@dataclass(frozen=True)
class Grant:
    """One SharingGrant with everything section 7 checks at every read."""

    groups: frozenset[str]
    purpose: str
    to_me: bool = True
    state: str = "ACTIVE"
    within_dates: bool = True
    days: int = 90
    approved_by_another: bool = True
    sender_active_and_secrecy_bound: bool = True
    sender_org_involved: bool = True
    sender_reach: frozenset[str] = GRANTABLE
    duty_done_or_waived: bool = True
    adult_without_measure: bool = False


@dataclass(frozen=True)
class BreakGlass:
    """One break-glass opened by the viewer on this very ref (section 9)."""

    groups: frozenset[str]
    reason: str
    second_person: bool = False
    minutes: int = 0
    on_call: bool = True
    earlier_one_unreviewed: bool = False


@dataclass(frozen=True)
class TwoPersonApproval:
    """Condition 9: a second supervisor's approval to read one caller."""

    by_second_supervisor: bool = True
    reason_recorded: bool = True
    this_caller: bool = True
    minutes: int = 0


@dataclass(frozen=True)
class Facts:
    """What relates one viewer to one situation; every default is "no relation at all"."""

    org_kind: str = ""
    mandate_kind: str | None = None
    # For an organisation-only token: the client's own state.
    habilitation_active: bool = True
    secrecy_bound: bool = True
    scopes_cover: bool = True
    purpose: str | None = None
    live_jurisdiction: bool = False
    # Statuses of the IPs addressed to my authority, several being possible (INITIAL, COMPLEMENTARY).
    report_statuses: frozenset[str] = frozenset()
    # Of a live AseLink or Measure.
    caseworker: bool = False
    ase_link_of_my_org: bool = False
    measure_names_my_org: bool = False
    assigned_to_me: bool = False
    took_contact: bool = False
    referrals: tuple[Referral, ...] = ()
    grants: tuple[Grant, ...] = ()
    break_glass: BreakGlass | None = None
    two_persons: TwoPersonApproval | None = None
    professional_identity_to_crip: bool = False
    situation_closed: bool = False
    retention: str = "ACTIVE"


@dataclass(frozen=True)
class Row:
    """What is particular to the row and the column asked for."""

    aspect: str = "other"
    controlled_by_my_org: bool = False
    # The referral the row hangs on (G23-G25, and the copies of G02, G16, G18).
    referral: Referral | None = None
    # Of a follow-up: the viewer recorded it in person.
    recorded_by_me: bool = False
    # The report the row hangs on (G11-G13).
    report: Report | None = None
    copied_into_referral: bool = False
    problematic: str = ""
    caller_anonymity: str = "ANONYMOUS"
    caller_is_professional_owed_answer: bool = False
    contact_taken_by_me: bool = False
    of_my_grant: bool = False
    card_visibility: str | None = None


NO_ROW = Row()


# --- The viewer ---------------------------------------------------------------------------------------------------


def mandate_of(facts: Facts) -> str | None:
    """A foyer counts as MEASURE (section 1)."""
    return "MEASURE" if facts.org_kind == "FOYER" else facts.mandate_kind


def purposes_of(role: str, facts: Facts) -> frozenset[str]:
    """The role's purposes; a coordinator has those of its workers (section 1)."""
    if role != "COO":
        return PURPOSES[role]
    if facts.org_kind == "CRIP":
        return PURPOSES["CRI"]
    if facts.org_kind == "ASE":
        return PURPOSES["ASE"]
    return PURPOSES["ASO"] if mandate_of(facts) == "OUTSIDE_MISSION" else PURPOSES["ASM"]


def purpose_in_force(role: str, facts: Facts) -> str | None:
    """Rule 5: one purpose per request; none chosen while several exist is refused."""
    allowed = purposes_of(role, facts)
    if facts.purpose is None:
        return next(iter(allowed)) if len(allowed) == 1 else None
    return facts.purpose if facts.purpose in allowed else None


def habilitation_stands(role: str, facts: Facts) -> bool:
    """One person, one organisation fit for the role, ACTIVE, within its scopes, for one purpose."""
    if not (facts.habilitation_active and facts.scopes_cover):
        return False
    if facts.org_kind not in ROLE_ORGANISATIONS[role]:
        return False
    if role == "ASM" and mandate_of(facts) not in {"MEASURE", "ASE_MISSION"}:
        return False
    if role == "ASO" and mandate_of(facts) != "OUTSIDE_MISSION":
        return False
    return purpose_in_force(role, facts) is not None


def facts_of(role: str, **changes: object) -> Facts:
    """A viewer with a valid habilitation for `role` and no relation to the situation, then the changes."""
    kinds = {"ASM": "ASSOCIATION", "DEL": "CRIP", "DPO": "DLPM", "COO": "ASSOCIATION"}
    kind = kinds.get(role) or next(iter(ROLE_ORGANISATIONS[role]))
    mandate = {"ASM": "MEASURE", "ASO": "OUTSIDE_MISSION", "COO": "MEASURE"}.get(role)
    facts = replace(Facts(org_kind=kind, mandate_kind=mandate), **changes)  # type: ignore[arg-type]
    return facts if "purpose" in changes else replace(facts, purpose=min(purposes_of(role, facts)))


# --- Existence in the schema --------------------------------------------------------------------------------------


def is_client(audience: str) -> bool:
    """Organisation-only token, by client credentials."""
    return audience.startswith("CLIENT:")


def client_kind(audience: str) -> str:
    """The kind of organisation behind a client audience."""
    return audience.removeprefix("CLIENT:")


def may_exist(audience: str, group: str) -> bool:
    """Whether the group has output fields in that audience's schema: `-` and `A` are absent, `-4` is present."""
    if is_client(audience):
        return group in ORG_ONLY[client_kind(audience)].reads and group != "G35"
    cell = MATRIX[group, audience]
    return cell.reach in {"O", "J", "S", "N"} or 4 in cell.conditions


def may_exist_in_inputs(audience: str, group: str) -> bool:
    """Whether the audience's mutations may carry the group (a CRIP's client writes G13 without ever reading it)."""
    if is_client(audience):
        return group in ORG_ONLY[client_kind(audience)].writes
    return MATRIX[group, audience].write


def through_indicators(audience: str, group: str) -> bool:
    """Letter A: only as counts of the indicator service."""
    if is_client(audience):
        return group == "G35" and group in ORG_ONLY[client_kind(audience)].reads
    return MATRIX[group, audience].reach == "A"


def smallest_count(org_kind: str, *, own_authority: bool = False, national_one_dimension: bool = False) -> int:
    """Condition 11: the K under which a live count is masked."""
    if org_kind == "DLPM" and national_one_dimension:
        return 5
    if org_kind == "CRIP" and own_authority:
        return 5
    return 11


# --- Relations to the case ----------------------------------------------------------------------------------------


def status_now(facts: Facts, referral: Referral) -> str:
    """Closure ends referrals (rule 8)."""
    if facts.situation_closed and referral.status in LIVE_REFERRAL:
        return ENDED_BY_CLOSURE
    return referral.status


def mandate_allows(facts: Facts, referral: Referral) -> bool:
    """OUTSIDE_MISSION: only anonymised case discussion."""
    return mandate_of(facts) != "OUTSIDE_MISSION" or referral.kind == "PROFESSIONAL_CONSULTATION"


def is_mine(facts: Facts, referral: Referral) -> bool:
    """Addressed to my organisation, assigned to me, within my organisation's mandate."""
    return referral.to_my_org and referral.assigned_to_me and mandate_allows(facts, referral)


def links_to_case(facts: Facts, referral: Referral) -> bool:
    """A referral that relates its receiver to the situation itself: accompaniment, accepted, live."""
    return (
        referral.to_my_org
        and referral.kind == "DIRECT_SUPPORT"
        and mandate_allows(facts, referral)
        and status_now(facts, referral) in ACCEPTED_OR_LATER
    )


def my_case_referrals(facts: Facts) -> Iterator[Referral]:
    """The live accompaniments assigned to me."""
    return (r for r in facts.referrals if links_to_case(facts, r) and r.assigned_to_me)


def in_jurisdiction_with_report(facts: Facts) -> bool:
    """Condition 1: live jurisdiction row and an IP addressed to that authority, SENT or later, not MISROUTED."""
    return facts.live_jurisdiction and bool(facts.report_statuses & SENT_OR_LATER)


def own_case(role: str, facts: Facts) -> bool:
    """Letter O (section 2)."""
    if role == "LIS":
        return facts.assigned_to_me or facts.took_contact
    if role == "ASE":
        return facts.live_jurisdiction and facts.caseworker
    if role == "ASM":
        return any(my_case_referrals(facts)) or facts.measure_names_my_org
    return False


def structure_case(facts: Facts) -> bool:
    """Letter S for cases: a live relation to my organisation (condition 1 for a CRIP; AseLink, Measure, Referral)."""
    if facts.org_kind == "DLPM":
        return True
    if facts.org_kind == "CRIP":
        return in_jurisdiction_with_report(facts)
    if facts.org_kind == "ASE":
        return facts.ase_link_of_my_org or facts.measure_names_my_org
    if facts.org_kind in RECEIVER_KINDS and mandate_of(facts) != "OUTSIDE_MISSION":
        return facts.measure_names_my_org or any(links_to_case(facts, r) for r in facts.referrals)
    return False


def addressed_to_me(facts: Facts, row: Row) -> bool:
    """A report row that a partner may know of: its own authority's, SENT or later, not MISROUTED."""
    has_authority = facts.org_kind in {"CRIP", "ASE"}
    report = row.report
    return has_authority and report is not None and report.to_my_authority and report.status in SENT_OR_LATER


# --- Grants (section 7) -------------------------------------------------------------------------------------------


def my_org_involved(facts: Facts) -> bool:
    """Section 7, 2 for the receiver: J, AseLink, Measure, live referral (released, by section 8)."""
    if facts.measure_names_my_org:
        return True
    if facts.org_kind == "ASE":
        return facts.live_jurisdiction or facts.ase_link_of_my_org
    return any(links_to_case(facts, r) and r.status in RELEASED for r in facts.referrals)


def grant_lives(role: str, facts: Facts, grant: Grant) -> bool:
    """The six checks of section 7, made at every read."""
    return (
        grant.to_me
        and facts.habilitation_active
        and facts.secrecy_bound
        and grant.sender_active_and_secrecy_bound
        and mandate_of(facts) != "OUTSIDE_MISSION"
        and my_org_involved(facts)
        and grant.sender_org_involved
        and grant.purpose in {"EVALUATE", "DETERMINE", "IMPLEMENT"}
        and grant.purpose == purpose_in_force(role, facts)
        and grant.groups <= GRANTABLE
        and grant.groups <= grant.sender_reach
        and grant.duty_done_or_waived
        and grant.within_dates
        and grant.days <= 90
        and grant.state == "ACTIVE"
        and grant.approved_by_another
        and not grant.adult_without_measure
        and not facts.situation_closed
    )


def granted(role: str, group: str, facts: Facts, row: Row) -> bool:
    """Conditions 2 and 15, with what condition 2 says of G11, G28 and G29."""
    live = [grant for grant in facts.grants if grant_lives(role, facts, grant)]
    if group in {"G28", "G29"}:
        return bool(live) and row.of_my_grant
    listing = [grant for grant in live if group in grant.groups]
    if 15 in MATRIX[group, role].conditions:
        listing = [grant for grant in listing if grant.purpose == "IMPLEMENT"]
    if group == "G11" and role == "ASM":
        # "an ASM reads the grant's separately written `extract`, never the notice"
        return bool(listing) and row.aspect == "extract"
    if group == "G11":
        return bool(listing) and row.aspect != "extract" and addressed_to_me(facts, row)
    return bool(listing)


# --- Referrals by state (section 8) -------------------------------------------------------------------------------


def worker_reads_referral(facts: Facts, referral: Referral | None, aspect: str) -> bool:
    """G23 for the assigned worker."""
    if referral is None or not is_mine(facts, referral):
        return False
    status = status_now(facts, referral)
    if status in ACCEPTED_OR_LATER:
        return True
    if status == ENDED_BY_CLOSURE and referral.status == "PROPOSED":
        return False
    if status in END_STATES:
        return aspect in {"ref", "status", "date"}
    return status == "WITHDRAWN" and aspect in {"ref", "status"}


def worker_reads_follow_up(facts: Facts, row: Row) -> bool:
    """A follow-up for the assigned worker: all of them while working, afterwards the "own" ones of section 8."""
    at_work = row.referral is not None and status_now(facts, row.referral) in ACCEPTED_OR_LATER
    if at_work:
        return worker_reads_referral(facts, row.referral, "follow_up")
    return row.recorded_by_me and worker_reads_referral(facts, row.referral, "status")


def coordinator_reads_referral(facts: Facts, referral: Referral | None, aspect: str) -> bool:
    """G23 for a coordinator, under condition 8."""
    if referral is None:
        return False
    status = status_now(facts, referral)
    if not referral.to_my_org:
        # A CRIP's or an ASE's coordinator, of a case of its structure; an association knows its own referrals only.
        followed = facts.org_kind not in RECEIVER_KINDS and structure_case(facts) and status != "DRAFT"
        return followed and aspect in {"ref", "status", "date"}
    if facts.org_kind not in RECEIVER_KINDS or not mandate_allows(facts, referral):
        return False
    if status == "PROPOSED":
        return aspect in {"ref", "status", "date", "kind"}
    if status == "DECLINED":
        return aspect in {"ref", "status", "date", "decline_reason"}
    if status in ACCEPTED_OR_LATER or status in END_STATES:
        return aspect in {"ref", "status", "date"}
    return status == "WITHDRAWN" and aspect in {"ref", "status"}


def notes_readable(facts: Facts, row: Row) -> bool:
    """G25: the own notes, while working and after the end."""
    return row.aspect != "follow_up" and any(
        worker_reads_referral(facts, row.referral, aspect) for aspect in ("ref", "status")
    )


def working_copy(facts: Facts, row: Row) -> bool:
    """A coded value copied into a referral that is mine and at work."""
    referral = row.referral
    return (
        row.copied_into_referral
        and referral is not None
        and is_mine(facts, referral)
        and status_now(facts, referral) in ACCEPTED_OR_LATER
    )


def worker_reads(role: str, group: str, facts: Facts, row: Row) -> bool:
    """The O cells of ASM and ASO, except those with condition 2."""
    if group == "G23" and row.aspect == "follow_up":
        return worker_reads_follow_up(facts, row)
    if group == "G23":
        return worker_reads_referral(facts, row.referral, row.aspect)
    if group == "G24":
        return row.referral is not None and row.referral.assigned_to_me and links_to_case(facts, row.referral)
    if group == "G25":
        return notes_readable(facts, row)
    if role == "ASO":
        # Condition 12, CODED_ONLY.
        consultation = row.referral is not None and row.referral.kind == "PROFESSIONAL_CONSULTATION"
        return group in {"G02", "G16", "G18"} and consultation and working_copy(facts, row)
    if group == "G02":
        return working_copy(facts, row) if row.copied_into_referral else own_case("ASM", facts)
    if group == "G16":
        return shared_kind(facts, row)
    if group == "G03":
        return agreed_or_measure(facts)
    if group in {"G04", "G05"}:
        return measure_names_us(facts)
    if group == "G20":
        # Condition 16, CONTACT_ONLY.
        return own_case("ASM", facts) and row.aspect == "service_contact"
    # G01: rule 9, an association knows a case by its referral ref only.
    return group == "G01" and own_case("ASM", facts) and row.aspect != "ref"


def shared_kind(facts: Facts, row: Row) -> bool:
    """Condition 13: kind in the referral's `shared_kinds`; referral live, ACCEPTED or later."""
    if row.copied_into_referral:
        return working_copy(facts, row) and row.referral is not None and row.problematic in row.referral.shared_kinds
    return any(row.problematic in referral.shared_kinds for referral in my_case_referrals(facts))


def measure_names_us(facts: Facts) -> bool:
    """Condition 5: MEASURE mandate and a live Measure naming my organisation."""
    return mandate_of(facts) == "MEASURE" and facts.measure_names_my_org


def agreed_or_measure(facts: Facts) -> bool:
    """Condition 3: my released accompaniment with the minor's agreement, or condition 5."""
    agreed = any(r.status in RELEASED and r.minor_agreement == "AGREED" for r in my_case_referrals(facts))
    return agreed or measure_names_us(facts)


# --- One cell, read -----------------------------------------------------------------------------------------------


def transmissible_caller(facts: Facts, row: Row) -> bool:
    """Condition 7, with its setting."""
    if row.caller_anonymity == "TRANSMISSIBLE_CRIP":
        return True
    professional = row.caller_is_professional_owed_answer and row.caller_anonymity != "ANONYMOUS"
    return facts.professional_identity_to_crip and professional


def approved_by_two(facts: Facts) -> bool:
    """Condition 9: second supervisor, reason, one caller, 60 minutes."""
    approval = facts.two_persons
    return (
        approval is not None
        and approval.by_second_supervisor
        and approval.reason_recorded
        and approval.this_caller
        and 0 <= approval.minutes < 60
    )


def coordinator_reads(group: str, facts: Facts, row: Row) -> bool:
    """The S8 cells of COO: only ref, dates, status, urgency; G02 only while a referral is PROPOSED."""
    if group == "G23":
        return coordinator_reads_referral(facts, row.referral, row.aspect)
    if group == "G02":
        referral = row.referral
        return (
            referral is not None
            and referral.to_my_org
            and facts.org_kind in RECEIVER_KINDS
            and mandate_allows(facts, referral)
            and status_now(facts, referral) == "PROPOSED"
            and row.aspect in {"need_codes", "age_band", "territory"}
        )
    if group == "G12":
        coordinated = {"ref", "status", "date", "urgency"}
        return structure_case(facts) and addressed_to_me(facts, row) and row.aspect in coordinated
    known_by_referral = facts.org_kind in RECEIVER_KINDS and row.aspect == "ref"
    return structure_case(facts) and not known_by_referral and row.aspect in {"ref", "status", "date", "urgency"}


def controller_scope(group: str, facts: Facts, row: Row) -> bool:
    """Condition 10: N for the DPO of the 119's GIP, S for any other."""
    if facts.org_kind == "DLPM":
        return True
    if group not in CASE_GROUPS:
        return row.controlled_by_my_org
    # The text of a grant belongs to whom the grant belongs to: it is no report.
    of_a_grant = group in {"G27", "G28", "G29"} or (group == "G11" and row.aspect == "extract")
    if group in REPORT_GROUPS and not of_a_grant and not addressed_to_me(facts, row):
        return False
    if of_a_grant and not row.controlled_by_my_org:
        return False
    if group == "G01" and row.aspect == "ref" and facts.org_kind in RECEIVER_KINDS:
        return False
    return structure_case(facts)


def card_visible(role: str, row: Row) -> bool:
    """SECRET cards: DLPM and owner only."""
    return row.card_visibility != "SECRET" or role in {"LIS", "SUP", "ANA"} or row.controlled_by_my_org


def reads_by_cell(role: str, group: str, facts: Facts, row: Row) -> bool:
    """The matrix cell alone, without the life of the case and without break-glass."""
    cell = MATRIX[group, role]
    if cell.reach in {"-", "A"}:
        return False
    if 2 in cell.conditions:
        return granted(role, group, facts, row)
    if group == "G33":
        return card_visible(role, row)
    if group == "G34":
        return cell.reach == "N" or row.controlled_by_my_org
    if role == "DPO":
        return controller_scope(group, facts, row)
    if role == "ADM":
        return row.aspect == "technical"
    if role == "DEL":
        return row.controlled_by_my_org
    if role == "LIS":
        return own_case(role, facts) if cell.reach == "O" else True
    if role == "SUP":
        return supervisor_reads(cell, facts, row)
    if role == "COO":
        return coordinator_reads(group, facts, row)
    if role in {"ASM", "ASO"}:
        return worker_reads(role, group, facts, row)
    return department_reads(role, cell, group, facts, row)


def supervisor_reads(cell: Cell, facts: Facts, row: Row) -> bool:
    """SUP: N, N9 and S."""
    if cell.reach == "S":
        return row.controlled_by_my_org
    return 9 not in cell.conditions or approved_by_two(facts)


def department_reads(role: str, cell: Cell, group: str, facts: Facts, row: Row) -> bool:
    """CRI and ASE on a case: J under condition 1, or O; then the row's own limits."""
    if role == "CRI" and not in_jurisdiction_with_report(facts):
        return False
    if role == "ASE" and not own_case(role, facts):
        return False
    if group in REPORT_GROUPS and not addressed_to_me(facts, row):
        return False
    if group == "G11" and row.aspect == "extract":
        return False
    if group in REFERRAL_GROUPS and (row.referral is None or row.referral.status == "DRAFT"):
        return False
    return 7 not in cell.conditions or transmissible_caller(facts, row)


# --- The life of the case (rule 8) --------------------------------------------------------------------------------


def still_open_to(audience: str, group: str, facts: Facts, row: Row) -> bool:
    """What retention and closure leave readable."""
    if group not in CASE_GROUPS:
        return True
    if facts.retention == "INTERMEDIATE":
        return audience in {"SUP", "DPO"}
    if facts.retention != "ACTIVE":
        return False
    if not facts.situation_closed or not (is_client(audience) or audience in PARTNER_ROLES):
        return True
    own_referral = group in {"G23", "G25"} and row.referral is not None and row.referral.to_my_org
    return group in {"G01", "G12"} or row.controlled_by_my_org or own_referral


# --- Break-glass (section 9) --------------------------------------------------------------------------------------


def glass_is_broken(role: str, group: str, facts: Facts) -> bool:
    """A live, listed, duly accompanied break-glass; never G06, G10."""
    glass = facts.break_glass
    if glass is None or group not in glass.groups or group in P5:
        return False
    if glass.earlier_one_unreviewed or not 0 <= glass.minutes < 60:
        return False
    if role == "DPO":
        return glass.second_person and glass.reason in {"COMPLAINT", "SUBJECT_REQUEST", "REQUISITION"}
    return role in {"ASE", "ASM"} and glass.on_call and glass.reason == "IMMEDIATE_DANGER"


def as_if_mine(facts: Facts, referral: Referral) -> Referral:
    """A colleague's live accompaniment, read as if it were assigned to me."""
    return replace(referral, assigned_to_me=True) if links_to_case(facts, referral) else referral


def as_if_assigned(role: str, facts: Facts, row: Row) -> tuple[Facts, Row]:
    """Their organisation's case assigned to someone else, as its assignee would see it."""
    if role == "ASE":
        return replace(facts, caseworker=facts.ase_link_of_my_org or facts.measure_names_my_org), row
    referral = None if row.referral is None else as_if_mine(facts, row.referral)
    referrals = tuple(as_if_mine(facts, each) for each in facts.referrals)
    return replace(facts, referrals=referrals), replace(row, referral=referral)


def reads_by_break_glass(role: str, group: str, facts: Facts, row: Row) -> bool:
    """`-4` cells for the DPO; own `O` cells of a colleague's case for ASE and ASM on call."""
    if not glass_is_broken(role, group, facts):
        return False
    cell = MATRIX[group, role]
    if role == "DPO":
        return 4 in cell.conditions and controller_scope(group, facts, row)
    if cell.reach != "O" or 2 in cell.conditions:
        return False
    return reads_by_cell(role, group, *as_if_assigned(role, facts, row))


# --- Organisation-only tokens (section 6) -------------------------------------------------------------------------


def client_stands(kind: str, facts: Facts) -> bool:
    """The client of that kind of organisation, active and within its scopes."""
    return facts.org_kind == kind and facts.habilitation_active and facts.scopes_cover


def client_reads(kind: str, group: str, facts: Facts, row: Row) -> bool:
    """The list of section 6, whatever the matrix says."""
    if group not in ORG_ONLY[kind].reads or group == "G35" or not client_stands(kind, facts):
        return False
    if group == "G33":
        return row.card_visibility != "SECRET" or row.controlled_by_my_org
    if group == "G34":
        return True
    if group == "G12" and not addressed_to_me(facts, row):
        return False
    if kind == "CRIP":
        known = group != "G23" or (row.referral is not None and row.referral.status != "DRAFT")
        return known and in_jurisdiction_with_report(facts)
    if kind == "ASE":
        return facts.ase_link_of_my_org
    return client_holds_referral(group, facts, row)


def client_holds_referral(group: str, facts: Facts, row: Row) -> bool:
    """G02, G23 of its live referrals; of an étayage, G02 only as copied."""
    referral = row.referral
    if referral is None or not referral.to_my_org or not mandate_allows(facts, referral):
        return False
    if group == "G02" and referral.kind == "PROFESSIONAL_CONSULTATION" and not row.copied_into_referral:
        return False
    return status_now(facts, referral) in LIVE_REFERRAL


# --- The answers --------------------------------------------------------------------------------------------------


def may_read(audience: str, group: str, facts: Facts, row: Row = NO_ROW) -> bool:
    """Whether the value of a column of that group is shown."""
    if not still_open_to(audience, group, facts, row):
        return False
    if is_client(audience):
        return client_reads(client_kind(audience), group, facts, row)
    if not habilitation_stands(audience, facts):
        return False
    return reads_by_cell(audience, group, facts, row) or reads_by_break_glass(audience, group, facts, row)


def may_see_situation(audience: str, facts: Facts) -> bool:
    """Whether the situation exists for this viewer at all, under whatever ref it knows it by."""
    if may_read(audience, "G01", facts, Row(aspect="status")):
        return True
    if is_client(audience) or audience not in {"ASE", "ASM"} or not habilitation_stands(audience, facts):
        return False
    if facts.retention != "ACTIVE":
        return False
    if any(grant_lives(audience, facts, grant) for grant in facts.grants):
        return True
    seen_by_assignee = own_case(audience, as_if_assigned(audience, facts, NO_ROW)[0])
    opened = any(glass_is_broken(audience, group, facts) for group in GROUPS)
    return seen_by_assignee and opened and not facts.situation_closed


def may_see_referral(audience: str, facts: Facts, referral: Referral) -> bool:
    """Whether the referral's row exists for this viewer: its ref or its status is shown."""
    return any(may_read(audience, "G23", facts, Row(aspect=aspect, referral=referral)) for aspect in ("ref", "status"))


def may_see_report(audience: str, facts: Facts, report: Report) -> bool:
    """Whether the concern report's row exists for this viewer, by its steps or, for an ASE, by a grant of its text."""
    steps = may_read(audience, "G12", facts, Row(aspect="status", report=report))
    return steps or may_read(audience, "G11", facts, Row(aspect="other", report=report))


def row_in_sight(audience: str, group: str, facts: Facts, row: Row) -> bool:
    """Whether the object the column stands on exists for this viewer; if not, there is nothing to withhold."""
    if group in {"G30", "G31"}:
        return audience == "ADM"
    if group not in CASE_GROUPS:
        return False
    on_referral = group in REFERRAL_GROUPS or row.copied_into_referral
    if audience == "ASO" or (audience == "COO" and group == "G02" and facts.org_kind in RECEIVER_KINDS):
        on_referral = True
    if on_referral and audience != "DPO":
        return row.referral is not None and may_see_referral(audience, facts, row.referral)
    if group in REPORT_GROUPS and row.report is not None:
        return may_see_report(audience, facts, row.report)
    if group in REPORT_GROUPS and row.aspect != "extract":
        return False
    if group in {"G28", "G29"} and audience == "ASM":
        return False
    if audience == "LIS" and MATRIX[group, audience].reach == "O":
        return False
    return may_see_situation(audience, facts) or any(may_see_referral(audience, facts, r) for r in facts.referrals)


def has_ended(audience: str, facts: Facts, row: Row) -> bool:
    """Closure for a partner, or nothing left but ended referrals for their receiver."""
    if (is_client(audience) or audience in PARTNER_ROLES) and facts.situation_closed:
        return True
    if audience not in {"ASM", "ASO", "COO"}:
        return False
    ended = END_STATES | {"DECLINED", "WITHDRAWN"}
    if row.referral is not None:
        return row.referral.to_my_org and status_now(facts, row.referral) in ended
    mine = [r for r in facts.referrals if may_see_referral(audience, facts, r)]
    return bool(mine) and not structure_case(facts) and all(status_now(facts, r) in ended for r in mine)


def withheld_reason(audience: str, group: str, facts: Facts, row: Row = NO_ROW) -> str | None:
    """Why a field of the schema is null on an object in sight; None when shown, absent, or nothing is in sight."""
    if not may_exist(audience, group) or may_read(audience, group, facts, row):
        return None
    if not row_in_sight(audience, group, facts, row):
        return None
    if has_ended(audience, facts, row):
        return "ENDED"
    if is_client(audience):
        return None
    conditions = MATRIX[group, audience].conditions
    if conditions & {4, 9}:
        return "NEEDS_BREAK_GLASS"
    if 2 in conditions:
        return "NEEDS_GRANT" if not grant_lists(audience, group, facts) else "OUT_OF_MANDATE"
    return "NEEDS_AGREEMENT" if 3 in conditions else "OUT_OF_MANDATE"


def grant_lists(role: str, group: str, facts: Facts) -> bool:
    """A live grant of mine lists the group, so that only the column itself is out of it (G11's notice for an ASM)."""
    return any(group in grant.groups and grant_lives(role, facts, grant) for grant in facts.grants)


# --- Writing ------------------------------------------------------------------------------------------------------


def may_write(audience: str, group: str, facts: Facts, row: Row = NO_ROW) -> bool:
    """Whether the audience may write the group on that row: the cell's `w`, same reach, never by break-glass."""
    if not may_exist_in_inputs(audience, group) or not still_writable(audience, group, facts):
        return False
    if is_client(audience):
        return client_writes(client_kind(audience), facts, row)
    if not habilitation_stands(audience, facts):
        return False
    if group == "G06":
        # Condition 6: "write only on a contact I took".
        return row.contact_taken_by_me
    if group == "G33":
        own_card = row.card_visibility is not None and row.controlled_by_my_org
        return own_card if 18 in MATRIX[group, audience].conditions else True
    if group in REFERRAL_GROUPS and audience in {"ASM", "ASO"}:
        return worker_writes(group, facts, row)
    if group == "G23" and audience == "COO":
        referral = row.referral
        # Accept and decline while PROPOSED, assign from then on.
        alive = referral is not None and status_now(facts, referral) in LIVE_REFERRAL
        return alive and referral is not None and referral.to_my_org and may_see_referral("COO", facts, referral)
    return reads_by_cell(audience, group, facts, row)


def still_writable(audience: str, group: str, facts: Facts) -> bool:
    """After closure a CRIP may still send a late return; later nobody writes."""
    if group not in CASE_GROUPS:
        return True
    if facts.retention != "ACTIVE":
        return False
    partner = is_client(audience) or audience in PARTNER_ROLES
    return not (facts.situation_closed and partner) or (group == "G13" and audience in {"CRI", "CLIENT:CRIP"})


def worker_writes(group: str, facts: Facts, row: Row) -> bool:
    """Section 8, "May do": first contact, then follow-up, G24, G25."""
    referral = row.referral
    if referral is None or not is_mine(facts, referral):
        return False
    status = status_now(facts, referral)
    if group == "G24" and referral.kind != "DIRECT_SUPPORT":
        return False
    if group != "G23":
        return status in FOLLOWED
    if referral.kind == "PROFESSIONAL_CONSULTATION":
        return status in FOLLOWED | {"ACCEPTED"}
    return status in RELEASED


def client_writes(kind: str, facts: Facts, row: Row) -> bool:
    """IP steps and return codes; AseLink state; follow-up status and date, from ENGAGED on."""
    if not client_stands(kind, facts):
        return False
    if kind == "CRIP":
        return in_jurisdiction_with_report(facts) and addressed_to_me(facts, row)
    if kind == "ASE":
        return facts.ase_link_of_my_org and row.aspect == "state"
    referral = row.referral
    return (
        referral is not None
        and referral.to_my_org
        and mandate_allows(facts, referral)
        and row.aspect == "follow_up"
        and status_now(facts, referral) in FOLLOWED
    )


def may_act(audience: str, act: str) -> bool:
    """Whether the act is in that audience's mutations; for the acts of TOGETHER another listed role must join."""
    if is_client(audience):
        return act in CLIENT_ACTS[client_kind(audience)]
    return audience in ACTS.get(act, frozenset())


def may_send_report(*, validated: bool, urgency: str) -> bool:
    """IMMEDIATE_DANGER: before validation."""
    return validated or urgency == "IMMEDIATE_DANGER"


def may_release(referral: Referral) -> bool:
    """Release needs AGREED, an accepted accompaniment, and is meaningless for étayage."""
    accompaniment = referral.kind == "DIRECT_SUPPORT" and referral.status == "ACCEPTED"
    return accompaniment and referral.minor_agreement == "AGREED"


def may_evaluate(*, caseworker_of_family: bool, reason_ledgered: bool) -> bool:
    """Condition 14 (D226-2-5): an evaluator is not a caseworker of the family, save a reasoned, ledgered exception."""
    return not caseworker_of_family or reason_ledgered
