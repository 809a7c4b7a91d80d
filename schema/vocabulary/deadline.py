"""What the clocks wait for."""

from schema.vocabulary.word import Word


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
