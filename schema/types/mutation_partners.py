"""The acts of the partners: CRIP, ASE, associations and foyers, and whoever answers a questionnaire."""

from schema.types.acts_ase import (
    AnswerAseLinkInput,
    AseLinkPayload,
    EndMeasureInput,
    MeasurePayload,
    RecordMeasureInput,
)
from schema.types.acts_referral import (
    AcceptReferralInput,
    AssignReferralInput,
    AssociationNotePayload,
    DeclineReferralInput,
    FollowUpPayload,
    RecordFollowUpInput,
    ReferralPayload,
    WriteAssociationNoteInput,
)
from schema.types.acts_report import (
    AcknowledgeReportInput,
    AssignEvaluatorInput,
    ConcernReportPayload,
    ConcludeEvaluationInput,
    DeclareComplementInput,
    DeclareMisroutedInput,
    JudicialReferralPayload,
    QualifyReportInput,
    RecordJudicialReferralInput,
    ReturnReportInput,
    StartEvaluationInput,
)
from schema.types.acts_retention import LegalHoldPayload, LiftLegalHoldInput, PlaceLegalHoldInput
from schema.types.acts_survey import AnswerSurveyInput, SurveyResponsePayload
from schema.types.acts_transfer import (
    CloseTransferInput,
    DeclareAddressUnknownInput,
    DepartmentTransferPayload,
    ReceiveTransferInput,
    RecordTransferAddressInput,
    RecordTransferDutyInput,
    RequestTransferInput,
    SendTransferInput,
)
from schema.types.described import public_type
from schema.types.mutation_parts import act


@public_type
class PartnerMutation:
    """What partners do (inherited, never shown itself)."""

    acknowledge_report: ConcernReportPayload = act(
        "Acknowledge that a report was received.", AcknowledgeReportInput, ConcernReportPayload
    )
    qualify_report: ConcernReportPayload = act(
        "Qualify a report as an information préoccupante, or not.", QualifyReportInput, ConcernReportPayload
    )
    declare_misrouted: ConcernReportPayload = act(
        "Say that another authority is competent.", DeclareMisroutedInput, ConcernReportPayload
    )
    declare_complement: ConcernReportPayload = act(
        "Say that a report completes another one.", DeclareComplementInput, ConcernReportPayload
    )
    start_evaluation: ConcernReportPayload = act(
        "Order the evaluation of a report.", StartEvaluationInput, ConcernReportPayload
    )
    assign_evaluator: ConcernReportPayload = act(
        "Name who evaluates: somebody who does not follow the family.", AssignEvaluatorInput, ConcernReportPayload
    )
    conclude_evaluation: ConcernReportPayload = act(
        "Say that an evaluation is over.", ConcludeEvaluationInput, ConcernReportPayload
    )
    return_report: ConcernReportPayload = act(
        "Return a report to the 119 with its conclusion.", ReturnReportInput, ConcernReportPayload
    )
    record_judicial_referral: JudicialReferralPayload = act(
        "Record that the prosecutor was seized.", RecordJudicialReferralInput, JudicialReferralPayload
    )
    answer_ase_link: AseLinkPayload = act("Answer a link proposed by the DLPM.", AnswerAseLinkInput, AseLinkPayload)
    record_measure: MeasurePayload = act("Record a protection measure.", RecordMeasureInput, MeasurePayload)
    end_measure: MeasurePayload = act("Set the last day of a measure.", EndMeasureInput, MeasurePayload)
    accept_referral: ReferralPayload = act(
        "Accept a proposed referral and name who takes it.", AcceptReferralInput, ReferralPayload
    )
    decline_referral: ReferralPayload = act("Decline a proposed referral.", DeclineReferralInput, ReferralPayload)
    assign_referral: ReferralPayload = act(
        "Give a running referral to another member.", AssignReferralInput, ReferralPayload
    )
    record_follow_up: FollowUpPayload = act(
        "Record a follow-up: referral, status, date.", RecordFollowUpInput, FollowUpPayload
    )
    write_association_note: AssociationNotePayload = act(
        "Write a note that only the caller's own association reads.", WriteAssociationNoteInput, AssociationNotePayload
    )
    request_transfer: DepartmentTransferPayload = act(
        "Ask for the transfer of a file to the department where the family lives now.",
        RequestTransferInput,
        DepartmentTransferPayload,
    )
    record_transfer_duty: DepartmentTransferPayload = act(
        "Record how the duty towards the parents was met.", RecordTransferDutyInput, DepartmentTransferPayload
    )
    send_transfer: DepartmentTransferPayload = act(
        "Send the file to the authority of destination.", SendTransferInput, DepartmentTransferPayload
    )
    receive_transfer: DepartmentTransferPayload = act(
        "Acknowledge that a file was received.", ReceiveTransferInput, DepartmentTransferPayload
    )
    close_transfer: DepartmentTransferPayload = act(
        "Close a transfer: the authority of origin is no longer competent.",
        CloseTransferInput,
        DepartmentTransferPayload,
    )
    declare_address_unknown: DepartmentTransferPayload = act(
        "Say that the family's new address is unknown.", DeclareAddressUnknownInput, DepartmentTransferPayload
    )
    record_transfer_address: DepartmentTransferPayload = act(
        "Say where the family lives now.", RecordTransferAddressInput, DepartmentTransferPayload
    )
    answer_survey: SurveyResponsePayload = act(
        "Answer a questionnaire for the caller's organisation.", AnswerSurveyInput, SurveyResponsePayload
    )
    place_legal_hold: LegalHoldPayload = act(
        "Hold a situation: no retention rule touches it.", PlaceLegalHoldInput, LegalHoldPayload
    )
    lift_legal_hold: LegalHoldPayload = act("Lift a legal hold.", LiftLegalHoldInput, LegalHoldPayload)
