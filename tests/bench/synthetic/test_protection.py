"""Links, measures and transfers of child protection."""

from schema.vocabulary import AseLinkState, TransferState
from tests.bench.synthetic.database import NOW, Database


def test_ase_links_are_in_every_state_with_a_caseworker_of_that_service(db: Database) -> None:
    assert db.words("SELECT state FROM ase_link") == {state.value for state in AseLinkState}
    rows = db.rows(
        "SELECT l.state, l.caseworker_id IS NOT NULL, l.answered_at IS NOT NULL, l.ended_at IS NOT NULL, m.organisation_id = l.ase_org_id, h.role,"
        " o.kind, EXISTS (SELECT 1 FROM situation_jurisdiction j WHERE (j.situation_id, j.authority_id) = (l.situation_id, o.authority_id) AND j.ends_at IS NULL)"
        " FROM ase_link l JOIN organisation o ON o.id = l.ase_org_id LEFT JOIN member m ON m.id = l.caseworker_id LEFT JOIN habilitation h ON h.member_id = m.id"
    )
    for state, has_worker, answered, ended, same_service, role, kind, competent in rows:
        assert has_worker == (state in {"CONFIRMED", "ENDED"})
        assert answered == (state in {"CONFIRMED", "NOT_COMPETENT", "ENDED"})
        assert ended == (state == "ENDED")
        assert (same_service, role) == ((True, "ASE") if has_worker else (None, None))
        assert (kind, competent) == ("ASE", True)


def test_measures_are_carried_out_by_mandated_organisations(db: Database) -> None:
    rows = db.rows("SELECT o.kind, o.mandate_kind FROM measure x LEFT JOIN organisation o ON o.id = x.organisation_id")
    assert set(rows) == {("ASSOCIATION", "MEASURE"), ("FOYER", "MEASURE"), (None, None)}
    wrong = (
        "SELECT x.id FROM measure x JOIN member m ON m.id = x.caseworker_id JOIN organisation o ON o.id = m.organisation_id"
        " WHERE o.kind <> 'ASE' OR o.authority_id <> x.authority_id"
    )
    assert db.rows(wrong) == []
    assert db.value("SELECT count(*) FROM measure WHERE ends_on > $1", NOW.date()) > 5


def test_transfers_keep_their_steps_in_order(three: Database) -> None:
    steps = {"REQUESTED": 0, "UNKNOWN_ADDRESS": 0, "DUTY": 1, "SENT": 2, "RECEIVED": 3, "CLOSED": 4}
    rows = three.rows(
        "SELECT state, destination_authority_id, requested_at, duty_at, sent_at, received_at, closed_at FROM department_transfer"
    )
    assert len({state for state, *_ in rows}) >= 4 and {state for state, *_ in rows} <= {
        state.value for state in TransferState
    }
    for state, destination, *moments in rows:
        assert sum(moment is not None for moment in moments) == steps[state] + 1
        assert (destination is None) == (state == "UNKNOWN_ADDRESS")
        known = [moment for moment in moments if moment]
        assert known == sorted(known)
