"""The public types: one class per noun of the API, described, without resolvers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from schema.types.contact import Caller, Contact, ListeningNote
from schema.types.control import DataBreach, SubjectRequest
from schema.types.directory import Authority, AuthorityDepartment, Department, Organisation, ResourceCard
from schema.types.journal import Access, AccessRecord
from schema.types.observation import (
    AllegedPerpetrator,
    ExploitationFact,
    LiveDanger,
    ProblematicObservation,
    SensitiveObservation,
)
from schema.types.people import Habilitation, Member
from schema.types.protection import AseLink, DepartmentTransfer, DlpmAction, Measure
from schema.types.referral import AssociationNote, FollowUp, Referral
from schema.types.repeat import RepeatCandidate
from schema.types.report import ConcernReport, ConcernReturn, Evaluation, JudicialReferral
from schema.types.sharing import (
    Disclosure,
    EmergencyAccess,
    InformationDuty,
    LegalHold,
    RetentionJob,
    SharingGrant,
)
from schema.types.situation import Jurisdiction, Minor, ParentalHolder, Situation
from schema.types.surveys import (
    Actor,
    AwarenessEvent,
    PodcastEpisode,
    SurveyCampaign,
    SurveyResponse,
    WorkingSession,
    WorkingSessionActor,
)
from schema.types.tools import Tool, ToolKey, ToolSecret
from schema.types.webhook import Webhook, WebhookDelivery

TYPES: Mapping[str, type[Any]] = MappingProxyType(
    {
        "Department": Department,
        "Authority": Authority,
        "AuthorityDepartment": AuthorityDepartment,
        "Organisation": Organisation,
        "ResourceCard": ResourceCard,
        "Member": Member,
        "Habilitation": Habilitation,
        "Tool": Tool,
        "ToolKey": ToolKey,
        "ToolSecret": ToolSecret,
        "Webhook": Webhook,
        "WebhookDelivery": WebhookDelivery,
        "Situation": Situation,
        "Jurisdiction": Jurisdiction,
        "Minor": Minor,
        "ParentalHolder": ParentalHolder,
        "Contact": Contact,
        "Caller": Caller,
        "ListeningNote": ListeningNote,
        "RepeatCandidate": RepeatCandidate,
        "ConcernReport": ConcernReport,
        "Evaluation": Evaluation,
        "ConcernReturn": ConcernReturn,
        "JudicialReferral": JudicialReferral,
        "ProblematicObservation": ProblematicObservation,
        "SensitiveObservation": SensitiveObservation,
        "ExploitationFact": ExploitationFact,
        "LiveDanger": LiveDanger,
        "AllegedPerpetrator": AllegedPerpetrator,
        "AseLink": AseLink,
        "Measure": Measure,
        "DlpmAction": DlpmAction,
        "DepartmentTransfer": DepartmentTransfer,
        "Referral": Referral,
        "FollowUp": FollowUp,
        "AssociationNote": AssociationNote,
        "InformationDuty": InformationDuty,
        "SharingGrant": SharingGrant,
        "Disclosure": Disclosure,
        "EmergencyAccess": EmergencyAccess,
        "SubjectRequest": SubjectRequest,
        "DataBreach": DataBreach,
        "RetentionJob": RetentionJob,
        "LegalHold": LegalHold,
        "SurveyCampaign": SurveyCampaign,
        "SurveyResponse": SurveyResponse,
        "Actor": Actor,
        "WorkingSession": WorkingSession,
        "WorkingSessionActor": WorkingSessionActor,
        "AwarenessEvent": AwarenessEvent,
        "PodcastEpisode": PodcastEpisode,
        "AccessRecord": AccessRecord,
        "Access": Access,
    }
)
"""Noun -> class."""
