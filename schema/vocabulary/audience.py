"""Who asks, and what for: roles, audiences and purposes."""

from collections.abc import Mapping
from types import MappingProxyType

from schema.vocabulary.organisation import OrgKind
from schema.vocabulary.word import Word


class Purpose(Word):
    """What a request is for; every token carries exactly one (L226-2-2, L226-3)."""

    EVALUATE = "EVALUATE", "évaluer"
    DETERMINE = "DETERMINE", "déterminer les actions"
    IMPLEMENT = "IMPLEMENT", "mettre en œuvre les actions"
    CONSULTATION = "CONSULTATION", "étayage"
    MONITORING = "MONITORING", "veille"
    ADMINISTRATION = "ADMINISTRATION", "administration"
    CONTROL = "CONTROL", "contrôle"


class Role(Word):
    """What one habilitation makes a person in one organisation."""

    LIS = "LIS", "écoutant"
    SUP = "SUP", "superviseur"
    ANA = "ANA", "analyste"
    CRI = "CRI", "agent de CRIP"
    ASE = "ASE", "référent ASE"
    ASM = "ASM", "intervenant mandaté (association ou foyer)"
    ASO = "ASO", "intervenant d'association hors mission"
    COO = "COO", "coordinateur"
    DEL = "DEL", "délégué de l'organisation"
    ADM = "ADM", "administrateur du réseau"
    DPO = "DPO", "délégué à la protection des données"
    ONP = "ONP", "observatoire (ONPE, ODPE)"


class Audience(Word):
    """Who shares one schema, one database login and one set of doors: a role, or a kind of organisation alone."""

    LIS = "LIS", "écoutant"
    SUP = "SUP", "superviseur"
    ANA = "ANA", "analyste"
    CRI = "CRI", "agent de CRIP"
    ASE = "ASE", "référent ASE"
    ASM = "ASM", "intervenant mandaté (association ou foyer)"
    ASO = "ASO", "intervenant d'association hors mission"
    COO = "COO", "coordinateur"
    DEL = "DEL", "délégué de l'organisation"
    ADM = "ADM", "administrateur du réseau"
    DPO = "DPO", "délégué à la protection des données"
    ONP = "ONP", "observatoire (ONPE, ODPE)"
    ORG_CRIP = "ORG_CRIP", "logiciel d'une CRIP"
    ORG_ASE = "ORG_ASE", "logiciel d'un service ASE"
    ORG_ASSOCIATION = "ORG_ASSOCIATION", "logiciel d'une association ou d'un foyer"
    ORG_DLPM = "ORG_DLPM", "logiciel de la DLPM"
    ORG_OBSERVATORY = "ORG_OBSERVATORY", "logiciel d'un observatoire"

    @property
    def role(self) -> Role | None:
        """The role of a person-bound audience; none for an organisation alone."""
        return None if self.value.startswith("ORG_") else Role(self.value)


_ORGANISATION_AUDIENCE: Mapping[OrgKind, Audience] = MappingProxyType(
    {
        OrgKind.CRIP: Audience.ORG_CRIP,
        OrgKind.ASE: Audience.ORG_ASE,
        OrgKind.ASSOCIATION: Audience.ORG_ASSOCIATION,
        OrgKind.FOYER: Audience.ORG_ASSOCIATION,
        OrgKind.DLPM: Audience.ORG_DLPM,
        OrgKind.OBSERVATORY: Audience.ORG_OBSERVATORY,
    }
)


def role_audience(role: Role) -> Audience:
    """The audience of a person who uses this role."""
    return Audience(role.value)


def organisation_audience(kind: OrgKind) -> Audience | None:
    """The audience of an organisation-only client; the operator has none, so its software reads nothing."""
    return _ORGANISATION_AUDIENCE.get(kind)
