"""The policy as a file: written, read again from a git revision, kept with a release, compared for a review and for CI."""

import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import orjson
from rich.markup import escape
from rich.table import Table

from auth.comparing import Change, Direction, Surface
from loaders.surface import FORMAT, surface
from schema.errors import SetupError

EXPORT = Path("docs/policy.json")
# Of each release, as the pages compare it: on one line, since nobody reads it.
KEPT = Path("schema/released/policies")


@cache
def in_force() -> Surface:
    """The policy of this very code, as a file would give it back."""
    found: Surface = orjson.loads(written(surface()))
    return found


def keep(release: str, folder: Path = KEPT) -> None:
    """Keep the policy of this moment as that of a release."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{release}.json").write_bytes(orjson.dumps(in_force(), option=orjson.OPT_SORT_KEYS))


def written(surface: Surface) -> str:
    """The canonical text: sorted, one value per line, so that a line changes where the policy does."""
    # The names of columns are a subclass of `str`.
    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(surface, option=option).decode()


def read(where: str) -> Surface:
    """The surface kept in a file, or in docs/policy.json of a git revision.

    Raises: SetupError where there is none that this version can read.
    """
    path = Path(where)
    text = path.read_bytes() if path.is_file() else _of_revision(where)
    try:
        found: Surface = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise SetupError(f"{where} holds no exported policy.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise SetupError(f"{where} was exported in another format: export it again with its own version.")
    return found


def _of_revision(revision: str) -> bytes:
    git = shutil.which("git")
    if git is None:
        raise SetupError(f"{revision} is no file, and git is not installed to look it up as a revision.")
    # Not a shell, and `--end-of-options`: a revision is never read as an option.
    shown = subprocess.run(  # noqa: S603
        [git, "show", "--end-of-options", f"{revision}:{EXPORT.as_posix()}"], capture_output=True, check=False
    )
    if shown.returncode:
        raise SetupError(f"{revision} is neither a file nor a git revision that has {EXPORT}.")
    return shown.stdout


_COLOURS = {Direction.WIDER: "red", Direction.UNPROVEN: "magenta", Direction.NARROWER: "green", Direction.SAID: "dim"}


def table(found: Iterable[Change]) -> Table:
    """The changes for people."""
    made = Table(title="What changes for whom", title_justify="left")
    for heading in ("", "audience", "what", "which", "how"):
        made.add_column(heading, overflow="fold")
    for change in found:
        words = (change.audience or "everybody", change.subject, ", ".join(change.parts), change.how)
        made.add_row(change.direction.value, *map(escape, words), style=_COLOURS[change.direction])
    return made
