"""The words of a transfer between departments."""

from schema.vocabulary.word import Word


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
