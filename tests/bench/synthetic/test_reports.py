"""Jurisdictions and reports with the history that the commands would have given them."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from schema.deadlines import acknowledge_due, evaluation_due, return_due
from schema.reference import official_codes
from schema.vocabulary import ReportStatus, Urgency
from tests.bench.synthetic.database import NOW, Database


def test_a_jurisdiction_is_of_an_authority_of_the_department(db: Database) -> None:
    sql = (
        "SELECT j.id FROM situation_jurisdiction j LEFT JOIN authority_department d"
        " ON (d.authority_id, d.department_code) = (j.authority_id, j.department_code) WHERE d.authority_id IS NULL"
    )
    assert db.rows(sql) == []
    assert db.words("SELECT role FROM situation_jurisdiction") == {"RESIDENCE", "PRESENCE", "CUSTODY"}
    live = "SELECT situation_id FROM situation_jurisdiction WHERE role = 'RESIDENCE' AND ends_at IS NULL"
    assert db.value(f"SELECT count(*) FROM ({live}) r") == db.value("SELECT count(*) FROM situation")


def test_a_report_goes_where_a_jurisdiction_is_live_or_was_until_it_proved_wrong(db: Database) -> None:
    row = "FROM situation_jurisdiction j WHERE (j.situation_id, j.authority_id) = (r.situation_id, r.to_authority_id)"
    assert (
        db.rows(
            f"SELECT r.id FROM concern_report r WHERE status <> 'MISROUTED' AND NOT EXISTS (SELECT 1 {row} AND j.ends_at IS NULL)"
        )
        == []
    )
    wrong = db.rows(
        f"SELECT (SELECT max(j.ends_at) {row} AND j.ends_at >= r.acknowledged_at) FROM concern_report r WHERE status = 'MISROUTED'"
    )
    assert len(wrong) >= 7
    assert all(ended is not None for (ended,) in wrong)


def test_a_misrouted_report_is_sent_elsewhere_afterwards(db: Database) -> None:
    resent = "SELECT 1 FROM concern_report o WHERE o.situation_id = r.situation_id AND o.to_authority_id <> r.to_authority_id AND o.sent_at > r.acknowledged_at"
    assert db.rows(f"SELECT r.id FROM concern_report r WHERE r.status = 'MISROUTED' AND NOT EXISTS ({resent})") == []


def test_reports_are_in_every_state_and_were_written_from_the_first_contact(db: Database) -> None:
    assert db.words("SELECT status FROM concern_report") == {status.value for status in ReportStatus}
    assert db.rows("SELECT id FROM concern_report WHERE minor_id IS NULL OR origin_contact_id IS NULL") == []
    first = "SELECT min(c.at) FROM contact c WHERE c.situation_id = r.situation_id AND c.direction = 'IN'"
    sql = f"SELECT r.id FROM concern_report r JOIN contact o ON o.id = r.origin_contact_id WHERE o.at <> ({first})"
    assert db.rows(sql) == []
    assert (
        db.rows("SELECT id FROM concern_report WHERE (kind = 'COMPLEMENTARY') <> (complements_report_id IS NOT NULL)")
        == []
    )
    assert (
        db.rows(
            "SELECT id FROM concern_report WHERE status = 'COMPLEMENT_OF_EXISTING' AND complements_report_id IS NULL"
        )
        == []
    )
    completed = "SELECT 1 FROM concern_report o WHERE o.id = r.complements_report_id AND o.to_authority_id = r.to_authority_id AND o.complements_report_id IS NULL"
    assert (
        db.rows(
            f"SELECT r.id FROM concern_report r WHERE complements_report_id IS NOT NULL AND NOT EXISTS ({completed})"
        )
        == []
    )


# Which moments a state has behind it: acknowledged, qualified, concluded ("?" = depends on the way it came).
REACHED = {
    "DRAFT": "....", "VALIDATED": "....", "SENT": "S...", "ACKNOWLEDGED": "SA..", "MISROUTED": "SA..", "QUALIFIED": "SAQ.",
    "NOT_QUALIFIED": "SAQ.", "COMPLEMENT_OF_EXISTING": "SAQ.", "EVALUATING": "SAQ.", "CONCLUDED": "SAQC", "RETURNED_TO_119": "SAQ?",
}  # fmt: skip


def test_a_state_has_its_moments_in_order(db: Database) -> None:
    rows = db.rows(
        "SELECT status, drafted_at, sent_at, acknowledged_at, qualified_at, concluded_at FROM concern_report"
    )
    for status, drafted, *moments in rows:
        reached = "".join(letter if moment else "." for letter, moment in zip("SAQC", moments, strict=True))
        assert reached[:3] == REACHED[status][:3], status
        assert REACHED[status][3] in {reached[3], "?"}, status
        known = [moment for moment in (drafted, *moments) if moment]
        assert known == sorted(known)
    short = db.value("SELECT count(*) FROM concern_report WHERE status = 'RETURNED_TO_119' AND concluded_at IS NULL")
    assert 0 < short < db.value("SELECT count(*) FROM concern_report WHERE status = 'RETURNED_TO_119'")


def test_a_supervisor_validates_before_or_within_a_day_of_immediate_danger(db: Database) -> None:
    rows = db.rows("SELECT status, urgency, sent_at, validated_at, validated_by_id, drafted_at FROM concern_report")
    for status, urgency, sent, validated, by, drafted in rows:
        assert (validated is None) == (by is None)
        if status == "DRAFT":
            assert validated is None
        elif urgency == Urgency.IMMEDIATE_DANGER and sent:
            assert validated is None or sent < validated <= sent + timedelta(hours=24)
            assert validated is not None or NOW - sent < timedelta(hours=24)
        else:
            assert drafted < validated
            assert sent is None or validated <= sent


def test_the_next_deadline_is_the_one_that_runs(db: Database) -> None:
    expected = """CASE WHEN status = 'SENT' THEN acknowledge_due_at
        WHEN status IN ('ACKNOWLEDGED', 'QUALIFIED', 'EVALUATING') THEN evaluation_due_at
        WHEN status IN ('CONCLUDED', 'NOT_QUALIFIED', 'COMPLEMENT_OF_EXISTING') THEN return_due_at END"""
    assert db.rows(f"SELECT id FROM concern_report WHERE due_at IS DISTINCT FROM {expected}") == []
    # The first clock starts when the report is sent, the two others when the authority says that it received it.
    started = "(acknowledge_due_at IS NOT NULL, evaluation_due_at IS NOT NULL, return_due_at IS NOT NULL)"
    assert (
        db.rows(
            f"SELECT id FROM concern_report WHERE {started} <> (sent_at IS NOT NULL, acknowledged_at IS NOT NULL, acknowledged_at IS NOT NULL)"
        )
        == []
    )
    assert (
        db.rows(
            "SELECT id FROM concern_report WHERE due_at IS NULL AND status NOT IN ('DRAFT', 'VALIDATED', 'MISROUTED', 'RETURNED_TO_119')"
        )
        == []
    )


def test_deadlines_end_at_midnight_of_the_authority(db: Database) -> None:
    rows = db.rows(
        "SELECT a.code, a.timezone, a.ack_working_days, r.urgency, r.sent_at, r.acknowledged_at, r.acknowledge_due_at, r.evaluation_due_at, r.return_due_at"
        " FROM concern_report r JOIN authority a ON a.id = r.to_authority_id WHERE r.sent_at IS NOT NULL"
    )
    for _, zone, days, urgency, sent, received, acknowledge, evaluate, give_back in rows:
        assert acknowledge == acknowledge_due(sent, zone, days)
        assert acknowledge.astimezone(ZoneInfo(zone)).time() == time()
        if received:
            assert (evaluate, give_back) == (
                evaluation_due(received, zone, Urgency(urgency)),
                return_due(received, zone),
            )
    assert {"974", "59"} <= {row[0] for row in rows}


def test_evaluations_and_returns_fit_their_report(db: Database) -> None:
    evaluated = {"EVALUATING", "CONCLUDED", "RETURNED_TO_119"}
    rows = db.rows(
        "SELECT r.status, e.due_at = r.evaluation_due_at, e.done_at IS NOT DISTINCT FROM r.concluded_at, e.authority_id = r.to_authority_id,"
        " e.notified_at > r.qualified_at FROM evaluation e JOIN concern_report r ON r.id = e.report_id"
    )
    assert {status for status, *_ in rows} == evaluated
    assert all(all(facts) for _, *facts in rows)
    for status in ("EVALUATING", "CONCLUDED"):
        sql = "SELECT count(*) - count(e.id) FROM concern_report r LEFT JOIN evaluation e ON e.report_id = r.id WHERE r.status = $1"
        assert db.value(sql, status) == 0
    returned = set(db.rows("SELECT id FROM concern_report WHERE status = 'RETURNED_TO_119'"))
    assert set(db.rows("SELECT report_id FROM concern_return")) == returned
    late = "SELECT t.id FROM concern_return t JOIN concern_report r ON r.id = t.report_id WHERE t.received_at < t.decided_at OR t.authority_id <> r.to_authority_id"
    assert db.rows(late) == []


def test_codes_are_official_ones(db: Database) -> None:
    known = {f"{item.list}:{item.code}" for item in official_codes()}
    assert db.words("SELECT DISTINCT unnest(codes) FROM concern_return") <= known
    assert {f"MOTIFSIG:{code}" for code in db.words("SELECT motif_sig FROM judicial_referral")} <= known
    assert {f"TITAP:{code}" for code in db.words("SELECT authority_kind FROM parental_holder")} <= known
    assert {f"ORIGIP:{code}" for code in db.words("SELECT origin_code FROM concern_report")} <= known
    assert {f"TRANSIP:{code}" for code in db.words("SELECT transmitter_code FROM concern_report")} == {"TRANSIP:510"}
    measures = db.rows("SELECT DISTINCT decision, nature FROM measure")
    lists = {"ADMINISTRATIVE": "NATPDECADM", "JUDICIAL": "NATDECASSED"}
    assert {f"{lists[decision]}:{nature}" for decision, nature in measures} <= known


def test_parents_are_told_of_a_judicial_referral_without_exception(db: Database) -> None:
    assert db.value("SELECT count(*) FROM judicial_referral") >= 5
    told = "SELECT 1 FROM information_duty d WHERE d.situation_id = j.situation_id AND d.duty = 'JUDICIAL_REFERRAL' AND d.done_at = j.at"
    assert db.rows(f"SELECT j.id FROM judicial_referral j WHERE NOT EXISTS ({told})") == []
    assert db.rows("SELECT id FROM information_duty WHERE duty = 'JUDICIAL_REFERRAL' AND waiver IS NOT NULL") == []


def test_what_the_report_says_of_the_parents_is_recorded(db: Database) -> None:
    assert db.words("SELECT parents_informed FROM concern_report") == {"YES", "NO", "UNKNOWN"}
    duty = "SELECT 1 FROM information_duty d WHERE d.situation_id = r.situation_id AND d.duty = 'IP_TRANSMISSION'"
    assert (
        db.rows(
            f"SELECT r.id FROM concern_report r WHERE parents_informed = 'YES' AND NOT EXISTS ({duty} AND d.done_at < r.sent_at)"
        )
        == []
    )
    assert (
        db.rows(
            f"SELECT r.id FROM concern_report r WHERE parents_informed = 'NO' AND NOT EXISTS ({duty} AND d.reason = r.parents_informed_reason)"
        )
        == []
    )
    assert db.rows("SELECT id FROM information_duty WHERE waiver IS NOT NULL AND reason IS NULL") == []


def test_each_sent_report_is_in_the_ledger(db: Database) -> None:
    sent = "SELECT situation_id, to_authority_id, sent_at FROM concern_report WHERE sent_at IS NOT NULL"
    ledger = "SELECT d.situation_id, d.to_authority_id, d.at FROM disclosure d JOIN organisation o ON o.id = d.to_org_id WHERE d.act = 'IP_SENT' AND o.kind = 'CRIP' AND o.authority_id = d.to_authority_id"
    assert sorted(db.rows(sent)) == sorted(db.rows(ledger))
    assert db.words("SELECT DISTINCT unnest(field_groups) FROM disclosure WHERE act = 'IP_SENT'").isdisjoint(
        {"G06", "G07", "G10"}
    )
