"""Verdicts of a long run, kept as they come: a run that was cut short goes on where it stopped, for the same code only."""

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.mutant import Mutant
from tests.mutation.runner import Outcome, Verdict

_ROOMS = ("auth", "loaders", "schema", "tests")


def code() -> str:
    """Which code a verdict is about: every module of ours that was loaded, the tests too."""
    files = sorted(
        file
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in _ROOMS and (file := module.__file__) is not None
    )
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A file with one verdict per line, after a line that says of which code."""

    path: Path

    def known(self, mutants: Iterable[Mutant]) -> list[Verdict]:
        """The verdicts that were reached before; the file begins anew where the code is another."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        if not lines or json.loads(lines[0]) != {"code": code()}:
            self.path.write_text(json.dumps({"code": code()}) + "\n", encoding="utf-8")
            return []
        # Several mutants may have one name: they were tried in their order.
        named: dict[str, list[Mutant]] = defaultdict(list)
        for mutant in mutants:
            named[str(mutant)].append(mutant)
        return list(_read(lines[1:], named))

    def add(self, verdict: Verdict) -> None:
        """One more."""
        line = {
            "mutant": str(verdict.mutant),
            "outcome": verdict.outcome.value,
            "by": verdict.by,
            "seconds": verdict.seconds,
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _read(lines: Iterable[str], named: Mapping[str, list[Mutant]]) -> Iterator[Verdict]:
    for line in lines:
        found = json.loads(line)
        several = named.get(found["mutant"])
        if several:
            yield Verdict(several.pop(0), Outcome(found["outcome"]), found["by"], found["seconds"])


__all__ = ["Kept", "code"]
