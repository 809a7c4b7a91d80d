"""The words of monitoring: published figures and questionnaires."""

from schema.vocabulary.word import Word


class CountState(Word):
    """Whether a published figure is exact, hidden because it is small, or absent."""

    EXACT = "EXACT", "exact"
    MASKED = "MASKED", "masqué (petit effectif)"
    NOT_AVAILABLE = "NOT_AVAILABLE", "non disponible"


class SurveyTarget(Word):
    """Which of the four questionnaires; DEF is a head of service, not a foyer."""

    DEF = "DEF", "directeur enfance-famille"
    ASE = "ASE", "ASE"
    CRIP = "CRIP", "CRIP"
    FOYER = "FOYER", "foyer"
