"""The acts, who may call them, and what some of them need besides."""

from tests.permissions.audiences import client_kind, is_client
from tests.permissions.facts import Referral

# "Acts behind `w`" (section 3), plus condition 8's three. "SUP + DPO" means both together: see TOGETHER.
ACTS: dict[str, frozenset[str]] = {
    "ip.draft": frozenset({"LIS"}),
    "ip.send": frozenset({"LIS"}),
    "ip.validate": frozenset({"SUP"}),
    "ip.acknowledge": frozenset({"CRI"}),
    "ip.qualify": frozenset({"CRI"}),
    "ip.misroute": frozenset({"CRI"}),
    "ip.conclude": frozenset({"CRI"}),
    "ip.return": frozenset({"CRI"}),
    "referral.propose": frozenset({"LIS"}),
    "referral.release": frozenset({"LIS"}),
    "referral.withdraw": frozenset({"LIS"}),
    "referral.accept": frozenset({"COO"}),
    "referral.decline": frozenset({"COO"}),
    "referral.assign": frozenset({"COO"}),
    "grant.request": frozenset({"LIS", "CRI"}),
    "grant.approve": frozenset({"SUP", "CRI"}),
    "grant.revoke": frozenset({"LIS", "CRI", "SUP"}),
    "minor.agreement": frozenset({"LIS"}),
    "follow_up.record": frozenset({"ASM", "ASO"}),
    "transfer.send": frozenset({"CRI"}),
    "transfer.receive": frozenset({"CRI"}),
    "cube.publish": frozenset({"SUP", "DPO"}),
    # Section 9, and condition 9 for the caller; "a third person" is named no further, so those who answer for control.
    "glass.ask": frozenset({"DPO"}),
    "glass.caller": frozenset({"SUP"}),
    "glass.danger": frozenset({"ASE", "ASM"}),
    "glass.second": frozenset({"SUP", "CRI", "COO", "ASE", "ASM"}),
    "glass.review": frozenset({"SUP", "DPO"}),
    # Served outside the API by SUP + DPO, then ledgered: no audience may call it.
    "requisition.serve": frozenset(),
}
TOGETHER = frozenset({"cube.publish"})
# Section 6: the writes of organisation-only tokens, as acts. Everything else is "never organisation-only".
CLIENT_ACTS: dict[str, frozenset[str]] = {
    "CRIP": frozenset({"ip.acknowledge", "ip.qualify", "ip.misroute", "ip.conclude", "ip.return"}),
    "ASE": frozenset({"ase_link.state"}),
    "ASSOCIATION": frozenset({"follow_up.record"}),
    "FOYER": frozenset({"follow_up.record"}),
    "DLPM": frozenset(),
    "OBSERVATORY": frozenset(),
}


def may_act(audience: str, act: str) -> bool:
    """Whether the act is in that audience's mutations; for the acts of TOGETHER another listed role must join."""
    if is_client(audience):
        return act in CLIENT_ACTS[client_kind(audience)]
    return audience in ACTS.get(act, frozenset())


def may_send_report(*, validated: bool, urgency: str) -> bool:
    """IMMEDIATE_DANGER: before validation."""
    return validated or urgency == "IMMEDIATE_DANGER"


def may_release(referral: Referral) -> bool:
    """Release needs AGREED, an accepted accompaniment, and is meaningless for étayage."""
    accompaniment = referral.kind == "DIRECT_SUPPORT" and referral.status == "ACCEPTED"
    return accompaniment and referral.minor_agreement == "AGREED"


def may_evaluate(*, caseworker_of_family: bool, reason_ledgered: bool) -> bool:
    """Condition 14 (D226-2-5): an evaluator is not a caseworker of the family, save a reasoned, ledgered exception."""
    return not caseworker_of_family or reason_ledgered
