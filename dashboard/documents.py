"""The committed documents: what each page asks, for whom; a data protection officer can read them all in one folder."""

from functools import cache
from importlib.resources import files

from schema.vocabulary import Audience

_FOLDER = files("dashboard").joinpath("documents")


@cache
def document_of(name: str, audience: Audience) -> str | None:
    """The text of a document: the audience's own where there is one, else everybody's; None where it has none."""
    for file in (f"{name}.{audience.value}.graphql", f"{name}.graphql"):
        found = _FOLDER.joinpath(file)
        if found.is_file():
            return found.read_text("utf-8")
    return None


@cache
def names() -> tuple[str, ...]:
    """The names of all documents."""
    return tuple(sorted({found.name.split(".")[0] for found in _FOLDER.iterdir() if found.name.endswith(".graphql")}))
