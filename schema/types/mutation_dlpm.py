"""The mutations of the DLPM: all of its own data entry, and nothing arrives in the database by another door."""

from schema.types.acts_action import DlpmActionPayload, ProposeAseLinkInput, RecordActionInput
from schema.types.acts_ase import AseLinkPayload
from schema.types.acts_contact import (
    CallerPayload,
    ContactPayload,
    ListeningNotePayload,
    RecordCallerInput,
    RecordContactInput,
    WriteListeningNoteInput,
)
from schema.types.acts_duty import InformationDutyPayload, RecordDutyInput
from schema.types.acts_minor import (
    AddMinorInput,
    AddParentalHolderInput,
    MinorPayload,
    ParentalHolderPayload,
    UpdateMinorInput,
    UpdateParentalHolderInput,
)
from schema.types.acts_network import (
    AwarenessEventPayload,
    CreateResourceCardInput,
    OpenSurveyCampaignInput,
    PodcastEpisodePayload,
    RecordAwarenessEventInput,
    RecordPodcastEpisodeInput,
    RecordWorkingSessionInput,
    ResourceCardPayload,
    SurveyCampaignPayload,
    UpdateResourceCardInput,
    WorkingSessionPayload,
)
from schema.types.acts_notice import (
    DraftReportInput,
    ResendReportInput,
    SendReportInput,
    UpdateReportDraftInput,
    ValidateReportInput,
)
from schema.types.acts_observation import (
    AllegedPerpetratorPayload,
    ExploitationFactPayload,
    LiveDangerPayload,
    ProblematicObservationPayload,
    RecordAllegedPerpetratorInput,
    RecordExploitationFactInput,
    RecordLiveDangerInput,
    RecordProblematicInput,
    RecordSensitiveProblematicInput,
    SensitiveObservationPayload,
)
from schema.types.acts_orientation import (
    ProposeDraftReferralInput,
    ProposeReferralInput,
    RecordMinorAgreementInput,
    ReleaseIdentityInput,
    WithdrawReferralInput,
)
from schema.types.acts_referral import ReferralPayload
from schema.types.acts_repeat import (
    KeepApartInput,
    MergeSituationsInput,
    RepeatCandidatePayload,
    UnmergeSituationsInput,
)
from schema.types.acts_report import ConcernReportPayload
from schema.types.acts_situation import (
    AssessSituationInput,
    CloseSituationInput,
    EndJurisdictionInput,
    JurisdictionPayload,
    MonitorSituationInput,
    OpenSituationInput,
    RecordJurisdictionInput,
    ReopenSituationInput,
    SituationPayload,
    UpdateSituationInput,
)
from schema.types.described import public_type
from schema.types.mutation_parts import act


@public_type
class DlpmMutation:
    """What the DLPM writes (inherited by the root of mutations, never shown itself)."""

    open_situation: SituationPayload = act(
        "Open a situation; it is assigned to the listener who opens it.", OpenSituationInput, SituationPayload
    )
    update_situation: SituationPayload = act(
        "Change the urgency, the qualification, or what is known of child protection.",
        UpdateSituationInput,
        SituationPayload,
    )
    assess_situation: SituationPayload = act("Appraise an open situation.", AssessSituationInput, SituationPayload)
    monitor_situation: SituationPayload = act(
        "Follow a situation in which the DLPM has acted.", MonitorSituationInput, SituationPayload
    )
    close_situation: SituationPayload = act(
        "Close a situation: grants, orientations and ASE links end with it.", CloseSituationInput, SituationPayload
    )
    reopen_situation: SituationPayload = act("Reopen a closed situation.", ReopenSituationInput, SituationPayload)
    record_jurisdiction: JurisdictionPayload = act(
        "Record that an authority is competent: domicile, place found, custody.",
        RecordJurisdictionInput,
        JurisdictionPayload,
    )
    end_jurisdiction: JurisdictionPayload = act(
        "Record that an authority is no longer competent.", EndJurisdictionInput, JurisdictionPayload
    )
    add_minor: MinorPayload = act("Add a minor to a situation.", AddMinorInput, MinorPayload)
    update_minor: MinorPayload = act("Change what is recorded of a minor.", UpdateMinorInput, MinorPayload)
    add_parental_holder: ParentalHolderPayload = act(
        "Add a holder of parental authority over a minor.", AddParentalHolderInput, ParentalHolderPayload
    )
    update_parental_holder: ParentalHolderPayload = act(
        "Change what is recorded of a holder of parental authority.", UpdateParentalHolderInput, ParentalHolderPayload
    )
    record_contact: ContactPayload = act(
        "Record an exchange with the 119 that I took.", RecordContactInput, ContactPayload
    )
    merge_situations: RepeatCandidatePayload = act(
        "Decide that two situations concern the same minor; nothing moves, and it can be undone.",
        MergeSituationsInput,
        RepeatCandidatePayload,
    )
    unmerge_situations: RepeatCandidatePayload = act(
        "Undo a merge of two situations.", UnmergeSituationsInput, RepeatCandidatePayload
    )
    keep_apart: RepeatCandidatePayload = act(
        "Decide that two situations concern different minors; they are not proposed to each other again.",
        KeepApartInput,
        RepeatCandidatePayload,
    )
    record_caller: CallerPayload = act("Record who called, on a contact that I took.", RecordCallerInput, CallerPayload)
    write_listening_note: ListeningNotePayload = act(
        "Write a listening note in a situation of mine; it never leaves the 119.",
        WriteListeningNoteInput,
        ListeningNotePayload,
    )
    record_problematic: ProblematicObservationPayload = act(
        "Record a difficulty, not of health, sexual life or offences.",
        RecordProblematicInput,
        ProblematicObservationPayload,
    )
    record_sensitive_problematic: SensitiveObservationPayload = act(
        "Record a difficulty of health, sexual life or an offence.",
        RecordSensitiveProblematicInput,
        SensitiveObservationPayload,
    )
    record_exploitation_fact: ExploitationFactPayload = act(
        "Record what is known of the exploitation.", RecordExploitationFactInput, ExploitationFactPayload
    )
    record_live_danger: LiveDangerPayload = act(
        "Record a danger that lasts now, for 30 days at most.", RecordLiveDangerInput, LiveDangerPayload
    )
    record_alleged_perpetrator: AllegedPerpetratorPayload = act(
        "Record who is said to exploit.", RecordAllegedPerpetratorInput, AllegedPerpetratorPayload
    )
    draft_report: ConcernReportPayload = act(
        "Begin a report (IP) to an authority that is competent.", DraftReportInput, ConcernReportPayload
    )
    update_report_draft: ConcernReportPayload = act("Change a draft.", UpdateReportDraftInput, ConcernReportPayload)
    validate_report: ConcernReportPayload = act(
        "Validate a report, as a supervisor.", ValidateReportInput, ConcernReportPayload
    )
    send_report: ConcernReportPayload = act(
        "Transmit a report to its authority; the clocks start.", SendReportInput, ConcernReportPayload
    )
    resend_report: ConcernReportPayload = act(
        "Transmit a misrouted report to another authority.", ResendReportInput, ConcernReportPayload
    )
    record_action: DlpmActionPayload = act(
        "Record one of the five actions of the DLPM.", RecordActionInput, DlpmActionPayload
    )
    propose_ase_link: AseLinkPayload = act(
        "Propose a situation to an ASE service that is competent.", ProposeAseLinkInput, AseLinkPayload
    )
    propose_referral: ReferralPayload = act(
        "Propose a minor to an association or a foyer, with coded values only.", ProposeReferralInput, ReferralPayload
    )
    propose_draft_referral: ReferralPayload = act(
        "Propose an orientation that was kept as a draft.", ProposeDraftReferralInput, ReferralPayload
    )
    record_minor_agreement: ReferralPayload = act(
        "Record what the minor answered when asked about an orientation.", RecordMinorAgreementInput, ReferralPayload
    )
    release_identity: ReferralPayload = act(
        "Release how the minor is called and reached; needs the minor's agreement.",
        ReleaseIdentityInput,
        ReferralPayload,
    )
    withdraw_referral: ReferralPayload = act(
        "Withdraw an orientation; the receiver's access ends at once.", WithdrawReferralInput, ReferralPayload
    )
    record_duty: InformationDutyPayload = act(
        "Record who of the family was told, or why not.", RecordDutyInput, InformationDutyPayload
    )
    create_resource_card: ResourceCardPayload = act(
        "Add a card to the cartography of resources.", CreateResourceCardInput, ResourceCardPayload
    )
    update_resource_card: ResourceCardPayload = act(
        "Change a card of the cartography.", UpdateResourceCardInput, ResourceCardPayload
    )
    record_working_session: WorkingSessionPayload = act(
        "Record a working session with partners.", RecordWorkingSessionInput, WorkingSessionPayload
    )
    record_awareness_event: AwarenessEventPayload = act(
        "Record an intervention before professionals.", RecordAwarenessEventInput, AwarenessEventPayload
    )
    record_podcast_episode: PodcastEpisodePayload = act(
        "Record an episode of the podcast.", RecordPodcastEpisodeInput, PodcastEpisodePayload
    )
    open_survey_campaign: SurveyCampaignPayload = act(
        "Open a questionnaire to services.", OpenSurveyCampaignInput, SurveyCampaignPayload
    )
