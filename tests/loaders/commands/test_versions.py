"""Nobody overwrites what they have not read: every act that changes a row takes its version, and means it."""

from collections.abc import Awaitable, Callable
from dataclasses import MISSING, fields
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
import strawberry
from sqlalchemy import insert

from auth.caller import Caller
from loaders.commands.registry import COMMANDS
from loaders.nouns import NOUNS
from schema.tables.breach import data_breach
from schema.tables.directory import resource_card
from schema.tables.idempotency import idempotency
from schema.tables.journal import outbox
from schema.tables.protection import department_transfer, measure
from schema.tables.repeat import repeat_candidate
from schema.tables.sharing import emergency_access, legal_hold, subject_request
from schema.tables.situation import parental_holder, situation_jurisdiction
from schema.tables.surveys import survey_campaign, survey_response
from schema.tables.webhook import webhook, webhook_delivery
from schema.types import TYPES
from schema.types.mutation import INPUTS
from schema.types.node import Versioned
from schema.types.yearly import YearlyReport
from schema.vocabulary import DeliveryState, OrgKind, ReferralStatus, ReportStatus, Role
from tests.loaders.commands.sharing_world import NORD, Office, made_desk, made_office, made_world, public  # noqa: F401

# Typed by hand, so that a new mutation has to be put somewhere. They add a row, and change nothing that was said before.
ADDS = {
    "openSituation", "recordJurisdiction", "addMinor", "addParentalHolder", "recordContact", "writeListeningNote", "recordProblematic",
    "recordSensitiveProblematic", "recordExploitationFact", "recordLiveDanger", "recordAllegedPerpetrator", "draftReport", "recordAction",
    "proposeAseLink", "proposeReferral", "recordDuty", "createResourceCard", "recordWorkingSession", "recordAwarenessEvent",
    "recordPodcastEpisode", "openSurveyCampaign", "writeAssociationNote", "placeLegalHold", "requestSharingGrant", "requestControlAccess",
    "requestCallerIdentity", "openEmergencyAccess", "createOrganisation", "registerClient", "inviteMember",
    "registerWebhook", "recordSubjectRequest", "recordDataBreach",
}  # fmt: skip
# Whoever holds a receipt is shown nothing behind it, so has no version; each of these happens once.
BY_RECEIPT = {"approveEmergencyAccess", "closeEmergencyAccess"}
# A tool and its keys are no noun that is read, and each act says which state it wants: what is so already is refused.
BY_CLIENT_ID = {
    "issueClientSecret", "retireClientSecret", "issueEnrolmentCode", "addClientKey", "retireClientKey", "suspendClient", "resumeClient",
}  # fmt: skip
# What is frozen is frozen for good: tried in a cluster of its own (tests/loaders/test_yearly_report.py).
OF_YEAR = {"freezeYearlyReport", "publishYearlyReport", "correctYearlyReport"}
CHANGES = COMMANDS.keys() - ADDS - BY_RECEIPT - BY_CLIENT_ID

Given = tuple[Caller, dict[str, Any]]
Maker = Callable[[Office, UUID], Awaitable[Given]]


def test_every_mutation_adds_or_takes_the_version_that_was_read() -> None:
    assert COMMANDS.keys() >= ADDS | BY_RECEIPT | BY_CLIENT_ID
    taking = {name for name, kind in INPUTS.items() if "expected_version" in kind.__dataclass_fields__}
    assert taking == CHANGES
    assert {INPUTS[name].__dataclass_fields__["expected_version"].default for name in taking} == {None}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_what_an_act_changes_tells_its_version(name: str) -> None:
    # A measure, a judicial referral and a transfer that begin take the version of what they hang on.
    noun = {"recordJudicialReferral": "ConcernReport", "recordFollowUp": "Referral"}.get(name, COMMANDS[name].noun)
    assert issubclass(TYPES.get(noun, YearlyReport), Versioned)
    assert (noun in TYPES) is (name not in OF_YEAR)


# ---------------------------------------------------------------- each act, on a row that may be changed


def wish_of(name: str, now: datetime, /, **given: Any) -> dict[str, Any]:
    """An input with something in every field that has to be filled."""
    kind = INPUTS[name]
    hints = get_type_hints(kind)
    needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    return {field: given.get(field) or _something(hints[field], now) for field in needed} | given


def _something(hint: Any, now: datetime) -> Any:
    inner = next((one for one in get_args(hint) if one is not type(None)), None)
    if inner is not None:
        return [_something(inner, now)]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    known: dict[Any, Any] = {date: now.date(), datetime: now, bool: True, str: "x", int: 1, strawberry.ID: "x"}
    return known[hint]


async def _somebody(office: Office, who: str) -> Caller:
    if who == "dpo":
        return await office.person(office.dlpm, Role.DPO)
    if who == "coordinator":
        return await office.person(office.association, Role.COO)
    found: Caller = getattr(office, who)
    return found


def on(who: str, field: str, noun: str, make: Callable[[Office, UUID], Awaitable[UUID]], **more: Any) -> Maker:
    async def made(office: Office, case: UUID) -> Given:
        return await _somebody(office, who), {field: public(noun, await make(office, case)), **more}

    return made


async def _case(_: Office, case: UUID) -> UUID:
    return case


async def _found(office: Office, table: Any, *clauses: Any) -> UUID:
    rows = await office.rows(table, *clauses)
    identity: UUID = rows[0]["id"]
    return identity


def _report(status: ReportStatus) -> Callable[[Office, UUID], Awaitable[UUID]]:
    async def made(office: Office, case: UUID) -> UUID:
        return await office.notice(case, status)

    return made


def _referral(status: ReferralStatus) -> Callable[[Office, UUID], Awaitable[UUID]]:
    async def made(office: Office, case: UUID) -> UUID:
        assigned = None if status is ReferralStatus.PROPOSED else office.worker.member_id
        return await office.orientation(
            case, status, receiver=office.association, assigned_member_id=assigned, minor_agreement="AGREED"
        )

    return made


async def _competence(office: Office, case: UUID) -> UUID:
    return await _found(office, situation_jurisdiction, situation_jurisdiction.c.situation_id == case)


async def _child(office: Office, case: UUID) -> UUID:
    return await office.child(case)


async def _holder(office: Office, case: UUID) -> UUID:
    return await office.add(parental_holder, situation_id=case, minor_id=await office.child(case))


async def _card(office: Office, _: UUID) -> UUID:
    return await office.add(
        resource_card, organisation_id=office.dlpm.id, title="x", description="x", territories=["59"], audiences=["x"]
    )


async def _measure(office: Office, case: UUID) -> UUID:
    return await office.add(
        measure, situation_id=case, authority_id=NORD, decision="JUDICIAL", nature="10", starts_on=office.now.date()
    )


async def _transfer(office: Office, case: UUID) -> UUID:
    return await office.add(
        department_transfer, situation_id=case, origin_authority_id=NORD, destination_authority_id=NORD,
        department_code="59", state="REQUESTED", regime="REPORT_UNDER_WAY",
    )  # fmt: skip


async def _hold(office: Office, case: UUID) -> UUID:
    return await office.add(legal_hold, situation_id=case, controller_org_id=office.dlpm.id, reason="x")


async def _request(office: Office, _: UUID) -> UUID:
    return await office.add(
        subject_request, controller_org_id=office.dlpm.id, kind="ACCESS", due_at=office.now + timedelta(days=20)
    )


async def _breach(office: Office, _: UUID) -> UUID:
    return await office.add(
        data_breach, controller_org_id=office.dlpm.id, noticed_by="MEMBER", noticed_at=office.now,
        natures=["INTEGRITY"], description="x", due_at=office.now + timedelta(days=3),
    )  # fmt: skip


async def _asked(office: Office, case: UUID) -> UUID:
    return await office.done("requestSharingGrant", office.me, **await office.wish(case))


async def _caller(office: Office, case: UUID) -> Given:
    taken = await office.contact(case)
    await office.caller_of(case, taken, "ANONYMOUS")
    return office.me, {"contact": public("Contact", taken)}


async def _answer(office: Office, _: UUID) -> Given:
    campaign = await office.add(survey_campaign, target="CRIP", title="x", opened_on=office.now.date())
    await office.add(
        survey_response, campaign_id=campaign, organisation_id=office.crip.id, department_code="59",
        confronted="YES", answered_at=office.now,
    )  # fmt: skip
    return office.officer, {"campaign": public("SurveyCampaign", campaign), "department_code": "59"}


async def _link(office: Office, case: UUID) -> Given:
    return office.caseworker, {"situation": public("Situation", case)}


async def _organisation(office: Office, _: UUID) -> UUID:
    return (await office.partner(OrgKind.FOYER)).id


async def _administrator(office: Office) -> Caller:
    return await office.person(await office.partner(OrgKind.OPERATOR), Role.ADM)


def _admitted(field: str, noun: str) -> Maker:
    async def made(office: Office, _: UUID) -> Given:
        person = await office.person(office.association, Role.ASM)
        rows = {
            "member": person.member_id,
            "habilitation": person.habilitation_id,
            "organisation": office.association.id,
        }
        more = {"fingerprint": "x"} if field == "organisation" else {}
        return await _administrator(office), {field: public(noun, rows[field]), **more}

    return made


def _standing(office_field: str) -> Maker:
    async def made(office: Office, _: UUID) -> Given:
        return await _administrator(office), {office_field: public("Organisation", await _organisation(office, _))}

    return made


def _told(field: str, noun: str) -> Maker:
    async def made(office: Office, case: UUID) -> Given:
        delegate = await office.person(office.crip, Role.DEL)
        hook = await office.add(webhook, organisation_id=office.crip.id, url="https://crip.example/hook")
        rows = {"webhook": hook}
        if field == "delivery":
            rows[field] = await office.add(
                webhook_delivery, webhook_id=hook, organisation_id=office.crip.id, row_id=case, prefix="sit",
                kind="case.changed", state=DeliveryState.DEAD,
            )  # fmt: skip
        return delegate, {field: public(noun, rows[field])}

    return made


def _pair(first: str, second: str) -> Maker:
    async def made(office: Office, case: UUID) -> Given:
        other = await office.case()
        # Both sides in one statement: each needs the other.
        await office.admin.execute(
            insert(repeat_candidate),
            [
                {"situation_id": one, "for_situation_id": two, "agreeing": ["AGE"]}
                for one, two in ((other, case), (case, other))
            ],
        )
        return office.me, {first: public("Situation", case), second: public("Situation", other)}

    return made


async def _to_review(office: Office, case: UUID) -> Given:
    identity = await office.add(
        emergency_access, situation_id=case, member_id=office.me.member_id, organisation_id=office.dlpm.id, reason_code="IMMEDIATE_DANGER", reason="x", field_groups=["G19"],
        opened_at=office.now, expires_at=office.now + timedelta(hours=1), review="PENDING",
    )  # fmt: skip
    return await _somebody(office, "dpo"), {"emergency_access": public("EmergencyAccess", identity)}


REPORTS = (
    "acknowledgeReport", "qualifyReport", "declareMisrouted", "declareComplement", "startEvaluation", "assignEvaluator",
    "concludeEvaluation", "returnReport", "recordJudicialReferral",
)  # fmt: skip
TRANSFERS = (
    "recordTransferDuty", "sendTransfer", "receiveTransfer", "closeTransfer", "declareAddressUnknown", "recordTransferAddress",
)  # fmt: skip
REQUESTS = ("updateSubjectRequest", "extendSubjectRequest", "answerSubjectRequest")
BREACHES = ("completeDataBreach", "notifyDataBreach", "dismissDataBreach", "informOfDataBreach")
ON: dict[str, Maker] = {
    **{name: on("me", "situation", "Situation", _case) for name in ("updateSituation", "assessSituation", "monitorSituation", "closeSituation", "reopenSituation")},
    "endJurisdiction": on("me", "jurisdiction", "Jurisdiction", _competence),
    "updateMinor": on("me", "minor", "Minor", _child, age=15),
    "updateParentalHolder": on("me", "parental_holder", "ParentalHolder", _holder, name="x"),
    "recordCaller": _caller,
    "updateReportDraft": on("me", "report", "ConcernReport", _report(ReportStatus.DRAFT)),
    "validateReport": on("supervisor", "report", "ConcernReport", _report(ReportStatus.DRAFT)),
    "sendReport": on("me", "report", "ConcernReport", _report(ReportStatus.VALIDATED)),
    "resendReport": on("me", "report", "ConcernReport", _report(ReportStatus.MISROUTED)),
    **{name: on("officer", "report", "ConcernReport", _report(ReportStatus.SENT)) for name in REPORTS},
    "answerAseLink": _link,
    "recordMeasure": on("officer", "situation", "Situation", _case),
    "endMeasure": on("officer", "measure", "Measure", _measure),
    "requestTransfer": on("officer", "situation", "Situation", _case),
    **{name: on("officer", "transfer", "DepartmentTransfer", _transfer) for name in TRANSFERS},
    "proposeDraftReferral": on("me", "referral", "Referral", _referral(ReferralStatus.DRAFT)),
    **{name: on("me", "referral", "Referral", _referral(ReferralStatus.ACCEPTED)) for name in ("recordMinorAgreement", "releaseIdentity", "withdrawReferral")},
    **{name: on("coordinator", "referral", "Referral", _referral(ReferralStatus.PROPOSED)) for name in ("acceptReferral", "declineReferral")},
    "assignReferral": on("coordinator", "referral", "Referral", _referral(ReferralStatus.ONGOING)),
    "recordFollowUp": on("worker", "referral", "Referral", _referral(ReferralStatus.ENGAGED)),
    "answerSurvey": _answer,
    "liftLegalHold": on("dpo", "legal_hold", "LegalHold", _hold),
    **{name: on("dpo", "subject_request", "SubjectRequest", _request) for name in REQUESTS},
    **{name: on("dpo", "data_breach", "DataBreach", _breach) for name in BREACHES},
    "updateResourceCard": on("analyst", "resource_card", "ResourceCard", _card, title="y"),
    **{name: on("supervisor", "sharing_grant", "SharingGrant", _asked) for name in ("approveSharingGrant", "refuseSharingGrant")},
    "revokeSharingGrant": on("me", "sharing_grant", "SharingGrant", _asked),
    "reviewEmergencyAccess": _to_review,
    **{name: _pair("principal", "duplicate") for name in ("mergeSituations", "unmergeSituations")},
    "keepApart": _pair("situation", "other"),
    "approveOrganisation": _admitted("organisation", "Organisation"),
    **{name: _standing("organisation") for name in ("suspendOrganisation", "resumeOrganisation", "closeOrganisation")},
    **{name: _admitted("member", "Member") for name in ("suspendMember", "resumeMember", "removeMember")},
    "revokeHabilitation": _admitted("habilitation", "Habilitation"),
    **{name: _told("webhook", "Webhook") for name in ("rotateWebhookSecret", "disableWebhook", "enableWebhook")},
    "replayWebhookDelivery": _told("delivery", "WebhookDelivery"),
}  # fmt: skip


def test_every_act_that_takes_a_version_is_tried_here() -> None:
    assert ON.keys() == CHANGES - OF_YEAR


async def _written(office: Office, noun: str) -> Any:
    """What a command would have changed: the rows of its noun, and what it tells everybody."""
    return await office.mark(NOUNS[noun].table, outbox, idempotency)


# One world for many acts: making it takes longer than any of them.
@pytest.mark.parametrize("part", range(4))
async def test_who_has_read_another_version_changes_nothing(office: Office, part: int) -> None:
    case = await office.shared_case()
    for name in sorted(ON)[part::4]:
        who, given = await ON[name](office, case)
        wish = wish_of(name, office.now, **given, expected_version="0" * 20)
        before = await _written(office, COMMANDS[name].noun)
        assert await office.refused(name, who, **wish) == "STALE_VERSION", name
        assert await _written(office, COMMANDS[name].noun) == before, name
