"""What a colleague on call has opened: one case, read by its receipt, as whoever follows the case would see it.

It is no relation of the reader's: no list, no search, no filter, no act knows of it (permissions, section 9). The reader
stands in for the person who follows the case, for one question about this one situation, and only for the groups that
were listed when it was opened; what is asked beyond them is refused before any row is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.nouns import NOUNS
from loaders.policy.context import one_of, word
from loaders.policy.relations import ASSIGNED, CASEWORKER
from loaders.postgres.connections import Lanes
from loaders.statement import compiled
from loaders.statement.execute import NOT_NOW
from loaders.statement.question import Categories, Selection, Step, Version
from schema.errors import ForbiddenError, UnavailableError
from schema.tables.journal import reach
from schema.tables.people import member
from schema.tables.sharing import emergency_access
from schema.vocabulary import BreakGlassReason, Category

# What is told of no case.
_OF_NO_CASE = frozenset({Category.DIRECTORY.value, Category.SURVEYS.value, Category.INDICATORS.value})


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """One case that is open now to one person: whose it is, and the groups listed."""

    situation: UUID
    assignee: UUID
    groups: frozenset[str]

    def seen_by(self, caller: Caller) -> Caller:
        """The caller in the place of whoever follows the case; the token and the log stay the caller's own."""
        return replace(caller, member_id=self.assignee)


def must_be_listed(opened: OpenedCase, selection: Selection, categories: Categories) -> None:
    """Refuse a question that goes beyond the groups listed, or that could say anything of what lies beyond them.

    Raises: ForbiddenError.
    """
    beyond = (set(categories.read) | set(categories.conditional)) - opened.groups - _OF_NO_CASE
    if beyond or any(_unlisted(selection, opened.groups)):
        raise ForbiddenError(
            "This exceptional access opens the groups listed when it was asked for: select their fields only.",
            reason="NOT_OPENED",
        )


def _unlisted(selection: Selection, groups: frozenset[str], path: str = "") -> Iterator[str]:
    """Rows of which no column is listed (their number alone says something), and versions (they hash hidden values)."""
    noun = NOUNS[selection.noun]
    of_case = {column.info["category"].value for column in noun.table.c} - {Category.KEY.value} - _OF_NO_CASE
    if path and of_case and not of_case & groups:
        yield path
    for field in selection.fields:
        if isinstance(field, Version):
            yield f"{path}.version"
        elif isinstance(field, Step):
            yield from _unlisted(field.selection, groups, f"{path}.{field.relation}")


async def opened_case(lanes: Lanes, caller: Caller, receipt: UUID) -> OpenedCase | None:
    """The case that this receipt opens to this person at this moment; None where it opens nothing, whatever it is.

    Raises: UnavailableError where the database is away.
    """
    binds = {
        "receipt": receipt,
        "member": caller.member_id,
        "organisation": caller.organisation_id,
        "token": caller.token_id,
    }
    try:
        row = await lanes.fetchrow(_SQL, *(binds[name] for name in _NAMES))
    except NOT_NOW:
        raise UnavailableError from None
    return OpenedCase(row["situation_id"], row["assignee_id"], frozenset(row["field_groups"])) if row else None


def _is(column: Any, name: str) -> Any:
    return column == bindparam(name, type_=Uuid(as_uuid=True))


# Checked at every read: who follows the case still does, in the reader's own organisation.
_OPENED = (
    select(emergency_access.c.situation_id, emergency_access.c.assignee_id, emergency_access.c.field_groups)
    .join(member, member.c.id == emergency_access.c.assignee_id)
    .join(reach, (reach.c.viewer == member.c.id) & (reach.c.situation_id == emergency_access.c.situation_id))
    .where(
        _is(emergency_access.c.id, "receipt"),
        _is(emergency_access.c.member_id, "member"),
        _is(member.c.organisation_id, "organisation"),
        emergency_access.c.reason_code == word(BreakGlassReason.IMMEDIATE_DANGER.value),
        emergency_access.c.opened_at <= func.now(),
        emergency_access.c.expires_at > func.now(),
        one_of(reach.c.via, (ASSIGNED, CASEWORKER)),
        reach.c.starts_at <= func.now(),
        reach.c.ends_at > func.now(),
        func.standing(bindparam("token", type_=Text())),
    )
)
_SQL, _NAMES, _ = compiled(_OPENED)
