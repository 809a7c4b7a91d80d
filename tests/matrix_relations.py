"""What relates a viewer to a situation, read from raw rows: the oracle's facts."""

from uuid import UUID
from zoneinfo import ZoneInfo

from tests import oracle
from tests.matrix_world import Raw, Viewer, World
from tests.oracle import BreakGlass, Facts, Grant, Referral, TwoPersonApproval


def _live_link(row: Raw) -> bool:
    return row["state"] in {"PROPOSED", "CONTACTED", "CONFIRMED"} and row["ended_at"] is None


def _live_measure(world: World, row: Raw) -> bool:
    # A day is one of the territory of the authority that decided.
    today = world.now.astimezone(ZoneInfo(world.by_id[row["authority_id"]]["timezone"])).date()
    return row["starts_on"] <= today and (row["ends_on"] is None or today <= row["ends_on"])


def _in_force(world: World, row: Raw) -> bool:
    return row["starts_at"] <= world.now and (row["ends_at"] is None or world.now < row["ends_at"])


def authority_of(world: World, organisation: UUID) -> UUID | None:
    authority: UUID | None = world.by_id[organisation]["authority_id"]
    return authority


def _jurisdiction(world: World, situation: UUID, organisation: UUID) -> bool:
    authority = authority_of(world, organisation)
    return any(
        row["authority_id"] == authority and _in_force(world, row)
        for row in world.hanging("situation_jurisdiction", situation)
    )


def _report_statuses(world: World, situation: UUID, organisation: UUID) -> frozenset[str]:
    authority = authority_of(world, organisation)
    return frozenset(
        row["status"] for row in world.hanging("concern_report", situation) if row["to_authority_id"] == authority
    )


def referral_of(row: Raw, viewer: Viewer) -> Referral:
    return Referral(
        kind=row["kind"],
        status=row["status"],
        to_my_org=row["to_org_id"] == viewer.organisation,
        assigned_to_me=viewer.member is not None and row["assigned_member_id"] == viewer.member,
        minor_agreement=row["minor_agreement"],
        shared_kinds=frozenset(row["shared_kinds"]),
    )


def _grant(world: World, row: Raw, viewer: Viewer) -> Grant:
    situation, sender = row["situation_id"], row["from_org_id"]
    kind = world.by_id[sender]["kind"]
    within = _jurisdiction(world, situation, sender)
    reported = within and bool(_report_statuses(world, situation, sender) & oracle.SENT_OR_LATER)
    habilitations = world.live_habilitations(row["from_member_id"], sender)
    duty = world.by_id[row["duty_id"]]
    return Grant(
        groups=frozenset(row["field_groups"]),
        purpose=row["purpose"],
        to_me=row["to_member_id"] == viewer.member and row["to_org_id"] == viewer.organisation,
        state="ACTIVE" if row["state"] == "ACTIVE" and row["revoked_at"] is None else "ENDED",
        within_dates=row["starts_at"] <= world.now < row["expires_at"],
        days=(row["expires_at"] - row["starts_at"]).days,
        approved_by_another=row["approved_by_id"] is not None and row["approved_by_id"] != row["from_member_id"],
        sender_active_and_secrecy_bound=any(one["secrecy_basis"] for one in habilitations),
        sender_org_involved=kind == "DLPM" or within,
        # Grants are requested by LIS and CRI (section 3); a CRI reaches the four groups under condition 1.
        sender_reach=oracle.GRANTABLE if kind == "DLPM" or (kind == "CRIP" and reported) else frozenset(),
        duty_done_or_waived=duty["duty"] == "SHARING" and duty["situation_id"] == situation,
        adult_without_measure=_adults(world, situation)
        and not any(_live_measure(world, one) for one in world.hanging("measure", situation)),
    )


def _adults(world: World, situation: UUID) -> bool:
    minors = world.hanging("minor", situation)
    return bool(minors) and all(_adult(world, minor) for minor in minors)


def _adult(world: World, minor: Raw) -> bool:
    born = minor["birth_date"]
    if born is None:
        return bool(minor["age_band"] == "A18_20")
    return bool((world.today.year - born.year, world.today.month, world.today.day) >= (18, born.month, born.day))


def _openings(world: World, situation: UUID, viewer: Viewer) -> list[Raw]:
    return [
        row
        for row in world.hanging("emergency_access", situation)
        if viewer.member is not None
        and row["member_id"] == viewer.member
        and row["opened_at"] is not None
        and row["opened_at"] <= world.now < row["expires_at"]
        and row["approved_by_id"] not in {None, viewer.member}
    ]


def _roles(world: World, member: UUID, organisation: UUID | None = None) -> set[str]:
    return {row["role"] for row in world.live_habilitations(member, organisation)}


def _break_glass(world: World, situation: UUID, viewer: Viewer) -> BreakGlass | None:
    if viewer.audience != "DPO":
        return None  # ruling J
    groups: set[str] = set()
    for row in _openings(world, situation, viewer):
        approver = row["approved_by_id"]
        second = "SUP" in _roles(world, approver) or _roles(world, approver, viewer.organisation) & {"CRI", "COO"}
        if second and row["reason_code"] in {"COMPLAINT", "SUBJECT_REQUEST", "REQUISITION"}:
            groups |= set(row["field_groups"])
    return BreakGlass(frozenset(groups), "COMPLAINT", second_person=True) if groups else None


def two_persons(world: World, situation: UUID, viewer: Viewer, caller: UUID) -> TwoPersonApproval | None:
    named = {
        row["caller_id"]
        for row in _openings(world, situation, viewer)
        if "G06" in row["field_groups"] and "SUP" in _roles(world, row["approved_by_id"])
    }
    return TwoPersonApproval(this_caller=caller in named) if named else None  # ruling I


def facts_of(world: World, viewer: Viewer, situation: UUID) -> Facts:
    """What relates the viewer to the situation."""
    own = world.by_id[viewer.organisation]
    case = world.by_id[situation]
    me = viewer.member
    links = [row for row in world.hanging("ase_link", situation) if _live_link(row)]
    measures = [row for row in world.hanging("measure", situation) if _live_measure(world, row)]
    habilitations = world.live_habilitations(me, viewer.organisation)
    return Facts(
        org_kind=own["kind"],
        mandate_kind=own["mandate_kind"],
        habilitation_active=me is None or bool(habilitations),
        secrecy_bound=any(row["secrecy_basis"] for row in habilitations),
        purpose=viewer.purpose,
        live_jurisdiction=own["authority_id"] is not None and _jurisdiction(world, situation, viewer.organisation),
        report_statuses=_report_statuses(world, situation, viewer.organisation) if own["authority_id"] else frozenset(),
        caseworker=me is not None and any(row["caseworker_id"] == me for row in (*links, *measures)),
        ase_link_of_my_org=any(row["ase_org_id"] == viewer.organisation for row in links),
        measure_names_my_org=any(row["organisation_id"] == viewer.organisation for row in measures),
        assigned_to_me=me is not None and case["assigned_member_id"] == me,
        took_contact=me is not None and any(row["taken_by_id"] == me for row in world.hanging("contact", situation)),
        referrals=tuple(referral_of(row, viewer) for row in world.hanging("referral", situation)),
        grants=tuple(_grant(world, row, viewer) for row in world.hanging("sharing_grant", situation)),
        break_glass=_break_glass(world, situation, viewer),
        situation_closed=case["status"] == "CLOSED",
        retention=case["retention_state"],
    )
