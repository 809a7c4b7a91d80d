"""What the viewer is to the situation of a row, asked of `reach`: a probe of its own, or one look for all that is asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.dialects.postgresql.base import PGDialect

from loaders.policy.context import Viewer, nobody, word
from loaders.policy.rules import Atom
from schema.tables import journal

# What each kind of viewer stands in, for the walls: views of the owner's, so that a wall asks one question and no login
# needs `reach` as a whole for it.
_DIALECT = PGDialect()  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy
REACH_VIEW = ("situation_id", "via", "starts_at", "ends_at")
_VIEWS = {
    viewer: table(f"reach_of_{viewer}", *map(column, REACH_VIEW))
    for viewer in ("organisation", "authority", "member", "network")
}

BY_REACH = frozenset({"related", "via", "granted", "granted_to_implement", "opened"})


def probe(row: FromClause, *clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether another row meets the clauses, asked of this row alone."""
    # Correlated by name: SQLAlchemy does not correlate by itself inside a derived table. OFFSET 0 keeps it a probe of
    # one row: else PostgreSQL may turn it into a join, or a hash, over every row that the viewer reaches.
    return exists(select(literal_column("1")).where(*clauses).offset(literal_column("0")).correlate(row))


def reach_views(who: Viewer) -> Mapping[str, str]:
    """View -> its text."""
    reach = journal.reach
    shown = [reach.c[name] for name in REACH_VIEW]
    return {
        view.name: str(select(*shown).where(reach.c.viewer == viewer_of(who, viewer)).compile(dialect=_DIALECT))
        for viewer, view in _VIEWS.items()
    }


def shared_cases(who: Viewer, categories: Iterable[str]) -> ColumnElement[Any]:
    """The situations of which one of these categories is shared with the viewer for the purpose of this request: few."""
    return _cases(who, relations_of(who, (), sorted(categories)))


def opened_cases(who: Viewer, categories: Iterable[str]) -> ColumnElement[Any]:
    """The situations of which a second person opened one of these categories to the viewer: few."""
    return _cases(who, array([word(f"OPENED:{category}") for category in sorted(categories)]))


def _cases(who: Viewer, words: ColumnElement[Any]) -> ColumnElement[Any]:
    reach = journal.reach.alias()
    found = select(reach.c.situation_id).where(reach.c.viewer == who.member, reach.c.via == func.any(words))
    return func.array(found.scalar_subquery())


def reach_probe(
    row: FromClause, who: Viewer, viewer: str, relation: Callable[[ColumnElement[str]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    if who.by_view:
        view = _VIEWS[viewer].alias()
        return probe(row, relation(view.c.via), *now_about(view, situation_of(row)))
    reach = journal.reach.alias()
    return probe(
        row, reach.c.viewer == viewer_of(who, viewer), relation(reach.c.via), *now_about(reach, situation_of(row))
    )


def now_about(reach: FromClause, situation: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    """Relations to the situation that hold at this moment."""
    return reach.c.situation_id == situation, reach.c.starts_at <= func.now(), reach.c.ends_at > func.now()


class Seen:
    """The relations of the viewer to the situation of a row, looked up once for everything that is asked about it.

    A relation's word belongs to one kind of viewer only (loaders/policy/reach.py), so the words of all of them share a list.
    """

    def __init__(self, names: Iterator[int]) -> None:
        self.names = names
        self._name = f"seen_{next(names)}"
        # The kinds of viewers whose relations were asked for.
        self.viewers: set[str] = set()

    @property
    def vias(self) -> ColumnElement[Any]:
        """The list, as a column."""
        return literal_column(f"{self._name}.vias", ARRAY(Text))

    def sql(self, atom: Atom, who: Viewer) -> ColumnElement[bool]:
        """An atom of `BY_REACH`, as a test of the list."""
        vias = self.vias
        match atom.name, atom.arguments:
            case "related", (viewer, relations, categories):
                self.viewers.add(viewer)
                return vias.op("&&", is_comparison=True)(relations_of(who, relations, categories))
            case "via", (viewer, *relations):
                self.viewers.add(viewer)
                if len(relations) == 1:
                    return word(relations[0]) == func.any(vias)
                wanted = ", ".join(str(word(relation)) for relation in relations)
                return vias.op("&&", is_comparison=True)(literal_column(f"ARRAY[{wanted}]", ARRAY(Text)))
            case "granted", (category,):
                self.viewers.add("member")
                return sharing_word(category, who) == func.any(vias)
            case "granted_to_implement", (category,):
                self.viewers.add("member")
                return and_(who.purpose == word("IMPLEMENT"), word(f"GRANT:{category}:IMPLEMENT") == func.any(vias))
            case "opened", (category,):
                self.viewers.add("member")
                return word(f"OPENED:{category}") == func.any(vias)
        raise ValueError(atom.name)

    def beside(self, row: FromClause, who: Viewer) -> FromClause:
        """The row with its list beside it, where anything was asked of the list."""
        if not self.viewers:
            return row
        viewers = [viewer_of(who, viewer) for viewer in sorted(self.viewers)]
        reach = journal.reach.alias()
        mine_ = reach.c.viewer == (viewers[0] if len(viewers) == 1 else func.any(array(viewers)))
        vias = select(reach.c.via).where(mine_, *now_about(reach, situation_of(row))).correlate(row).scalar_subquery()
        # OFFSET 0: one lookup per row, not one per mention.
        return row.join(select(func.array(vias).label("vias")).offset(literal_column("0")).lateral(self._name), true())


class Brought(Seen):
    """The same of a row that brings its list along, looked up where the row was found."""

    def __init__(self, names: Iterator[int], vias: ColumnElement[Any]) -> None:
        super().__init__(names)
        self._vias = vias

    @property
    def vias(self) -> ColumnElement[Any]:
        """The list, as a column of the row."""
        return self._vias

    def beside(self, row: FromClause, who: Viewer) -> FromClause:  # noqa: ARG002 (as of any other row)
        """The row: its list is on it."""
        return row


def viewer_of(who: Viewer, viewer: str) -> ColumnElement[Any]:
    """Who a kind of viewer is, in SQL."""
    identity: ColumnElement[Any] = nobody() if viewer == "network" else getattr(who, viewer)
    return identity


def situation_of(row: FromClause) -> ColumnElement[Any]:
    """The column of a row that says of which situation it is."""
    return row.c.situation_id if "situation_id" in row.c else row.c.id


def sharing_word(category: str, who: Viewer) -> ColumnElement[str]:
    """The word of a sharing of a category for the purpose of this request."""
    return word(f"GRANT:{category}:").concat(who.purpose)


def relations_of(who: Viewer, relations: Iterable[str], categories: Iterable[str]) -> ColumnElement[Any]:
    """The words of relations and of what is shared, as one list."""
    return array([*map(word, relations), *(sharing_word(category, who) for category in categories)])
