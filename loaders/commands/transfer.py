"""A family moves: the file goes to another department (CASF L221-3, R221-5 to R221-10), as the CRIPs record it.

What is transmitted is the report: the authority of destination becomes competent and receives one of its own, so what
it sees follows from the very conditions that hold for any other authority. Both see the case until the window's end.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from auth.policy import Act
from loaders.commands.case import (
    CRIPS,
    departments,
    found,
    must_be,
    open_case,
    open_case_of,
    public_id,
)
from loaders.commands.duty import confirmed_danger
from loaders.commands.entry import NAME, optional, past, required
from loaders.commands.notice import TRANSMITTED, named_caller
from loaders.commands.transfer_statements import (
    ADULTS_WITHOUT_MEASURE,
    ANSWERS_FOR,
    AUTHORITY,
    CARRIED,
    LEAVING,
    LIVE_MEASURE,
    REPORT,
    REPORT_UNDER_WAY,
    REPORTED_MINORS,
    REPORTS,
    RESIDES,
    RUNNING,
)
from loaders.commands.work import Command, Row, Work
from loaders.policy.relations import RECEIVED, UNRETURNED
from schema.deadlines import acknowledge_due, civil_date, window_end
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.protection import department_transfer
from schema.tables.report import concern_report
from schema.tables.sharing import information_duty
from schema.tables.situation import situation_jurisdiction
from schema.types.acts_transfer import (
    CloseTransferInput,
    DeclareAddressUnknownInput,
    ReceiveTransferInput,
    RecordTransferAddressInput,
    RecordTransferDutyInput,
    RequestTransferInput,
    SendTransferInput,
)
from schema.vocabulary import (
    Category,
    DutyWaiver,
    InformationDutyKind,
    JurisdictionRole,
    MeasureDecision,
    ReportKind,
    ReportStatus,
    TransferDuty,
    TransferRegime,
    TransferState,
)

REGIMES: Mapping[TransferRegime, frozenset[TransferDuty]] = {
    TransferRegime.REPORT_UNDER_WAY: frozenset({TransferDuty.INFORMED, TransferDuty.CHILD_INTEREST_WAIVER}),
    TransferRegime.ADMINISTRATIVE: frozenset({TransferDuty.AGREEMENT_WRITTEN, TransferDuty.DANGER_OVERRIDE}),
    TransferRegime.JUDICIAL: frozenset({TransferDuty.INFORMED, TransferDuty.CHILD_INTEREST_WAIVER}),
}
"""What each regime asks for before anything is sent: parents told, their written agreement, or why neither."""

TOLD = frozenset({TransferDuty.INFORMED, TransferDuty.AGREEMENT_WRITTEN})
BEFORE_SENT = frozenset({TransferState.REQUESTED, TransferState.DUTY})
COUNCIL = "520"
"""TRANSIP of CASF annexe 2-8: transmitted by a departmental council."""


# ---------------------------------------------------------------- asked for


async def request(work: Work, wish: RequestTransferInput) -> UUID:
    """REQUESTED by the authority that the family leaves."""
    case = await open_case(work, wish.situation, expected_version=wish.expected_version)
    if (wish.department_code is None) != (wish.destination_authority is None):
        raise BadInputError("`departmentCode` and `destinationAuthority` go together.", reason="HALF_A_DESTINATION")
    origin = work.caller.authority_id
    destination = {}
    if wish.department_code is not None and wish.destination_authority is not None:
        destination = await _destination(work, origin, wish.department_code, wish.destination_authority)
    await _must_fit(work, case.id, origin, wish.regime)
    await _must_protect_a_minor(work, case.id, origin)
    running = await work.one(RUNNING, situation=case.id, origin=origin, regime=wish.regime.value)
    if running is not None:
        raise DomainRefusalError("ALREADY_RECORDED", "Un transfert de ce dossier est déjà en cours.", "situation")
    identity = await work.insert(
        department_transfer,
        situation_id=case.id,
        origin_authority_id=origin,
        regime=wish.regime,
        state=TransferState.REQUESTED,
        requested_at=work.now,
        **destination,
    )
    await work.event("transfer.requested", identity, situation=case.id, audiences=CRIPS)
    return identity


async def _destination(work: Work, origin: UUID | None, code: str, wanted: str) -> dict[str, Any]:
    place = required(code, "departmentCode", longest=3)
    await departments(work, [place], field="departmentCode")
    receiver = await work.visible("Authority", wanted, field="destinationAuthority")
    if await work.one(ANSWERS_FOR, authority=receiver.id, department=place) is None:
        raise DomainRefusalError(
            "NOT_COMPETENT", "Cette autorité ne répond pas de ce département.", "destinationAuthority"
        )
    if receiver.id == origin:
        raise DomainRefusalError(
            "SAME_AUTHORITY",
            "La famille reste dans votre ressort : il n'y a rien à transférer.",
            "destinationAuthority",
        )
    return {"department_code": place, "destination_authority_id": receiver.id}


async def _must_fit(work: Work, case: UUID, origin: UUID | None, regime: TransferRegime) -> None:
    """There is something to transfer under this regime."""
    if regime is TransferRegime.REPORT_UNDER_WAY:
        fits = await work.one(REPORT_UNDER_WAY, situation=case, origin=origin) is not None
    else:
        decision = MeasureDecision(regime.value)
        today = await _today(work, origin)
        fits = (
            await work.one(LIVE_MEASURE, situation=case, origin=origin, decision=decision.value, today=today)
            is not None
        )
    if not fits:
        raise DomainRefusalError(
            "NOTHING_TO_TRANSFER",
            "Votre autorité n'a sous ce régime ni information préoccupante en cours, ni mesure en cours.",
            "regime",
        )


async def _must_protect_a_minor(work: Work, case: UUID, origin: UUID | None) -> None:
    # R221-9: transmissions stop at majority, unless a measure goes on.
    if await work.one(ADULTS_WITHOUT_MEASURE, situation=case, today=await _today(work, origin)) is not None:
        raise DomainRefusalError(
            "MAJORITY", "Sans mesure en cours, la transmission cesse à la majorité (CASF R221-9).", "situation"
        )


async def _today(work: Work, competent: UUID | None) -> Any:
    return civil_date(work.now, await _zone(work, competent))


async def _zone(work: Work, competent: UUID | None) -> str:
    row = await work.one(AUTHORITY, authority=competent)
    assert row is not None  # noqa: S101 (a foreign key)
    zone: str = row["timezone"]
    return zone


# ---------------------------------------------------------------- the address


async def lose_address(work: Work, wish: DeclareAddressUnknownInput) -> UUID:
    """REQUESTED | DUTY -> UNKNOWN_ADDRESS."""
    row, case = await _of_origin(work, wish)
    must_be(row, BEFORE_SENT, "transfer", "Le dossier est déjà parti : son adresse était connue.", column="state")
    await work.update(
        department_transfer,
        row.id,
        state=TransferState.UNKNOWN_ADDRESS,
        address_lost_at=work.now,
        department_code=None,
        destination_authority_id=None,
    )
    return await _told(work, row.id, case, "transfer.address_unknown")


async def find_address(work: Work, wish: RecordTransferAddressInput) -> UUID:
    """REQUESTED | DUTY | UNKNOWN_ADDRESS: a destination; what was done for the parents stays done."""
    row, case = await _of_origin(work, wish)
    must_be(
        row,
        BEFORE_SENT | {TransferState.UNKNOWN_ADDRESS},
        "transfer",
        "Le dossier est déjà parti : demandez un nouveau transfert.",
        column="state",
    )
    destination = await _destination(work, row["origin_authority_id"], wish.department_code, wish.destination_authority)
    state = TransferState.REQUESTED if row["duty"] is None else TransferState.DUTY
    await work.update(department_transfer, row.id, state=state, address_lost_at=None, **destination)
    return await _told(work, row.id, case, "transfer.address_known")


# ---------------------------------------------------------------- the parents


async def meet_duty(work: Work, wish: RecordTransferDutyInput) -> UUID:
    """REQUESTED -> DUTY, as the regime asks; recorded among the information duties of the case too."""
    row, case = await _of_origin(work, wish)
    # Rows from before this network say that the duty was met, and not how.
    open_states = {TransferState.REQUESTED} if row["duty"] is not None else BEFORE_SENT
    must_be(row, open_states, "transfer", "L'obligation envers les parents est déjà traitée.", column="state")
    if wish.duty not in REGIMES[TransferRegime(row["regime"])]:
        raise DomainRefusalError(
            "WRONG_DUTY",
            "Information ou intérêt contraire de l'enfant ; pour une mesure administrative, accord écrit ou danger.",
            "duty",
        )
    reason = optional(wish.reason, "reason")
    told = wish.duty in TOLD
    if not told and reason is None:
        raise DomainRefusalError("MISSING_REASON", "Une dispense se motive : dites pourquoi.", "reason")
    if not told and wish.done_at is not None:
        raise DomainRefusalError("DONE_OR_WAIVED", "Une dispense n'a pas de date d'information.", "doneAt")
    danger = told and await confirmed_danger(work, case.id, confirmed=wish.danger_confirmed)
    duty = await work.insert(
        information_duty,
        situation_id=case.id,
        by_id=work.caller.member_id,
        duty=InformationDutyKind.DEPARTMENT_TRANSFER,
        person=required(wish.person, "person", NAME),
        done_at=past(wish.done_at, "doneAt", work.now) if told else None,
        waiver=None if told else DutyWaiver.CHILD_INTEREST,
        reason=reason,
        danger_confirmed=danger,
        recorded_at=work.now,
    )
    await work.update(
        department_transfer, row.id, state=TransferState.DUTY, duty=wish.duty, duty_id=duty, duty_at=work.now
    )
    return await _told(work, row.id, case, "transfer.duty")


# ---------------------------------------------------------------- sent


async def send(work: Work, wish: SendTransferInput) -> UUID:
    """DUTY -> SENT: the destination is competent from now on, and receives a report of its own."""
    row, case = await _of_origin(work, wish)
    must_be(row, {TransferState.DUTY}, "transfer", "Traitez d'abord l'obligation envers les parents.", column="state")
    if row["duty"] is None:
        raise DomainRefusalError("DUTY_NOT_MET", "Dites d'abord comment l'obligation a été remplie.", "transfer")
    if row["destination_authority_id"] is None:
        raise DomainRefusalError("NO_DESTINATION", "Indiquez d'abord où vit la famille.", "transfer")
    origin, regime = row["origin_authority_id"], TransferRegime(row["regime"])
    await _must_fit(work, case.id, origin, regime)
    await _must_protect_a_minor(work, case.id, origin)
    receiver = await work.visible(
        "Authority", public_id("Authority", row["destination_authority_id"]), field="transfer"
    )
    await _become_competent(work, case.id, receiver.id, row["department_code"])
    states = UNRETURNED if regime is TransferRegime.REPORT_UNDER_WAY else RECEIVED
    named = await _hand_over(work, case, origin, receiver, states)
    await work.update(department_transfer, row.id, state=TransferState.SENT, sent_at=work.now)
    measures = () if regime is TransferRegime.REPORT_UNDER_WAY else (Category.MEASURES,)
    await work.disclose(
        "DEPARTMENT_TRANSFER", case.id, [*TRANSMITTED, *measures, *named], to_authority=receiver.id, duty=row["duty_id"]
    )
    return await _told(work, row.id, case, "transfer.sent")


async def _become_competent(work: Work, case: UUID, receiver: UUID, place: str) -> None:
    if await work.one(RESIDES, situation=case, authority=receiver, department=place, now=work.now) is None:
        await work.insert(
            situation_jurisdiction,
            situation_id=case,
            department_code=place,
            authority_id=receiver,
            role=JurisdictionRole.RESIDENCE,
            starts_at=work.now,
        )


async def _hand_over(
    work: Work, case: Row, origin: UUID, receiver: Row, states: frozenset[ReportStatus]
) -> list[Category]:
    """For each minor the latest report to the origin, sent on as the first that the destination receives.

    Returns what goes with them of the callers, who agreed to be named to a CRIP.
    """
    named: set[Category] = set()
    already = set(await found(work, REPORTED_MINORS, situation=case.id, authority=receiver.id))
    due = acknowledge_due(work.now, receiver["timezone"], receiver["ack_working_days"])
    for one in await found(work, REPORTS, situation=case.id, authority=origin):
        report = await work.one(REPORT, report=one)
        assert report is not None  # noqa: S101 (locked just before)
        if report["minor_id"] in already or report["status"] not in {state.value for state in states}:
            continue
        already.add(report["minor_id"])
        named |= await named_caller(work, report["origin_contact_id"])
        copy = await work.insert(
            concern_report,
            **{name: report[name] for name in CARRIED},
            situation_id=case.id,
            to_authority_id=receiver.id,
            transmitter_code=COUNCIL,
            kind=ReportKind.INITIAL,
            status=ReportStatus.SENT,
            urgency=case["urgency"],
            drafted_at=work.now,
            sent_at=work.now,
            acknowledge_due_at=due,
            due_at=due,
        )
        await work.event("report.sent", copy, situation=case.id, audiences=CRIPS)
    return sorted(named, key=lambda category: category.value)


# ---------------------------------------------------------------- received, closed


async def receive(work: Work, wish: ReceiveTransferInput) -> UUID:
    """SENT -> RECEIVED by the destination: the origin's competence gets its end."""
    row, case = await _transfer(work, wish)
    if row["destination_authority_id"] != work.caller.authority_id:
        raise DomainRefusalError("NOT_YOUR_TRANSFER", "Seule l'autorité de destination accuse réception.", "transfer")
    must_be(row, {TransferState.SENT}, "transfer", "Ce transfert n'attend pas de réception.", column="state")
    end = window_end(work.now, await _zone(work, row["origin_authority_id"]))
    await _end_competence(work, row, end)
    await work.update(
        department_transfer, row.id, state=TransferState.RECEIVED, received_at=work.now, window_ends_at=end
    )
    return await _told(work, row.id, case, "transfer.received")


async def close(work: Work, wish: CloseTransferInput) -> UUID:
    """RECEIVED -> CLOSED: by the origin when it has finished, by the destination once the window is over."""
    row, case = await _transfer(work, wish)
    must_be(row, {TransferState.RECEIVED}, "transfer", "Seul un transfert reçu se clôt.", column="state")
    by_origin = row["origin_authority_id"] == work.caller.authority_id
    # Rows from before this network have no window.
    if not by_origin and row["window_ends_at"] is not None and row["window_ends_at"] > work.now:
        raise DomainRefusalError(
            "WINDOW_OPEN",
            "L'autorité d'origine a encore accès au dossier : elle seule y met fin avant terme.",
            "transfer",
        )
    if by_origin and await work.one(REPORT_UNDER_WAY, situation=case.id, origin=row["origin_authority_id"]) is not None:
        raise DomainRefusalError(
            "REPORT_UNDER_WAY", "Faites d'abord retour au 119 de vos informations préoccupantes en cours.", "transfer"
        )
    await _end_competence(work, row, work.now)
    await work.update(department_transfer, row.id, state=TransferState.CLOSED, closed_at=work.now)
    return await _told(work, row.id, case, "transfer.closed")


async def _end_competence(work: Work, row: Row, end: datetime) -> None:
    """The origin's competences by residence or presence end then, unless they end sooner."""
    origin = row["origin_authority_id"]
    for one in await found(work, LEAVING, situation=row["situation_id"], origin=origin, end=end):
        await work.update(situation_jurisdiction, one, ends_at=end)


# ---------------------------------------------------------------- what they have in common


async def _transfer(work: Work, wish: Any) -> tuple[Row, Row]:
    row = await work.lock("DepartmentTransfer", wish.transfer, field="transfer", expected_version=wish.expected_version)
    return row, await open_case_of(work, row)


async def _of_origin(work: Work, wish: Any) -> tuple[Row, Row]:
    row, case = await _transfer(work, wish)
    if row["origin_authority_id"] != work.caller.authority_id:
        raise DomainRefusalError(
            "NOT_YOUR_TRANSFER", "Seule l'autorité que la famille quitte peut le faire.", "transfer"
        )
    return row, case


async def _told(work: Work, identity: UUID, case: Row, event: str) -> UUID:
    await work.event(event, identity, situation=case.id, audiences=CRIPS)
    return identity


COMMANDS = {
    "requestTransfer": Command(Act.TRANSFER, "DepartmentTransfer", request),
    "recordTransferDuty": Command(Act.TRANSFER, "DepartmentTransfer", meet_duty),
    "sendTransfer": Command(Act.TRANSFER, "DepartmentTransfer", send),
    "receiveTransfer": Command(Act.TRANSFER, "DepartmentTransfer", receive),
    "closeTransfer": Command(Act.TRANSFER, "DepartmentTransfer", close),
    "declareAddressUnknown": Command(Act.TRANSFER, "DepartmentTransfer", lose_address),
    "recordTransferAddress": Command(Act.TRANSFER, "DepartmentTransfer", find_address),
}
