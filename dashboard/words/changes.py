"""What changed between two versions of the policy, in French: what opened first, the database's own part apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from auth.comparing import Change, Direction, Kind, differences
from auth.policy import Act
from dashboard.words.acts import ACTS
from dashboard.words.rules import alternative
from schema.vocabulary import Audience, Category, Purpose, Role, WithheldReason

# Whom a change concerns that is of no audience.
EVERYBODY = "Toutes les habilitations"


@dataclass(frozen=True, slots=True)
class Line:
    """One change: what, which parts of it, and how; the parts are names of the API."""

    what: str
    parts: tuple[str, ...]
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that goes one way: lines under the name of whom they concern."""

    direction: Direction
    sign: str
    title: str
    tone: str
    meaning: str
    lines: Sequence[tuple[str, Sequence[Line]]]

    @property
    def count(self) -> int:
        """How many changes."""
        return sum(len(lines) for _, lines in self.lines)

    def of(self, whom: str) -> "Group":
        """Those of one reader."""
        return replace(self, lines=[(name, lines) for name, lines in self.lines if name == whom])


TITLES: Mapping[Direction, tuple[str, str, str, str]] = {
    Direction.WIDER: ("+", "Ouvre", "alarm", "Quelqu’un voit ou fait davantage qu’avant."),
    Direction.UNPROVEN: (
        "±",
        "Ouvre peut-être",
        "warm",
        "Le texte d’une condition a changé : à relire comme une ouverture.",
    ),
    Direction.NARROWER: ("−", "Ferme", "good", "Quelqu’un voit ou fait moins qu’avant."),
    Direction.SAID: ("=", "Se dit autrement", "now", "La même chose est écrite autrement."),
}


def groups(found: Sequence[Change], *, of_database: bool) -> list[Group]:
    """The changes of what people see and do, or those of the database's own wall."""
    made = []
    for direction, (sign, title, tone, meaning) in TITLES.items():
        ours = [one for one in found if one.direction is direction and one.kind.of_database is of_database]
        by_whom = [(whom, [_line(one) for one in _whole(several)]) for whom, several in groupby(ours, key=_whom)]
        if by_whom:
            made.append(Group(direction, sign, title, tone, meaning, by_whom))
    return made


def _whole(several: Iterable[Change]) -> Iterator[Change]:
    """The changes of one reader; a type that comes or goes is told once, with all that is in it."""
    found = list(several)
    alike = {
        (one.name, one.was, one.now): one
        for one in found
        if one.kind is Kind.ROWS and (one.was is None or one.now is None)
    }
    parts = {key: set(one.parts) for key, one in alike.items()}
    for one in found:
        key = (one.name, one.was, one.now)
        if one.kind is Kind.FIELD and key in alike:
            parts[key] |= set(one.parts)
        elif one.kind is not Kind.ROWS or key not in alike:
            yield one
    for key, one in alike.items():
        yield replace(one, parts=tuple(sorted(parts[key])))


def _whom(change: Change) -> str:
    return audience(change.audience) if change.audience else EVERYBODY


def audience(code: str) -> str:
    """The name of a reader; of one that this version does not know, its code."""
    return Audience(code).label if code in set(Audience) else code


def _line(change: Change) -> Line:
    what, parts = _SUBJECTS[change.kind](change)
    return Line(what, parts, tuple(_how(change)))


def _subject(words: str) -> Callable[[Change], tuple[str, tuple[str, ...]]]:
    return lambda change: (words.format(name=change.name), change.parts)


def _act(change: Change) -> tuple[str, tuple[str, ...]]:
    # An act of an older policy may have another name, and a page is no place to stop at a word that is missing.
    known = Act.__members__.get(change.name)
    return ACTS.get(known, known.sentence) if known else change.name, tuple(audience(code) for code in change.parts)


def _purpose(change: Change) -> tuple[str, tuple[str, ...]]:
    role = Role(change.name).label if change.name in set(Role) else change.name
    return f"finalités : {role}", tuple(Purpose(word).label if word in set(Purpose) else word for word in change.parts)


def _field(change: Change) -> tuple[str, tuple[str, ...]]:
    return change.name + (f" · {_category(change.group)}" if change.group else ""), change.parts


def _category(code: str) -> str:
    return Category(code).label if code in set(Category) else code


_SUBJECTS: Mapping[Kind, Callable[[Change], tuple[str, tuple[str, ...]]]] = {
    Kind.CELL: lambda change: (f"cellule : {_category(change.name)}", ()),
    Kind.ROWS: lambda change: (
        change.name if change.was is None or change.now is None else f"{change.name} : les lignes",
        change.parts,
    ),
    Kind.FIELD: _field,
    Kind.REASON: _field,
    Kind.ACT: _act,
    Kind.PURPOSE: _purpose,
    Kind.CONDITION: _subject("condition"),
    Kind.RELATION: _subject("relation"),
    Kind.GRANT: _subject("colonnes de {name}"),
    Kind.ROW_POLICY: _subject("lignes des tables"),
    Kind.LOGIN: _subject("compte du serveur"),
}


def _how(change: Change) -> list[str]:
    gone, come = change.now is None, change.was is None
    match change.kind:
        case Kind.ROWS | Kind.FIELD:
            return _rule(change)
        case Kind.CELL | Kind.REASON:
            return [f"{_word(change.was)} devient {_word(change.now)}"]
        case Kind.ACT | Kind.PURPOSE:
            return ["désormais permis" if come else "n’est plus permis"]
        case Kind.LOGIN:
            return [" ".join(change.now or change.was or ())]
        case _:
            return ["nouveau" if come else "n’existe plus" if gone else "demande autre chose à la base"]


def _word(side: tuple[str, ...] | None) -> str:
    return " ".join(
        WithheldReason(word).label if word in set(WithheldReason) else "rien" if word == "nothing" else word
        for word in side or ()
    )


def _rule(change: Change) -> list[str]:
    if change.now is None:
        return ["n’existe plus dans ce schéma"]
    if change.was is None:
        asked = [alternative(words) for words in change.now if words]
        return ["devient visible" + (f", si {' ; ou si '.join(asked)}" if asked else "")]
    gone, come = differences(change.was, change.now)
    return [f"ne suffit plus : {alternative(words)}" for words in gone or ()] + [
        f"suffit désormais : {alternative(words)}" for words in come or ()
    ]


__all__ = ["EVERYBODY", "TITLES", "Group", "Line", "audience", "groups"]
