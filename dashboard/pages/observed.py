"""How observations, facts and contacts read in one line."""

from collections.abc import Sequence

from dashboard.answers import Node
from schema.vocabulary import ExploitationForm, Problematic, TriState

_VALUES = {TriState.YES: "", TriState.NO: " (non)", TriState.UNKNOWN: " (ne sait pas)"}


def observed(values: Sequence[Node]) -> str:
    """Difficulties; what was answered no or unknown says so."""
    return ", ".join(f"{Problematic(seen['kind']).label}{_VALUES[TriState(seen['value'])]}" for seen in values)


def forms(found: Sequence[Node]) -> str:
    """Forms of exploitation."""
    return ", ".join(ExploitationForm(known["form"]).label for known in found if known["form"])


def contacts_of(person: Node) -> str:
    """A name and how to reach it."""
    return ", ".join(str(person[name]) for name in ("name", "phone", "email", "relation") if person.get(name))
