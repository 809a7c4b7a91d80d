"""The words of a situation: its state, its authorities, and what the 119 did."""

from schema.vocabulary.word import Word


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


class DlpmActionKind(Word):
    """What the 119 did in a situation; actions overlap, several per situation."""

    IP_SENT = "IP_SENT", "IP transmise"
    DIRECT_ADVICE = "DIRECT_ADVICE", "conseil direct"
    ASE_LINK = "ASE_LINK", "mise en lien avec l'ASE"
    DOCUMENTATION = "DOCUMENTATION", "documentation"
    LOCAL_ORIENTATION = "LOCAL_ORIENTATION", "orientation locale"
