"""An attacker who knows every published number and how numbers add up, and solves for the hidden ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog  # type: ignore[import-untyped]  # scipy has no types of its own
from scipy.sparse import coo_matrix  # type: ignore[import-untyped]  # as above

Name = tuple[str, ...]


@dataclass
class Attacker:
    """Cells are numbers of persons; what is published about sums of them are equations."""

    cells: dict[Name, int] = field(default_factory=dict)
    rows: list[tuple[tuple[int, ...], float]] = field(default_factory=list)
    same: list[tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=list)
    below: dict[int, int] = field(default_factory=dict)

    def cell(self, name: Name) -> int:
        """The number of a cell's unknown."""
        return self.cells.setdefault(name, len(self.cells))

    def learns(self, parts: Iterable[Name], value: int) -> None:
        """The sum of some cells is published."""
        self.rows.append((tuple(self.cell(name) for name in parts), value))

    def knows_equal(self, parts: Iterable[Name], others: Iterable[Name]) -> None:
        """Two sums are the same number by what they mean, shown or not."""
        self.same.append((tuple(map(self.cell, parts)), tuple(map(self.cell, others))))

    def learns_below(self, name: Name, smallest: int) -> None:
        """A cell is said to be below a threshold."""
        self.below[self.cell(name)] = smallest - 1

    def bounds(self, parts: Sequence[Name]) -> tuple[float, float]:
        """The tightest interval that everything published leaves to a sum of cells, over the reals as over whole numbers."""
        wanted = [self.cell(name) for name in parts]
        width = len(self.cells)
        if not self.rows and not self.same:
            # Nothing at all is published.
            return 0, sum(self.below.get(cell, float("inf")) for cell in wanted)
        lines = [(number, cell, 1) for number, (cells, _) in enumerate(self.rows) for cell in cells]
        for number, (cells, others) in enumerate(self.same, len(self.rows)):
            lines += [(number, cell, 1) for cell in cells] + [(number, cell, -1) for cell in others]
        numbers, columns, signs = zip(*lines, strict=True)
        matrix = coo_matrix(
            (np.array(signs, dtype=float), (numbers, columns)), shape=(len(self.rows) + len(self.same), width)
        )
        goal = np.zeros(width)
        goal[wanted] = 1
        limits = [(0, self.below.get(cell)) for cell in range(width)]
        known = np.array([*(value for _, value in self.rows), *(0 for _ in self.same)], dtype=float)
        found = []
        for sign in (1, -1):
            solved = linprog(sign * goal, A_eq=matrix.tocsr(), b_eq=known, bounds=limits, method="highs")
            # A hidden sum of nobody knows how many has no upper bound.
            found.append(sign * solved.fun if solved.status == 0 else float("inf"))
            assert solved.status in {0, 3}, solved.message
        return found[0], found[1]


def width(interval: tuple[float, float]) -> float:
    """How much is left open."""
    return interval[1] - interval[0]


def tightest(attacker: Attacker, hidden: Mapping[Name, Sequence[Name]]) -> tuple[float, Name | None]:
    """The hidden number that is known best, and how well."""
    worst: tuple[float, Name | None] = (float("inf"), None)
    for name, parts in hidden.items():
        found = width(attacker.bounds(parts))
        if found < worst[0]:
            worst = (found, name)
    return worst
