"""The words: nothing unnamed, and every table of the domain document as written there, typed a second time."""

import inspect
import pickle

import pytest

from schema import vocabulary
from schema.vocabulary import (
    AgeBand,
    Audience,
    CallerCategory,
    CallerCategoryPublic,
    CallerCategoryReport,
    Category,
    DutyWaiver,
    FollowUpStatus,
    Gender,
    InformationDutyKind,
    MeasureDecision,
    OrgKind,
    Problematic,
    Protection,
    ReferralStatus,
    Role,
    TransferDuty,
    TransferState,
    TriState,
    Word,
    age_band,
    organisation_audience,
    public_category,
    report_category,
    role_audience,
)

LISTS = [
    found
    for _, found in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(found, Word) and found is not Word
]

# List: identifiers in order. Typed from the domain document, sections 4 and 7, and the rights document.
IDENTIFIERS = {
    "AgeBand": "UNDER_13 A13_14 A15_17 A18_20 UNKNOWN",
    "AgePrecision": "EXACT YEAR DECLARED ESTIMATED UNKNOWN",
    "AnswerRefusal": "CHILD_INTEREST DANGER_TO_CHILD RISK_TO_SENDER_AT_HOME",
    "AseLinkState": "PROPOSED CONTACTED CONFIRMED NO_ANSWER NOT_COMPETENT ENDED",
    "Audience": "LIS SUP ANA CRI ASE ASM ASO COO DEL ADM DPO ONP ORG_CRIP ORG_ASE ORG_ASSOCIATION ORG_DLPM"
    " ORG_OBSERVATORY",
    "AuthorityKind": "DEPARTMENT METROPOLE COLLECTIVITY",
    # GDPR, chapter III, articles 4, 12 and 33.
    "BreachNature": "CONFIDENTIALITY INTEGRITY AVAILABILITY",
    "BreachWitness": "MEMBER OPERATOR PARTNER PERSON OTHER",
    "Requester": "MINOR PARENTAL_HOLDER REPRESENTATIVE OTHER",
    "SubjectRequestKind": "ACCESS RECTIFICATION ERASURE RESTRICTION OBJECTION",
    "SubjectRequestOutcome": "GRANTED PARTLY_GRANTED REFUSED NO_DATA FORWARDED WITHDRAWN",
    "BreakGlassReason": "COMPLAINT SUBJECT_REQUEST REQUISITION IMMEDIATE_DANGER",
    "BreakGlassReview": "PENDING JUSTIFIED NOT_JUSTIFIED",
    "CallerAnonymity": "ANONYMOUS KNOWN_119_ONLY TRANSMISSIBLE_CRIP",
    "CallerCategory": "MOTHER FATHER STEP_PARENT SIBLING EXTENDED_FAMILY ENTOURAGE PROFESSIONAL WITNESS MINOR"
    " UNDISCLOSED UNKNOWN",
    "CallerCategoryPublic": "FAMILY PROFESSIONAL OTHER UNDISCLOSED",
    "CallerCategoryReport": "CLOSE_FAMILY PROFESSIONAL EXTENDED UNDISCLOSED WITNESS MINOR",
    "Channel": "PHONE CHAT WEB_FORM SIGN_LANGUAGE MAIL UNKNOWN",
    # Added by docs/decisions/0034.
    "ClientAuthentication": "PRIVATE_KEY_JWT CLIENT_SECRET_BASIC",
    "ClientStatus": "ACTIVE SUSPENDED",
    "ContactOutcome": "ANSWERED_IP ANSWERED_HELP PRE_PROCESSED ABANDONED DISSUADED",
    "CountState": "EXACT MASKED NOT_AVAILABLE",
    "DangerType": "PSYCHOLOGICAL NEGLECT PHYSICAL COUPLE_VIOLENCE EDUCATION SELF_ENDANGERING SEXUAL UNKNOWN",
    "DeclineReason": "CAPACITY TERRITORY AGE OTHER",
    "Direction": "IN OUT",
    "DlpmActionKind": "IP_SENT DIRECT_ADVICE ASE_LINK DOCUMENTATION LOCAL_ORIENTATION",
    "DutyWaiver": "CHILD_INTEREST",
    "ExploitationForm": "ESCORTING MICHETONNAGE IMAGES CAM LOCAL_PIMPING OTHER UNKNOWN",
    "ExploitationMode": "ALONE PEER LOVER_BOY NETWORK UNKNOWN",
    # Added by docs/decisions/0029.
    "WebhookState": "ACTIVE DISABLED",
    "DeliveryState": "WAITING DELIVERED DEAD",
    "FollowUpStatus": "FIRST_MEETING MISSED_MEETING ONGOING PAUSED_RUNAWAY REFUSED_BY_MINOR LOST_CONTACT COMPLETED"
    " TRANSFERRED",
    "Gender": "GIRL BOY TRANS_OTHER UNKNOWN",
    "GrantState": "REQUESTED REFUSED APPROVED ACTIVE EXPIRED REVOKED",
    "HabilitationState": "PENDING ACTIVE SUSPENDED EXPIRED REVOKED",
    "InformationDutyKind": "IP_TRANSMISSION SHARING EVALUATION_START EVALUATION_FOLLOW_UP JUDICIAL_REFERRAL"
    " DEPARTMENT_TRANSFER COMPUTER_FILE",
    "IpConclusion": "CLASSIFIED ADMIN_SUPPORT JUDICIAL_REFERRAL ALREADY_FOLLOWED MOVED UNLOCATED UNKNOWN",
    "JurisdictionRole": "RESIDENCE PRESENCE CUSTODY",
    "KnownSource": "CALLER_SAID ASE_CONFIRMED UNKNOWN",
    "MandateKind": "MEASURE ASE_MISSION OUTSIDE_MISSION",
    "MeasureDecision": "ADMINISTRATIVE JUDICIAL",
    "MemberStatus": "ACTIVE SUSPENDED REMOVED",
    "MinorAgreement": "NOT_ASKED ASKED AGREED REFUSED UNSAFE_TO_ASK",
    "NeedCode": "PSYCHOLOGICAL_SUPPORT SHELTER HEALTH LEGAL_SUPPORT SCHOOLING ADDICTION_CARE FAMILY_MEDIATION"
    " DIGITAL_SAFETY EXIT_SUPPORT",
    "OrgKind": "DLPM CRIP ASE FOYER ASSOCIATION OBSERVATORY OPERATOR",
    "OrganisationStatus": "PENDING ACTIVE SUSPENDED CLOSED",
    "Problematic": "RUNAWAY SCHOOL_DISINVESTMENT PSYCH_SUFFERING ADDICTION VIOLENCE_SUFFERED SEXUAL_VIOLENCE"
    " COERCIVE_CONTROL CYBER SELF_HARM PREGNANCY FORCED_DELINQUENCY FAMILY_CONFLICT",
    "Protection": "P0 P1 P2 P3 P4 P5",
    "Purpose": "EVALUATE DETERMINE IMPLEMENT CONSULTATION MONITORING ADMINISTRATION CONTROL",
    "Qualification": "PRE_PROSTITUTIONAL PROSTITUTIONAL SUSPECTED UNKNOWN",
    "Recruitment": "SOCIAL_NETWORK PEER NEAR_SCHOOL NEAR_FOYER OTHER UNKNOWN",
    "ReferralKind": "DIRECT_SUPPORT PROFESSIONAL_CONSULTATION",
    "ReferralStatus": "DRAFT PROPOSED ACCEPTED DECLINED IDENTITY_RELEASED ENGAGED ONGOING PAUSED_RUNAWAY"
    " REFUSED_BY_MINOR LOST_CONTACT COMPLETED TRANSFERRED WITHDRAWN",
    "RepeatBand": "POSSIBLE LIKELY STRONG",
    "RepeatFact": "FIRST_NAME FIRST_NAME_ALIKE NICKNAME LAST_NAME LAST_NAME_ALIKE SWAPPED_NAMES BIRTH_DATE "
    "BIRTH_DATE_ALIKE AGE PLACE PHONE HANDLE",
    "RepeatSide": "PRINCIPAL DUPLICATE",
    "RepeatState": "PROPOSED MERGED KEPT_APART UNMERGED",
    "ReportKind": "INITIAL COMPLEMENTARY",
    "ReportStatus": "DRAFT VALIDATED SENT ACKNOWLEDGED QUALIFIED NOT_QUALIFIED MISROUTED COMPLEMENT_OF_EXISTING"
    " EVALUATING CONCLUDED RETURNED_TO_119",
    "ResourceVisibility": "PUBLIC NETWORK SECRET",
    "RetentionState": "ACTIVE INTERMEDIATE ANONYMISED DELETED",
    "Role": "LIS SUP ANA CRI ASE ASM ASO COO DEL ADM DPO ONP",
    "SecrecyBasis": "FUNCTION_ASE_L221_6 SNATED PROFESSION MISSION",
    "SituationStatus": "OPEN ASSESSED ADVICE_ONLY IP_SENT LINKED_TO_ASE MONITORED CLOSED REOPENED",
    "SurveyTarget": "DEF ASE CRIP FOYER",
    "DeadlineKind": "REPORT VALIDATION ACKNOWLEDGEMENT EVALUATION RETURN SENDER_ANSWER PLACEMENT MEASURE_REVIEW MAJORITY "
    "ADDRESS_ANSWER TRANSFER_WINDOW HABILITATION SUBJECT_REQUEST BREACH",
    "TransferDuty": "INFORMED AGREEMENT_WRITTEN DANGER_OVERRIDE CHILD_INTEREST_WAIVER",
    "TransferRegime": "REPORT_UNDER_WAY ADMINISTRATIVE JUDICIAL",
    "TransferState": "REQUESTED DUTY SENT RECEIVED CLOSED UNKNOWN_ADDRESS",
    "TriState": "YES NO UNKNOWN",
    "Urgency": "STANDARD PRIORITY IMMEDIATE_DANGER",
    "Venue": "HOTEL SHORT_LET HOME STREET ONLINE OTHER UNKNOWN",
    "WarningSign": "RUNAWAY UNEXPLAINED_MONEY INTENSIVE_PHONE HYPERSEXUALISATION ADDICTION",
    "WithheldReason": "NEEDS_GRANT NEEDS_AGREEMENT NEEDS_PERSON NEEDS_PURPOSE NEEDS_BREAK_GLASS OUT_OF_MANDATE ENDED",
}

# Name, code and class of each field group, typed from the domain document, section 6.
CATEGORIES = """
    KEY KEY P1
    CASE_HEADER G01 P2             CODED_PROFILE G02 P2         MINOR_MINIMAL G03 P3
    FULL_IDENTITY G04 P3           PARENTS G05 P3               CALLER_IDENTITY G06 P5
    CALLER_CATEGORY G07 P3         CALLER_CATEGORY_COARSE G08 P2 CONTACTS G09 P3
    LISTENING_NOTES G10 P5         REPORT_TEXT G11 P4           REPORT_STEPS G12 P2
    RETURN_CODES G13 P3            JUDICIAL_REFERRAL G14 P3     JUDICIAL_MOTIVE G15 P3
    PROBLEMATICS G16 P3            PROBLEMATICS_STARRED G17 P4  EXPLOITATION G18 P4
    LIVE_DANGER G19 P4             KNOWN_TO_ASE G20 P3          MEASURES G21 P3
    JURISDICTIONS G22 P3           REFERRALS G23 P2             NOTE_FOR_ASE G24 P4
    ASSOCIATION_NOTES G25 P4       DLPM_ACTIONS G26 P3          INFORMATION_DUTIES G27 P3
    GRANTS G28 P3                  DISCLOSURE_LEDGER G29 P3     ACCESS_LOG G30 P2
    ACCOUNTS G31 P2                REQUESTS G32 P3              DIRECTORY G33 P1
    SURVEYS G34 P1                 INDICATORS G35 P1            TRANSFERS G36 P3
    REPEATS G37 P3
    ALERTS G38 P3
"""

# Exact, report and public word of each caller, typed from the domain document, section 4.
CALLERS = [
    ("MOTHER", "CLOSE_FAMILY", "FAMILY"),
    ("FATHER", "CLOSE_FAMILY", "FAMILY"),
    ("STEP_PARENT", "CLOSE_FAMILY", "FAMILY"),
    ("SIBLING", "CLOSE_FAMILY", "FAMILY"),
    ("EXTENDED_FAMILY", "EXTENDED", "FAMILY"),
    ("ENTOURAGE", "EXTENDED", "OTHER"),
    ("PROFESSIONAL", "PROFESSIONAL", "PROFESSIONAL"),
    ("WITNESS", "WITNESS", "OTHER"),
    ("MINOR", "MINOR", "OTHER"),
    ("UNDISCLOSED", "UNDISCLOSED", "UNDISCLOSED"),
    ("UNKNOWN", "UNDISCLOSED", "UNDISCLOSED"),
]


def test_each_list_has_exactly_the_identifiers_of_the_domain_document() -> None:
    found = {one.__name__: [word.name for word in one] for one in LISTS if one is not Category}
    assert found == {name: identifiers.split() for name, identifiers in IDENTIFIERS.items()}


@pytest.mark.parametrize("words", LISTS)
def test_each_word_is_unique_labelled_and_stored_under_its_own_name(words: type[Word]) -> None:
    # `__members__` also holds aliases, which iteration hides.
    assert len(words.__members__) == len(list(words))
    for word in words:
        assert word.label == word.label.strip() != ""
        assert words(word.value) is word
        assert str(word) == word.value == word
        # A category's value is its code; those are compared one by one below.
        assert words is Category or word.value == word.name
        assert pickle.loads(pickle.dumps(word)) is word


@pytest.mark.parametrize("words", LISTS)
def test_labels_within_a_list_tell_its_words_apart(words: type[Word]) -> None:
    labels = [word.label for word in words]
    assert len(set(labels)) == len(labels)


def test_an_unlisted_value_is_refused() -> None:
    with pytest.raises(ValueError, match="WRITER"):
        Role("WRITER")


def test_categories_are_those_of_the_data_model() -> None:
    cells = CATEGORIES.split()
    rows = list(zip(cells[::3], cells[1::3], cells[2::3], strict=True))
    assert [(category.name, category.value, category.protection.value) for category in Category] == rows
    assert [category.value for category in Category if category is not Category.KEY] == [
        f"G{number:02}" for number in range(1, 39)
    ]


def test_protection_sorts_from_open_to_closed() -> None:
    assert sorted(set(Protection)) == list(Protection)


def test_official_codes_of_yes_no_gender_and_decision() -> None:
    assert {word.name: word.code for word in TriState} == {"YES": "2", "NO": "1", "UNKNOWN": "9"}
    assert {word.name: word.code for word in Gender} == {"GIRL": "2", "BOY": "1", "TRANS_OTHER": "9", "UNKNOWN": "9"}
    assert {word.name: word.code for word in MeasureDecision} == {"ADMINISTRATIVE": "1", "JUDICIAL": "2"}


def test_words_without_an_official_code_have_none() -> None:
    coded = (TriState, Gender, MeasureDecision)
    assert [word for words in LISTS if words not in coded for word in words if word.code is not None] == []


@pytest.mark.parametrize(("exact", "report", "public"), CALLERS)
def test_a_caller_is_coarsened_as_the_domain_document_says(exact: str, report: str, public: str) -> None:
    assert report_category(CallerCategory(exact)) is CallerCategoryReport(report)
    assert public_category(CallerCategory(exact)) is CallerCategoryPublic(public)


def test_every_caller_category_is_in_the_table() -> None:
    assert [exact for exact, _, _ in CALLERS] == [category.value for category in CallerCategory]


def test_starred_problematics_are_the_six_of_class_p4() -> None:
    starred = {word for word in Problematic if word.starred}
    assert starred == {
        Problematic.PSYCH_SUFFERING,
        Problematic.ADDICTION,
        Problematic.SEXUAL_VIOLENCE,
        Problematic.SELF_HARM,
        Problematic.PREGNANCY,
        Problematic.FORCED_DELINQUENCY,
    }


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (None, AgeBand.UNKNOWN),
        (0, AgeBand.UNDER_13),
        (12, AgeBand.UNDER_13),
        (13, AgeBand.A13_14),
        (14, AgeBand.A13_14),
        (15, AgeBand.A15_17),
        (17, AgeBand.A15_17),
        (18, AgeBand.A18_20),
        (20, AgeBand.A18_20),
        (21, AgeBand.UNKNOWN),
    ],
)
def test_age_bands_cut_at_their_edges(age: int | None, band: AgeBand) -> None:
    assert age_band(age) is band


def test_a_negative_age_is_an_error_not_a_band() -> None:
    with pytest.raises(ValueError, match="negative"):
        age_band(-1)


def test_only_two_duties_have_no_waiver() -> None:
    assert {duty for duty in InformationDutyKind if duty.waiver is None} == {
        InformationDutyKind.JUDICIAL_REFERRAL,
        InformationDutyKind.COMPUTER_FILE,
    }
    assert InformationDutyKind.SHARING.waiver is DutyWaiver.CHILD_INTEREST


def test_follow_up_statuses_other_than_the_two_meetings_name_a_referral_state() -> None:
    meetings = {FollowUpStatus.FIRST_MEETING, FollowUpStatus.MISSED_MEETING}
    states = {status.value for status in ReferralStatus}
    assert {status for status in FollowUpStatus if status.value not in states} == meetings


def test_an_audience_is_one_role_or_one_kind_of_organisation() -> None:
    assert [role_audience(role).role for role in Role] == list(Role)
    assert [role_audience(role).label for role in Role] == [role.label for role in Role]
    assert [audience.value for audience in Audience if audience.role is None] == [
        "ORG_CRIP",
        "ORG_ASE",
        "ORG_ASSOCIATION",
        "ORG_DLPM",
        "ORG_OBSERVATORY",
    ]
    assert {kind.value: organisation_audience(kind) for kind in OrgKind} == {
        "DLPM": Audience.ORG_DLPM,
        "CRIP": Audience.ORG_CRIP,
        "ASE": Audience.ORG_ASE,
        "FOYER": Audience.ORG_ASSOCIATION,
        "ASSOCIATION": Audience.ORG_ASSOCIATION,
        "OBSERVATORY": Audience.ORG_OBSERVATORY,
        "OPERATOR": None,
    }


def test_labels_never_use_the_words_that_blame_a_minor() -> None:
    labels = " ".join(word.label.lower() for words in LISTS for word in words)
    assert [word for word in ("prostituée", "client ", "consent") if word in labels] == []


def test_the_duty_of_a_transfer_is_apart_from_its_state() -> None:
    assert {duty.value for duty in TransferDuty} & {state.value for state in TransferState} == set()
