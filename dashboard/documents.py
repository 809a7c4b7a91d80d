"""The committed documents: what each page asks, for whom; a data protection officer can read them all in one folder."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from schema.vocabulary import Audience

_FOLDER = files("dashboard").joinpath("documents")
_ENDING = ".graphql"
_EVERYBODY = ""


def document_of(name: str, audience: Audience) -> str | None:
    """The text of a document: the audience's own where there is one, else everybody's; None where it has none."""
    known = _texts()
    return known.get((name, audience.value)) or known.get((name, _EVERYBODY))


def names() -> tuple[str, ...]:
    """The names of all documents."""
    return tuple(sorted({name for name, _ in _texts()}))


@cache
def _texts() -> dict[tuple[str, str], str]:
    """By name and audience; a file says whom it is for: NAME.AUDIENCE.AUDIENCE.graphql, or NAME.graphql."""
    return {
        (name, audience): found.read_text("utf-8")
        for found in _FOLDER.iterdir()
        if found.name.endswith(_ENDING)
        for name, audience in _meant_for(found.name.removesuffix(_ENDING))
    }


def _meant_for(file: str) -> Iterator[tuple[str, str]]:
    name, *audiences = file.split(".")
    yield from ((name, audience) for audience in audiences or [_EVERYBODY])
