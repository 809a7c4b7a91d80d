"""The relations of table `reach` (defined in loaders/policy/reach.py), and the states of reports and referrals they speak of."""

from schema.vocabulary import ReferralStatus, ReportStatus

NETWORK = "NETWORK"
REPORTED = "REPORTED"
REPORTED_CLOSED = "REPORTED_CLOSED"
CASEWORKER = "CASEWORKER"
CASEWORKER_CLOSED = "CASEWORKER_CLOSED"
LISTENING = "LISTENING"
ASE_LINKED = "ASE_LINKED"
ASE_LINKED_CLOSED = "ASE_LINKED_CLOSED"
ENTRUSTED = "ENTRUSTED"
ENTRUSTED_CLOSED = "ENTRUSTED_CLOSED"
MANDATED = "MANDATED"
ASSIGNED = "ASSIGNED"
SUPPORTS = "SUPPORTS"
CONSULTS = "CONSULTS"
STAKE = "STAKE"
ARCHIVED = "ARCHIVED"

RECEIVED = frozenset(set(ReportStatus) - {ReportStatus.DRAFT, ReportStatus.VALIDATED, ReportStatus.MISROUTED})
UNRETURNED = RECEIVED - {ReportStatus.RETURNED_TO_119}
PENDING = frozenset({ReferralStatus.PROPOSED})
RELEASED = frozenset(
    {ReferralStatus.IDENTITY_RELEASED, ReferralStatus.ENGAGED, ReferralStatus.ONGOING, ReferralStatus.PAUSED_RUNAWAY}
)
RUNNING = frozenset({ReferralStatus.ACCEPTED}) | RELEASED
LIVE = PENDING | RUNNING
SEEN_BY_WORKER = frozenset(
    set(ReferralStatus) - {ReferralStatus.DRAFT, ReferralStatus.PROPOSED, ReferralStatus.DECLINED}
)
PROPOSED_OR_LATER = frozenset(set(ReferralStatus) - {ReferralStatus.DRAFT})


def once_closed(relation: str) -> str:
    """The same relation, of a case that the DLPM has closed."""
    return relation + "_CLOSED"
