"""What is observed: problematics (plain and starred), facts of exploitation, present dangers, who is said to exploit."""

from datetime import datetime, timedelta

from bench.synthetic.case import Case
from bench.synthetic.names import handle, mobile
from bench.synthetic.rows.observation import (
    AllegedPerpetrator,
    ExploitationFact,
    LiveDanger,
    Observation,
    SensitiveObservation,
)
from bench.synthetic.wording import PERPETRATOR_LINKS, PLACES, SOURCES
from schema.vocabulary import (
    ExploitationForm,
    ExploitationMode,
    Problematic,
    Qualification,
    Recruitment,
    TriState,
    Urgency,
    Venue,
    WarningSign,
)

_KINDS = tuple((kind, kind.value, SensitiveObservation if kind.starred else Observation) for kind in Problematic)
_YES, _NO, _UNKNOWN = TriState.YES.value, TriState.NO.value, TriState.UNKNOWN.value
_FORMS = (ExploitationForm.ESCORTING, ExploitationForm.MICHETONNAGE, ExploitationForm.IMAGES, ExploitationForm.CAM,
          ExploitationForm.LOCAL_PIMPING, ExploitationForm.OTHER, ExploitationForm.UNKNOWN, ExploitationForm.UNKNOWN)  # fmt: skip
_VENUES, _RECRUITMENTS, _MODES = tuple(Venue), tuple(Recruitment), tuple(ExploitationMode)
_SIGNS = tuple(sign.value for sign in WarningSign)
_ESTABLISHED = frozenset({Qualification.PROSTITUTIONAL, Qualification.PRE_PROSTITUTIONAL})


def add_observations(case: Case) -> None:
    """One row per kind that was asked about; a kind nobody spoke of has none."""
    chance, batch = case.chance, case.batch
    at = case.opened_at + timedelta(minutes=5)
    for kind, name, row in _KINDS:
        if kind in case.observed:
            value = _YES
        else:
            dice = chance.unit()
            if dice > 0.7:
                continue
            value = _NO if dice < 0.45 else _UNKNOWN
        batch.add(row(chance.uuid(), case.id, case.minor_id, name, value, chance.pick(SOURCES), at))
    if case.qualification in _ESTABLISHED or chance.happens(0.3):
        _add_fact(case, at)
    if chance.happens(0.18):
        identifiers = [mobile(chance)] if chance.happens(0.5) else [handle(chance)]
        batch.add(AllegedPerpetrator(chance.uuid(), case.id, identifiers, chance.pick(PERPETRATOR_LINKS)))
    if case.recent and (case.urgency is Urgency.IMMEDIATE_DANGER or chance.happens(0.12)):
        _add_danger(case)


def _add_fact(case: Case, at: datetime) -> None:
    chance = case.chance
    case.batch.add(
        ExploitationFact(
            chance.uuid(), case.id, case.minor_id, chance.pick(_FORMS).value, chance.pick(_VENUES).value,
            chance.pick(_RECRUITMENTS).value, chance.pick(_MODES).value, chance.some(_SIGNS, chance.whole(1, 3)), at,
        )
    )  # fmt: skip


def _add_danger(case: Case) -> None:
    """A danger that still runs: recorded less than 30 days ago, erased 30 days after."""
    chance = case.chance
    at = max(case.opened_at, case.now - timedelta(days=chance.between(1, 20)))
    until = at + timedelta(days=chance.between(25, 30))
    ad = f"https://annonces.example/{chance.bits(40):010x}" if chance.happens(0.4) else None
    case.batch.add(LiveDanger(chance.uuid(), case.id, chance.pick(PLACES), ad, until, at))
    case.happened(at)
