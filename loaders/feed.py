"""The delta feed: the view of an organisation, compared with what it was told before.

For the situations that events speak of, and those whose relation began or ended by itself, the rows within reach are
read through the organisation's doors, hashed group by group as it sees them, and compared with the hashes of the last
time: what differs is a change, what is missing a tombstone. So the feed is a function of what the organisation may
see, and of nothing else: a change it may not see moves neither an entry nor a number (docs/decisions/0023-feed.md).
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    delete,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.dialects.postgresql import insert as upsert

from auth.caller import Caller
from auth.policy import FEEDS
from loaders.conditions import row_rule
from loaders.context import bind, nobody, word
from loaders.context import values as context_values
from loaders.doors import Door, column_rule, entrance, noun_visible, relation_rule
from loaders.execute import AWAY
from loaders.nouns import NOUNS, Noun
from loaders.outbox import REACH, told
from loaders.rules import Rule
from loaders.statement import compiled
from schema.errors import BadInputError, PolicyError, UnauthenticatedError, UnavailableError
from schema.tables.feed import feed, feed_row
from schema.tables.journal import outbox, outbox_head, reach
from schema.vocabulary import Audience, Category

# How much is compared at once, and how long one request goes on with it; what is left waits for the next.
EVENTS = 2000
SITUATIONS = 500
SECONDS = 2.0
TOMBSTONES_KEPT = timedelta(days=400)
_BEGIN = UUID(int=0)
# How the last id of a 256th of them goes on after its first byte.
_END = b"\xff" * 15
_LAST = UUID(bytes=b"\xff" + _END)
_NOTHING: Mapping[UUID, Collection[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One change in the view of an organisation."""

    noun: str
    row: UUID
    situation: UUID
    gone: bool
    groups: tuple[str, ...]
    at: datetime
    position: int

    @property
    def public_id(self) -> str:
        """The id that the API knows it by."""
        return f"{NOUNS[self.noun].prefix}_{self.row}"


@dataclass(frozen=True, slots=True)
class Page:
    """Entries in order, the place after them, and whether there is more."""

    entries: tuple[Entry, ...]
    position: int
    more: bool


# ---------------------------------------------------------------- what the view of an audience is made of


@cache
def nouns_of(audience: Audience) -> tuple[Noun, ...]:
    """The nouns of a feed: rows of cases that the audience knows by an id.

    Raises: PolicyError where a row could come into view without a relation of the organisation, which would be missed.
    """
    found = []
    for noun in NOUNS.values():
        if not told(noun.table) or not noun_visible(audience, noun) or column_rule(audience, noun, "id") is None:
            continue
        rule = row_rule(audience, noun.table)
        for conjunction in rule.any_of if rule else ():
            viewers = {atom.arguments[0] for atom in conjunction if atom.name == "via"}
            if not viewers & {"organisation", "authority"}:
                raise PolicyError(f"The feed of {audience.value} would miss rows of {noun.name}.")
        found.append(noun)
    return tuple(found)


def _groups(gate: Door) -> Mapping[str, list[ColumnElement[Any]]]:
    """The columns of a noun as the audience sees them, and the steps that say something, by category."""
    found: dict[str, list[ColumnElement[Any]]] = {}
    for column in gate.noun.table.c:
        category = column.info["category"]
        if category is not Category.KEY and column_rule(gate.audience, gate.noun, column.name) is not None:
            found.setdefault(category.value, []).append(gate.column(column.name))
    for relation in gate.noun.relations.values():
        if relation.category and not relation.many and relation_rule(gate.audience, gate.noun, relation) is not None:
            found.setdefault(relation.category.value, []).append(gate.link(relation))
    return dict(sorted(found.items()))


def _rules(gate: Door) -> Mapping[str, list[Rule]]:
    """Under which rules the columns of each category are shown."""
    found: dict[str, list[Rule]] = {}
    for column in gate.noun.table.c:
        rule = column_rule(gate.audience, gate.noun, column.name)
        if column.info["category"] is not Category.KEY and rule is not None:
            found.setdefault(column.info["category"].value, []).append(rule)
    return found


def _while(gate: Door, rules: list[Rule], category: str) -> ColumnElement[Any]:
    """The category, while all of it is shown: then a change of it is one that the organisation may see."""
    conditions = [gate.shows(rule) for rule in rules if not rule.implied_by(gate.rows)]
    return case((and_(*conditions), word(category))) if conditions else word(category)


def _hash(values: list[ColumnElement[Any]]) -> ColumnElement[str]:
    shown = func.convert_to(cast(func.row(*values), Text), word("UTF8"))
    return func.left(func.encode(func.sha256(shown), word("hex")), literal_column("24"))


def _texts(values: list[ColumnElement[str]]) -> ColumnElement[Any]:
    return array(values, type_=Text())


_ID = Uuid(as_uuid=True)
_ORGANISATION = bind("viewer_organisation", _ID)
_AUTHORITY = bind("viewer_authority", _ID)
_CASES = bind("situations", ARRAY(_ID))
# Situations to which a relation of the organisation changed.
_AGAIN = bind("again", ARRAY(_ID))


def _view(audience: Audience) -> Any:
    """Every row of the situations that is within reach, with a hash of each group as it is seen."""
    parts = []
    for noun in nouns_of(audience):
        gate = entrance(audience, noun)
        groups = _groups(gate)
        situation = gate.row.c[noun.situation_column or "situation_id"]
        shown = [_while(gate, names, name) for name, names in _rules(gate).items()]
        columns = (
            gate.row.c.id.label("row_id"),
            word(noun.prefix).label("prefix"),
            situation.label("situation_id"),
            _texts([word(name) for name in groups]).label("categories"),
            _texts([_hash(values) for values in groups.values()]).label("hashes"),
            func.array_remove(_texts(shown), None, type_=ARRAY(Text)).label("shown"),
        )
        reached = gate.where
        parts.append(select(*columns).select_from(gate.source).where(situation == any_(_CASES), reached))
    return union_all(*parts).cte("seen")


def _named(seen: Any, words: ColumnElement[Any]) -> ColumnElement[bool]:
    """An event says that some of these words changed of the row."""
    told_ = (
        func.unnest(bind("rows", ARRAY(_ID)), bind("changes", ARRAY(Text)))
        .table_valued("row_id", "changes", name="told")
        .render_derived()
    )
    listed = func.string_to_array(told_.c.changes, word(","), type_=ARRAY(Text))
    found: Select[Any] = select(literal_column("1")).where(told_.c.row_id == seen.c.row_id, listed.bool_op("&&")(words))
    return found.correlate(seen).exists()


def _touched(seen: Any) -> ColumnElement[bool]:
    """What changed and changed back is told too: a reader may have seen it in between."""
    return _named(seen, seen.c.shown)


def _beside_one_that_came_back(seen: Any) -> ColumnElement[bool]:
    """Rows that hang on one whose status changed and changed back: they may have been out of view in between."""
    other, kept = seen.alias("other"), feed_row.alias("kept")
    found: Select[Any] = select(literal_column("1")).where(
        other.c.situation_id == seen.c.situation_id,
        kept.c.organisation_id == _ORGANISATION,
        kept.c.row_id == other.c.row_id,
        ~kept.c.gone,
        kept.c.position > literal_column("0"),
        kept.c.hashes == other.c.hashes,
        _named(other, _texts([word("status")])),
    )
    return found.correlate(seen).exists()


def _lowest_place() -> ColumnElement[int]:
    """Below zero are the places of rows that were compared and wait for their number."""
    lowest = select(func.min(feed_row.c.position)).where(feed_row.c.organisation_id == _ORGANISATION).scalar_subquery()
    return func.least(lowest, literal_column("0"), type_=BigInteger)


_KEPT = ("row_id", "prefix", "situation_id", "categories", "hashes", "positions")


@cache
def _compare(audience: Audience) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """Compare the view with what was told, and write what differs; it has no number yet."""
    seen = _view(audience)
    before = feed_row.alias("before")
    same_row = and_(before.c.organisation_id == _ORGANISATION, before.c.row_id == seen.c.row_id)
    same_groups = and_(before.c.categories == seen.c.categories, ~before.c.gone)
    # What waits for its number is told already, in the groups that differ from what was told before.
    settled = before.c.position > literal_column("0")
    again = and_(settled, or_(seen.c.situation_id == any_(_AGAIN), _touched(seen), _beside_one_that_came_back(seen)))
    no_texts = cast(literal_column("'{}'"), ARRAY(Text))
    changed = (
        select(
            *(seen.c[name] for name in _KEPT if name != "positions"),
            case((and_(same_groups, before.c.hashes != seen.c.hashes), before.c.hashes), else_=no_texts).label(
                "old_hashes"
            ),
            case((same_groups, before.c.positions), else_=cast(literal_column("'{}'"), ARRAY(BigInteger))).label("old"),
            false().label("gone"),
        )
        .select_from(seen.outerjoin(before, same_row))
        .where(or_(before.c.row_id.is_(None), ~same_groups, before.c.hashes != seen.c.hashes, again))
    )
    none = no_texts
    left = select(
        feed_row.c.row_id,
        feed_row.c.prefix,
        feed_row.c.situation_id,
        none.label("categories"),
        none.label("hashes"),
        none.label("old_hashes"),
        cast(literal_column("'{}'"), ARRAY(BigInteger)).label("old"),
        true().label("gone"),
    ).where(
        feed_row.c.organisation_id == _ORGANISATION,
        feed_row.c.situation_id == any_(_CASES),
        ~feed_row.c.gone,
        ~select(seen.c.row_id).where(seen.c.row_id == feed_row.c.row_id).exists(),
    )
    found = union_all(changed, left).subquery("found")
    place = _lowest_place() - func.row_number().over(order_by=(found.c.prefix, found.c.row_id))
    numbered = select(*found.c, place.label("place")).subquery("numbered")
    index = func.generate_subscripts(numbered.c.hashes, literal_column("1")).table_valued("i").render_derived()
    positions = (
        select(
            func.array_agg(
                case(
                    (numbered.c.old_hashes[index.c.i] == numbered.c.hashes[index.c.i], numbered.c.old[index.c.i]),
                    else_=numbered.c.place,
                )
            )
        )
        .select_from(index)
        .correlate(numbered)
        .scalar_subquery()
    )
    rows = select(
        _ORGANISATION,
        numbered.c.row_id,
        numbered.c.prefix,
        numbered.c.situation_id,
        numbered.c.categories,
        numbered.c.hashes,
        func.coalesce(positions, cast(literal_column("'{}'"), ARRAY(BigInteger))),
        numbered.c.gone,
        numbered.c.place,
        func.now(),
    )
    names = ["organisation_id", *_KEPT, "gone", "position", "at"]
    adding = upsert(feed_row).from_select(names, rows, include_defaults=False)
    written = adding.on_conflict_do_update(
        index_elements=["organisation_id", "row_id"],
        set_={name: adding.excluded[name] for name in names if name not in {"organisation_id", "row_id"}},
    )
    return compiled(written)


def _settling() -> Any:
    """Number what waits, in one order over all of it, and say how much it was.

    By what it is and not as it was found: where one batch of events or part of a copy ends and the next begins depends
    on events and cases that the organisation may not see.
    """
    waits = and_(feed_row.c.organisation_id == _ORGANISATION, feed_row.c.position < literal_column("0"))
    order = func.row_number().over(order_by=(feed_row.c.prefix, feed_row.c.row_id))
    numbered = select(feed_row.c.row_id, (bind("position", BigInteger) + order).label("place")).where(waits)
    waiting = numbered.subquery("waiting")
    group = func.unnest(feed_row.c.positions).table_valued("place", with_ordinality="n", name="old").render_derived()
    places = (
        select(
            func.array_agg(
                aggregate_order_by(
                    case((group.c.place < literal_column("0"), waiting.c.place), else_=group.c.place), group.c.n
                )
            )
        )
        .select_from(group)
        .correlate(feed_row, waiting)
        .scalar_subquery()
    )
    settled = (
        update(feed_row)
        .where(feed_row.c.organisation_id == _ORGANISATION, feed_row.c.row_id == waiting.c.row_id)
        .values(
            position=waiting.c.place,
            positions=func.coalesce(places, cast(literal_column("'{}'"), ARRAY(BigInteger))),
        )
        .returning(feed_row.c.row_id)
        .cte("settled")
    )
    return select(func.count()).select_from(settled)


_SETTLE = compiled(_settling())


# ---------------------------------------------------------------- which situations


def _mine() -> ColumnElement[bool]:
    # Without an authority the bind stands for nobody, whose relations are those of the whole network.
    return reach.c.viewer == any_(func.array_remove(array([_ORGANISATION, _AUTHORITY]), nobody(), type_=ARRAY(_ID)))


def _concerned(situation: ColumnElement[Any]) -> ColumnElement[bool]:
    """What the organisation stands in a relation to, or was told of."""
    related: Select[Any] = select(literal_column("1")).where(_mine(), reach.c.situation_id == situation)
    known: Select[Any] = select(literal_column("1")).where(
        feed_row.c.organisation_id == _ORGANISATION, feed_row.c.situation_id == situation
    )
    return or_(related.exists(), known.exists())


def _named_by_events() -> Select[Any]:
    return select(outbox.c.situation_id, outbox.c.kind, outbox.c.subject_id, outbox.c.changed).where(
        outbox.c.position > bind("seen", BigInteger),
        outbox.c.position <= bind("until", BigInteger),
        outbox.c.situation_id.is_not(None),
        _concerned(outbox.c.situation_id),
    )


def _turned() -> Select[Any]:
    """Relations that began or ended by themselves since the last look."""
    since, now = bind("looked_at", DateTime(timezone=True)), func.now()
    ended = and_(reach.c.ends_at > since, reach.c.ends_at <= now)
    begun = and_(reach.c.starts_at > since, reach.c.starts_at <= now)
    return select(reach.c.situation_id).where(_mine(), or_(ended, begun))


_NEWS = compiled(_named_by_events())
_TURNED = compiled(_turned())


def _within_part(situation: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(situation > bind("rest", _ID), situation <= bind("last", _ID))


_REST = compiled(
    union(
        select(reach.c.situation_id.label("situation_id")).where(_mine(), _within_part(reach.c.situation_id)),
        select(feed_row.c.situation_id).where(
            feed_row.c.organisation_id == _ORGANISATION, _within_part(feed_row.c.situation_id)
        ),
    ).order_by(literal_column("1"))
)
_OPEN = compiled(
    upsert(feed).values(organisation_id=_ORGANISATION).on_conflict_do_nothing(index_elements=["organisation_id"])
)
_LOCKED = compiled(select(feed).where(feed.c.organisation_id == _ORGANISATION).with_for_update())
_first = select(func.min(outbox.c.position)).scalar_subquery()
_ENDS = compiled(select(outbox_head.c.position.label("head"), _first.label("first"), func.now().label("now")))
_KEEP = compiled(
    update(feed)
    .where(feed.c.organisation_id == _ORGANISATION)
    .values(
        {
            name: bind(f"new_{name}", feed.c[name].type)
            for name in ("made_for", "seen", "looked_at", "rest", "position", "forgotten")
        }
    )
)
_FORGET = compiled(
    delete(feed_row)
    .where(
        feed_row.c.organisation_id == _ORGANISATION,
        feed_row.c.gone,
        feed_row.c.position > literal_column("0"),
        feed_row.c.at < bind("before", DateTime(timezone=True)),
    )
    .returning(feed_row.c.position)
)
_PAGE = compiled(
    select(feed_row)
    .where(feed_row.c.organisation_id == _ORGANISATION, feed_row.c.position > bind("since", BigInteger))
    .order_by(feed_row.c.position)
    .limit(bind("size", Integer))
)
_BY_PREFIX = {noun.prefix: noun.name for noun in NOUNS.values()}


@dataclass(slots=True)
class _State:
    """How far a feed is."""

    made_for: str
    seen: int
    looked_at: datetime
    rest: UUID | None
    position: int
    forgotten: int


class Feeds:
    """The feeds of all organisations; each is brought up to date when it is asked for."""

    def __init__(self, pool: Callable[[], Awaitable["asyncpg.Pool[Any]"]]) -> None:
        self._pool = pool

    async def news(self, connection: Any, caller: Caller, since: int, size: int) -> Page:
        """The same for our own notices, inside a transaction: no token stands behind it, so nothing of it is shown."""
        up_to_date = _Catching(connection, caller)
        await up_to_date.run(since + size)
        return await up_to_date.page(max(since, up_to_date.forgotten), size)

    async def page(self, caller: Caller, since: int | None, size: int) -> Page:
        """What changed after a place in the feed, as of this moment.

        Raises: BadInputError where tombstones after `since` were deleted, UnauthenticatedError, UnavailableError.
        """
        assert caller.audience in FEEDS  # noqa: S101 (no other schema has the field)
        try:
            async with (await self._pool()).acquire() as connection, connection.transaction():
                if not await connection.fetchval("SELECT standing($1)", caller.token_id):
                    raise UnauthenticatedError
                up_to_date = _Catching(connection, caller)
                await up_to_date.run((since or 0) + size)
                return await up_to_date.page(since, size)
        except AWAY:
            raise UnavailableError from None
        except (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError):
            raise UnavailableError("Your feed is being read already: try again in a moment.", reason="BUSY") from None


class _Catching:
    """One feed, held by one transaction."""

    def __init__(self, connection: Any, caller: Caller) -> None:
        self._connection = connection
        self._audience = caller.audience
        self._binds = dict(context_values(caller))
        self._made_for = _fingerprint(caller)
        self._state = _State("", 0, datetime.fromtimestamp(0, UTC), None, 0, 0)
        self._up_to_date = self._whole = False

    @property
    def forgotten(self) -> int:
        """Up to which place tombstones were deleted."""
        return self._state.forgotten

    async def run(self, enough: int) -> None:
        """Compare what events since the last time speak of; everything, where the rules or the viewer are others.

        Events come first, so that nothing is told of a row that has left the view; everything goes as far as the place
        that is asked for.
        """
        await self._do(_OPEN)
        [row] = await self._do(_LOCKED)
        state = self._state = _State(*(row[name] for name in _State.__slots__))
        [ends] = await self._do(_ENDS)
        head, first = ends["head"], ends["first"]
        missed = state.seen < head and (first is None or first > state.seen + 1)
        if state.made_for != self._made_for or missed:
            state.made_for, state.rest, state.seen, state.looked_at = self._made_for, _BEGIN, head, ends["now"]
        until = time.monotonic() + SECONDS
        while state.seen < head or state.looked_at < ends["now"]:
            await self._news(head, ends["now"])
            if time.monotonic() >= until:
                break
        self._up_to_date = state.seen >= head
        if self._up_to_date:
            await self._settle()
        while self._up_to_date and state.rest is not None and state.position <= enough:
            await self._everything()
            if time.monotonic() >= until:
                break
        self._whole = state.rest is None and self._up_to_date
        await self._forget(ends["now"] - TOMBSTONES_KEPT)
        await self._do(_KEEP, **{f"new_{name}": getattr(state, name) for name in _State.__slots__})

    async def _everything(self) -> None:
        """The next part of all the ids there can be that has cases.

        Not a number of cases: where a part ended would tell of cases that show nothing.
        """
        state = self._state
        cases: list[UUID] = []
        while state.rest is not None and not cases:
            part = 0 if state.rest == _BEGIN else state.rest.bytes[0] + 1
            last = UUID(bytes=bytes([part]) + _END)
            cases = [row["situation_id"] for row in await self._do(_REST, rest=state.rest, last=last)]
            await self._look(cases, ())
            state.rest = None if last == _LAST else last
        await self._settle()

    async def _news(self, head: int, now: datetime) -> None:
        state = self._state
        until = min(head, state.seen + EVENTS)
        news = await self._do(_NEWS, seen=state.seen, until=until)
        turned = {row["situation_id"] for row in await self._do(_TURNED, looked_at=state.looked_at)}
        mine = {self._binds["viewer_organisation"], self._binds["viewer_authority"]}
        turned |= {row["situation_id"] for row in news if row["kind"] == REACH and row["subject_id"] in mine}
        changes: dict[UUID, set[str]] = {}
        for row in news:
            changes.setdefault(row["subject_id"], set()).update(row["changed"])
        cases = turned | {row["situation_id"] for row in news}
        if state.rest is not None:
            # Of a first copy that is under way. The others come in their turn, as they are then: out of turn they would tell
            # that something has happened to them, also where it may not be seen.
            cases = {case for case in cases if case <= state.rest}
        await self._look(sorted(cases), turned & cases, changes)
        state.seen, state.looked_at = until, now

    async def _look(
        self, cases: Sequence[UUID], again: Collection[UUID], changes: Mapping[UUID, Collection[str]] = _NOTHING
    ) -> None:
        for start in range(0, len(cases), SITUATIONS):
            await self._do(
                _compare(self._audience),
                situations=list(cases[start : start + SITUATIONS]),
                again=list(again),
                rows=list(changes),
                changes=[",".join(words) for words in changes.values()],
            )

    async def _settle(self) -> None:
        [row] = await self._do(_SETTLE, position=self._state.position)
        self._state.position += row[0]

    async def _forget(self, before: datetime) -> None:
        deleted = [row["position"] for row in await self._do(_FORGET, before=before)]
        self._state.forgotten = max([self._state.forgotten, *deleted])

    async def page(self, since: int | None, size: int) -> Page:
        """What comes after a place."""
        if since is not None and since < self._state.forgotten:
            raise BadInputError(
                "`since` is too old: what left your view since then is no longer known. Start again without it.",
                reason="CURSOR_EXPIRED",
            )
        after = since or 0
        if not self._up_to_date:
            # What was compared before may have left the view since: nothing is told until that is known.
            return Page((), after, more=True)
        rows = await self._do(_PAGE, since=after, size=size + 1)
        entries = tuple(_entry(row, after) for row in rows[:size])
        more = len(rows) > size or not self._whole
        return Page(entries, entries[-1].position if entries else after, more)

    async def _do(self, statement: tuple[str, tuple[str, ...], dict[str, Any]], **binds: Any) -> Any:
        sql, names, constants = statement
        given = {**constants, **self._binds, **binds}
        return await self._connection.fetch(sql, *(given[name] for name in names))


def _entry(row: Any, since: int) -> Entry:
    told_ = zip(row["categories"], row["positions"], strict=True)
    groups = tuple(category for category, position in told_ if position > since)
    return Entry(
        _BY_PREFIX[row["prefix"]], row["row_id"], row["situation_id"], row["gone"], groups, row["at"], row["position"]
    )


def _fingerprint(caller: Caller) -> str:
    """Of the rules and the viewer: with others, everything has to be compared anew."""
    viewer = context_values(caller)
    who = [str(viewer[name]) for name in ("viewer_organisation", "viewer_authority", "viewer_kind")]
    return hashlib.sha256("|".join([caller.audience.value, *who, _compare(caller.audience)[0]]).encode()).hexdigest()


__all__ = ["Entry", "Feeds", "Page", "nouns_of"]
