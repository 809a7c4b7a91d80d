"""Every closed list of words the network speaks: an identifier, its French label and, where one exists, its code."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Self


class Word(StrEnum):
    """One word of a closed list: the identifier is its value, `label` is what a French reader sees."""

    label: str
    code: str | None

    def __new__(cls, value: str, *_: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    # `label` has a default only so that a type checker lets a word be looked up by its value: Role("LIS").
    def __init__(self, _: str, label: str = "", code: str | None = None) -> None:
        self.label = label
        self.code = code


# -------------------- general


class TriState(Word):
    """An answer where not knowing is a value; the codes are those of the official yes/no variables."""

    # The official order is the reverse of a boolean: 1 = no, 2 = yes, 9 = unknown (CASF, annexe 2-8).
    YES = "YES", "oui", "2"
    NO = "NO", "non", "1"
    UNKNOWN = "UNKNOWN", "ne sait pas", "9"


class Purpose(Word):
    """What a request is for; every token carries exactly one (L226-2-2, L226-3)."""

    EVALUATE = "EVALUATE", "évaluer"
    DETERMINE = "DETERMINE", "déterminer les actions"
    IMPLEMENT = "IMPLEMENT", "mettre en œuvre les actions"
    CONSULTATION = "CONSULTATION", "étayage"
    MONITORING = "MONITORING", "veille"
    ADMINISTRATION = "ADMINISTRATION", "administration"
    CONTROL = "CONTROL", "contrôle"


# -------------------- contacts and callers


class Channel(Word):
    """How a contact reached the 119."""

    PHONE = "PHONE", "téléphone"
    CHAT = "CHAT", "tchat (moins de 21 ans)"
    WEB_FORM = "WEB_FORM", "formulaire"
    SIGN_LANGUAGE = "SIGN_LANGUAGE", "langue des signes (LSF)"
    MAIL = "MAIL", "courrier"
    UNKNOWN = "UNKNOWN", "inconnu"


class Direction(Word):
    """Who started the contact."""

    IN = "IN", "entrant"
    OUT = "OUT", "sortant"


class ContactOutcome(Word):
    """What the 119 made of a contact."""

    ANSWERED_IP = "ANSWERED_IP", "traité : information préoccupante"
    ANSWERED_HELP = "ANSWERED_HELP", "traité : aide immédiate"
    PRE_PROCESSED = "PRE_PROCESSED", "pré-traité"
    ABANDONED = "ABANDONED", "abandonné"
    DISSUADED = "DISSUADED", "dissuadé"


class CallerAnonymity(Word):
    """Who may learn who called: nobody, the 119, or the CRIP as well."""

    ANONYMOUS = "ANONYMOUS", "anonyme"
    KNOWN_119_ONLY = "KNOWN_119_ONLY", "connu du 119 seul"
    TRANSMISSIBLE_CRIP = "TRANSMISSIBLE_CRIP", "transmissible à la CRIP"


class CallerCategory(Word):
    """Who called, exactly: a quasi-identity, since "mother" names one person."""

    MOTHER = "MOTHER", "mère"
    FATHER = "FATHER", "père"
    STEP_PARENT = "STEP_PARENT", "beau-parent"
    SIBLING = "SIBLING", "fratrie"
    EXTENDED_FAMILY = "EXTENDED_FAMILY", "famille élargie"
    ENTOURAGE = "ENTOURAGE", "entourage"
    PROFESSIONAL = "PROFESSIONAL", "professionnel"
    WITNESS = "WITNESS", "témoin"
    MINOR = "MINOR", "mineur"
    UNDISCLOSED = "UNDISCLOSED", "ne souhaite pas être désigné"
    UNKNOWN = "UNKNOWN", "inconnu"


class CallerCategoryReport(Word):
    """Who called, as the yearly report counts it."""

    CLOSE_FAMILY = "CLOSE_FAMILY", "premier cercle familial"
    PROFESSIONAL = "PROFESSIONAL", "professionnel"
    EXTENDED = "EXTENDED", "famille élargie et entourage"
    UNDISCLOSED = "UNDISCLOSED", "ne souhaite pas être désigné"
    WITNESS = "WITNESS", "témoin"
    MINOR = "MINOR", "mineur"


class CallerCategoryPublic(Word):
    """Who called, coarse enough to name nobody."""

    FAMILY = "FAMILY", "famille"
    PROFESSIONAL = "PROFESSIONAL", "professionnel"
    OTHER = "OTHER", "autre"
    UNDISCLOSED = "UNDISCLOSED", "ne souhaite pas être désigné"


# The public word is read from the exact one, not from the report's: EXTENDED covers family and entourage alike.
_COARSER: Mapping[CallerCategory, tuple[CallerCategoryReport, CallerCategoryPublic]] = MappingProxyType(
    {
        CallerCategory.MOTHER: (CallerCategoryReport.CLOSE_FAMILY, CallerCategoryPublic.FAMILY),
        CallerCategory.FATHER: (CallerCategoryReport.CLOSE_FAMILY, CallerCategoryPublic.FAMILY),
        CallerCategory.STEP_PARENT: (CallerCategoryReport.CLOSE_FAMILY, CallerCategoryPublic.FAMILY),
        CallerCategory.SIBLING: (CallerCategoryReport.CLOSE_FAMILY, CallerCategoryPublic.FAMILY),
        CallerCategory.EXTENDED_FAMILY: (CallerCategoryReport.EXTENDED, CallerCategoryPublic.FAMILY),
        CallerCategory.ENTOURAGE: (CallerCategoryReport.EXTENDED, CallerCategoryPublic.OTHER),
        CallerCategory.PROFESSIONAL: (CallerCategoryReport.PROFESSIONAL, CallerCategoryPublic.PROFESSIONAL),
        CallerCategory.WITNESS: (CallerCategoryReport.WITNESS, CallerCategoryPublic.OTHER),
        CallerCategory.MINOR: (CallerCategoryReport.MINOR, CallerCategoryPublic.OTHER),
        CallerCategory.UNDISCLOSED: (CallerCategoryReport.UNDISCLOSED, CallerCategoryPublic.UNDISCLOSED),
        CallerCategory.UNKNOWN: (CallerCategoryReport.UNDISCLOSED, CallerCategoryPublic.UNDISCLOSED),
    }
)


def report_category(exact: CallerCategory) -> CallerCategoryReport:
    """The yearly report's word for an exact caller category."""
    return _COARSER[exact][0]


def public_category(exact: CallerCategory) -> CallerCategoryPublic:
    """The public word for an exact caller category."""
    return _COARSER[exact][1]


# -------------------- the minor


class Gender(Word):
    """The minor's gender; the codes are those of the official variable SEXE."""

    GIRL = "GIRL", "fille", "2"
    BOY = "BOY", "garçon", "1"
    TRANS_OTHER = "TRANS_OTHER", "trans/autre", "9"
    UNKNOWN = "UNKNOWN", "non connu", "9"


class AgePrecision(Word):
    """How well the minor's age is known."""

    EXACT = "EXACT", "exact"
    YEAR = "YEAR", "année"
    DECLARED = "DECLARED", "déclaré"
    ESTIMATED = "ESTIMATED", "estimé"
    UNKNOWN = "UNKNOWN", "inconnu"


class AgeBand(Word):
    """The minor's age, coarse; 15 is a penal threshold, hence the cut."""

    UNDER_13 = "UNDER_13", "moins de 13 ans"
    A13_14 = "A13_14", "13-14 ans"
    A15_17 = "A15_17", "15-17 ans"
    A18_20 = "A18_20", "18-20 ans"
    UNKNOWN = "UNKNOWN", "inconnu"


_FIRST_ADULT_AGE_WITHOUT_BAND = 21
_BANDS_BY_FIRST_AGE = ((18, AgeBand.A18_20), (15, AgeBand.A15_17), (13, AgeBand.A13_14), (0, AgeBand.UNDER_13))


def age_band(age: int | None) -> AgeBand:
    """The band of an age in completed years.

    An age of 21 or more has no band: child protection ends there, so the figure cannot be trusted as this person's.
    Raises: ValueError for a negative age.
    """
    if age is None or age >= _FIRST_ADULT_AGE_WITHOUT_BAND:
        return AgeBand.UNKNOWN
    for first_age, band in _BANDS_BY_FIRST_AGE:
        if age >= first_age:
            return band
    message = "an age cannot be negative"
    raise ValueError(message)


class MinorAgreement(Word):
    """What the minor answered when asked about a referral."""

    NOT_ASKED = "NOT_ASKED", "non demandé"
    ASKED = "ASKED", "demandé"
    AGREED = "AGREED", "accord"
    REFUSED = "REFUSED", "refus"
    UNSAFE_TO_ASK = "UNSAFE_TO_ASK", "demande dangereuse"


class NeedCode(Word):
    """What a minor needs from the organisation that a referral goes to."""

    PSYCHOLOGICAL_SUPPORT = "PSYCHOLOGICAL_SUPPORT", "soutien psychologique"
    SHELTER = "SHELTER", "mise à l'abri, hébergement"
    HEALTH = "HEALTH", "soins, santé sexuelle"
    LEGAL_SUPPORT = "LEGAL_SUPPORT", "accompagnement juridique"
    SCHOOLING = "SCHOOLING", "scolarité, formation"
    ADDICTION_CARE = "ADDICTION_CARE", "soins en addictologie"
    FAMILY_MEDIATION = "FAMILY_MEDIATION", "médiation familiale"
    DIGITAL_SAFETY = "DIGITAL_SAFETY", "sécurité numérique"
    EXIT_SUPPORT = "EXIT_SUPPORT", "accompagnement à la sortie de l'exploitation"


# -------------------- the situation


class SituationStatus(Word):
    """Where the 119's own work on a situation stands."""

    OPEN = "OPEN", "ouverte"
    ASSESSED = "ASSESSED", "appréciée"
    ADVICE_ONLY = "ADVICE_ONLY", "conseil seul"
    IP_SENT = "IP_SENT", "IP transmise"
    LINKED_TO_ASE = "LINKED_TO_ASE", "mise en lien avec l'ASE"
    MONITORED = "MONITORED", "suivie"
    CLOSED = "CLOSED", "close"
    REOPENED = "REOPENED", "rouverte"


class Urgency(Word):
    """How fast a situation must be dealt with."""

    STANDARD = "STANDARD", "courante"
    PRIORITY = "PRIORITY", "prioritaire"
    IMMEDIATE_DANGER = "IMMEDIATE_DANGER", "danger immédiat"


class Qualification(Word):
    """How the conduct is qualified; the legal definition is narrower than what is followed."""

    PRE_PROSTITUTIONAL = "PRE_PROSTITUTIONAL", "pré-prostitutionnelle"
    PROSTITUTIONAL = "PROSTITUTIONAL", "prostitutionnelle"
    SUSPECTED = "SUSPECTED", "suspectée"
    UNKNOWN = "UNKNOWN", "inconnue"


class RetentionState(Word):
    """Where a case file stands in its life of conservation."""

    ACTIVE = "ACTIVE", "base active"
    INTERMEDIATE = "INTERMEDIATE", "archivage intermédiaire"
    ANONYMISED = "ANONYMISED", "anonymisée"
    DELETED = "DELETED", "supprimée"


class JurisdictionRole(Word):
    """Why an authority is competent; several are at once."""

    RESIDENCE = "RESIDENCE", "domicile"
    PRESENCE = "PRESENCE", "lieu de découverte"
    CUSTODY = "CUSTODY", "garde"


class KnownSource(Word):
    """Who says that the minor is known to child protection."""

    CALLER_SAID = "CALLER_SAID", "dit par l'appelant"
    ASE_CONFIRMED = "ASE_CONFIRMED", "confirmé par l'ASE"
    UNKNOWN = "UNKNOWN", "inconnu"


class DangerType(Word):
    """The 119's types of danger."""

    PSYCHOLOGICAL = "PSYCHOLOGICAL", "violences psychologiques"
    NEGLECT = "NEGLECT", "négligences lourdes"
    PHYSICAL = "PHYSICAL", "violences physiques"
    COUPLE_VIOLENCE = "COUPLE_VIOLENCE", "violences de couple"
    EDUCATION = "EDUCATION", "conditions d'éducation compromises"
    SELF_ENDANGERING = "SELF_ENDANGERING", "danger résultant du comportement du mineur"
    SEXUAL = "SEXUAL", "violences sexuelles"
    UNKNOWN = "UNKNOWN", "inconnu"


class Problematic(Word):
    """One difficulty observed in a situation, answered yes, no or unknown."""

    starred: bool
    """True where the observation is of health, sexual life or an offence (GDPR articles 9 and 10, class P4)."""

    def __init__(self, value: str, label: str = "", star: str = "") -> None:
        super().__init__(value, label)
        self.starred = star == "*"

    RUNAWAY = "RUNAWAY", "fugue"
    SCHOOL_DISINVESTMENT = "SCHOOL_DISINVESTMENT", "désinvestissement scolaire"
    PSYCH_SUFFERING = "PSYCH_SUFFERING", "souffrance psychique", "*"
    ADDICTION = "ADDICTION", "drogue/alcool", "*"
    VIOLENCE_SUFFERED = "VIOLENCE_SUFFERED", "violences subies"
    SEXUAL_VIOLENCE = "SEXUAL_VIOLENCE", "violences sexuelles", "*"
    COERCIVE_CONTROL = "COERCIVE_CONTROL", "emprise"
    CYBER = "CYBER", "numérique"
    SELF_HARM = "SELF_HARM", "auto-agression", "*"
    PREGNANCY = "PREGNANCY", "grossesse", "*"
    FORCED_DELINQUENCY = "FORCED_DELINQUENCY", "délinquance contrainte", "*"
    FAMILY_CONFLICT = "FAMILY_CONFLICT", "conflit familial"


class WarningSign(Word):
    """A sign that precedes or goes with exploitation."""

    RUNAWAY = "RUNAWAY", "fugue"
    UNEXPLAINED_MONEY = "UNEXPLAINED_MONEY", "argent ou cadeaux inexpliqués"
    INTENSIVE_PHONE = "INTENSIVE_PHONE", "usage intensif du téléphone"
    HYPERSEXUALISATION = "HYPERSEXUALISATION", "hypersexualisation"
    ADDICTION = "ADDICTION", "addiction"


class ExploitationForm(Word):
    """The form that the exploitation takes."""

    ESCORTING = "ESCORTING", "escorting"
    MICHETONNAGE = "MICHETONNAGE", "michetonnage"
    IMAGES = "IMAGES", "photos/vidéos"
    CAM = "CAM", "webcam"
    LOCAL_PIMPING = "LOCAL_PIMPING", "proxénétisme de cité"
    OTHER = "OTHER", "autre"
    UNKNOWN = "UNKNOWN", "inconnue"


class Venue(Word):
    """Where the exploitation takes place."""

    HOTEL = "HOTEL", "hôtel"
    SHORT_LET = "SHORT_LET", "location courte"
    HOME = "HOME", "domicile"
    STREET = "STREET", "rue"
    ONLINE = "ONLINE", "en ligne"
    OTHER = "OTHER", "autre"
    UNKNOWN = "UNKNOWN", "inconnu"


class Recruitment(Word):
    """How the minor was approached."""

    SOCIAL_NETWORK = "SOCIAL_NETWORK", "réseaux sociaux"
    PEER = "PEER", "pair"
    NEAR_SCHOOL = "NEAR_SCHOOL", "abords d'école"
    NEAR_FOYER = "NEAR_FOYER", "abords de foyer"
    OTHER = "OTHER", "autre"
    UNKNOWN = "UNKNOWN", "inconnu"


class ExploitationMode(Word):
    """Who organises the exploitation."""

    ALONE = "ALONE", "seul"
    PEER = "PEER", "pair"
    LOVER_BOY = "LOVER_BOY", "lover boy"
    NETWORK = "NETWORK", "réseau"
    UNKNOWN = "UNKNOWN", "inconnu"


class DlpmActionKind(Word):
    """What the 119 did in a situation; actions overlap, several per situation."""

    IP_SENT = "IP_SENT", "IP transmise"
    DIRECT_ADVICE = "DIRECT_ADVICE", "conseil direct"
    ASE_LINK = "ASE_LINK", "mise en lien avec l'ASE"
    DOCUMENTATION = "DOCUMENTATION", "documentation"
    LOCAL_ORIENTATION = "LOCAL_ORIENTATION", "orientation locale"


# -------------------- information préoccupante


class ReportKind(Word):
    """Whether an information préoccupante opens a file or adds to one."""

    INITIAL = "INITIAL", "initiale"
    COMPLEMENTARY = "COMPLEMENTARY", "complémentaire"


class ReportStatus(Word):
    """Where an information préoccupante stands, from the 119's draft to the department's return."""

    DRAFT = "DRAFT", "brouillon"
    VALIDATED = "VALIDATED", "validée"
    SENT = "SENT", "transmise"
    ACKNOWLEDGED = "ACKNOWLEDGED", "accusée réception"
    QUALIFIED = "QUALIFIED", "qualifiée"
    NOT_QUALIFIED = "NOT_QUALIFIED", "non qualifiée"
    MISROUTED = "MISROUTED", "mal adressée"
    COMPLEMENT_OF_EXISTING = "COMPLEMENT_OF_EXISTING", "complément d'une IP existante"
    EVALUATING = "EVALUATING", "en évaluation"
    CONCLUDED = "CONCLUDED", "conclue"
    RETURNED_TO_119 = "RETURNED_TO_119", "retour fait au 119"


class IpConclusion(Word):
    """How a department concludes an information préoccupante."""

    CLASSIFIED = "CLASSIFIED", "classement"
    ADMIN_SUPPORT = "ADMIN_SUPPORT", "aide administrative"
    JUDICIAL_REFERRAL = "JUDICIAL_REFERRAL", "saisine judiciaire"
    ALREADY_FOLLOWED = "ALREADY_FOLLOWED", "mesure en cours"
    MOVED = "MOVED", "déménagement"
    UNLOCATED = "UNLOCATED", "introuvable"
    UNKNOWN = "UNKNOWN", "inconnue"


class MeasureDecision(Word):
    """Who decided a measure; the codes are those of the official variable DECISION."""

    ADMINISTRATIVE = "ADMINISTRATIVE", "administrative", "1"
    JUDICIAL = "JUDICIAL", "judiciaire", "2"


class AnswerRefusal(Word):
    """Why a sender of an information préoccupante is not answered (L226-5, D226-2-8)."""

    CHILD_INTEREST = "CHILD_INTEREST", "intérêt de l'enfant"
    DANGER_TO_CHILD = "DANGER_TO_CHILD", "danger pour l'enfant"
    RISK_TO_SENDER_AT_HOME = "RISK_TO_SENDER_AT_HOME", "risque pour l'émetteur vivant au domicile"


# -------------------- ASE link and referral


class AseLinkState(Word):
    """Where a link between a situation and an ASE service stands."""

    PROPOSED = "PROPOSED", "proposé"
    CONTACTED = "CONTACTED", "contacté"
    CONFIRMED = "CONFIRMED", "confirmé"
    NO_ANSWER = "NO_ANSWER", "sans réponse"
    NOT_COMPETENT = "NOT_COMPETENT", "non compétent"
    ENDED = "ENDED", "terminé"


class ReferralKind(Word):
    """What a referral asks of its receiver."""

    DIRECT_SUPPORT = "DIRECT_SUPPORT", "accompagnement"
    PROFESSIONAL_CONSULTATION = "PROFESSIONAL_CONSULTATION", "étayage (anonymisé)"


class ReferralStatus(Word):
    """Where a referral stands."""

    DRAFT = "DRAFT", "brouillon"
    PROPOSED = "PROPOSED", "proposée"
    ACCEPTED = "ACCEPTED", "acceptée"
    DECLINED = "DECLINED", "déclinée"
    IDENTITY_RELEASED = "IDENTITY_RELEASED", "identité transmise"
    ENGAGED = "ENGAGED", "engagée"
    ONGOING = "ONGOING", "en cours"
    PAUSED_RUNAWAY = "PAUSED_RUNAWAY", "suspendue (fugue)"
    REFUSED_BY_MINOR = "REFUSED_BY_MINOR", "refus du mineur"
    LOST_CONTACT = "LOST_CONTACT", "rupture de contact"
    COMPLETED = "COMPLETED", "terminée"
    TRANSFERRED = "TRANSFERRED", "transférée"
    WITHDRAWN = "WITHDRAWN", "retirée"


class DeclineReason(Word):
    """Why a referral was declined."""

    CAPACITY = "CAPACITY", "capacité"
    TERRITORY = "TERRITORY", "territoire"
    AGE = "AGE", "âge"
    OTHER = "OTHER", "autre"


class WebhookState(Word):
    """Whether a webhook is told anything."""

    ACTIVE = "ACTIVE", "actif"
    DISABLED = "DISABLED", "désactivé"


class DeliveryState(Word):
    """What became of a notice to a webhook."""

    WAITING = "WAITING", "en attente"
    DELIVERED = "DELIVERED", "remis"
    DEAD = "DEAD", "abandonné"


class FollowUpStatus(Word):
    """What the receiver of a referral reports."""

    FIRST_MEETING = "FIRST_MEETING", "premier rendez-vous"
    MISSED_MEETING = "MISSED_MEETING", "rendez-vous manqué"
    ONGOING = "ONGOING", "en cours"
    PAUSED_RUNAWAY = "PAUSED_RUNAWAY", "suspendu (fugue)"
    REFUSED_BY_MINOR = "REFUSED_BY_MINOR", "refus du mineur"
    LOST_CONTACT = "LOST_CONTACT", "rupture de contact"
    COMPLETED = "COMPLETED", "terminé"
    TRANSFERRED = "TRANSFERRED", "transféré"


# -------------------- transfer between departments


class TransferRegime(Word):
    """Under which regime a file moves between departments; it decides what the parents are owed (L221-3)."""

    REPORT_UNDER_WAY = "REPORT_UNDER_WAY", "information préoccupante en cours"
    ADMINISTRATIVE = "ADMINISTRATIVE", "mesure administrative"
    JUDICIAL = "JUDICIAL", "mesure judiciaire"


class TransferState(Word):
    """Where a transfer between departments stands."""

    REQUESTED = "REQUESTED", "demandé"
    DUTY = "DUTY", "information des parents traitée"
    SENT = "SENT", "transmis"
    RECEIVED = "RECEIVED", "reçu"
    CLOSED = "CLOSED", "clos"
    UNKNOWN_ADDRESS = "UNKNOWN_ADDRESS", "adresse inconnue"


class TransferDuty(Word):
    """How the duty towards the parents was met before a transfer."""

    INFORMED = "INFORMED", "parents informés"
    AGREEMENT_WRITTEN = "AGREEMENT_WRITTEN", "accord écrit"
    DANGER_OVERRIDE = "DANGER_OVERRIDE", "danger pour l'enfant"
    CHILD_INTEREST_WAIVER = "CHILD_INTEREST_WAIVER", "intérêt contraire de l'enfant"


# -------------------- recognising a repeat


class RepeatState(Word):
    """Where two situations stand that may concern the same minor."""

    PROPOSED = "PROPOSED", "proposé"
    MERGED = "MERGED", "même mineur"
    KEPT_APART = "KEPT_APART", "mineurs différents"
    UNMERGED = "UNMERGED", "rapprochement défait"


class RepeatSide(Word):
    """What a situation is to the other one, once a person has decided that both concern the same minor."""

    PRINCIPAL = "PRINCIPAL", "situation principale"
    DUPLICATE = "DUPLICATE", "situation rattachée"


class RepeatBand(Word):
    """How strongly the facts of two situations speak for the same minor."""

    POSSIBLE = "POSSIBLE", "possible"
    LIKELY = "LIKELY", "probable"
    STRONG = "STRONG", "très probable"


class RepeatFact(Word):
    """A fact on which two situations agree or disagree."""

    FIRST_NAME = "FIRST_NAME", "prénom"
    FIRST_NAME_ALIKE = "FIRST_NAME_ALIKE", "prénom proche ou de même son"
    NICKNAME = "NICKNAME", "diminutif du prénom"
    LAST_NAME = "LAST_NAME", "nom"
    LAST_NAME_ALIKE = "LAST_NAME_ALIKE", "nom proche ou de même son"
    SWAPPED_NAMES = "SWAPPED_NAMES", "nom et prénom intervertis"
    BIRTH_DATE = "BIRTH_DATE", "date de naissance"
    BIRTH_DATE_ALIKE = "BIRTH_DATE_ALIKE", "date de naissance proche"
    AGE = "AGE", "âge"
    PLACE = "PLACE", "département"
    PHONE = "PHONE", "téléphone du mineur"
    HANDLE = "HANDLE", "compte sur un réseau social"


# -------------------- clocks


class DeadlineKind(Word):
    """What a clock of the law, or of this network, waits for."""

    REPORT = "REPORT", "information préoccupante à transmettre"
    VALIDATION = "VALIDATION", "validation après transmission"
    ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT", "accusé de réception par la CRIP"
    EVALUATION = "EVALUATION", "évaluation (D226-2-4)"
    RETURN = "RETURN", "retour au 119"
    SENDER_ANSWER = "SENDER_ANSWER", "réponse au professionnel (L226-5)"
    PLACEMENT = "PLACEMENT", "saisine du juge après placement par le parquet"
    MEASURE_REVIEW = "MEASURE_REVIEW", "réexamen de la mesure"
    MAJORITY = "MAJORITY", "majorité"
    ADDRESS_ANSWER = "ADDRESS_ANSWER", "réponse CAF et CPAM sur l'adresse (L226-3-2)"
    TRANSFER_WINDOW = "TRANSFER_WINDOW", "fin d'accès du département d'origine"
    HABILITATION = "HABILITATION", "fin d'habilitation"
    SUBJECT_REQUEST = "SUBJECT_REQUEST", "réponse à une demande de droits"
    BREACH = "BREACH", "notification d'une violation de données à la CNIL"


# -------------------- duties, grants, break-glass


class DutyWaiver(Word):
    """Why an information duty was not carried out."""

    CHILD_INTEREST = "CHILD_INTEREST", "intérêt contraire de l'enfant"


class InformationDutyKind(Word):
    """What the family must be told, and when."""

    IP_TRANSMISSION = "IP_TRANSMISSION", "transmission d'une information préoccupante (L226-2-1)"
    SHARING = "SHARING", "partage d'informations à caractère secret (L226-2-2)"
    EVALUATION_START = "EVALUATION_START", "début de l'évaluation (D226-2-6)"
    EVALUATION_FOLLOW_UP = "EVALUATION_FOLLOW_UP", "suites de l'évaluation (D226-2-7)"
    JUDICIAL_REFERRAL = "JUDICIAL_REFERRAL", "saisine de l'autorité judiciaire, par écrit (L226-5)"
    DEPARTMENT_TRANSFER = "DEPARTMENT_TRANSFER", "transmission à un autre département (R221-5)"
    COMPUTER_FILE = "COMPUTER_FILE", "traitement informatisé (R221-10)"

    @property
    def waiver(self) -> DutyWaiver | None:
        """The only ground on which this duty may be left undone, if there is one."""
        # Neither text names an exception: L226-5 (referral, in writing) and R221-10 (told together with the IP).
        unconditional = (InformationDutyKind.JUDICIAL_REFERRAL, InformationDutyKind.COMPUTER_FILE)
        return None if self in unconditional else DutyWaiver.CHILD_INTEREST


class GrantState(Word):
    """Where a sharing grant stands."""

    REQUESTED = "REQUESTED", "demandé"
    REFUSED = "REFUSED", "refusé"
    APPROVED = "APPROVED", "approuvé"
    ACTIVE = "ACTIVE", "en vigueur"
    EXPIRED = "EXPIRED", "expiré"
    REVOKED = "REVOKED", "révoqué"


class BreakGlassReason(Word):
    """Why a person opened what is normally withheld from them."""

    COMPLAINT = "COMPLAINT", "réclamation"
    SUBJECT_REQUEST = "SUBJECT_REQUEST", "demande d'une personne concernée"
    REQUISITION = "REQUISITION", "réquisition judiciaire"
    IMMEDIATE_DANGER = "IMMEDIATE_DANGER", "danger immédiat"


class BreakGlassReview(Word):
    """What the third person made of an opening."""

    PENDING = "PENDING", "à examiner"
    JUSTIFIED = "JUSTIFIED", "justifiée"
    NOT_JUSTIFIED = "NOT_JUSTIFIED", "non justifiée"


# -------------------- requests of persons, breaches


class SubjectRequestKind(Word):
    """Which right a person claims (GDPR, chapter III)."""

    ACCESS = "ACCESS", "accès (article 15)"
    RECTIFICATION = "RECTIFICATION", "rectification (article 16)"
    ERASURE = "ERASURE", "effacement (article 17)"
    RESTRICTION = "RESTRICTION", "limitation (article 18)"
    OBJECTION = "OBJECTION", "opposition (article 21)"


class Requester(Word):
    """Who claims it: what a parent may be given is not what the minor may."""

    MINOR = "MINOR", "la personne concernée"
    PARENTAL_HOLDER = "PARENTAL_HOLDER", "titulaire de l'autorité parentale"
    REPRESENTATIVE = "REPRESENTATIVE", "administrateur ad hoc ou avocat de la personne"
    OTHER = "OTHER", "autre personne"


class SubjectRequestOutcome(Word):
    """What became of a request."""

    GRANTED = "GRANTED", "satisfaite"
    PARTLY_GRANTED = "PARTLY_GRANTED", "satisfaite en partie"
    REFUSED = "REFUSED", "refusée"
    NO_DATA = "NO_DATA", "aucune donnée sur cette personne"
    FORWARDED = "FORWARDED", "transmise au responsable de ces données"
    WITHDRAWN = "WITHDRAWN", "retirée"


class BreachNature(Word):
    """What was violated (GDPR, article 4, 12)."""

    CONFIDENTIALITY = "CONFIDENTIALITY", "confidentialité"
    INTEGRITY = "INTEGRITY", "intégrité"
    AVAILABILITY = "AVAILABILITY", "disponibilité"


class BreachWitness(Word):
    """Who noticed a breach."""

    MEMBER = "MEMBER", "membre de l'organisme"
    OPERATOR = "OPERATOR", "opérateur du réseau (article 33, paragraphe 2)"
    PARTNER = "PARTNER", "organisme partenaire"
    PERSON = "PERSON", "personne concernée"
    OTHER = "OTHER", "autre"


# -------------------- organisations and accounts


class AuthorityKind(Word):
    """What kind of local authority holds child protection."""

    DEPARTMENT = "DEPARTMENT", "département"
    METROPOLE = "METROPOLE", "métropole"
    COLLECTIVITY = "COLLECTIVITY", "collectivité"


class OrgKind(Word):
    """What kind of organisation is in the network."""

    DLPM = "DLPM", "DLPM (119)"
    CRIP = "CRIP", "CRIP"
    ASE = "ASE", "ASE"
    FOYER = "FOYER", "foyer"
    ASSOCIATION = "ASSOCIATION", "association"
    OBSERVATORY = "OBSERVATORY", "observatoire"
    OPERATOR = "OPERATOR", "opérateur du réseau"


class MandateKind(Word):
    """On what mandate an association works: a hard ceiling on what it may see."""

    MEASURE = "MEASURE", "mesure"
    ASE_MISSION = "ASE_MISSION", "mission ASE"
    OUTSIDE_MISSION = "OUTSIDE_MISSION", "hors mission"


class SecrecyBasis(Word):
    """On what ground a person is bound by professional secrecy."""

    FUNCTION_ASE_L221_6 = "FUNCTION_ASE_L221_6", "fonction ASE (L221-6)"
    SNATED = "SNATED", "119 (SNATED)"
    PROFESSION = "PROFESSION", "profession"
    MISSION = "MISSION", "mission"


class HabilitationState(Word):
    """Where a person's habilitation stands."""

    PENDING = "PENDING", "en attente"
    ACTIVE = "ACTIVE", "active"
    SUSPENDED = "SUSPENDED", "suspendue"
    EXPIRED = "EXPIRED", "expirée"
    REVOKED = "REVOKED", "révoquée"


class OrganisationStatus(Word):
    """Where an organisation's membership of the network stands."""

    PENDING = "PENDING", "en attente"
    ACTIVE = "ACTIVE", "active"
    SUSPENDED = "SUSPENDED", "suspendue"
    CLOSED = "CLOSED", "fermée"


class MemberStatus(Word):
    """Where a person's account stands."""

    ACTIVE = "ACTIVE", "actif"
    SUSPENDED = "SUSPENDED", "suspendu"
    REMOVED = "REMOVED", "retiré"


class ClientStatus(Word):
    """Where an organisation's software client stands."""

    ACTIVE = "ACTIVE", "actif"
    SUSPENDED = "SUSPENDED", "suspendu"


class ClientAuthentication(Word):
    """How an organisation's software proves who it is; a secret for organisation tokens only, by decision."""

    PRIVATE_KEY_JWT = "PRIVATE_KEY_JWT", "clef de signature"
    CLIENT_SECRET_BASIC = "CLIENT_SECRET_BASIC", "secret"


class ResourceVisibility(Word):
    """Who may see a resource card; a secret shelter is never exported."""

    PUBLIC = "PUBLIC", "publique"
    NETWORK = "NETWORK", "réseau"
    SECRET = "SECRET", "secrète"


class SurveyTarget(Word):
    """Which of the four questionnaires; DEF is a head of service, not a foyer."""

    DEF = "DEF", "directeur enfance-famille"
    ASE = "ASE", "ASE"
    CRIP = "CRIP", "CRIP"
    FOYER = "FOYER", "foyer"


# -------------------- answers


class CountState(Word):
    """Whether a published figure is exact, hidden because it is small, or absent."""

    EXACT = "EXACT", "exact"
    MASKED = "MASKED", "masqué (petit effectif)"
    NOT_AVAILABLE = "NOT_AVAILABLE", "non disponible"


class WithheldReason(Word):
    """Why a field is empty for this reader; none tells a value, an IP or another organisation."""

    NEEDS_GRANT = "NEEDS_GRANT", "partage à demander"
    NEEDS_AGREEMENT = "NEEDS_AGREEMENT", "accord du mineur nécessaire"
    NEEDS_PERSON = "NEEDS_PERSON", "réservé à une personne nommément habilitée"
    NEEDS_PURPOSE = "NEEDS_PURPOSE", "finalité non prévue"
    NEEDS_BREAK_GLASS = "NEEDS_BREAK_GLASS", "accès exceptionnel à motiver"
    OUT_OF_MANDATE = "OUT_OF_MANDATE", "hors mandat"
    ENDED = "ENDED", "accès terminé"


# -------------------- roles and categories


class Role(Word):
    """What one habilitation makes a person in one organisation."""

    LIS = "LIS", "écoutant"
    SUP = "SUP", "superviseur"
    ANA = "ANA", "analyste"
    CRI = "CRI", "agent de CRIP"
    ASE = "ASE", "référent ASE"
    ASM = "ASM", "intervenant mandaté (association ou foyer)"
    ASO = "ASO", "intervenant d'association hors mission"
    COO = "COO", "coordinateur"
    DEL = "DEL", "délégué de l'organisation"
    ADM = "ADM", "administrateur du réseau"
    DPO = "DPO", "délégué à la protection des données"
    ONP = "ONP", "observatoire (ONPE, ODPE)"


class Audience(Word):
    """Who shares one schema, one database login and one set of doors: a role, or a kind of organisation alone."""

    LIS = "LIS", "écoutant"
    SUP = "SUP", "superviseur"
    ANA = "ANA", "analyste"
    CRI = "CRI", "agent de CRIP"
    ASE = "ASE", "référent ASE"
    ASM = "ASM", "intervenant mandaté (association ou foyer)"
    ASO = "ASO", "intervenant d'association hors mission"
    COO = "COO", "coordinateur"
    DEL = "DEL", "délégué de l'organisation"
    ADM = "ADM", "administrateur du réseau"
    DPO = "DPO", "délégué à la protection des données"
    ONP = "ONP", "observatoire (ONPE, ODPE)"
    ORG_CRIP = "ORG_CRIP", "logiciel d'une CRIP"
    ORG_ASE = "ORG_ASE", "logiciel d'un service ASE"
    ORG_ASSOCIATION = "ORG_ASSOCIATION", "logiciel d'une association ou d'un foyer"
    ORG_DLPM = "ORG_DLPM", "logiciel de la DLPM"
    ORG_OBSERVATORY = "ORG_OBSERVATORY", "logiciel d'un observatoire"

    @property
    def role(self) -> Role | None:
        """The role of a person-bound audience; none for an organisation alone."""
        return None if self.value.startswith("ORG_") else Role(self.value)


_ORGANISATION_AUDIENCE: Mapping[OrgKind, Audience] = MappingProxyType(
    {
        OrgKind.CRIP: Audience.ORG_CRIP,
        OrgKind.ASE: Audience.ORG_ASE,
        OrgKind.ASSOCIATION: Audience.ORG_ASSOCIATION,
        OrgKind.FOYER: Audience.ORG_ASSOCIATION,
        OrgKind.DLPM: Audience.ORG_DLPM,
        OrgKind.OBSERVATORY: Audience.ORG_OBSERVATORY,
    }
)


def role_audience(role: Role) -> Audience:
    """The audience of a person who uses this role."""
    return Audience(role.value)


def organisation_audience(kind: OrgKind) -> Audience | None:
    """The audience of an organisation-only client; the operator has none, so its software reads nothing."""
    return _ORGANISATION_AUDIENCE.get(kind)


class Protection(Word):
    """How sensitive a category is; the identifiers sort from open to closed."""

    P0 = "P0", "public"
    P1 = "P1", "interne"
    P2 = "P2", "personnel, codé"
    P3 = "P3", "secret"
    P4 = "P4", "santé, vie sexuelle, infraction"
    P5 = "P5", "ne sort pas du 119"


class Category(Word):
    """A group of fields with one sensitivity; the value is the group's code, the name says what it holds."""

    protection: Protection

    # The default is the most protective class; a test compares every member with the data model.
    def __init__(self, value: str, label: str = "", protection: str = "P5") -> None:
        super().__init__(value, label)
        self.protection = Protection(protection)

    KEY = "KEY", "clé technique", "P1"
    CASE_HEADER = "G01", "en-tête de la situation", "P2"
    CODED_PROFILE = "G02", "profil codé", "P2"
    MINOR_MINIMAL = "G03", "mineur, minimum", "P3"
    FULL_IDENTITY = "G04", "identité complète", "P3"
    PARENTS = "G05", "parents", "P3"
    CALLER_IDENTITY = "G06", "identité de l'appelant", "P5"
    CALLER_CATEGORY = "G07", "qualité de l'appelant, exacte", "P3"
    CALLER_CATEGORY_COARSE = "G08", "qualité de l'appelant, regroupée", "P2"
    CONTACTS = "G09", "contacts", "P3"
    LISTENING_NOTES = "G10", "notes d'écoute", "P5"
    REPORT_TEXT = "G11", "texte de l'IP", "P4"
    REPORT_STEPS = "G12", "étapes de l'IP", "P2"
    RETURN_CODES = "G13", "codes de retour", "P3"
    JUDICIAL_REFERRAL = "G14", "saisine judiciaire, fait", "P3"
    JUDICIAL_MOTIVE = "G15", "saisine judiciaire, motif", "P3"
    PROBLEMATICS = "G16", "problématiques", "P3"
    PROBLEMATICS_STARRED = "G17", "problématiques sensibles", "P4"
    EXPLOITATION = "G18", "faits d'exploitation", "P4"
    LIVE_DANGER = "G19", "danger en cours, auteurs présumés", "P4"
    KNOWN_TO_ASE = "G20", "connu de l'ASE, contact", "P3"
    MEASURES = "G21", "mesures, référent", "P3"
    JURISDICTIONS = "G22", "autorités compétentes", "P3"
    REFERRALS = "G23", "orientation, suivi", "P2"
    NOTE_FOR_ASE = "G24", "note pour l'ASE", "P4"
    ASSOCIATION_NOTES = "G25", "notes de l'association", "P4"
    DLPM_ACTIONS = "G26", "actions de la DLPM", "P3"
    INFORMATION_DUTIES = "G27", "obligations d'information", "P3"
    GRANTS = "G28", "partages", "P3"
    DISCLOSURE_LEDGER = "G29", "registre des communications", "P3"
    ACCESS_LOG = "G30", "journal d'accès", "P2"
    ACCOUNTS = "G31", "utilisateurs, clients, clés", "P2"
    REQUESTS = "G32", "demandes, conservation", "P3"
    # Part of the directory is P0; a category has one class, so the more protective of the two.
    DIRECTORY = "G33", "annuaire", "P1"
    SURVEYS = "G34", "enquêtes, temps de travail", "P1"
    # P0 once published: publishing copies a cube, it does not declassify this category.
    INDICATORS = "G35", "indicateurs", "P1"
    TRANSFERS = "G36", "transferts entre départements", "P3"
    REPEATS = "G37", "rapprochements de situations", "P3"
    ALERTS = "G38", "alertes du 119 sur ses propres délais", "P3"
