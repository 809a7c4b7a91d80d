"""The situation behind an act: locked, still open, mine; and what else of it the act names."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Text, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from loaders.commands.entry import PARIS
from loaders.commands.work import Row, Work
from loaders.nouns import NOUNS
from loaders.policy.context import word
from loaders.policy.relations import LISTENING
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.directory import authority, department
from schema.tables.journal import reach
from schema.tables.situation import situation as situation_table
from schema.tables.situation import situation_jurisdiction
from schema.vocabulary import OrgKind, RetentionState, SituationStatus, Word

# Whom an event may concern; each receiver reads again under its own rights.
TEAM = (OrgKind.DLPM,)
CRIPS = (OrgKind.DLPM, OrgKind.CRIP)
AUTHORITIES = (OrgKind.DLPM, OrgKind.CRIP, OrgKind.ASE)
RECEIVERS = (OrgKind.DLPM, OrgKind.ASSOCIATION, OrgKind.FOYER)
EVERYBODY = (OrgKind.DLPM, OrgKind.CRIP, OrgKind.ASE, OrgKind.ASSOCIATION, OrgKind.FOYER)

ONE: Any = literal_column("1").label("one")


def same(column: Any, name: str) -> Any:
    """`column = :name`, with the column's own type."""
    return column == bindparam(name, type_=column.type)


def public_id(noun: str, identity: UUID) -> str:
    """The id as callers know it (`sit_...`)."""
    return f"{NOUNS[noun].prefix}_{identity}"


def must_be(row: Row, allowed: Collection[Word], field: str, sentence: str, *, column: str = "status") -> None:
    """The state machine: refuse where the row is in any other state."""
    if row[column] not in {state.value for state in allowed}:
        raise DomainRefusalError("WRONG_STATE", sentence, field)


async def civil_zone(work: Work) -> str:
    """The civil time in which the caller's organisation counts days: that of its authority, else of Paris."""
    found = await work.one(_ZONE, authority=work.caller.authority_id)
    return str(found["timezone"]) if found else PARIS.key


async def open_case(work: Work, wanted: str, *, expected_version: str | None = None) -> Row:
    """The situation, locked through the caller's door; refused once it is closed or archived."""
    situation = await work.lock("Situation", wanted, field="situation", expected_version=expected_version)
    if (
        situation["status"] == SituationStatus.CLOSED.value
        or situation["retention_state"] != RetentionState.ACTIVE.value
    ):
        raise DomainRefusalError("WRONG_STATE", "La situation est close : rouvrez-la avant d'y écrire.", "situation")
    return situation


async def is_open(work: Work, situation: UUID) -> bool:
    """Whether the DLPM has not closed the situation; it stays as it is until this transaction ends."""
    return await work.one(_OPEN, situation=situation) is not None


async def must_be_open(work: Work, row: Row, field: str) -> None:
    """Rule 5.8: after closure a partner writes nothing, but for the late return of a report."""
    if not await is_open(work, row["situation_id"]):
        raise DomainRefusalError(
            "SITUATION_CLOSED", "Le 119 a clos la situation : seul un retour tardif reste possible.", field
        )


async def open_case_of(work: Work, row: Row) -> Row:
    """The same, for a row that hangs on a situation."""
    return await open_case(work, public_id("Situation", row["situation_id"]))


async def must_be_mine(work: Work, situation: UUID) -> None:
    """Reach O of a listener (permissions, section 2): assigned to me, or I took one of its contacts."""
    if await work.one(_MINE, member=work.caller.member_id, situation=situation) is None:
        raise DomainRefusalError(
            "NOT_YOUR_CASE",
            "Cette situation est suivie par un autre écoutant : seul celui-ci peut écrire ici.",
            "situation",
        )


_ZONE = select(authority.c.timezone).where(same(authority.c.id, "authority"))
_OPEN = (
    select(ONE)
    .where(
        same(situation_table.c.id, "situation"),
        situation_table.c.status != word(SituationStatus.CLOSED.value),
        situation_table.c.retention_state == word(RetentionState.ACTIVE.value),
    )
    .with_for_update(read=True)
)
_MINE = select(ONE).where(
    same(reach.c.viewer, "member"), same(reach.c.situation_id, "situation"), reach.c.via == word(LISTENING)
)


async def of_our_register(
    work: Work, noun: str, wanted: str, *, field: str, expected_version: str | None, refusal: DomainRefusalError
) -> Row:
    """The row, locked, of the officer's own organisation: others see it, and write nothing in its register."""
    row = await work.lock(noun, wanted, field=field, expected_version=expected_version)
    if row["controller_org_id"] != work.caller.organisation_id:
        raise refusal
    return row


async def part_of(work: Work, noun: str, wanted: str, situation: UUID, *, field: str) -> Row:
    """Another row that the act names (a minor, a contact), which has to belong to the same situation."""
    row = await work.visible(noun, wanted, field=field)
    if row["situation_id"] != situation:
        raise DomainRefusalError("OTHER_SITUATION", "Cet élément appartient à une autre situation.", field)
    return row


async def optional_minor(work: Work, wanted: str | None, situation: UUID) -> UUID | None:
    """The minor whom an observation is about, if it names one."""
    return None if wanted is None else (await part_of(work, "Minor", wanted, situation, field="minor")).id


async def must_be_competent(work: Work, situation: UUID, authority: UUID, *, field: str) -> None:
    """The authority has a live jurisdiction over the situation: domicile, place found or custody."""
    if await work.one(_COMPETENT, situation=situation, authority=authority, now=work.now) is None:
        raise DomainRefusalError(
            "NOT_COMPETENT",
            "Cette autorité n'a pas de compétence en cours pour la situation : enregistrez d'abord sa compétence.",
            field,
        )


_NOW = bindparam("now", type_=DateTime(timezone=True))
_COMPETENT = select(ONE).where(
    same(situation_jurisdiction.c.situation_id, "situation"),
    same(situation_jurisdiction.c.authority_id, "authority"),
    situation_jurisdiction.c.starts_at <= _NOW,
    or_(situation_jurisdiction.c.ends_at.is_(None), situation_jurisdiction.c.ends_at > _NOW),
)


async def departments(work: Work, codes: list[str], *, field: str) -> list[str]:
    """Department codes, all of which exist."""
    found = await work.one(_KNOWN, codes=codes)
    if found is None or found["known"] != len(codes):
        raise BadInputError(f"`{field}` is not the code of a department.", reason="UNKNOWN_REFERENCE")
    return codes


_KNOWN = select(func.count().label("known")).where(department.c.code == func.any(bindparam("codes", type_=ARRAY(Text))))


def ids(column: Any, *clauses: Any, newest_first: Any = None) -> Any:
    """The ids (or other values) that meet the clauses, as one row with one array, their rows locked until the end."""
    rows = select(column.label("found")).where(*clauses).with_for_update()
    if newest_first is not None:
        rows = rows.order_by(newest_first.desc(), column)
    return select(func.array_agg(rows.subquery().c.found).label("found"))


async def found(work: Work, statement: Any, **binds: Any) -> list[UUID]:
    """What `ids` finds."""
    row = await work.one(statement, **binds)
    return list(row["found"] or ()) if row else []
