"""What a transfer between departments asks of the database."""

from sqlalchemy import Date, DateTime, bindparam, exists, or_, select

from loaders.calendar.civil import months
from loaders.commands.case import ONE, ids, same
from loaders.policy.context import one_of, word
from loaders.policy.relations import RECEIVED, UNRETURNED
from schema.tables.directory import authority, authority_department
from schema.tables.protection import department_transfer, measure
from schema.tables.report import concern_report
from schema.tables.situation import minor, situation_jurisdiction
from schema.vocabulary import AgeBand, JurisdictionRole, TransferState

_RUNNING = frozenset(set(TransferState) - {TransferState.CLOSED})
# A child entrusted to the authority it leaves stays in its custody: that competence ends by an act of its own.
_MOVING_ROLES = (JurisdictionRole.RESIDENCE.value, JurisdictionRole.PRESENCE.value)
_NOW = bindparam("now", type_=DateTime(timezone=True))
_TODAY = bindparam("today", type_=Date())
_END = bindparam("end", type_=DateTime(timezone=True))
# What a report says goes along; what the origin did with it, and to whom it was addressed, does not.
CARRIED = (
    "minor_id", "origin_contact_id", "controller_org_id", "validated_by_id", "validated_at", "origin_code",
    "summary_for_crip", "appraisal", "danger_types", "parents_informed", "parents_informed_reason",
)  # fmt: skip
AUTHORITY = select(authority.c.timezone).where(same(authority.c.id, "authority"))
ANSWERS_FOR = select(ONE).where(
    same(authority_department.c.authority_id, "authority"), same(authority_department.c.department_code, "department")
)
RUNNING = select(ONE).where(
    same(department_transfer.c.situation_id, "situation"),
    same(department_transfer.c.origin_authority_id, "origin"),
    same(department_transfer.c.regime, "regime"),
    one_of(department_transfer.c.state, _RUNNING),
)
REPORT_UNDER_WAY = select(ONE).where(
    same(concern_report.c.situation_id, "situation"),
    same(concern_report.c.to_authority_id, "origin"),
    one_of(concern_report.c.status, UNRETURNED),
)
REPORT = select(concern_report).where(same(concern_report.c.id, "report"))
_ADDRESSED = (
    same(concern_report.c.situation_id, "situation"),
    same(concern_report.c.to_authority_id, "authority"),
    one_of(concern_report.c.status, RECEIVED),
)
REPORTED_MINORS = ids(concern_report.c.minor_id, *_ADDRESSED)
REPORTS = ids(concern_report.c.id, *_ADDRESSED, newest_first=concern_report.c.sent_at)
_LIVE = (
    same(measure.c.situation_id, "situation"),
    measure.c.starts_on <= _TODAY,
    or_(measure.c.ends_on.is_(None), measure.c.ends_on >= _TODAY),
)
LIVE_MEASURE = select(ONE).where(*_LIVE, same(measure.c.authority_id, "origin"), same(measure.c.decision, "decision"))
_OF_CASE = same(minor.c.situation_id, "situation")
_ADULT = or_(
    minor.c.birth_date + months(12 * 18) <= _TODAY,
    minor.c.birth_date.is_(None) & (minor.c.age_band == word(AgeBand.A18_20.value)),
)
ADULTS_WITHOUT_MEASURE = select(ONE).where(
    exists(select(ONE).where(_OF_CASE, _ADULT)),
    ~exists(select(ONE).where(_OF_CASE, _ADULT.is_not(True))),
    ~exists(select(ONE).where(*_LIVE)),
)
RESIDES = select(ONE).where(
    same(situation_jurisdiction.c.situation_id, "situation"),
    same(situation_jurisdiction.c.authority_id, "authority"),
    same(situation_jurisdiction.c.department_code, "department"),
    situation_jurisdiction.c.role == word(JurisdictionRole.RESIDENCE.value),
    situation_jurisdiction.c.starts_at <= _NOW,
    situation_jurisdiction.c.ends_at.is_(None),
)
LEAVING = ids(
    situation_jurisdiction.c.id,
    same(situation_jurisdiction.c.situation_id, "situation"),
    same(situation_jurisdiction.c.authority_id, "origin"),
    one_of(situation_jurisdiction.c.role, _MOVING_ROLES),
    or_(situation_jurisdiction.c.ends_at.is_(None), situation_jurisdiction.c.ends_at > _END),
)
