"""The list of `deadlines`: the clocks of `clock_sources` in one statement, soonest first, a door per clock.

Each kind is walked along its own index (schema/tables/clocks.py) and gives no more rows than a page holds, so a page costs
the same in a network of any size. Who follows few cases would walk past everybody else's: there the cases lead.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from loaders.calendar.clock_sources import SOURCES, Part, Source, kinds_of, sources_of
from loaders.nouns import NOUNS
from loaders.policy.context import bind, word
from loaders.policy.doors import HiddenError, column_rule, door
from loaders.policy.leading import NETWORK, are_few, cases_of, relation_in, ways_of
from loaders.policy.reached import situation_of
from loaders.policy.rules import Rule
from loaders.statement import Statement, answer_of, as_json, cursor_at, public_id, selections_of
from loaders.statement.guarded import guarded
from loaders.statement.question import Categories, ConnectionQuestion, FilterBy, Leaf, Selection, TypeName
from schema.vocabulary import Audience

NOUN = "Deadline"
PAGE = 100
"""The most that one page holds."""
COUNTED = 1000
"""`totalCount` counts so far: nobody reads on, and every clock of the network would have to be looked at."""
FEW = 400
"""Who follows fewer cases than this is asked about those; for the others the next clock is soon found in order."""

_ZERO: Any = literal_column("0")
_EVER, _NEVER = (cast(word(f"{sign}infinity"), DateTime(timezone=True)) for sign in "-+")
COLUMNS = ("kind", "due_at", "about", "situation", "id")


# ---------------------------------------------------------------- the clocks


def _number(value: int) -> ColumnElement[Any]:
    return literal_column(str(value), Integer)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which clocks: filters that all hold, those after the cursor, of each kind only the soonest so many, none later."""

    filters: tuple[FilterBy, ...]
    after: bool = False
    soonest: int | ColumnElement[int] | None = None
    latest: ColumnElement[Any] | None = None


def clocks(audience: Audience, wanted: Wanted) -> Any:
    """Every clock that runs for the caller and is wanted; a withheld date has no place in the list."""
    return union_all(*_of(audience, sources_of(audience), wanted)).subquery("clock")


def _of(audience: Audience, sources: Iterable[Source], wanted: Wanted) -> list[Select[Any]]:
    return [branch for source in sources for branch in _branches(audience, source, wanted)]


def _page(audience: Audience, wanted: Wanted) -> Any:
    """The clocks among which a page is, soonest first: what is found at once, and then what is not due after it.

    The first are those whose index leads from one clock of the caller's to the next. The others are looked for case by
    case or among everybody's, or sorted before they are told: for nothing that is due later than a page that is full.
    """
    leading = [source for source in sources_of(audience) if _leads(audience, source)]
    others = [source for source in sources_of(audience) if not _leads(audience, source)]
    size = bind("page_size", Integer)
    if not leading:
        return clocks(audience, replace(wanted, soonest=size + _number(1)))
    if not others:
        return clocks(audience, wanted)
    first = union_all(*_of(audience, leading, wanted)).subquery("first")
    order = (first.c.due_at.asc(), first.c.kind.asc(), first.c.id.asc())
    soon = select(*first.c).order_by(*order).limit(size + _number(1)).cte("soon")
    last = case((func.count() > size, func.max(soon.c.due_at)), else_=_NEVER)
    latest = select(last).select_from(soon).scalar_subquery()
    return union_all(select(*soon.c), *_of(audience, others, replace(wanted, latest=latest))).subquery("clock")


def _leads(audience: Audience, source: Source) -> bool:
    return not source.counted and _followed(audience, source) is None


def _branches(audience: Audience, source: Source, wanted: Wanted) -> Iterator[Select[Any]]:
    """The clocks of one kind along their index, and, for who follows few cases, those of these cases."""
    followed = _followed(audience, source)
    if followed is None:
        yield from (_branch(audience, source, wanted, part) for part in source.parts)
        return
    for part in source.parts:
        few = are_few(followed, FEW)
        yield _branch(audience, source, wanted, part, [~few])
        # Of few cases all parts at once.
        if part is source.parts[0]:
            mine = select(followed.c.situation_id).distinct().subquery("mine")
            yield _branch(audience, source, wanted, None, [few], mine)


def _branch(
    audience: Audience,
    source: Source,
    wanted: Wanted,
    part: Part | None,
    guards: Sequence[ColumnElement[bool]] = (),
    cases: Any = None,
) -> Select[Any]:
    """The clocks of one kind, of the rows of a part; with `cases` those of these, each looked up by itself."""
    gate = door(audience, NOUNS[source.noun])
    named = column_rule(audience, gate.noun, "id") is not None
    situation = gate.noun.situation_column
    walked = gate.row.c[source.column]
    rows = (
        select(
            word(source.kind.value).label("kind"),
            source.due(gate).label("due_at"),
            (public_id(gate) if named else cast(null(), Text)).label("about"),
            (gate.row.c[situation] if situation else cast(null(), Uuid())).label("situation"),
            gate.row.c.id.label("id"),
            walked.label("walked"),
        )
        .where(*source.indexed(gate.row, part), *_between(source, walked, wanted))
        .where(gate.where, source.runs(gate), source.shown(gate))
    )
    if cases is None:
        clock: Any = rows.where(*guards).subquery()
        found = select(*(clock.c[name] for name in COLUMNS))
    else:
        # OFFSET 0: else PostgreSQL may walk everybody's and look each up among the cases.
        clock = rows.where(situation_of(gate.row) == cases.c.situation_id).offset(_ZERO).lateral()
        found = select(*(clock.c[name] for name in COLUMNS)).select_from(cases.join(clock, true())).where(*guards)
    found = found.where(*_kept(clock, wanted))
    if wanted.soonest is None:
        return found
    many = _number(wanted.soonest) if isinstance(wanted.soonest, int) else wanted.soonest
    soonest = found.order_by(clock.c.walked.asc(), clock.c.id.asc()).limit(many).subquery()
    return select(*soonest.c)


def _kept(clock: Any, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What is wanted."""
    now = func.now()
    for one in wanted.filters:
        match one.operator:
            case "in":
                yield clock.c.kind == func.any(bind(one.bind, ARRAY(Text)))
            case "overdue":
                yield (clock.c.due_at < now) == bind(one.bind, Boolean)
            case "due_within":
                yield and_(clock.c.due_at >= now, clock.c.due_at < _within(one))
    if wanted.after:
        here = tuple_(clock.c.due_at, clock.c.kind, clock.c.id)
        yield here > tuple_(bind(*_THERE), bind("cursor_kind", Text), bind("cursor_id", Uuid()))


def _between(source: Source, walked: ColumnElement[Any], wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Where in the index that begins and ends: bare comparisons, which PostgreSQL makes before it asks whose a row is."""
    now = func.now()
    for one in wanted.filters:
        if one.operator == "overdue":
            late = bind(one.bind, Boolean)
            yield walked >= source.place(_either(late, _EVER, now), first=True)
            yield walked <= source.place(_either(late, now, _NEVER), first=False)
        elif one.operator == "due_within":
            yield walked >= source.place(now, first=True)
            yield walked <= source.place(_within(one), first=False)
    if wanted.latest is not None:
        yield walked <= source.place(wanted.latest, first=False)
    if wanted.after:
        yield walked >= source.place(bind(*_THERE), first=True)


_THERE = ("cursor_value", DateTime(timezone=True))


def _within(one: FilterBy) -> ColumnElement[Any]:
    return func.now() + func.make_interval(_ZERO, _ZERO, _ZERO, bind(one.bind, Integer))


def _either(late: ColumnElement[bool], first: Any, second: Any) -> ColumnElement[Any]:
    return case((late, first), else_=second)


# ---------------------------------------------------------------- who follows few cases


def _followed(audience: Audience, source: Source) -> CTE | None:
    """The cases over which each way to the clock leads, FEW at most; None where the index is always shorter.

    It is, where a way leads over no case of the caller's own, and where all that is seen is one authority's.
    """
    rule = column_rule(audience, NOUNS[source.noun], source.column)
    if rule is None:
        raise HiddenError
    ways = ways_of(rule)
    if not ways or all(way.viewer == NETWORK for way in ways) or _of_one_authority(rule):
        return None
    names = "_".join(sorted({relation.lower() for way in ways for relation in way.relations}))
    return cases_of(ways, FEW, f"followed_{names}")


def _of_one_authority(rule: Rule) -> bool:
    """Whether all rows are told apart by one comparison with the caller's authority: those have an index of their own."""
    others = {conjunction - {relation_in(conjunction)} for conjunction in rule.any_of}
    if len(others) != 1:
        return False
    [only] = others
    return any(atom.name == "mine" and atom.arguments == ("to_authority_id", "authority") for atom in only if atom)


# ---------------------------------------------------------------- the statement


def compose(audience: Audience, question: ConnectionQuestion) -> Statement:
    """The one statement that lists the clocks of an audience, soonest first."""
    clock = _page(audience, Wanted(question.filters, question.after, PAGE + 1))
    nodes = selections_of(question.parts)
    columns = [_node(clock, node).label(f"node_{index}") for index, node in enumerate(nodes)]
    place = cast(clock.c.due_at, Text).concat(word("|")).concat(clock.c.kind).concat(word("|"))
    page = (
        select(*columns, cursor_at(place.concat(cast(clock.c.id, Text))).label("cursor"), clock.c.situation)
        .order_by(clock.c.due_at.asc(), clock.c.kind.asc(), clock.c.id.asc())
        .limit(bind("page_size", Integer) + _number(1))
        .subquery("page")
    )
    # The total is of the whole list, wherever the page begins.
    every = clocks(audience, Wanted(question.filters))
    counted = select(every.c.id).limit(_number(COUNTED)).subquery("counted")
    totals = select(func.count()).select_from(counted).scalar_subquery()
    inner = answer_of(page, question, nodes, totals, counted=True)
    return guarded(inner, told_by(audience))


def _node(clock: Any, selection: Selection) -> ColumnElement[Any]:
    fields = (_field(clock, field).label(field.out) for field in selection.fields)
    return select(as_json(select(*fields).correlate(clock))).correlate(clock).scalar_subquery()


def _field(clock: Any, field: Any) -> ColumnElement[Any]:
    match field:
        case TypeName():
            return word(NOUN)
        case Leaf(column="overdue"):
            late: ColumnElement[Any] = clock.c.due_at < func.now()
            return late
        case Leaf(column=name):
            column: ColumnElement[Any] = clock.c[name]
            return column
    raise TypeError(field)


def told_by(audience: Audience) -> Categories:
    told = {category.value for source in sources_of(audience) for category in source.categories}
    return Categories(tuple(sorted(told)), (), case=any(NOUNS[source.noun].case for source in sources_of(audience)))


def place(value: str, tie: str) -> dict[str, Any]:
    """The binds of the place after which a page begins, from what a cursor holds."""
    due, _, kind = value.partition("|")
    return {"cursor_value": datetime.fromisoformat(due), "cursor_kind": kind, "cursor_id": UUID(tie)}


FILTERS = {"kind": ("kind", "in"), "overdue": ("due_at", "overdue"), "dueWithinDays": ("due_at", "due_within")}
"""Filter of the API -> column and operator."""

__all__ = ["FILTERS", "NOUN", "SOURCES", "Wanted", "clocks", "compose", "kinds_of", "place", "sources_of", "told_by"]
