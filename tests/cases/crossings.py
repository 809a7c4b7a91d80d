"""Cases with everybody in them, each in their own right."""

from tests.cases.builder import Builder, competent
from tests.cases.case import REFERRAL_STATUSES
from tests.cases.openings import OPENABLE


def crossings(builder: Builder) -> None:
    """Everybody in one case, each in their own right: what is one's own is told apart by its row, not by the case."""
    services = builder.services
    north, south = "cli_crip_59", "cli_crip_13"
    for name, status in (("everybody", "IP_SENT"), ("everybody, closed", "CLOSED")):
        case = builder.case(
            name,
            status=status,
            jurisdictions=competent(north, south),
            reports=[(north, "SENT"), (south, "QUALIFIED"), (north, "MISROUTED"), (south, "DRAFT")],
            anonymity="TRANSMISSIBLE_CRIP",
            callers=3,
        )
        for code in ("cli_ase_59", "cli_ase_13"):
            case.link(code, services[code].one("ASE"))
            case.measure(organisation=services[code].id, authority=south)
        for code, role in (
            ("cli_asso_measure", "ASM"),
            ("cli_asso_ase_mission", "ASM"),
            ("cli_foyer", "ASM"),
            ("cli_asso_outside_mission", "ASO"),
        ):
            for kind in ("DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"):
                for place, state in enumerate(REFERRAL_STATUSES):
                    # Before acceptance too: whoever is to do the work sees nothing yet.
                    people = services[code].people[role]
                    case.referral(code, state, kind=kind, assigned=people[place % len(people)], minor=place % 2)
        # Assigned to somebody who has since changed organisation.
        for kind in ("DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"):
            case.referral("cli_foyer", "ONGOING", kind=kind, assigned=services["cli_asso_measure"].one("ASM"))
            case.referral("cli_asso_measure", "ONGOING", kind=kind, assigned=services["cli_foyer"].one("ASM"))
            case.referral(
                "cli_asso_measure", "DECLINED", kind=kind, assigned=services["cli_asso_outside_mission"].one("ASO")
            )
            case.referral("cli_foyer", "ONGOING", kind=kind, assigned=services["cli_asso_outside_mission"].one("ASO"))
        # Answered by another authority than the one it is addressed to.
        case.report(north, "CONCLUDED")
        for _, values in builder.rows[-3:]:
            values["authority_id"] = services[south].authority
        for code, role in (
            ("cli_ase_59", "ASE"),
            ("cli_ase_13", "ASE"),
            ("cli_asso_measure", "ASM"),
            ("cli_foyer", "ASM"),
        ):
            case.grant(services[code].one(role), services[code].id, purpose="IMPLEMENT")
        for code in (north, south):
            for officer in services[code].people.get("DPO", ()):
                case.opening(officer, approver=builder.dlpm.one("SUP"), groups=OPENABLE)
        case.opening(builder.dlpm.one("DPO"), approver=builder.dlpm.one("SUP"), groups=OPENABLE)
    # Some of the parties of a case only: the others have nothing of their own that would hide it.
    case = builder.case("two associations", rich=True)
    case.referral("cli_asso_measure", "ONGOING", assigned=services["cli_asso_measure"].one("ASM"))
    case.referral("cli_asso_ase_mission", "ACCEPTED", assigned=services["cli_asso_ase_mission"].one("ASM"), minor=1)
    case.referral("cli_foyer", "PROPOSED")
    case.referral("cli_asso_outside_mission", "PROPOSED", kind="PROFESSIONAL_CONSULTATION")
