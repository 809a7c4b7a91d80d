"""What the receiver of an orientation reports: referral, status, date; and the association's own notes.

A follow-up is what associations do all day, so it is one statement: the token is asked whether it stands, the referral
is locked through the caller's door, the state machine is checked, the follow-up, the new state and the event are
written, or nothing is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Text, and_, bindparam, exists, func, insert, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.policy import Act
from loaders.commands.case import AUTHORITIES
from loaders.commands.entry import OLDEST, optional, required
from loaders.commands.work import Command, Work, row_id
from loaders.commands.writable import may_fill
from loaders.context import values, word
from loaders.doors import door
from loaders.nouns import NOUNS
from loaders.statement import compiled, version
from schema.deadlines import earliest_civil_date, latest_civil_date
from schema.errors import BadInputError, DomainRefusalError, NotFoundError, UnauthenticatedError
from schema.tables.journal import outbox
from schema.tables.referral import association_note, follow_up, referral
from schema.types.acts_referral import RecordFollowUpInput, WriteAssociationNoteInput
from schema.vocabulary import Audience, Category, FollowUpStatus, ReferralKind, ReferralStatus

_ENGAGED = frozenset({ReferralStatus.ENGAGED})
_UNDER_WAY = frozenset({ReferralStatus.ONGOING, ReferralStatus.PAUSED_RUNAWAY})

# From which states a status may be reported, once the minor has been met (domain, section 7). A status that names
# the present state is reported again and again: it moves nothing.
_FROM: Mapping[FollowUpStatus, frozenset[ReferralStatus]] = {
    FollowUpStatus.FIRST_MEETING: frozenset(),
    FollowUpStatus.MISSED_MEETING: _ENGAGED | _UNDER_WAY,
    FollowUpStatus.ONGOING: _ENGAGED | _UNDER_WAY,
    FollowUpStatus.PAUSED_RUNAWAY: _UNDER_WAY,
    FollowUpStatus.REFUSED_BY_MINOR: _ENGAGED | _UNDER_WAY,
    FollowUpStatus.LOST_CONTACT: _ENGAGED | _UNDER_WAY,
    FollowUpStatus.COMPLETED: _ENGAGED | _UNDER_WAY,
    FollowUpStatus.TRANSFERRED: _ENGAGED | _UNDER_WAY,
}
_BEFORE_ENGAGED = frozenset({FollowUpStatus.FIRST_MEETING, FollowUpStatus.MISSED_MEETING})
# What waits for the first meeting: the identity is released; a consultation has none to release.
_FIRST = {
    ReferralKind.DIRECT_SUPPORT: ReferralStatus.IDENTITY_RELEASED,
    ReferralKind.PROFESSIONAL_CONSULTATION: ReferralStatus.ACCEPTED,
}
_MOVES_TO: Mapping[FollowUpStatus, ReferralStatus | None] = {
    FollowUpStatus.FIRST_MEETING: ReferralStatus.ENGAGED,
    FollowUpStatus.MISSED_MEETING: None,
    FollowUpStatus.ONGOING: ReferralStatus.ONGOING,
    FollowUpStatus.PAUSED_RUNAWAY: ReferralStatus.PAUSED_RUNAWAY,
    FollowUpStatus.REFUSED_BY_MINOR: ReferralStatus.REFUSED_BY_MINOR,
    FollowUpStatus.LOST_CONTACT: ReferralStatus.LOST_CONTACT,
    FollowUpStatus.COMPLETED: ReferralStatus.COMPLETED,
    FollowUpStatus.TRANSFERRED: ReferralStatus.TRANSFERRED,
}
_ENDS = frozenset(
    {FollowUpStatus.REFUSED_BY_MINOR, FollowUpStatus.LOST_CONTACT, FollowUpStatus.COMPLETED, FollowUpStatus.TRANSFERRED}
)


def sources(audience: Audience, kind: ReferralKind, status: FollowUpStatus) -> frozenset[ReferralStatus]:
    """The states of a referral of this kind in which the audience may report this status."""
    # Before the first meeting a named person reports, never a tool (permissions, section 6).
    if status in _BEFORE_ENGAGED and audience is not Audience.ORG_ASSOCIATION:
        return _FROM[status] | {_FIRST[kind]}
    return _FROM[status]


async def record(work: Work, wish: RecordFollowUpInput) -> UUID:
    """A follow-up and its effect on the referral."""
    note = optional(wish.note_for_ase, "noteForAse")
    if note is not None and not may_fill(work.caller.audience, "FollowUp", "RecordFollowUpInput", "note_for_ase"):
        raise BadInputError("`noteForAse` needs a token for a named person with a mandate.", reason="NEEDS_PERSON")
    today = latest_civil_date(work.now)
    if not today - OLDEST <= wish.date <= today:
        raise BadInputError("`date` is not a day of the past years.", reason="INVALID_TIME")
    statement = _statement(work.caller.audience, wish.expected_version is not None)
    found = await work.connection.fetchrow(statement.sql, *statement.values(_binds(work, wish, note)))
    if found is None or not found["stands"]:
        raise UnauthenticatedError
    if found["situation_id"] is None:
        raise NotFoundError
    work.situations.add(found["situation_id"])
    work.categories |= _CATEGORIES if note is None else _CATEGORIES | {Category.NOTE_FOR_ASE.value}
    if found["recorded_id"] is None:
        # Raises where it is the version that did not fit.
        await work.lock("Referral", wish.referral, field="referral", expected_version=wish.expected_version)
        raise DomainRefusalError(
            "WRONG_STATE", "Ce suivi n'est pas possible dans l'état actuel de l'orientation.", "status"
        )
    if found["proposed_at"] is not None and wish.date < earliest_civil_date(found["proposed_at"]):
        raise DomainRefusalError("BEFORE_REFERRAL", "Ce jour précède la proposition de l'orientation.", "date")
    identity: UUID = found["recorded_id"]
    return identity


async def write_note(work: Work, wish: WriteAssociationNoteInput) -> UUID:
    """A note of the association's own, while it follows the minor."""
    text = required(wish.text, "text")
    found = await work.lock("Referral", wish.referral, field="referral")
    if found["status"] not in sources(work.caller.audience, ReferralKind(found["kind"]), FollowUpStatus.MISSED_MEETING):
        raise DomainRefusalError("WRONG_STATE", "On n'écrit de note que pendant l'accompagnement.", "referral")
    identity = await work.insert(
        association_note,
        referral_id=found.id,
        situation_id=found["situation_id"],
        organisation_id=work.caller.organisation_id,
        author_id=work.caller.member_id,
        text=text,
        at=work.now,
    )
    await work.event(
        "association_note.written", identity, situation=found["situation_id"], audiences=[work.caller.organisation_kind]
    )
    return identity


# ---------------------------------------------------------------- the one statement of a follow-up

_CATEGORIES = {Category.REFERRALS.value}


@dataclass(frozen=True, slots=True)
class _Statement:
    """SQL text and the names of its parameters, in their order."""

    sql: str
    names: tuple[str, ...]

    def values(self, binds: Mapping[str, Any]) -> list[Any]:
        """The parameters, in their order."""
        return [binds[name] for name in self.names]


def _binds(work: Work, wish: RecordFollowUpInput, note: str | None) -> dict[str, Any]:
    audience, moves_to = work.caller.audience, _MOVES_TO[wish.status]
    return {
        **values(work.caller),
        "row_id": row_id("Referral", wish.referral, "referral"),
        "expected_version": wish.expected_version,
        "support_states": _words(sources(audience, ReferralKind.DIRECT_SUPPORT, wish.status)),
        "consultation_states": _words(sources(audience, ReferralKind.PROFESSIONAL_CONSULTATION, wish.status)),
        "status": wish.status.value,
        "date": wish.date,
        "note": note,
        "member": work.caller.member_id,
        "now": work.now,
        "moves_to": moves_to.value if moves_to else None,
        "engaged_at": work.now if wish.status is FollowUpStatus.FIRST_MEETING else None,
        "ended_at": work.now if wish.status in _ENDS else None,
        "audiences": sorted({*(kind.value for kind in AUTHORITIES), work.caller.organisation_kind.value}),
    }


def _words(states: frozenset[ReferralStatus]) -> list[str]:
    return sorted(state.value for state in states)


def _bind(name: str, kind: Any) -> Any:
    return bindparam(name, required=False, type_=kind)


@cache
def _statement(audience: Audience, versioned: bool) -> _Statement:
    """Lock, check and write, if the token stands; no `situation_id` where out of reach, no `recorded_id` where refused."""
    gate = door(audience, NOUNS["Referral"])
    row = gate.row
    token = select(func.standing(_bind("viewer_token", Text)).label("stands")).cte("token")
    seen = [version(gate).label("version_")] if versioned else []
    target = (
        select(row.c.id, row.c.situation_id, row.c.kind, row.c.status, row.c.proposed_at, *seen)
        .where(row.c.id == _bind("row_id", Uuid(as_uuid=True)), gate.where, select(token.c.stands).scalar_subquery())
        .with_for_update(of=row)
        .cte("target")
    )
    recorded = (
        insert(follow_up)
        .from_select(
            [
                "referral_id",
                "situation_id",
                "organisation_id",
                "recorded_by_id",
                "status",
                "date",
                "recorded_at",
                "note_for_ase",
            ],
            select(
                target.c.id,
                target.c.situation_id,
                gate.viewer.organisation,
                _bind("member", Uuid(as_uuid=True)),
                _bind("status", Text),
                _bind("date", Date),
                _bind("now", DateTime(timezone=True)),
                _bind("note", Text),
            ).where(_allowed(target), *([target.c.version_ == _bind("expected_version", Text)] if versioned else [])),
        )
        .returning(follow_up.c.id)
        .cte("recorded")
    )
    moves_to = _bind("moves_to", Text)
    # Only where something changes: an update of the state has the relations of the situation computed again.
    moved = (
        update(referral)
        .where(
            referral.c.id == target.c.id,
            exists(select(recorded.c.id)),
            moves_to.is_not(None),
            target.c.status != moves_to,
        )
        .values(
            status=moves_to,
            engaged_at=func.coalesce(referral.c.engaged_at, _bind("engaged_at", DateTime(timezone=True))),
            ended_at=func.coalesce(referral.c.ended_at, _bind("ended_at", DateTime(timezone=True))),
        )
        .returning(referral.c.id)
        .cte("moved")
    )
    noted = (
        insert(outbox)
        .from_select(
            ["kind", "subject_id", "situation_id", "audiences"],
            select(
                word("follow_up.recorded"), recorded.c.id, target.c.situation_id, _bind("audiences", ARRAY(Text))
            ).select_from(target.join(recorded, true())),
        )
        .returning(outbox.c.id)
        .cte("noted")
    )
    answer = (
        select(token.c.stands, target.c.situation_id, target.c.proposed_at, recorded.c.id.label("recorded_id"))
        .select_from(token.outerjoin(target, true()).outerjoin(recorded, true()))
        .add_cte(moved, noted)
    )
    sql, names, _ = compiled(answer)
    return _Statement(sql, names)


def _allowed(target: Any) -> Any:
    support = target.c.kind == word(ReferralKind.DIRECT_SUPPORT.value)
    return or_(
        and_(support, target.c.status == func.any(_bind("support_states", ARRAY(Text)))),
        and_(~support, target.c.status == func.any(_bind("consultation_states", ARRAY(Text)))),
    )


COMMANDS = {
    "recordFollowUp": Command(Act.RECORD_FOLLOW_UP, "FollowUp", record, asks_standing=True),
    "writeAssociationNote": Command(Act.WRITE_NOTE, "AssociationNote", write_note),
}
