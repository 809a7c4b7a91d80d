"""The figures of the yearly report come out to the unit, and grow with the scale."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from schema.vocabulary import Problematic
from tests.bench.synthetic.database import NOW, PERIOD, UNITS, Database

_PERIOD_SITUATIONS = f"situation s WHERE {PERIOD}"
_MAIN_CALLER = f"""
    SELECT DISTINCT ON (s.id) s.id, c.caller_category AS category FROM situation s JOIN contact c ON c.situation_id = s.id
    WHERE {PERIOD} AND c.direction = 'IN' ORDER BY s.id, c.at
"""


def _callers(*categories: str) -> str:
    listed = ", ".join(f"'{category}'" for category in categories)
    return f"SELECT count(*) FROM ({_MAIN_CALLER}) main WHERE category IN ({listed})"


def _action(kind: str) -> str:
    return f"SELECT count(DISTINCT s.id) FROM situation s JOIN dlpm_action a ON a.situation_id = s.id WHERE {PERIOD} AND a.kind = '{kind}'"


def _observed(kind: str) -> str:
    table = "sensitive_problematic" if Problematic(kind).starred else "problematic"
    return (
        f"SELECT count(DISTINCT s.id) FROM situation s JOIN {table} p ON p.situation_id = s.id"
        f" WHERE {PERIOD} AND p.kind = '{kind}' AND p.value = 'YES'"
    )


def _gender(gender: str) -> str:
    return f"SELECT count(*) FROM situation s JOIN minor m ON m.situation_id = s.id WHERE {PERIOD} AND m.gender = '{gender}'"


# Grow with the scale.
PER_UNIT = {
    "situations": (f"SELECT count(*) FROM {_PERIOD_SITUATIONS}", 143),
    "contacts": (
        f"SELECT count(*) FROM situation s JOIN contact c ON c.situation_id = s.id WHERE {PERIOD} AND c.direction = 'IN'",
        439,
    ),
    "minors": (f"SELECT count(*) FROM situation s JOIN minor m ON m.situation_id = s.id WHERE {PERIOD}", 143),
    "girls": (_gender("GIRL"), 135),
    "boys": (_gender("BOY"), 7),
    "trans or other": (_gender("TRANS_OTHER"), 1),
    "known to child protection": (f"SELECT count(*) FROM {_PERIOD_SITUATIONS} AND s.known_to_cp = 'YES'", 89),
    "IP sent": (_action("IP_SENT"), 124),
    "direct advice": (_action("DIRECT_ADVICE"), 73),
    "ASE link": (_action("ASE_LINK"), 73),
    "documentation": (_action("DOCUMENTATION"), 64),
    "local orientation": (_action("LOCAL_ORIENTATION"), 43),
    "psychological suffering": (_observed("PSYCH_SUFFERING"), 123),
    "runaway": (_observed("RUNAWAY"), 120),
    "school": (_observed("SCHOOL_DISINVESTMENT"), 100),
    "drugs, alcohol": (_observed("ADDICTION"), 73),
    "close family": (_callers("MOTHER", "FATHER", "STEP_PARENT", "SIBLING"), 62),
    "professionals": (_callers("PROFESSIONAL"), 28),
    "extended family": (_callers("EXTENDED_FAMILY", "ENTOURAGE"), 20),
    "undisclosed": (_callers("UNDISCLOSED", "UNKNOWN"), 17),
    "witnesses": (_callers("WITNESS"), 10),
    "minors calling": (_callers("MINOR"), 6),
    "closed": ("SELECT count(*) FROM situation WHERE status = 'CLOSED'", 70),
    "recent situations": (
        f"SELECT count(*) FROM situation s WHERE NOT ({PERIOD}) AND opened_at > timestamptz '{NOW}' - interval '90 days'",
        43,
    ),
}
_CONFRONTED = "SELECT count(*) FILTER (WHERE r.confronted = 'YES') || '/' || count(*) FROM survey_response r JOIN survey_campaign c ON c.id = r.campaign_id WHERE c.target = '{}'"  # fmt: skip
# The same at any scale.
CONSTANT = {
    "departments of residence": (
        f"SELECT count(DISTINCT j.department_code) FROM situation s JOIN situation_jurisdiction j ON j.situation_id = s.id WHERE {PERIOD} AND j.role = 'RESIDENCE'",
        59,
    ),
    "working sessions": ("SELECT count(*) FROM working_session", 81),
    "actors": ("SELECT count(DISTINCT actor_id) FROM working_session_actor", 73),
    "sessions with an actor": ("SELECT count(DISTINCT session_id) FROM working_session_actor", 81),
    "surveyed departments": ("SELECT count(DISTINCT department_code) FROM survey_response", 41),
    "foyers": (_CONFRONTED.format("FOYER"), "21/23"),
    "CRIP": (_CONFRONTED.format("CRIP"), "33/37"),
    "ASE": (_CONFRONTED.format("ASE"), "25/29"),
    "DEF": (_CONFRONTED.format("DEF"), "27/37"),
    "awareness events": ("SELECT count(*) FROM awareness_event", 8),
    "professionals reached": ("SELECT sum(participants) FROM awareness_event", 1040),
    "podcasts": ("SELECT string_agg(number || ': ' || title, ', ') FROM podcast_episode", "1: Les dangers du numérique et la prostitution 2.0"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "figure"), [*PER_UNIT.values(), *CONSTANT.values()], ids=[*PER_UNIT, *CONSTANT])
def test_scale_1_reproduces_the_report(db: Database, sql: str, figure: object) -> None:
    assert db.value(sql) == figure


@pytest.mark.parametrize(("sql", "figure"), PER_UNIT.values(), ids=PER_UNIT)
def test_scale_3_has_three_times_as_many(three: Database, sql: str, figure: int) -> None:
    assert three.value(sql) == UNITS * figure


@pytest.mark.parametrize(("sql", "figure"), CONSTANT.values(), ids=CONSTANT)
def test_what_is_not_of_a_case_does_not_grow(three: Database, sql: str, figure: object) -> None:
    assert three.value(sql) == figure


def test_mean_age_is_printed_15_0(db: Database) -> None:
    mean = db.value(f"SELECT avg(m.age) FROM situation s JOIN minor m ON m.situation_id = s.id WHERE {PERIOD}")
    assert mean.quantize(Decimal("0.1"), ROUND_HALF_UP) == Decimal("15.0")


def test_each_department_answers_a_questionnaire_once(db: Database) -> None:
    assert db.rows("SELECT 1 FROM survey_response GROUP BY campaign_id, department_code HAVING count(*) > 1") == []
