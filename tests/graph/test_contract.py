"""The committed contract is the schema that is served."""

from pathlib import Path

import pytest

from graph.schemas.contract import contract_of, write_contract
from graph.schemas.roles import schema_of
from schema.vocabulary import Audience

FOLDER = Path(__file__).resolve().parent.parent.parent / "schema" / "contract"


@pytest.mark.parametrize("audience", Audience)
def test_the_committed_contract_is_current(audience: Audience) -> None:
    committed = FOLDER / f"{audience.value}.graphql"
    assert committed.read_text(encoding="utf-8") == contract_of(audience), "run `make contract`, and review the change"


def test_there_is_a_contract_of_each_audience_and_of_nobody_else() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{audience.value}.graphql" for audience in Audience}


def test_writing_the_contract_removes_what_is_no_audience(tmp_path: Path) -> None:
    (tmp_path / "XYZ.graphql").write_text("type Query { a: Int }")
    (tmp_path / "notes.txt").write_text("kept")
    write_contract(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "notes.txt", *(f"{audience.value}.graphql" for audience in Audience)
    }  # fmt: skip


@pytest.mark.parametrize("audience", Audience)
def test_the_contract_says_nothing_of_the_policy(audience: Audience) -> None:
    text = contract_of(audience)
    directives = {name.name for name in schema_of(audience).directives}
    assert directives == {"include", "skip", "deprecated", "specifiedBy", "oneOf"}
    assert "directive @" not in text
