"""The database itself refuses a word that no vocabulary has.

Revision: 0008, after 0007. A new word of a vocabulary needs a migration that says so (tests/migrations compares).
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# fmt: off
_CHECKS = (
    ("ase_link", "ck_ase_link_state_known", "state IN ('PROPOSED', 'CONTACTED', 'CONFIRMED', 'NO_ANSWER', 'NOT_COMPETENT', 'ENDED')"),
    ("authority", "ck_authority_kind_known", "kind IN ('DEPARTMENT', 'METROPOLE', 'COLLECTIVITY')"),
    ("caller", "ck_caller_anonymity_known", "anonymity IN ('ANONYMOUS', 'KNOWN_119_ONLY', 'TRANSMISSIBLE_CRIP')"),
    ("caller", "ck_caller_lives_with_child_known", "lives_with_child IN ('YES', 'NO', 'UNKNOWN')"),
    ("concern_report", "ck_concern_report_conclusion_known", "conclusion IN ('CLASSIFIED', 'ADMIN_SUPPORT', 'JUDICIAL_REFERRAL', 'ALREADY_FOLLOWED', 'MOVED', 'UNLOCATED', 'UNKNOWN')"),
    ("concern_report", "ck_concern_report_danger_types_known", "danger_types <@ ARRAY['PSYCHOLOGICAL', 'NEGLECT', 'PHYSICAL', 'COUPLE_VIOLENCE', 'EDUCATION', 'SELF_ENDANGERING', 'SEXUAL', 'UNKNOWN']::text[]"),
    ("concern_report", "ck_concern_report_kind_known", "kind IN ('INITIAL', 'COMPLEMENTARY')"),
    ("concern_report", "ck_concern_report_parents_informed_known", "parents_informed IN ('YES', 'NO', 'UNKNOWN')"),
    ("concern_report", "ck_concern_report_status_known", "status IN ('DRAFT', 'VALIDATED', 'SENT', 'ACKNOWLEDGED', 'QUALIFIED', 'NOT_QUALIFIED', 'MISROUTED', 'COMPLEMENT_OF_EXISTING', 'EVALUATING', 'CONCLUDED', 'RETURNED_TO_119')"),
    ("concern_report", "ck_concern_report_urgency_known", "urgency IN ('STANDARD', 'PRIORITY', 'IMMEDIATE_DANGER')"),
    ("concern_return", "ck_concern_return_conclusion_known", "conclusion IN ('CLASSIFIED', 'ADMIN_SUPPORT', 'JUDICIAL_REFERRAL', 'ALREADY_FOLLOWED', 'MOVED', 'UNLOCATED', 'UNKNOWN')"),
    ("conclusion_label", "ck_conclusion_label_code_known", "code IN ('CLASSIFIED', 'ADMIN_SUPPORT', 'JUDICIAL_REFERRAL', 'ALREADY_FOLLOWED', 'MOVED', 'UNLOCATED', 'UNKNOWN')"),
    ("contact", "ck_contact_caller_category_known", "caller_category IN ('MOTHER', 'FATHER', 'STEP_PARENT', 'SIBLING', 'EXTENDED_FAMILY', 'ENTOURAGE', 'PROFESSIONAL', 'WITNESS', 'MINOR', 'UNDISCLOSED', 'UNKNOWN')"),
    ("contact", "ck_contact_caller_category_public_known", "caller_category_public IN ('FAMILY', 'PROFESSIONAL', 'OTHER', 'UNDISCLOSED')"),
    ("contact", "ck_contact_channel_known", "channel IN ('PHONE', 'CHAT', 'WEB_FORM', 'SIGN_LANGUAGE', 'MAIL', 'UNKNOWN')"),
    ("contact", "ck_contact_direction_known", "direction IN ('IN', 'OUT')"),
    ("contact", "ck_contact_outcome_known", "outcome IN ('ANSWERED_IP', 'ANSWERED_HELP', 'PRE_PROCESSED', 'ABANDONED', 'DISSUADED')"),
    ("department_transfer", "ck_department_transfer_regime_known", "regime IN ('REPORT_UNDER_WAY', 'ADMINISTRATIVE', 'JUDICIAL')"),
    ("department_transfer", "ck_department_transfer_state_known", "state IN ('REQUESTED', 'DUTY', 'SENT', 'RECEIVED', 'CLOSED', 'UNKNOWN_ADDRESS')"),
    ("disclosure", "ck_disclosure_purpose_known", "purpose IN ('EVALUATE', 'DETERMINE', 'IMPLEMENT', 'CONSULTATION', 'MONITORING', 'ADMINISTRATION', 'CONTROL')"),
    ("dlpm_action", "ck_dlpm_action_kind_known", "kind IN ('IP_SENT', 'DIRECT_ADVICE', 'ASE_LINK', 'DOCUMENTATION', 'LOCAL_ORIENTATION')"),
    ("emergency_access", "ck_emergency_access_reason_code_known", "reason_code IN ('COMPLAINT', 'SUBJECT_REQUEST', 'REQUISITION', 'IMMEDIATE_DANGER')"),
    ("exploitation_fact", "ck_exploitation_fact_form_known", "form IN ('ESCORTING', 'MICHETONNAGE', 'IMAGES', 'CAM', 'LOCAL_PIMPING', 'OTHER', 'UNKNOWN')"),
    ("exploitation_fact", "ck_exploitation_fact_mode_known", "mode IN ('ALONE', 'PEER', 'LOVER_BOY', 'NETWORK', 'UNKNOWN')"),
    ("exploitation_fact", "ck_exploitation_fact_recruitment_known", "recruitment IN ('SOCIAL_NETWORK', 'PEER', 'NEAR_SCHOOL', 'NEAR_FOYER', 'OTHER', 'UNKNOWN')"),
    ("exploitation_fact", "ck_exploitation_fact_signs_known", "signs <@ ARRAY['RUNAWAY', 'UNEXPLAINED_MONEY', 'INTENSIVE_PHONE', 'HYPERSEXUALISATION', 'ADDICTION']::text[]"),
    ("exploitation_fact", "ck_exploitation_fact_venue_known", "venue IN ('HOTEL', 'SHORT_LET', 'HOME', 'STREET', 'ONLINE', 'OTHER', 'UNKNOWN')"),
    ("follow_up", "ck_follow_up_status_known", "status IN ('FIRST_MEETING', 'MISSED_MEETING', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'LOST_CONTACT', 'COMPLETED', 'TRANSFERRED')"),
    ("habilitation", "ck_habilitation_role_known", "role IN ('LIS', 'SUP', 'ANA', 'CRI', 'ASE', 'ASM', 'ASO', 'COO', 'DEL', 'ADM', 'DPO', 'ONP')"),
    ("habilitation", "ck_habilitation_secrecy_basis_known", "secrecy_basis IN ('FUNCTION_ASE_L221_6', 'SNATED', 'PROFESSION', 'MISSION')"),
    ("habilitation", "ck_habilitation_state_known", "state IN ('PENDING', 'ACTIVE', 'SUSPENDED', 'EXPIRED', 'REVOKED')"),
    ("information_duty", "ck_information_duty_duty_known", "duty IN ('IP_TRANSMISSION', 'SHARING', 'EVALUATION_START', 'EVALUATION_FOLLOW_UP', 'JUDICIAL_REFERRAL', 'DEPARTMENT_TRANSFER', 'COMPUTER_FILE')"),
    ("information_duty", "ck_information_duty_waiver_known", "waiver IN ('CHILD_INTEREST')"),
    ("measure", "ck_measure_decision_known", "decision IN ('ADMINISTRATIVE', 'JUDICIAL')"),
    ("member", "ck_member_status_known", "status IN ('ACTIVE', 'SUSPENDED', 'REMOVED')"),
    ("minor", "ck_minor_age_band_known", "age_band IN ('UNDER_13', 'A13_14', 'A15_17', 'A18_20', 'UNKNOWN')"),
    ("minor", "ck_minor_age_precision_known", "age_precision IN ('EXACT', 'YEAR', 'DECLARED', 'ESTIMATED', 'UNKNOWN')"),
    ("minor", "ck_minor_gender_known", "gender IN ('GIRL', 'BOY', 'TRANS_OTHER', 'UNKNOWN')"),
    ("oauth_client", "ck_oauth_client_auth_method_known", "auth_method IN ('private_key_jwt')"),
    ("oauth_client", "ck_oauth_client_id_shape", "id ~ '^cli_[A-Za-z0-9_-]{4,64}$'"),
    ("oauth_client", "ck_oauth_client_status_known", "status IN ('ACTIVE', 'SUSPENDED')"),
    ("oauth_token", "ck_oauth_token_purpose_known", "purpose IN ('EVALUATE', 'DETERMINE', 'IMPLEMENT', 'CONSULTATION', 'MONITORING', 'ADMINISTRATION', 'CONTROL')"),
    ("organisation", "ck_organisation_kind_known", "kind IN ('DLPM', 'CRIP', 'ASE', 'FOYER', 'ASSOCIATION', 'OBSERVATORY', 'OPERATOR')"),
    ("organisation", "ck_organisation_mandate_kind_known", "mandate_kind IN ('MEASURE', 'ASE_MISSION', 'OUTSIDE_MISSION')"),
    ("organisation", "ck_organisation_status_known", "status IN ('PENDING', 'ACTIVE', 'SUSPENDED', 'CLOSED')"),
    ("parental_holder", "ck_parental_holder_danger_if_informed_known", "danger_if_informed IN ('YES', 'NO', 'UNKNOWN')"),
    ("problematic", "ck_problematic_kind_known", "kind IN ('RUNAWAY', 'SCHOOL_DISINVESTMENT', 'PSYCH_SUFFERING', 'ADDICTION', 'VIOLENCE_SUFFERED', 'SEXUAL_VIOLENCE', 'COERCIVE_CONTROL', 'CYBER', 'SELF_HARM', 'PREGNANCY', 'FORCED_DELINQUENCY', 'FAMILY_CONFLICT')"),
    ("problematic", "ck_problematic_value_known", "value IN ('YES', 'NO', 'UNKNOWN')"),
    ("referral", "ck_referral_age_band_known", "age_band IN ('UNDER_13', 'A13_14', 'A15_17', 'A18_20', 'UNKNOWN')"),
    ("referral", "ck_referral_coded_forms_known", "coded_forms <@ ARRAY['ESCORTING', 'MICHETONNAGE', 'IMAGES', 'CAM', 'LOCAL_PIMPING', 'OTHER', 'UNKNOWN']::text[]"),
    ("referral", "ck_referral_coded_problematics_known", "coded_problematics <@ ARRAY['RUNAWAY', 'SCHOOL_DISINVESTMENT', 'PSYCH_SUFFERING', 'ADDICTION', 'VIOLENCE_SUFFERED', 'SEXUAL_VIOLENCE', 'COERCIVE_CONTROL', 'CYBER', 'SELF_HARM', 'PREGNANCY', 'FORCED_DELINQUENCY', 'FAMILY_CONFLICT']::text[]"),
    ("referral", "ck_referral_coded_qualification_known", "coded_qualification IN ('PRE_PROSTITUTIONAL', 'PROSTITUTIONAL', 'SUSPECTED', 'UNKNOWN')"),
    ("referral", "ck_referral_decline_reason_known", "decline_reason IN ('CAPACITY', 'TERRITORY', 'AGE', 'OTHER')"),
    ("referral", "ck_referral_kind_known", "kind IN ('DIRECT_SUPPORT', 'PROFESSIONAL_CONSULTATION')"),
    ("referral", "ck_referral_minor_agreement_known", "minor_agreement IN ('NOT_ASKED', 'ASKED', 'AGREED', 'REFUSED', 'UNSAFE_TO_ASK')"),
    ("referral", "ck_referral_need_codes_known", "need_codes <@ ARRAY['PSYCHOLOGICAL_SUPPORT', 'SHELTER', 'HEALTH', 'LEGAL_SUPPORT', 'SCHOOLING', 'ADDICTION_CARE', 'FAMILY_MEDIATION', 'DIGITAL_SAFETY', 'EXIT_SUPPORT']::text[]"),
    ("referral", "ck_referral_shared_kinds_known", "shared_kinds <@ ARRAY['RUNAWAY', 'SCHOOL_DISINVESTMENT', 'PSYCH_SUFFERING', 'ADDICTION', 'VIOLENCE_SUFFERED', 'SEXUAL_VIOLENCE', 'COERCIVE_CONTROL', 'CYBER', 'SELF_HARM', 'PREGNANCY', 'FORCED_DELINQUENCY', 'FAMILY_CONFLICT']::text[]"),
    ("referral", "ck_referral_status_known", "status IN ('DRAFT', 'PROPOSED', 'ACCEPTED', 'DECLINED', 'IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'LOST_CONTACT', 'COMPLETED', 'TRANSFERRED', 'WITHDRAWN')"),
    ("repeat_candidate", "ck_repeat_candidate_agreeing_known", "agreeing <@ ARRAY['FIRST_NAME', 'FIRST_NAME_ALIKE', 'NICKNAME', 'LAST_NAME', 'LAST_NAME_ALIKE', 'SWAPPED_NAMES', 'BIRTH_DATE', 'BIRTH_DATE_ALIKE', 'AGE', 'PLACE', 'PHONE', 'HANDLE']::text[]"),
    ("repeat_candidate", "ck_repeat_candidate_band_known", "band IN ('POSSIBLE', 'LIKELY', 'STRONG')"),
    ("repeat_candidate", "ck_repeat_candidate_disagreeing_known", "disagreeing <@ ARRAY['FIRST_NAME', 'FIRST_NAME_ALIKE', 'NICKNAME', 'LAST_NAME', 'LAST_NAME_ALIKE', 'SWAPPED_NAMES', 'BIRTH_DATE', 'BIRTH_DATE_ALIKE', 'AGE', 'PLACE', 'PHONE', 'HANDLE']::text[]"),
    ("repeat_candidate", "ck_repeat_candidate_merged_as_known", "merged_as IN ('PRINCIPAL', 'DUPLICATE')"),
    ("repeat_candidate", "ck_repeat_candidate_state_known", "state IN ('PROPOSED', 'MERGED', 'KEPT_APART', 'UNMERGED')"),
    ("resource_card", "ck_resource_card_visibility_known", "visibility IN ('PUBLIC', 'NETWORK', 'SECRET')"),
    ("sensitive_problematic", "ck_sensitive_problematic_kind_known", "kind IN ('RUNAWAY', 'SCHOOL_DISINVESTMENT', 'PSYCH_SUFFERING', 'ADDICTION', 'VIOLENCE_SUFFERED', 'SEXUAL_VIOLENCE', 'COERCIVE_CONTROL', 'CYBER', 'SELF_HARM', 'PREGNANCY', 'FORCED_DELINQUENCY', 'FAMILY_CONFLICT')"),
    ("sensitive_problematic", "ck_sensitive_problematic_value_known", "value IN ('YES', 'NO', 'UNKNOWN')"),
    ("sharing_grant", "ck_sharing_grant_purpose_known", "purpose IN ('EVALUATE', 'DETERMINE', 'IMPLEMENT', 'CONSULTATION', 'MONITORING', 'ADMINISTRATION', 'CONTROL')"),
    ("signing_key", "ck_signing_key_state_known", "state IN ('next', 'active', 'retired')"),
    ("situation", "ck_situation_known_source_known", "known_source IN ('CALLER_SAID', 'ASE_CONFIRMED', 'UNKNOWN')"),
    ("situation", "ck_situation_known_to_cp_known", "known_to_cp IN ('YES', 'NO', 'UNKNOWN')"),
    ("situation", "ck_situation_qualification_known", "qualification IN ('PRE_PROSTITUTIONAL', 'PROSTITUTIONAL', 'SUSPECTED', 'UNKNOWN')"),
    ("situation", "ck_situation_retention_state_known", "retention_state IN ('ACTIVE', 'INTERMEDIATE', 'ANONYMISED', 'DELETED')"),
    ("situation", "ck_situation_status_known", "status IN ('OPEN', 'ASSESSED', 'ADVICE_ONLY', 'IP_SENT', 'LINKED_TO_ASE', 'MONITORED', 'CLOSED', 'REOPENED')"),
    ("situation", "ck_situation_urgency_known", "urgency IN ('STANDARD', 'PRIORITY', 'IMMEDIATE_DANGER')"),
    ("situation_jurisdiction", "ck_situation_jurisdiction_role_known", "role IN ('RESIDENCE', 'PRESENCE', 'CUSTODY')"),
    ("survey_campaign", "ck_survey_campaign_target_known", "target IN ('DEF', 'ASE', 'CRIP', 'FOYER')"),
    ("survey_response", "ck_survey_response_confronted_known", "confronted IN ('YES', 'NO', 'UNKNOWN')"),
)
# fmt: on


def upgrade() -> None:
    """Apply."""
    for table, name, condition in _CHECKS:
        op.create_check_constraint(op.f(name), table, condition)
