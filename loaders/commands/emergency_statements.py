"""What break-glass asks of the database."""

from typing import Any

from sqlalchemy import ARRAY, DateTime, Text, and_, bindparam, exists, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.commands.case import ONE, same
from loaders.policy.context import word
from loaders.policy.relations import ASSIGNED, CASEWORKER, STAKE
from schema.tables.contact import caller
from schema.tables.journal import reach
from schema.tables.people import member
from schema.tables.referral import referral
from schema.tables.sharing import disclosure, emergency_access
from schema.tables.situation import situation
from schema.vocabulary import BreakGlassReview, ReferralKind

REF = bindparam("ref", type_=Text())
UNREVIEWED = (
    select(ONE)
    .where(
        same(emergency_access.c.member_id, "member"),
        emergency_access.c.review == word(BreakGlassReview.PENDING.value),
        emergency_access.c.review_due_at <= bindparam("now", type_=DateTime(timezone=True)),
    )
    .limit(literal_column("1"))
)
CALLER_OF = select(caller.c.id).where(same(caller.c.contact_id, "contact"))
BY_RECEIPT = (
    select(
        emergency_access,
        select(situation.c.controller_org_id)
        .where(situation.c.id == emergency_access.c.situation_id)
        .scalar_subquery()
        .label("controller"),
    )
    .where(same(emergency_access.c.id, "receipt"))
    .with_for_update(of=emergency_access)
)


def _stands(viewer: Any, case: Any, relation: str) -> Any:
    now = (reach.c.starts_at <= func.now(), reach.c.ends_at > func.now())
    return and_(reach.c.viewer == viewer, reach.c.situation_id == case, reach.c.via == word(relation), *now)


OUR_REFERRAL = select(
    referral.c.situation_id.label("situation"), referral.c.controller_org_id.label("controller")
).where(
    referral.c.ref == REF,
    same(referral.c.to_org_id, "organisation"),
    exists(select(literal_column("1")).where(_stands(referral.c.to_org_id, referral.c.situation_id, STAKE))),
)
_ME = bindparam("member", type_=Uuid(as_uuid=True))
# The case of a caseworker of my organisation who is not me: own cases need no exceptional access.
COLLEAGUES_CASE = (
    select(
        situation.c.id.label("situation"),
        member.c.id.label("assignee"),
        situation.c.controller_org_id.label("controller"),
    )
    .join(reach, reach.c.situation_id == situation.c.id)
    .join(member, member.c.id == reach.c.viewer)
    .where(
        situation.c.ref == REF,
        _stands(member.c.id, situation.c.id, CASEWORKER),
        same(member.c.organisation_id, "organisation"),
        member.c.id != _ME,
    )
    .order_by(member.c.id)
    .limit(literal_column("1"))
)
COLLEAGUES_REFERRAL = (
    select(
        referral.c.situation_id.label("situation"),
        referral.c.assigned_member_id.label("assignee"),
        referral.c.controller_org_id.label("controller"),
    )
    .join(reach, _stands(referral.c.assigned_member_id, referral.c.situation_id, ASSIGNED))
    .where(
        referral.c.ref == REF,
        referral.c.kind == word(ReferralKind.DIRECT_SUPPORT.value),
        same(referral.c.to_org_id, "organisation"),
        referral.c.assigned_member_id != _ME,
    )
)
_CASE = bindparam("case", type_=Uuid(as_uuid=True))
LINE = (
    insert(disclosure)
    .from_select(
        ["situation_id", "from_org_id", "to_org_id", "act", "field_groups", "purpose", "at"],
        select(
            _CASE,
            bindparam("controller", type_=Uuid(as_uuid=True)),
            bindparam("receiver", type_=Uuid(as_uuid=True)),
            word("BREAK_GLASS"),
            bindparam("groups", type_=ARRAY(Text)),
            bindparam("purpose", type_=Text()),
            bindparam("at", type_=DateTime(timezone=True)),
        ).where(_CASE.is_not(None)),
        include_defaults=False,
    )
    .returning(disclosure.c.id)
)
