"""Cases of associations: each state, kind and agreement of a referral."""

from tests.cases.builder import Builder, competent
from tests.cases.case import REFERRAL_STATUSES


def referrals(builder: Builder) -> None:
    """Each state, each kind, each agreement; siblings; assigned to me, to a colleague, to nobody."""
    services = builder.services
    north = "cli_crip_59"
    for code, role in (("cli_asso_measure", "ASM"), ("cli_asso_outside_mission", "ASO")):
        worker = services[code].one(role)
        for kind in ("DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"):
            for status in REFERRAL_STATUSES:
                assigned = None if status in {"DRAFT", "PROPOSED", "DECLINED"} else worker
                case = builder.case(
                    f"{code} {kind} {status}",
                    jurisdictions=competent(north),
                    reports=[(north, "SENT")],
                    rich=status in {"ACCEPTED", "ONGOING"},
                )
                case.referral(code, status, kind=kind, assigned=assigned)
    for code in ("cli_asso_ase_mission", "cli_foyer"):
        for status in ("PROPOSED", "ACCEPTED", "ENGAGED", "WITHDRAWN"):
            builder.case(f"{code} {status}").referral(
                code, status, assigned=None if status == "PROPOSED" else services[code].one("ASM")
            )
    worker = services["cli_asso_measure"].one("ASM")
    colleague = services["cli_asso_measure"].one("ASM", 1)
    for agreement in ("NOT_ASKED", "ASKED", "REFUSED", "UNSAFE_TO_ASK", "AGREED"):
        for status in ("ACCEPTED", "IDENTITY_RELEASED", "ONGOING"):
            builder.case(f"{status} {agreement}").referral(
                "cli_asso_measure", status, agreement=agreement, assigned=worker
            )
    builder.case("assigned to nobody").referral("cli_asso_measure", "ACCEPTED")
    case = builder.case("two workers, two minors")
    case.referral("cli_asso_measure", "ONGOING", assigned=worker, minor=0)
    case.referral("cli_asso_measure", "ONGOING", assigned=colleague, minor=1, agreement="REFUSED")
    case = builder.case("accepted for one, released for the other")
    case.referral("cli_asso_measure", "ACCEPTED", assigned=worker, minor=0)
    case.referral("cli_asso_measure", "ENGAGED", assigned=worker, minor=1)
    for status in sorted(
        set(REFERRAL_STATUSES) - {"ACCEPTED", "IDENTITY_RELEASED", "ENGAGED", "ONGOING", "PAUSED_RUNAWAY"}
    ):
        case = builder.case(f"released for one, {status} for the other", rich=False)
        case.referral("cli_asso_measure", "ENGAGED", assigned=worker, minor=0)
        case.referral("cli_asso_measure", status, assigned=worker, minor=1)
    for state in ("IP_SENT", "CLOSED"):
        for kind in ("DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"):
            case = builder.case(f"handed to a colleague, {kind}, {state}", status=state, rich=False)
            handed = case.referral("cli_asso_measure", "ONGOING", kind=kind, assigned=colleague)
            case.follow_up("cli_asso_measure", handed, worker)
    case = builder.case("support and consultation")
    case.referral("cli_asso_outside_mission", "ONGOING", assigned=services["cli_asso_outside_mission"].one("ASO"))
    case.referral(
        "cli_asso_outside_mission",
        "ONGOING",
        kind="PROFESSIONAL_CONSULTATION",
        assigned=services["cli_asso_outside_mission"].one("ASO"),
    )
