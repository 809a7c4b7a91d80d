"""One tuple per table: the fields are the columns, in the order in which they are copied to PostgreSQL."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

Words = Sequence[str]


class Organisation(NamedTuple):
    """A row of `organisation`."""

    id: UUID
    name: str
    kind: str
    authority_id: UUID | None = None
    mandate_kind: str | None = None
    convention_ref: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    territories: Words = ()
    sirets: Words = ()


class Member(NamedTuple):
    """A row of `member`."""

    id: UUID
    organisation_id: UUID
    name: str
    email: str
    created_at: datetime


class Habilitation(NamedTuple):
    """A row of `habilitation`."""

    id: UUID
    member_id: UUID
    organisation_id: UUID
    role: str
    secrecy_basis: str | None
    state: str
    granted_by_id: UUID | None
    valid_from: datetime
    valid_to: datetime
    revoked_at: datetime | None = None


class ResourceCard(NamedTuple):
    """A row of `resource_card`."""

    id: UUID
    organisation_id: UUID
    title: str
    description: str
    territories: Words
    audiences: Words
    visibility: str
    verified_at: datetime


class Situation(NamedTuple):
    """A row of `situation`."""

    id: UUID
    ref: str
    controller_org_id: UUID
    assigned_member_id: UUID
    opened_at: datetime
    closed_at: datetime | None
    status: str
    urgency: str
    retention_state: str
    qualification: str
    known_to_cp: str
    known_source: str


class Jurisdiction(NamedTuple):
    """A row of `situation_jurisdiction`."""

    id: UUID
    situation_id: UUID
    department_code: str
    authority_id: UUID
    role: str
    starts_at: datetime
    ends_at: datetime | None = None


class Minor(NamedTuple):
    """A row of `minor`."""

    id: UUID
    situation_id: UUID
    age_band: str
    first_name: str | None
    gender: str
    age: int | None
    age_precision: str
    safe_channel: str | None
    safe_hours: str | None
    language: str | None
    last_name: str | None
    birth_date: date | None
    address: str | None
    phone: str | None
    handles: Words
    school: str | None


class MinorKey(NamedTuple):
    """A row of `minor_key`."""

    minor_id: UUID
    situation_id: UUID
    minimal_keys: Words
    identity_keys: Words


class ParentalHolder(NamedTuple):
    """A row of `parental_holder`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    name: str | None
    contact: str | None
    authority_kind: str
    danger_if_informed: str


class Contact(NamedTuple):
    """A row of `contact`."""

    id: UUID
    situation_id: UUID
    controller_org_id: UUID
    taken_by_id: UUID
    at: datetime
    channel: str
    direction: str
    outcome: str
    caller_category: str
    caller_category_public: str


class SituationKey(NamedTuple):
    """A row of `situation_key`."""

    id: UUID
    situation_id: UUID
    wrapped: bytes
    kek_version: int


class Caller(NamedTuple):
    """A row of `caller`."""

    id: UUID
    contact_id: UUID
    situation_id: UUID
    controller_org_id: UUID
    name: str | None
    phone: str | None
    email: str | None
    relation: str | None
    anonymity: str
    consent_at: datetime | None
    lives_with_child: str


class ListeningNote(NamedTuple):
    """A row of `listening_note`."""

    id: UUID
    contact_id: UUID
    situation_id: UUID
    author_id: UUID
    text: str
    at: datetime


class Observation(NamedTuple):
    """A row of `problematic`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    kind: str
    value: str
    source: str
    at: datetime


class SensitiveObservation(NamedTuple):
    """A row of `sensitive_problematic`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    kind: str
    value: str
    source: str
    at: datetime


class ExploitationFact(NamedTuple):
    """A row of `exploitation_fact`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    form: str
    venue: str
    recruitment: str
    mode: str
    signs: Words
    at: datetime


class LiveDanger(NamedTuple):
    """A row of `live_danger`."""

    id: UUID
    situation_id: UUID
    place: str
    ad_url: str | None
    until: datetime
    at: datetime


class AllegedPerpetrator(NamedTuple):
    """A row of `alleged_perpetrator`."""

    id: UUID
    situation_id: UUID
    identifiers: Words
    relation: str


class Report(NamedTuple):
    """A row of `concern_report`."""

    id: UUID
    situation_id: UUID
    minor_id: UUID
    origin_contact_id: UUID
    controller_org_id: UUID
    to_authority_id: UUID
    complements_report_id: UUID | None
    validated_by_id: UUID | None
    kind: str
    status: str
    urgency: str
    drafted_at: datetime
    validated_at: datetime | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    qualified_at: datetime | None
    concluded_at: datetime | None
    conclusion: str | None
    acknowledge_due_at: datetime | None
    evaluation_due_at: datetime | None
    return_due_at: datetime | None
    due_at: datetime | None
    origin_code: str
    summary_for_crip: str
    appraisal: str
    danger_types: Words
    parents_informed: str
    parents_informed_reason: str | None


class Evaluation(NamedTuple):
    """A row of `evaluation`."""

    id: UUID
    situation_id: UUID
    report_id: UUID
    authority_id: UUID
    notified_at: datetime
    due_at: datetime
    done_at: datetime | None


class ConcernReturn(NamedTuple):
    """A row of `concern_return`."""

    id: UUID
    situation_id: UUID
    report_id: UUID
    authority_id: UUID
    conclusion: str
    codes: Words
    decided_at: datetime
    received_at: datetime


class JudicialReferral(NamedTuple):
    """A row of `judicial_referral`."""

    id: UUID
    situation_id: UUID
    report_id: UUID
    authority_id: UUID
    at: datetime
    by: str
    copy_to_pcd_at: datetime | None
    motif_sig: str


class AseLink(NamedTuple):
    """A row of `ase_link`."""

    id: UUID
    situation_id: UUID
    ase_org_id: UUID
    caseworker_id: UUID | None
    service_contact: str
    state: str
    proposed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


class Measure(NamedTuple):
    """A row of `measure`."""

    id: UUID
    situation_id: UUID
    authority_id: UUID
    organisation_id: UUID | None
    caseworker_id: UUID
    decision: str
    nature: str
    starts_on: date
    ends_on: date | None
    caseworker: str


class Action(NamedTuple):
    """A row of `dlpm_action`."""

    id: UUID
    situation_id: UUID
    target_org_id: UUID | None
    kind: str
    at: datetime


class Transfer(NamedTuple):
    """A row of `department_transfer`."""

    id: UUID
    situation_id: UUID
    origin_authority_id: UUID
    destination_authority_id: UUID | None
    department_code: str | None
    regime: str
    state: str
    requested_at: datetime
    duty_at: datetime | None
    sent_at: datetime | None
    received_at: datetime | None
    closed_at: datetime | None
    duty: str | None
    address_lost_at: datetime | None
    window_ends_at: datetime | None


class Referral(NamedTuple):
    """A row of `referral`."""

    id: UUID
    ref: str
    situation_id: UUID
    minor_id: UUID
    controller_org_id: UUID
    to_org_id: UUID
    assigned_member_id: UUID | None
    kind: str
    status: str
    minor_agreement: str
    decline_reason: str | None
    drafted_at: datetime
    proposed_at: datetime | None
    answered_at: datetime | None
    released_at: datetime | None
    engaged_at: datetime | None
    ended_at: datetime | None
    age_band: str
    territory: str
    need_codes: Words
    shared_kinds: Words
    coded_problematics: Words
    coded_forms: Words
    coded_qualification: str | None


class FollowUp(NamedTuple):
    """A row of `follow_up`."""

    id: UUID
    referral_id: UUID
    situation_id: UUID
    organisation_id: UUID
    recorded_by_id: UUID
    status: str
    date: date
    recorded_at: datetime
    note_for_ase: str | None


class AssociationNote(NamedTuple):
    """A row of `association_note`."""

    id: UUID
    referral_id: UUID
    situation_id: UUID
    organisation_id: UUID
    author_id: UUID
    text: str
    at: datetime


class InformationDuty(NamedTuple):
    """A row of `information_duty`."""

    id: UUID
    situation_id: UUID
    by_id: UUID
    duty: str
    person: str
    done_at: datetime | None
    waiver: str | None
    reason: str | None
    recorded_at: datetime


class SharingGrant(NamedTuple):
    """A row of `sharing_grant`."""

    id: UUID
    situation_id: UUID
    from_member_id: UUID
    from_org_id: UUID
    to_member_id: UUID
    to_org_id: UUID
    duty_id: UUID
    approved_by_id: UUID | None
    revoked_by_id: UUID | None
    purpose: str
    field_groups: Words
    extract: str | None
    justification: str
    state: str
    starts_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Disclosure(NamedTuple):
    """A row of `disclosure`."""

    id: UUID
    situation_id: UUID
    from_org_id: UUID
    to_org_id: UUID | None
    to_authority_id: UUID | None
    duty_id: UUID | None
    act: str
    field_groups: Words
    purpose: str
    at: datetime


class SurveyCampaign(NamedTuple):
    """A row of `survey_campaign`."""

    id: UUID
    target: str
    title: str
    opened_on: date
    closed_on: date


class SurveyResponse(NamedTuple):
    """A row of `survey_response`."""

    id: UUID
    campaign_id: UUID
    organisation_id: UUID | None
    department_code: str
    confronted: str
    needs: str
    resources: str
    answered_at: datetime


class Actor(NamedTuple):
    """A row of `actor`."""

    id: UUID
    name: str


class WorkingSession(NamedTuple):
    """A row of `working_session`."""

    id: UUID
    held_on: date
    subject: str


class WorkingSessionActor(NamedTuple):
    """A row of `working_session_actor`."""

    session_id: UUID
    actor_id: UUID


class AwarenessEvent(NamedTuple):
    """A row of `awareness_event`."""

    id: UUID
    held_on: date
    title: str
    participants: int


class PodcastEpisode(NamedTuple):
    """A row of `podcast_episode`."""

    id: UUID
    number: int
    title: str
    published_on: date


# Parents before children: the same order serves a load that checks foreign keys.
TABLES: dict[type[Any], str] = {
    Organisation: "organisation",
    Member: "member",
    Habilitation: "habilitation",
    ResourceCard: "resource_card",
    SurveyCampaign: "survey_campaign",
    SurveyResponse: "survey_response",
    Actor: "actor",
    WorkingSession: "working_session",
    WorkingSessionActor: "working_session_actor",
    AwarenessEvent: "awareness_event",
    PodcastEpisode: "podcast_episode",
    Situation: "situation",
    Jurisdiction: "situation_jurisdiction",
    Minor: "minor",
    MinorKey: "minor_key",
    ParentalHolder: "parental_holder",
    Contact: "contact",
    SituationKey: "situation_key",
    Caller: "caller",
    ListeningNote: "listening_note",
    Observation: "problematic",
    SensitiveObservation: "sensitive_problematic",
    ExploitationFact: "exploitation_fact",
    LiveDanger: "live_danger",
    AllegedPerpetrator: "alleged_perpetrator",
    Report: "concern_report",
    Evaluation: "evaluation",
    ConcernReturn: "concern_return",
    JudicialReferral: "judicial_referral",
    AseLink: "ase_link",
    Measure: "measure",
    Action: "dlpm_action",
    Transfer: "department_transfer",
    Referral: "referral",
    FollowUp: "follow_up",
    AssociationNote: "association_note",
    InformationDuty: "information_duty",
    SharingGrant: "sharing_grant",
    Disclosure: "disclosure",
}


class Batch:
    """Rows waiting to be copied, by table."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: dict[type[Any], list[Any]] = {kind: [] for kind in TABLES}

    def add(self, row: Any) -> None:
        self.rows[type(row)].append(row)

    def extend(self, other: "Batch") -> None:
        for kind, rows in other.rows.items():
            self.rows[kind].extend(rows)

    def __len__(self) -> int:
        return sum(len(rows) for rows in self.rows.values())
