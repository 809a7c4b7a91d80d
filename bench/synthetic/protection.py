"""What the DLPM and child protection do: actions, links with an ASE service, measures, moves between departments."""

from datetime import timedelta

from bench.synthetic.case import Case
from bench.synthetic.people import elsewhere
from bench.synthetic.rows.protection import Action, AseLink, Measure, Transfer
from bench.synthetic.wording import CASEWORKER_TITLES, DESKS
from loaders.setup.reference import authority_id
from schema.deadlines import window_end
from schema.vocabulary import (
    AseLinkState,
    DlpmActionKind,
    MandateKind,
    MeasureDecision,
    ReportStatus,
    Role,
    TransferDuty,
    TransferRegime,
    TransferState,
    TriState,
)

_ANSWERED = frozenset({AseLinkState.CONFIRMED, AseLinkState.NOT_COMPETENT, AseLinkState.ENDED})
_FOLLOWED = frozenset({AseLinkState.CONFIRMED, AseLinkState.ENDED})
# Closure ends what still ran.
_AT_CLOSURE = {
    AseLinkState.CONFIRMED: AseLinkState.ENDED,
    AseLinkState.CONTACTED: AseLinkState.ENDED,
    AseLinkState.PROPOSED: AseLinkState.NO_ANSWER,
}
# NATPDECADM and NATDECASSED: home help, provisional placement; AEMO, AEMO with lodging, placement, expertise.
_NATURES = (
    (MeasureDecision.ADMINISTRATIVE, "10"), (MeasureDecision.ADMINISTRATIVE, "14"), (MeasureDecision.JUDICIAL, "14"),
    (MeasureDecision.JUDICIAL, "15"), (MeasureDecision.JUDICIAL, "15"), (MeasureDecision.JUDICIAL, "16"), (MeasureDecision.JUDICIAL, "17"),
    (MeasureDecision.JUDICIAL, "17"),
)  # fmt: skip
_IN_A_HOUSE = {
    (MeasureDecision.ADMINISTRATIVE, "14"),
    (MeasureDecision.JUDICIAL, "16"),
    (MeasureDecision.JUDICIAL, "17"),
}
_AT_HOME = {(MeasureDecision.ADMINISTRATIVE, "10"), (MeasureDecision.JUDICIAL, "15"), (MeasureDecision.JUDICIAL, "14")}
_YEAR, _TWO_YEARS = timedelta(days=365), timedelta(days=730)
_TRANSFER_STEPS = {
    TransferState.REQUESTED: 0, TransferState.DUTY: 1, TransferState.SENT: 2, TransferState.RECEIVED: 3, TransferState.CLOSED: 4,
    TransferState.UNKNOWN_ADDRESS: 0,
}  # fmt: skip
_TRANSFER_STATES = tuple(TransferState)
_TRANSFER_DUTIES = {
    TransferRegime.REPORT_UNDER_WAY: TransferDuty.INFORMED,
    TransferRegime.ADMINISTRATIVE: TransferDuty.AGREEMENT_WRITTEN,
    TransferRegime.JUDICIAL: TransferDuty.INFORMED,
}


def add_link(case: Case) -> None:
    """The mise en lien with the ASE of the place of residence."""
    if case.link is None:
        return
    chance = case.chance
    state = _AT_CLOSURE.get(case.link, case.link) if case.closed else case.link
    moments = case.steps(case.opened_at, (0.1, 10), (1, 20), (60, 400))
    proposed, answered, ended = moments
    caseworker = chance.pick(case.ase.people[Role.ASE]) if state in _FOLLOWED else None
    case.batch.add(
        AseLink(
            chance.uuid(), case.id, case.ase.id, caseworker, chance.pick(DESKS), state.value, proposed,
            answered if state in _ANSWERED else None, ended if state is AseLinkState.ENDED else None,
        )
    )  # fmt: skip
    if state is AseLinkState.CONFIRMED:
        case.caseworker, case.linked_at = caseworker, answered


def add_measure(case: Case) -> None:
    """A measure where child protection knows the child and its service answered."""
    chance = case.chance
    if case.known is not TriState.YES or case.link not in _FOLLOWED or not chance.happens(0.75):
        return
    nature = chance.pick(_NATURES)
    length = _YEAR if nature[0] is MeasureDecision.ADMINISTRATIVE else chance.pick((_YEAR, _TWO_YEARS))
    if case.closed:
        starts = case.opened_at - timedelta(days=chance.whole(0, 200))
    else:
        starts = case.now - timedelta(days=chance.whole(30, 300))
    carrier = None
    if nature in _IN_A_HOUSE:
        carrier = case.network.foyer(case.department).id
    elif nature in _AT_HOME and chance.happens(0.7):
        carrier = case.network.association(case.department, MandateKind.MEASURE).id
    worker = case.caseworker or chance.pick(case.ase.people[Role.ASE])
    case.batch.add(
        Measure(
            chance.uuid(), case.id, case.authority_id, carrier, worker, nature[0].value, nature[1], starts.date(),
            (starts + length).date(), chance.pick(CASEWORKER_TITLES),
        )
    )  # fmt: skip


def add_actions(case: Case) -> None:
    """At least one row for each action planned; advice is sometimes given twice."""
    chance = case.chance
    targets = {
        DlpmActionKind.IP_SENT: case.crip.id,
        DlpmActionKind.ASE_LINK: case.ase.id,
        DlpmActionKind.LOCAL_ORIENTATION: case.oriented_to.id if case.oriented_to else None,
    }
    for kind in sorted(case.actions):
        twice = kind is DlpmActionKind.DIRECT_ADVICE and chance.happens(0.12)
        for moment in case.steps(case.opened_at, *((0.02, 2),) * (2 if twice else 1)):
            at = case.sent_at if kind is DlpmActionKind.IP_SENT and case.sent_at else moment
            case.batch.add(Action(chance.uuid(), case.id, targets.get(kind), kind.value, at))


def add_transfer(case: Case) -> None:
    """The family moves: in a few situations that were reported."""
    chance = case.chance
    if not case.sent_at or ReportStatus.SENT in case.reports or not chance.happens(0.06):
        return
    department, authority = elsewhere(case)
    state = chance.pick(_TRANSFER_STATES)
    known = state is not TransferState.UNKNOWN_ADDRESS
    moments = case.steps(case.sent_at, (5, 30), (1, 10), (0.5, 5), (1, 10), (20, 60))
    duty_at, sent_at, received_at, closed_at = (
        moment if index < _TRANSFER_STEPS[state] else None for index, moment in enumerate(moments[1:])
    )
    identity, regime = chance.uuid(), chance.pick(tuple(TransferRegime))
    case.batch.add(
        Transfer(
            identity, case.id, case.authority_id, authority_id(authority) if known else None, department if known else None,
            regime.value, state.value, moments[0], duty_at, sent_at, received_at, closed_at,
            _TRANSFER_DUTIES[regime].value if duty_at else None,
            None if known else moments[0] + timedelta(hours=1),
            window_end(received_at, "Europe/Paris") if received_at else None,
        )
    )  # fmt: skip
