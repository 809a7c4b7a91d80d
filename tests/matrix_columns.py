"""Which group of the matrix each column is of, typed from the documents, and what a rule of the matrix takes it for."""

from collections.abc import Mapping

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
