"""Cases that were opened: break-glass, the two persons for a caller, and what an officer sees by one alternative alone."""

from typing import Any
from uuid import uuid4

from tests.cases.builder import Builder, competent
from tests.cases.moments import NOW

# Whatever break-glass may open: never the caller (condition 9) nor the listening notes.
OPENABLE = tuple(f"G{number:02}" for number in range(1, 37) if number not in {6, 10})


def openings(builder: Builder) -> None:
    """Break-glass and the two-person opening of a caller."""
    dlpm, crip = builder.dlpm, builder.services["cli_crip_59"]
    north = "cli_crip_59"
    reported: dict[str, Any] = {"jurisdictions": competent(north), "reports": [(north, "SENT")]}
    variants: dict[str, dict[str, Any]] = {
        "ok": {},
        "requisition": {"reason": "REQUISITION"},
        "danger": {"reason": "IMMEDIATE_DANGER"},
        "not approved": {"approver": None},
        "over": {"began": -90},
        "to come": {"began": 45},
        "by a listener": {"approver": dlpm.one("LIS")},
    }
    for name, values in variants.items():
        case = builder.case(f"opening {name}", **reported)
        case.opening(dlpm.one("DPO"), **{"approver": dlpm.one("SUP"), **values})
        case.opening(crip.one("DPO"), **{"approver": crip.one("CRI"), **values})
        case = builder.case(f"caller {name}", callers=1)
        case.opening(
            dlpm.one("SUP"), groups=("G06",), **{"approver": dlpm.one("SUP", 1), "caller": case.callers[0], **values}
        )
    for retention in ("INTERMEDIATE", "DELETED"):
        case = builder.case(f"caller, {retention}", callers=1, status="CLOSED", retention=retention)
        case.opening(dlpm.one("SUP"), groups=("G06",), approver=dlpm.one("SUP", 1), caller=case.callers[0])
    builder.case("opening by another CRIP", **reported).opening(
        crip.one("DPO"), approver=builder.services["cli_crip_13"].one("CRI")
    )
    builder.case("opening out of scope").opening(crip.one("DPO"), approver=crip.one("CRI"))
    two = builder.case("two callers", callers=2)
    two.opening(dlpm.one("SUP"), groups=("G06",), approver=dlpm.one("SUP", 1), caller=two.callers[1])
    builder.case("no caller named", callers=1).opening(dlpm.one("SUP"), groups=("G06",), approver=dlpm.one("SUP", 1))
    builder.case("the caller of another case", callers=1).opening(
        dlpm.one("SUP"), groups=("G06",), approver=dlpm.one("SUP", 1), caller=two.callers[0]
    )
    case = builder.case("opening of G06 by a DPO", callers=1)
    case.opening(dlpm.one("DPO"), groups=("G06",), approver=dlpm.one("SUP"), caller=case.callers[0])
    ase = builder.services["cli_ase_59"]
    case = builder.case("danger, on call", **reported)
    case.link("cli_ase_59", ase.one("ASE", 1))
    case.opening(ase.one("ASE"), approver=ase.one("ASE", 1), reason="IMMEDIATE_DANGER", groups=("G03", "G04"))


def officers(builder: Builder) -> None:
    """What a DPO sees by one alternative of condition 10 alone."""
    dlpm, crip, ase = builder.dlpm, builder.services["cli_crip_59"], builder.services["cli_ase_59"]
    north = "cli_crip_59"
    told = builder.case("a duty done where we have no stake")
    told.add(
        "information_duty",
        duty="SHARING",
        person="tante",
        by_id=crip.one("CRI"),
        done_at=NOW,
        recorded_at=builder.instant(),
    )
    sent = builder.case("a grant of the CRIP, opened", jurisdictions=competent(north), reports=[(north, "SENT")])
    sent.grant(ase.one("ASE"), ase.id, sender=crip.one("CRI"), sender_org=crip.id, approver=crip.one("CRI", 1))
    sent.opening(crip.one("DPO"), approver=crip.one("CRI"), groups=OPENABLE)
    archived = builder.case("a grant, archived, not opened", status="CLOSED", retention="INTERMEDIATE")
    archived.grant(ase.one("ASE"), ase.id)
    read = builder.case("read by one, answered for by another")
    for owner, reader in ((crip, builder.services["cli_foyer"]), (crip, dlpm)):
        read.access(owner, reader)
    closed = builder.case("danger, on call, closed since", status="CLOSED", jurisdictions=competent(north))
    closed.link("cli_ase_59", ase.one("ASE"))
    closed.opening(ase.one("ASE", 1), approver=ase.one("ASE"), reason="IMMEDIATE_DANGER", groups=("G03", "G04"))
    ledger = builder.case("a line to another receiver under the same duty", jurisdictions=competent(north))
    worker = builder.services["cli_asso_measure"]
    ledger.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
    ledger.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    _, line = next(row for row in reversed(builder.rows) if row[0] == "disclosure")
    ledger.add(
        "disclosure",
        **{
            **{name: value for name, value in line.items() if name != "situation_id"},
            "id": uuid4(),
            "to_org_id": builder.services["cli_foyer"].id,
            "at": builder.instant(),
        },
    )
