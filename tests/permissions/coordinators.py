"""What a coordinator reads: only ref, dates, status and urgency."""

from tests.permissions.audiences import RECEIVER_KINDS
from tests.permissions.facts import Facts, Referral, Row
from tests.permissions.relations import addressed_to_me, mandate_allows, status_now, structure_case
from tests.permissions.states import ACCEPTED_OR_LATER, END_STATES


def coordinator_reads_referral(facts: Facts, referral: Referral | None, aspect: str) -> bool:
    """G23 for a coordinator, under condition 8."""
    if referral is None:
        return False
    status = status_now(facts, referral)
    if not referral.to_my_org:
        # A CRIP's or an ASE's coordinator, of a case of its structure; an association knows its own referrals only.
        followed = facts.org_kind not in RECEIVER_KINDS and structure_case(facts) and status != "DRAFT"
        return followed and aspect in {"ref", "status", "date"}
    if facts.org_kind not in RECEIVER_KINDS or not mandate_allows(facts, referral):
        return False
    if status == "PROPOSED":
        return aspect in {"ref", "status", "date", "kind"}
    if status == "DECLINED":
        return aspect in {"ref", "status", "date", "decline_reason"}
    if status in ACCEPTED_OR_LATER or status in END_STATES:
        return aspect in {"ref", "status", "date"}
    return status == "WITHDRAWN" and aspect in {"ref", "status"}


def coordinator_reads(group: str, facts: Facts, row: Row) -> bool:
    """The S8 cells of COO: only ref, dates, status, urgency; G02 only while a referral is PROPOSED."""
    if group == "G23":
        return coordinator_reads_referral(facts, row.referral, row.aspect)
    if group == "G02":
        referral = row.referral
        return (
            referral is not None
            and referral.to_my_org
            and facts.org_kind in RECEIVER_KINDS
            and mandate_allows(facts, referral)
            and status_now(facts, referral) == "PROPOSED"
            and row.aspect in {"need_codes", "age_band", "territory"}
        )
    if group == "G12":
        coordinated = {"ref", "status", "date", "urgency"}
        return structure_case(facts) and addressed_to_me(facts, row) and row.aspect in coordinated
    known_by_referral = facts.org_kind in RECEIVER_KINDS and row.aspect == "ref"
    return structure_case(facts) and not known_by_referral and row.aspect in {"ref", "status", "date", "urgency"}
