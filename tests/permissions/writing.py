"""Whether a group may be written on a row."""

from tests.permissions.audiences import PARTNER_ROLES, client_kind, is_client
from tests.permissions.cells import reads_by_cell
from tests.permissions.clients import client_writes
from tests.permissions.existence import may_exist_in_inputs
from tests.permissions.facts import NO_ROW, Facts, Row
from tests.permissions.matrix import CASE_GROUPS, MATRIX, REFERRAL_GROUPS
from tests.permissions.reading import may_see_referral
from tests.permissions.relations import status_now
from tests.permissions.states import LIVE_REFERRAL
from tests.permissions.viewers import habilitation_stands
from tests.permissions.workers import worker_writes


def may_write(audience: str, group: str, facts: Facts, row: Row = NO_ROW) -> bool:
    """Whether the audience may write the group on that row: the cell's `w`, same reach, never by break-glass."""
    if not may_exist_in_inputs(audience, group) or not still_writable(audience, group, facts):
        return False
    if is_client(audience):
        return client_writes(client_kind(audience), facts, row)
    if not habilitation_stands(audience, facts):
        return False
    if group == "G06":
        # Condition 6: "write only on a contact I took".
        return row.contact_taken_by_me
    if group == "G33":
        own_card = row.card_visibility is not None and row.controlled_by_my_org
        return own_card if 18 in MATRIX[group, audience].conditions else True
    if group in REFERRAL_GROUPS and audience in {"ASM", "ASO"}:
        return worker_writes(group, facts, row)
    if group == "G23" and audience == "COO":
        referral = row.referral
        # Accept and decline while PROPOSED, assign from then on.
        alive = referral is not None and status_now(facts, referral) in LIVE_REFERRAL
        return alive and referral is not None and referral.to_my_org and may_see_referral("COO", facts, referral)
    return reads_by_cell(audience, group, facts, row)


def still_writable(audience: str, group: str, facts: Facts) -> bool:
    """After closure a CRIP may still send a late return; later nobody writes."""
    if group not in CASE_GROUPS:
        return True
    if facts.retention != "ACTIVE":
        return False
    partner = is_client(audience) or audience in PARTNER_ROLES
    return not (facts.situation_closed and partner) or (group == "G13" and audience in {"CRI", "CLIENT:CRIP"})
