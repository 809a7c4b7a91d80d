"""Who stands behind an access: the one place where a pseudonym of the access log becomes a person again."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.nouns import NOUNS
from loaders.policy.context import values as context_values
from loaders.policy.doors import door
from loaders.postgres.connections import Lanes
from loaders.statement import compiled
from loaders.statement.execute import NOT_NOW
from schema.errors import UnavailableError
from schema.vocabulary import Audience


@dataclass(frozen=True, slots=True)
class Behind:
    """Whose access it was, if a person's, and of which case."""

    situation_id: UUID
    member_id: UUID | None


@cache
def _statement(audience: Audience) -> tuple[str, tuple[str, ...]]:
    gate = door(audience, NOUNS["Access"])
    wanted = gate.row.c.id == bindparam("row_id", type_=Uuid(as_uuid=True))
    sql, names, _ = compiled(select(gate.row.c.situation_id, gate.row.c.member_id).where(wanted, gate.where))
    return sql, names


async def behind(lanes: Lanes, caller: Caller, access: UUID) -> Behind | None:
    """The person behind an access within the caller's reach; None where there is no such access for them.

    Raises: UnavailableError.
    """
    sql, names = _statement(caller.audience)
    binds = {"row_id": access, **context_values(caller)}
    try:
        row = await lanes.fetchrow(sql, *(binds[name] for name in names))
    except NOT_NOW:
        raise UnavailableError from None
    return Behind(row["situation_id"], row["member_id"]) if row else None
