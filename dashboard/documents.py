"""The committed documents: what each page asks, for whom; a data protection officer can read them all in one folder.

What several ask alike is a fragment, written once in the folder beside it; a document gets those that it names.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from graphql import FragmentDefinitionNode, FragmentSpreadNode, Node, Visitor, parse, print_ast, visit

from schema.vocabulary import Audience

_FOLDER = files("dashboard").joinpath("documents")
_FRAGMENTS = files("dashboard").joinpath("fragments")
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
        (name, audience): _complete(found.read_text("utf-8"))
        for found in _FOLDER.iterdir()
        if found.name.endswith(_ENDING)
        for name, audience in _meant_for(found.name.removesuffix(_ENDING))
    }


def _meant_for(file: str) -> Iterator[tuple[str, str]]:
    name, *audiences = file.split(".")
    yield from ((name, audience) for audience in audiences or [_EVERYBODY])


class _Spreads(Visitor):
    """The names of the fragments that a node asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        """Keep its name."""
        self.names.append(node.name.value)


def _named_in(node: Node) -> list[str]:
    found = _Spreads()
    visit(node, found)
    return found.names


@cache
def _shared() -> dict[str, FragmentDefinitionNode]:
    parsed = [parse(found.read_text("utf-8")) for found in _FRAGMENTS.iterdir() if found.name.endswith(_ENDING)]
    return {
        one.name.value: one
        for document in parsed
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }


def _complete(text: str) -> str:
    """A document with the shared fragments that it names, and those that these name; one of its own goes before."""
    document = parse(text)
    known = {one.name.value for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    wanted, added = _named_in(document), []
    while wanted:
        name = wanted.pop(0)
        if name not in known and name in _shared():
            known.add(name)
            added.append(_shared()[name])
            wanted += _named_in(_shared()[name])
    return "\n\n".join([text.rstrip("\n"), *map(print_ast, added)]) + "\n"
