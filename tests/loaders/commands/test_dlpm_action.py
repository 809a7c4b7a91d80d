"""The five actions of the DLPM, and the link it proposes to an ASE service that is competent."""

from datetime import timedelta
from typing import Any

import pytest

from schema.tables.directory import organisation
from schema.tables.protection import ase_link, dlpm_action
from schema.tables.situation import situation
from schema.vocabulary import AseLinkState, DlpmActionKind, OrgKind, ReportStatus, SituationStatus
from tests.loaders.commands.dlpm_world import NORD, REUNION, Desk, made_desk, made_world, public, together  # noqa: F401

A, S = DlpmActionKind, SituationStatus
LIVE = {AseLinkState.PROPOSED, AseLinkState.CONTACTED, AseLinkState.CONFIRMED}


@pytest.mark.parametrize("kind", A)
async def test_each_of_the_five_actions_is_recorded_once_it_has_happened(desk: Desk, kind: DlpmActionKind) -> None:
    case = await desk.case()
    target = await desk.receiver()
    at = desk.now - timedelta(days=1)
    wish = {
        "situation": public("Situation", case),
        "kind": kind,
        "target_organisation": public("Organisation", target.id),
        "at": at,
    }
    before = {A.IP_SENT: "NO_REPORT_SENT", A.ASE_LINK: "NO_ASE_LINK"}.get(kind)
    if before:
        await desk.notice(case, ReportStatus.VALIDATED)
        assert await desk.refused_unchanged(case, "recordAction", desk.me, **wish) == before
        await desk.notice(case, ReportStatus.RETURNED_TO_119)
        await desk.link(case, await desk.partner(OrgKind.ASE, NORD), AseLinkState.NO_ANSWER)
    one = await desk.done("recordAction", desk.me, **wish)
    assert await desk.row(dlpm_action, one) == {
        "id": one,
        "situation_id": case,
        "target_org_id": target.id,
        "kind": kind.value,
        "at": at,
    }
    assert await desk.events(one) == [{"kind": "action.recorded", "situation_id": case, "audiences": ["DLPM"]}]
    assert (await desk.row(situation, case))["status"] == "OPEN"


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("kind", [A.DIRECT_ADVICE, A.DOCUMENTATION, A.LOCAL_ORIENTATION])
async def test_direct_advice_makes_an_assessed_situation_advice_only(
    desk: Desk, kind: DlpmActionKind, status: SituationStatus
) -> None:
    case = await desk.case(status)
    wish = {"situation": public("Situation", case), "kind": kind}
    if status is S.CLOSED:
        assert await desk.refused_unchanged(case, "recordAction", desk.me, **wish) == "WRONG_STATE"
        return
    await desk.done("recordAction", desk.me, **wish)
    advised = kind is A.DIRECT_ADVICE and status is S.ASSESSED
    assert (await desk.row(situation, case))["status"] == ("ADVICE_ONLY" if advised else status.value)


@pytest.mark.parametrize("status", S)
async def test_a_link_is_proposed_to_a_competent_ase_service(desk: Desk, status: SituationStatus) -> None:
    case = await desk.case(status)
    service = await desk.partner(OrgKind.ASE, NORD)
    wish = {
        "situation": public("Situation", case),
        "ase_organisation": public("Organisation", service.id),
        "service_contact": " UTPAS ",
    }
    if status is S.CLOSED:
        assert await desk.refused_unchanged(case, "proposeAseLink", desk.me, **wish) == "WRONG_STATE"
        return
    one = await desk.done("proposeAseLink", desk.colleague, **wish)
    assert await desk.row(ase_link, one) == {
        "id": one, "situation_id": case, "ase_org_id": service.id, "caseworker_id": None, "service_contact": "UTPAS",
        "state": "PROPOSED", "proposed_at": desk.now, "answered_at": None, "ended_at": None,
    }  # fmt: skip
    [action] = await desk.of(dlpm_action, case)
    assert (action["kind"], action["target_org_id"], action["at"]) == ("ASE_LINK", service.id, desk.now)
    assert await desk.events(one) == [
        {"kind": "ase_link.proposed", "situation_id": case, "audiences": ["DLPM", "CRIP", "ASE"]}
    ]
    kept = status in {S.IP_SENT, S.MONITORED}
    assert (await desk.row(situation, case))["status"] == (status.value if kept else "LINKED_TO_ASE")


@pytest.mark.parametrize("state", AseLinkState)
async def test_a_service_has_one_live_link_with_a_situation(desk: Desk, state: AseLinkState) -> None:
    case = await desk.case()
    service = await desk.partner(OrgKind.ASE, NORD)
    await desk.link(case, service, state)
    wish = {"situation": public("Situation", case), "ase_organisation": public("Organisation", service.id)}
    if state in LIVE:
        assert await desk.refused_unchanged(case, "proposeAseLink", desk.me, **wish) == "ALREADY_RECORDED"
    else:
        await desk.done("proposeAseLink", desk.me, **wish)


async def test_a_link_is_proposed_to_nobody_else(desk: Desk) -> None:
    case = await desk.case()
    suspended = await desk.partner(OrgKind.ASE, NORD)
    await desk.change(organisation, suspended.id, status="SUSPENDED")
    for partner, code in (
        (await desk.partner(OrgKind.CRIP, NORD), "NOT_AN_ASE"),
        (await desk.partner(OrgKind.ASE, None), "NOT_AN_ASE"),
        (await desk.partner(OrgKind.ASE, REUNION), "NOT_COMPETENT"),
        (suspended, "NOT_IN_THE_NETWORK"),
    ):
        wish = {"situation": public("Situation", case), "ase_organisation": public("Organisation", partner.id)}
        assert await desk.refused_unchanged(case, "proposeAseLink", desk.me, **wish) == code
    nothing = {"situation": public("Situation", case), "ase_organisation": public("Organisation")}
    assert await desk.wrong_input(case, "proposeAseLink", desk.me, **nothing) == "UNKNOWN_REFERENCE"


async def test_two_proposals_at_once_are_one(desk: Desk) -> None:
    case = await desk.case()
    service = await desk.partner(OrgKind.ASE, NORD)
    wish: dict[str, Any] = {
        "situation": public("Situation", case),
        "ase_organisation": public("Organisation", service.id),
    }
    outcomes = await together(
        desk.act("proposeAseLink", desk.me, **wish), desk.act("proposeAseLink", desk.colleague, **wish)
    )
    assert sorted(str(one.refusal and one.refusal.code) for one in outcomes) == ["ALREADY_RECORDED", "None"]
    assert len(await desk.of(ase_link, case)) == 1
