"""The fixed menu of cubes: what each one counts, by which dimension, over which span and place, written once as SQL.

Every cube is a SELECT over `s`, the situations asked about (`loaders.monitoring.rollups`), that gives each situation's part
once per cell: `situation_id, cube, place, span, word, amount`. Numbers of a period are sums over its spans.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from loaders.policy.relations import RECEIVED
from schema.vocabulary import (
    AgeBand,
    CallerCategory,
    DlpmActionKind,
    ExploitationForm,
    Gender,
    InformationDutyKind,
    IpConclusion,
    Problematic,
    Qualification,
    TriState,
    Word,
)

NATION = ""
NO_WORD = ""
UNKNOWN_PLACE = "?"


class Unit(Enum):
    """What one unit of a cube is."""

    SITUATION = "situation"
    MINOR = "mineur"
    CONTACT = "contact"
    REPORT = "information préoccupante"
    REFERRAL = "orientation"
    DUTY = "information due aux personnes"


class Dimension(Enum):
    """What a cube is broken down by, beside period and place."""

    NONE = "aucune"
    GENDER = "genre"
    AGE = "tranche d'âge"
    PROBLEMATIC = "problématique"
    FORM = "forme d'exploitation"
    QUALIFICATION = "qualification"
    CALLER = "profil de l'appelant"
    ACTION = "action"
    KNOWN = "connaissance par la protection de l'enfance"
    OUTCOME = "issue"
    DELAY = "délai"
    DUTY = "devoir d'information"


class Places(Enum):
    """For which places a cube is kept, beside the nation."""

    NONE = "nation"
    TERRITORY = "nation, région, département de domicile"
    AUTHORITY = "nation, autorité destinataire"
    OWN = "autorité destinataire seulement"


class Delay(Word):
    """A delay in classes: exact days would be somebody's."""

    WITHIN_1_DAY = "WITHIN_1_DAY", "moins d'un jour"
    WITHIN_3_DAYS = "WITHIN_3_DAYS", "de 1 à 3 jours"
    WITHIN_7_DAYS = "WITHIN_7_DAYS", "de 3 à 7 jours"
    WITHIN_30_DAYS = "WITHIN_30_DAYS", "de 7 à 30 jours"
    WITHIN_90_DAYS = "WITHIN_90_DAYS", "de 30 à 90 jours"
    WITHIN_180_DAYS = "WITHIN_180_DAYS", "de 90 à 180 jours"
    LATER = "LATER", "plus de 180 jours"
    UNKNOWN = "UNKNOWN", "inconnu"


class Returned(Word):
    """Whether the department's return came."""

    IN_TIME = "IN_TIME", "dans le délai"
    LATE = "LATE", "après le délai"
    MISSING = "MISSING", "non reçu"


class Routed(Word):
    """Whether a report went to the competent authority."""

    KEPT = "KEPT", "autorité compétente"
    MISROUTED = "MISROUTED", "mal adressée"


class Answered(Word):
    """What an association answered to an orientation."""

    ACCEPTED = "ACCEPTED", "acceptée"
    DECLINED = "DECLINED", "déclinée"
    WITHDRAWN = "WITHDRAWN", "retirée sans réponse"
    PENDING = "PENDING", "sans réponse"


class FollowedUp(Word):
    """How an accepted orientation ended."""

    COMPLETED = "COMPLETED", "terminé"
    LOST_CONTACT = "LOST_CONTACT", "rupture de contact"
    REFUSED_BY_MINOR = "REFUSED_BY_MINOR", "refus du mineur"
    TRANSFERRED = "TRANSFERRED", "transféré"
    WITHDRAWN = "WITHDRAWN", "retiré"


@dataclass(frozen=True, slots=True)
class Cube:
    """One cube of the menu: its words are in `loaders.monitoring.indicators`, under the same code."""

    code: str
    unit: Unit
    dimension: Dimension
    places: Places
    article: str
    sql: str
    words: Sequence[str] = (NO_WORD,)
    overlapping: bool = False


_TERRITORIES = "CROSS JOIN LATERAL (VALUES (''), ('R:' || s.region), ('D:' || s.department)) p (place)"
_AUTHORITIES = "CROSS JOIN LATERAL (VALUES (''), ('A:' || r.to_authority_id)) p (place)"
_SENT = "('SENT', 'ACKNOWLEDGED', 'QUALIFIED', 'NOT_QUALIFIED', 'MISROUTED', 'COMPLEMENT_OF_EXISTING', 'EVALUATING', 'CONCLUDED', 'RETURNED_TO_119')"
_RECEIVED = "(" + ", ".join(f"'{status.value}'" for status in sorted(RECEIVED)) + ")"
_CARRIED = "('ACCEPTED', 'IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'LOST_CONTACT', 'COMPLETED', 'TRANSFERRED')"


def _plain(code: str, word: str, source: str = "") -> str:
    """One unit per row of `source`, national, by a word."""
    return f"SELECT s.id, '{code}', '', s.span, {word}, count(*) FROM s {source} GROUP BY s.id, s.span, {word}"


def _delay(days: str) -> str:
    return f"""CASE WHEN {days} IS NULL OR {days} < 0 THEN 'UNKNOWN' WHEN {days} < 1 THEN 'WITHIN_1_DAY'
  WHEN {days} < 3 THEN 'WITHIN_3_DAYS' WHEN {days} < 7 THEN 'WITHIN_7_DAYS' WHEN {days} < 30 THEN 'WITHIN_30_DAYS'
  WHEN {days} < 90 THEN 'WITHIN_90_DAYS' WHEN {days} < 180 THEN 'WITHIN_180_DAYS' ELSE 'LATER' END"""


def _days(from_: str, to: str) -> str:
    return f"extract(epoch FROM {to} - {from_}) / 86400"


def _words(words: type[Word]) -> tuple[str, ...]:
    return tuple(word.value for word in words)


_SITUATIONS = f"SELECT s.id, 'SITUATIONS', p.place, s.span, '', 1::bigint FROM s {_TERRITORIES}"
_CONTACTS = f"""
SELECT s.id, 'CONTACTS', p.place, s.span, '', count(*) FROM s
JOIN contact c ON c.situation_id = s.id AND c.direction = 'IN' {_TERRITORIES} GROUP BY s.id, p.place, s.span"""
_CALLERS = """
SELECT s.id, 'CALLERS', '', s.span, f.caller_category, 1::bigint FROM s
CROSS JOIN LATERAL (SELECT c.caller_category FROM contact c
  WHERE c.situation_id = s.id AND c.direction = 'IN' ORDER BY c.at, c.id LIMIT 1) f"""
_AGES = """
SELECT s.id, 'AGES', '', s.span, w.word, w.amount FROM (
  SELECT s.id, s.span, count(m.age) AS known, sum(m.age) AS total FROM s JOIN minor m ON m.situation_id = s.id
  GROUP BY s.id, s.span) s
CROSS JOIN LATERAL (VALUES ('KNOWN', s.known), ('TOTAL', s.total)) w (word, amount) WHERE w.amount > 0"""
# Yes at least once; no at least once and never yes.
_PROBLEMATICS = """
SELECT s.id, 'PROBLEMATICS', '', s.span, o.kind || ':' || CASE WHEN bool_or(o.value = 'YES') THEN 'YES' ELSE 'NO' END, 1::bigint
FROM s JOIN (
  SELECT situation_id, kind, value FROM problematic UNION ALL SELECT situation_id, kind, value FROM sensitive_problematic
) o ON o.situation_id = s.id AND o.value <> 'UNKNOWN' GROUP BY s.id, s.span, o.kind"""
_ACTIONS = """
SELECT DISTINCT s.id, 'ACTIONS', '', s.span, a.kind, 1::bigint FROM s JOIN dlpm_action a ON a.situation_id = s.id"""
_FORMS = """
SELECT DISTINCT s.id, 'FORMS', '', s.span, x.form, 1::bigint FROM s JOIN exploitation_fact x ON x.situation_id = s.id"""

# A situation of which an authority was told nothing does not exist for it, not even as a number (permissions, condition 1).
_TOLD = f"""
JOIN LATERAL (SELECT DISTINCT j.authority_id FROM situation_jurisdiction j WHERE j.situation_id = s.id AND EXISTS (
  SELECT 1 FROM concern_report r WHERE r.situation_id = s.id AND r.to_authority_id = j.authority_id
  AND r.status IN {_RECEIVED})) t ON true"""
_OWN_SITUATIONS = f"""
SELECT s.id, 'OWN_SITUATIONS', 'A:' || t.authority_id, s.span, '', 1::bigint FROM s {_TOLD}"""
_OWN_KNOWN = f"""
SELECT s.id, 'OWN_KNOWN', 'A:' || t.authority_id, s.span, s.known_to_cp, 1::bigint FROM s {_TOLD}"""
_OWN_GENDER = f"""
SELECT s.id, 'OWN_GENDER', 'A:' || t.authority_id, s.span, m.gender, count(*) FROM s {_TOLD}
JOIN minor m ON m.situation_id = s.id GROUP BY s.id, t.authority_id, s.span, m.gender"""

# The cohort of returns is that of the deadlines, not of the sendings: once a period is over, so are all its deadlines, and
# no number of it depends on the day on which it is read.
_RETURNED = """CASE WHEN b.received_at IS NULL THEN 'MISSING' WHEN b.received_at <= r.return_due_at THEN 'IN_TIME' ELSE 'LATE' END"""
_DUE = f"""
JOIN concern_report r ON r.situation_id = s.id AND r.status IN {_RECEIVED} AND r.return_due_at IS NOT NULL
LEFT JOIN concern_return b ON b.report_id = r.id {_AUTHORITIES}"""
_RETURNS = f"""
SELECT s.id, 'RETURNS', p.place, monitoring_span(r.return_due_at) AS due, {_RETURNED}, count(*) FROM s {_DUE}
GROUP BY s.id, p.place, due, {_RETURNED}"""
_RETURN_WORD = _delay(_days("r.sent_at", "b.received_at"))
_RETURN_DELAYS = f"""
SELECT s.id, 'RETURN_DELAYS', p.place, monitoring_span(r.return_due_at) AS due, {_RETURN_WORD}, count(*) FROM s {_DUE}
WHERE b.received_at IS NOT NULL GROUP BY s.id, p.place, due, {_RETURN_WORD}"""
_ROUTED = "CASE r.status WHEN 'MISROUTED' THEN 'MISROUTED' ELSE 'KEPT' END"
_ROUTING = f"""
SELECT s.id, 'ROUTING', p.place, monitoring_span(r.sent_at) AS sent, {_ROUTED}, count(*) FROM s
JOIN concern_report r ON r.situation_id = s.id AND r.sent_at IS NOT NULL AND r.status IN {_SENT} {_AUTHORITIES}
GROUP BY s.id, p.place, sent, {_ROUTED}"""
_REPORT_WORD = _delay(_days("c.at", "r.sent_at"))
_REPORT_DELAYS = f"""
SELECT s.id, 'REPORT_DELAYS', p.place, monitoring_span(r.sent_at) AS sent, {_REPORT_WORD}, count(*) FROM s
JOIN concern_report r ON r.situation_id = s.id AND r.sent_at IS NOT NULL AND r.status IN {_SENT}
LEFT JOIN LATERAL (SELECT c.at FROM contact c WHERE c.situation_id = s.id AND c.direction = 'IN' ORDER BY c.at, c.id LIMIT 1) c ON true
{_AUTHORITIES} GROUP BY s.id, p.place, sent, {_REPORT_WORD}"""
_CONCLUSIONS = """
SELECT s.id, 'CONCLUSIONS', '', monitoring_span(b.received_at) AS received, b.conclusion, count(*) FROM s
JOIN concern_return b ON b.situation_id = s.id GROUP BY s.id, received, b.conclusion"""
_ANSWER = f"""CASE WHEN f.status = 'DECLINED' THEN 'DECLINED' WHEN f.status IN {_CARRIED} THEN 'ACCEPTED'
  WHEN f.status = 'WITHDRAWN' THEN CASE WHEN f.answered_at IS NULL THEN 'WITHDRAWN' ELSE 'ACCEPTED' END ELSE 'PENDING' END"""
_ORIENTATIONS = f"""
SELECT s.id, 'ORIENTATIONS', '', monitoring_span(f.proposed_at) AS proposed, {_ANSWER}, count(*) FROM s
JOIN referral f ON f.situation_id = s.id AND f.proposed_at IS NOT NULL AND f.status <> 'DRAFT'
GROUP BY s.id, proposed, {_ANSWER}"""
_FOLLOW_UPS = """
SELECT s.id, 'FOLLOW_UPS', '', monitoring_span(f.ended_at) AS ended, f.status, count(*) FROM s
JOIN referral f ON f.situation_id = s.id AND f.ended_at IS NOT NULL AND f.answered_at IS NOT NULL
AND f.status IN ('COMPLETED', 'LOST_CONTACT', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN')
GROUP BY s.id, ended, f.status"""
_DUTY_WORD = "d.duty || ':' || CASE WHEN d.waiver IS NULL THEN 'DONE' ELSE 'WAIVED' END"
_DUTIES = f"""
SELECT s.id, 'DUTIES', '', monitoring_span(d.recorded_at) AS recorded, {_DUTY_WORD}, count(*) FROM s
JOIN information_duty d ON d.situation_id = s.id GROUP BY s.id, recorded, {_DUTY_WORD}"""

# What became of a case after it was sent, for each authority that was told of it: a case of two counts for both.
_OWN_ORIENTATIONS = f"""
SELECT s.id, 'OWN_ORIENTATIONS', 'A:' || t.authority_id, monitoring_span(f.proposed_at) AS proposed, {_ANSWER}, count(*) FROM s {_TOLD}
JOIN referral f ON f.situation_id = s.id AND f.proposed_at IS NOT NULL AND f.status <> 'DRAFT'
GROUP BY s.id, t.authority_id, proposed, {_ANSWER}"""
_OWN_FOLLOW_UPS = f"""
SELECT s.id, 'OWN_FOLLOW_UPS', 'A:' || t.authority_id, monitoring_span(f.ended_at) AS ended, f.status, count(*) FROM s {_TOLD}
JOIN referral f ON f.situation_id = s.id AND f.ended_at IS NOT NULL AND f.answered_at IS NOT NULL
AND f.status IN ('COMPLETED', 'LOST_CONTACT', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN')
GROUP BY s.id, t.authority_id, ended, f.status"""
_OWN_DUTIES = f"""
SELECT s.id, 'OWN_DUTIES', 'A:' || t.authority_id, monitoring_span(d.recorded_at) AS recorded, {_DUTY_WORD}, count(*) FROM s {_TOLD}
JOIN information_duty d ON d.situation_id = s.id GROUP BY s.id, t.authority_id, recorded, {_DUTY_WORD}"""

_MINORS = "JOIN minor m ON m.situation_id = s.id"

CUBES: Mapping[str, Cube] = MappingProxyType(
    {
        cube.code: cube
        for cube in (
            Cube("SITUATIONS", Unit.SITUATION, Dimension.NONE, Places.TERRITORY, "L226-3-3", _SITUATIONS),
            Cube("CONTACTS", Unit.CONTACT, Dimension.NONE, Places.TERRITORY, "L226-6", _CONTACTS),
            Cube("CALLERS", Unit.SITUATION, Dimension.CALLER, Places.NONE, "L226-6", _CALLERS, _words(CallerCategory)),
            Cube("KNOWN", Unit.SITUATION, Dimension.KNOWN, Places.NONE, "L226-3", _plain("KNOWN", "s.known_to_cp"), _words(TriState)),
            Cube("QUALIFICATIONS", Unit.SITUATION, Dimension.QUALIFICATION, Places.NONE, "L221-1 5° ter A", _plain("QUALIFICATIONS", "s.qualification"), _words(Qualification)),
            Cube("GENDER", Unit.MINOR, Dimension.GENDER, Places.NONE, "L226-3-3", _plain("GENDER", "m.gender", _MINORS), _words(Gender)),
            Cube("AGE_BANDS", Unit.MINOR, Dimension.AGE, Places.NONE, "L226-3-3", _plain("AGE_BANDS", "m.age_band", _MINORS), _words(AgeBand)),
            Cube("AGES", Unit.MINOR, Dimension.AGE, Places.NONE, "L226-3-3", _AGES, ("KNOWN", "TOTAL"), overlapping=True),
            Cube("PROBLEMATICS", Unit.SITUATION, Dimension.PROBLEMATIC, Places.NONE, "L226-3-3", _PROBLEMATICS, tuple(f"{kind.value}:{said}" for kind in Problematic for said in ("YES", "NO")), overlapping=True),
            Cube("ACTIONS", Unit.SITUATION, Dimension.ACTION, Places.NONE, "L226-6", _ACTIONS, _words(DlpmActionKind), overlapping=True),
            Cube("FORMS", Unit.SITUATION, Dimension.FORM, Places.NONE, "L221-1 5° ter A", _FORMS, _words(ExploitationForm), overlapping=True),
            Cube("OWN_SITUATIONS", Unit.SITUATION, Dimension.NONE, Places.OWN, "L226-3", _OWN_SITUATIONS),
            Cube("OWN_KNOWN", Unit.SITUATION, Dimension.KNOWN, Places.OWN, "L226-3", _OWN_KNOWN, _words(TriState)),
            Cube("OWN_GENDER", Unit.MINOR, Dimension.GENDER, Places.OWN, "L226-3-3", _OWN_GENDER, _words(Gender)),
            Cube("RETURNS", Unit.REPORT, Dimension.OUTCOME, Places.AUTHORITY, "L226-5 ; convention du GIP", _RETURNS, _words(Returned)),
            Cube("RETURN_DELAYS", Unit.REPORT, Dimension.DELAY, Places.AUTHORITY, "convention du GIP", _RETURN_DELAYS, _words(Delay)),
            Cube("ROUTING", Unit.REPORT, Dimension.OUTCOME, Places.AUTHORITY, "L226-3", _ROUTING, _words(Routed)),
            Cube("REPORT_DELAYS", Unit.REPORT, Dimension.DELAY, Places.AUTHORITY, "L226-6", _REPORT_DELAYS, _words(Delay)),
            Cube("CONCLUSIONS", Unit.REPORT, Dimension.OUTCOME, Places.NONE, "L226-5", _CONCLUSIONS, _words(IpConclusion)),
            Cube("ORIENTATIONS", Unit.REFERRAL, Dimension.OUTCOME, Places.NONE, "L221-1 5° ter A", _ORIENTATIONS, _words(Answered)),
            Cube("FOLLOW_UPS", Unit.REFERRAL, Dimension.OUTCOME, Places.NONE, "L221-1 5° ter A", _FOLLOW_UPS, _words(FollowedUp)),
            Cube("DUTIES", Unit.DUTY, Dimension.DUTY, Places.NONE, "L226-2-1, L226-2-2", _DUTIES, tuple(f"{duty.value}:{said}" for duty in InformationDutyKind for said in ("DONE", "WAIVED"))),
            Cube("OWN_ORIENTATIONS", Unit.REFERRAL, Dimension.OUTCOME, Places.OWN, "L221-1 5° ter A", _OWN_ORIENTATIONS, _words(Answered)),
            Cube("OWN_FOLLOW_UPS", Unit.REFERRAL, Dimension.OUTCOME, Places.OWN, "L221-1 5° ter A", _OWN_FOLLOW_UPS, _words(FollowedUp)),
            Cube("OWN_DUTIES", Unit.DUTY, Dimension.DUTY, Places.OWN, "L226-2-1, L226-2-2", _OWN_DUTIES, tuple(f"{duty.value}:{said}" for duty in InformationDutyKind for said in ("DONE", "WAIVED"))),
        )
    }
)  # fmt: skip
"""The menu, in the order of a reader; nothing is counted that is not here."""
