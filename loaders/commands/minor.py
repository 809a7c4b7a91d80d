"""What the DLPM records of the minors of a situation and of those who hold parental authority over them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from auth.policy import Act
from loaders.commands.case import AUTHORITIES, EVERYBODY, open_case, open_case_of
from loaders.commands.entry import NAME, PARIS, count, names, optional, some
from loaders.commands.repeat import propose_repeats, write_keys
from loaders.commands.work import Command, Work
from loaders.commands.writable import may_fill
from loaders.statement import camel
from schema.errors import BadInputError, DomainRefusalError
from schema.reference import official_list
from schema.tables.situation import minor, parental_holder
from schema.types.acts_minor import AddMinorInput, AddParentalHolderInput, UpdateMinorInput, UpdateParentalHolderInput
from schema.vocabulary import AgePrecision, age_band

# Child protection ends at the 21st birthday; an age of 21 or more is that of somebody else.
OLDEST_AGE = 20
LONGEST_AGE = 120
SHORT_TEXTS = (("first_name", "firstName"), ("safe_channel", "safeChannel"), ("safe_hours", "safeHours"), ("language", "language"),
               ("last_name", "lastName"), ("address", "address"), ("phone", "phone"), ("school", "school"))  # fmt: skip
HOLDER_TEXTS = (("name", "name"), ("contact", "contact"))


async def add_minor(work: Work, wish: AddMinorInput) -> UUID:
    """A minor of a situation; the coded age follows from the age or the date of birth."""
    case = await open_case(work, wish.situation)
    age = _age(wish.age, wish.birth_date, case["opened_at"], work.now)
    known_from_birth = wish.age is None and wish.birth_date is not None and wish.age_precision is AgePrecision.UNKNOWN
    values: dict[str, Any] = {
        "gender": wish.gender,
        "age": age,
        "age_band": age_band(age),
        "age_precision": AgePrecision.EXACT if known_from_birth else wish.age_precision,
        "birth_date": wish.birth_date,
        "handles": names(wish.handles, "handles"),
        **{column: optional(getattr(wish, column), field, NAME) for column, field in SHORT_TEXTS},
    }
    identity = await work.insert(minor, situation_id=case.id, **values)
    await work.event("minor.added", identity, situation=case.id, audiences=AUTHORITIES)
    await write_keys(work, identity, case, values)
    await propose_repeats(work, case.id)
    return identity


async def update_minor(work: Work, wish: UpdateMinorInput) -> UUID:
    """What is given replaces; the rest stays. A CRIP and an ASE service write what they may (G03), and nothing else."""
    for name, value in vars(wish).items():
        if value is not None and not may_fill(work.caller.audience, "Minor", "UpdateMinorInput", name):
            raise DomainRefusalError(
                "NOT_YOUR_FIELD", "Votre rôle ne modifie pas ce champ : signalez-le au 119.", camel(name)
            )
    row = await work.lock("Minor", wish.minor, field="minor", expected_version=wish.expected_version)
    case = await open_case_of(work, row)
    changes: dict[str, Any] = {
        column: optional(getattr(wish, column), field, NAME)
        for column, field in SHORT_TEXTS
        if getattr(wish, column) is not None
    }
    changes |= {
        name: value for name in ("gender", "age_precision", "birth_date") if (value := getattr(wish, name)) is not None
    }
    if wish.handles is not None:
        changes["handles"] = names(wish.handles, "handles")
    if wish.age is not None or (wish.birth_date is not None and row["age"] is None):
        changes["age"] = _age(wish.age, wish.birth_date, case["opened_at"], work.now)
        changes["age_band"] = age_band(changes["age"])
    elif wish.birth_date is not None:
        _age(None, wish.birth_date, case["opened_at"], work.now)
    await work.update(minor, row.id, **some(changes))
    await work.event("minor.updated", row.id, situation=case.id, audiences=EVERYBODY)
    await write_keys(work, row.id, case, {**row.values, **changes})
    await propose_repeats(work, case.id)
    return row.id


def _age(age: int | None, birth_date: date | None, opened_at: datetime, now: datetime) -> int | None:
    """The age given, else the completed years between birth and the day the situation was opened, in Paris."""
    if birth_date is not None:
        if birth_date > now.astimezone(PARIS).date():
            raise BadInputError("`birthDate` lies in the future.", reason="INVALID_TIME")
        born = birth_date
        day = opened_at.astimezone(PARIS).date()
        years = max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))
        _must_be_a_minor(years, "birthDate")
        age = years if age is None else age
    if age is not None:
        _must_be_a_minor(count(age, "age", 0, LONGEST_AGE), "age")
    return age


def _must_be_a_minor(age: int, field: str) -> None:
    if age > OLDEST_AGE:
        raise DomainRefusalError(
            "NOT_A_MINOR", "La protection de l'enfance prend fin à 21 ans : vérifiez l'âge.", field
        )


async def add_parental_holder(work: Work, wish: AddParentalHolderInput) -> UUID:
    """A holder of parental authority over a minor."""
    child = await work.lock("Minor", wish.minor, field="minor")
    case = await open_case_of(work, child)
    identity = await work.insert(
        parental_holder,
        situation_id=case.id,
        minor_id=child.id,
        authority_kind=_authority_kind(wish.authority_kind),
        danger_if_informed=wish.danger_if_informed,
        **{column: optional(getattr(wish, column), field, NAME) for column, field in HOLDER_TEXTS},
    )
    await work.event("parental_holder.added", identity, situation=case.id, audiences=AUTHORITIES)
    return identity


async def update_parental_holder(work: Work, wish: UpdateParentalHolderInput) -> UUID:
    """What is given replaces; the rest stays."""
    row = await work.lock(
        "ParentalHolder", wish.parental_holder, field="parentalHolder", expected_version=wish.expected_version
    )
    case = await open_case_of(work, row)
    changes: dict[str, Any] = {
        column: optional(getattr(wish, column), field, NAME)
        for column, field in HOLDER_TEXTS
        if getattr(wish, column) is not None
    }
    if wish.authority_kind is not None:
        changes["authority_kind"] = _authority_kind(wish.authority_kind)
    if wish.danger_if_informed is not None:
        changes["danger_if_informed"] = wish.danger_if_informed
    await work.update(parental_holder, row.id, **some(changes))
    await work.event("parental_holder.updated", row.id, situation=case.id, audiences=AUTHORITIES)
    return row.id


def _authority_kind(value: str | None) -> str | None:
    code = optional(value, "authorityKind", longest=3)
    if code is not None and code not in {known.code for known in official_list("TITAP")}:
        raise BadInputError("`authorityKind` is not a code of the list TITAP.", reason="UNKNOWN_CODE")
    return code


COMMANDS = {
    "addMinor": Command(Act.RECORD_SITUATION, "Minor", add_minor),
    "updateMinor": Command(Act.UPDATE_MINOR, "Minor", update_minor),
    "addParentalHolder": Command(Act.RECORD_SITUATION, "ParentalHolder", add_parental_holder),
    "updateParentalHolder": Command(Act.RECORD_SITUATION, "ParentalHolder", update_parental_holder),
}
