"""Situations, minors and contacts that the commands could have made."""

from datetime import timedelta

from schema.vocabulary import CallerAnonymity, CallerCategory, SituationStatus, public_category
from tests.bench.synthetic.database import NOW, Database


def test_one_minor_per_situation_with_the_band_of_its_age(db: Database) -> None:
    assert (
        db.rows(
            "SELECT s.id FROM situation s LEFT JOIN minor m ON m.situation_id = s.id GROUP BY s.id HAVING count(m.id) <> 1"
        )
        == []
    )
    band = "CASE WHEN age IS NULL THEN 'UNKNOWN' WHEN age < 13 THEN 'UNDER_13' WHEN age < 15 THEN 'A13_14' WHEN age < 18 THEN 'A15_17' END"
    assert (
        db.rows(f"SELECT id FROM minor WHERE age_band <> {band} OR (age IS NULL) <> (age_precision = 'UNKNOWN')") == []
    )


def test_a_birth_date_makes_the_age_true(db: Database) -> None:
    rows = db.rows(
        "SELECT m.age, m.birth_date, s.opened_at FROM minor m JOIN situation s ON s.id = m.situation_id WHERE birth_date IS NOT NULL"
    )
    assert len(rows) > 30
    for age, birth, opened in rows:
        day = opened.date()
        assert day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)) == age


def test_closed_situations_have_a_closing_date_and_no_running_work(db: Database) -> None:
    assert db.rows("SELECT id FROM situation WHERE (status = 'CLOSED') <> (closed_at IS NOT NULL)") == []
    live = "'PROPOSED', 'ACCEPTED', 'IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY', 'DRAFT'"
    for sql in (
        f"SELECT r.id FROM referral r JOIN situation s ON s.id = r.situation_id WHERE s.status = 'CLOSED' AND r.status IN ({live})",
        "SELECT g.id FROM sharing_grant g JOIN situation s ON s.id = g.situation_id WHERE s.status = 'CLOSED'"
        " AND g.state IN ('REQUESTED', 'APPROVED', 'ACTIVE')",
        "SELECT a.id FROM ase_link a JOIN situation s ON s.id = a.situation_id WHERE s.status = 'CLOSED'"
        " AND a.state IN ('PROPOSED', 'CONTACTED', 'CONFIRMED')",
        # Closure is refused while a report is neither returned nor overdue.
        "SELECT r.id FROM concern_report r JOIN situation s ON s.id = r.situation_id WHERE s.status = 'CLOSED' AND r.status <> 'RETURNED_TO_119' AND coalesce(r.return_due_at, r.sent_at + interval '3 months') > s.closed_at",
        "SELECT c.id FROM contact c JOIN situation s ON s.id = c.situation_id WHERE c.at > s.closed_at",
        "SELECT f.id FROM follow_up f JOIN situation s ON s.id = f.situation_id WHERE f.recorded_at > s.closed_at",
    ):
        assert db.rows(sql) == []


def test_retention_follows_the_last_contact(db: Database) -> None:
    last = "(SELECT max(c.at) FROM contact c WHERE c.situation_id = s.id)"
    expected = f"CASE WHEN {last} + interval '730 days' > $1 THEN 'ACTIVE' ELSE 'INTERMEDIATE' END"
    assert db.rows(f"SELECT s.id FROM situation s WHERE retention_state <> {expected}", NOW) == []
    assert db.words("SELECT retention_state FROM situation") == {"ACTIVE", "INTERMEDIATE"}


def test_the_status_of_a_situation_says_what_was_done(db: Database) -> None:
    assert db.words("SELECT status FROM situation") == {status.value for status in SituationStatus}
    unsent = "NOT EXISTS (SELECT 1 FROM concern_report r WHERE r.situation_id = s.id AND r.sent_at IS NOT NULL)"
    assert db.rows(f"SELECT s.id FROM situation s WHERE s.status = 'IP_SENT' AND {unsent}") == []
    unlinked = "NOT EXISTS (SELECT 1 FROM ase_link a WHERE a.situation_id = s.id)"
    assert db.rows(f"SELECT s.id FROM situation s WHERE s.status = 'LINKED_TO_ASE' AND {unlinked}") == []
    assert (
        db.rows(f"SELECT s.id FROM situation s WHERE s.status = 'ADVICE_ONLY' AND NOT ({unsent} AND {unlinked})") == []
    )


def test_actions_and_what_they_say_go_together(db: Database) -> None:
    pairs = {
        "IP_SENT": "SELECT situation_id FROM concern_report WHERE sent_at IS NOT NULL",
        "ASE_LINK": "SELECT situation_id FROM ase_link",
        "LOCAL_ORIENTATION": "SELECT situation_id FROM referral WHERE kind = 'DIRECT_SUPPORT' AND status <> 'DRAFT'",
    }
    for kind, sql in pairs.items():
        assert set(db.rows(f"SELECT situation_id FROM dlpm_action WHERE kind = '{kind}'")) == set(db.rows(sql)), kind


def test_callers_are_as_anonymous_as_they_wish(db: Database) -> None:
    assert db.words("SELECT anonymity FROM caller") == {level.value for level in CallerAnonymity}
    assert (
        db.rows(
            "SELECT id FROM caller WHERE anonymity = 'ANONYMOUS' AND num_nonnulls(name, phone, email, relation) > 0"
        )
        == []
    )
    assert db.rows("SELECT id FROM caller WHERE anonymity <> 'ANONYMOUS' AND (name IS NULL OR phone IS NULL)") == []
    assert db.rows("SELECT id FROM caller WHERE (anonymity = 'TRANSMISSIBLE_CRIP') <> (consent_at IS NOT NULL)") == []
    assert db.value("SELECT count(*) FROM caller") == db.value("SELECT count(*) FROM contact WHERE direction = 'IN'")


def test_the_public_category_is_that_of_the_exact_one(db: Database) -> None:
    seen = db.rows("SELECT DISTINCT caller_category, caller_category_public FROM contact")
    assert len(seen) == len(CallerCategory)
    assert all(public == public_category(CallerCategory(exact)).value for exact, public in seen)
    assert (
        db.rows("SELECT id FROM contact WHERE channel = 'CHAT' AND caller_category NOT IN ('MINOR', 'SIBLING')") == []
    )


def test_listeners_write_their_own_notes(db: Database) -> None:
    assert (
        db.rows(
            "SELECT n.id FROM listening_note n JOIN contact c ON c.id = n.contact_id WHERE n.author_id <> c.taken_by_id"
        )
        == []
    )
    listeners = "SELECT h.member_id FROM habilitation h WHERE h.role = 'LIS' AND h.state = 'ACTIVE'"
    assert db.rows(f"SELECT id FROM contact WHERE taken_by_id NOT IN ({listeners})") == []
    assert db.rows(f"SELECT id FROM situation WHERE assigned_member_id NOT IN ({listeners})") == []


def test_phone_numbers_belong_to_nobody(db: Database) -> None:
    numbers = [row[0] for row in db.rows("SELECT phone FROM minor") if row[0]] + db.in_the_clear("caller", "phone")
    assert len(numbers) > db.value("SELECT count(phone) FROM caller") > 100
    assert len(numbers) > 100
    assert {number[:8] for number in numbers} == {"06 39 98"}


def test_only_recent_situations_hold_live_dangers(db: Database) -> None:
    rows = db.rows("SELECT d.at, d.until, s.opened_at FROM live_danger d JOIN situation s ON s.id = d.situation_id")
    assert rows
    assert all(
        opened <= at <= NOW < until <= at + timedelta(days=30) and NOW - opened < timedelta(days=90)
        for at, until, opened in rows
    )
