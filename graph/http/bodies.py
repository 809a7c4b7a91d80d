"""The bodies that a process has begun to read: what they take together, and of how many pieces one may be made.

One body is bounded where it is read (`body_bytes`); a thousand that never end are bounded here, as are pieces of a byte,
of which a body of ordinary size has more than a process reads in a second.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from graph.http.limits import Limits

# A piece is announced by its length and two ends of a line.
_OF_A_PIECE = 20


@dataclass(slots=True)
class Bodies:
    """Of one server: those that are not complete, the oldest first."""

    most: int
    taken: int = 0
    open: dict["Body", None] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Body:
    """One that is being read; `give_way` ends its request."""

    bodies: Bodies
    limits: Limits
    give_way: Callable[[], None]
    taken: int = 0
    pieces: int = 0
    # What came beside the body itself: lengths of pieces, what is said beside them, trailers.
    beside: int = 0

    def grow(self, size: int) -> None:
        """So many bytes of it have come; where all together are too many, the oldest gives way: honest ones take no time."""
        bodies = self.bodies
        bodies.open[self] = None
        self.taken += size
        bodies.taken += size
        while bodies.taken > bodies.most:
            oldest = next(iter(bodies.open))
            oldest.end()
            oldest.give_way()

    def end(self) -> None:
        """It is complete, or nobody wants it any more."""
        self.bodies.open.pop(self, None)
        self.bodies.taken -= self.taken
        self.taken = 0

    @property
    def in_crumbs(self) -> bool:
        """Whether it is made of more pieces, or of more beside them, than anybody needs."""
        most = self.limits.headers_bytes + _OF_A_PIECE * self.pieces
        return self.pieces > self.limits.body_pieces or self.beside > most


__all__ = ["Bodies", "Body"]
