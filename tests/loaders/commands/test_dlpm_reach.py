"""Out of reach is exactly not found, for every act of the DLPM, and what is beside it stays as it is."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from loaders.nouns import NOUNS
from loaders.policy.doors import noun_visible
from schema.errors import BadInputError, NotFoundError
from schema.tables.situation import parental_holder, situation, situation_jurisdiction
from schema.vocabulary import (
    CallerAnonymity,
    Channel,
    ContactOutcome,
    DlpmActionKind,
    InformationDutyKind,
    JurisdictionRole,
    MinorAgreement,
    NeedCode,
    Problematic,
    ReferralKind,
    ReferralStatus,
    ReportStatus,
    TriState,
    Urgency,
)
from tests.loaders.commands.dlpm_world import COMMANDS, INPUTS, NORD, Desk, made_desk, made_world, public  # noqa: F401

Target = Callable[[Desk, UUID], Awaitable[UUID]]


async def itself(_: Desk, case: UUID) -> UUID:
    return case


async def competence(desk: Desk, case: UUID) -> UUID:
    found: UUID = (await desk.of(situation_jurisdiction, case))[0]["id"]
    return found


async def child(desk: Desk, case: UUID) -> UUID:
    return await desk.child(case)


async def holder(desk: Desk, case: UUID) -> UUID:
    return await desk.add(parental_holder, situation_id=case, minor_id=await desk.child(case))


async def taken(desk: Desk, case: UUID) -> UUID:
    return await desk.contact(case)


def report(status: ReportStatus) -> Target:
    async def made(desk: Desk, case: UUID) -> UUID:
        return await desk.notice(case, status)

    return made


def orientation(status: ReferralStatus) -> Target:
    async def made(desk: Desk, case: UUID) -> UUID:
        return await desk.orientation(case, status, minor_agreement="AGREED")

    return made


# Of each act on a case: what it acts on, and what else it has to say.
ACTS: dict[str, tuple[str, str, Target, dict[str, Any]]] = {
    "updateSituation": ("situation", "Situation", itself, {"urgency": Urgency.PRIORITY}),
    "assessSituation": ("situation", "Situation", itself, {}),
    "monitorSituation": ("situation", "Situation", itself, {}),
    "closeSituation": ("situation", "Situation", itself, {}),
    "reopenSituation": ("situation", "Situation", itself, {}),
    "recordJurisdiction": ("situation", "Situation", itself, {"department_code": "59", "authority": public("Authority", NORD), "role": JurisdictionRole.CUSTODY}),
    "endJurisdiction": ("jurisdiction", "Jurisdiction", competence, {}),
    "addMinor": ("situation", "Situation", itself, {}),
    "updateMinor": ("minor", "Minor", child, {"age": 15}),
    "addParentalHolder": ("minor", "Minor", child, {}),
    "updateParentalHolder": ("parental_holder", "ParentalHolder", holder, {"name": "x"}),
    "recordContact": ("situation", "Situation", itself, {"channel": Channel.PHONE, "outcome": ContactOutcome.ANSWERED_IP}),
    "mergeSituations": ("principal", "Situation", itself, {"duplicate": public("Situation"), "reason": "x"}),
    "unmergeSituations": ("duplicate", "Situation", itself, {"principal": public("Situation"), "reason": "x"}),
    "keepApart": ("other", "Situation", itself, {"situation": public("Situation"), "reason": "x"}),
    "recordCaller": ("contact", "Contact", taken, {"anonymity": CallerAnonymity.ANONYMOUS}),
    "writeListeningNote": ("contact", "Contact", taken, {"text": "x"}),
    "recordProblematic": ("situation", "Situation", itself, {"kind": Problematic.RUNAWAY, "value": TriState.YES}),
    "recordSensitiveProblematic": ("situation", "Situation", itself, {"kind": Problematic.PREGNANCY, "value": TriState.YES}),
    "recordExploitationFact": ("situation", "Situation", itself, {}),
    "recordLiveDanger": ("situation", "Situation", itself, {"place": "x"}),
    "recordAllegedPerpetrator": ("situation", "Situation", itself, {"identifiers": ["x"]}),
    "draftReport": ("situation", "Situation", itself, {"minor": public("Minor"), "origin_contact": public("Contact"), "to_authority": public("Authority", NORD)}),
    "updateReportDraft": ("report", "ConcernReport", report(ReportStatus.DRAFT), {"appraisal": "x"}),
    "sendReport": ("report", "ConcernReport", report(ReportStatus.VALIDATED), {}),
    "resendReport": ("report", "ConcernReport", report(ReportStatus.MISROUTED), {"to_authority": public("Authority", NORD)}),
    "recordAction": ("situation", "Situation", itself, {"kind": DlpmActionKind.DOCUMENTATION}),
    "proposeAseLink": ("situation", "Situation", itself, {"ase_organisation": public("Organisation")}),
    "proposeReferral": ("situation", "Situation", itself, {"minor": public("Minor"), "to_organisation": public("Organisation"), "kind": ReferralKind.DIRECT_SUPPORT, "need_codes": [NeedCode.SHELTER]}),
    "proposeDraftReferral": ("referral", "Referral", orientation(ReferralStatus.DRAFT), {}),
    "recordMinorAgreement": ("referral", "Referral", orientation(ReferralStatus.PROPOSED), {"agreement": MinorAgreement.ASKED}),
    "releaseIdentity": ("referral", "Referral", orientation(ReferralStatus.ACCEPTED), {}),
    "withdrawReferral": ("referral", "Referral", orientation(ReferralStatus.ONGOING), {}),
    "recordDuty": ("situation", "Situation", itself, {"duty": InformationDutyKind.SHARING, "person": "x"}),
}  # fmt: skip
# No row of a case, or the supervisor's: the whole network is within their reach.
OTHERS = {
    "openSituation", "validateReport", "createResourceCard", "updateResourceCard", "recordWorkingSession", "recordAwarenessEvent",
    "recordPodcastEpisode", "openSurveyCampaign",
}  # fmt: skip


def wish_of(desk: Desk, name: str, identity: UUID | None) -> dict[str, Any]:
    field, noun, _, more = ACTS[name]
    moments = {"recordLiveDanger": {"until": desk.now + timedelta(days=1)}, "recordDuty": {"done_at": desk.now}}.get(
        name, {}
    )
    return {field: public(noun, identity), **more, **moments}


def test_every_act_is_looked_at_here() -> None:
    assert set(COMMANDS) == set(INPUTS) == set(ACTS) | OTHERS


@pytest.mark.parametrize("name", COMMANDS)
def test_whoever_may_act_has_the_noun_that_the_payload_shows(name: str) -> None:
    command = COMMANDS[name]
    assert {one for one in command.act.audiences if not noun_visible(one, NOUNS[command.noun])} == set()


@pytest.mark.parametrize("name", ACTS)
async def test_a_row_out_of_reach_answers_like_none(desk: Desk, name: str) -> None:
    case = await desk.case()
    hidden = await ACTS[name][2](desk, case)
    # Archived: only supervisors and the DPO read on (permissions, rule 5.8).
    await desk.change(situation, case, retention_state="INTERMEDIATE")
    before = await desk.file(case)
    answers = []
    for identity in (hidden, None):
        with pytest.raises(NotFoundError) as caught:
            await desk.act(name, desk.me, **wish_of(desk, name, identity))
        record = await desk.log(desk.traces[-1])
        answers.append(
            (
                str(caught.value),
                caught.value.reason,
                record["event"],
                record["outcome"],
                record["situations"],
                record["categories"],
            )
        )
    assert answers[0] == answers[1]
    assert answers[0][2:] == ("REFUSAL", "NOT_FOUND", [], [])
    assert await desk.file(case) == before


@pytest.mark.parametrize("name", ACTS)
async def test_an_id_of_another_kind_is_no_id(desk: Desk, name: str) -> None:
    field = ACTS[name][0]
    for wrong in (public("Organisation"), "rien", public("Situation").upper(), ""):
        with pytest.raises(BadInputError) as caught:
            await desk.act(name, desk.me, **{**wish_of(desk, name, None), field: wrong})
        assert caught.value.reason == "INVALID_ID"


async def test_supervisors_reach_archived_cases_and_write_nothing_in_them(desk: Desk) -> None:
    case = await desk.case()
    draft, sent = await desk.notice(case), await desk.notice(case, ReportStatus.MISROUTED)
    await desk.change(situation, case, retention_state="INTERMEDIATE")
    for name, wish in (
        ("draftReport", wish_of(desk, "draftReport", case)),
        ("updateReportDraft", {"report": public("ConcernReport", draft), "appraisal": "x"}),
        ("validateReport", {"report": public("ConcernReport", draft)}),
        ("sendReport", {"report": public("ConcernReport", draft)}),
        ("resendReport", {"report": public("ConcernReport", sent), "to_authority": public("Authority", NORD)}),
    ):
        assert await desk.refused_unchanged(case, name, desk.supervisor, **wish) == "WRONG_STATE"
    assert await desk.refused("validateReport", desk.supervisor, report=public("ConcernReport")) == "NOT_FOUND"
