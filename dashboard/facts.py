"""Rows of what a page shows of one object: its value, `non connu`, or withheld with the reason that the policy gives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schema.vocabulary import WithheldReason, Word

# What a reader can do; never a word on whether there is a value.
WHY: Mapping[WithheldReason, str] = {
    WithheldReason.NEEDS_GRANT: "Cette donnée ne se partage qu’une à une, avec une personne nommée, quand la loi le permet "
    "(CASF L226-2-2). Si vous en avez besoin pour votre mission, demandez un partage à la DLPM ou à la CRIP.",
    WithheldReason.NEEDS_AGREEMENT: "Elle s’ouvre quand le mineur a donné son accord et que la DLPM a transmis son identité.",
    WithheldReason.NEEDS_PERSON: "Elle est réservée à une personne nommément habilitée, jamais à un logiciel seul.",
    WithheldReason.NEEDS_PURPOSE: "La finalité choisie à la connexion ne la prévoit pas.",
    WithheldReason.NEEDS_BREAK_GLASS: "Elle ne s’ouvre que par un accès exceptionnel, motivé et validé par une seconde personne.",
    WithheldReason.OUT_OF_MANDATE: "Elle n’entre pas dans le mandat de votre organisation.",
    WithheldReason.ENDED: "Votre accès a pris fin avec cette orientation ; vos propres écrits vous restent.",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: a text, or nothing known, or withheld."""

    label: str
    text: str | None
    reason: WithheldReason | None = None

    @property
    def why(self) -> str:
        """The answer to « Pourquoi ? »."""
        return WHY[self.reason] if self.reason else ""


def fact(label: str, node: Mapping[str, Any] | None, field: str, read: Callable[[Any], str] = str) -> Fact:
    """The row of one field; what is withheld is told from the notice, never from the value."""
    if node is None:
        return Fact(label, None)
    reason = next((notice["reason"] for notice in node["withheld"] if notice["field"] == field), None)
    if reason is not None:
        return Fact(label, None, WithheldReason(reason))
    value = node[field]
    return Fact(label, read(value) if value not in (None, []) else None)


def word(vocabulary: type[Word]) -> Callable[[str], str]:
    """Reads one word of a vocabulary by its label."""
    return lambda value: vocabulary(value).label


def words(vocabulary: type[Word]) -> Callable[[Iterable[str]], str]:
    """Reads several."""
    return lambda values: ", ".join(vocabulary(value).label for value in values)
