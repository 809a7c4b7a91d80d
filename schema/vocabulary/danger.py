"""The words of danger: what is observed, what precedes exploitation, and the form that it takes."""

from schema.vocabulary.word import Word


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
