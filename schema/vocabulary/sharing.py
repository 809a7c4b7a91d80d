"""The words of sharing: the family's right to be told, grants, and what is opened with a reason."""

from schema.vocabulary.word import Word


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


class WithheldReason(Word):
    """Why a field is empty for this reader; none tells a value, an IP or another organisation."""

    NEEDS_GRANT = "NEEDS_GRANT", "partage à demander"
    NEEDS_AGREEMENT = "NEEDS_AGREEMENT", "accord du mineur nécessaire"
    NEEDS_PERSON = "NEEDS_PERSON", "réservé à une personne nommément habilitée"
    NEEDS_PURPOSE = "NEEDS_PURPOSE", "finalité non prévue"
    NEEDS_BREAK_GLASS = "NEEDS_BREAK_GLASS", "accès exceptionnel à motiver"
    OUT_OF_MANDATE = "OUT_OF_MANDATE", "hors mandat"
    ENDED = "ENDED", "accès terminé"
