"""What is done once however often it is asked for: the acts that a client has named with a key of its own.

The key is looked up when the command's transaction begins, and kept in that transaction, so both are true or neither
is. Kept are keyed hashes and the row to show, never an answer: a repeat reads it again under the rights of the moment.
"""

import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Interval, LargeBinary, Text, bindparam, column, delete, func, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.background import Background
from loaders.policy.context import bind
from loaders.postgres.connections import Lanes
from loaders.statement import compiled
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.idempotency import idempotency
from schema.types.acts_fields import KEY_FIELD

logger = logging.getLogger(__name__)

# How long a client may repeat; and how often what is older is removed.
REMEMBERED = timedelta(hours=48)
_BETWEEN_REMOVALS = 3600.0

_KEY = re.compile(r"[!-~]{8,128}")

# Of two repeats at once the second waits here until the first has ended. PL/pgSQL, because each of its statements looks
# at the database anew: what the first one has committed meanwhile is seen.
_DONE_BEFORE = """\
CREATE OR REPLACE FUNCTION done_before(wanted bytea) RETURNS idempotency
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE known public.idempotency;
BEGIN
  PERFORM pg_advisory_xact_lock(('x' || encode(substr(wanted, 1, 8), 'hex'))::bit(64)::bigint);
  SELECT * INTO known FROM public.idempotency i WHERE i.id = wanted;
  RETURN known;
END
$$"""


def statements() -> list[str]:
    """The function that looks a key up; safe to run again."""
    return [_DONE_BEFORE]


@dataclass(frozen=True, slots=True)
class Claim:
    """One act under one key, as the database knows it."""

    id: bytes
    request: bytes


class Claims:
    """Makes claims; `secret` keeps whoever reads the table from guessing what was sent."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, name: str, caller: Caller, wish: Any) -> Claim | None:
        """The claim of an act; None where its client gave it no key.

        Raises: BadInputError for a key that is none.
        """
        key: str | None = getattr(wish, KEY_FIELD)
        if key is None:
            return None
        if _KEY.fullmatch(key) is None:
            raise BadInputError(
                "`idempotencyKey` is not made of 8 to 128 visible ASCII characters.", reason="INVALID_IDEMPOTENCY_KEY"
            )
        who = [caller.client_id, str(caller.member_id), key]
        sent = {field.name: getattr(wish, field.name) for field in fields(wish) if field.name != KEY_FIELD}
        return Claim(self._hash(who), self._hash([name, sent]))

    def _hash(self, value: Any) -> bytes:
        return hmac.digest(self._secret, orjson.dumps(value, option=orjson.OPT_SORT_KEYS), sha256)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first statement of a command says: whether the token stands, and what was done before under its key."""

    stands: bool
    subject: UUID | None = None


_STANDS = "SELECT standing($1)"


async def opened(connection: Any, caller: Caller, claim: Claim | None) -> Opening:
    """Ask both in one statement, inside the command's transaction.

    Raises: DomainRefusalError IDEMPOTENCY_KEY_REUSED where the key stands for another act.
    """
    if claim is None:
        return Opening(await connection.fetchval(_STANDS, caller.token_id))
    row = await connection.fetchrow(_OPENS, caller.token_id, claim.id)
    return said(row, claim)


def said(row: Mapping[str, Any], claim: Claim | None) -> Opening:
    """What a statement has said of the token, and of the key where there is one.

    Raises: DomainRefusalError IDEMPOTENCY_KEY_REUSED where the key stands for another act.
    """
    if claim is None or not row["stands"] or row["subject_id"] is None:
        return Opening(row["stands"])
    if not hmac.compare_digest(row["request"], claim.request):
        raise DomainRefusalError(
            "IDEMPOTENCY_KEY_REUSED",
            "Cette clé d'idempotence a déjà servi pour un autre acte : gardez une clé par acte, rien n'a été écrit.",
            "idempotencyKey",
        )
    return Opening(row["stands"], row["subject_id"])


def _numbered(statement: Any, *names: str) -> str:
    sql, given, _ = compiled(statement)
    assert given == names  # noqa: S101 (both stand in this file)
    return sql


def known_before() -> Any:
    """What is known of the bind `claim`: one row, empty where nothing is."""
    return func.done_before(bind("claim", LargeBinary)).table_valued(
        column("id", LargeBinary), column("request", LargeBinary), column("subject_id", Uuid(as_uuid=True))
    )


_known = known_before()
_OPENS = _numbered(
    select(func.standing(bindparam("token", type_=Text)).label("stands"), _known.c.request, _known.c.subject_id),
    "token",
    "claim",
)
_REMOVE = _numbered(
    delete(idempotency).where(idempotency.c.at < func.now() - bindparam("remembered", type_=Interval)), "remembered"
)


async def forget(connection: Any) -> None:
    """Remove what no client may repeat any more, by the clock of the database."""
    await connection.execute(_REMOVE, REMEMBERED)


class Forgetter:
    """Removes by itself, for as long as the process serves; several processes do no harm to each other."""

    def __init__(self, lanes: Lanes, seconds: float = _BETWEEN_REMOVALS) -> None:
        self._lanes = lanes
        self._background = Background.every(seconds, self._forget, "idempotency keys are forgotten")

    def start(self) -> None:
        """Begin."""
        self._background.start()

    async def close(self) -> None:
        """End."""
        await self._background.close()

    async def _forget(self) -> None:
        try:
            await forget(self._lanes)
        except Exception as problem:  # noqa: BLE001 (whatever it is, the next round tries again)
            logger.warning("idempotency keys were not removed: %s", type(problem).__name__)
