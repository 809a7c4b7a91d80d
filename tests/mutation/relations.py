"""Mutants of the SQL that says what each relation of `reach` means: one condition, word or branch at a time.

The text is read into a tree of parentheses and CASE ... END, just deep enough to find what is joined by AND, OR,
UNION ALL, `*`, and what is listed by IN. Whatever stands there today is mutated: nothing here names a relation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from loaders.policy import reach
from schema import vocabulary

_TOKEN = re.compile(r"'(?:[^']|'')*'|::|<>|<=|>=|\|\||[A-Za-z_][\w.]*|\d+|\S")
_STARTS = {"WHERE", "ON", "WHEN"}
_ENDS = {"WHERE", "ON", "WHEN", "THEN", "ELSE", "JOIN", "LEFT", "CROSS", "UNION", "GROUP", "ORDER", "LIMIT", ","}
_EVER, _FOREVER = "'-infinity'::timestamptz", "'infinity'::timestamptz"
_FULL = "'{(,)}'::tstzmultirange"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a text: what stands between two places becomes something else."""

    start: int
    end: int
    new: str
    what: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]


@dataclass(slots=True)
class Part:
    """A word, or a group of parts between parentheses or CASE and END."""

    start: int
    end: int
    word: str
    inner: list["Part"] = field(default_factory=list)


def read(text: str) -> list[Part]:
    """The text as a tree."""
    stack: list[list[Part]] = [[]]
    opened: list[Part] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        part = Part(match.start(), match.end(), word)
        if word in {"(", "CASE"}:
            stack[-1].append(part)
            opened.append(part)
            stack.append(part.inner)
        elif word in {")", "END"}:
            stack.pop()
            opened.pop().end = match.end()
        else:
            stack[-1].append(part)
    return stack[0]


def changes(text: str) -> Iterator[Change]:
    """Every change of what comes after the first SELECT of a statement, once each."""
    parts = read(text)
    first = next(place for place, part in enumerate(parts) if part.word == "SELECT")
    yield from dict.fromkeys(_of_level(text, parts[first:]))


def _of_level(text: str, parts: list[Part]) -> Iterator[Change]:
    yield from _branches(text, parts)
    yield from _regions(text, parts)
    yield from _lists(text, parts)
    yield from _factors(text, parts)
    yield from _moments(text, parts)
    for part in parts:
        yield from _of_level(text, part.inner)


def _branches(text: str, parts: list[Part]) -> Iterator[Change]:
    """Each branch of a UNION ALL gives nothing."""
    branches: list[list[Part]] = [[]]
    for place, part in enumerate(parts):
        if part.word == "UNION":
            branches.append([])
        elif not (part.word == "ALL" and parts[place - 1].word == "UNION"):
            branches[-1].append(part)
    if len(branches) == 1:
        return
    for branch in branches:
        start, end = branch[0].start, branch[-1].end
        yield Change(
            start, end, f"SELECT * FROM ({text[start:end]}) b WHERE false", f"no branch «{_short(text[start:end])}»"
        )


def _regions(text: str, parts: list[Part]) -> Iterator[Change]:
    """Each condition holds; each alternative fails."""
    place = 0
    if parts and parts[0].word not in {"SELECT", "VALUES", "WHEN"} and any(p.word in {"AND", "OR"} for p in parts):
        yield from _conditions(text, parts[: _length(parts, 0)])
        place = _length(parts, 0)
    simple_case = bool(parts) and parts[0].word not in {"WHEN", "SELECT"} and any(p.word == "THEN" for p in parts)
    while place < len(parts):
        word = parts[place].word
        place += 1
        if word not in _STARTS or (word == "WHEN" and simple_case):
            continue
        length = _length(parts, place)
        yield from _conditions(text, parts[place : place + length])
        place += length


def _length(parts: list[Part], start: int) -> int:
    return next((n for n, part in enumerate(parts[start:]) if part.word in _ENDS), len(parts) - start)


def _conditions(text: str, region: list[Part]) -> Iterator[Change]:
    alternatives = _split(region, "OR")
    for alternative in alternatives:
        start, end = alternative[0].start, alternative[-1].end
        if len(alternatives) > 1:
            yield Change(start, end, "false", f"without the alternative «{_short(text[start:end])}»")
        for condition in _split(alternative, "AND"):
            start, end = condition[0].start, condition[-1].end
            yield Change(start, end, "true", f"without «{_short(text[start:end])}»")
            if len(condition) == 1 and condition[0].word == "CASE":
                yield from _outcomes(text, condition[0].inner)


def _outcomes(text: str, parts: list[Part]) -> Iterator[Change]:
    """What a CASE that is itself a condition asks in each of its branches."""
    for place, part in enumerate(parts):
        if part.word in {"THEN", "ELSE"}:
            rest = parts[place + 1 :]
            asked = rest[: next((n for n, one in enumerate(rest) if one.word in {"WHEN", "ELSE"}), len(rest))]
            start, end = asked[0].start, asked[-1].end
            yield Change(start, end, "true", f"without «{_short(text[start:end])}»")


def _split(parts: list[Part], word: str) -> list[list[Part]]:
    found: list[list[Part]] = [[]]
    for part in parts:
        if part.word == word:
            found.append([])
        else:
            found[-1].append(part)
    return found


def _lists(text: str, parts: list[Part]) -> Iterator[Change]:
    """Each word of a list is taken out, each other word of the same vocabulary is put in."""
    for place, part in enumerate(parts[:-1]):
        listed = parts[place + 1]
        words = [one.word.strip("'") for one in listed.inner if one.word.startswith("'")]
        if part.word != "IN" or not words:
            continue
        subject = _short(text[parts[place - 1].start : part.end])
        for word in words:
            if len(words) > 1:
                kept = ", ".join(f"'{one}'" for one in words if one != word)
                yield Change(listed.start, listed.end, f"({kept})", f"«{subject}» without {word}")
        for word in _others(words):
            more = ", ".join(f"'{one}'" for one in [*words, word])
            yield Change(listed.start, listed.end, f"({more})", f"«{subject}» with {word}")


def _others(words: list[str]) -> list[str]:
    """The rest of the smallest vocabulary that has all these words."""
    known = [
        {str(one.value) for one in kind}
        for kind in vars(vocabulary).values()
        if isinstance(kind, type) and issubclass(kind, Enum) and kind is not Enum
    ]
    fitting = [one for one in known if one.issuperset(words)]
    return sorted(min(fitting, key=len) - set(words)) if fitting else []


def _factors(text: str, parts: list[Part]) -> Iterator[Change]:
    """Of periods that are intersected, each is left out."""
    for place, part in enumerate(parts):
        if part.word != "coalesce" or not any(one.word == "*" for one in parts):
            continue
        group = parts[place + 1]
        yield Change(part.start, group.end, _FULL, f"whatever the period «{_short(text[group.start : group.end])}»")


def _moments(text: str, parts: list[Part]) -> Iterator[Change]:
    """Beginnings and ends that are not looked at; of several, each is left out."""
    for place, part in enumerate(parts):
        group = parts[place + 1] if place + 1 < len(parts) else part
        inside = text[group.start : group.end]
        if part.word == "coalesce" and inside.rstrip(") ").endswith(("'infinity'", _FOREVER)):
            yield Change(part.start, group.end, _FOREVER, f"without the end «{_short(inside)}»")
        elif part.word in {"greatest", "least"}:
            for argument in _split(group.inner, ","):
                start, end = argument[0].start, argument[-1].end
                new = _EVER if part.word == "greatest" else _FOREVER
                yield Change(start, end, new, f"{part.word} without «{_short(text[start:end])}»")
        elif part.word == "(" and re.match(r"\(\w+\.starts_on\b", text[part.start : part.end]):
            yield Change(part.start, part.end, _EVER, f"without the beginning «{_short(text[part.start : part.end])}»")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 90 else flat[:60] + " … " + flat[-25:]


def relation_at(start: int, text: str) -> str:
    """The name of the relation in whose definition a place stands."""
    for name, definition in reach.relations().items():
        where = text.find(definition)
        if where <= start < where + len(definition):
            return name
    return "view"
