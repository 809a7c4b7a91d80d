"""One statement for several questions of one caller that differ in nothing but values.

    SELECT CASE WHEN (caller) THEN (answer) END
    SELECT CASE WHEN (caller) THEN (SELECT array_agg((answer) ORDER BY ...) FROM unnest($7::UUID[], ...) AS asked$) END

Who asks is said once, and once it is asked whether the token stands; the answer is the same text, with the columns of
`asked$` where its values were. So each question passes the same doors and walls as it would alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import case, literal_column, select

from loaders.policy.context import CALLER, opened
from loaders.statement.names import ASKED
from loaders.statement.text import Statement, compiled

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Several:
    """The statement, with the places of the binds that each question has for itself, and of those that all share."""

    sql: str
    own: tuple[int, ...]
    shared: tuple[int, ...]

    def arguments(self, questions: Sequence[Values]) -> list[Any]:
        """What the statement is executed with, out of the values of each question."""
        made = list(questions[0])
        for place in self.own:
            made[place] = [values[place] for values in questions]
        return made


def several(statement: Statement) -> Several:
    """The statement for several questions, written once.

    Raises: ValueError for a statement that does not ask for its caller first.
    """
    return _several(statement.sql, statement.binds, statement.kinds)


@lru_cache(maxsize=512)
def _several(sql: str, binds: tuple[str, ...], kinds: tuple[str, ...]) -> Several:
    # A list of lists would lose its parts in `unnest`: questions share their lists, or do not go together.
    own = tuple(place for place, name in enumerate(binds) if name not in CALLER and not kinds[place].endswith("[]"))
    shared = tuple(place for place in range(len(binds)) if place not in own)
    if not own:
        # All of them are one question.
        return Several(sql, own, shared)
    parts = _PARTS.fullmatch(sql)
    if parts is None:
        raise ValueError("the caller's facts come first")
    # What the answer is read `WITH` stands before all; here it is each question's own.
    answer = parts["answer"] if not parts["with"] else f"({parts['with']}SELECT {parts['answer']})"
    answer = _BIND.sub(lambda found: _column(int(found[1]) - 1) if int(found[1]) - 1 in own else found[0], answer)
    given = ", ".join(f"${place + 1}::{kinds[place]}[]" for place in own)
    named = ", ".join((*(_name(place) for place in own), _PLACE))
    asked = f"unnest({given}) WITH ORDINALITY AS {ASKED}({named})"
    every = f"(SELECT array_agg({answer} ORDER BY {ASKED}.{_PLACE}) FROM {asked})"
    return Several(f"{parts['before']}{every}{parts['after']}", own, shared)


def _column(place: int) -> str:
    return f"{ASKED}.{_name(place)}"


def _name(place: int) -> str:
    return f"value_{place + 1}"


_BIND = re.compile(r"\$(\d+)(?=::)")
_PLACE = "place"


def _parts() -> re.Pattern[str]:
    """How every statement reads: its caller, then its answer; the caller's binds may have any place."""
    before, after = compiled(select(case((opened(), literal_column("(answer)")))))[0].split("(answer)")
    caller = re.sub(r"\\\$\d+", lambda _: r"\$\d+", re.escape(before))
    return re.compile(rf"(?P<with>.*?)(?P<before>{caller})(?P<answer>.*)(?P<after>{re.escape(after)})", re.DOTALL)


_PARTS = _parts()

__all__ = ["Several", "Values", "several"]
