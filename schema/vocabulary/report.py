"""The words of an information préoccupante, from the draft to the department's return."""

from schema.vocabulary.word import Word


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
