"""The root of every question: one list per noun, nodes by id, and the caller."""

from collections.abc import Mapping
from types import MappingProxyType

import strawberry

from schema.types.change import Changes
from schema.types.contact import Contact, ContactFilter, ContactOrder
from schema.types.control import DataBreach, DataBreachOrder, SubjectRequest, SubjectRequestFilter, SubjectRequestOrder
from schema.types.deadline import Deadline, DeadlineFilter
from schema.types.described import public_type
from schema.types.directory import (
    Authority,
    AuthorityFilter,
    AuthorityOrder,
    Department,
    DepartmentOrder,
    Organisation,
    OrganisationFilter,
    OrganisationOrder,
    ResourceCard,
    ResourceCardFilter,
    ResourceCardOrder,
)
from schema.types.journal import (
    Access,
    AccessFilter,
    AccessOrder,
    AccessRecord,
    AccessRecordFilter,
    AccessRecordOrder,
)
from schema.types.monitoring import MonitoringPeriod, NationalMonitoring, PeriodInput
from schema.types.node import Connection, Node, argument, field_with, page, page_of
from schema.types.own_monitoring import AuthorityMonitoring
from schema.types.people import Habilitation, HabilitationFilter, HabilitationOrder, Member, MemberFilter, MemberOrder
from schema.types.protection import (
    AseLink,
    AseLinkFilter,
    AseLinkOrder,
    DepartmentTransfer,
    DepartmentTransferFilter,
    DepartmentTransferOrder,
    Measure,
    MeasureOrder,
)
from schema.types.referral import FollowUp, FollowUpFilter, FollowUpOrder, Referral, ReferralFilter, ReferralOrder
from schema.types.repeat import RepeatCandidate, RepeatCandidateFilter, RepeatCandidateOrder
from schema.types.report import ConcernReport, ConcernReportFilter, ConcernReportOrder
from schema.types.sharing import (
    Disclosure,
    DisclosureOrder,
    EmergencyAccess,
    EmergencyAccessFilter,
    EmergencyAccessOrder,
    LegalHold,
    LegalHoldOrder,
    RetentionJob,
    RetentionJobOrder,
    SharingGrant,
    SharingGrantFilter,
    SharingGrantOrder,
)
from schema.types.situation import Minor, MinorFilter, MinorOrder, Situation, SituationFilter, SituationOrder
from schema.types.surveys import (
    AwarenessEvent,
    AwarenessEventOrder,
    PodcastEpisode,
    PodcastEpisodeOrder,
    SurveyCampaign,
    SurveyCampaignFilter,
    SurveyCampaignOrder,
    SurveyResponse,
    SurveyResponseOrder,
    WorkingSession,
    WorkingSessionOrder,
)
from schema.types.tools import Tool, ToolFilter, ToolOrder
from schema.types.viewer import Viewer
from schema.types.webhook import (
    Webhook,
    WebhookDelivery,
    WebhookDeliveryFilter,
    WebhookDeliveryOrder,
    WebhookFilter,
    WebhookOrder,
)
from schema.types.yearly import YearlyReport


@public_type
class Query:
    """What can be asked; every answer holds only what the caller may see at this moment."""

    viewer: Viewer = strawberry.field(description="The caller as the service knows it.")
    node: Node | None = field_with(
        "One node by its id; null when it does not exist or is out of the caller's reach.",
        argument("id", strawberry.ID, "Id of the node."),
    )
    nodes: list[Node | None] = field_with(
        "Nodes by their ids, in the order asked for, each null when it does not exist or is out of the caller's reach.",
        argument("ids", list[strawberry.ID], "Ids of the nodes, at most 100."),
    )
    opened_case: Situation | None = field_with(
        "The one case that an exceptional access has opened to the caller, by its receipt; null where it opens nothing.",
        argument("receipt", strawberry.ID, "Receipt of the exceptional access."),
    )
    national_monitoring: NationalMonitoring = field_with(
        "The figures of the yearly report for a fixed period, as aggregates only.",
        argument("period", PeriodInput, "A year, a quarter or a month."),
    )
    authority_monitoring: AuthorityMonitoring = field_with(
        "The figures of the caller's own authority for a fixed period, as aggregates only.",
        argument("period", PeriodInput, "A year, a quarter or a month."),
    )
    monitoring_periods: list[MonitoringPeriod] = strawberry.field(
        description="The years for which there are figures, the newest first; each has four quarters and twelve months."
    )
    yearly_reports: list[YearlyReport] = field_with(
        "The report of a year in its versions, the newest first: for the DLPM its draft while none is frozen, for others what is published.",
        argument("year", int, "The year, by the year it begins in."),
    )
    deadlines: Connection[Deadline] = field_with(
        "The clocks that run on what the caller may see, soonest first; `totalCount` counts to 1000 and no further.",
        argument("filter", DeadlineFilter | None, "Conditions that all have to be met."),
        argument("first", int | None, "How many, from 0 to 100."),
        argument("after", str | None, "Start after this cursor."),
    )
    changes: Changes = field_with(
        "The delta feed of the organisation: what changed in its view since a cursor, and what left it; nothing twice, nothing missed.",
        argument("since", str | None, "The cursor of the last answer; without it, everything that is in view."),
        argument("first", int, "How many changes at most, from 1 to 100.", 100),
    )
    situations: Connection[Situation] = page(
        "The situations within the caller's reach.", SituationOrder.OPENED_AT_NEWEST, SituationFilter
    )
    minors: Connection[Minor] = page(
        "The minors of the situations within the caller's reach.", MinorOrder.ID, MinorFilter
    )
    contacts: Connection[Contact] = page("The contacts with the 119.", ContactOrder.AT_NEWEST, ContactFilter)
    repeat_candidates: Connection[RepeatCandidate] = page_of(
        "The DLPM's own situations that may concern the same minor as one of them.",
        RepeatCandidateOrder.STRONGEST,
        RepeatCandidateFilter,
    )
    concern_reports: Connection[ConcernReport] = page(
        "The concern reports within the caller's reach: for a CRIP, its inbox.",
        ConcernReportOrder.SENT_NEWEST,
        ConcernReportFilter,
    )
    ase_links: Connection[AseLink] = page(
        "The links with ASE services.", AseLinkOrder.PROPOSED_AT_NEWEST, AseLinkFilter
    )
    measures: Connection[Measure] = page("The protection measures.", MeasureOrder.STARTS_ON_NEWEST)
    referrals: Connection[Referral] = page(
        "The orientations within the caller's reach: for an association, those proposed to it.",
        ReferralOrder.PROPOSED_NEWEST,
        ReferralFilter,
    )
    follow_ups: Connection[FollowUp] = page(
        "The follow-ups of the orientations within the caller's reach.",
        FollowUpOrder.RECORDED_AT_NEWEST,
        FollowUpFilter,
    )
    transfers: Connection[DepartmentTransfer] = page(
        "The transfers between departments.", DepartmentTransferOrder.REQUESTED_AT_NEWEST, DepartmentTransferFilter
    )
    sharing_grants: Connection[SharingGrant] = page(
        "The sharings that the caller's role may see.", SharingGrantOrder.STARTS_AT_NEWEST, SharingGrantFilter
    )
    disclosures: Connection[Disclosure] = page("The disclosure ledger.", DisclosureOrder.AT_NEWEST)
    emergency_accesses: Connection[EmergencyAccess] = page(
        "The exceptional accesses to cases: of one's own cases as a notice, of others for review.",
        EmergencyAccessOrder.REQUESTED_AT_NEWEST,
        EmergencyAccessFilter,
    )
    departments: Connection[Department] = page("The departments.", DepartmentOrder.CODE_ASCENDING)
    authorities: Connection[Authority] = page(
        "The authorities that answer for child protection.", AuthorityOrder.CODE_ASCENDING, AuthorityFilter
    )
    organisations: Connection[Organisation] = page(
        "The organisations of the network.", OrganisationOrder.NAME_ASCENDING, OrganisationFilter
    )
    resource_cards: Connection[ResourceCard] = page(
        "The cartography of local resources.", ResourceCardOrder.TITLE_ASCENDING, ResourceCardFilter
    )
    members: Connection[Member] = page(
        "The persons of the organisations the caller administers or controls.",
        MemberOrder.CREATED_AT_NEWEST,
        MemberFilter,
    )
    habilitations: Connection[Habilitation] = page(
        "The habilitations of those persons.", HabilitationOrder.VALID_FROM_NEWEST, HabilitationFilter
    )
    tools: Connection[Tool] = page(
        "The software of the organisations the caller administers or controls, its keys and its last call.",
        ToolOrder.CREATED_AT_NEWEST,
        ToolFilter,
    )
    webhooks: Connection[Webhook] = page(
        "Where the software of the organisations the caller administers or controls is told of changes.",
        WebhookOrder.CREATED_AT_NEWEST,
        WebhookFilter,
    )
    webhook_deliveries: Connection[WebhookDelivery] = page(
        "The delivery log of those webhooks, for 90 days after each notice has ended.",
        WebhookDeliveryOrder.CREATED_AT_NEWEST,
        WebhookDeliveryFilter,
    )
    subject_requests: Connection[SubjectRequest] = page(
        "The requests of persons about their data.", SubjectRequestOrder.RECEIVED_AT_NEWEST, SubjectRequestFilter
    )
    data_breaches: Connection[DataBreach] = page(
        "The register of personal data breaches.", DataBreachOrder.NOTICED_AT_NEWEST
    )
    retention_jobs: Connection[RetentionJob] = page("The runs of the retention rules.", RetentionJobOrder.RAN_AT_NEWEST)
    legal_holds: Connection[LegalHold] = page(
        "The legal holds, which no retention rule passes.", LegalHoldOrder.PLACED_AT_NEWEST
    )
    survey_campaigns: Connection[SurveyCampaign] = page(
        "The survey campaigns.", SurveyCampaignOrder.OPENED_ON_NEWEST, SurveyCampaignFilter
    )
    survey_responses: Connection[SurveyResponse] = page(
        "The answers to the surveys within the caller's reach.", SurveyResponseOrder.ANSWERED_AT_NEWEST
    )
    working_sessions: Connection[WorkingSession] = page("The working sessions.", WorkingSessionOrder.HELD_ON_NEWEST)
    awareness_events: Connection[AwarenessEvent] = page(
        "The interventions before professionals.", AwarenessEventOrder.HELD_ON_NEWEST
    )
    podcast_episodes: Connection[PodcastEpisode] = page(
        "The podcast episodes.", PodcastEpisodeOrder.PUBLISHED_ON_NEWEST
    )
    access_records: Connection[AccessRecord] = page(
        "The access log; reading it is logged too.", AccessRecordOrder.NEWEST, AccessRecordFilter
    )
    accesses: Connection[Access] = page(
        "Who accessed which situation: for the owner of the case, and for those who accessed it. Reading it is logged.",
        AccessOrder.AT_NEWEST,
        AccessFilter,
    )
    access_reader: Member | None = field_with(
        "The person behind a pseudonym of the access log: an act of its own, logged. Null for a tool, or out of reach.",
        argument("access", strawberry.ID, "Id of an access by this person."),
    )


ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "situations": "Situation",
        "minors": "Minor",
        "contacts": "Contact",
        "repeatCandidates": "RepeatCandidate",
        "concernReports": "ConcernReport",
        "aseLinks": "AseLink",
        "measures": "Measure",
        "referrals": "Referral",
        "followUps": "FollowUp",
        "transfers": "DepartmentTransfer",
        "sharingGrants": "SharingGrant",
        "disclosures": "Disclosure",
        "emergencyAccesses": "EmergencyAccess",
        "departments": "Department",
        "authorities": "Authority",
        "organisations": "Organisation",
        "resourceCards": "ResourceCard",
        "members": "Member",
        "habilitations": "Habilitation",
        "tools": "Tool",
        "webhooks": "Webhook",
        "webhookDeliveries": "WebhookDelivery",
        "subjectRequests": "SubjectRequest",
        "dataBreaches": "DataBreach",
        "retentionJobs": "RetentionJob",
        "legalHolds": "LegalHold",
        "surveyCampaigns": "SurveyCampaign",
        "surveyResponses": "SurveyResponse",
        "workingSessions": "WorkingSession",
        "awarenessEvents": "AwarenessEvent",
        "podcastEpisodes": "PodcastEpisode",
        "accessRecords": "AccessRecord",
        "accesses": "Access",
    }
)
"""Root list -> noun."""
