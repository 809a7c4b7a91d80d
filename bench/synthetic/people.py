"""The minor, the holders of parental authority, and the authorities that are competent."""

from datetime import date, timedelta

from bench.synthetic.case import Case
from bench.synthetic.names import (
    BOYS,
    GIRLS,
    LANGUAGES,
    LAST_NAMES,
    OTHERS,
    SCHOOLS,
    TOWNS,
    address,
    adult,
    handle,
    landline,
    mobile,
)
from bench.synthetic.rows.situation import Jurisdiction, Minor, MinorKey, ParentalHolder
from loaders.repeats.keys import keys_of
from loaders.repeats.known import Known
from loaders.setup.reference import authority_id
from schema.reference import authorities_of
from schema.vocabulary import AgePrecision, Gender, JurisdictionRole, TriState

_FIRST_NAMES = {Gender.GIRL: GIRLS, Gender.BOY: BOYS}
_PRECISIONS = (
    *(AgePrecision.EXACT,) * 9, *(AgePrecision.YEAR,) * 2, *(AgePrecision.DECLARED,) * 6, *(AgePrecision.ESTIMATED,) * 3,
)  # fmt: skip
_SAFE_CHANNELS = ("SMS", "messagerie instantanée", "téléphone", "par l'infirmière scolaire")
_SAFE_HOURS = ("mercredi après-midi", "12h-14h", "après 17h", "en semaine, heures de cours")
_PLACES = tuple(TOWNS)
JOINT, FATHER, MOTHER, COUNCIL = "11", "30", "40", "70"


def _birth_date(case: Case) -> date:
    """A birth date that makes the age true on the day of the first contact."""
    if case.age is None:
        raise ValueError(case.age)
    opened = case.opened_at.date()
    # One day of margin on each side, so that a 29th of February changes no age.
    return opened - timedelta(days=int(case.age * 365.25) + case.chance.whole(2, 362))


def add_minor(case: Case) -> None:
    chance = case.chance
    case.first_name = chance.pick(_FIRST_NAMES.get(case.gender, OTHERS))
    case.last_name = chance.pick(LAST_NAMES)
    precision = AgePrecision.UNKNOWN if case.age is None else chance.pick(_PRECISIONS)
    knows_name = chance.happens(0.62)
    minor = Minor(
        id=case.minor_id,
        situation_id=case.id,
        age_band=case.band.value,
        first_name=case.first_name if knows_name or chance.happens(0.7) else None,
        gender=case.gender.value,
        age=case.age,
        age_precision=precision.value,
        safe_channel=chance.pick(_SAFE_CHANNELS) if chance.happens(0.55) else None,
        safe_hours=chance.pick(_SAFE_HOURS) if chance.happens(0.4) else None,
        language=chance.pick(LANGUAGES),
        last_name=case.last_name if knows_name else None,
        birth_date=_birth_date(case) if precision is AgePrecision.EXACT else None,
        address=address(chance, case.department) if chance.happens(0.5) else None,
        phone=mobile(chance) if chance.happens(0.4) else None,
        handles=(handle(chance),) if chance.happens(0.35) else (),
        school=f"{chance.pick(SCHOOLS)}, {TOWNS[case.department][0]}" if chance.happens(0.5) else None,
    )
    keys = keys_of(
        Known(
            minor.first_name,
            minor.last_name,
            case.opened_at.date(),
            minor.age,
            minor.age_precision,
            minor.birth_date,
            minor.phone,
            minor.handles,
        )
    )
    case.batch.add(minor)
    case.batch.add(MinorKey(minor.id, case.id, keys.minimal, keys.identity))


def add_holders(case: Case) -> None:
    """One or two parents, or the council for a child who is its ward."""
    chance = case.chance
    case.mother = f"{adult(chance, woman=True).split()[0]} {case.last_name}"
    case.father = f"{adult(chance, woman=False).split()[0]} {case.last_name}"
    case.danger_if_informed = chance.happens(0.08)
    danger = TriState.YES if case.danger_if_informed else chance.pick((TriState.NO, TriState.NO, TriState.UNKNOWN))
    kind = chance.unit()
    if kind < 0.55:
        holders = [(case.mother, JOINT), (case.father, JOINT)]
    elif kind < 0.88:
        holders = [(case.mother, MOTHER)]
    elif kind < 0.96 or case.known is not TriState.YES:
        holders = [(case.father, FATHER)]
    else:
        holders = [("Présidence du conseil départemental", COUNCIL)]
    for name, authority_kind in holders:
        contact = landline(chance) if authority_kind == COUNCIL else mobile(chance)
        ward = authority_kind == COUNCIL
        case.batch.add(
            ParentalHolder(
                chance.uuid(),
                case.id,
                case.minor_id,
                name,
                contact,
                authority_kind,
                (TriState.NO if ward else danger).value,
            )
        )


def add_jurisdictions(case: Case) -> None:
    """Residence always; sometimes where she was found, sometimes where the other parent has custody."""
    if case.wrong_authority is None:
        _competent(case, case.department, case.authority, JurisdictionRole.RESIDENCE)
    chance = case.chance
    if chance.happens(0.12):
        case.presence = elsewhere(case)
        _competent(case, *case.presence, JurisdictionRole.PRESENCE)
    elif chance.happens(0.05):
        _competent(case, *elsewhere(case), JurisdictionRole.CUSTODY)


def _competent(case: Case, department: str, authority: str, role: JurisdictionRole) -> None:
    starts_at = case.opened_at if role is JurisdictionRole.RESIDENCE else case.chance.later(case.opened_at, 0, 0.02)
    case.batch.add(
        Jurisdiction(case.chance.uuid(), case.id, department, authority_id(authority), role.value, starts_at)
    )


def elsewhere(case: Case) -> tuple[str, str]:
    """Another department, and an authority of it."""
    others = [place for place in _PLACES if place != case.department]
    department = case.chance.pick(others)
    return department, case.chance.pick(authorities_of(department)).code
