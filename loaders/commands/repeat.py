"""Recognising a repeat: proposals when something is recorded, and what a person decides of them, reversibly.

Merging moves nothing and changes no situation: it is a link between two, which the DLPM alone sees. Reach, contacts,
reports, clocks and figures stay where they are (docs/decisions/0013-recognising-repeats.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import DateTime, Integer, Select, Text, and_, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.policy import Act
from loaders.commands.case import TEAM, same
from loaders.commands.entry import required
from loaders.commands.work import Command, Row, Work, row_id
from loaders.policy.context import values as context_values
from loaders.policy.context import word
from loaders.repeats import search
from loaders.repeats.evidence import Evidence, compare
from loaders.repeats.keys import keys_of
from loaders.repeats.known import Known
from schema.errors import DomainRefusalError, NotFoundError
from schema.tables.repeat import minor_key, repeat_candidate
from schema.types.acts_repeat import KeepApartInput, MergeSituationsInput, UnmergeSituationsInput
from schema.vocabulary import Category, RepeatSide, RepeatState, RetentionState

# How many situations are proposed at most: a longer list is not read on the phone.
PROPOSED_AT_MOST = 10
_ID = Uuid(as_uuid=True)

# ---------------------------------------------------------------- keys


async def write_keys(work: Work, minor: UUID, case: Row, values: Mapping[str, Any]) -> None:
    """Make the keys of a minor again, in the transaction that writes the minor."""
    keys = keys_of(
        Known(
            first_name=values["first_name"],
            last_name=values["last_name"],
            opened_on=case["opened_at"].date(),
            age=values["age"],
            age_precision=str(values["age_precision"]),
            birth_date=values["birth_date"],
            phone=values["phone"],
            handles=tuple(values["handles"]),
        )
    )
    await work.one(
        _WRITE_KEYS, minor=minor, situation=case.id, minimal=list(keys.minimal), identity=list(keys.identity)
    )


def _write_keys() -> Any:
    made = insert(minor_key).values(
        minor_id=bindparam("minor", type_=_ID),
        situation_id=bindparam("situation", type_=_ID),
        minimal_keys=bindparam("minimal", type_=ARRAY(Text)),
        identity_keys=bindparam("identity", type_=ARRAY(Text)),
    )
    kept = {name: made.excluded[name] for name in ("minimal_keys", "identity_keys")}
    return made.on_conflict_do_update(index_elements=["minor_id"], set_=kept).returning(minor_key.c.minor_id)


_WRITE_KEYS = _write_keys()

# ---------------------------------------------------------------- proposals


async def propose_repeats(work: Work, situation: UUID) -> None:
    """Compare the minors of a situation with those of others, and keep the pairs that speak for the same one.

    A pair that a person has decided on stays as decided. The situations compared with enough in common stand in the
    access record of the act: their names were looked at for it.
    """
    rows = await work.many(search.pairs(work.caller.audience), situation=situation, **context_values(work.caller))
    mine: dict[UUID, Known] = {}
    best: dict[UUID, Evidence] = {}
    for row in rows:
        ours = mine.setdefault(row["mine_id"], search.known(row, "mine"))
        evidence = compare(ours, search.known(row, "found"))
        before = best.get(row["situation_id"])
        if evidence.band is not None and (before is None or before.bits < evidence.bits):
            best[row["situation_id"]] = evidence
    kept = sorted(best.items(), key=lambda one: (-one[1].bits, one[0]))[:PROPOSED_AT_MOST]
    if not kept:
        return
    await _write_pairs(work, situation, kept)
    work.situations |= {other for other, _ in kept}
    work.categories |= {Category.MINOR_MINIMAL.value, Category.FULL_IDENTITY.value, Category.REPEATS.value}


async def _write_pairs(work: Work, situation: UUID, kept: Sequence[tuple[UUID, Evidence]]) -> None:
    # In one order whoever writes, or two listeners who record at the same moment would wait for each other.
    sides = sorted(
        [(other, situation, evidence) for other, evidence in kept]
        + [(situation, other, evidence) for other, evidence in kept],
        key=lambda side: (min(side[:2]), side[0]),
    )
    await work.many(
        _PROPOSE,
        shown=[shown for shown, _, _ in sides],
        asked=[asked for _, asked, _ in sides],
        bands=[evidence.band.value for _, _, evidence in sides if evidence.band],
        weights=[tenths(evidence) for _, _, evidence in sides],
        agreeing=[",".join(evidence.agreeing) for _, _, evidence in sides],
        disagreeing=[",".join(evidence.disagreeing) for _, _, evidence in sides],
        now=work.now,
    )


def tenths(evidence: Evidence) -> int:
    """The weight as it is stored."""
    return round(evidence.bits * 10)


def _propose() -> Any:
    """One row per side of each pair; the lists of facts arrive as texts, because arrays of arrays are rectangles."""
    given = func.unnest(
        bindparam("shown", type_=ARRAY(_ID)),
        bindparam("asked", type_=ARRAY(_ID)),
        bindparam("bands", type_=ARRAY(Text)),
        bindparam("weights", type_=ARRAY(Integer)),
        bindparam("agreeing", type_=ARRAY(Text)),
        bindparam("disagreeing", type_=ARRAY(Text)),
    ).table_valued("shown", "asked", "band", "weight", "agreeing", "disagreeing", name="given")
    rows = given.render_derived()
    facts = [func.string_to_array(rows.c[name], word(",")) for name in ("agreeing", "disagreeing")]
    moment = bindparam("now", type_=DateTime(timezone=True))
    names = ["situation_id", "for_situation_id", "band", "weight", "agreeing", "disagreeing", "proposed_at"]
    made = insert(repeat_candidate).from_select(
        names, select(rows.c.shown, rows.c.asked, rows.c.band, rows.c.weight, *facts, moment), include_defaults=False
    )
    anew = {name: made.excluded[name] for name in ("band", "weight", "agreeing", "disagreeing")}
    return made.on_conflict_do_update(
        index_elements=["situation_id", "for_situation_id"],
        set_=anew,
        where=repeat_candidate.c.state == word(RepeatState.PROPOSED.value),
    ).returning(repeat_candidate.c.id)


_PROPOSE = _propose()

# ---------------------------------------------------------------- decisions


@dataclass(frozen=True, slots=True)
class Pair:
    """Two situations, locked; the second one is shown as a candidate for the first."""

    first: UUID
    second: UUID
    state: str | None


async def merge(work: Work, wish: MergeSituationsInput) -> UUID:
    """Both concern the same minor: the duplicate points to its principal, and nothing else changes."""
    pair = await _pair(work, {"principal": wish.principal, "duplicate": wish.duplicate}, wish.expected_version)
    reason = required(wish.reason, "reason")
    if pair.state == RepeatState.MERGED.value:
        raise DomainRefusalError("ALREADY_MERGED", "Ces deux situations sont déjà rapprochées.", "duplicate")
    taken = await work.one(_MERGED, first=pair.first, second=pair.second)
    if taken is not None:
        _must_stay_flat(taken)
    identity = await _decide(work, pair, RepeatState.MERGED, reason)
    await _tell(work, "situation.merged", pair, identity)
    return identity


def _must_stay_flat(taken: asyncpg.Record) -> None:
    """One principal, and its duplicates: a chain could not be undone link by link."""
    if taken["principal_is_duplicate"]:
        raise DomainRefusalError(
            "PRINCIPAL_IS_MERGED",
            "La situation principale est elle-même rattachée à une autre : choisissez celle-ci.",
            "principal",
        )
    if taken["duplicate_is_duplicate"]:
        raise DomainRefusalError(
            "DUPLICATE_IS_MERGED",
            "Cette situation est déjà rattachée à une autre : défaites d'abord ce rapprochement.",
            "duplicate",
        )
    raise DomainRefusalError(
        "DUPLICATE_IS_PRINCIPAL",
        "D'autres situations sont rattachées à celle-ci : défaites d'abord ces rapprochements, ou échangez les rôles.",
        "duplicate",
    )


async def unmerge(work: Work, wish: UnmergeSituationsInput) -> UUID:
    """They do not concern the same minor after all; they are not proposed again."""
    pair = await _pair(work, {"principal": wish.principal, "duplicate": wish.duplicate}, wish.expected_version)
    reason = required(wish.reason, "reason")
    merged = await work.one(_AS, first=pair.first, second=pair.second)
    if merged is None or merged["merged_as"] != RepeatSide.DUPLICATE.value:
        raise DomainRefusalError("NOT_MERGED", "Cette situation n'est pas rattachée à l'autre.", "duplicate")
    identity = await _decide(work, pair, RepeatState.UNMERGED, reason)
    await _tell(work, "situation.unmerged", pair, identity)
    return identity


async def keep_apart(work: Work, wish: KeepApartInput) -> UUID:
    """They concern different minors; they are not proposed again."""
    pair = await _pair(work, {"situation": wish.situation, "other": wish.other}, wish.expected_version)
    reason = required(wish.reason, "reason")
    if pair.state == RepeatState.MERGED.value:
        raise DomainRefusalError(
            "ALREADY_MERGED", "Ces deux situations sont rapprochées : défaites d'abord ce rapprochement.", "other"
        )
    if pair.state == RepeatState.KEPT_APART.value:
        raise DomainRefusalError("ALREADY_KEPT_APART", "Ces deux situations sont déjà tenues pour distinctes.", "other")
    identity = await _decide(work, pair, RepeatState.KEPT_APART, reason)
    await _tell(work, "situation.kept_apart", pair, identity)
    return identity


async def _pair(work: Work, wanted: Mapping[str, str], expected_version: str | None) -> Pair:
    """Both situations through the caller's door, locked in one order, of the DLPM itself, and not archived."""
    ids = {field: row_id("Situation", public, field) for field, public in wanted.items()}
    rows = {}
    for field in sorted(wanted, key=lambda name: ids[name]):
        rows[field] = await work.lock("Situation", wanted[field], field=field)
    for field, row in rows.items():
        if row["controller_org_id"] != work.caller.organisation_id:
            raise NotFoundError
        if row["retention_state"] != RetentionState.ACTIVE.value:
            raise DomainRefusalError("WRONG_STATE", "Cette situation est archivée : elle ne se rapproche plus.", field)
    (_, first), (last, second) = ids.items()
    if first == second:
        raise DomainRefusalError("SAME_SITUATION", "C'est la même situation : indiquez-en deux.", last)
    found = await work.one(_AS, first=first, second=second)
    await work.still("RepeatCandidate", found, expected_version)
    return Pair(first, second, found["state"] if found else None)


async def _decide(work: Work, pair: Pair, state: RepeatState, reason: str) -> UUID:
    """Write both sides; returns the one that shows the second situation as a candidate for the first."""
    merged = state is RepeatState.MERGED
    rows = await work.many(
        _DECIDE,
        shown=[pair.second, pair.first],
        asked=[pair.first, pair.second],
        sides=[RepeatSide.DUPLICATE.value, RepeatSide.PRINCIPAL.value] if merged else [None, None],
        state=state.value,
        reason=reason,
        now=work.now,
        member=work.caller.member_id,
    )
    work.categories.add(Category.REPEATS.value)
    found: UUID = next(row["id"] for row in rows if row["situation_id"] == pair.second)
    return found


async def _tell(work: Work, kind: str, pair: Pair, identity: UUID) -> None:
    for situation in (pair.first, pair.second):
        await work.event(kind, identity, situation=situation, audiences=TEAM)


def _decision() -> Any:
    given = (
        func.unnest(
            bindparam("shown", type_=ARRAY(_ID)),
            bindparam("asked", type_=ARRAY(_ID)),
            bindparam("sides", type_=ARRAY(Text)),
        )
        .table_valued("shown", "asked", "side", name="given")
        .render_derived()
    )
    moment = bindparam("now", type_=DateTime(timezone=True))
    names = [
        "situation_id",
        "for_situation_id",
        "merged_as",
        "state",
        "reason",
        "proposed_at",
        "decided_at",
        "decided_by_id",
    ]
    decided = (cast(bindparam("state", type_=Text), Text), cast(bindparam("reason", type_=Text), Text))
    made = insert(repeat_candidate).from_select(
        names,
        select(
            given.c.shown,
            given.c.asked,
            given.c.side,
            *decided,
            moment,
            moment,
            bindparam("member", type_=_ID),
        ),
        include_defaults=False,
    )
    anew = {name: made.excluded[name] for name in ("merged_as", "state", "reason", "decided_at", "decided_by_id")}
    return made.on_conflict_do_update(index_elements=["situation_id", "for_situation_id"], set_=anew).returning(
        repeat_candidate.c.id, repeat_candidate.c.situation_id
    )


_DECIDE = _decision()
_AS = select(repeat_candidate.c.id, repeat_candidate.c.state, repeat_candidate.c.merged_as).where(
    same(repeat_candidate.c.for_situation_id, "first"), same(repeat_candidate.c.situation_id, "second")
)


def _merged() -> Select[Any]:
    """What forbids that the second becomes a duplicate of the first; no row where nothing does."""
    rows = repeat_candidate.c
    first, second = (bindparam(name, type_=_ID) for name in ("first", "second"))
    duplicate, principal = (rows.merged_as == word(side.value) for side in (RepeatSide.DUPLICATE, RepeatSide.PRINCIPAL))
    first_is_one = and_(rows.situation_id == first, duplicate)
    second_is_one = and_(rows.situation_id == second, duplicate)
    second_has_some = and_(rows.situation_id == second, principal)
    return (
        select(
            func.bool_or(first_is_one).label("principal_is_duplicate"),
            func.bool_or(second_is_one).label("duplicate_is_duplicate"),
        )
        .where(or_(first_is_one, second_is_one, second_has_some))
        .having(func.count() > literal_column("0"))
    )


_MERGED = _merged()

COMMANDS = {
    "mergeSituations": Command(Act.RECOGNISE_REPEAT, "RepeatCandidate", merge),
    "unmergeSituations": Command(Act.RECOGNISE_REPEAT, "RepeatCandidate", unmerge),
    "keepApart": Command(Act.RECOGNISE_REPEAT, "RepeatCandidate", keep_apart),
}
__all__ = ["COMMANDS", "propose_repeats", "write_keys"]
