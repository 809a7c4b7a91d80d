"""Grants that keep the law, and a ledger of what was told."""

from schema.vocabulary import GrantState
from tests.bench.synthetic.database import NOW, Database


def test_grants_keep_the_five_conditions(db: Database) -> None:
    rows = db.rows(
        "SELECT g.state, g.purpose, g.field_groups, g.from_member_id, g.approved_by_id, g.starts_at, g.expires_at, g.extract, g.revoked_at,"
        " to_.kind, to_.mandate_kind, h.role, h.secrecy_basis, m.organisation_id = g.to_org_id, d.duty, coalesce(d.done_at, d.recorded_at) <= g.starts_at,"
        " s.opened_at <= g.starts_at, EXISTS (SELECT 1 FROM ase_link l WHERE l.situation_id = g.situation_id AND l.caseworker_id = g.to_member_id"
        "   AND l.state = 'CONFIRMED') OR EXISTS (SELECT 1 FROM referral r WHERE r.situation_id = g.situation_id AND r.assigned_member_id = g.to_member_id"
        "   AND r.status IN ('IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY'))"
        " FROM sharing_grant g JOIN organisation to_ ON to_.id = g.to_org_id JOIN member m ON m.id = g.to_member_id"
        " JOIN habilitation h ON h.member_id = m.id JOIN information_duty d ON d.id = g.duty_id JOIN situation s ON s.id = g.situation_id"
    )
    assert {GrantState.ACTIVE.value, GrantState.EXPIRED.value} <= {row[0] for row in rows}
    for (
        state,
        purpose,
        groups,
        sender,
        approver,
        starts,
        expires,
        extract,
        revoked,
        kind,
        mandate,
        role,
        secrecy,
        same,
        duty,
        told,
        after,
        involved,
    ) in rows:
        assert purpose in {"ASE": {"EVALUATE"}, "ASM": {"IMPLEMENT"}}[role]
        assert set(groups) <= {"ASE": {"G11", "G19"}, "ASM": {"G11", "G17", "G18"}}[role]
        assert (approver is None) == (state == "REQUESTED")
        assert approver != sender
        assert starts <= NOW and (state == "EXPIRED") == (expires < NOW)
        assert (extract is not None) == (kind == "ASSOCIATION")
        assert (revoked is not None) == (state == "REVOKED")
        assert mandate != "OUTSIDE_MISSION" and secrecy and same
        assert duty == "SHARING" and told and after and involved


def test_approved_grants_and_releases_are_in_the_ledger(db: Database) -> None:
    for act, sql in (
        ("GRANT", "SELECT situation_id, to_org_id, starts_at FROM sharing_grant WHERE approved_by_id IS NOT NULL"),
        (
            "IDENTITY_RELEASED",
            "SELECT situation_id, to_org_id, released_at FROM referral WHERE released_at IS NOT NULL",
        ),
    ):
        rows = sorted(db.rows(sql))
        assert rows
        assert rows == sorted(db.rows("SELECT situation_id, to_org_id, at FROM disclosure WHERE act = $1", act))
