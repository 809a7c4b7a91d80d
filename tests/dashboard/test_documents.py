"""What pages ask is committed, fits the schema of whoever is offered the page, and goes through one function."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from dashboard import documents
from dashboard.navigation import ENTRIES, open_to
from graph.schemas.roles import schema_of
from schema.vocabulary import Audience

FOLDER = Path(documents.__file__).parent / "documents"
# Who is offered what, typed from the issue: a page that opens to somebody else fails here.
OFFERED = {
    "inbox": {"CRI"},
    "deadlines": {"CRI", "ASE"},
    "referrals": {"ASM", "ASO", "COO"},
    "accesses": {"DPO", "DEL", "SUP"},
    "entry": {"LIS"},
    "network": {"ADM", "DEL"},
    "matrix": {"ADM", "DEL", "DPO"},
    "developers": {"ADM", "DEL"},
    "validation": {"SUP"},
    "bilan": {"LIS", "SUP", "ANA", "CRI", "ASE", "ASM", "ASO", "DPO", "ONP"},
    "monitoring": {"LIS", "SUP", "ANA", "CRI", "ASE", "ASM", "ASO", "DPO", "ONP"},
}


def fits(document: str, audience: Audience) -> bool:
    return not validate(schema_of(audience), parse(document))


@pytest.mark.parametrize("file", sorted(path.name for path in FOLDER.glob("*.*.graphql")))
def test_a_document_of_some_audiences_fits_their_schemas(file: str) -> None:
    _, *audiences, _ = file.split(".")
    for audience in audiences:
        assert validate(schema_of(Audience(audience)), parse((FOLDER / file).read_text())) == []


def test_no_document_is_written_twice() -> None:
    texts = [path.read_text() for path in FOLDER.iterdir()]
    assert len(set(texts)) == len(texts)


def test_a_document_gets_the_shared_fragments_that_it_names_and_no_other() -> None:
    for name in documents.names():
        given = {audience: documents.document_of(name, audience) for audience in Audience}
        for text in {one for one in given.values() if one is not None}:
            # One whom it fits is enough: what it holds is the same for all of them.
            if any(fits(text, audience) for audience, one in given.items() if one == text):
                defined = re.findall(r"(?m)^fragment (\w+)", text)
                assert sorted(defined) == sorted(set(re.findall(r"\.\.\. ?(?!on\b)(\w+)", text))), name
    circuit = documents.document_of("circuit", Audience.ANA)
    assert circuit is not None and circuit.count("fragment About on Indicator") == 1 and fits(circuit, Audience.ANA)


def test_pages_are_offered_to_whom_they_are_for() -> None:
    people = [audience for audience in Audience if audience.role is not None]
    for entry in ENTRIES:
        found = {audience.value for audience in people if open_to(fits, entry.key, audience)}
        assert found == OFFERED[entry.key], entry.key
    assert set(OFFERED) == {entry.key for entry in ENTRIES}


def test_every_document_says_in_french_what_it_is_for_and_is_one_operation() -> None:
    for path in sorted(FOLDER.iterdir()):
        text = path.read_text()
        assert re.match(r"# [^\n]+\.\n(query|mutation) [A-Z]\w+", text), path.name
        assert len(re.findall(r"^(query|mutation) ", text, re.MULTILINE)) == 1, path.name
