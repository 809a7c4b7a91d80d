"""What a CRIP can do with a report, state by state, and what each form of it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from auth.caller import Caller
from dashboard.dates import instant_of, is_blank, read_day
from dashboard.people import is_number, own_number
from dashboard.visit import Fields, one
from schema.reference import official_list
from schema.vocabulary import ReportStatus


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the CRIP: its document, what it asks for, and what its button says."""

    word: str
    document: str
    label: str
    sentence: str
    states: frozenset[ReportStatus]
    fields: Sequence[str] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    secondary: bool = False


_SENT = frozenset({ReportStatus.SENT})
_ACKNOWLEDGED = frozenset({ReportStatus.ACKNOWLEDGED})
_RECEIVED = (
    frozenset(
        {
            ReportStatus.ACKNOWLEDGED,
            ReportStatus.QUALIFIED,
            ReportStatus.NOT_QUALIFIED,
            ReportStatus.COMPLEMENT_OF_EXISTING,
            ReportStatus.EVALUATING,
            ReportStatus.CONCLUDED,
            ReportStatus.RETURNED_TO_119,
        }
    )
    | _SENT
)

# What is offered in each state; the act itself decides (a test compares the two).
STEPS = (
    Step(
        "accuser",
        "acknowledge_report",
        "Accuser réception",
        "Les délais de l’évaluation et du retour commencent.",
        _SENT,
    ),
    Step(
        "qualifier",
        "qualify_report",
        "Qualifier : information préoccupante",
        "Elle devra être évaluée.",
        _ACKNOWLEDGED,
        fixed={"qualified": True},
    ),
    Step(
        "ne-pas-qualifier",
        "qualify_report",
        "Ne pas qualifier",
        "Il restera à faire retour au 119.",
        _ACKNOWLEDGED,
        fixed={"qualified": False},
        secondary=True,
    ),
    Step(
        "completer",
        "complement_report",
        "Complète une information déjà reçue",
        "Elle suit le sort de la première ; il restera à faire retour au 119.",
        _ACKNOWLEDGED,
        fields=("completes",),
        secondary=True,
    ),
    Step(
        "evaluer",
        "start_evaluation",
        "Ordonner l’évaluation",
        "Deux professionnels au moins, qui ne suivent pas la famille (D226-2-5).",
        frozenset({ReportStatus.QUALIFIED}),
    ),
    Step(
        "evaluateur",
        "assign_evaluator",
        "Nommer qui évalue",
        "Une personne qui ne suit pas la famille (D226-2-5) ; une exception se motive et s’inscrit au registre.",
        frozenset({ReportStatus.EVALUATING}),
        fields=("evaluator", "exceptionReason"),
        secondary=True,
    ),
    Step(
        "conclure",
        "conclude_evaluation",
        "Conclure l’évaluation",
        "Le 119 l’apprendra avec le retour.",
        frozenset({ReportStatus.EVALUATING}),
        fields=("conclusion",),
    ),
    Step(
        "retourner",
        "return_report",
        "Faire retour au 119",
        "La conclusion et les codes partent au 119 ; le rapport d’évaluation reste chez vous.",
        frozenset({ReportStatus.CONCLUDED, ReportStatus.NOT_QUALIFIED, ReportStatus.COMPLEMENT_OF_EXISTING}),
        fields=("conclusion",),
    ),
    Step(
        "reorienter",
        "misrouted_report",
        "Une autre autorité est compétente",
        "L’information quitte votre boîte à l’instant et revient au 119.",
        _SENT | _ACKNOWLEDGED,
        fields=("suggestedDepartment",),
        secondary=True,
    ),
    Step(
        "signaler",
        "judicial_referral",
        "Inscrire une saisine du procureur",
        "Possible à toute étape ; l’information préoccupante garde son état et ses délais.",
        _RECEIVED,
        fields=("motifSig", "by"),
        secondary=True,
    ),
)
BY_WORD: Mapping[str, Step] = {step.word: step for step in STEPS}

_MYSELF = "moi"


def fault_of(step: Step, fields: Fields) -> str | None:
    """What has to be written before the act can be asked for."""
    if "evaluator" in step.fields and one(fields, "who") != _MYSELF and not is_number(one(fields, "evaluator")):
        return "Écrivez l’identifiant de la personne en entier : il commence par « mbr_ », son délégué le lit sous « Réseau »."
    if "completes" in step.fields and not one(fields, "completes"):
        return "Choisissez l’information qu’elle complète."
    if "motifSig" in step.fields:
        if one(fields, "motifSig") not in {code.code for code in official_list("MOTIFSIG")}:
            return "Choisissez le motif de la saisine."
        if read_day(fields, "at") is None:
            return "Écrivez le jour de la saisine, par exemple 22 11 2026."
        if not is_blank(fields, "copy") and read_day(fields, "copy") is None:
            return "Écrivez le jour de la copie, ou laissez ses trois cases vides."
    return None


def wish_of(step: Step, fields: Fields, caller: Caller) -> dict[str, Any]:
    """The input of the act; of fields in which `fault_of` finds nothing."""
    wish: dict[str, Any] = {**step.fixed, **{name: one(fields, name) or None for name in step.fields}}
    if "evaluator" in step.fields and one(fields, "who") == _MYSELF:
        wish["evaluator"] = own_number(caller)
    if "motifSig" in step.fields:
        now = datetime.now(UTC)
        days = {"at": read_day(fields, "at"), "copyToPcdAt": read_day(fields, "copy")}
        wish |= {name: instant_of(day, now) for name, day in days.items() if day is not None}
    return wish


__all__ = ["BY_WORD", "STEPS", "Step", "fault_of", "wish_of"]
