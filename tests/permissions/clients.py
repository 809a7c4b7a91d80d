"""What the tool of an organisation reads and writes, with nobody behind it (section 6)."""

from tests.permissions.audiences import ORG_ONLY
from tests.permissions.facts import Facts, Row
from tests.permissions.relations import addressed_to_me, in_jurisdiction_with_report, mandate_allows, status_now
from tests.permissions.states import FOLLOWED, LIVE_REFERRAL


def client_stands(kind: str, facts: Facts) -> bool:
    """The client of that kind of organisation, active and within its scopes."""
    return facts.org_kind == kind and facts.habilitation_active and facts.scopes_cover


def client_reads(kind: str, group: str, facts: Facts, row: Row) -> bool:
    """The list of section 6, whatever the matrix says."""
    if group not in ORG_ONLY[kind].reads or group == "G35" or not client_stands(kind, facts):
        return False
    if group == "G33":
        return row.card_visibility != "SECRET" or row.controlled_by_my_org
    if group == "G34":
        return True
    if group == "G12" and not addressed_to_me(facts, row):
        return False
    if kind == "CRIP":
        known = group != "G23" or (row.referral is not None and row.referral.status != "DRAFT")
        return known and in_jurisdiction_with_report(facts)
    if kind == "ASE":
        return facts.ase_link_of_my_org
    return client_holds_referral(group, facts, row)


def client_holds_referral(group: str, facts: Facts, row: Row) -> bool:
    """G02, G23 of its live referrals; of an étayage, G02 only as copied."""
    referral = row.referral
    if referral is None or not referral.to_my_org or not mandate_allows(facts, referral):
        return False
    if group == "G02" and referral.kind == "PROFESSIONAL_CONSULTATION" and not row.copied_into_referral:
        return False
    return status_now(facts, referral) in LIVE_REFERRAL


def client_writes(kind: str, facts: Facts, row: Row) -> bool:
    """IP steps and return codes; AseLink state; follow-up status and date, from ENGAGED on."""
    if not client_stands(kind, facts):
        return False
    if kind == "CRIP":
        return in_jurisdiction_with_report(facts) and addressed_to_me(facts, row)
    if kind == "ASE":
        return facts.ase_link_of_my_org and row.aspect == "state"
    referral = row.referral
    return (
        referral is not None
        and referral.to_my_org
        and mandate_allows(facts, referral)
        and row.aspect == "follow_up"
        and status_now(facts, referral) in FOLLOWED
    )
