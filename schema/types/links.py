"""A name for each type that another one points to: type files refer to each other in circles, so never directly."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.types.contact import Caller, Contact, ListeningNote
    from schema.types.control import DataBreach, SubjectRequest
    from schema.types.directory import Authority, AuthorityDepartment, Department, Organisation, ResourceCard
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
    from schema.types.sharing import Disclosure, EmergencyAccess, InformationDuty, LegalHold, SharingGrant
    from schema.types.situation import Jurisdiction, Minor, ParentalHolder, Situation
    from schema.types.surveys import Actor, SurveyCampaign, SurveyResponse, WorkingSessionActor
    from schema.types.tools import Tool, ToolKey, ToolSecret
    from schema.types.webhook import Webhook, WebhookDelivery

ToActor = Annotated["Actor", strawberry.lazy("schema.types.surveys")]
ToAllegedPerpetrator = Annotated["AllegedPerpetrator", strawberry.lazy("schema.types.observation")]
ToAseLink = Annotated["AseLink", strawberry.lazy("schema.types.protection")]
ToAssociationNote = Annotated["AssociationNote", strawberry.lazy("schema.types.referral")]
ToAuthority = Annotated["Authority", strawberry.lazy("schema.types.directory")]
ToAuthorityDepartment = Annotated["AuthorityDepartment", strawberry.lazy("schema.types.directory")]
ToCaller = Annotated["Caller", strawberry.lazy("schema.types.contact")]
ToConcernReport = Annotated["ConcernReport", strawberry.lazy("schema.types.report")]
ToConcernReturn = Annotated["ConcernReturn", strawberry.lazy("schema.types.report")]
ToContact = Annotated["Contact", strawberry.lazy("schema.types.contact")]
ToDataBreach = Annotated["DataBreach", strawberry.lazy("schema.types.control")]
ToDepartment = Annotated["Department", strawberry.lazy("schema.types.directory")]
ToDepartmentTransfer = Annotated["DepartmentTransfer", strawberry.lazy("schema.types.protection")]
ToDisclosure = Annotated["Disclosure", strawberry.lazy("schema.types.sharing")]
ToDlpmAction = Annotated["DlpmAction", strawberry.lazy("schema.types.protection")]
ToEmergencyAccess = Annotated["EmergencyAccess", strawberry.lazy("schema.types.sharing")]
ToEvaluation = Annotated["Evaluation", strawberry.lazy("schema.types.report")]
ToExploitationFact = Annotated["ExploitationFact", strawberry.lazy("schema.types.observation")]
ToFollowUp = Annotated["FollowUp", strawberry.lazy("schema.types.referral")]
ToHabilitation = Annotated["Habilitation", strawberry.lazy("schema.types.people")]
ToInformationDuty = Annotated["InformationDuty", strawberry.lazy("schema.types.sharing")]
ToJudicialReferral = Annotated["JudicialReferral", strawberry.lazy("schema.types.report")]
ToJurisdiction = Annotated["Jurisdiction", strawberry.lazy("schema.types.situation")]
ToListeningNote = Annotated["ListeningNote", strawberry.lazy("schema.types.contact")]
ToLegalHold = Annotated["LegalHold", strawberry.lazy("schema.types.sharing")]
ToLiveDanger = Annotated["LiveDanger", strawberry.lazy("schema.types.observation")]
ToMeasure = Annotated["Measure", strawberry.lazy("schema.types.protection")]
ToMember = Annotated["Member", strawberry.lazy("schema.types.people")]
ToMinor = Annotated["Minor", strawberry.lazy("schema.types.situation")]
ToOrganisation = Annotated["Organisation", strawberry.lazy("schema.types.directory")]
ToParentalHolder = Annotated["ParentalHolder", strawberry.lazy("schema.types.situation")]
ToProblematicObservation = Annotated["ProblematicObservation", strawberry.lazy("schema.types.observation")]
ToReferral = Annotated["Referral", strawberry.lazy("schema.types.referral")]
ToRepeatCandidate = Annotated["RepeatCandidate", strawberry.lazy("schema.types.repeat")]
ToResourceCard = Annotated["ResourceCard", strawberry.lazy("schema.types.directory")]
ToSensitiveObservation = Annotated["SensitiveObservation", strawberry.lazy("schema.types.observation")]
ToSharingGrant = Annotated["SharingGrant", strawberry.lazy("schema.types.sharing")]
ToSituation = Annotated["Situation", strawberry.lazy("schema.types.situation")]
ToSubjectRequest = Annotated["SubjectRequest", strawberry.lazy("schema.types.control")]
ToSurveyCampaign = Annotated["SurveyCampaign", strawberry.lazy("schema.types.surveys")]
ToSurveyResponse = Annotated["SurveyResponse", strawberry.lazy("schema.types.surveys")]
ToTool = Annotated["Tool", strawberry.lazy("schema.types.tools")]
ToToolKey = Annotated["ToolKey", strawberry.lazy("schema.types.tools")]
ToToolSecret = Annotated["ToolSecret", strawberry.lazy("schema.types.tools")]
ToWebhook = Annotated["Webhook", strawberry.lazy("schema.types.webhook")]
ToWebhookDelivery = Annotated["WebhookDelivery", strawberry.lazy("schema.types.webhook")]
ToWorkingSessionActor = Annotated["WorkingSessionActor", strawberry.lazy("schema.types.surveys")]
