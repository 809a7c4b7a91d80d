"""Referrals in every state, with the moments and the people of that state."""

from typing import Any

from schema.reference import departments
from schema.vocabulary import MandateKind, Problematic, ReferralStatus
from tests.bench.synthetic.database import PERIOD, Database

RELEASED = {"IDENTITY_RELEASED", "ENGAGED", "ONGOING", "PAUSED_RUNAWAY"}
ENDED = {"REFUSED_BY_MINOR", "LOST_CONTACT", "COMPLETED", "TRANSFERRED"}


def test_referrals_are_in_every_state(db: Database) -> None:
    assert db.words("SELECT status FROM referral") == {status.value for status in ReferralStatus}
    assert db.words(
        f"SELECT r.status FROM referral r JOIN situation s ON s.id = r.situation_id WHERE NOT ({PERIOD})"
    ) == {status.value for status in ReferralStatus}


def test_a_referral_has_the_moments_of_its_state(db: Database) -> None:
    rows = db.rows(
        "SELECT status, kind, drafted_at, proposed_at, answered_at, released_at, engaged_at, ended_at FROM referral"
    )
    for status, kind, drafted, proposed, answered, released, engaged, ended in rows:
        assert (proposed is None) == (status == "DRAFT")
        assert (answered is None) == (status in {"DRAFT", "PROPOSED"})
        assert (released is not None) == (kind == "DIRECT_SUPPORT" and status in RELEASED | ENDED)
        assert (engaged is not None) == (status in (RELEASED - {"IDENTITY_RELEASED"}) | ENDED)
        assert (ended is not None) == (status in ENDED | {"WITHDRAWN"})
        known = [m for m in (drafted, proposed, answered, released, engaged, ended) if m]
        assert known == sorted(known)


def test_release_needs_the_minors_agreement(db: Database) -> None:
    rows = db.rows("SELECT status, kind, minor_agreement, released_at FROM referral")
    assert all(agreement == "AGREED" for _, _, agreement, released in rows if released)
    assert {agreement for _, kind, agreement, _ in rows if kind == "PROFESSIONAL_CONSULTATION"} == {"NOT_ASKED"}
    assert {agreement for status, _, agreement, _ in rows if status in {"DRAFT", "PROPOSED", "DECLINED"}} == {
        "NOT_ASKED"
    }


def test_a_worker_of_the_receiver_is_assigned_from_acceptance_on(db: Database) -> None:
    rows = db.rows(
        "SELECT r.status, r.assigned_member_id IS NOT NULL, m.organisation_id = r.to_org_id, h.role, o.mandate_kind"
        " FROM referral r JOIN organisation o ON o.id = r.to_org_id LEFT JOIN member m ON m.id = r.assigned_member_id LEFT JOIN habilitation h ON h.member_id = m.id"
    )
    for status, assigned, of_receiver, role, mandate in rows:
        assert assigned == (status not in {"DRAFT", "PROPOSED", "DECLINED"})
        if assigned:
            assert (of_receiver, role) == (True, "ASO" if mandate == "OUTSIDE_MISSION" else "ASM")
    assert db.rows("SELECT id FROM referral WHERE (decline_reason IS NOT NULL) <> (status = 'DECLINED')") == []


def test_a_consultation_is_coded_and_goes_outside_missions(db: Database) -> None:
    rows = db.rows(
        "SELECT r.kind, o.mandate_kind, r.shared_kinds, r.coded_forms, r.coded_qualification, r.territory"
        " FROM referral r JOIN organisation o ON o.id = r.to_org_id"
    )
    codes = {department.code for department in departments()}
    for kind, mandate, shared, forms, qualification, territory in rows:
        consultation = kind == "PROFESSIONAL_CONSULTATION"
        assert consultation == (mandate == MandateKind.OUTSIDE_MISSION)
        assert bool(forms) == consultation == (qualification is not None)
        assert not (consultation and shared)
        assert (territory in codes) != consultation
        assert not any(Problematic(word).starred for word in shared)


def test_the_last_follow_up_that_moves_names_the_state(db: Database) -> None:
    rows = db.rows(
        "SELECT r.id, r.status, r.engaged_at, r.ended_at, f.status, f.recorded_at, f.date, f.recorded_by_id = r.assigned_member_id"
        " FROM referral r JOIN follow_up f ON f.referral_id = r.id ORDER BY r.id, f.recorded_at"
    )
    by_referral: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_referral.setdefault(row[0], []).append(row)
        assert row[6] == row[5].date()
        assert row[7]
    for follow_ups in by_referral.values():
        _, status, engaged, ended, *_ = follow_ups[0]
        moving = [(row[4], row[5]) for row in follow_ups if row[4] != "MISSED_MEETING"]
        last = moving[-1][0] if moving else "IDENTITY_RELEASED"
        assert status == ("ENGAGED" if last == "FIRST_MEETING" else last)
        assert not moving or moving[0] == ("FIRST_MEETING", engaged)
        assert ended is None or moving[-1][1] == ended
    started = db.rows("SELECT id FROM referral WHERE engaged_at IS NOT NULL")
    assert {row[0] for row in started} <= set(by_referral)


def test_references_say_nothing_and_are_unique(three: Database) -> None:
    refs = [row[0] for row in three.rows("SELECT ref FROM situation UNION ALL SELECT ref FROM referral")]
    assert len(refs) == len(set(refs))
    assert {(len(ref), ref[5]) for ref in refs} == {(11, "-")}
