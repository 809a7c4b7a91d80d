"""What ties a viewer to a case: referrals, jurisdictions, reports, links."""

from collections.abc import Iterator

from tests.permissions.audiences import RECEIVER_KINDS
from tests.permissions.facts import Facts, Referral, Row
from tests.permissions.states import ACCEPTED_OR_LATER, ENDED_BY_CLOSURE, LIVE_REFERRAL, SENT_OR_LATER
from tests.permissions.viewers import mandate_of


def status_now(facts: Facts, referral: Referral) -> str:
    """Closure ends referrals (rule 8)."""
    if facts.situation_closed and referral.status in LIVE_REFERRAL:
        return ENDED_BY_CLOSURE
    return referral.status


def mandate_allows(facts: Facts, referral: Referral) -> bool:
    """OUTSIDE_MISSION: only anonymised case discussion."""
    return mandate_of(facts) != "OUTSIDE_MISSION" or referral.kind == "PROFESSIONAL_CONSULTATION"


def is_mine(facts: Facts, referral: Referral) -> bool:
    """Addressed to my organisation, assigned to me, within my organisation's mandate."""
    return referral.to_my_org and referral.assigned_to_me and mandate_allows(facts, referral)


def links_to_case(facts: Facts, referral: Referral) -> bool:
    """A referral that relates its receiver to the situation itself: accompaniment, accepted, live."""
    return (
        referral.to_my_org
        and referral.kind == "DIRECT_SUPPORT"
        and mandate_allows(facts, referral)
        and status_now(facts, referral) in ACCEPTED_OR_LATER
    )


def my_case_referrals(facts: Facts) -> Iterator[Referral]:
    """The live accompaniments assigned to me."""
    return (r for r in facts.referrals if links_to_case(facts, r) and r.assigned_to_me)


def in_jurisdiction_with_report(facts: Facts) -> bool:
    """Condition 1: live jurisdiction row and an IP addressed to that authority, SENT or later, not MISROUTED."""
    return facts.live_jurisdiction and bool(facts.report_statuses & SENT_OR_LATER)


def own_case(role: str, facts: Facts) -> bool:
    """Letter O (section 2)."""
    if role == "LIS":
        return facts.assigned_to_me or facts.took_contact
    if role == "ASE":
        return facts.live_jurisdiction and facts.caseworker
    if role == "ASM":
        return any(my_case_referrals(facts)) or facts.measure_names_my_org
    return False


def structure_case(facts: Facts) -> bool:
    """Letter S for cases: a live relation to my organisation (condition 1 for a CRIP; AseLink, Measure, Referral)."""
    if facts.org_kind == "DLPM":
        return True
    if facts.org_kind == "CRIP":
        return in_jurisdiction_with_report(facts)
    if facts.org_kind == "ASE":
        return facts.ase_link_of_my_org or facts.measure_names_my_org
    if facts.org_kind in RECEIVER_KINDS and mandate_of(facts) != "OUTSIDE_MISSION":
        return facts.measure_names_my_org or any(links_to_case(facts, r) for r in facts.referrals)
    return False


def addressed_to_me(facts: Facts, row: Row) -> bool:
    """A report row that a partner may know of: its own authority's, SENT or later, not MISROUTED."""
    has_authority = facts.org_kind in {"CRIP", "ASE"}
    report = row.report
    return has_authority and report is not None and report.to_my_authority and report.status in SENT_OR_LATER
