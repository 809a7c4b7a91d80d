"""What is left out of the report, and why: the policy's never, other people's data, secrets of procedures."""

from collections.abc import Mapping

from loaders.nouns import Noun
from loaders.policy.rules import Rule
from loaders.subject_report.french import LABELS, TITLES
from loaders.subject_report.report import Omission
from schema.vocabulary import Category, Protection

# Other people's data (GDPR article 15, paragraph 4): whole nouns, and single columns that hold a name.
_OTHER_PEOPLE = frozenset({"ParentalHolder", "AllegedPerpetrator", "Caller"})
_OTHER_NAMES = {("InformationDuty", "person"), ("Measure", "caseworker")}
# Why a case has to be kept may be an investigation that the person does not know of.
_OF_PROCEDURES = {("LegalHold", "reason")}
# A report of the 119 is never communicable to a parent (CRPA L311-5, L311-6), whoever else may read it.
_NOT_FOR_PARENTS = frozenset({Category.REPORT_TEXT})

_WHY_OTHER = "Données d'autres personnes (article 15, paragraphe 4, du RGPD)."
_WHY_PROCEDURE = "Peut relever du secret d'une enquête ou d'une instruction (article 11 du code de procédure pénale)."
_WHY_CALLER = "L'identité de l'appelant n'est jamais communiquée, quelle que soit la demande."
_WHY_NOTES = "Les notes d'écoute ne sont jamais communiquées : elles protègent la parole confiée au 119."
_WHY_PARENT = (
    "Un écrit du 119 n'est pas communicable aux titulaires de l'autorité parentale (articles L311-5 et L311-6 du CRPA)."
)
WHY_SECOND = (
    "Hors de la vue du délégué tant qu'une seconde personne n'a pas ouvert cette catégorie pour cette demande "
    "(accès exceptionnel, motif SUBJECT_REQUEST)."
)
_WHY_NEVER = "Hors de la vue du délégué à la protection des données : à demander au service qui tient ces lignes."
# What nobody is shown comes first, then what this report does not show.
_LATER = {_WHY_OTHER: 1, _WHY_PROCEDURE: 2, _WHY_PARENT: 3}


def why_left_out(noun: Noun, name: str, rule: Rule | None, *, for_a_parent: bool) -> str | None:
    """Why a column is on no row of this report, whatever the row; None where it may be."""
    category = noun.table.c[name].info["category"]
    if rule is None:
        return _why_never(category)
    if for_a_parent and category in _NOT_FOR_PARENTS:
        return _WHY_PARENT
    if noun.name in _OTHER_PEOPLE or (noun.name, name) in _OTHER_NAMES:
        return _WHY_OTHER
    return _WHY_PROCEDURE if (noun.name, name) in _OF_PROCEDURES else None


def _why_never(category: Category) -> str:
    if category is Category.CALLER_IDENTITY:
        return _WHY_CALLER
    return _WHY_NOTES if category.protection is Protection.P5 else _WHY_NEVER


def omissions(noun: Noun, left_out: Mapping[str, str]) -> list[Omission]:
    """One for each reason and category, from column -> reason."""
    together: dict[tuple[str, Category], list[str]] = {}
    for name, why in left_out.items():
        together.setdefault((why, noun.table.c[name].info["category"]), []).append(LABELS.get(name, name))
    return [
        Omission(TITLES[noun.name], category, tuple(labels), why)
        for (why, category), labels in sorted(together.items(), key=lambda one: _LATER.get(one[0][0], 0))
    ]
