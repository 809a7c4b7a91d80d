"""One situation made by hand, and what may hang on it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.cases.moments import NOW, TODAY
from tests.cases.rows import Rows, Service

REFERRAL_STATUSES = (
    "DRAFT PROPOSED ACCEPTED DECLINED IDENTITY_RELEASED ENGAGED ONGOING PAUSED_RUNAWAY "
    "REFUSED_BY_MINOR LOST_CONTACT COMPLETED TRANSFERRED WITHDRAWN"
).split()
REPORT_STATUSES = (
    "DRAFT VALIDATED SENT ACKNOWLEDGED QUALIFIED NOT_QUALIFIED MISROUTED COMPLEMENT_OF_EXISTING EVALUATING CONCLUDED "
    "RETURNED_TO_119"
).split()


@dataclass
class Case:
    """One situation made by hand."""

    builder: Rows
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
