"""How an organisation may be linked with the invented situation: a choice of few, by its kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from auth.policy import ORGANISATIONS_OF
from dashboard.invented.facts import Facts
from schema.vocabulary import (
    Audience,
    Category,
    MandateKind,
    OrgKind,
    ReferralKind,
    ReferralStatus,
    ReportStatus,
    Role,
    organisation_audience,
)


@dataclass(frozen=True, slots=True)
class Link:
    """One way to be linked: its word in the address, how it is told, and what is so then."""

    word: str
    label: str
    facts: Facts


_NETWORK = frozenset({"NETWORK"})
_STARRED = frozenset({Category.PROBLEMATICS_STARRED.value, Category.EXPLOITATION.value, Category.REPORT_TEXT.value})


def _none(kind: OrgKind) -> Link:
    return Link("aucun", "aucun lien avec la situation", Facts(kind, _NETWORK))


def _referred(
    kind: OrgKind, word: str, label: str, status: ReferralStatus, *, coded: bool = False, shared: bool = False
) -> Link:
    relations = {"CONSULTS" if coded else "SUPPORTS", "STAKE"}
    relations |= {"ASSIGNED"} if status is not ReferralStatus.PROPOSED and not coded else set()
    facts = Facts(
        kind,
        _NETWORK | relations,
        referral=status,
        referral_kind=ReferralKind.PROFESSIONAL_CONSULTATION if coded else ReferralKind.DIRECT_SUPPORT,
        in_charge=status is not ReferralStatus.PROPOSED,
        agreed=status is ReferralStatus.IDENTITY_RELEASED,
        granted=_STARRED if shared else frozenset(),
    )
    return Link(word, label, facts)


def links(kind: OrgKind, mandate: MandateKind | None) -> Sequence[Link]:
    """What can be chosen for an organisation; no link first, because most situations are none of its business."""
    further = _LINKS.get(kind)
    return (_none(kind), *(further(mandate) if further else ()))


def _of_crip(_: MandateKind | None) -> Sequence[Link]:
    kind, relations = OrgKind.CRIP, _NETWORK | {"REPORTED", "STAKE"}
    return (
        Link("ip", "une information préoccupante lui a été transmise", Facts(kind, relations, ReportStatus.SENT)),
        Link(
            "close",
            "cette situation est close depuis",
            Facts(kind, frozenset({"REPORTED_CLOSED"}), ReportStatus.RETURNED_TO_119),
        ),
    )


def _of_ase(_: MandateKind | None) -> Sequence[Link]:
    kind, linked = OrgKind.ASE, _NETWORK | {"ASE_LINKED", "STAKE"}
    return (
        Link("lien", "le 119 a établi un lien avec ce service", Facts(kind, linked)),
        Link(
            "suivi",
            "et la personne suit la situation",
            Facts(kind, linked | {"CASEWORKER", "REPORTED"}, ReportStatus.SENT, in_charge=True),
        ),
    )


def _of_association(mandate: MandateKind | None) -> Sequence[Link]:
    kind = OrgKind.ASSOCIATION
    if mandate is MandateKind.OUTSIDE_MISSION:
        return (
            _referred(kind, "etayage-propose", "un étayage codé lui est proposé", ReferralStatus.PROPOSED, coded=True),
            _referred(kind, "etayage", "l’étayage est accepté", ReferralStatus.ACCEPTED, coded=True),
        )
    return _supports(kind, measure=mandate is MandateKind.MEASURE)


def _supports(kind: OrgKind, *, measure: bool) -> Sequence[Link]:
    made = (
        _referred(kind, "proposee", "une orientation lui est proposée", ReferralStatus.PROPOSED),
        _referred(kind, "acceptee", "l’orientation est acceptée", ReferralStatus.ACCEPTED),
        _referred(kind, "transmise", "l’identité est transmise, le mineur d’accord", ReferralStatus.IDENTITY_RELEASED),
        _referred(kind, "partage", "et un partage nomme la personne", ReferralStatus.IDENTITY_RELEASED, shared=True),
    )
    if not measure:
        return made
    last = made[2]
    named = replace(last.facts, relations=last.facts.relations | {"MANDATED", "ENTRUSTED"})
    return (*made, Link("mesure", "et une mesure en cours nomme l’organisation", named))


_LINKS: Mapping[OrgKind, Callable[[MandateKind | None], Sequence[Link]]] = {
    OrgKind.CRIP: _of_crip,
    OrgKind.ASE: _of_ase,
    OrgKind.ASSOCIATION: _of_association,
    OrgKind.FOYER: lambda _: _supports(OrgKind.FOYER, measure=True),
    OrgKind.DLPM: lambda _: (
        Link(
            "ecoute",
            "la personne a pris l’appel",
            Facts(OrgKind.DLPM, _NETWORK | {"LISTENING"}, ReportStatus.SENT, in_charge=True),
        ),
    ),
}
# Hors mission, nobody works with an identity; under a mandate, nobody only consults.
_NOT_UNDER: Mapping[MandateKind, Role] = {
    MandateKind.OUTSIDE_MISSION: Role.ASM,
    MandateKind.MEASURE: Role.ASO,
    MandateKind.ASE_MISSION: Role.ASO,
}


def audiences(kind: OrgKind, mandate: MandateKind | None) -> list[Audience]:
    """Who there may be in an organisation: its members' roles, then its own software."""
    closed = _NOT_UNDER.get(mandate) if mandate else None
    roles = [role for role, kinds in ORGANISATIONS_OF.items() if kind in kinds and role is not closed]
    tool = organisation_audience(kind)
    return [*(Audience(role.value) for role in roles), *([tool] if tool else [])]


__all__ = ["Link", "audiences", "links"]
