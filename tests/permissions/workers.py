"""What an association's worker reads and writes of referrals and their cases (section 8)."""

from tests.permissions.facts import Facts, Referral, Row
from tests.permissions.relations import is_mine, links_to_case, my_case_referrals, own_case, status_now
from tests.permissions.states import ACCEPTED_OR_LATER, END_STATES, ENDED_BY_CLOSURE, FOLLOWED, RELEASED
from tests.permissions.viewers import mandate_of


def worker_reads_referral(facts: Facts, referral: Referral | None, aspect: str) -> bool:
    """G23 for the assigned worker."""
    if referral is None or not is_mine(facts, referral):
        return False
    status = status_now(facts, referral)
    if status in ACCEPTED_OR_LATER:
        return True
    if status == ENDED_BY_CLOSURE and referral.status == "PROPOSED":
        return False
    if status in END_STATES:
        return aspect in {"ref", "status", "date"}
    return status == "WITHDRAWN" and aspect in {"ref", "status"}


def worker_reads_follow_up(facts: Facts, row: Row) -> bool:
    """A follow-up for the assigned worker: all of them while working, afterwards the "own" ones of section 8."""
    at_work = row.referral is not None and status_now(facts, row.referral) in ACCEPTED_OR_LATER
    if at_work:
        return worker_reads_referral(facts, row.referral, "follow_up")
    return row.recorded_by_me and worker_reads_referral(facts, row.referral, "status")


def notes_readable(facts: Facts, row: Row) -> bool:
    """G25: the own notes, while working and after the end."""
    return row.aspect != "follow_up" and any(
        worker_reads_referral(facts, row.referral, aspect) for aspect in ("ref", "status")
    )


def working_copy(facts: Facts, row: Row) -> bool:
    """A coded value copied into a referral that is mine and at work."""
    referral = row.referral
    return (
        row.copied_into_referral
        and referral is not None
        and is_mine(facts, referral)
        and status_now(facts, referral) in ACCEPTED_OR_LATER
    )


def worker_reads(role: str, group: str, facts: Facts, row: Row) -> bool:
    """The O cells of ASM and ASO, except those with condition 2."""
    if group == "G23" and row.aspect == "follow_up":
        return worker_reads_follow_up(facts, row)
    if group == "G23":
        return worker_reads_referral(facts, row.referral, row.aspect)
    if group == "G24":
        return row.referral is not None and row.referral.assigned_to_me and links_to_case(facts, row.referral)
    if group == "G25":
        return notes_readable(facts, row)
    if role == "ASO":
        # Condition 12, CODED_ONLY.
        consultation = row.referral is not None and row.referral.kind == "PROFESSIONAL_CONSULTATION"
        return group in {"G02", "G16", "G18"} and consultation and working_copy(facts, row)
    if group == "G02":
        return working_copy(facts, row) if row.copied_into_referral else own_case("ASM", facts)
    if group == "G16":
        return shared_kind(facts, row)
    if group == "G03":
        return agreed_or_measure(facts)
    if group in {"G04", "G05"}:
        return measure_names_us(facts)
    if group == "G20":
        # Condition 16, CONTACT_ONLY.
        return own_case("ASM", facts) and row.aspect == "service_contact"
    # G01: rule 9, an association knows a case by its referral ref only.
    return group == "G01" and own_case("ASM", facts) and row.aspect != "ref"


def shared_kind(facts: Facts, row: Row) -> bool:
    """Condition 13: kind in the referral's `shared_kinds`; referral live, ACCEPTED or later."""
    if row.copied_into_referral:
        return working_copy(facts, row) and row.referral is not None and row.problematic in row.referral.shared_kinds
    return any(row.problematic in referral.shared_kinds for referral in my_case_referrals(facts))


def measure_names_us(facts: Facts) -> bool:
    """Condition 5: MEASURE mandate and a live Measure naming my organisation."""
    return mandate_of(facts) == "MEASURE" and facts.measure_names_my_org


def agreed_or_measure(facts: Facts) -> bool:
    """Condition 3: my released accompaniment with the minor's agreement, or condition 5."""
    agreed = any(r.status in RELEASED and r.minor_agreement == "AGREED" for r in my_case_referrals(facts))
    return agreed or measure_names_us(facts)


def worker_writes(group: str, facts: Facts, row: Row) -> bool:
    """Section 8, "May do": first contact, then follow-up, G24, G25."""
    referral = row.referral
    if referral is None or not is_mine(facts, referral):
        return False
    status = status_now(facts, referral)
    if group == "G24" and referral.kind != "DIRECT_SUPPORT":
        return False
    if group != "G23":
        return status in FOLLOWED
    if referral.kind == "PROFESSIONAL_CONSULTATION":
        return status in FOLLOWED | {"ACCEPTED"}
    return status in RELEASED
