"""The view against what was told before: what differs is a change, what is missing a tombstone."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from loaders.feed.binds import AGAIN, CASES, ID, ORGANISATION
from loaders.feed.view import texts, view
from loaders.policy.context import bind, word
from loaders.statement import compiled
from schema.tables.feed import feed_row
from schema.vocabulary import Audience


def _named(seen: Any, words: ColumnElement[Any]) -> ColumnElement[bool]:
    """An event says that some of these words changed of the row."""
    told_ = (
        func.unnest(bind("rows", ARRAY(ID)), bind("changes", ARRAY(Text)))
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
        kept.c.organisation_id == ORGANISATION,
        kept.c.row_id == other.c.row_id,
        ~kept.c.gone,
        kept.c.position > literal_column("0"),
        kept.c.hashes == other.c.hashes,
        _named(other, texts([word("status")])),
    )
    return found.correlate(seen).exists()


def _lowest_place() -> ColumnElement[int]:
    """Below zero are the places of rows that were compared and wait for their number."""
    lowest = select(func.min(feed_row.c.position)).where(feed_row.c.organisation_id == ORGANISATION).scalar_subquery()
    return func.least(lowest, literal_column("0"), type_=BigInteger)


_KEPT = ("row_id", "prefix", "situation_id", "categories", "hashes", "positions")


@cache
def compare(audience: Audience) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """Compare the view with what was told, and write what differs; it has no number yet."""
    seen = view(audience)
    before = feed_row.alias("before")
    same_row = and_(before.c.organisation_id == ORGANISATION, before.c.row_id == seen.c.row_id)
    same_groups = and_(before.c.categories == seen.c.categories, ~before.c.gone)
    # What waits for its number is told already, in the groups that differ from what was told before.
    settled = before.c.position > literal_column("0")
    again = and_(settled, or_(seen.c.situation_id == any_(AGAIN), _touched(seen), _beside_one_that_came_back(seen)))
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
        feed_row.c.organisation_id == ORGANISATION,
        feed_row.c.situation_id == any_(CASES),
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
        ORGANISATION,
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


__all__ = ["compare"]
