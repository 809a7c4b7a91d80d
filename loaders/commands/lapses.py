"""What the passing of time ends, written down: access itself ends by the clock, in the statement that would have shown it.

`python -m graph lapse` runs this; how late it runs changes no answer but the state that a sharing shows.
"""

from dataclasses import dataclass
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import Text, bindparam, func, insert, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from loaders.commands.case import EVERYBODY
from loaders.policy.context import one_of, word
from loaders.statement import compiled
from schema.tables.journal import outbox
from schema.tables.sharing import emergency_access, sharing_grant
from schema.vocabulary import GrantState

_LIVE = (GrantState.REQUESTED.value, GrantState.APPROVED.value, GrantState.ACTIVE.value)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """How many sharings have expired, and how many exceptional accesses wait too long for their second or third person."""

    grants: int
    unconfirmed: int
    unreviewed: int


async def lapse(connection: "asyncpg.Connection[Any] | PoolConnectionProxy[Any]") -> Lapsed:
    """Write down what has expired, with an event for each; count what somebody should have looked at."""
    sql, names, _ = compiled(_EXPIRE)
    binds = {"audiences": [kind.value for kind in EVERYBODY]}
    async with connection.transaction():
        ended = await connection.fetch(sql, *(binds[name] for name in names))
        late = await connection.fetchrow(compiled(_LATE)[0])
    assert late is not None  # noqa: S101 (an aggregate has one row)
    return Lapsed(len(ended), late["unconfirmed"], late["unreviewed"])


_ENDED = (
    update(sharing_grant)
    .where(one_of(sharing_grant.c.state, _LIVE), sharing_grant.c.expires_at <= func.now())
    .values(state=word(GrantState.EXPIRED.value))
    .returning(sharing_grant.c.id, sharing_grant.c.situation_id)
    .cte("ended")
)
_EXPIRE = (
    insert(outbox)
    .from_select(
        ["kind", "subject_id", "situation_id", "audiences"],
        select(
            word("grant.ended"),
            _ENDED.c.id,
            _ENDED.c.situation_id,
            bindparam("audiences", type_=ARRAY(Text)),
        ),
        include_defaults=False,
    )
    .returning(outbox.c.seq)
)
_ONE: Any = literal_column("1")
_UNCONFIRMED = emergency_access.c.confirm_due_at <= func.now()
_UNREVIEWED = emergency_access.c.review_due_at <= func.now()
_LATE = select(
    func.count(_ONE).filter(_UNCONFIRMED).label("unconfirmed"), func.count(_ONE).filter(_UNREVIEWED).label("unreviewed")
).where(or_(_UNCONFIRMED, _UNREVIEWED))
