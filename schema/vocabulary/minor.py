"""The words of the minor: gender, age, agreement, needs."""

from schema.vocabulary.word import Word


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
