"""Answers that were decided before: while the numbers of a year stay as they are, so does what may be shown of them.

The statement runs every time, so who may not ask gets nothing and nobody reads numbers of yesterday; what is spared is only to
decide again what the same numbers show. Kept are answers as they leave, under the digest of what they were made of.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from loaders.monitoring.periods import PARIS
from schema.types.monitoring import NationalMonitoring
from schema.types.own_monitoring import AuthorityMonitoring

T = TypeVar("T", NationalMonitoring, AuthorityMonitoring)

KEPT = 64
# `computed_at` stands first (loaders/monitoring/document.py): what comes after it is what was counted.
_FIRST = '{"computed_at":"'


class Remembered:
    """The answers given last, of one process."""

    def __init__(self, size: int = KEPT) -> None:
        self._size = size
        self._answers: OrderedDict[Hashable, NationalMonitoring | AuthorityMonitoring] = OrderedDict()

    def answer(self, asked: Hashable, body: bytes | str | Mapping[str, Any], decide: Callable[[], T]) -> T:
        """What the numbers in a body show; `asked` is all else that the decision depends on."""
        text = body.decode() if isinstance(body, bytes) else body
        if not isinstance(text, str) or not text.startswith(_FIRST):
            return decide()
        moment, _, counted = text[len(_FIRST) :].partition('"')
        today = datetime.fromisoformat(moment).astimezone(PARIS).date()
        # The day is part of it: with each one, more may be over.
        key = (asked, today, hashlib.sha256(counted.encode()).digest())
        known = self._answers.get(key)
        if known is None:
            made = decide()
            self._answers[key] = made
            if len(self._answers) > self._size:
                self._answers.popitem(last=False)
            return made
        self._answers.move_to_end(key)
        return known  # type: ignore[return-value]  # of one question, one type


NOTHING_REMEMBERED = Remembered(0)
"""For whoever asks once."""
