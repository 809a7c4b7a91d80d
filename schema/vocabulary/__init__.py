"""Every closed list of words the network speaks: an identifier, its French label and, where one exists, its code.

One file per field, one place to import from.
"""

from schema.vocabulary.account import (
    ClientAuthentication,
    ClientStatus,
    DeliveryState,
    HabilitationState,
    MemberStatus,
    SecrecyBasis,
    WebhookState,
)
from schema.vocabulary.audience import Audience, Purpose, Role, organisation_audience, role_audience
from schema.vocabulary.category import Category, Protection
from schema.vocabulary.contact import (
    CallerAnonymity,
    CallerCategory,
    CallerCategoryPublic,
    CallerCategoryReport,
    Channel,
    ContactOutcome,
    Direction,
    public_category,
    report_category,
)
from schema.vocabulary.danger import (
    DangerType,
    ExploitationForm,
    ExploitationMode,
    Problematic,
    Recruitment,
    Venue,
    WarningSign,
)
from schema.vocabulary.deadline import DeadlineKind
from schema.vocabulary.minor import AgeBand, AgePrecision, Gender, MinorAgreement, NeedCode, age_band
from schema.vocabulary.monitoring import CountState, SurveyTarget
from schema.vocabulary.organisation import AuthorityKind, MandateKind, OrganisationStatus, OrgKind, ResourceVisibility
from schema.vocabulary.referral import AseLinkState, DeclineReason, FollowUpStatus, ReferralKind, ReferralStatus
from schema.vocabulary.repeat import RepeatBand, RepeatFact, RepeatSide, RepeatState
from schema.vocabulary.report import AnswerRefusal, IpConclusion, MeasureDecision, ReportKind, ReportStatus
from schema.vocabulary.rights import BreachNature, BreachWitness, Requester, SubjectRequestKind, SubjectRequestOutcome
from schema.vocabulary.sharing import (
    BreakGlassReason,
    BreakGlassReview,
    DutyWaiver,
    GrantState,
    InformationDutyKind,
    WithheldReason,
)
from schema.vocabulary.situation import (
    DlpmActionKind,
    JurisdictionRole,
    KnownSource,
    Qualification,
    RetentionState,
    SituationStatus,
    Urgency,
)
from schema.vocabulary.transfer import TransferDuty, TransferRegime, TransferState
from schema.vocabulary.word import TriState, Word

__all__ = [
    "AgeBand",
    "AgePrecision",
    "AnswerRefusal",
    "AseLinkState",
    "Audience",
    "AuthorityKind",
    "BreachNature",
    "BreachWitness",
    "BreakGlassReason",
    "BreakGlassReview",
    "CallerAnonymity",
    "CallerCategory",
    "CallerCategoryPublic",
    "CallerCategoryReport",
    "Category",
    "Channel",
    "ClientAuthentication",
    "ClientStatus",
    "ContactOutcome",
    "CountState",
    "DangerType",
    "DeadlineKind",
    "DeclineReason",
    "DeliveryState",
    "Direction",
    "DlpmActionKind",
    "DutyWaiver",
    "ExploitationForm",
    "ExploitationMode",
    "FollowUpStatus",
    "Gender",
    "GrantState",
    "HabilitationState",
    "InformationDutyKind",
    "IpConclusion",
    "JurisdictionRole",
    "KnownSource",
    "MandateKind",
    "MeasureDecision",
    "MemberStatus",
    "MinorAgreement",
    "NeedCode",
    "OrgKind",
    "OrganisationStatus",
    "Problematic",
    "Protection",
    "Purpose",
    "Qualification",
    "Recruitment",
    "ReferralKind",
    "ReferralStatus",
    "RepeatBand",
    "RepeatFact",
    "RepeatSide",
    "RepeatState",
    "ReportKind",
    "ReportStatus",
    "Requester",
    "ResourceVisibility",
    "RetentionState",
    "Role",
    "SecrecyBasis",
    "SituationStatus",
    "SubjectRequestKind",
    "SubjectRequestOutcome",
    "SurveyTarget",
    "TransferDuty",
    "TransferRegime",
    "TransferState",
    "TriState",
    "Urgency",
    "Venue",
    "WarningSign",
    "WebhookState",
    "WithheldReason",
    "Word",
    "age_band",
    "organisation_audience",
    "public_category",
    "report_category",
    "role_audience",
]
