"""The words of a link with the ASE and of a referral, until its follow-up."""

from schema.vocabulary.word import Word


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
