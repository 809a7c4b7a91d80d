"""Cases of services of protection: links and measures, by state, date and mandate."""

from typing import Any

from tests.cases.builder import Builder, competent
from tests.cases.case import Case
from tests.cases.moments import LATELY, LONG_AGO


def services_of_protection(builder: Builder) -> None:
    """ASE links and measures: caseworker, colleague, state, dates, mandate."""
    north = "cli_crip_59"
    ase = builder.services["cli_ase_59"]
    far = builder.services["cli_ase_13"]
    reported: dict[str, Any] = {"jurisdictions": competent(north), "reports": [(north, "SENT")]}
    for state in ("PROPOSED", "CONTACTED", "CONFIRMED", "NO_ANSWER", "NOT_COMPETENT", "ENDED"):
        builder.case(f"link {state}", **reported).link("cli_ase_59", ase.one("ASE"), state=state)
    builder.case("link ended", **reported).link("cli_ase_59", ase.one("ASE"), ended=True)
    builder.case("link of nobody", **reported).link("cli_ase_59", None)
    builder.case("link without report", jurisdictions=competent(north)).link("cli_ase_59", ase.one("ASE"))
    builder.case("link, jurisdiction ended", jurisdictions=[(north, LONG_AGO, LATELY)]).link(
        "cli_ase_59", ase.one("ASE")
    )
    builder.case("link, no jurisdiction", jurisdictions=competent("cli_crip_13")).link("cli_ase_59", ase.one("ASE"))
    builder.case("measure with caseworker", **reported).measure(caseworker=ase.one("ASE"))
    builder.case("measure ended", **reported).measure(caseworker=ase.one("ASE"), ends=-2)
    builder.case("measure to come", **reported).measure(caseworker=ase.one("ASE"), starts=9)
    builder.case("measure of another authority", jurisdictions=competent("cli_crip_13")).measure(
        caseworker=ase.one("ASE"), authority="cli_crip_13"
    )
    builder.case("measure between two", **reported).measure(caseworker=ase.one("ASE"), ends=-9)
    Case(builder, builder.names["measure between two"], []).measure(caseworker=ase.one("ASE"), starts=9)
    builder.case("measure of the service", jurisdictions=competent(north)).measure(organisation=ase.id)
    for state in ("IP_SENT", "CLOSED"):
        builder.case(f"link alone, {state}", status=state, **reported).link("cli_ase_59", None)
        entrusted = builder.case(f"measure alone, {state}", status=state, **reported)
        entrusted.measure(organisation=ase.id)
        entrusted.referral("cli_asso_measure", "ONGOING")
    builder.case("caseworker elsewhere", jurisdictions=competent("cli_crip_13")).link("cli_ase_13", far.one("ASE"))
    for code in ("cli_asso_measure", "cli_asso_ase_mission", "cli_asso_outside_mission", "cli_foyer"):
        organisation = builder.services[code].id
        builder.case(f"measure {code}", **reported).measure(organisation=organisation)
        builder.case(f"measure {code} ended", **reported).measure(organisation=organisation, ends=-2)
        builder.case(f"measure {code} closed", status="CLOSED", **reported).measure(organisation=organisation)
