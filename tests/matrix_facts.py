"""From raw rows to the oracle's facts, in the plainest Python: what the tables say, read by a person with a pencil.

Nothing of `auth/` is used, and of `loaders/` only what opens sealed texts. `Sight` says which rows of a table exist for a viewer, which of their cells are
shown, and why the others are not; it asks the oracle, then applies the rulings below, which are stricter than a
reading of the matrix alone.

Rulings (by the lead, or the strictest reading of a sentence the oracle leaves open):
 A. A row exists for a viewer when the oracle shows at least one of its cells. For a DPO, a `-4` cell counts as shown
    here, because the row is there with the value withheld.
 B. Contacts and callers of a CRIP: only the origin contact of a report it sees (rule 5.9).
 C. Evaluations, returns and judicial referrals outside the 119: of the own authority only, and of a report that the
    authority may see.
 D. Transfers: the authorities that are party to it. A CRIP or an ASE that is neither knows of no move.
 E. An association knows the minor of the referral assigned to the worker, not the siblings; all minors of a case whose
    live measure names it (rule 5.9).
 F. Dangers vanish after `until`.
 G. Coordinators and DPO of an association or a foyer know no Situation and no Minor rows (rule 5.9).
 H. A coded consultation of a mandated association: the codes of G16 and G18 stay hidden (conditions 2 and 13).
 I. Two-person opening (condition 9) says "one caller": the one it names, in the situation it names, and no other.
 J. Break-glass of ASE and ASM is read by its receipt alone (section 9: no list, no search): no row and no cell here.
 K. A worker's sharing grant, its extract and its line in the ledger: those of a grant of hers that lives and shares
    something; the extract where that very grant lists G11.
 L. A campaign is nobody's: whoever answers surveys (`Sw` of G34) may know that there is one.
 N. A repeat names two situations: it is there for who reaches both (decision 0013).
 N. Accesses to a case: its owner and the organisation that read; never a network administrator, for whom even that a
    case was read is case data (condition 17).
 M. SECRET cards: "DLPM and owner only" names organisations, so every role of the DLPM that reads the directory.
 N. Exceptional accesses: outside the 119, those of one's own organisation's people; an association's worker has grants
    only (condition 2: rows of my grants).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import asyncpg

from loaders.keyring import Keyring
from tests import oracle
from tests.oracle import BreakGlass, Facts, Grant, Referral, Report, TwoPersonApproval
from tests.oracle import Row as OracleRow
from tests.sealed import SEALED, key_of, opened

Raw = Mapping[str, Any]

_DATA_MODEL = {
    "access_log": "G30 writer_id seq at event outcome trace_id organisation_id client_id member_id audience purpose "
    "operation document_hash situations categories withheld prev hash",
    "case_access": "G30 at event outcome trace_id reader audience purpose operation categories conditional",
    "actor": "G34 name",
    "authority": "G33 code name kind timezone ack_working_days",
    "awareness_event": "G34 held_on title participants",
    "monitoring_cell": "G35 cube place span word amount",
    "monitoring_part": "G35 amounts",
    "monitoring_edition": "G35 kind year place number cells places thresholds taken_at",
    "yearly_report": "G35 kind year version figures tables thresholds reason frozen_at published_at",
    "conclusion_label": "G33 code label",
    "department": "G33 code name region_code region_name timezone",
    "oauth_jti": "G31 expires_at",
    "situation_key": "G31 wrapped kek_version created_at destroyed_at",
    "official_code": "G33 list code label",
    "podcast_episode": "G34 number title published_on",
    "signing_key": "G31 state public_jwk sealed_private_key created_at retired_at",
    "survey_campaign": "G34 target title opened_on closed_on",
    "working_session": "G34 held_on subject",
    "authority_department": "G33 department_code",
    "organisation": "G33 name kind mandate_kind convention_ref valid_from valid_to territories; G31 sirets status epoch",
    "member": "G31 name email status epoch created_at",
    "trusted_document": "G31 hash document registered_at retired_at",
    "admission": "G31 created_at approved_at",
    "enrolment": "G31 code_hash created_at expires_at used_at offered_keys offered_jwks_uri fingerprint approved_at withdrawn_at",
    "oauth_client": "G31 name auth_method jwks_uri scopes grants accepted_acr dpop_bound bearer_for_persons legacy_aud status epoch created_at "
    "last_call_at",
    "resource_card": "G33 title description territories audiences visibility verified_at",
    "retention_job": "G32 rule ran_at rows_changed held_back proof",
    "legal_hold": "G32 reason placed_at lifted_at",
    "case_archive": "G32 archived_at",
    "survey_response": "G34 department_code confronted needs resources answered_at",
    "client_key": "G31 kid thumbprint not_before retired_at",
    "client_secret": "G31 created_at expires_at",
    "habilitation": "G31 role secrecy_basis state valid_from valid_to revoked_at",
    "webhook": "G31 url state generation previous_until failures created_at",
    "webhook_delivery": "G31 kind state attempts next_at answer created_at ended_at",
    "situation": "G01 ref opened_at closed_at status urgency retention_state; G18 qualification; "
    "G20 known_to_cp known_source",
    "alleged_perpetrator": "G19 identifiers relation",
    "ase_link": "G20 service_contact state proposed_at answered_at ended_at",
    "contact": "G09 at channel direction outcome; G38 report_due_at; G07 caller_category; G08 caller_category_public",
    "department_transfer": "G36 department_code regime state duty requested_at duty_at sent_at received_at closed_at "
    "address_lost_at address_answer_due_at window_ends_at",
    "dlpm_action": "G26 kind at",
    "emergency_access": "G28 reason_code reason field_groups requested_at opened_at expires_at approved_at "
    "confirm_due_at review review_due_at reviewed_at review_reason",
    "information_duty": "G27 duty person done_at waiver reason in_writing danger_confirmed recorded_at",
    "live_danger": "G19 place ad_url until at",
    "measure": "G21 decision nature starts_on ends_on caseworker placement placement_due_at review_due_at",
    "minor": "G02 age_band; G03 first_name gender age age_precision safe_channel safe_hours language; "
    "G04 last_name birth_date majority_on address phone handles school",
    "minor_key": "G03 minimal_keys; G04 identity_keys",
    "oauth_token": "G31 purpose scopes epochs issued_at expires_at revoked_at key_thumbprint",
    "idp": "G31 name issuer client_id sealed_client_secret scope accepted_acr algorithm signed_userinfo retired created_at",
    "invitation": "G31 name email role secrecy_basis code_hash created_at expires_at used_at withdrawn_at",
    "member_identity": "G31 subject linked_at",
    "web_session": "G31 acr sealed_id_token signed_in_at seen_at ends_at",
    "situation_jurisdiction": "G22 department_code role starts_at ends_at",
    "subject_request": "G32 kind requester received_at identity_checked_at due_at extended_at extension_reason reported_at "
    "answered_at outcome decision",
    "data_breach": "G32 noticed_by began_at noticed_at recorded_at natures field_groups persons description consequences "
    "measures due_at notified_at notification_reference late_reason no_risk_reason informed_at not_informed_reason",
    "caller": "G06 name phone email relation anonymity consent_at lives_with_child",
    "repeat_candidate": "G37 state merged_as band weight agreeing disagreeing proposed_at decided_at reason",
    "concern_report": "G12 kind status urgency drafted_at validated_at sent_at acknowledged_at qualified_at concluded_at "
    "acknowledge_due_at evaluation_due_at return_due_at sender_answer_due_at due_at transmitter_code origin_code "
    "suggested_department_code; G13 conclusion; "
    "G11 summary_for_crip appraisal danger_types parents_informed parents_informed_reason",
    "disclosure": "G29 act field_groups purpose at",
    "exploitation_fact": "G18 form venue recruitment mode signs at",
    "listening_note": "G10 text at",
    "parental_holder": "G05 name contact authority_kind danger_if_informed",
    "problematic": "G16 kind value source at",
    "referral": "G23 ref kind status minor_agreement decline_reason drafted_at proposed_at answered_at released_at "
    "engaged_at ended_at; G02 age_band territory need_codes shared_kinds; G16 coded_problematics; "
    "G18 coded_forms coded_qualification",
    "sensitive_problematic": "G17 kind value source at",
    "sharing_grant": "G28 purpose field_groups justification state starts_at expires_at decided_at refusal revoked_at; "
    "G11 extract",
    "association_note": "G25 text at",
    "concern_return": "G13 conclusion codes decided_at received_at",
    "evaluation": "G12 notified_at due_at done_at; G21 exception_reason",
    "follow_up": "G23 status date recorded_at; G24 note_for_ase",
    "judicial_referral": "G14 at by copy_to_pcd_at; G15 motif_sig",
}


def _groups(text: str) -> dict[str, str]:
    return {name: part.split()[0] for part in text.split(";") for name in part.split()[1:]}


# Typed from domain.md, section 6: which group each column is of.
GROUP_OF_COLUMN: Mapping[str, Mapping[str, str]] = {table: _groups(text) for table, text in _DATA_MODEL.items()}

# Condition 17: what of the log and the accounts says nothing of a case or of what somebody did in one.
TECHNICAL = (
    "at event outcome trace_id organisation_id client_id audience hash name email status epoch sirets created_at role "
    "secrecy_basis state valid_from valid_to revoked_at url generation previous_until failures attempts next_at answer "
    "ended_at auth_method scopes grants accepted_acr dpop_bound bearer_for_persons legacy_aud jwks_uri last_call_at kid "
    "thumbprint not_before retired_at expires_at"
).split()
_TOOLS = {"oauth_client", "client_key", "client_secret"}
_WITH_TECHNICAL_COLUMNS = {
    "access_log",
    "member",
    "habilitation",
    "organisation",
    "webhook",
    "webhook_delivery",
} | _TOOLS
_SELF = {
    "situation": {"ref": "ref", "status": "status", "urgency": "urgency", "opened_at": "date", "closed_at": "date"},
    "referral": {
        name: name for name in "ref status kind decline_reason need_codes age_band territory shared_kinds".split()
    },
    "concern_report": {"status": "status", "urgency": "urgency"},
    "ase_link": {"service_contact": "service_contact", "state": "state"},
    "sharing_grant": {"extract": "extract"},
}
_DATED = {"referral", "concern_report", "evaluation"}
CONSULTATION = "PROFESSIONAL_CONSULTATION"


def aspect_of(table: str, column: str) -> str:
    """What a rule of the matrix takes the column for."""
    known = _SELF.get(table, {}).get(column)
    if known:
        return known
    if table == "follow_up" and column != "note_for_ase":
        return "follow_up"
    if table in _DATED and column.endswith("_at"):
        return "date"
    if table in _WITH_TECHNICAL_COLUMNS and column in TECHNICAL:
        return "technical"
    return "other"


@dataclass(frozen=True)
class Viewer:
    """One token: an audience as the oracle names it, an organisation, perhaps a member, and a purpose."""

    audience: str
    organisation: UUID
    member: UUID | None
    purpose: str | None


@dataclass
class World:
    """All rows of all tables, as the administrator reads them."""

    tables: dict[str, list[Raw]]
    now: datetime
    by_id: dict[UUID, Raw] = field(default_factory=dict)
    of_situation: dict[tuple[str, UUID], list[Raw]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, rows in self.tables.items():
            for row in rows:
                if "id" in row and isinstance(row["id"], UUID):
                    self.by_id[row["id"]] = row
                if row.get("situation_id"):
                    self.of_situation.setdefault((name, row["situation_id"]), []).append(row)

    def hanging(self, table: str, situation: UUID) -> list[Raw]:
        return self.of_situation.get((table, situation), [])

    @cached_property
    def habilitations(self) -> dict[UUID, list[Raw]]:
        found: dict[UUID, list[Raw]] = {}
        for row in self.tables["habilitation"]:
            found.setdefault(row["member_id"], []).append(row)
        return found

    @property
    def today(self) -> date:
        return self.now.date()

    def live_habilitations(self, member: UUID | None, organisation: UUID | None = None) -> list[Raw]:
        """Those that count now, of somebody who is still there."""
        if member is None or self.by_id[member]["status"] != "ACTIVE":
            return []
        return [
            row
            for row in self.habilitations.get(member, [])
            if row["state"] == "ACTIVE"
            and row["revoked_at"] is None
            and row["valid_from"] <= self.now < row["valid_to"]
            and organisation in {None, row["organisation_id"]}
        ]


async def read_world(admin_dsn: str, tables: Iterable[str], keyring: Keyring) -> World:
    """Everything, as it is; what is sealed in the clear."""
    connection = await asyncpg.connect(admin_dsn)
    try:
        rows: dict[str, list[Raw]] = {
            table: [dict(row) for row in await connection.fetch(f"SELECT * FROM {table}")] for table in tables
        }
        keys = {row["situation_id"]: key_of(keyring, row) for row in rows["situation_key"]}
        for table in SEALED:
            rows[table] = [opened(keys.get(row["situation_id"]), table, row) for row in rows[table]]
    finally:
        await connection.close()
    return World(rows, datetime.now(UTC))


# ---------------------------------------------------------------- facts


def _live_link(row: Raw) -> bool:
    return row["state"] in {"PROPOSED", "CONTACTED", "CONFIRMED"} and row["ended_at"] is None


def _live_measure(world: World, row: Raw) -> bool:
    return row["starts_on"] <= world.today and (row["ends_on"] is None or world.today <= row["ends_on"])


def _in_force(world: World, row: Raw) -> bool:
    return row["starts_at"] <= world.now and (row["ends_at"] is None or world.now < row["ends_at"])


def _authority(world: World, organisation: UUID) -> UUID | None:
    authority: UUID | None = world.by_id[organisation]["authority_id"]
    return authority


def _jurisdiction(world: World, situation: UUID, organisation: UUID) -> bool:
    authority = _authority(world, organisation)
    return any(
        row["authority_id"] == authority and _in_force(world, row)
        for row in world.hanging("situation_jurisdiction", situation)
    )


def _report_statuses(world: World, situation: UUID, organisation: UUID) -> frozenset[str]:
    authority = _authority(world, organisation)
    return frozenset(
        row["status"] for row in world.hanging("concern_report", situation) if row["to_authority_id"] == authority
    )


def _referral(row: Raw, viewer: Viewer) -> Referral:
    return Referral(
        kind=row["kind"],
        status=row["status"],
        to_my_org=row["to_org_id"] == viewer.organisation,
        assigned_to_me=viewer.member is not None and row["assigned_member_id"] == viewer.member,
        minor_agreement=row["minor_agreement"],
        shared_kinds=frozenset(row["shared_kinds"]),
    )


def _grant(world: World, row: Raw, viewer: Viewer) -> Grant:
    situation, sender = row["situation_id"], row["from_org_id"]
    kind = world.by_id[sender]["kind"]
    within = _jurisdiction(world, situation, sender)
    reported = within and bool(_report_statuses(world, situation, sender) & oracle.SENT_OR_LATER)
    habilitations = world.live_habilitations(row["from_member_id"], sender)
    duty = world.by_id[row["duty_id"]]
    return Grant(
        groups=frozenset(row["field_groups"]),
        purpose=row["purpose"],
        to_me=row["to_member_id"] == viewer.member and row["to_org_id"] == viewer.organisation,
        state="ACTIVE" if row["state"] == "ACTIVE" and row["revoked_at"] is None else "ENDED",
        within_dates=row["starts_at"] <= world.now < row["expires_at"],
        days=(row["expires_at"] - row["starts_at"]).days,
        approved_by_another=row["approved_by_id"] is not None and row["approved_by_id"] != row["from_member_id"],
        sender_active_and_secrecy_bound=any(one["secrecy_basis"] for one in habilitations),
        sender_org_involved=kind == "DLPM" or within,
        # Grants are requested by LIS and CRI (section 3); a CRI reaches the four groups under condition 1.
        sender_reach=oracle.GRANTABLE if kind == "DLPM" or (kind == "CRIP" and reported) else frozenset(),
        duty_done_or_waived=duty["duty"] == "SHARING" and duty["situation_id"] == situation,
        adult_without_measure=_adults(world, situation)
        and not any(_live_measure(world, one) for one in world.hanging("measure", situation)),
    )


def _adults(world: World, situation: UUID) -> bool:
    minors = world.hanging("minor", situation)
    return bool(minors) and all(_adult(world, minor) for minor in minors)


def _adult(world: World, minor: Raw) -> bool:
    born = minor["birth_date"]
    if born is None:
        return bool(minor["age_band"] == "A18_20")
    return bool((world.today.year - born.year, world.today.month, world.today.day) >= (18, born.month, born.day))


def _openings(world: World, situation: UUID, viewer: Viewer) -> list[Raw]:
    return [
        row
        for row in world.hanging("emergency_access", situation)
        if viewer.member is not None
        and row["member_id"] == viewer.member
        and row["opened_at"] is not None
        and row["opened_at"] <= world.now < row["expires_at"]
        and row["approved_by_id"] not in {None, viewer.member}
    ]


def _roles(world: World, member: UUID, organisation: UUID | None = None) -> set[str]:
    return {row["role"] for row in world.live_habilitations(member, organisation)}


def _break_glass(world: World, situation: UUID, viewer: Viewer) -> BreakGlass | None:
    if viewer.audience != "DPO":
        return None  # ruling J
    groups: set[str] = set()
    for row in _openings(world, situation, viewer):
        approver = row["approved_by_id"]
        second = "SUP" in _roles(world, approver) or _roles(world, approver, viewer.organisation) & {"CRI", "COO"}
        if second and row["reason_code"] in {"COMPLAINT", "SUBJECT_REQUEST", "REQUISITION"}:
            groups |= set(row["field_groups"])
    return BreakGlass(frozenset(groups), "COMPLAINT", second_person=True) if groups else None


def _two_persons(world: World, situation: UUID, viewer: Viewer, caller: UUID) -> TwoPersonApproval | None:
    named = {
        row["caller_id"]
        for row in _openings(world, situation, viewer)
        if "G06" in row["field_groups"] and "SUP" in _roles(world, row["approved_by_id"])
    }
    return TwoPersonApproval(this_caller=caller in named) if named else None  # ruling I


def facts_of(world: World, viewer: Viewer, situation: UUID) -> Facts:
    """What relates the viewer to the situation."""
    own = world.by_id[viewer.organisation]
    case = world.by_id[situation]
    me = viewer.member
    links = [row for row in world.hanging("ase_link", situation) if _live_link(row)]
    measures = [row for row in world.hanging("measure", situation) if _live_measure(world, row)]
    habilitations = world.live_habilitations(me, viewer.organisation)
    return Facts(
        org_kind=own["kind"],
        mandate_kind=own["mandate_kind"],
        habilitation_active=me is None or bool(habilitations),
        secrecy_bound=any(row["secrecy_basis"] for row in habilitations),
        purpose=viewer.purpose,
        live_jurisdiction=own["authority_id"] is not None and _jurisdiction(world, situation, viewer.organisation),
        report_statuses=_report_statuses(world, situation, viewer.organisation) if own["authority_id"] else frozenset(),
        caseworker=me is not None and any(row["caseworker_id"] == me for row in (*links, *measures)),
        ase_link_of_my_org=any(row["ase_org_id"] == viewer.organisation for row in links),
        measure_names_my_org=any(row["organisation_id"] == viewer.organisation for row in measures),
        assigned_to_me=me is not None and case["assigned_member_id"] == me,
        took_contact=me is not None and any(row["taken_by_id"] == me for row in world.hanging("contact", situation)),
        referrals=tuple(_referral(row, viewer) for row in world.hanging("referral", situation)),
        grants=tuple(_grant(world, row, viewer) for row in world.hanging("sharing_grant", situation)),
        break_glass=_break_glass(world, situation, viewer),
        situation_closed=case["status"] == "CLOSED",
        retention=case["retention_state"],
    )


# ---------------------------------------------------------------- what a viewer sees

_OWNER = (
    "controller_org_id",  # of an access: the owner of the case that was read
    "from_org_id",
    "organisation_id",
)
_OF_AUTHORITY = {"evaluation", "concern_return", "judicial_referral", "measure"}


@dataclass
class Sight:
    """What one viewer sees of a world, by the oracle and the rulings."""

    world: World
    viewer: Viewer
    _facts: dict[UUID, Facts] = field(default_factory=dict)
    _known: dict[tuple[int, str, str, str], bool] = field(default_factory=dict)

    @property
    def audience(self) -> str:
        return self.viewer.audience

    @cached_property
    def kind(self) -> str:
        kind: str = self.world.by_id[self.viewer.organisation]["kind"]
        return kind

    @cached_property
    def outside_the_119(self) -> bool:
        return self.kind != "DLPM"

    def facts(self, situation: UUID) -> Facts:
        if situation not in self._facts:
            self._facts[situation] = facts_of(self.world, self.viewer, situation)
        return self._facts[situation]

    def _situation(self, table: str, row: Raw) -> UUID | None:
        found: UUID | None = row["id"] if table == "situation" else row.get("situation_id")
        return None if table in {"subject_request", "legal_hold"} else found

    def _facts_for(self, table: str, row: Raw) -> Facts:
        situation = self._situation(table, row)
        if situation is None:
            own = self.world.by_id[self.viewer.organisation]
            return Facts(org_kind=own["kind"], mandate_kind=own["mandate_kind"], purpose=self.viewer.purpose)
        facts = self.facts(situation)
        if table == "caller":
            return replace(facts, two_persons=_two_persons(self.world, situation, self.viewer, row["id"]))
        minor = row["id"] if table == "minor" else row.get("minor_id")
        if self.audience != "ASM" or minor is None:
            return facts
        # Ruling E.
        rows = [one for one in self.world.hanging("referral", situation) if one["minor_id"] == minor]
        return replace(facts, referrals=tuple(_referral(one, self.viewer) for one in rows))

    def _controlled(self, table: str, row: Raw, column: str) -> bool:
        mine = self.viewer.organisation
        if table == "concern_report" and column == "conclusion":
            return bool(row["to_authority_id"] == _authority(self.world, mine))  # it concluded
        if table == "organisation":
            return bool(row["id"] == mine)
        if table == "survey_campaign":
            return True  # ruling L
        if table == "information_duty":
            return row["by_id"] is not None and self.world.by_id[row["by_id"]]["organisation_id"] == mine
        if table in _OF_AUTHORITY and row["authority_id"] == _authority(self.world, mine):
            return True
        return any(row.get(name) == mine for name in _OWNER)

    def _of_my_grant(self, table: str, row: Raw) -> bool:
        """Ruling K."""
        situation = self._situation(table, row)
        if situation is None or table not in {"sharing_grant", "disclosure"}:
            return False
        facts = self.facts(situation)
        grants = [
            one
            for one, grant in zip(self.world.hanging("sharing_grant", situation), facts.grants, strict=True)
            if grant.groups and oracle.grant_lives(self.audience, facts, grant)
        ]
        if table == "sharing_grant":
            return any(one["id"] == row["id"] for one in grants)
        return any(one["duty_id"] == row["duty_id"] and row["to_org_id"] == self.viewer.organisation for one in grants)

    def _oracle_row(self, table: str, row: Raw, column: str) -> OracleRow:
        world, by_id = self.world, self.world.by_id
        referral = row if table == "referral" else by_id.get(row.get("referral_id"))  # type: ignore[arg-type]
        report = row if table == "concern_report" else by_id.get(row.get("report_id"))  # type: ignore[arg-type]
        caller = row if table == "caller" else None
        if table == "contact":
            caller = next(
                (one for one in world.hanging("caller", row["situation_id"]) if one["contact_id"] == row["id"]), None
            )
        contact = row if table == "contact" else by_id.get(row.get("contact_id"))  # type: ignore[arg-type]
        return OracleRow(
            aspect=aspect_of(table, column),
            controlled_by_my_org=self._controlled(table, row, column),
            referral=_referral(referral, self.viewer) if referral is not None else None,
            report=None
            if report is None
            else Report(report["to_authority_id"] == _authority(world, self.viewer.organisation), report["status"]),
            recorded_by_me=self.viewer.member is not None and row.get("recorded_by_id") == self.viewer.member,
            copied_into_referral=table == "referral"
            and column in GROUP_OF_COLUMN["referral"]
            and GROUP_OF_COLUMN["referral"][column] != "G23",
            problematic=row.get("kind", "") if table in {"problematic", "sensitive_problematic"} else "",
            caller_anonymity=caller["anonymity"] if caller else "ANONYMOUS",
            contact_taken_by_me=contact is not None and contact["taken_by_id"] == self.viewer.member,
            of_my_grant=self._of_my_grant(table, row),
            card_visibility=row.get("visibility") if table == "resource_card" else None,
        )

    # ------------------------------------------------ rulings

    def _ruled_out(self, table: str, row: Raw) -> bool:
        """Whether a ruling hides the row that the matrix alone would show."""
        situation = self._situation(table, row)
        department = self.audience in {"CRI", "ASE", "COO", "DPO", "CLIENT:CRIP", "CLIENT:ASE"} and self.outside_the_119
        authority = _authority(self.world, self.viewer.organisation)
        if table == "live_danger":
            return bool(row["until"] <= self.world.now)
        if table == "repeat_candidate":
            return not self.sees("situation", self.world.by_id[row["for_situation_id"]])
        if table in {"contact", "caller"} and self.audience in {"CRI", "CLIENT:CRIP"}:
            contact = row["id"] if table == "contact" else row["contact_id"]
            assert situation
            return not any(
                one["origin_contact_id"] == contact and self.sees("concern_report", one)
                for one in self.world.hanging("concern_report", situation)
            )
        if table in {"evaluation", "concern_return", "judicial_referral"} and department:
            report = self.world.by_id.get(row["report_id"])
            known = report and report["to_authority_id"] == authority and report["status"] in oracle.SENT_OR_LATER
            return row["authority_id"] != authority or not known
        if table == "department_transfer" and self.audience in {"CRI", "ASE"}:
            return authority not in {row["origin_authority_id"], row["destination_authority_id"]}
        if self.audience == "ASM" and table in {"sharing_grant", "disclosure"}:
            return not self._of_my_grant(table, row)
        if table == "emergency_access" and self.audience in {"CRI", "ASE", "ASM"}:
            # Ruling N.
            return self.audience == "ASM" or not self._controlled(table, row, "")
        if table in {"situation", "minor"} and self.kind in {"ASSOCIATION", "FOYER"}:
            return self.audience in {"COO", "DPO"} or self.audience.startswith("CLIENT:")
        return False

    def _by_referral_only(self, table: str, row: Raw) -> bool:
        """A row of a referral that the viewer may not know of."""
        if table not in {"referral", "follow_up", "association_note"} or self.audience == "DPO":
            return False
        shown = self._oracle_row(table, row, "").referral
        situation = self._situation(table, row)
        assert shown and situation
        return not oracle.may_see_referral(self.audience, self.facts(situation), shown)

    # ------------------------------------------------ answers

    def shows(self, table: str, row: Raw, column: str) -> bool:
        """Whether the cell's value is shown, the row being there."""
        group = GROUP_OF_COLUMN[table][column]
        # Columns of one group and aspect share their answer, but for the two that a rule names.
        key = (id(row), group, aspect_of(table, column), column if column in {"extract", "conclusion"} else "")
        if key not in self._known:
            self._known[key] = self._shows(table, row, column, group)
        return self._known[key]

    def _shows(self, table: str, row: Raw, column: str, group: str) -> bool:
        asked = self._oracle_row(table, row, column)
        if self.audience == "ASM" and table == "referral" and group in {"G16", "G18"}:
            return False  # ruling H
        if self.audience == "ASM" and column == "extract" and "G11" not in row["field_groups"]:
            return False  # ruling K
        if table == "resource_card" and self.kind == "DLPM" and oracle.may_exist(self.audience, group):
            return True  # ruling M
        return oracle.may_read(self.audience, group, self._facts_for(table, row), asked)

    def sees(self, table: str, row: Raw) -> bool:
        """Whether the row exists for the viewer."""
        if not any(oracle.may_exist(self.audience, group) for group in GROUP_OF_COLUMN[table].values()):
            return False
        if self._ruled_out(table, row) or self._by_referral_only(table, row):
            return False
        columns = GROUP_OF_COLUMN[table].items()
        if any(self.shows(table, row, column) for column, _ in columns):
            return True
        return any(self._openable(table, row, column, group) for column, group in columns)

    def _openable(self, table: str, row: Raw, column: str, group: str) -> bool:
        if self.audience != "DPO" or 4 not in oracle.MATRIX[group, "DPO"].conditions:
            return False
        # Columns of one group share their answer here too, but for what a rule names.
        key = (id(row), group, aspect_of(table, column), f"opened {column if column == 'conclusion' else ''}")
        if key not in self._known:
            self._known[key] = self._if_opened(table, row, column, group)
        return self._known[key]

    def _if_opened(self, table: str, row: Raw, column: str, group: str) -> bool:
        # Ruling A: what break-glass could open is there.
        opened = BreakGlass(frozenset({group}), "COMPLAINT", second_person=True)
        facts = replace(self._facts_for(table, row), break_glass=opened)
        return oracle.may_read(self.audience, group, facts, self._oracle_row(table, row, column))

    def reason(self, table: str, row: Raw, column: str) -> str | None:
        """What `withheld` says of a cell that is not shown on a row that is."""
        group = GROUP_OF_COLUMN[table][column]
        if self.audience == "ASM" and column == "extract":
            return "NEEDS_GRANT"  # of the row's own grant, where the oracle knows of any
        return oracle.withheld_reason(
            self.audience, group, self._facts_for(table, row), self._oracle_row(table, row, column)
        )
