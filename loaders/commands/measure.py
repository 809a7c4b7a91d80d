"""Protection measures, as the authority that answers for them records them."""

from datetime import date, timedelta
from uuid import UUID

from auth.policy import Act
from loaders.commands.case import AUTHORITIES, must_be_open, open_case
from loaders.commands.entry import NAME, OLDEST, optional, required
from loaders.commands.evaluator import must_not_evaluate
from loaders.commands.official import check_codes
from loaders.commands.work import Command, Row, Work
from schema.deadlines import latest_civil_date
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.protection import measure
from schema.types.acts_ase import EndMeasureInput, RecordMeasureInput
from schema.vocabulary import Audience, Category, MandateKind, MeasureDecision, OrgKind

_NATURES = {MeasureDecision.ADMINISTRATIVE: "NATPDECADM", MeasureDecision.JUDICIAL: "NATDECASSED"}
_CARRIERS = frozenset({OrgKind.ASE.value, OrgKind.FOYER.value, OrgKind.ASSOCIATION.value})
# What a measure opens to a foyer or to an association with the mandate MEASURE (permissions, conditions 3 and 5).
_OPENED = (Category.MINOR_MINIMAL, Category.FULL_IDENTITY, Category.PARENTS)
# A placement may last until majority, a young adult's contract three years more.
_LONGEST = timedelta(days=366 * 21)


async def record(work: Work, wish: RecordMeasureInput) -> UUID:
    """A new measure of the caller's authority."""
    nature = required(wish.nature, "nature", longest=NAME)
    caseworker = optional(wish.caseworker, "caseworker", longest=NAME)
    _check_days(work, wish.starts_on, wish.ends_on)
    if wish.take_charge and work.caller.audience is not Audience.ASE:
        raise BadInputError("`takeCharge` is for an ASE caseworker.", reason="NOT_A_CASEWORKER")
    case = await open_case(work, wish.situation, expected_version=wish.expected_version)
    if wish.take_charge:
        await must_not_evaluate(work, case.id)
    carrier = None if wish.organisation is None else await _carrier(work, wish.organisation)
    await check_codes(work, [f"{_NATURES[wish.decision]}:{nature}"], "nature")
    placement = optional(wish.placement, "placement", longest=NAME)
    if placement is not None:
        await check_codes(work, [f"NATDECPLAC:{placement}"], "placement")
    identity = await work.insert(
        measure,
        situation_id=case.id,
        authority_id=_own_authority(work),
        organisation_id=carrier.id if carrier else None,
        caseworker_id=work.caller.member_id if wish.take_charge else None,
        decision=wish.decision,
        nature=nature,
        starts_on=wish.starts_on,
        ends_on=wish.ends_on,
        caseworker=caseworker,
        placement=placement,
    )
    if carrier and (carrier["kind"] == OrgKind.FOYER.value or carrier["mandate_kind"] == MandateKind.MEASURE.value):
        await work.disclose("MEASURE", case.id, _OPENED, to_organisation=carrier.id)
    told = [*AUTHORITIES, *([carrier["kind"]] if carrier else [])]
    await work.event("measure.recorded", identity, situation=case.id, audiences=sorted(set(told)))
    return identity


async def end(work: Work, wish: EndMeasureInput) -> UUID:
    """Set the last day of a running measure; the access it gave ends with that day."""
    found = await work.lock("Measure", wish.measure, field="measure", expected_version=wish.expected_version)
    if found["authority_id"] != _own_authority(work):
        raise DomainRefusalError(
            "NOT_COMPETENT", "Cette mesure relève d'une autre autorité : elle seule peut y mettre fin.", "measure"
        )
    if found["ends_on"] is not None and found["ends_on"] < latest_civil_date(work.now):
        raise DomainRefusalError("WRONG_STATE", "Cette mesure est déjà terminée.", "measure")
    await must_be_open(work, found, "measure")
    _check_days(work, found["starts_on"], wish.ends_on)
    await work.update(measure, found.id, ends_on=wish.ends_on)
    await work.event(
        "measure.ended",
        found.id,
        situation=found["situation_id"],
        audiences=(*AUTHORITIES, OrgKind.ASSOCIATION, OrgKind.FOYER),
    )
    return found.id


def _own_authority(work: Work) -> UUID:
    if work.caller.authority_id is None:
        raise DomainRefusalError(
            "NOT_COMPETENT", "Votre service n'est rattaché à aucune autorité : demandez sa mise à jour dans l'annuaire."
        )
    return work.caller.authority_id


def _check_days(work: Work, first: date, last: date | None) -> None:
    today = latest_civil_date(work.now)
    if not today - OLDEST <= first <= today + _LONGEST:
        raise BadInputError("`startsOn` is not a day of these years.", reason="INVALID_TIME")
    if last is None:
        return
    if last < first:
        raise DomainRefusalError("ENDS_BEFORE_START", "Le dernier jour ne peut pas précéder le premier.", "endsOn")
    if last > first + _LONGEST:
        raise BadInputError("`endsOn` lies too far ahead.", reason="INVALID_TIME")


async def _carrier(work: Work, wanted: str) -> Row:
    """Who carries the measure out: a service that may be entrusted with one."""
    found = await work.visible("Organisation", wanted, field="organisation")
    if found["kind"] not in _CARRIERS or found["mandate_kind"] == MandateKind.OUTSIDE_MISSION.value:
        raise DomainRefusalError(
            "NOT_MANDATED", "Cette organisation n'a pas de mandat pour exercer une mesure.", "organisation"
        )
    return found


COMMANDS = {
    "recordMeasure": Command(Act.RECORD_MEASURE, "Measure", record),
    "endMeasure": Command(Act.RECORD_MEASURE, "Measure", end),
}
