"""How a command answers: a sentence or a table for a person, JSON for a script, a bar while it works."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

# What is said beside the answer; the answer itself goes to the standard output.
aside = Console(stderr=True)


def tell(found: Mapping[str, Any], *, as_json: bool, sentence: str) -> None:
    """One answer: a sentence for a person, or the whole for a script."""
    if as_json:
        print(json.dumps(dict(found), ensure_ascii=False, default=str))
    else:
        Console(highlight=False, soft_wrap=True).print(sentence, markup=False)


def tell_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool, title: str) -> None:
    """A list: a table for a person, or JSON for a script."""
    if as_json:
        print(json.dumps([dict(row) for row in rows], ensure_ascii=False, default=str))
        return
    table = Table(title=title, title_justify="left")
    for heading in rows[0] if rows else ("nothing",):
        table.add_column(str(heading).replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console().print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def bars() -> Progress:
    """Bars that vanish when all is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=aside, transient=True)


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """One bar, as `told(done, total)`."""
    with bars() as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


__all__ = ["aside", "bars", "progress", "tell", "tell_rows"]
