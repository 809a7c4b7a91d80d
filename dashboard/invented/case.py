"""The invented situation itself, and what the policy shows of it to somebody: a value, a reason, or nothing at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth.comparing import Surface
from dashboard.invented.facts import Facts
from schema.vocabulary import Audience, WithheldReason

# type -> how it is told, then column, label and invented value. A test compares the names with the policy.
CASE: Mapping[str, tuple[str, Sequence[tuple[str, str, str]]]] = {
    "Situation": (
        "La situation",
        (
            ("ref", "Référence", "ABCDE-FGHJK"),
            ("status", "État", "ouverte ou close"),
            ("urgency", "Urgence", "prioritaire"),
            ("qualification", "Qualification", "pré-prostitutionnelle"),
            ("known_to_cp", "Connu de la protection de l’enfance", "oui"),
        ),
    ),
    "Minor": (
        "Le mineur",
        (
            ("age_band", "Tranche d’âge", "15-17 ans"),
            ("first_name", "Prénom", "Prénom inventé"),
            ("age", "Âge", "16 ans"),
            ("safe_hours", "Heures sans danger", "après 17 h"),
            ("last_name", "Nom", "Nom inventé"),
            ("phone", "Téléphone", "01 99 00 12 34"),
            ("address", "Adresse", "1 rue Inventée"),
            ("school", "Établissement scolaire", "collège inventé"),
        ),
    ),
    "ParentalHolder": ("Les parents", (("name", "Nom", "Parent inventé"),)),
    "Contact": ("Le contact avec le 119", (("at", "Jour", "hier"), ("channel", "Canal", "téléphone"))),
    "Caller": (
        "L’appelant",
        (("name", "Nom", "Appelant inventé"), ("phone", "Téléphone", "01 99 00 56 78")),
    ),
    "ListeningNote": ("La note d’écoute", (("text", "Texte", "Note inventée"),)),
    "ProblematicObservation": ("Les difficultés", (("kind", "Difficulté", "fugue"), ("value", "Observée", "oui"))),
    "SensitiveObservation": (
        "Les difficultés sensibles",
        (("kind", "Difficulté", "souffrance psychique"), ("value", "Observée", "oui")),
    ),
    "ExploitationFact": ("Les faits d’exploitation", (("form", "Forme", "escorting"), ("venue", "Lieu", "hôtel"))),
    "LiveDanger": ("Le danger en cours", (("place", "Lieu", "Lieu inventé"),)),
    "ConcernReport": (
        "L’information préoccupante",
        (
            ("status", "État", "transmise"),
            ("summary_for_crip", "Les faits, pour la CRIP", "Texte inventé"),
            ("conclusion", "Conclusion", "aide administrative"),
        ),
    ),
    "Referral": (
        "L’orientation",
        (
            ("ref", "Référence", "KJHGF-EDCBA"),
            ("age_band", "Tranche d’âge", "15-17 ans"),
            ("need_codes", "Besoins", "soutien psychologique"),
            ("coded_problematics", "Difficultés codées", "fugue, emprise"),
            ("coded_forms", "Formes codées", "escorting"),
        ),
    ),
    "FollowUp": (
        "Le suivi",
        (("status", "Étape", "premier rendez-vous"), ("note_for_ase", "Note pour l’ASE", "Note inventée")),
    ),
    "AssociationNote": ("Les notes de l’association", (("text", "Texte", "Note inventée"),)),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One value for somebody: seen, or kept back with a reason where the policy gives one, or not in their schema."""

    label: str
    value: str
    seen: bool
    exists: bool = True
    reason: WithheldReason | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One type of the situation for somebody: its rows are there or not, or the type is not in their schema."""

    label: str
    exists: bool
    there: bool
    values: Sequence[Shown]


def seen_by(policy: Surface, audience: Audience, facts: Facts) -> list[Part]:
    """The whole invented situation as somebody would have it, by the policy alone."""
    known = policy["audiences"][audience.value]["types"]
    return [_part(label, known.get(name), values, facts) for name, (label, values) in CASE.items()]


def _part(label: str, kind: Any, values: Sequence[tuple[str, str, str]], facts: Facts) -> Part:
    if kind is None:
        return Part(label, exists=False, there=False, values=())
    there = any(facts.hold(alternative) for alternative in kind["rows"])
    return Part(label, exists=True, there=there, values=tuple(_values(kind["columns"], values, facts)) if there else ())


def _values(columns: Mapping[str, Any], values: Sequence[tuple[str, str, str]], facts: Facts) -> Iterator[Shown]:
    for column, label, value in values:
        rule = columns.get(column)
        if rule is None:
            yield Shown(label, "", seen=False, exists=False)
        elif rule == "always" or any(facts.hold(alternative) for alternative in rule["when"]):
            yield Shown(label, value, seen=True)
        else:
            yield Shown(label, "", seen=False, reason=WithheldReason(rule["else"]) if rule["else"] else None)


__all__ = ["CASE", "Part", "Shown", "seen_by"]
