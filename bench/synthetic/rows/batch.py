"""Every kind of row with its table, and rows that wait to be copied."""

from typing import Any

from bench.synthetic.rows.contact import Caller, Contact, ListeningNote
from bench.synthetic.rows.directory import Habilitation, Member, Organisation, ResourceCard
from bench.synthetic.rows.network_life import (
    Actor,
    AwarenessEvent,
    PodcastEpisode,
    SurveyCampaign,
    SurveyResponse,
    WorkingSession,
    WorkingSessionActor,
)
from bench.synthetic.rows.observation import (
    AllegedPerpetrator,
    ExploitationFact,
    LiveDanger,
    Observation,
    SensitiveObservation,
)
from bench.synthetic.rows.protection import Action, AseLink, Measure, Transfer
from bench.synthetic.rows.referral import AssociationNote, FollowUp, Referral
from bench.synthetic.rows.report import ConcernReturn, Evaluation, JudicialReferral, Report
from bench.synthetic.rows.sharing import Disclosure, InformationDuty, SharingGrant
from bench.synthetic.rows.situation import Jurisdiction, Minor, MinorKey, ParentalHolder, Situation, SituationKey

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
