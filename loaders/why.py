"""Why somebody sees one field of a case, or does not: the very atoms of the doors, asked one by one of the database.

Nothing here reads a protected value: each row of an answer is an id and truth values. Under an atom that looks up a
relation stand the facts of which the relation is made (loaders/reach.py), each with who may change it, so that a "no"
comes with what is missing.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Date, Text, and_, cast, exists, func, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from auth.conditions import Condition
from auth.policy import PURPOSES, Act, Cell, decision
from loaders.conditions import row_rule
from loaders.context import BOUND, bind, one_of, values, word
from loaders.doors import column_rule
from loaders.meanings import meaning, situation_of
from loaders.nouns import NOUNS, Noun
from loaders.relations import RECEIVED, RUNNING
from loaders.rules import Atom, Rule
from loaders.standing import habilitation_is_live, organisation_is_open
from loaders.statement import camel, compiled
from schema.errors import SetupError
from schema.tables.contact import contact
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_client
from schema.tables.people import habilitation, member
from schema.tables.protection import ase_link, measure
from schema.tables.referral import referral
from schema.tables.report import concern_report
from schema.tables.sharing import emergency_access, information_duty, sharing_grant
from schema.tables.situation import situation, situation_jurisdiction
from schema.vocabulary import (
    Audience,
    Category,
    MandateKind,
    OrgKind,
    Purpose,
    ReferralKind,
    Role,
    organisation_audience,
    role_audience,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds or does not, and who may change it."""

    sentence: str
    holds: bool
    who: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One atom: the numbers of the conditions it belongs to, what it says, whether it holds, what it rests on."""

    atom: str
    conditions: tuple[int, ...]
    sentence: str
    holds: bool
    who: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Atoms that must all hold; of several alternatives one is enough."""

    holds: bool
    atoms: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """One row of the type: why it is there, why the field is shown on it."""

    id: str
    row: tuple[Alternative, ...]
    field: tuple[Alternative, ...]
    exists: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer; `reason` is what `withheld` says where the row is there and the field is not."""

    audience: Audience
    purpose: Purpose | None
    field: str
    category: Category
    cell: Cell
    standing: tuple[Fact, ...]
    in_schema: bool
    reason: str | None
    rows: tuple[RowAnswer, ...]

    @property
    def stands(self) -> bool:
        """Whether the caller may ask anything at all."""
        return all(fact.holds for fact in self.standing)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A fact still to be asked of the database."""

    sentence: str
    clause: ColumnElement[bool]
    who: str


# ---------------------------------------------------------------- who asks


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked about, with what they need before any condition."""

    caller: Caller
    standing: tuple[Fact, ...]


async def person(
    connection: asyncpg.Connection[Any], office: str, somebody: str | None, chosen: str | None, purpose: Purpose | None
) -> Person:
    """A member of an organisation under one habilitation and one purpose; without a member, the organisation's own tool.

    Raises: SetupError where the words name nobody, or several.
    """
    place = await _organisation(connection, office)
    if somebody is None:
        audience = organisation_audience(OrgKind(place["kind"]))
        if audience is None:
            raise SetupError(f"{place['name']} has no tool that may ask by itself.")
        standing = await _facts(connection, {"organisation": place["id"]}, _standing_of_organisation())
        return Person(_caller(place, audience, None, None, None), standing)
    found = await _member(connection, place["id"], somebody)
    held = await _habilitation(connection, found["id"], place["id"], chosen)
    role = Role(held["role"])
    wanted = _purpose(role, purpose)
    binds = {"organisation": place["id"], "member": found["id"], "habilitation": held["id"]}
    standing = await _facts(connection, binds, [*_standing_of_organisation(), *_standing_of_member()])
    allowed = Fact(f"{wanted.value} is a purpose of {role.value}.", wanted in PURPOSES[role], "choose another purpose")
    return Person(_caller(place, role_audience(role), found["id"], held["id"], wanted), (*standing, allowed))


def _purpose(role: Role, wanted: Purpose | None) -> Purpose:
    if wanted is not None:
        return wanted
    several = sorted(PURPOSES[role], key=lambda one: one.value)
    if len(several) > 1:
        names = ", ".join(one.value for one in several)
        raise SetupError(f"{role.value} has several purposes: choose one with --purpose ({names}).")
    return several[0]


def _caller(place: Any, audience: Audience, who: UUID | None, held: UUID | None, purpose: Purpose | None) -> Caller:
    return Caller(
        audience=audience,
        client_id="",
        organisation_id=place["id"],
        organisation_kind=OrgKind(place["kind"]),
        mandate_kind=MandateKind(place["mandate_kind"]) if place["mandate_kind"] else None,
        authority_id=place["authority_id"],
        member_id=who,
        habilitation_id=held,
        purpose=purpose,
        scopes=frozenset(),
        token_id="",
        expires_at=0,
        epochs="",
    )


async def _organisation(connection: asyncpg.Connection[Any], name: str) -> Any:
    """By id, by the id of one of its clients, or by its name."""
    rows = await _rows(
        connection,
        select(
            organisation.c.id,
            organisation.c.name,
            organisation.c.kind,
            organisation.c.mandate_kind,
            organisation.c.authority_id,
        ).where(
            or_(
                cast(organisation.c.id, Text) == _asked("name"),
                organisation.c.name == _asked("name"),
                exists().where(
                    oauth_client.c.organisation_id == organisation.c.id, oauth_client.c.id == _asked("name")
                ),
            )
        ),
        {"name": name.removeprefix("org_")},
    )
    return _one(rows, f"organisation {name}")


async def _member(connection: asyncpg.Connection[Any], office: UUID, name: str) -> Any:
    rows = await _rows(
        connection,
        select(member.c.id).where(
            member.c.organisation_id == _asked("organisation", Uuid(as_uuid=True)),
            or_(cast(member.c.id, Text) == _asked("name"), member.c.name == _asked("name")),
        ),
        {"organisation": office, "name": name.removeprefix("mem_")},
    )
    return _one(rows, f"member {name} of this organisation")


async def _habilitation(connection: asyncpg.Connection[Any], who: UUID, office: UUID, chosen: str | None) -> Any:
    """The one asked for by role or id; else the only live one, else the only one."""
    rows = await _rows(
        connection,
        select(habilitation.c.id, habilitation.c.role, habilitation_is_live().label("live"))
        .where(
            habilitation.c.member_id == _asked("member", Uuid(as_uuid=True)),
            habilitation.c.organisation_id == _asked("organisation", Uuid(as_uuid=True)),
        )
        .order_by(habilitation.c.valid_from),
        {"member": who, "organisation": office},
    )
    if chosen is not None:
        rows = [row for row in rows if chosen in {row["role"], str(row["id"]), f"hab_{row['id']}"}]
    live = [row for row in rows if row["live"]]
    named = ", ".join(f"{row['role']} {row['id']}" for row in rows)
    return _one(live or rows[-1:], "habilitation of this member", f"choose one with --habilitation ({named})")


def _one(rows: Sequence[Any], what: str, several: str = "give its id") -> Any:
    if not rows:
        raise SetupError(f"There is no {what}.")
    if len(rows) > 1:
        raise SetupError(f"There are several of {what}: {several}.")
    return rows[0]


def _standing_of_organisation() -> list[_Claim]:
    office = _asked("organisation", Uuid(as_uuid=True))
    return [
        _Claim(
            "The organisation is active, and within the dates of its convention.",
            exists().where(organisation.c.id == office, organisation_is_open()),
            "ADM",
        ),
        _Claim(
            "One of its tools is active.",
            exists().where(oauth_client.c.organisation_id == office, oauth_client.c.status == word("ACTIVE")),
            "DEL of the organisation, or ADM",
        ),
    ]


def _standing_of_member() -> list[_Claim]:
    return [
        _Claim(
            "The member is active.",
            exists().where(member.c.id == _asked("member", Uuid(as_uuid=True)), member.c.status == word("ACTIVE")),
            "DEL of the organisation",
        ),
        _Claim(
            "The habilitation is active, not revoked, and within its dates.",
            exists().where(habilitation.c.id == _asked("habilitation", Uuid(as_uuid=True)), habilitation_is_live()),
            "DEL of the organisation",
        ),
    ]


# ---------------------------------------------------------------- what is asked


async def case_of(connection: asyncpg.Connection[Any], name: str) -> UUID:
    """A situation by its reference or its id; raises SetupError where there is none."""
    rows = await _rows(
        connection,
        select(situation.c.id).where(
            or_(situation.c.ref == _asked("name"), cast(situation.c.id, Text) == _asked("bare"))
        ),
        {"name": name, "bare": name.removeprefix("sit_")},
    )
    found: UUID = _one(rows, f"situation {name}")["id"]
    return found


async def explain(connection: asyncpg.Connection[Any], who: Person, case: UUID, name: str) -> Answer:
    """Evaluate the rule of a field on each row of its type that hangs on the case."""
    noun, column = _field(name)
    caller = who.caller
    category = noun.table.c[column].info["category"]
    rows, shown = row_rule(caller.audience, noun.table), column_rule(caller.audience, noun, column)
    answers: tuple[RowAnswer, ...] = ()
    if rows is not None and shown is not None:
        answers = await _answers(connection, caller, case, noun, rows, shown)
    return Answer(
        audience=caller.audience,
        purpose=caller.purpose,
        field=name,
        category=category,
        cell=decision(caller.audience, category),
        standing=who.standing,
        in_schema=shown is not None,
        reason=shown.reason.value if shown is not None and shown.reason else None,
        rows=answers,
    )


def _field(name: str) -> tuple[Noun, str]:
    kind, _, wanted = name.partition(".")
    noun = NOUNS.get(kind)
    if noun is None:
        raise SetupError(f"There is no type `{kind}`.")
    column = next((one.name for one in noun.table.c if camel(one.name) == wanted), None)
    if column is None or noun.table.c[column].info["category"] is Category.KEY:
        raise SetupError(f"`{kind}` has no field `{wanted}` that a category protects.")
    if noun.situation_column is None:
        raise SetupError(f"`{kind}` hangs on no situation: `explain ROLE {name}` says all there is to say.")
    return noun, column


async def _answers(
    connection: asyncpg.Connection[Any], caller: Caller, case: UUID, noun: Noun, rows: Rule, shown: Rule
) -> tuple[RowAnswer, ...]:
    atoms = sorted({atom for rule in (rows, shown) for conjunction in rule.any_of for atom in conjunction}, key=str)
    row = noun.table.alias("row")
    key = row.c.id if "id" in row.c else next(iter(row.c))
    wanted = select(
        cast(key, Text).label("id"), *(meaning(atom, row, BOUND).label(f"a{n}") for n, atom in enumerate(atoms))
    )
    found = await _rows(
        connection,
        wanted.where(situation_of(row) == _asked("situation", Uuid(as_uuid=True))).order_by(key),
        {**values(caller), "situation": case},
    )
    facts = await _facts_of(connection, caller, case, atoms)
    return tuple(
        _answer(
            f"{noun.prefix}_{one['id']}",
            rows,
            shown,
            {atom: bool(one[f"a{n}"]) for n, atom in enumerate(atoms)},
            facts,
        )
        for one in found
    )


def _answer(
    identity: str,
    rows: Rule,
    shown: Rule,
    holds: Mapping[Atom, bool],
    facts: Mapping[Atom, tuple[Fact, ...]],
) -> RowAnswer:
    row = _alternatives(rows, holds, facts)
    field = _alternatives(shown, holds, facts)
    there = any(one.holds for one in row)
    return RowAnswer(identity, row, field, exists=there, shown=there and any(one.holds for one in field))


def _alternatives(
    rule: Rule, holds: Mapping[Atom, bool], facts: Mapping[Atom, tuple[Fact, ...]]
) -> tuple[Alternative, ...]:
    made = [
        Alternative(
            all(holds[atom] for atom in conjunction),
            tuple(_said(atom, holds[atom], facts.get(atom, ())) for atom in sorted(conjunction, key=str)),
        )
        for conjunction in rule.any_of
    ]
    return tuple(sorted(made, key=lambda one: (not one.holds, sum(not atom.holds for atom in one.atoms), str(one))))


# ---------------------------------------------------------------- what an atom says


@dataclass(frozen=True, slots=True)
class _Words:
    """What an atom says, which conditions of the policy it belongs to, and who may change that it holds."""

    sentence: str
    who: str
    conditions: tuple[Condition, ...] = ()


def _said(atom: Atom, holds: bool, facts: tuple[Fact, ...]) -> Asked:
    words = words_of(atom)
    numbers = tuple(condition.number for condition in words.conditions)
    return Asked(str(atom), numbers, words.sentence, holds, words.who, facts)


def words_of(atom: Atom) -> _Words:
    """The sentence of an atom; raises KeyError for one that nobody has put into words (a test counts them all)."""
    return _WORDS[atom.name](*atom.arguments)


def _may(*acts: Act) -> str:
    return ", ".join(sorted({audience.value for act in acts for audience in act.audiences}))


_NOBODY = "nobody: it is what the row says"
_SHARERS = "LIS or CRI asks for a grant, SUP or CRI approves it"
_OPENERS = "the person asks, a second person approves, for 60 minutes"
_RELATIONS: Mapping[str, _Words] = {
    "NETWORK": _Words("The case is not archived.", "the retention rules"),
    "ARCHIVED": _Words("The case is in intermediate archives.", "the retention rules"),
    "REPORTED": _Words(
        "The authority is competent at this moment, and a report to it was sent and not misrouted.",
        _may(Act.SEND_REPORT, Act.RECORD_JURISDICTION),
        (Condition.IN_JURISDICTION_WITH_REPORT,),
    ),
    "CASEWORKER": _Words(
        "The authority is competent, and the person is caseworker of a live link or measure.",
        _may(Act.PROPOSE_ASE_LINK, Act.RECORD_MEASURE),
    ),
    "LISTENING": _Words("The case is assigned to the person, or they took a contact.", _may(Act.RECORD_SITUATION)),
    "ASE_LINKED": _Words("The service has a live link with the case.", _may(Act.PROPOSE_ASE_LINK, Act.ANSWER_ASE_LINK)),
    "ENTRUSTED": _Words("A live measure names the organisation.", _may(Act.RECORD_MEASURE)),
    "MANDATED": _Words(
        "A live measure names the organisation, which has a MEASURE mandate or is a foyer.",
        _may(Act.RECORD_MEASURE),
        (Condition.MEASURE_NAMES_US,),
    ),
    "ASSIGNED": _Words(
        "A running orientation of direct support is assigned to the person, within the mandate.",
        _may(Act.PROPOSE_REFERRAL, Act.ANSWER_REFERRAL),
    ),
    "SUPPORTS": _Words(
        "An orientation of direct support was proposed to the organisation.", _may(Act.PROPOSE_REFERRAL)
    ),
    "CONSULTS": _Words(
        "A coded consultation was proposed to the organisation.", _may(Act.PROPOSE_REFERRAL), (Condition.CODED_ONLY,)
    ),
    "STAKE": _Words(
        "The organisation has a live part in the case.", _may(Act.SEND_REPORT, Act.PROPOSE_ASE_LINK, Act.RECORD_MEASURE)
    ),
}
_VIEWERS = {
    "organisation": "the organisation",
    "authority": "the authority",
    "our_authority": "the authority of the organisation",
    "member": "the person",
}


def _of_relation(_: str, *relations: str) -> _Words:
    several = [_RELATIONS[relation.removesuffix("_CLOSED")] for relation in relations]
    tails = [" (of a closed case)" if relation.endswith("_CLOSED") else "" for relation in relations]
    sentence = " Or: ".join(
        words.sentence.removesuffix(".") + tail + "." for words, tail in zip(several, tails, strict=True)
    )
    numbers = tuple(dict.fromkeys(condition for words in several for condition in words.conditions))
    return _Words(sentence, "; ".join(dict.fromkeys(words.who for words in several)), numbers)


_WORDS: Mapping[str, Callable[..., _Words]] = {
    "via": _of_relation,
    "granted": lambda category: _Words(
        f"A live grant to the person lists {category}, for the purpose of the request.", _SHARERS, (Condition.GRANTED,)
    ),
    "granted_to_implement": lambda category: _Words(
        f"A live grant to the person lists {category}, to implement.",
        _SHARERS,
        (Condition.GRANTED, Condition.TO_IMPLEMENT),
    ),
    "opened": lambda category: _Words(
        f"A second person opened {category} of this case to the person.",
        _OPENERS,
        (Condition.BREAK_GLASS,),
    ),
    "opened_caller": lambda: _Words(
        "A second supervisor opened this very caller to the person.", _OPENERS, (Condition.TWO_PERSONS,)
    ),
    "also_reached": lambda column, *relations: _Words(
        f"The other situation, the row's {camel(column)}, is within reach too: "
        + _of_relation("network", *relations).sentence,
        "the retention rules",
    ),
    "mine": lambda column, viewer: _Words(f"The row's {camel(column)} is {_VIEWERS[viewer]}.", _NOBODY),
    "among": lambda column, words: _Words(
        f"The row's {camel(column)} is one of {', '.join(words)}.", "whoever moves the row on"
    ),
    "kind_is": lambda *kinds: _Words(f"The organisation is of kind {' or '.join(kinds)}.", _NOBODY),
    "report_contact": lambda _: _Words(
        "A report to the authority was written from this contact.", _may(Act.SEND_REPORT)
    ),
    "transmissible": lambda: _Words(
        Condition.TRANSMISSIBLE_CALLER.sentence, "the caller, through LIS", (Condition.TRANSMISSIBLE_CALLER,)
    ),
    "referred_minor": lambda _, statuses, agreed: _Words(
        "The minor is the one of an orientation to the person that is "
        f"{', '.join(statuses)}{', and the minor agreed' if agreed else ''}.",
        _may(Act.PROPOSE_REFERRAL, Act.ANSWER_REFERRAL),
        (Condition.REFERRAL_ACCEPTED_AND_MINOR_AGREED,) if agreed else (),
    ),
    "shared_kind": lambda: _Words(Condition.SHARED_KIND.sentence, _may(Act.PROPOSE_REFERRAL), (Condition.SHARED_KIND,)),
    "own_referral": lambda assigned, kind, statuses: _Words(
        f"The row hangs on an orientation ({kind}) to {'the person' if assigned else 'the organisation'} that is {', '.join(statuses)}.",
        _may(Act.PROPOSE_REFERRAL, Act.ANSWER_REFERRAL),
        (Condition.CODED_ONLY,) if kind == ReferralKind.PROFESSIONAL_CONSULTATION.value else (),
    ),
    "received_report": lambda _: _Words("It answers a report that the authority has received.", _may(Act.SEND_REPORT)),
    "live_grant": lambda: _Words(
        "It is a grant to the person, and what it shares is shared now.", _SHARERS, (Condition.GRANTED,)
    ),
    "of_live_grant": lambda: _Words(
        "It rests on the duty of a live grant to the person.", _SHARERS, (Condition.GRANTED,)
    ),
    "lists": lambda category: _Words(f"The row lists {category}.", _SHARERS, (Condition.GRANTED,)),
    "by_us": lambda _: _Words("Somebody of the organisation did it.", _NOBODY),
    "not_over": lambda: _Words("It is not over.", "LIS, or time"),
    "open_card": lambda: _Words(Condition.OWN_CARD.sentence, _may(Act.WRITE_DIRECTORY), (Condition.OWN_CARD,)),
    "party": lambda: _Words("The authority sends or receives the transfer.", _NOBODY),
}


# ---------------------------------------------------------------- what a relation is made of


def _asked(name: str, kind: Any = None) -> ColumnElement[Any]:
    return bind(name, kind or Text())


_CASE = partial(_asked, "situation", Uuid(as_uuid=True))
_TODAY = cast(func.timezone("Europe/Paris", func.now()), Date)


def _state(closed: bool) -> _Claim:
    status = situation.c.status == word("CLOSED") if closed else situation.c.status != word("CLOSED")
    clause = exists().where(situation.c.id == _CASE(), status, situation.c.retention_state == word("ACTIVE"))
    return _Claim("The case is closed, and not archived." if closed else "The case is open.", clause, "LIS, SUP")


def _competent() -> _Claim:
    rows = situation_jurisdiction.alias()
    clause = exists().where(
        rows.c.situation_id == _CASE(),
        rows.c.authority_id == BOUND.authority,
        rows.c.starts_at <= func.now(),
        or_(rows.c.ends_at.is_(None), rows.c.ends_at > func.now()),
    )
    return _Claim("The authority has a jurisdiction that runs.", clause, _may(Act.RECORD_JURISDICTION))


def _reported() -> _Claim:
    clause = exists().where(
        concern_report.c.situation_id == _CASE(),
        concern_report.c.to_authority_id == BOUND.authority,
        one_of(concern_report.c.status, (status.value for status in RECEIVED)),
    )
    return _Claim("A report to the authority was sent, and not misrouted.", clause, _may(Act.SEND_REPORT))


def _link_lives(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    states = one_of(ase_link.c.state, ("PROPOSED", "CONTACTED", "CONFIRMED"))
    return exists().where(ase_link.c.situation_id == _CASE(), ase_link.c.ended_at.is_(None), states, *clauses)


def _measure_lives(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    ends = or_(measure.c.ends_on.is_(None), measure.c.ends_on >= _TODAY)
    return exists().where(measure.c.situation_id == _CASE(), measure.c.starts_on <= _TODAY, ends, *clauses)


def _caseworker() -> _Claim:
    clause = or_(
        _link_lives(ase_link.c.caseworker_id == BOUND.member), _measure_lives(measure.c.caseworker_id == BOUND.member)
    )
    return _Claim(
        "A live link or measure names the person as caseworker.", clause, _may(Act.PROPOSE_ASE_LINK, Act.RECORD_MEASURE)
    )


def _entrusted() -> _Claim:
    clause = _measure_lives(measure.c.organisation_id == BOUND.organisation)
    return _Claim("A measure that runs names the organisation.", clause, _may(Act.RECORD_MEASURE))


def _mandate(*mandates: MandateKind) -> _Claim:
    office = organisation.alias()
    kinds = one_of(office.c.mandate_kind, (mandate.value for mandate in mandates))
    clause = exists().where(office.c.id == BOUND.organisation, or_(office.c.kind == word("FOYER"), kinds))
    names = " or ".join(mandate.value for mandate in mandates)
    return _Claim(f"The organisation is a foyer, or its mandate is {names}.", clause, "ADM, by a convention")


def _referred(sentence: str, *clauses: ColumnElement[bool]) -> _Claim:
    clause = exists().where(referral.c.situation_id == _CASE(), referral.c.to_org_id == BOUND.organisation, *clauses)
    return _Claim(sentence, clause, _may(Act.PROPOSE_REFERRAL, Act.ANSWER_REFERRAL))


_DIRECT = referral.c.kind == word(ReferralKind.DIRECT_SUPPORT.value)
_PROPOSED = referral.c.status != word("DRAFT")
_IN_MISSION = (MandateKind.MEASURE, MandateKind.ASE_MISSION)


def claims_of(relation: str) -> list[_Claim]:
    """The facts of which a relation is made; all hold where it holds, and where it does not one of them fails."""
    name, _, rest = relation.partition(":")
    closed = name.endswith("_CLOSED")
    match name.removesuffix("_CLOSED"):
        case "REPORTED":
            return [_state(closed), _competent(), _reported()]
        case "CASEWORKER":
            return [_state(closed), _competent(), _caseworker()]
        case "ASE_LINKED":
            live = _link_lives(ase_link.c.ase_org_id == BOUND.organisation)
            return [_state(closed), _Claim("A link with the service lives.", live, _may(Act.ANSWER_ASE_LINK))]
        case "ENTRUSTED":
            return [_state(closed), _entrusted()]
        case "MANDATED":
            return [_state(closed), _entrusted(), _mandate(MandateKind.MEASURE)]
        case "ASSIGNED":
            running = one_of(referral.c.status, (status.value for status in RUNNING))
            mine = _referred(
                "A running orientation of direct support is assigned to the person.",
                _DIRECT,
                running,
                referral.c.assigned_member_id == BOUND.member,
            )
            return [_state(closed), mine, _mandate(*_IN_MISSION)]
        case "SUPPORTS":
            proposed = _referred("An orientation of direct support left its draft.", _DIRECT, _PROPOSED)
            return [_state(closed), proposed, _mandate(*_IN_MISSION)]
        case "CONSULTS":
            return [_state(closed), _referred("A coded consultation left its draft.", ~_DIRECT, _PROPOSED)]
        case "LISTENING":
            return [_kept("ACTIVE"), _listening()]
        case "NETWORK":
            return [_kept("ACTIVE")]
        case "ARCHIVED":
            return [_kept("INTERMEDIATE")]
        case "GRANT":
            return _grant(*rest.split(":"))
        case "OPENED":
            return _opening(rest)
    return []


def _kept(state: str) -> _Claim:
    clause = exists().where(situation.c.id == _CASE(), situation.c.retention_state == word(state))
    return _Claim(f"The case is in the state of conservation {state}.", clause, "the retention rules")


def _listening() -> _Claim:
    clause = or_(
        exists().where(situation.c.id == _CASE(), situation.c.assigned_member_id == BOUND.member),
        exists().where(contact.c.situation_id == _CASE(), contact.c.taken_by_id == BOUND.member),
    )
    return _Claim(
        "The case is assigned to the person, or they took one of its contacts.", clause, _may(Act.RECORD_SITUATION)
    )


def _grant(category: str, purpose: str = "") -> list[_Claim]:
    """Each step of section 7 on top of the ones before: the first that fails is what is missing."""
    wanted = word(purpose) if purpose else BOUND.purpose
    steps: list[tuple[str, ColumnElement[bool], str]] = [
        ("A grant on this case names the person.", sharing_grant.c.to_member_id == BOUND.member, _SHARERS),
        (
            f"It lists {category}.",
            literal_column(f"'{category}'", Text) == func.any(sharing_grant.c.field_groups),
            _SHARERS,
        ),
        ("It is for the purpose of the request.", sharing_grant.c.purpose == wanted, "ask with its purpose"),
        ("A second person approved it.", sharing_grant.c.approved_by_id.is_not(None), "SUP or CRI"),
        (
            "It is active, and not revoked.",
            and_(sharing_grant.c.state == word("ACTIVE"), sharing_grant.c.revoked_at.is_(None)),
            _SHARERS,
        ),
        (
            "It is within its dates.",
            and_(sharing_grant.c.starts_at <= func.now(), sharing_grant.c.expires_at > func.now()),
            _SHARERS,
        ),
        (
            "The duty to inform (SHARING) is done or waived.",
            exists().where(
                information_duty.c.id == sharing_grant.c.duty_id,
                information_duty.c.duty == word("SHARING"),
                information_duty.c.situation_id == sharing_grant.c.situation_id,
            ),
            _may(Act.RECORD_DUTY),
        ),
        *(
            (
                f"Who {does} is active, habilitated, and bound by secrecy.",
                _habilitated(sharing_grant.c[f"{side}_member_id"], sharing_grant.c[f"{side}_org_id"]),
                "DEL of their organisation",
            )
            for side, does in (("from", "shares"), ("to", "receives"))
        ),
    ]
    made: list[_Claim] = [_state(closed=False)]
    so_far: list[ColumnElement[bool]] = []
    for sentence, clause, who in steps:
        so_far.append(clause)
        made.append(_Claim(sentence, exists().where(sharing_grant.c.situation_id == _CASE(), *so_far), who))
    return made


def _habilitated(person_: ColumnElement[Any], office: ColumnElement[Any]) -> ColumnElement[bool]:
    held, who = habilitation, member.alias()
    return exists().where(
        held.c.member_id == person_,
        held.c.organisation_id == office,
        held.c.secrecy_basis.is_not(None),
        habilitation_is_live(),
        who.c.id == person_,
        who.c.status == word("ACTIVE"),
    )


def _opening(category: str) -> list[_Claim]:
    steps = [
        ("An opening of this case names the person.", emergency_access.c.member_id == BOUND.member),
        (f"It opens {category}.", literal_column(f"'{category}'", Text) == func.any(emergency_access.c.field_groups)),
        (
            "It runs at this moment.",
            and_(emergency_access.c.opened_at <= func.now(), emergency_access.c.expires_at > func.now()),
        ),
        ("A second person approved it.", emergency_access.c.approved_by_id.is_not(None)),
    ]
    made, so_far = [], list[ColumnElement[bool]]()
    for sentence, clause in steps:
        so_far.append(clause)
        made.append(_Claim(sentence, exists().where(emergency_access.c.situation_id == _CASE(), *so_far), _OPENERS))
    return made


def relations_of(atom: Atom, purpose: Purpose | None) -> list[str]:
    """The relations that an atom looks up."""
    match atom.name:
        case "via":
            return list(atom.arguments[1:])
        case "granted":
            return [f"GRANT:{atom.arguments[0]}:{purpose.value if purpose else ''}"]
        case "granted_to_implement":
            return [f"GRANT:{atom.arguments[0]}:IMPLEMENT"]
        case "opened":
            return [f"OPENED:{atom.arguments[0]}"]
        case "opened_caller":
            return [f"OPENED:{Category.CALLER_IDENTITY.value}"]
    return []


async def _facts_of(
    connection: asyncpg.Connection[Any], caller: Caller, case: UUID, atoms: Iterable[Atom]
) -> Mapping[Atom, tuple[Fact, ...]]:
    binds = {**values(caller), "situation": case}
    found = {}
    for atom in atoms:
        claims = [claim for relation in relations_of(atom, caller.purpose) for claim in claims_of(relation)]
        if claims:
            found[atom] = await _facts(connection, binds, claims)
    return found


async def _facts(
    connection: asyncpg.Connection[Any], binds: Mapping[str, Any], claims: Sequence[_Claim]
) -> tuple[Fact, ...]:
    asked = select(true().label("asked"), *(claim.clause.label(f"f{place}") for place, claim in enumerate(claims)))
    row = (await _rows(connection, asked, binds))[0]
    return tuple(Fact(claim.sentence, bool(row[f"f{place}"]), claim.who) for place, claim in enumerate(claims))


async def _rows(connection: asyncpg.Connection[Any], statement: Any, binds: Mapping[str, Any]) -> Sequence[Any]:
    sql, names, constants = compiled(statement)
    known = {**constants, **binds}
    found: Sequence[Any] = await connection.fetch(sql, *(known[name] for name in names))
    return found
