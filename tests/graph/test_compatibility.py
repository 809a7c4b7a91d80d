"""What breaks a partner's client is seen, and told in the changelog before it is released."""

from pathlib import Path

import pytest
from graphql import build_schema

from graph.schemas.compatibility import bare, changes, released, untold
from graph.schemas.contract import contract_of
from schema.vocabulary import Audience

ROOT = Path(__file__).resolve().parents[2]
RELEASED = released(ROOT / "schema" / "released")
CRI, ASM = Audience.CRI, Audience.ASM
BEFORE = """
type Query { a: Int b(c: Int): Int d: E }
enum E { X Y }
input I { a: Int }
"""


def test_a_breaking_change_since_the_last_release_is_told() -> None:
    found = changes(RELEASED, {audience: contract_of(audience) for audience in Audience})
    missing = untold(found, (ROOT / "docs" / "CHANGELOG.md").read_text())
    assert missing == [], "tell it in docs/CHANGELOG.md under Unreleased, in these words: " + "; ".join(
        map(str, missing)
    )


def test_the_last_release_has_a_schema_of_each_audience_without_descriptions() -> None:
    assert set(RELEASED) == set(Audience)
    for text in RELEASED.values():
        assert '"""' not in text
        assert "Query" in build_schema(text).type_map


@pytest.mark.parametrize(
    ("old", "new", "breaking", "sentence"),
    [
        ("a: Int b", "b", True, "Field Query.a was removed."),
        ("a: Int b", "a: String b", True, "Field Query.a changed type from Int to String."),
        ("c: Int)", "c: Int!)", True, "Argument Query.b(c:) has changed type from Int to Int!."),
        ("(c: Int)", "(c: Int, e: Int!)", True, "A required argument Query.b(e:) was added."),
        ("X Y", "X", True, "Enum value E.Y was removed."),
        ("input I { a: Int }", "", True, "I was removed."),
        ("X Y", "X Y Z", False, "Enum value E.Z was added."),
        ("{ a: Int }", "{ a: Int b: Int }", False, "An optional field I.b was added."),
    ],
)
def test_a_change_is_told_apart_by_what_it_does_to_a_client(old: str, new: str, breaking: bool, sentence: str) -> None:
    [found] = changes({CRI: BEFORE, ASM: BEFORE}, {CRI: BEFORE.replace(old, new), ASM: BEFORE})
    assert (found.breaking, found.audiences, found.sentence) == (breaking, (CRI,), sentence)


def test_an_audience_that_goes_breaks_all_its_clients() -> None:
    [found] = changes({CRI: BEFORE}, {ASM: BEFORE})
    assert (found.breaking, found.sentence) == (True, "CRI is no audience any more.")


def test_only_what_is_unreleased_counts_as_told() -> None:
    [found] = changes({CRI: BEFORE}, {CRI: BEFORE.replace("a: Int b", "b")})
    assert untold([found], "## Unreleased\n\n### Breaking\n\n## 1.0\n\n- " + found.sentence) == [found]
    assert untold([found], f"## Unreleased\n\n### Breaking\n\n- {found.sentence} Use b.\n\n## 1.0\n") == []


def test_a_dangerous_change_needs_no_words() -> None:
    [found] = changes({CRI: BEFORE}, {CRI: BEFORE.replace("X Y", "X Y Z")})
    assert untold([found], "") == []


def test_a_bare_schema_is_the_same_schema() -> None:
    text = contract_of(ASM)
    assert changes({ASM: text}, {ASM: bare(text)}) == changes({ASM: bare(text)}, {ASM: text}) == []
