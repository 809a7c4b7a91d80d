"""Grants: what section 7 checks at every read, and what they open."""

from tests.permissions.facts import Facts, Grant, Row
from tests.permissions.matrix import GRANTABLE, MATRIX
from tests.permissions.relations import addressed_to_me, links_to_case
from tests.permissions.states import RELEASED
from tests.permissions.viewers import mandate_of, purpose_in_force


def my_org_involved(facts: Facts) -> bool:
    """Section 7, 2 for the receiver: J, AseLink, Measure, live referral (released, by section 8)."""
    if facts.measure_names_my_org:
        return True
    if facts.org_kind == "ASE":
        return facts.live_jurisdiction or facts.ase_link_of_my_org
    return any(links_to_case(facts, r) and r.status in RELEASED for r in facts.referrals)


def grant_lives(role: str, facts: Facts, grant: Grant) -> bool:
    """The six checks of section 7, made at every read."""
    return (
        grant.to_me
        and facts.habilitation_active
        and facts.secrecy_bound
        and grant.sender_active_and_secrecy_bound
        and mandate_of(facts) != "OUTSIDE_MISSION"
        and my_org_involved(facts)
        and grant.sender_org_involved
        and grant.purpose in {"EVALUATE", "DETERMINE", "IMPLEMENT"}
        and grant.purpose == purpose_in_force(role, facts)
        and grant.groups <= GRANTABLE
        and grant.groups <= grant.sender_reach
        and grant.duty_done_or_waived
        and grant.within_dates
        and grant.days <= 90
        and grant.state == "ACTIVE"
        and grant.approved_by_another
        and not grant.adult_without_measure
        and not facts.situation_closed
    )


def granted(role: str, group: str, facts: Facts, row: Row) -> bool:
    """Conditions 2 and 15, with what condition 2 says of G11, G28 and G29."""
    live = [grant for grant in facts.grants if grant_lives(role, facts, grant)]
    if group in {"G28", "G29"}:
        return bool(live) and row.of_my_grant
    listing = [grant for grant in live if group in grant.groups]
    if 15 in MATRIX[group, role].conditions:
        listing = [grant for grant in listing if grant.purpose == "IMPLEMENT"]
    if group == "G11" and role == "ASM":
        # "an ASM reads the grant's separately written `extract`, never the notice"
        return bool(listing) and row.aspect == "extract"
    if group == "G11":
        return bool(listing) and row.aspect != "extract" and addressed_to_me(facts, row)
    return bool(listing)


def grant_lists(role: str, group: str, facts: Facts) -> bool:
    """A live grant of mine lists the group, so that only the column itself is out of it (G11's notice for an ASM)."""
    return any(group in grant.groups and grant_lives(role, facts, grant) for grant in facts.grants)
