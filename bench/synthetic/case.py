"""One situation while its rows are being made: what was planned for it, and what the earlier rows fixed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from bench.synthetic.chance import Chance
from bench.synthetic.organisations import Network, Office
from bench.synthetic.rows.batch import Batch
from loaders.setup.reference import authority_id
from schema.vocabulary import (
    AgeBand,
    AseLinkState,
    CallerCategory,
    DlpmActionKind,
    Gender,
    MandateKind,
    Problematic,
    Qualification,
    ReferralStatus,
    ReportStatus,
    Role,
    SituationStatus,
    TriState,
    Urgency,
    age_band,
)


@dataclass(slots=True)
class Case:
    """The plan of a situation, then the facts that its rows share."""

    chance: Chance
    network: Network
    opened_at: datetime
    department: str
    authority: str
    gender: Gender
    age: int | None
    known: TriState
    main_caller: CallerCategory
    contacts: int
    urgency: Urgency = Urgency.STANDARD
    qualification: Qualification = Qualification.UNKNOWN
    observed: set[Problematic] = field(default_factory=set)
    actions: set[DlpmActionKind] = field(default_factory=set)
    reports: list[ReportStatus] = field(default_factory=list)
    complemented: bool = False
    link: AseLinkState | None = None
    referrals: list[tuple[MandateKind, ReferralStatus]] = field(default_factory=list)
    consultations: list[ReferralStatus] = field(default_factory=list)
    closed: bool = False
    # Opened lately: its events fit between `opened_at` and `now`, and it may hold live dangers and live grants.
    recent: bool = False
    status: SituationStatus | None = None
    # Reported first to this authority of the same department, which was not the right one.
    wrong_authority: str | None = None

    batch: Batch = field(default_factory=Batch)
    id: UUID = field(init=False)
    minor_id: UUID = field(init=False)
    listener: UUID = field(init=False)
    first_name: str = ""
    last_name: str = ""
    mother: str = ""
    father: str = ""
    danger_if_informed: bool = False
    first_contact_id: UUID = field(init=False)
    first_contact_at: datetime = field(init=False)
    last_contact_at: datetime = field(init=False)
    last_event_at: datetime = field(init=False)
    # Department and authority where she was found, when it is not where she lives.
    presence: tuple[str, str] | None = None
    sent_at: datetime | None = None
    # Set by a live link: who may be given a grant, and from when.
    caseworker: UUID | None = None
    linked_at: datetime | None = None
    # Set by a referral whose identity was released: the worker, and from when.
    released_to: tuple[Office, UUID, datetime] | None = None
    oriented_to: Office | None = None

    def __post_init__(self) -> None:
        self.id = self.chance.uuid()
        self.minor_id = self.chance.uuid()
        self.listener = self.chance.pick(self.network.dlpm.people[Role.LIS])
        self.last_event_at = self.opened_at

    @property
    def now(self) -> datetime:
        return self.network.now

    @property
    def band(self) -> AgeBand:
        return age_band(self.age)

    @property
    def authority_id(self) -> UUID:
        return authority_id(self.authority)

    @property
    def crip(self) -> Office:
        return self.network.crip[self.authority]

    @property
    def ase(self) -> Office:
        return self.network.ase[self.authority]

    @property
    def live(self) -> bool:
        return not self.closed

    def happened(self, at: datetime) -> datetime:
        """Remember the last event: a situation is not closed before it."""
        self.last_event_at = max(self.last_event_at, at)
        return at

    def steps(self, start: datetime, *ranges: tuple[float, float]) -> list[datetime]:
        """Moments after `start`, each so many days after the one before; squeezed so that none is in the future."""
        days = [self.chance.between(low, high) for low, high in ranges]
        room = (self.now - start).total_seconds() / 86400 * 0.97
        squeeze = min(1.0, room / total) if (total := sum(days)) else 1.0
        moments, elapsed = [], 0.0
        for count in days:
            elapsed += count * squeeze
            moments.append(start + timedelta(seconds=int(elapsed * 86400)))
        if moments:
            self.happened(moments[-1])
        return moments
