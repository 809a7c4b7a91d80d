"""Cases made by hand beside the synthetic data, so that every condition of the matrix holds somewhere and fails elsewhere.

Rows are written as the administrator, without triggers, then the table `reach` is rebuilt once: what the triggers do
is the business of tests/loaders/test_reach.py.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from loaders.envelope import DataKey
from loaders.keyring import Keyring
from tests.sealed import fresh_key, in_the_clear, keyring_of, sealed

NOW = datetime.now(UTC)
TODAY = NOW.date()
FAR = timedelta(days=200)

REFERRAL_STATUSES = (
    "DRAFT PROPOSED ACCEPTED DECLINED IDENTITY_RELEASED ENGAGED ONGOING PAUSED_RUNAWAY "
    "REFUSED_BY_MINOR LOST_CONTACT COMPLETED TRANSFERRED WITHDRAWN"
).split()
REPORT_STATUSES = (
    "DRAFT VALIDATED SENT ACKNOWLEDGED QUALIFIED NOT_QUALIFIED MISROUTED COMPLEMENT_OF_EXISTING EVALUATING CONCLUDED "
    "RETURNED_TO_119"
).split()


# Whatever break-glass may open: never the caller (condition 9) nor the listening notes.
OPENABLE = tuple(f"G{number:02}" for number in range(1, 37) if number not in {6, 10})


@dataclass(frozen=True)
class Service:
    """An organisation of the demonstration, as the cases need it."""

    id: UUID
    authority: UUID | None
    people: dict[str, tuple[UUID, ...]]

    def one(self, role: str, place: int = 0) -> UUID:
        return self.people[role][place]


@dataclass
class Builder:
    """Collects rows; `case` makes a situation with something in every table."""

    services: dict[str, Service]
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    names: dict[str, UUID] = field(default_factory=dict)
    moment: int = 0

    def add(self, table: str, **values: Any) -> UUID:
        identity: UUID = values.setdefault("id", uuid4())
        self.rows.append((table, values))
        return identity

    def instant(self) -> datetime:
        """Never the same twice, so that rows without an id can be told apart."""
        self.moment += 1
        return NOW - timedelta(days=30, seconds=self.moment)

    def employer(self, member: UUID) -> UUID:
        """For whom somebody works."""
        return next(one.id for one in self.services.values() if any(member in people for people in one.people.values()))

    @property
    def dlpm(self) -> Service:
        return self.services["cli_dlpm"]

    def case(
        self,
        name: str,
        *,
        status: str = "IP_SENT",
        retention: str = "ACTIVE",
        listener: UUID | None = None,
        jurisdictions: Sequence[tuple[str, datetime, datetime | None]] = (),
        reports: Sequence[tuple[str, str]] = (),
        anonymity: str = "KNOWN_119_ONLY",
        taken_by: UUID | None = None,
        callers: int = 2,
        born: date | None = None,
        measures: bool = True,
        rich: bool = True,
    ) -> "Case":
        dlpm = self.dlpm
        situation = self.add(
            "situation",
            ref="T-" + secrets.token_hex(6),
            controller_org_id=dlpm.id,
            assigned_member_id=listener,
            opened_at=self.instant(),
            closed_at=self.instant() if status == "CLOSED" else None,
            status=status,
            urgency="PRIORITY",
            retention_state=retention,
            qualification="SUSPECTED",
            known_to_cp="YES",
            known_source="CALLER_SAID",
        )
        self.names[name] = situation
        minors = [
            self.add(
                "minor",
                situation_id=situation,
                age_band="A15_17",
                first_name=f"Prénom {self.moment}-{place}",
                gender="GIRL",
                age=15,
                age_precision="DECLARED",
                last_name=f"Nom {self.moment}-{place}",
                birth_date=born or TODAY - timedelta(days=365 * 15),
                handles=["@a"],
                address="1 rue",
                phone="+33 6 00 00 00 00",
                school="Collège",
                safe_channel="SMS",
                safe_hours="18 h",
                language="fr",
            )
            for place in range(2)
        ]
        case = Case(self, situation, minors)
        for code, starts, ends in jurisdictions:
            self.add(
                "situation_jurisdiction",
                situation_id=situation,
                department_code="13",
                authority_id=self.services[code].authority,
                role="RESIDENCE",
                starts_at=starts,
                ends_at=ends,
            )
        contacts = []
        professional = len(self.names) % 2 == 1
        for place in range(max(callers, 1)):
            contact = self.add(
                "contact",
                situation_id=situation,
                controller_org_id=dlpm.id,
                taken_by_id=taken_by if place == 0 else None,
                at=self.instant(),
                channel="PHONE",
                direction="IN",
                outcome="ANSWERED_IP",
                caller_category="PROFESSIONAL" if professional else "MOTHER",
                caller_category_public="PROFESSIONAL" if professional else "FAMILY",
            )
            contacts.append(contact)
            if place < callers:
                case.callers.append(
                    self.add(
                        "caller",
                        contact_id=contact,
                        situation_id=situation,
                        controller_org_id=dlpm.id,
                        name=f"Appelante {self.moment}",
                        phone="1",
                        email="a@example.org",
                        relation="mère",
                        anonymity=anonymity if place == 0 else "ANONYMOUS",
                        lives_with_child="YES",
                    )
                )
        for code, state in reports:
            case.report(code, state, contacts[0])
        if rich:
            case.furnish(contacts[0], measures=measures)
        return case


@dataclass
class Case:
    """One situation made by hand."""

    builder: Builder
    id: UUID
    minors: list[UUID]
    callers: list[UUID] = field(default_factory=list)

    def add(self, table: str, **values: Any) -> UUID:
        return self.builder.add(table, situation_id=self.id, **values)

    def furnish(self, contact: UUID, *, measures: bool) -> None:
        """Something in every table that hangs on the case."""
        one, two = self.minors
        now, services = self.builder.instant, self.builder.services
        for code in ("cli_dlpm", "cli_crip_59", "cli_ase_59", "cli_foyer"):
            self.access(services["cli_crip_13" if code == "cli_ase_59" else "cli_dlpm"], services[code])
        for minor in self.minors:
            self.add(
                "parental_holder",
                minor_id=minor,
                name=f"Parent {self.builder.moment}",
                contact="06",
                authority_kind="11",
                danger_if_informed="UNKNOWN",
            )
        self.add("listening_note", contact_id=contact, text=f"Note {self.builder.moment}", at=now())
        for kind, whose in (("RUNAWAY", one), ("CYBER", one), ("RUNAWAY", two), ("COERCIVE_CONTROL", None)):
            self.add("problematic", minor_id=whose, kind=kind, value="YES", source="119", at=now())
        self.add("sensitive_problematic", minor_id=one, kind="ADDICTION", value="YES", source="119", at=now())
        self.add(
            "exploitation_fact",
            minor_id=one,
            form="IMAGES",
            venue="HOTEL",
            recruitment="PEER",
            mode="ALONE",
            signs=["RUNAWAY"],
            at=now(),
        )
        self.add("live_danger", place="Gare", ad_url="u", until=NOW + timedelta(days=5), at=NOW - timedelta(days=1))
        self.add("live_danger", place="Ancien", ad_url="u", until=NOW - timedelta(hours=1), at=NOW - timedelta(days=9))
        self.add("alleged_perpetrator", identifiers=["X"], relation="inconnu")
        self.add("dlpm_action", kind="DOCUMENTATION", target_org_id=services["cli_foyer"].id, at=now())
        self.add("information_duty", duty="IP_TRANSMISSION", person="mère", done_at=now(), recorded_at=now())
        for origin, destination in (("cli_crip_59", "cli_crip_13"), ("cli_crip_13", "cli_crip_69M")):
            self.add(
                "department_transfer",
                origin_authority_id=services[origin].authority,
                destination_authority_id=services[destination].authority,
                regime="ADMINISTRATIVE",
                state="REQUESTED",
                requested_at=now(),
            )
        self.add(
            "department_transfer",
            origin_authority_id=services["cli_crip_59"].authority,
            regime="JUDICIAL",
            state="UNKNOWN_ADDRESS",
            requested_at=now(),
            address_lost_at=now(),
        )
        self.add(
            "department_transfer",
            origin_authority_id=services["cli_crip_13"].authority,
            destination_authority_id=services["cli_crip_59"].authority,
            regime="JUDICIAL",
            state="RECEIVED",
            duty="INFORMED",
            requested_at=now(),
            window_ends_at=now() + timedelta(days=40),
        )
        if measures:
            for code in ("cli_crip_59", "cli_crip_13"):
                self.add(
                    "measure",
                    authority_id=services[code].authority,
                    decision="ADMINISTRATIVE",
                    nature="10",
                    starts_on=TODAY - timedelta(days=60),
                    caseworker="Bureau",
                    placement="3",
                )
        self.link("cli_ase_69M", None, state="NO_ANSWER")

    def access(self, owner: Service, reader: Service) -> UUID:
        return self.add(
            "case_access",
            controller_org_id=owner.id,
            organisation_id=reader.id,
            at=self.builder.instant(),
            event="READ",
            outcome="OK",
            trace_id=f"case {reader.id}",
            reader="lec_0123456789abcdef",
            audience="CRI",
            purpose="EVALUATE",
            operation="situations",
            categories=["G01"],
            conditional=["G11"],
        )

    def report(self, code: str, status: str, contact: UUID | None = None) -> UUID:
        """A report, its evaluation, return and judicial referral, all of one authority."""
        now = self.builder.instant
        authority = self.builder.services[code].authority
        sent = status not in {"DRAFT", "VALIDATED"}
        report = self.add(
            "concern_report",
            minor_id=self.minors[0],
            origin_contact_id=contact,
            controller_org_id=self.builder.dlpm.id,
            to_authority_id=authority,
            kind="INITIAL",
            status=status,
            urgency="PRIORITY",
            drafted_at=now(),
            sent_at=now() if sent else None,
            due_at=now(),
            acknowledge_due_at=now() if sent else None,
            evaluation_due_at=now() + timedelta(days=45) if sent else None,
            return_due_at=now() + timedelta(days=80) if sent else None,
            origin_code="10",
            summary_for_crip=f"Résumé {self.builder.moment}",
            appraisal="Appréciation",
            danger_types=["SEXUAL"],
            parents_informed="NO",
            parents_informed_reason="danger",
        )
        if sent:
            self.add("evaluation", report_id=report, authority_id=authority, notified_at=now(), due_at=now())
            self.add(
                "concern_return",
                report_id=report,
                authority_id=authority,
                conclusion="CLASSIFIED",
                codes=["MOTIFML:10"],
                received_at=now(),
            )
            self.add("judicial_referral", report_id=report, authority_id=authority, at=now(), by="CRIP", motif_sig="5")
        return report

    def link(self, code: str, caseworker: UUID | None, *, state: str = "CONFIRMED", ended: bool = False) -> UUID:
        now = self.builder.instant
        return self.add(
            "ase_link",
            ase_org_id=self.builder.services[code].id,
            caseworker_id=caseworker,
            service_contact="Accueil",
            state=state,
            proposed_at=now(),
            answered_at=now(),
            ended_at=now() if ended else None,
        )

    def measure(
        self,
        *,
        organisation: UUID | None = None,
        caseworker: UUID | None = None,
        authority: str = "cli_crip_59",
        starts: int = -60,
        ends: int | None = None,
    ) -> UUID:
        """`starts` and `ends` in days from today."""
        return self.add(
            "measure",
            authority_id=self.builder.services[authority].authority,
            organisation_id=organisation,
            caseworker_id=caseworker,
            decision="JUDICIAL",
            nature="15",
            starts_on=TODAY + timedelta(days=starts),
            ends_on=None if ends is None else TODAY + timedelta(days=ends),
            caseworker="Service",
        )

    def referral(
        self,
        code: str,
        status: str,
        *,
        kind: str = "DIRECT_SUPPORT",
        agreement: str = "AGREED",
        assigned: UUID | None = None,
        minor: int = 0,
    ) -> UUID:
        """A referral, with a follow-up and a note where there has been time for them."""
        builder, now = self.builder, self.builder.instant
        service = builder.services[code]
        referral = self.add(
            "referral",
            ref="O-" + secrets.token_hex(6),
            minor_id=self.minors[minor],
            controller_org_id=builder.dlpm.id,
            to_org_id=service.id,
            assigned_member_id=assigned,
            kind=kind,
            status=status,
            minor_agreement=agreement,
            decline_reason="CAPACITY" if status == "DECLINED" else None,
            drafted_at=now(),
            proposed_at=None if status == "DRAFT" else now(),
            answered_at=None if status in {"DRAFT", "PROPOSED"} else now(),
            age_band="A15_17",
            territory="13",
            need_codes=["HEALTH"],
            shared_kinds=["RUNAWAY"],
            coded_problematics=["RUNAWAY", "CYBER"],
            coded_forms=["IMAGES"],
            coded_qualification="SUSPECTED",
        )
        if status not in {"DRAFT", "PROPOSED", "DECLINED"}:
            # One in person, one by the association's tool: they part ways when the referral ends.
            for recorder in (assigned, None):
                self.follow_up(code, referral, recorder)
            self.add(
                "association_note",
                referral_id=referral,
                organisation_id=service.id,
                text=f"Carnet {builder.moment}",
                at=now(),
            )
        return referral

    def follow_up(self, code: str, referral: UUID, recorder: UUID | None) -> UUID:
        builder = self.builder
        return self.add(
            "follow_up",
            referral_id=referral,
            organisation_id=builder.services[code].id,
            recorded_by_id=recorder,
            status="ONGOING",
            date=TODAY,
            recorded_at=builder.instant(),
            note_for_ase=f"Mot {builder.moment}",
        )

    def grant(
        self,
        to: UUID,
        to_org: UUID,
        *,
        sender: UUID | None = None,
        sender_org: UUID | None = None,
        approver: UUID | None = None,
        groups: Sequence[str] = ("G11", "G17", "G18", "G19"),
        purpose: str = "EVALUATE",
        state: str = "ACTIVE",
        starts: int = -5,
        ends: int = 30,
        revoked: bool = False,
        duty: str = "SHARING",
        approved: bool = True,
    ) -> UUID:
        builder, now, dlpm = self.builder, self.builder.instant, self.builder.dlpm
        told = self.add("information_duty", duty=duty, person="père", done_at=now(), recorded_at=now())
        grant = self.add(
            "sharing_grant",
            from_member_id=sender or dlpm.one("LIS"),
            from_org_id=sender_org or dlpm.id,
            to_member_id=to,
            to_org_id=to_org,
            duty_id=told,
            approved_by_id=(approver or dlpm.one("SUP")) if approved else None,
            purpose=purpose,
            field_groups=list(groups),
            extract=f"Extrait {builder.moment}",
            justification="Nécessaire",
            state=state,
            starts_at=NOW + timedelta(days=starts),
            expires_at=NOW + timedelta(days=ends),
            revoked_at=now() if revoked else None,
        )
        self.add(
            "disclosure",
            from_org_id=sender_org or dlpm.id,
            to_org_id=to_org,
            duty_id=told,
            act="GRANT",
            field_groups=list(groups),
            purpose=purpose,
            at=now(),
        )
        return grant

    def opening(
        self,
        member: UUID,
        *,
        approver: UUID | None,
        reason: str = "COMPLAINT",
        groups: Sequence[str] = ("G02", "G03", "G04", "G11"),
        began: int = -5,
        lasts: int = 60,
        caller: UUID | None = None,
    ) -> UUID:
        """An emergency access; `began` and `lasts` in minutes."""
        opened = NOW + timedelta(minutes=began)
        return self.add(
            "emergency_access",
            member_id=member,
            organisation_id=self.builder.employer(member),
            caller_id=caller,
            approved_by_id=approver,
            reason_code=reason,
            reason="Motif",
            field_groups=list(groups),
            opened_at=opened,
            expires_at=opened + timedelta(minutes=lasts),
        )


# ---------------------------------------------------------------- the cases

LONG_AGO = NOW - FAR
SOON = NOW + timedelta(days=20)
LATELY = NOW - timedelta(days=3)


def _competent(*codes: str) -> list[tuple[str, datetime, datetime | None]]:
    return [(code, LONG_AGO, None) for code in codes]


def departments(builder: Builder) -> None:
    """Condition 1, closure, retention, callers."""
    north, south = "cli_crip_59", "cli_crip_13"
    for status in REPORT_STATUSES:
        builder.case(f"report {status}", jurisdictions=_competent(north, south), reports=[(north, status)])
    builder.case("no report", jurisdictions=_competent(north))
    builder.case("no jurisdiction", reports=[(north, "SENT")])
    builder.case("reported elsewhere", jurisdictions=_competent(north, south), reports=[(south, "SENT")])
    builder.case(
        "two authorities", jurisdictions=_competent(north, south), reports=[(north, "SENT"), (south, "CONCLUDED")]
    )
    builder.case(
        "twice, once misrouted", jurisdictions=_competent(north), reports=[(north, "MISROUTED"), (north, "SENT")]
    )
    builder.case(
        "twice, one not sent yet", jurisdictions=_competent(north), reports=[(north, "VALIDATED"), (north, "SENT")]
    )
    builder.case("jurisdiction ended", jurisdictions=[(north, LONG_AGO, LATELY)], reports=[(north, "SENT")])
    builder.case("jurisdiction to come", jurisdictions=[(north, SOON, None)], reports=[(north, "SENT")])
    builder.case(
        "jurisdiction between two",
        jurisdictions=[(north, LONG_AGO, LATELY), (north, SOON, None)],
        reports=[(north, "SENT")],
    )
    builder.case("jurisdiction ends soon", jurisdictions=[(north, LONG_AGO, SOON)], reports=[(north, "SENT")])
    builder.case(
        "caller transmissible",
        jurisdictions=_competent(north),
        reports=[(north, "SENT")],
        anonymity="TRANSMISSIBLE_CRIP",
        callers=3,
    )
    for retention, status in (
        ("ACTIVE", "CLOSED"),
        ("ACTIVE", "REOPENED"),
        ("INTERMEDIATE", "CLOSED"),
        ("ANONYMISED", "CLOSED"),
        ("DELETED", "CLOSED"),
    ):
        case = builder.case(
            f"{retention} {status}",
            status=status,
            retention=retention,
            listener=builder.dlpm.one("LIS"),
            taken_by=builder.dlpm.one("LIS", 1),
            jurisdictions=_competent(north, south),
            reports=[(north, "RETURNED_TO_119"), (south, "SENT")],
        )
        _all_partners(builder, case)
    builder.case("nobody's")
    builder.case("assigned to a listener", listener=builder.dlpm.one("LIS"))
    builder.case("contact of a listener", taken_by=builder.dlpm.one("LIS", 1))


def _all_partners(builder: Builder, case: Case) -> None:
    """Everybody who can be in a case is in it, as the state of the case may take it away again."""
    services = builder.services
    ase, worker = services["cli_ase_59"], services["cli_asso_measure"]
    case.link("cli_ase_59", ase.one("ASE"))
    case.measure(organisation=services["cli_foyer"].id, caseworker=ase.one("ASE"))
    case.measure(organisation=ase.id)
    case.referral("cli_asso_measure", "ONGOING", assigned=worker.one("ASM"))
    case.referral("cli_asso_measure", "PROPOSED", minor=1)
    case.referral("cli_asso_measure", "COMPLETED", assigned=worker.one("ASM", 1))
    case.referral("cli_asso_measure", "ONGOING", kind="PROFESSIONAL_CONSULTATION", assigned=worker.one("ASM"))
    case.referral(
        "cli_asso_outside_mission",
        "ONGOING",
        kind="PROFESSIONAL_CONSULTATION",
        assigned=services["cli_asso_outside_mission"].one("ASO"),
    )
    case.grant(ase.one("ASE"), ase.id)
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case.opening(services["cli_crip_59"].one("DPO"), approver=builder.dlpm.one("SUP"), groups=OPENABLE)
    case.opening(builder.dlpm.one("DPO"), approver=builder.dlpm.one("SUP"), groups=OPENABLE)


def services_of_protection(builder: Builder) -> None:
    """ASE links and measures: caseworker, colleague, state, dates, mandate."""
    north = "cli_crip_59"
    ase = builder.services["cli_ase_59"]
    far = builder.services["cli_ase_13"]
    reported = {"jurisdictions": _competent(north), "reports": [(north, "SENT")]}
    for state in ("PROPOSED", "CONTACTED", "CONFIRMED", "NO_ANSWER", "NOT_COMPETENT", "ENDED"):
        builder.case(f"link {state}", **reported).link("cli_ase_59", ase.one("ASE"), state=state)  # type: ignore[arg-type]
    builder.case("link ended", **reported).link("cli_ase_59", ase.one("ASE"), ended=True)  # type: ignore[arg-type]
    builder.case("link of nobody", **reported).link("cli_ase_59", None)  # type: ignore[arg-type]
    builder.case("link without report", jurisdictions=_competent(north)).link("cli_ase_59", ase.one("ASE"))
    builder.case("link, jurisdiction ended", jurisdictions=[(north, LONG_AGO, LATELY)]).link(
        "cli_ase_59", ase.one("ASE")
    )
    builder.case("link, no jurisdiction", jurisdictions=_competent("cli_crip_13")).link("cli_ase_59", ase.one("ASE"))
    builder.case("measure with caseworker", **reported).measure(caseworker=ase.one("ASE"))  # type: ignore[arg-type]
    builder.case("measure ended", **reported).measure(caseworker=ase.one("ASE"), ends=-2)  # type: ignore[arg-type]
    builder.case("measure to come", **reported).measure(caseworker=ase.one("ASE"), starts=9)  # type: ignore[arg-type]
    builder.case("measure of another authority", jurisdictions=_competent("cli_crip_13")).measure(
        caseworker=ase.one("ASE"), authority="cli_crip_13"
    )
    builder.case("measure between two", **reported).measure(caseworker=ase.one("ASE"), ends=-9)  # type: ignore[arg-type]
    Case(builder, builder.names["measure between two"], []).measure(caseworker=ase.one("ASE"), starts=9)
    builder.case("measure of the service", jurisdictions=_competent(north)).measure(organisation=ase.id)
    for state in ("IP_SENT", "CLOSED"):
        builder.case(f"link alone, {state}", status=state, **reported).link("cli_ase_59", None)  # type: ignore[arg-type]
        entrusted = builder.case(f"measure alone, {state}", status=state, **reported)  # type: ignore[arg-type]
        entrusted.measure(organisation=ase.id)
        entrusted.referral("cli_asso_measure", "ONGOING")
    builder.case("caseworker elsewhere", jurisdictions=_competent("cli_crip_13")).link("cli_ase_13", far.one("ASE"))
    for code in ("cli_asso_measure", "cli_asso_ase_mission", "cli_asso_outside_mission", "cli_foyer"):
        organisation = builder.services[code].id
        builder.case(f"measure {code}", **reported).measure(organisation=organisation)  # type: ignore[arg-type]
        builder.case(f"measure {code} ended", **reported).measure(organisation=organisation, ends=-2)  # type: ignore[arg-type]
        builder.case(f"measure {code} closed", status="CLOSED", **reported).measure(organisation=organisation)  # type: ignore[arg-type]


def referrals(builder: Builder) -> None:
    """Each state, each kind, each agreement; siblings; assigned to me, to a colleague, to nobody."""
    services = builder.services
    north = "cli_crip_59"
    for code, role in (("cli_asso_measure", "ASM"), ("cli_asso_outside_mission", "ASO")):
        worker = services[code].one(role)
        for kind in ("DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"):
            for status in REFERRAL_STATUSES:
                assigned = None if status in {"DRAFT", "PROPOSED", "DECLINED"} else worker
                case = builder.case(
                    f"{code} {kind} {status}",
                    jurisdictions=_competent(north),
                    reports=[(north, "SENT")],
                    rich=status in {"ACCEPTED", "ONGOING"},
                )
                case.referral(code, status, kind=kind, assigned=assigned)
    for code in ("cli_asso_ase_mission", "cli_foyer"):
        for status in ("PROPOSED", "ACCEPTED", "ENGAGED", "WITHDRAWN"):
            builder.case(f"{code} {status}").referral(
                code, status, assigned=None if status == "PROPOSED" else services[code].one("ASM")
            )
    worker = services["cli_asso_measure"].one("ASM")
    colleague = services["cli_asso_measure"].one("ASM", 1)
    for agreement in ("NOT_ASKED", "ASKED", "REFUSED", "UNSAFE_TO_ASK", "AGREED"):
        for status in ("ACCEPTED", "IDENTITY_RELEASED", "ONGOING"):
            builder.case(f"{status} {agreement}").referral(
                "cli_asso_measure", status, agreement=agreement, assigned=worker
            )
    builder.case("assigned to nobody").referral("cli_asso_measure", "ACCEPTED")
    case = builder.case("two workers, two minors")
    case.referral("cli_asso_measure", "ONGOING", assigned=worker, minor=0)
    case.referral("cli_asso_measure", "ONGOING", assigned=colleague, minor=1, agreement="REFUSED")
    case = builder.case("accepted for one, released for the other")
    case.referral("cli_asso_measure", "ACCEPTED", assigned=worker, minor=0)
    case.referral("cli_asso_measure", "ENGAGED", assigned=worker, minor=1)
    for status in sorted(
        set(REFERRAL_STATUSES) - {"ACCEPTED", "IDENTITY_RELEASED", "ENGAGED", "ONGOING", "PAUSED_RUNAWAY"}
    ):
        case = builder.case(f"released for one, {status} for the other", rich=False)
        case.referral("cli_asso_measure", "ENGAGED", assigned=worker, minor=0)
        case.referral("cli_asso_measure", status, assigned=worker, minor=1)
    for state in ("IP_SENT", "CLOSED"):
        for kind in ("DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"):
            case = builder.case(f"handed to a colleague, {kind}, {state}", status=state, rich=False)
            handed = case.referral("cli_asso_measure", "ONGOING", kind=kind, assigned=colleague)
            case.follow_up("cli_asso_measure", handed, worker)
    case = builder.case("support and consultation")
    case.referral("cli_asso_outside_mission", "ONGOING", assigned=services["cli_asso_outside_mission"].one("ASO"))
    case.referral(
        "cli_asso_outside_mission",
        "ONGOING",
        kind="PROFESSIONAL_CONSULTATION",
        assigned=services["cli_asso_outside_mission"].one("ASO"),
    )


def grants(builder: Builder) -> None:
    """Everything section 7 checks at every read, one flaw at a time."""
    services, dlpm = builder.services, builder.dlpm
    north = "cli_crip_59"
    ase, worker = services["cli_ase_59"], services["cli_asso_measure"]
    crip, lost = services["cli_crip_59"], dlpm.one("LIS", 5)
    flaws: dict[str, dict[str, Any]] = {
        "none": {},
        "expired": {"starts": -40, "ends": -1},
        "to come": {"starts": 2},
        "requested": {"state": "REQUESTED"},
        "approved only": {"state": "APPROVED"},
        "state expired": {"state": "EXPIRED"},
        "revoked": {"state": "REVOKED", "revoked": True},
        "revoked but active": {"revoked": True},
        "not approved": {"approved": False},
        "another duty": {"duty": "IP_TRANSMISSION"},
        "one group": {"groups": ("G17",)},
        "no group": {"groups": ()},
        "sender lost their habilitation": {"sender": lost},
        "to implement": {"purpose": "IMPLEMENT"},
        "to determine": {"purpose": "DETERMINE"},
        "from the CRIP": {"sender": crip.one("CRI"), "sender_org": crip.id, "approver": crip.one("CRI", 1)},
        "from a CRIP without report": {
            "sender": services["cli_crip_13"].one("CRI"),
            "sender_org": services["cli_crip_13"].id,
            "approver": services["cli_crip_13"].one("CRI", 1),
        },
        "from an ASE": {"sender": ase.one("ASE", 1), "sender_org": ase.id},
    }
    for flaw, values in flaws.items():
        case = builder.case(
            f"grant to ASE: {flaw}",
            jurisdictions=_competent(north, "cli_crip_13"),
            reports=[(north, "SENT")],
            measures=False,
        )
        case.link("cli_ase_59", None)
        case.grant(ase.one("ASE"), ase.id, **values)
        case = builder.case(
            f"grant to ASM: {flaw}",
            jurisdictions=_competent(north, "cli_crip_13"),
            reports=[(north, "SENT")],
            measures=False,
        )
        case.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
        case.grant(worker.one("ASM"), worker.id, **{"purpose": "IMPLEMENT", **values})
    for status in ("PROPOSED", "ACCEPTED", "IDENTITY_RELEASED", "COMPLETED", "WITHDRAWN"):
        case = builder.case(f"grant, referral {status}", jurisdictions=_competent(north), measures=False)
        case.referral("cli_asso_measure", status, assigned=None if status == "PROPOSED" else worker.one("ASM"))
        case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case = builder.case("grant, consultation", measures=False)
    case.referral("cli_asso_measure", "ENGAGED", kind="PROFESSIONAL_CONSULTATION", assigned=worker.one("ASM"))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case = builder.case("grant, nothing else", measures=False)
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case.grant(ase.one("ASE"), ase.id)
    case = builder.case("grant, measure", measures=False)
    case.measure(organisation=worker.id)
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    outside = services["cli_asso_outside_mission"]
    case = builder.case("grant to outside", measures=False)
    case.measure(organisation=outside.id)
    case.grant(outside.one("ASO"), outside.id, purpose="IMPLEMENT")
    case = builder.case("grant, adult", born=TODAY - timedelta(days=365 * 19), measures=False)
    case.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case = builder.case("grant, adult with a measure", born=TODAY - timedelta(days=365 * 19))
    case.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    case = builder.case("two grants", jurisdictions=_competent(north), reports=[(north, "SENT")])
    case.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT", groups=("G18",))
    case.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT", state="REQUESTED", groups=("G11",))
    case.grant(worker.one("ASM", 1), worker.id, purpose="IMPLEMENT", groups=("G11",))


def openings(builder: Builder) -> None:
    """Break-glass and the two-person opening of a caller."""
    dlpm, crip = builder.dlpm, builder.services["cli_crip_59"]
    north = "cli_crip_59"
    reported: dict[str, Any] = {"jurisdictions": _competent(north), "reports": [(north, "SENT")]}
    variants: dict[str, dict[str, Any]] = {
        "ok": {},
        "requisition": {"reason": "REQUISITION"},
        "danger": {"reason": "IMMEDIATE_DANGER"},
        "not approved": {"approver": None},
        "over": {"began": -90},
        "to come": {"began": 45},
        "by a listener": {"approver": dlpm.one("LIS")},
    }
    for name, values in variants.items():
        case = builder.case(f"opening {name}", **reported)
        case.opening(dlpm.one("DPO"), **{"approver": dlpm.one("SUP"), **values})
        case.opening(crip.one("DPO"), **{"approver": crip.one("CRI"), **values})
        case = builder.case(f"caller {name}", callers=1)
        case.opening(
            dlpm.one("SUP"), groups=("G06",), **{"approver": dlpm.one("SUP", 1), "caller": case.callers[0], **values}
        )
    for retention in ("INTERMEDIATE", "DELETED"):
        case = builder.case(f"caller, {retention}", callers=1, status="CLOSED", retention=retention)
        case.opening(dlpm.one("SUP"), groups=("G06",), approver=dlpm.one("SUP", 1), caller=case.callers[0])
    builder.case("opening by another CRIP", **reported).opening(
        crip.one("DPO"), approver=builder.services["cli_crip_13"].one("CRI")
    )
    builder.case("opening out of scope").opening(crip.one("DPO"), approver=crip.one("CRI"))
    two = builder.case("two callers", callers=2)
    two.opening(dlpm.one("SUP"), groups=("G06",), approver=dlpm.one("SUP", 1), caller=two.callers[1])
    builder.case("no caller named", callers=1).opening(dlpm.one("SUP"), groups=("G06",), approver=dlpm.one("SUP", 1))
    builder.case("the caller of another case", callers=1).opening(
        dlpm.one("SUP"), groups=("G06",), approver=dlpm.one("SUP", 1), caller=two.callers[0]
    )
    case = builder.case("opening of G06 by a DPO", callers=1)
    case.opening(dlpm.one("DPO"), groups=("G06",), approver=dlpm.one("SUP"), caller=case.callers[0])
    ase = builder.services["cli_ase_59"]
    case = builder.case("danger, on call", **reported)
    case.link("cli_ase_59", ase.one("ASE", 1))
    case.opening(ase.one("ASE"), approver=ase.one("ASE", 1), reason="IMMEDIATE_DANGER", groups=("G03", "G04"))


def officers(builder: Builder) -> None:
    """What a DPO sees by one alternative of condition 10 alone."""
    dlpm, crip, ase = builder.dlpm, builder.services["cli_crip_59"], builder.services["cli_ase_59"]
    north = "cli_crip_59"
    told = builder.case("a duty done where we have no stake")
    told.add(
        "information_duty",
        duty="SHARING",
        person="tante",
        by_id=crip.one("CRI"),
        done_at=NOW,
        recorded_at=builder.instant(),
    )
    sent = builder.case("a grant of the CRIP, opened", jurisdictions=_competent(north), reports=[(north, "SENT")])
    sent.grant(ase.one("ASE"), ase.id, sender=crip.one("CRI"), sender_org=crip.id, approver=crip.one("CRI", 1))
    sent.opening(crip.one("DPO"), approver=crip.one("CRI"), groups=OPENABLE)
    archived = builder.case("a grant, archived, not opened", status="CLOSED", retention="INTERMEDIATE")
    archived.grant(ase.one("ASE"), ase.id)
    read = builder.case("read by one, answered for by another")
    for owner, reader in ((crip, builder.services["cli_foyer"]), (crip, dlpm)):
        read.access(owner, reader)
    closed = builder.case("danger, on call, closed since", status="CLOSED", jurisdictions=_competent(north))
    closed.link("cli_ase_59", ase.one("ASE"))
    closed.opening(ase.one("ASE", 1), approver=ase.one("ASE"), reason="IMMEDIATE_DANGER", groups=("G03", "G04"))
    ledger = builder.case("a line to another receiver under the same duty", jurisdictions=_competent(north))
    worker = builder.services["cli_asso_measure"]
    ledger.referral("cli_asso_measure", "ENGAGED", assigned=worker.one("ASM"))
    ledger.grant(worker.one("ASM"), worker.id, purpose="IMPLEMENT")
    _, line = next(row for row in reversed(builder.rows) if row[0] == "disclosure")
    ledger.add(
        "disclosure",
        **{
            **{name: value for name, value in line.items() if name != "situation_id"},
            "id": uuid4(),
            "to_org_id": builder.services["cli_foyer"].id,
            "at": builder.instant(),
        },
    )


def crossings(builder: Builder) -> None:
    """Everybody in one case, each in their own right: what is one's own is told apart by its row, not by the case."""
    services = builder.services
    north, south = "cli_crip_59", "cli_crip_13"
    for name, status in (("everybody", "IP_SENT"), ("everybody, closed", "CLOSED")):
        case = builder.case(
            name,
            status=status,
            jurisdictions=_competent(north, south),
            reports=[(north, "SENT"), (south, "QUALIFIED"), (north, "MISROUTED"), (south, "DRAFT")],
            anonymity="TRANSMISSIBLE_CRIP",
            callers=3,
        )
        for code in ("cli_ase_59", "cli_ase_13"):
            case.link(code, services[code].one("ASE"))
            case.measure(organisation=services[code].id, authority=south)
        for code, role in (
            ("cli_asso_measure", "ASM"),
            ("cli_asso_ase_mission", "ASM"),
            ("cli_foyer", "ASM"),
            ("cli_asso_outside_mission", "ASO"),
        ):
            for kind in ("DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"):
                for place, state in enumerate(REFERRAL_STATUSES):
                    # Before acceptance too: whoever is to do the work sees nothing yet.
                    people = services[code].people[role]
                    case.referral(code, state, kind=kind, assigned=people[place % len(people)], minor=place % 2)
        # Assigned to somebody who has since changed organisation.
        for kind in ("DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"):
            case.referral("cli_foyer", "ONGOING", kind=kind, assigned=services["cli_asso_measure"].one("ASM"))
            case.referral("cli_asso_measure", "ONGOING", kind=kind, assigned=services["cli_foyer"].one("ASM"))
            case.referral(
                "cli_asso_measure", "DECLINED", kind=kind, assigned=services["cli_asso_outside_mission"].one("ASO")
            )
            case.referral("cli_foyer", "ONGOING", kind=kind, assigned=services["cli_asso_outside_mission"].one("ASO"))
        # Answered by another authority than the one it is addressed to.
        case.report(north, "CONCLUDED")
        for _, values in builder.rows[-3:]:
            values["authority_id"] = services[south].authority
        for code, role in (
            ("cli_ase_59", "ASE"),
            ("cli_ase_13", "ASE"),
            ("cli_asso_measure", "ASM"),
            ("cli_foyer", "ASM"),
        ):
            case.grant(services[code].one(role), services[code].id, purpose="IMPLEMENT")
        for code in (north, south):
            for officer in services[code].people.get("DPO", ()):
                case.opening(officer, approver=builder.dlpm.one("SUP"), groups=OPENABLE)
        case.opening(builder.dlpm.one("DPO"), approver=builder.dlpm.one("SUP"), groups=OPENABLE)
    # Some of the parties of a case only: the others have nothing of their own that would hide it.
    case = builder.case("two associations", rich=True)
    case.referral("cli_asso_measure", "ONGOING", assigned=services["cli_asso_measure"].one("ASM"))
    case.referral("cli_asso_ase_mission", "ACCEPTED", assigned=services["cli_asso_ase_mission"].one("ASM"), minor=1)
    case.referral("cli_foyer", "PROPOSED")
    case.referral("cli_asso_outside_mission", "PROPOSED", kind="PROFESSIONAL_CONSULTATION")


def network_life(builder: Builder) -> None:
    """What hangs on no case: cards, surveys, requests, retention, the log."""
    services = builder.services
    campaign = builder.add("survey_campaign", target="CRIP", title="Campagne", opened_on=TODAY)
    for code in ("cli_dlpm", "cli_crip_59", "cli_crip_13", "cli_ase_59", "cli_asso_measure", "cli_foyer"):
        organisation = services[code].id
        for visibility in ("PUBLIC", "NETWORK", "SECRET"):
            builder.add(
                "resource_card", organisation_id=organisation, title=f"{code} {visibility}", visibility=visibility
            )
        builder.add(
            "survey_response",
            campaign_id=campaign,
            organisation_id=organisation,
            department_code="13",
            confronted="YES",
        )
        builder.add(
            "subject_request", controller_org_id=organisation, kind="ACCESS", received_at=builder.instant(), due_at=SOON
        )
        builder.add(
            "data_breach",
            controller_org_id=organisation,
            noticed_by="MEMBER",
            noticed_at=builder.instant(),
            natures=["CONFIDENTIALITY"],
            description="Courriel envoyé au mauvais service",
            due_at=SOON,
        )
        builder.add(
            "client_secret",
            client_id=code,
            organisation_id=organisation,
            hash="$argon2id$v=19$none",
            created_at=builder.instant(),
            expires_at=SOON,
            allowed_by_id=builder.dlpm.one("LIS", 0),
            added_by_id=builder.dlpm.one("LIS", 1),
        )
        webhook = builder.add(
            "webhook", organisation_id=organisation, url=f"https://{code}.example/hook", state="DISABLED"
        )
        builder.add(
            "webhook_delivery",
            webhook_id=webhook,
            organisation_id=organisation,
            row_id=uuid4(),
            prefix="ref",
            kind="referral.changed",
            state="DEAD" if code == "cli_foyer" else "DELIVERED",
        )
        builder.add("retention_job", controller_org_id=organisation, rule="R1", ran_at=builder.instant())
        builder.add(
            "legal_hold",
            situation_id=next(iter(builder.names.values())),
            controller_org_id=organisation,
            reason="Procédure en cours",
            placed_at=builder.instant(),
        )
    builder.add("awareness_event", held_on=TODAY, title="Intervention", participants=3)
    session = builder.add("working_session", held_on=TODAY, subject="Sujet")
    actor = builder.add("actor", name="Acteur")
    builder.rows.append(("working_session_actor", {"session_id": session, "actor_id": actor}))
    for place, code in enumerate(("cli_dlpm", "cli_crip_59", "cli_foyer")):
        builder.rows.append(
            (
                "access_log",
                {
                    "writer_id": uuid4(),
                    "seq": 1,
                    "at": NOW - timedelta(minutes=place),
                    "event": "MATRIX",
                    "outcome": "OK",
                    "trace_id": f"t{place}",
                    "organisation_id": services[code].id,
                    "client_id": code,
                    "audience": "CRI",
                    "situations": "[]",
                    "prev": b"",
                    "hash": b"",
                },
            )
        )


def repeats(builder: Builder) -> None:
    """Every case beside the next one, archived ones included, in each of the four states."""
    cases = list(builder.names.values())
    for place, (one, other) in enumerate(pairwise(cases)):
        state = ("PROPOSED", "MERGED", "KEPT_APART", "UNMERGED")[place % 4]
        decided = {"decided_at": NOW, "reason": "Mémoire"} if state != "PROPOSED" else {}
        for shown, asked, side in ((one, other, "DUPLICATE"), (other, one, "PRINCIPAL")):
            builder.add(
                "repeat_candidate",
                situation_id=shown,
                for_situation_id=asked,
                state=state,
                merged_as=side if state == "MERGED" else None,
                band="LIKELY",
                weight=150 + place,
                agreeing=["FIRST_NAME", "PLACE"],
                disagreeing=["PHONE"],
                proposed_at=builder.instant(),
                **decided,
            )


EXTRA_OFFICERS = ("cli_ase_59", "cli_asso_measure", "cli_foyer")


async def build(admin_dsn: str, card: dict[str, Any]) -> dict[str, UUID]:
    """Write the cases, and add officers where the demonstration has none (`card` learns of them)."""
    connection = await asyncpg.connect(admin_dsn)
    scopes = card["clients"][0]["scopes"]
    try:
        # The demonstration's observatory may ask for figures only: here the directory is asked of it too.
        await connection.execute("UPDATE oauth_client SET scopes = $1 WHERE id = 'cli_observatory'", scopes)
        next(one for one in card["clients"] if one["client_id"] == "cli_observatory")["scopes"] = scopes
        builder = Builder({one["client_id"]: await _service(connection, one) for one in card["clients"]})
        for one in card["clients"]:
            if one["client_id"] in EXTRA_OFFICERS:
                _officer(builder, one)
        for part in (
            departments,
            services_of_protection,
            referrals,
            grants,
            openings,
            officers,
            crossings,
            network_life,
            repeats,
        ):
            part(builder)
        await _write(connection, _sealed(builder.rows, keyring_of(card)), builder.dlpm)
    finally:
        await connection.close()
    return builder.names


def _officer(builder: Builder, client: dict[str, Any]) -> None:
    organisation = builder.services[client["client_id"]].id
    member = builder.add("member", organisation_id=organisation, name="Déléguée", created_at=builder.instant())
    builder.add(
        "habilitation",
        member_id=member,
        organisation_id=organisation,
        role="DPO",
        secrecy_basis="MISSION",
        state="ACTIVE",
        valid_from=LONG_AGO,
        valid_to=NOW + timedelta(days=100),
    )
    client["members"].append({"id": str(member), "name": "Déléguée", "role": "DPO", "purposes": ["CONTROL"]})


async def _service(connection: "asyncpg.Connection[Any]", client: dict[str, Any]) -> Service:
    organisation = await connection.fetchrow(
        "SELECT o.id, o.authority_id FROM organisation o JOIN oauth_client c ON c.organisation_id = o.id WHERE c.id = $1",
        client["client_id"],
    )
    assert organisation
    people: dict[str, list[UUID]] = {}
    for member in client["members"]:
        people.setdefault(member["role"], []).append(UUID(member["id"]))
    return Service(organisation["id"], organisation["authority_id"], {role: tuple(ids) for role, ids in people.items()})


def _sealed(rows: Iterable[tuple[str, dict[str, Any]]], keyring: Keyring) -> list[tuple[str, dict[str, Any]]]:
    """The rows as they are stored, and the keys of their situations."""
    keys: dict[UUID, tuple[DataKey, dict[str, Any]]] = {}
    made = []
    for table, values in rows:
        if in_the_clear(table, values):
            key, _ = keys.setdefault(values["situation_id"], fresh_key(keyring, values["situation_id"]))
            made.append((table, sealed(key, table, values)))
        else:
            made.append((table, values))
    return [*made, *(("situation_key", row) for _, row in keys.values())]


async def _write(
    connection: "asyncpg.Connection[Any]", rows: Iterable[tuple[str, dict[str, Any]]], dlpm: Service
) -> None:
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, values in rows:
            names = list(values)
            places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
            await connection.execute(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", *(values[name] for name in names)
            )
        # One listener loses their habilitation after the fact: what they shared ends with it.
        await connection.execute("UPDATE habilitation SET state = 'SUSPENDED' WHERE member_id = $1", dlpm.one("LIS", 5))
    await connection.execute("SELECT refresh_reach_all()")
    await connection.execute("SELECT refresh_clocks_all()")
    await connection.execute("SELECT ledger_catch_up()")
