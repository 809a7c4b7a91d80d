"""Cases of departments: jurisdiction, report, closure, retention, callers."""

from tests.cases.builder import Builder, competent
from tests.cases.case import REPORT_STATUSES, Case
from tests.cases.moments import LATELY, LONG_AGO, SOON
from tests.cases.openings import OPENABLE


def departments(builder: Builder) -> None:
    """Condition 1, closure, retention, callers."""
    north, south = "cli_crip_59", "cli_crip_13"
    for status in REPORT_STATUSES:
        builder.case(f"report {status}", jurisdictions=competent(north, south), reports=[(north, status)])
    builder.case("no report", jurisdictions=competent(north))
    builder.case("no jurisdiction", reports=[(north, "SENT")])
    builder.case("reported elsewhere", jurisdictions=competent(north, south), reports=[(south, "SENT")])
    builder.case(
        "two authorities", jurisdictions=competent(north, south), reports=[(north, "SENT"), (south, "CONCLUDED")]
    )
    builder.case(
        "twice, once misrouted", jurisdictions=competent(north), reports=[(north, "MISROUTED"), (north, "SENT")]
    )
    builder.case(
        "twice, one not sent yet", jurisdictions=competent(north), reports=[(north, "VALIDATED"), (north, "SENT")]
    )
    builder.case("jurisdiction ended", jurisdictions=[(north, LONG_AGO, LATELY)], reports=[(north, "SENT")])
    builder.case("jurisdiction to come", jurisdictions=[(north, SOON, None)], reports=[(north, "SENT")])
    builder.case(
        "jurisdiction between two",
        jurisdictions=[(north, LONG_AGO, LATELY), (north, SOON, None)],
        reports=[(north, "SENT")],
    )
    builder.case("jurisdiction ends soon", jurisdictions=[(north, LONG_AGO, SOON)], reports=[(north, "SENT")])
    builder.case(
        "caller transmissible",
        jurisdictions=competent(north),
        reports=[(north, "SENT")],
        anonymity="TRANSMISSIBLE_CRIP",
        callers=3,
    )
    for retention, status in (
        ("ACTIVE", "CLOSED"),
        ("ACTIVE", "REOPENED"),
        ("INTERMEDIATE", "CLOSED"),
        ("ANONYMISED", "CLOSED"),
        ("DELETED", "CLOSED"),
    ):
        case = builder.case(
            f"{retention} {status}",
            status=status,
            retention=retention,
            listener=builder.dlpm.one("LIS"),
            taken_by=builder.dlpm.one("LIS", 1),
            jurisdictions=competent(north, south),
            reports=[(north, "RETURNED_TO_119"), (south, "SENT")],
        )
        _all_partners(builder, case)
    builder.case("nobody's")
    builder.case("assigned to a listener", listener=builder.dlpm.one("LIS"))
    builder.case("contact of a listener", taken_by=builder.dlpm.one("LIS", 1))


def _all_partners(builder: Builder, case: Case) -> None:
    """Everybody who can be in a case is in it, as the state of the case may take it away again."""
    services = builder.services
    ase, worker = services["cli_ase_59"], services["cli_asso_measure"]
    case.link("cli_ase_59", ase.one("ASE"))
    case.measure(organisation=services["cli_foyer"].id, caseworker=ase.one("ASE"))
    case.measure(organisation=ase.id)
    case.referral("cli_asso_measure", "ONGOING", assigned=worker.one("ASM"))
    case.referral("cli_asso_measure", "PROPOSED", minor=1)
    case.referral("cli_asso_measure", "COMPLETED", assigned=worker.one("ASM", 1))
    case.referral("cli_asso_measure", "ONGOING", kind="PROFESSIONAL_CONSULTATION", assigned=worker.one("ASM"))
    case.referral(
        "cli_asso_outside_mission",
        "ONGOING",
        kind="PROFESSIONAL_CONSULTATION",
        assigned=services["cli_asso_outside_mission"].one("ASO"),
    )
    case.grant(ase.one("ASE"), ase.id)
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case.opening(services["cli_crip_59"].one("DPO"), approver=builder.dlpm.one("SUP"), groups=OPENABLE)
    case.opening(builder.dlpm.one("DPO"), approver=builder.dlpm.one("SUP"), groups=OPENABLE)
