"""What a relation is made of (loaders/policy/reach.py), fact by fact, so that a "no" comes with what is missing."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, and_, exists, func, literal_column, or_
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.policy import Act
from loaders.calendar.civil import today_of
from loaders.policy.context import BOUND, bind, one_of, word
from loaders.policy.relations import RECEIVED, RUNNING
from loaders.policy.rules import Atom
from loaders.tokens.standing import habilitation_is_live
from loaders.why.facts import Claim
from loaders.why.words import OPENERS, SHARERS, may
from schema.tables.contact import contact
from schema.tables.directory import organisation
from schema.tables.people import habilitation, member
from schema.tables.protection import ase_link, measure
from schema.tables.referral import referral
from schema.tables.report import concern_report
from schema.tables.sharing import emergency_access, information_duty, sharing_grant
from schema.tables.situation import situation, situation_jurisdiction
from schema.vocabulary import Category, MandateKind, Purpose, ReferralKind

CASE = bind("situation", Uuid(as_uuid=True))

_TODAY = today_of(measure.c.authority_id)


def _state(closed: bool) -> Claim:
    status = situation.c.status == word("CLOSED") if closed else situation.c.status != word("CLOSED")
    clause = exists().where(situation.c.id == CASE, status, situation.c.retention_state == word("ACTIVE"))
    return Claim("The case is closed, and not archived." if closed else "The case is open.", clause, "LIS, SUP")


def _competent() -> Claim:
    rows = situation_jurisdiction.alias()
    clause = exists().where(
        rows.c.situation_id == CASE,
        rows.c.authority_id == BOUND.authority,
        rows.c.starts_at <= func.now(),
        or_(rows.c.ends_at.is_(None), rows.c.ends_at > func.now()),
    )
    return Claim("The authority has a jurisdiction that runs.", clause, may(Act.RECORD_JURISDICTION))


def _reported() -> Claim:
    clause = exists().where(
        concern_report.c.situation_id == CASE,
        concern_report.c.to_authority_id == BOUND.authority,
        one_of(concern_report.c.status, (status.value for status in RECEIVED)),
    )
    return Claim("A report to the authority was sent, and not misrouted.", clause, may(Act.SEND_REPORT))


def _link_lives(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    states = one_of(ase_link.c.state, ("PROPOSED", "CONTACTED", "CONFIRMED"))
    return exists().where(ase_link.c.situation_id == CASE, ase_link.c.ended_at.is_(None), states, *clauses)


def _measure_lives(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    ends = or_(measure.c.ends_on.is_(None), measure.c.ends_on >= _TODAY)
    return exists().where(measure.c.situation_id == CASE, measure.c.starts_on <= _TODAY, ends, *clauses)


def _caseworker() -> Claim:
    clause = or_(
        _link_lives(ase_link.c.caseworker_id == BOUND.member), _measure_lives(measure.c.caseworker_id == BOUND.member)
    )
    return Claim(
        "A live link or measure names the person as caseworker.", clause, may(Act.PROPOSE_ASE_LINK, Act.RECORD_MEASURE)
    )


def _entrusted() -> Claim:
    clause = _measure_lives(measure.c.organisation_id == BOUND.organisation)
    return Claim("A measure that runs names the organisation.", clause, may(Act.RECORD_MEASURE))


def _mandate(*mandates: MandateKind) -> Claim:
    office = organisation.alias()
    kinds = one_of(office.c.mandate_kind, (mandate.value for mandate in mandates))
    clause = exists().where(office.c.id == BOUND.organisation, or_(office.c.kind == word("FOYER"), kinds))
    names = " or ".join(mandate.value for mandate in mandates)
    return Claim(f"The organisation is a foyer, or its mandate is {names}.", clause, "ADM, by a convention")


def _referred(sentence: str, *clauses: ColumnElement[bool]) -> Claim:
    clause = exists().where(referral.c.situation_id == CASE, referral.c.to_org_id == BOUND.organisation, *clauses)
    return Claim(sentence, clause, may(Act.PROPOSE_REFERRAL, Act.ANSWER_REFERRAL))


_DIRECT = referral.c.kind == word(ReferralKind.DIRECT_SUPPORT.value)
_PROPOSED = referral.c.status != word("DRAFT")
_IN_MISSION = (MandateKind.MEASURE, MandateKind.ASE_MISSION)


def claims_of(relation: str) -> list[Claim]:
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
            return [_state(closed), Claim("A link with the service lives.", live, may(Act.ANSWER_ASE_LINK))]
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


def _kept(state: str) -> Claim:
    clause = exists().where(situation.c.id == CASE, situation.c.retention_state == word(state))
    return Claim(f"The case is in the state of conservation {state}.", clause, "the retention rules")


def _listening() -> Claim:
    clause = or_(
        exists().where(situation.c.id == CASE, situation.c.assigned_member_id == BOUND.member),
        exists().where(contact.c.situation_id == CASE, contact.c.taken_by_id == BOUND.member),
    )
    return Claim(
        "The case is assigned to the person, or they took one of its contacts.", clause, may(Act.RECORD_SITUATION)
    )


def _grant(category: str, purpose: str = "") -> list[Claim]:
    """The steps of section 7."""
    wanted = word(purpose) if purpose else BOUND.purpose
    steps: list[tuple[str, ColumnElement[bool], str]] = [
        ("A grant on this case names the person.", sharing_grant.c.to_member_id == BOUND.member, SHARERS),
        (
            f"It lists {category}.",
            literal_column(f"'{category}'", Text) == func.any(sharing_grant.c.field_groups),
            SHARERS,
        ),
        ("It is for the purpose of the request.", sharing_grant.c.purpose == wanted, "ask with its purpose"),
        ("A second person approved it.", sharing_grant.c.approved_by_id.is_not(None), "SUP or CRI"),
        (
            "It is active, and not revoked.",
            and_(sharing_grant.c.state == word("ACTIVE"), sharing_grant.c.revoked_at.is_(None)),
            SHARERS,
        ),
        (
            "It is within its dates.",
            and_(sharing_grant.c.starts_at <= func.now(), sharing_grant.c.expires_at > func.now()),
            SHARERS,
        ),
        (
            "The duty to inform (SHARING) is done or waived.",
            exists().where(
                information_duty.c.id == sharing_grant.c.duty_id,
                information_duty.c.duty == word("SHARING"),
                information_duty.c.situation_id == sharing_grant.c.situation_id,
            ),
            may(Act.RECORD_DUTY),
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
    return [_state(closed=False), *_each_on_top(sharing_grant, steps)]


def _each_on_top(table: Table, steps: Sequence[tuple[str, ColumnElement[bool], str]]) -> Iterator[Claim]:
    """Of one row of the case: each step on top of the ones before, so that the first that fails is what is missing."""
    so_far = [table.c.situation_id == CASE]
    for sentence, clause, who in steps:
        so_far.append(clause)
        yield Claim(sentence, exists().where(*so_far), who)


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


def _opening(category: str) -> list[Claim]:
    steps = [
        ("An opening of this case names the person.", emergency_access.c.member_id == BOUND.member),
        (f"It opens {category}.", literal_column(f"'{category}'", Text) == func.any(emergency_access.c.field_groups)),
        (
            "It runs at this moment.",
            and_(emergency_access.c.opened_at <= func.now(), emergency_access.c.expires_at > func.now()),
        ),
        ("A second person approved it.", emergency_access.c.approved_by_id.is_not(None)),
    ]
    return list(_each_on_top(emergency_access, [(sentence, clause, OPENERS) for sentence, clause in steps]))


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
