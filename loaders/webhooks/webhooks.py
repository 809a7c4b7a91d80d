"""Webhooks: an organisation's software is told that something changed in its view: kind, time and an id, nothing else.

What there is to tell is the organisation's own delta feed, so a notice exists only for a change that it may see. Notices
are signed as Standard Webhooks says; the content is read through the API. A notice whose row has left the view in the
meantime says so instead.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Integer, bindparam, case, delete, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import UUID as Uuid
from standardwebhooks import Webhook

from auth.caller import Caller
from auth.policy import FEEDS
from loaders.background import Background
from loaders.events.outbox import Event
from loaders.events.relay import Relay
from loaders.feed.feeds import Feeds
from loaders.nouns import BY_PREFIX, NOUNS
from loaders.policy.context import one_of, word
from loaders.postgres.connections import Lanes
from loaders.statement import compiled
from loaders.tokens.standing import organisation_is_open
from loaders.webhooks.posting import Poster
from schema.tables.directory import organisation
from schema.tables.feed import feed_row
from schema.tables.webhook import webhook, webhook_delivery
from schema.vocabulary import DeliveryState, OrgKind, WebhookState, organisation_audience

ENDED = "access.ended"
# Until the next attempt, in seconds, as Standard Webhooks suggests; after the last one a notice is given up.
PAUSES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# So many attempts in a row, over all its notices, until a webhook is told nothing more.
MOST_FAILURES = 100
OVERLAP = timedelta(hours=24)
MOST_WEBHOOKS = 5
_KEPT = timedelta(days=90)
_GONE = 410
_LOOKS_EVERY = 15.0
_SOON = 1.0
_AT_ONCE = 20
_LEASE_SECONDS = 60
_CHANCE = secrets.SystemRandom()
_ID = Uuid(as_uuid=True)

logger = logging.getLogger(__name__)


def secret_of(key: bytes, identity: UUID, generation: int) -> str:
    """The secret of a webhook, as its receiver keeps it."""
    made = hmac.new(key, f"{identity}|{generation}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(made).decode()


async def current_secret(connection: Any, key: bytes, identity: UUID) -> str:
    """The secret that signs for a webhook at this moment, for who has just made it."""
    [row] = await _run(connection, _GENERATION, id=identity)
    return secret_of(key, identity, row["generation"])


def signed(secrets_: Sequence[str], identity: UUID, at: int, body: bytes) -> Mapping[str, str]:
    """The headers of a notice (Standard Webhooks 1.0.0): one signature for each secret that still counts."""
    moment = datetime.fromtimestamp(at, UTC)
    signatures = (Webhook(one).sign(str(identity), moment, body.decode()) for one in secrets_)
    return {
        "webhook-id": str(identity),
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
    }


def kind_of(prefix: str, *, gone: bool) -> str:
    """What a notice says: coarse, and of a row that is gone nothing."""
    if gone:
        return ENDED
    name = BY_PREFIX[prefix].name
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_") + ".changed"


# ---------------------------------------------------------------- statements

_TELLING = (
    select(
        webhook.c.id,
        webhook.c.told,
        organisation.c.id.label("organisation_id"),
        organisation.c.kind,
        organisation.c.authority_id,
    )
    .join(organisation, organisation.c.id == webhook.c.organisation_id)
    .where(webhook.c.state == word(WebhookState.ACTIVE.value), organisation_is_open())
)
_ACTIVE = compiled(_TELLING)
_HELD = compiled(
    _TELLING.where(webhook.c.id == bindparam("id", type_=_ID)).with_for_update(of=webhook, skip_locked=True)
)
_GENERATION = compiled(select(webhook.c.generation).where(webhook.c.id == bindparam("id", type_=_ID)))
_ADD = compiled(
    insert(webhook_delivery).values(
        webhook_id=bindparam("id", type_=_ID),
        organisation_id=bindparam("organisation", type_=_ID),
        row_id=bindparam("row", type_=_ID),
        prefix=bindparam("prefix"),
        kind=bindparam("kind"),
    )
)
_TOLD = compiled(
    update(webhook)
    .where(webhook.c.id == bindparam("id", type_=_ID))
    .values(told=bindparam("place", type_=webhook.c.told.type))
)
_now = func.now()


def _seconds(value: Any) -> Any:
    zero: Any = literal_column("0")
    return func.make_interval(zero, zero, zero, zero, zero, zero, value)


_due = (
    select(webhook_delivery.c.id)
    .join(webhook, webhook.c.id == webhook_delivery.c.webhook_id)
    .join(organisation, organisation.c.id == webhook.c.organisation_id)
    .where(
        webhook_delivery.c.state == word(DeliveryState.WAITING.value),
        webhook_delivery.c.next_at <= _now,
        webhook.c.state == word(WebhookState.ACTIVE.value),
        organisation_is_open(),
    )
    # Who does not answer comes after all others: a batch lasts as long as its slowest receiver.
    .order_by(webhook.c.failures, webhook_delivery.c.next_at)
    .limit(literal_column(str(_AT_ONCE)))
    .with_for_update(of=webhook_delivery, skip_locked=True)
    .cte("due")
)
_left = exists(
    select(literal_column("1")).where(
        feed_row.c.organisation_id == webhook.c.organisation_id,
        feed_row.c.row_id == webhook_delivery.c.row_id,
        feed_row.c.gone,
    )
)
# Claimed for a minute: whoever dies with one leaves it to the others. Rights are those of this moment.
_CLAIM = compiled(
    update(webhook_delivery)
    .where(webhook_delivery.c.id == _due.c.id, webhook.c.id == webhook_delivery.c.webhook_id)
    .values(
        attempts=webhook_delivery.c.attempts + 1,
        next_at=_now + _seconds(literal_column(str(_LEASE_SECONDS))),
        kind=case((_left, word(ENDED)), else_=webhook_delivery.c.kind),
    )
    .returning(
        *(
            webhook_delivery.c[name]
            for name in ("id", "webhook_id", "row_id", "prefix", "kind", "attempts", "created_at")
        ),
        webhook.c.url,
        webhook.c.generation,
        (webhook.c.previous_until > _now).label("overlaps"),
    )
)
_DONE = compiled(
    update(webhook_delivery)
    .where(webhook_delivery.c.id == bindparam("id", type_=_ID))
    .values(
        state=bindparam("new_state"),
        answer=bindparam("status", type_=Integer()),
        next_at=_now + _seconds(bindparam("pause", type_=webhook_delivery.c.attempts.type)),
        ended_at=case((bindparam("new_state") != word(DeliveryState.WAITING.value), _now)),
    )
)
_failures = case(
    (bindparam("worked", type_=literal_column("true").type), literal_column("0")), else_=webhook.c.failures + 1
)
_COUNT = compiled(
    update(webhook)
    .where(webhook.c.id == bindparam("id", type_=_ID))
    .values(
        failures=_failures,
        state=case(
            (
                or_(
                    bindparam("refused", type_=literal_column("true").type),
                    _failures >= bindparam("most", type_=Integer()),
                ),
                word(WebhookState.DISABLED.value),
            ),
            else_=webhook.c.state,
        ),
    )
)
_FORGET = compiled(
    delete(webhook_delivery).where(
        one_of(webhook_delivery.c.state, (DeliveryState.DELIVERED.value, DeliveryState.DEAD.value)),
        webhook_delivery.c.ended_at < _now - _seconds(literal_column(str(int(_KEPT.total_seconds())))),
    )
)


async def _run(connection: Any, statement: tuple[str, tuple[str, ...], dict[str, Any]], **binds: Any) -> Any:
    sql, names, constants = statement
    given = {**constants, **binds}
    return await connection.fetch(sql, *(given[name] for name in names))


@dataclass(slots=True)
class Webhooks:
    """Makes notices out of feeds and delivers them; any number of processes may do so at once."""

    lanes: Lanes
    feeds: Feeds
    key: bytes
    poster: Poster = field(default_factory=Poster)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _background: Background = field(init=False)

    def __post_init__(self) -> None:
        self._background = Background(self._keep_working, "webhooks")

    def start(self, relay: Relay) -> None:
        """Work from now on."""
        relay.tell(self._hear)
        self._background.start()

    async def close(self) -> None:
        """Stop; what is claimed is tried again by whoever works next."""
        await self._background.close()

    async def _hear(self, _: Sequence[Event]) -> None:
        self._wake.set()

    async def _keep_working(self) -> None:
        looked = 0.0
        while True:
            try:
                if self._wake.is_set() or time.monotonic() - looked > _LOOKS_EVERY:
                    self._wake.clear()
                    looked = time.monotonic()
                    await self.make_notices()
                # One batch at a time: what has happened since is told to the others before the rest of a long queue.
                if await self.deliver():
                    continue
            except Exception as problem:  # noqa: BLE001 (whatever it is, it is tried again: one notice must not end all)
                logger.warning("webhooks wait: %s", type(problem).__name__)
            await asyncio.sleep(_SOON)

    async def make_notices(self) -> int:
        """One notice for each change in the view of an organisation with a webhook; how many."""
        made = 0
        for row in await _run(self.lanes, _ACTIVE):
            while True:
                async with self.lanes.acquire() as connection, connection.transaction():
                    count, more = await self._notices(connection, row["id"])
                made += count
                if not more:
                    break
        await _run(self.lanes, _FORGET)
        return made

    async def _notices(self, connection: Any, identity: UUID) -> tuple[int, bool]:
        held = await _run(connection, _HELD, id=identity)
        caller = software_of(held[0]) if held else None
        if caller is None:
            return 0, False
        page = await self.feeds.news(connection, caller, held[0]["told"], 500)
        for entry in page.entries:
            prefix = NOUNS[entry.noun].prefix
            kind = kind_of(prefix, gone=entry.gone)
            await _run(
                connection,
                _ADD,
                id=identity,
                organisation=caller.organisation_id,
                row=entry.row,
                prefix=prefix,
                kind=kind,
            )
        await _run(connection, _TOLD, id=identity, place=page.position)
        return len(page.entries), page.more

    async def deliver(self) -> int:
        """Try what is due; how much was."""
        due = await _run(self.lanes, _CLAIM)
        await asyncio.gather(*(self._try(row) for row in due))
        return len(due)

    async def _try(self, row: Any) -> None:
        at = int(time.time())
        body = orjson.dumps(
            {
                "type": row["kind"],
                "timestamp": row["created_at"],
                "data": {"id": f"{row['prefix']}_{row['row_id']}"},
            }
        )
        generations = [row["generation"], *([row["generation"] - 1] if row["overlaps"] else [])]
        keys = [secret_of(self.key, row["webhook_id"], one) for one in generations]
        status = await self.poster.post(row["url"], body, signed(keys, row["id"], at, body))
        worked = status is not None and 200 <= status < 300  # noqa: PLR2004 (the family of HTTP statuses)
        given_up = not worked and row["attempts"] > len(PAUSES)
        state = DeliveryState.DELIVERED if worked else DeliveryState.DEAD if given_up else DeliveryState.WAITING
        pause = 0 if worked or given_up else int(PAUSES[row["attempts"] - 1] * _CHANCE.uniform(0.8, 1.5))
        await _run(self.lanes, _DONE, id=row["id"], new_state=state.value, status=status, pause=pause)
        await _run(self.lanes, _COUNT, id=row["webhook_id"], worked=worked, refused=status == _GONE, most=MOST_FAILURES)


def software_of(row: Any) -> Caller | None:
    """The organisation's software, without a token: for its feed alone."""
    kind = OrgKind(row["kind"])
    audience = organisation_audience(kind)
    if audience not in FEEDS:
        return None
    return Caller.without_token(audience, row["organisation_id"], kind, authority_id=row["authority_id"])


__all__ = [
    "ENDED",
    "MOST_WEBHOOKS",
    "PAUSES",
    "Webhooks",
    "current_secret",
    "kind_of",
    "secret_of",
    "signed",
    "software_of",
]
