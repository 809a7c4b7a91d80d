"""What the receiver of an orientation reports: referral, status, date; and the association's own notes.

A follow-up is what associations do all day, so it is one statement (loaders/commands/at_once.py): the referral is locked
through the caller's door, the state machine is checked, the follow-up and the new state are written, or nothing is.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    DateTime,
    Text,
    and_,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.policy import Act
from loaders.commands.at_once import AtOnce, Opening, Parts, Wanted
from loaders.commands.entry import OLDEST, optional, required
from loaders.commands.work import Acting, Command, Work, row_id, stale
from loaders.commands.writable import may_fill
from loaders.nouns import NOUNS
from loaders.policy.context import bind, values, word
from loaders.policy.doors import door
from loaders.statement import version
from schema.deadlines import latest_civil_date, over_everywhere
from schema.errors import BadInputError, DomainRefusalError
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
# What is reported all day, mostly of a referral that stands so already.
_STAYS = FollowUpStatus.ONGOING
_ENDS = frozenset(
    {FollowUpStatus.REFUSED_BY_MINOR, FollowUpStatus.LOST_CONTACT, FollowUpStatus.COMPLETED, FollowUpStatus.TRANSFERRED}
)


def sources(audience: Audience, kind: ReferralKind, status: FollowUpStatus) -> frozenset[ReferralStatus]:
    """The states of a referral of this kind in which the audience may report this status."""
    # Before the first meeting a named person reports, never a tool (permissions, section 6).
    if status in _BEFORE_ENGAGED and audience is not Audience.ORG_ASSOCIATION:
        return _FROM[status] | {_FIRST[kind]}
    return _FROM[status]


def wanted(acting: Acting, wish: RecordFollowUpInput) -> Wanted:
    """The values of a follow-up. Raises BadInputError."""
    note = optional(wish.note_for_ase, "noteForAse")
    if note is not None and not may_fill(acting.caller.audience, "FollowUp", "RecordFollowUpInput", "note_for_ase"):
        raise BadInputError("`noteForAse` needs a token for a named person with a mandate.", reason="NEEDS_PERSON")
    today = latest_civil_date(acting.now)
    if not today - OLDEST <= wish.date <= today:
        raise BadInputError("`date` is not a day of the past years.", reason="INVALID_TIME")
    moves = wish.status is not _STAYS and _MOVES_TO[wish.status] is not None
    return Wanted(_binds(acting, wish, note), _CATEGORIES if note is None else _WITH_NOTE, moves)


def refuse(_: RecordFollowUpInput, found: Mapping[str, Any]) -> None:
    """Why a follow-up was not recorded. Raises DomainRefusalError."""
    if not found["version_fits"]:
        raise stale()
    if not found["state_fits"]:
        raise DomainRefusalError(
            "WRONG_STATE", "Ce suivi n'est pas possible dans l'état actuel de l'orientation.", "status"
        )
    raise DomainRefusalError("BEFORE_REFERRAL", "Ce jour précède la proposition de l'orientation.", "date")


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

_CATEGORIES = frozenset({Category.REFERRALS.value})
_WITH_NOTE = _CATEGORIES | {Category.NOTE_FOR_ASE.value}


def _binds(acting: Acting, wish: RecordFollowUpInput, note: str | None) -> dict[str, Any]:
    audience, moves_to = acting.caller.audience, _MOVES_TO[wish.status]
    return {
        **values(acting.caller),
        "row_id": row_id("Referral", wish.referral, "referral"),
        "expected_version": wish.expected_version,
        "support_states": _words(audience, ReferralKind.DIRECT_SUPPORT, wish.status),
        "consultation_states": _words(audience, ReferralKind.PROFESSIONAL_CONSULTATION, wish.status),
        "status": wish.status.value,
        "date": wish.date,
        "over": over_everywhere(wish.date),
        "note": note,
        "member": acting.caller.member_id,
        "now": acting.now,
        "moves_to": moves_to.value if moves_to else None,
        "engaged_at": acting.now if wish.status is FollowUpStatus.FIRST_MEETING else None,
        "ended_at": acting.now if wish.status in _ENDS else None,
    }


@cache
def _words(audience: Audience, kind: ReferralKind, status: FollowUpStatus) -> tuple[str, ...]:
    return tuple(sorted(state.value for state in sources(audience, kind, status)))


def parts(audience: Audience, opening: Opening, versioned: bool, moving: bool) -> Parts:
    """Lock and check the referral; write the follow-up and the referral's new state, or neither."""
    gate = door(audience, NOUNS["Referral"])
    row = gate.row
    target = (
        select(
            row.c.id,
            row.c.situation_id,
            row.c.status,
            func.coalesce(row.c.status != bind("moves_to", Text), false()).label("moves"),
            (version(gate) == bind("expected_version", Text) if versioned else true()).label("version_fits"),
            _in_state(row).label("state_fits"),
            func.coalesce(row.c.proposed_at < bind("over", DateTime(timezone=True)), true()).label("day_fits"),
        )
        .where(row.c.id == bind("row_id", Uuid(as_uuid=True)), gate.where, opening.open)
        .with_for_update(of=row)
        .cte("target")
    )
    recorded = _recorded(target, gate.viewer.organisation, moving=moving)
    # Nothing else makes such a row, so `row.follow_up` is the event of the act as well.
    return Parts(
        target,
        recorded,
        _moved(target, recorded) if moving else None,
        [target.c.version_fits, target.c.state_fits, target.c.moves],
    )


def _recorded(target: CTE, organisation: ColumnElement[UUID], *, moving: bool) -> CTE:
    values = {
        "referral_id": target.c.id,
        "situation_id": target.c.situation_id,
        "organisation_id": organisation,
        "recorded_by_id": bind("member", Uuid(as_uuid=True)),
        "status": bind("status", Text),
        "date": bind("date", Date),
        "recorded_at": bind("now", DateTime(timezone=True)),
        "note_for_ase": bind("note", Text),
    }
    rows = select(*values.values()).where(target.c.version_fits, target.c.state_fits, target.c.day_fits)
    if not moving:
        rows = rows.where(~target.c.moves)
    return insert(follow_up).from_select(list(values), rows).returning(*follow_up.c).cte("recorded")


def _moved(target: CTE, recorded: CTE) -> CTE:
    """Only where something changes: an update of the state has the relations of the situation computed again."""
    return (
        update(referral)
        .where(
            referral.c.id == target.c.id,
            exists(select(recorded.c.id)),
            target.c.moves,
        )
        .values(
            status=bind("moves_to", Text),
            engaged_at=func.coalesce(referral.c.engaged_at, bind("engaged_at", DateTime(timezone=True))),
            ended_at=func.coalesce(referral.c.ended_at, bind("ended_at", DateTime(timezone=True))),
        )
        .returning(referral.c.id)
        .cte("moved")
    )


def _in_state(row: Any) -> ColumnElement[bool]:
    support = row.c.kind == word(ReferralKind.DIRECT_SUPPORT.value)
    return or_(
        and_(support, row.c.status == func.any(bind("support_states", ARRAY(Text)))),
        and_(~support, row.c.status == func.any(bind("consultation_states", ARRAY(Text)))),
    )


COMMANDS: Mapping[str, Command | AtOnce] = {
    "recordFollowUp": AtOnce(Act.RECORD_FOLLOW_UP, "FollowUp", wanted, parts, refuse),
    "writeAssociationNote": Command(Act.WRITE_NOTE, "AssociationNote", write_note),
}
