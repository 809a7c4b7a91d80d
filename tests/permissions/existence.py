"""What exists in an audience's schema at all."""

from tests.permissions.audiences import ORG_ONLY, client_kind, is_client
from tests.permissions.matrix import MATRIX


def may_exist(audience: str, group: str) -> bool:
    """Whether the group has output fields in that audience's schema: `-` and `A` are absent, `-4` is present."""
    if is_client(audience):
        return group in ORG_ONLY[client_kind(audience)].reads and group != "G35"
    cell = MATRIX[group, audience]
    return cell.reach in {"O", "J", "S", "N"} or 4 in cell.conditions


def may_exist_in_inputs(audience: str, group: str) -> bool:
    """Whether the audience's mutations may carry the group (a CRIP's client writes G13 without ever reading it)."""
    if is_client(audience):
        return group in ORG_ONLY[client_kind(audience)].writes
    return MATRIX[group, audience].write


def through_indicators(audience: str, group: str) -> bool:
    """Letter A: only as counts of the indicator service."""
    if is_client(audience):
        return group == "G35" and group in ORG_ONLY[client_kind(audience)].reads
    return MATRIX[group, audience].reach == "A"


def smallest_count(org_kind: str, *, own_authority: bool = False, national_one_dimension: bool = False) -> int:
    """Condition 11: the K under which a live count is masked."""
    if org_kind == "DLPM" and national_one_dimension:
        return 5
    if org_kind == "CRIP" and own_authority:
        return 5
    return 11
