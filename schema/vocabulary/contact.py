"""The words of contacts: how somebody reached the 119, who called, and how exactly that is told."""

from collections.abc import Mapping
from types import MappingProxyType

from schema.vocabulary.word import Word


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
