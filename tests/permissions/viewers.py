"""The viewer: mandate, purpose, and a habilitation that stands."""

from dataclasses import replace

from tests.permissions.audiences import PURPOSES, ROLE_ORGANISATIONS
from tests.permissions.facts import Facts


def mandate_of(facts: Facts) -> str | None:
    """A foyer counts as MEASURE (section 1)."""
    return "MEASURE" if facts.org_kind == "FOYER" else facts.mandate_kind


def purposes_of(role: str, facts: Facts) -> frozenset[str]:
    """The role's purposes; a coordinator has those of its workers (section 1)."""
    if role != "COO":
        return PURPOSES[role]
    if facts.org_kind == "CRIP":
        return PURPOSES["CRI"]
    if facts.org_kind == "ASE":
        return PURPOSES["ASE"]
    return PURPOSES["ASO"] if mandate_of(facts) == "OUTSIDE_MISSION" else PURPOSES["ASM"]


def purpose_in_force(role: str, facts: Facts) -> str | None:
    """Rule 5: one purpose per request; none chosen while several exist is refused."""
    allowed = purposes_of(role, facts)
    if facts.purpose is None:
        return next(iter(allowed)) if len(allowed) == 1 else None
    return facts.purpose if facts.purpose in allowed else None


def habilitation_stands(role: str, facts: Facts) -> bool:
    """One person, one organisation fit for the role, ACTIVE, within its scopes, for one purpose."""
    if not (facts.habilitation_active and facts.scopes_cover):
        return False
    if facts.org_kind not in ROLE_ORGANISATIONS[role]:
        return False
    if role == "ASM" and mandate_of(facts) not in {"MEASURE", "ASE_MISSION"}:
        return False
    if role == "ASO" and mandate_of(facts) != "OUTSIDE_MISSION":
        return False
    return purpose_in_force(role, facts) is not None


def facts_of(role: str, **changes: object) -> Facts:
    """A viewer with a valid habilitation for `role` and no relation to the situation, then the changes."""
    kinds = {"ASM": "ASSOCIATION", "DEL": "CRIP", "DPO": "DLPM", "COO": "ASSOCIATION"}
    kind = kinds.get(role) or next(iter(ROLE_ORGANISATIONS[role]))
    mandate = {"ASM": "MEASURE", "ASO": "OUTSIDE_MISSION", "COO": "MEASURE"}.get(role)
    facts = replace(Facts(org_kind=kind, mandate_kind=mandate), **changes)  # type: ignore[arg-type]
    return facts if "purpose" in changes else replace(facts, purpose=min(purposes_of(role, facts)))
