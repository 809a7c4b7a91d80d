"""An authority's own breakdowns beside the nation's: what is left of the nation without it is a table too, that nobody is shown.

An authority reads its own column and the nation's, and subtracts. So the rest of the nation is decided with them: a word is
hidden of an authority where the nation's is, and where the rest of it is small; and what is hidden together has a large
rest, or else nothing of the breakdown is shown (docs/decisions/0047; tests/loaders/test_beside.py tries to do better).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from loaders.monitoring.disclosure import exact, masked, not_available, share
from loaders.monitoring.indicators import Definition
from loaders.monitoring.lattice import YEAR, Row
from loaders.monitoring.view import View, added
from schema.types.monitoring import Count, DistributionIndicator, DistributionPart, ShareIndicator
from schema.vocabulary import Word


@dataclass(frozen=True)
class Beside:
    """An authority's year and the nation's, for one kind of reader; `smallest`: of what is left, the same for all readers."""

    own: View
    nation: View
    smallest: int

    def cells(self, own: Sequence[Row], nation: Sequence[Row]) -> tuple[Mapping[str, Count], Count]:
        """The printed words of an authority's breakdown, and their base; of whole years only."""
        if not self.own.complete or self.own.slot != YEAR:
            return {row.key: not_available() for row in own if row.printed}, not_available()
        base, whole = (added(row.values for row in rows) for rows in (own, nation))
        rest = {mine.key: theirs.at(YEAR) - mine.at(YEAR) for mine, theirs in zip(own, nation, strict=True)}
        if self.nation.total(whole).value is None or sum(rest.values()) < self.smallest:
            return {row.key: masked() for row in own if row.printed}, masked()
        hidden = self._hidden(own, base, rest, self._refused(nation, whole))
        # Never "fewer than": beside the nation's number that could leave one solution.
        cells = {row.key: masked() if row.key in hidden else exact(row.at(YEAR)) for row in own if row.printed}
        shown = self.own.total(base)
        return cells, masked() if shown.value is None else shown

    def _refused(self, nation: Sequence[Row], whole: tuple[int, ...]) -> frozenset[str]:
        decision = self.nation.decision(nation, whole)
        return frozenset(row.key for row in nation if not decision.shows(row.key, YEAR))

    def _hidden(
        self, own: Sequence[Row], base: tuple[int, ...], rest: Mapping[str, int], refused: frozenset[str]
    ) -> frozenset[str]:
        every = frozenset(rest)
        rows = [replace(row, hidden=row.key in refused or is_small(rest[row.key], row, self.smallest)) for row in own]
        hidden: frozenset[str] = every
        # Who is shown more comes first: where its tables give way, so do those of everybody after it.
        for count in range(1, len(self.own.levels) + 1):
            view = replace(self.own, levels=self.own.levels[:count])
            decision = view.decision(rows, base)
            hidden = frozenset(row.key for row in rows if not decision.shows(row.key, YEAR))
            if hidden and sum(rest[key] for key in hidden) < self.smallest:
                return every
        return hidden

    def distribution(
        self, definition: Definition, cube: str, of_nation: str, words: type[Word], unknown: Word | None = None
    ) -> DistributionIndicator:
        """A breakdown by words that exclude each other."""
        names, unsaid = [word.value for word in words], unknown.value if unknown else None
        cells, base = self.cells(self.own.rows(cube, names, unsaid), self.nation.rows(of_nation, names, unsaid))
        return DistributionIndicator(
            **self.own.about(definition, self.own.smallest, cells[unsaid] if unsaid else None),
            overlapping=False,
            parts=[
                DistributionPart(
                    code=word.value, label=word.label, share=share(cells[word.value], base, definition.decimals)
                )
                for word in words
            ],
        )

    def part(self, definition: Definition, cube: str, of_nation: str, word: str, other: str) -> ShareIndicator:
        """One word of two."""
        cells, base = self.cells(
            *(_two(view, name, word, other) for view, name in ((self.own, cube), (self.nation, of_nation)))
        )
        return ShareIndicator(
            **self.own.about(definition, self.own.smallest), share=share(cells[word], base, definition.decimals)
        )


def _two(view: View, cube: str, word: str, other: str) -> list[Row]:
    said, left = view.rows(cube, [word, other], other)
    return [said, replace(left, printed=False)]


def is_small(rest: int, row: Row, smallest: int) -> bool:
    """Whether what is left of a word without the authority is few; nothing at all is nobody only where nobody is meant."""
    return rest < smallest and not (row.zero_is_open and not rest)


__all__ = ["Beside", "is_small"]
