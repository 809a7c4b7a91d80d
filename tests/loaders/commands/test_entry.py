"""What people type: a text is there when it can be seen, and reads as what it is."""

import pytest

from loaders.commands.entry import names, optional, required
from schema.errors import BadInputError

# Names are told by their code points: a blank in a test's name is read as nothing.
UNSEEN = {
    "blanks": " \t\n\u00a0\u3000", "zero width": "\u200b\u200c\u200d", "byte order": "\ufeff", "word joiner": "\u2060",
    "soft hyphen": "\u00ad", "hangul": "\u115f\u1160\u3164\uffa0", "braille": "\u2800", "selector": "\ufe0f",
    "mark": "\u0301", "tags": "\U000e0041\U000e007f", "grapheme joiner": "\u034f",
}  # fmt: skip


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_a_reason_that_nobody_can_see_is_none(text: str) -> None:
    assert optional(text, "reason") is None
    for refuse in (lambda: required(text, "reason"), lambda: names([text], "reason")):
        with pytest.raises(BadInputError) as refused:
            refuse()
        assert refused.value.reason == "EMPTY"


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u202d", "\u2066", "\u2069", "\u2028", "\x85", "\x1b", "\x00", "\ud800"], ids=ascii
)
def test_what_makes_a_name_read_as_another_is_refused(sign: str) -> None:
    with pytest.raises(BadInputError) as refused:
        required(f"Lina{sign}txt.exe", "name")
    assert refused.value.reason == "INVALID_TEXT"


@pytest.mark.parametrize(
    "text", ["لينا", "می\u200cخواهم", "\u200fלינה\u200f", "👩\u200d👧", "-", "?", "Zoé\nTél. 3"], ids=ascii
)
def test_what_can_be_seen_is_kept_as_it_is(text: str) -> None:
    assert optional(f" {text} ", "name") == text
