"""What relates one viewer to one situation, and what is particular to the row and the column asked for."""

from dataclasses import dataclass

from tests.permissions.matrix import GRANTABLE

# What a column is, as far as a rule distinguishes it. `date` is any date of the row itself, `follow_up` any column of a
# FollowUp in G23, `extract` the grant's separately written text in G11, `other` everything no rule singles out.
ASPECTS = (
    "ref status date urgency kind decline_reason need_codes age_band territory shared_kinds "
    "service_contact state extract technical follow_up other"
).split()


@dataclass(frozen=True)
class Referral:
    """One referral, as its relation to the viewer."""

    kind: str = "DIRECT_SUPPORT"
    status: str = "PROPOSED"
    to_my_org: bool = True
    assigned_to_me: bool = False
    minor_agreement: str = "NOT_ASKED"
    shared_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Report:
    """One concern report (IP): whom it is addressed to and how far it has come."""

    to_my_authority: bool = True
    status: str = "SENT"


@dataclass(frozen=True)
class Grant:
    """One SharingGrant with everything section 7 checks at every read."""

    groups: frozenset[str]
    purpose: str
    to_me: bool = True
    state: str = "ACTIVE"
    within_dates: bool = True
    days: int = 90
    approved_by_another: bool = True
    sender_active_and_secrecy_bound: bool = True
    sender_org_involved: bool = True
    sender_reach: frozenset[str] = GRANTABLE
    duty_done_or_waived: bool = True
    adult_without_measure: bool = False


@dataclass(frozen=True)
class BreakGlass:
    """One break-glass opened by the viewer on this very ref (section 9)."""

    groups: frozenset[str]
    reason: str
    second_person: bool = False
    minutes: int = 0
    on_call: bool = True
    earlier_one_unreviewed: bool = False


@dataclass(frozen=True)
class TwoPersonApproval:
    """Condition 9: a second supervisor's approval to read one caller."""

    by_second_supervisor: bool = True
    reason_recorded: bool = True
    this_caller: bool = True
    minutes: int = 0


@dataclass(frozen=True)
class Facts:
    """What relates one viewer to one situation; every default is "no relation at all"."""

    org_kind: str = ""
    mandate_kind: str | None = None
    # For an organisation-only token: the client's own state.
    habilitation_active: bool = True
    secrecy_bound: bool = True
    scopes_cover: bool = True
    purpose: str | None = None
    live_jurisdiction: bool = False
    # Statuses of the IPs addressed to my authority, several being possible (INITIAL, COMPLEMENTARY).
    report_statuses: frozenset[str] = frozenset()
    # Of a live AseLink or Measure.
    caseworker: bool = False
    ase_link_of_my_org: bool = False
    measure_names_my_org: bool = False
    assigned_to_me: bool = False
    took_contact: bool = False
    referrals: tuple[Referral, ...] = ()
    grants: tuple[Grant, ...] = ()
    break_glass: BreakGlass | None = None
    two_persons: TwoPersonApproval | None = None
    professional_identity_to_crip: bool = False
    situation_closed: bool = False
    retention: str = "ACTIVE"


@dataclass(frozen=True)
class Row:
    """What is particular to the row and the column asked for."""

    aspect: str = "other"
    controlled_by_my_org: bool = False
    # The referral the row hangs on (G23-G25, and the copies of G02, G16, G18).
    referral: Referral | None = None
    # Of a follow-up: the viewer recorded it in person.
    recorded_by_me: bool = False
    # The report the row hangs on (G11-G13).
    report: Report | None = None
    copied_into_referral: bool = False
    problematic: str = ""
    caller_anonymity: str = "ANONYMOUS"
    caller_is_professional_owed_answer: bool = False
    contact_taken_by_me: bool = False
    of_my_grant: bool = False
    card_visibility: str | None = None


NO_ROW = Row()
