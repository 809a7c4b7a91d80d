"""One unit: the 143 situations of the yearly report and the recent ones, with every row that hangs on them."""

from datetime import datetime, timedelta

from bench.synthetic import figures, recent
from bench.synthetic.case import Case
from bench.synthetic.chance import Chance
from bench.synthetic.contacts import add_contacts
from bench.synthetic.observations import add_observations
from bench.synthetic.organisations import Network
from bench.synthetic.people import add_holders, add_jurisdictions, add_minor
from bench.synthetic.protection import add_actions, add_link, add_measure, add_transfer
from bench.synthetic.referrals import add_referrals
from bench.synthetic.reports import add_reports
from bench.synthetic.rows.batch import Batch
from bench.synthetic.rows.situation import Situation
from bench.synthetic.sharing import add_grants
from schema.vocabulary import AseLinkState, KnownSource, RetentionState, SituationStatus, TriState

# A case is kept at most two years after the last contact (CNIL); then only supervisors and DPO read it.
ACTIVE_FOR = timedelta(days=730)
# Of the situations that are not closed.
REOPENED_SHARE, MONITORED_SHARE = 0.06, 0.5


def unit(seed: int, number: int, network: Network) -> Batch:
    """The rows of one unit; units differ in everything but their totals."""
    chance, batch = Chance(seed, "unit", number), Batch()
    for case in [*figures.plan(chance, network), *recent.plan(chance, network)]:
        case.batch = batch
        add_minor(case)
        add_holders(case)
        add_contacts(case)
        add_jurisdictions(case)
        add_observations(case)
        add_reports(case)
        add_link(case)
        add_measure(case)
        add_referrals(case)
        add_actions(case)
        add_transfer(case)
        add_grants(case)
        _add_situation(case)
    return batch


def _add_situation(case: Case) -> None:
    chance = case.chance
    kept = case.live or case.last_contact_at + ACTIVE_FOR > case.now
    case.batch.add(
        Situation(
            id=case.id,
            ref=chance.ref(),
            controller_org_id=case.network.dlpm.id,
            assigned_member_id=case.listener,
            opened_at=case.opened_at,
            closed_at=_closing(case) if case.closed else None,
            status=(case.status or _status(case)).value,
            urgency=case.urgency.value,
            retention_state=(RetentionState.ACTIVE if kept else RetentionState.INTERMEDIATE).value,
            qualification=case.qualification.value,
            known_to_cp=case.known.value,
            known_source=_source(case).value,
        )
    )


def _status(case: Case) -> SituationStatus:
    """Where the 119's own work stands in a situation of the period."""
    if case.closed:
        return SituationStatus.CLOSED
    dice = case.chance.unit()
    if case.contacts > 1 and dice < REOPENED_SHARE:
        return SituationStatus.REOPENED
    if dice < MONITORED_SHARE:
        return SituationStatus.MONITORED
    if case.link:
        return SituationStatus.LINKED_TO_ASE
    return SituationStatus.IP_SENT if case.reports else SituationStatus.ADVICE_ONLY


def _closing(case: Case) -> datetime:
    return case.steps(case.last_event_at, (5, 120))[0]


def _source(case: Case) -> KnownSource:
    if case.known is not TriState.YES:
        return KnownSource.UNKNOWN
    return KnownSource.ASE_CONFIRMED if case.link is AseLinkState.CONFIRMED else KnownSource.CALLER_SAID
