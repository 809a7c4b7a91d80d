"""Who asks: the roles' organisations and purposes, and what clients of organisations read and write."""

from dataclasses import dataclass

from tests.permissions.matrix import ROLES


@dataclass(frozen=True)
class ClientRights:
    """What an organisation-only token of one kind of organisation reads and writes (section 6)."""

    reads: frozenset[str]
    writes: frozenset[str]


def client_rights(reads: str, writes: str = "") -> ClientRights:
    """Groups separated by spaces, as two sets."""
    return ClientRights(frozenset(reads.split()), frozenset(writes.split()))


ORG_ONLY = {
    "CRIP": client_rights("G01 G02 G08 G12 G23 G33 G35", "G12 G13"),
    # "AseLink state" is the one column of G20 that an ASE's tool writes; it does not read it back.
    "ASE": client_rights("G01 G02 G12 G33 G35", "G20"),
    "ASSOCIATION": client_rights("G02 G23 G33 G35", "G23"),
    "FOYER": client_rights("G02 G23 G33 G35", "G23"),
    "DLPM": client_rights("G34 G35"),
    "OBSERVATORY": client_rights("G35"),
}
CLIENTS = tuple(f"CLIENT:{kind}" for kind in ORG_ONLY)
AUDIENCES = ROLES + CLIENTS

PURPOSES: dict[str, frozenset[str]] = {
    "LIS": frozenset({"EVALUATE", "DETERMINE"}),
    "SUP": frozenset({"EVALUATE", "DETERMINE"}),
    "ANA": frozenset({"MONITORING"}),
    "CRI": frozenset({"EVALUATE", "DETERMINE"}),
    "ASE": frozenset({"EVALUATE", "DETERMINE", "IMPLEMENT"}),
    "ASM": frozenset({"IMPLEMENT"}),
    "ASO": frozenset({"CONSULTATION"}),
    "DEL": frozenset({"ADMINISTRATION"}),
    "ADM": frozenset({"ADMINISTRATION"}),
    "DPO": frozenset({"CONTROL"}),
    "ONP": frozenset({"MONITORING"}),
}
ANY_KIND = frozenset({"DLPM", "CRIP", "ASE", "FOYER", "ASSOCIATION", "OBSERVATORY", "OPERATOR"})
ROLE_ORGANISATIONS: dict[str, frozenset[str]] = {
    "LIS": frozenset({"DLPM"}),
    "SUP": frozenset({"DLPM"}),
    "ANA": frozenset({"DLPM"}),
    "CRI": frozenset({"CRIP"}),
    "ASE": frozenset({"ASE"}),
    "ASM": frozenset({"ASSOCIATION", "FOYER"}),
    "ASO": frozenset({"ASSOCIATION"}),
    "COO": frozenset({"CRIP", "ASE", "FOYER", "ASSOCIATION"}),
    "DEL": ANY_KIND,
    "ADM": frozenset({"OPERATOR"}),
    "DPO": ANY_KIND,
    "ONP": frozenset({"OBSERVATORY"}),
}
RECEIVER_KINDS = frozenset({"ASSOCIATION", "FOYER"})
PARTNER_ROLES = frozenset({"CRI", "ASE", "ASM", "ASO", "COO"})


def is_client(audience: str) -> bool:
    """Organisation-only token, by client credentials."""
    return audience.startswith("CLIENT:")


def client_kind(audience: str) -> str:
    """The kind of organisation behind a client audience."""
    return audience.removeprefix("CLIENT:")
