"""The words of persons' rights: their requests, and breaches."""

from schema.vocabulary.word import Word


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
