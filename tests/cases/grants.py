"""Cases with a grant: everything section 7 checks at every read, one flaw at a time."""

from datetime import timedelta
from typing import Any

from tests.cases.builder import Builder, competent
from tests.cases.moments import TODAY


def grants(builder: Builder) -> None:
    """Everything section 7 checks at every read, one flaw at a time."""
    services, dlpm = builder.services, builder.dlpm
    north = "cli_crip_59"
    ase, worker = services["cli_ase_59"], services["cli_asso_measure"]
    crip, lost = services["cli_crip_59"], dlpm.one("LIS", 5)
    flaws: dict[str, dict[str, Any]] = {
        "none": {},
        "expired": {"starts": -40, "ends": -1},
        "to come": {"starts": 2},
        "requested": {"state": "REQUESTED"},
        "approved only": {"state": "APPROVED"},
        "state expired": {"state": "EXPIRED"},
        "revoked": {"state": "REVOKED", "revoked": True},
        "revoked but active": {"revoked": True},
        "not approved": {"approved": False},
        "another duty": {"duty": "IP_TRANSMISSION"},
        "one group": {"groups": ("G17",)},
        "no group": {"groups": ()},
        "sender lost their habilitation": {"sender": lost},
        "to implement": {"purpose": "IMPLEMENT"},
        "to determine": {"purpose": "DETERMINE"},
        "from the CRIP": {"sender": crip.one("CRI"), "sender_org": crip.id, "approver": crip.one("CRI", 1)},
        "from a CRIP without report": {
            "sender": services["cli_crip_13"].one("CRI"),
            "sender_org": services["cli_crip_13"].id,
            "approver": services["cli_crip_13"].one("CRI", 1),
        },
        "from an ASE": {"sender": ase.one("ASE", 1), "sender_org": ase.id},
    }
    for flaw, values in flaws.items():
        case = builder.case(
            f"grant to ASE: {flaw}",
            jurisdictions=competent(north, "cli_crip_13"),
            reports=[(north, "SENT")],
            measures=False,
        )
        case.link("cli_ase_59", None)
        case.grant(ase.one("ASE"), ase.id, **values)
        case = builder.case(
            f"grant to ASM: {flaw}",
            jurisdictions=competent(north, "cli_crip_13"),
            reports=[(north, "SENT")],
            measures=False,
        )
        case.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
        case.grant(worker.one("ASM"), worker.id, **{"purpose": "IMPLEMENT", **values})
    for status in ("PROPOSED", "ACCEPTED", "IDENTITY_RELEASED", "COMPLETED", "WITHDRAWN"):
        case = builder.case(f"grant, referral {status}", jurisdictions=competent(north), measures=False)
        case.referral("cli_asso_measure", status, assigned=None if status == "PROPOSED" else worker.one("ASM"))
        case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case = builder.case("grant, consultation", measures=False)
    case.referral("cli_asso_measure", "ENGAGED", kind="PROFESSIONAL_CONSULTATION", assigned=worker.one("ASM"))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case = builder.case("grant, nothing else", measures=False)
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case.grant(ase.one("ASE"), ase.id)
    case = builder.case("grant, measure", measures=False)
    case.measure(organisation=worker.id)
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    outside = services["cli_asso_outside_mission"]
    case = builder.case("grant to outside", measures=False)
    case.measure(organisation=outside.id)
    case.grant(outside.one("ASO"), outside.id, purpose="IMPLEMENT")
    case = builder.case("grant, adult", born=TODAY - timedelta(days=365 * 19), measures=False)
    case.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case = builder.case("grant, adult with a measure", born=TODAY - timedelta(days=365 * 19))
    case.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case = builder.case("two grants", jurisdictions=competent(north), reports=[(north, "SENT")])
    case.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT", groups=("G18",))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT", state="REQUESTED", groups=("G11",))
    case.grant(worker.one("ASM", 1), worker.id, purpose="IMPLEMENT", groups=("G11",))
