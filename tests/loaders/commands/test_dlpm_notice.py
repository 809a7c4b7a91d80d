"""The 119's side of a report: to a competent authority only, in its own words, validated by the supervisor."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from schema.deadlines import acknowledge_due, answer_due
from schema.tables.contact import listening_note
from schema.tables.directory import authority
from schema.tables.protection import dlpm_action
from schema.tables.report import concern_report
from schema.tables.sharing import disclosure
from schema.tables.situation import situation, situation_jurisdiction
from schema.vocabulary import DangerType, OrgKind, ReportKind, ReportStatus, Role, SituationStatus, TriState, Urgency
from tests.loaders.commands.dlpm_world import NORD, REUNION, SUMMARY, Desk, made_desk, made_world, public, together  # noqa: F401

R, S, U = ReportStatus, SituationStatus, Urgency
GIVEN = ["G01", "G02", "G03", "G04", "G05", "G08", "G11", "G12"]
NOTE = "Elle rappelle ce soir, très inquiète, et dit que sa fille n'est pas rentrée depuis trois jours."


async def wish_of(desk: Desk, case: Any) -> dict[str, Any]:
    return {
        "situation": public("Situation", case),
        "minor": public("Minor", await desk.child(case)),
        "origin_contact": public("Contact", await desk.contact(case)),
        "to_authority": public("Authority", NORD),
    }


# ---------------------------------------------------------------- the draft


@pytest.mark.parametrize("who", ["me", "colleague", "supervisor"])
async def test_a_draft_is_about_one_minor_and_goes_to_a_competent_authority(desk: Desk, who: str) -> None:
    case = await desk.case(urgency="PRIORITY")
    wish = await wish_of(desk, case)
    one = await desk.done(
        "draftReport", getattr(desk, who), summary_for_crip=f" {SUMMARY} ", appraisal="Danger sérieux.",
        danger_types=[DangerType.SEXUAL, DangerType.SEXUAL], parents_informed=TriState.NO, parents_informed_reason="Le père serait l'auteur.",
        **wish,
    )  # fmt: skip
    row = await desk.row(concern_report, one)
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": one, "situation_id": case, "minor_id": row["minor_id"], "origin_contact_id": row["origin_contact_id"],
        "controller_org_id": desk.dlpm.id, "to_authority_id": NORD, "kind": "INITIAL", "status": "DRAFT", "urgency": "PRIORITY",
        "drafted_at": desk.now, "transmitter_code": "510", "summary_for_crip": SUMMARY, "appraisal": "Danger sérieux.",
        "danger_types": ["SEXUAL"], "parents_informed": "NO", "parents_informed_reason": "Le père serait l'auteur.",
    }  # fmt: skip
    assert public("Minor", row["minor_id"]) == wish["minor"]
    assert public("Contact", row["origin_contact_id"]) == wish["origin_contact"]
    assert await desk.events(one) == [{"kind": "report.drafted", "situation_id": case, "audiences": ["DLPM"]}]
    assert await desk.of(disclosure, case) == []


@pytest.mark.parametrize("shift", [timedelta(seconds=-1), timedelta(days=-30)])
async def test_an_authority_whose_competence_is_over_gets_no_report(desk: Desk, shift: timedelta) -> None:
    case = await desk.case()
    await desk.competence(case, REUNION, ends_at=desk.now + shift)
    wish = {**await wish_of(desk, case), "to_authority": public("Authority", REUNION)}
    assert await desk.refused_unchanged(case, "draftReport", desk.me, **wish) == "NOT_COMPETENT"
    await desk.competence(case, REUNION, starts_at=desk.now + timedelta(days=1))
    assert await desk.refused_unchanged(case, "draftReport", desk.me, **wish) == "NOT_COMPETENT"
    await desk.competence(case, REUNION, ends_at=desk.now + timedelta(days=1))
    await desk.done("draftReport", desk.me, **wish)


async def test_a_draft_names_a_minor_and_a_contact_of_its_own_situation(desk: Desk) -> None:
    case, other = await desk.case(), await desk.case()
    mine, theirs = await wish_of(desk, case), await wish_of(desk, other)
    for field in ("minor", "origin_contact"):
        foreign = {**mine, field: theirs[field]}
        assert await desk.refused_unchanged(case, "draftReport", desk.me, **foreign) == "OTHER_SITUATION"
    for field, noun in (("minor", "Minor"), ("origin_contact", "Contact"), ("to_authority", "Authority")):
        nothing = {**mine, field: public(noun)}
        assert await desk.wrong_input(case, "draftReport", desk.me, **nothing) == "UNKNOWN_REFERENCE"


async def test_parents_who_were_not_told_need_a_reason(desk: Desk) -> None:
    case = await desk.case()
    wish = {**await wish_of(desk, case), "parents_informed": TriState.NO}
    assert await desk.refused_unchanged(case, "draftReport", desk.me, **wish) == "MISSING_REASON"
    assert (
        await desk.refused_unchanged(case, "draftReport", desk.me, parents_informed_reason=" ", **wish)
        == "MISSING_REASON"
    )
    one = await desk.done("draftReport", desk.me, **{**wish, "parents_informed": TriState.YES})
    no = {"report": public("ConcernReport", one), "parents_informed": TriState.NO}
    assert await desk.refused_unchanged(case, "updateReportDraft", desk.me, **no) == "MISSING_REASON"
    await desk.done("updateReportDraft", desk.me, parents_informed_reason="Danger.", **no)
    erased = {"report": public("ConcernReport", one), "parents_informed_reason": ""}
    assert await desk.refused_unchanged(case, "updateReportDraft", desk.me, **erased) == "MISSING_REASON"


async def test_a_listening_note_never_becomes_the_text_for_the_crip(desk: Desk) -> None:
    case = await desk.case()
    taken = await desk.contact(case)
    await desk.add(listening_note, contact_id=taken, situation_id=case, author_id=desk.me.member_id, text=NOTE)
    await desk.add(listening_note, contact_id=taken, situation_id=case, author_id=desk.me.member_id, text="rappeler")
    wish = await wish_of(desk, case)
    for field in ("summary_for_crip", "appraisal"):
        copied = {field: f"Contexte. {NOTE} Fin."}
        assert await desk.refused_unchanged(case, "draftReport", desk.me, **wish, **copied) == "COPIED_NOTE"
        one = await desk.notice(case)
        assert (
            await desk.refused_unchanged(
                case, "updateReportDraft", desk.me, report=public("ConcernReport", one), **copied
            )
            == "COPIED_NOTE"
        )
    await desk.done("draftReport", desk.me, summary_for_crip="Il faut rappeler la mère.", **wish)


@pytest.mark.parametrize("status", R)
async def test_a_complementary_report_completes_one_that_has_left(desk: Desk, status: ReportStatus) -> None:
    case = await desk.case()
    wish = {**await wish_of(desk, case), "kind": ReportKind.COMPLEMENTARY}
    child = UUID(wish["minor"].partition("_")[2])
    first = public("ConcernReport", await desk.notice(case, status, minor_id=child))
    assert await desk.refused_unchanged(case, "draftReport", desk.me, **wish) == "MISSING_REPORT"
    initial = {**wish, "kind": ReportKind.INITIAL, "complements_report": first}
    assert await desk.refused_unchanged(case, "draftReport", desk.me, **initial) == "NOT_COMPLEMENTARY"
    if status in {R.DRAFT, R.VALIDATED, R.MISROUTED}:
        assert (
            await desk.refused_unchanged(case, "draftReport", desk.me, complements_report=first, **wish)
            == "WRONG_STATE"
        )
        return
    one = await desk.done("draftReport", desk.me, complements_report=first, **wish)
    row = await desk.row(concern_report, one)
    assert (row["kind"], public("ConcernReport", row["complements_report_id"])) == ("COMPLEMENTARY", first)


async def test_a_complementary_report_completes_the_first_one_on_the_same_minor(desk: Desk) -> None:
    case = await desk.case()
    wish = {**await wish_of(desk, case), "kind": ReportKind.COMPLEMENTARY}
    child = UUID(wish["minor"].partition("_")[2])
    first = await desk.notice(case, R.SENT, minor_id=child)
    second = await desk.notice(case, R.SENT, minor_id=child, complements_report_id=first)
    siblings = await desk.notice(case, R.SENT)
    for completed, code in ((second, "NOT_THE_FIRST"), (siblings, "OTHER_MINOR")):
        wrong = {**wish, "complements_report": public("ConcernReport", completed)}
        assert await desk.refused_unchanged(case, "draftReport", desk.me, **wrong) == code


@pytest.mark.parametrize("status", R)
async def test_only_a_draft_is_changed(desk: Desk, status: ReportStatus) -> None:
    case = await desk.case()
    await desk.competence(case, REUNION)
    one = await desk.notice(case, status)
    before, version = await desk.row(concern_report, one), await desk.version(desk.me, "ConcernReport", one)
    wish = {
        "report": public("ConcernReport", one),
        "summary_for_crip": "Autre.",
        "to_authority": public("Authority", REUNION),
    }
    if status is not R.DRAFT:
        assert await desk.refused_unchanged(case, "updateReportDraft", desk.me, **wish) == "WRONG_STATE"
        return
    await desk.done(
        "updateReportDraft", desk.colleague, danger_types=[DangerType.NEGLECT], expected_version=version, **wish
    )
    changed = {"summary_for_crip": "Autre.", "to_authority_id": REUNION, "danger_types": ["NEGLECT"]}
    assert await desk.row(concern_report, one) == {**before, **changed}
    assert [event["kind"] for event in await desk.events(one)] == ["report.updated"]
    stale = {**wish, "expected_version": version}
    assert await desk.refused_unchanged(case, "updateReportDraft", desk.me, **stale) == "STALE_VERSION"
    assert (
        await desk.refused_unchanged(case, "updateReportDraft", desk.me, report=wish["report"]) == "NOTHING_TO_CHANGE"
    )


async def test_a_draft_is_not_turned_to_an_authority_without_competence(desk: Desk) -> None:
    case = await desk.case()
    wish = {"report": public("ConcernReport", await desk.notice(case)), "to_authority": public("Authority", REUNION)}
    assert await desk.refused_unchanged(case, "updateReportDraft", desk.me, **wish) == "NOT_COMPETENT"


# ---------------------------------------------------------------- validation


@pytest.mark.parametrize("status", R)
async def test_the_supervisor_validates_a_draft(desk: Desk, status: ReportStatus) -> None:
    case = await desk.case()
    # All but the draft have been validated before they left.
    validated = {} if status is R.DRAFT else {"validated_at": desk.now - timedelta(hours=4)}
    one = await desk.notice(case, status, **validated)
    before, version = await desk.row(concern_report, one), await desk.version(desk.supervisor, "ConcernReport", one)
    wish = {"report": public("ConcernReport", one), "expected_version": version}
    if status is not R.DRAFT:
        assert await desk.refused_unchanged(case, "validateReport", desk.supervisor, **wish) == "WRONG_STATE"
        return
    assert await desk.done("validateReport", desk.supervisor, **wish) == one
    changed = {"status": "VALIDATED", "validated_at": desk.now, "validated_by_id": desk.supervisor.member_id}
    assert await desk.row(concern_report, one) == {**before, **changed}
    assert await desk.events(one) == [{"kind": "report.validated", "situation_id": case, "audiences": ["DLPM"]}]
    assert await desk.refused_unchanged(case, "validateReport", desk.supervisor, **wish) == "STALE_VERSION"


@pytest.mark.parametrize(
    ("status", "sent", "code"),
    [
        (R.SENT, timedelta(hours=23, minutes=59), None), (R.ACKNOWLEDGED, timedelta(hours=1), None), (R.QUALIFIED, timedelta(hours=1), None),
        (R.SENT, timedelta(hours=24, seconds=1), "TOO_LATE"), (R.MISROUTED, timedelta(days=3), None),
    ],
)  # fmt: skip
async def test_an_immediate_danger_is_validated_within_a_day_after_it_left(
    desk: Desk, status: ReportStatus, sent: timedelta, code: str | None
) -> None:
    case = await desk.case(urgency="IMMEDIATE_DANGER")
    one = await desk.notice(case, status, urgency="IMMEDIATE_DANGER", sent_at=desk.now - sent)
    before = await desk.row(concern_report, one)
    wish = {"report": public("ConcernReport", one)}
    if code:
        assert await desk.refused_unchanged(case, "validateReport", desk.supervisor, **wish) == code
        return
    await desk.done("validateReport", desk.supervisor, **wish)
    changed = {"validated_at": desk.now, "validated_by_id": desk.supervisor.member_id}
    assert await desk.row(concern_report, one) == {**before, **changed}


INCOMPLETE: list[dict[str, Any]] = [{"summary_for_crip": None}, {"appraisal": None}, {"danger_types": []}]


@pytest.mark.parametrize("missing", INCOMPLETE, ids=lambda missing: next(iter(missing)))
async def test_an_incomplete_report_is_neither_validated_nor_sent(desk: Desk, missing: dict[str, Any]) -> None:
    case = await desk.case(urgency="IMMEDIATE_DANGER")
    wish = {"report": public("ConcernReport", await desk.notice(case, **missing))}
    assert await desk.refused_unchanged(case, "validateReport", desk.supervisor, **wish) == "INCOMPLETE"
    assert await desk.refused_unchanged(case, "sendReport", desk.me, **wish) == "INCOMPLETE"


# ---------------------------------------------------------------- sent


@pytest.mark.parametrize("urgency", U)
@pytest.mark.parametrize("status", R)
async def test_a_report_leaves_validated_or_at_once_in_immediate_danger(
    desk: Desk, status: ReportStatus, urgency: Urgency
) -> None:
    case = await desk.case(S.ASSESSED, urgency=urgency.value)
    one = await desk.notice(case, status)
    before, version = await desk.row(concern_report, one), await desk.version(desk.me, "ConcernReport", one)
    wish = {"report": public("ConcernReport", one), "expected_version": version}
    if status is R.DRAFT and urgency is not U.IMMEDIATE_DANGER:
        assert await desk.refused_unchanged(case, "sendReport", desk.me, **wish) == "NOT_VALIDATED"
        return
    if status not in {R.DRAFT, R.VALIDATED}:
        assert await desk.refused_unchanged(case, "sendReport", desk.me, **wish) == "WRONG_STATE"
        return
    assert await desk.done("sendReport", desk.me, **wish) == one
    due = acknowledge_due(desk.now, "Europe/Paris", 2)
    changed = {
        "status": "SENT",
        "urgency": urgency.value,
        "sent_at": desk.now,
        "acknowledge_due_at": due,
        "sender_answer_due_at": answer_due(desk.now, "Europe/Paris"),
        "due_at": due,
    }
    assert await desk.row(concern_report, one) == {**before, **changed}
    assert (await desk.row(situation, case))["status"] == "IP_SENT"
    [action] = await desk.of(dlpm_action, case)
    assert (action["kind"], action["at"], action["target_org_id"]) == ("IP_SENT", desk.now, None)
    [line] = await desk.of(disclosure, case)
    assert {name: line[name] for name in ("from_org_id", "to_org_id", "to_authority_id", "act", "field_groups", "purpose", "at")} == {
        "from_org_id": desk.dlpm.id, "to_org_id": None, "to_authority_id": NORD, "act": "IP_SENT", "field_groups": GIVEN,
        "purpose": desk.me.purpose, "at": desk.now,
    }  # fmt: skip
    assert await desk.events(one) == [{"kind": "report.sent", "situation_id": case, "audiences": ["DLPM", "CRIP"]}]
    assert await desk.version(desk.me, "ConcernReport", one) != version


async def test_the_clock_is_the_receivers_own(desk: Desk) -> None:
    case = await desk.case()
    await desk.competence(case, REUNION)
    one = await desk.notice(case, R.VALIDATED, to_authority_id=REUNION)
    await desk.change(authority, REUNION, ack_working_days=5)
    try:
        await desk.done("sendReport", desk.supervisor, report=public("ConcernReport", one))
    finally:
        # The authorities are everybody's.
        await desk.change(authority, REUNION, ack_working_days=2)
    row = await desk.row(concern_report, one)
    assert row["acknowledge_due_at"] == row["due_at"] == acknowledge_due(desk.now, "Indian/Reunion", 5)


async def test_before_it_is_sent_the_crip_finds_nothing_and_afterwards_it_does(desk: Desk) -> None:
    case = await desk.case()
    officer = await desk.person(await desk.partner(OrgKind.CRIP, NORD), Role.CRI)
    one = await desk.notice(case, R.VALIDATED)
    with pytest.raises(AssertionError):
        await desk.version(officer, "ConcernReport", one)
    await desk.done("sendReport", desk.me, report=public("ConcernReport", one))
    assert await desk.version(officer, "ConcernReport", one)


@pytest.mark.parametrize("status", S)
async def test_an_open_situation_moves_to_ip_sent_and_a_monitored_one_stays(
    desk: Desk, status: SituationStatus
) -> None:
    case = await desk.case(status)
    wish = {"report": public("ConcernReport", await desk.notice(case, R.VALIDATED))}
    if status is S.CLOSED:
        assert await desk.refused_unchanged(case, "sendReport", desk.me, **wish) == "WRONG_STATE"
        return
    await desk.done("sendReport", desk.me, **wish)
    after = "MONITORED" if status is S.MONITORED else "IP_SENT"
    assert (await desk.row(situation, case))["status"] == after


async def test_a_competence_that_ended_since_the_draft_stops_the_report(desk: Desk) -> None:
    case = await desk.case()
    wish = {"report": public("ConcernReport", await desk.notice(case, R.VALIDATED))}
    [competence] = await desk.of(situation_jurisdiction, case)
    await desk.change(situation_jurisdiction, competence["id"], ends_at=desk.now)
    assert await desk.refused_unchanged(case, "sendReport", desk.me, **wish) == "NOT_COMPETENT"


@pytest.mark.parametrize("anonymity", ["ANONYMOUS", "KNOWN_119_ONLY", "TRANSMISSIBLE_CRIP"])
async def test_the_ledger_says_whether_the_caller_was_named_too(desk: Desk, anonymity: str) -> None:
    case = await desk.case()
    one = await desk.notice(case, R.VALIDATED)
    taken = (await desk.row(concern_report, one))["origin_contact_id"]
    await desk.caller_of(case, taken, anonymity)
    await desk.done("sendReport", desk.me, report=public("ConcernReport", one))
    [line] = await desk.of(disclosure, case)
    assert line["field_groups"] == GIVEN + (["G06", "G07"] if anonymity == "TRANSMISSIBLE_CRIP" else [])


async def test_two_transmissions_at_once_are_one(desk: Desk) -> None:
    case = await desk.case()
    wish = {"report": public("ConcernReport", await desk.notice(case, R.VALIDATED))}
    outcomes = await together(desk.act("sendReport", desk.me, **wish), desk.act("sendReport", desk.supervisor, **wish))
    assert sorted(str(one.refusal and one.refusal.code) for one in outcomes) == ["None", "WRONG_STATE"]
    assert len(await desk.of(disclosure, case)) == len(await desk.of(dlpm_action, case)) == 1


async def test_a_report_that_leaves_while_the_situation_closes_finds_it_open_or_stays(desk: Desk) -> None:
    case = await desk.case(S.MONITORED, urgency="IMMEDIATE_DANGER")
    one = await desk.notice(case)
    sent, closed = await together(
        desk.act("sendReport", desk.me, report=public("ConcernReport", one)),
        desk.act("closeSituation", desk.colleague, situation=public("Situation", case)),
    )
    row = (await desk.row(concern_report, one))["status"], (await desk.row(situation, case))["status"]
    codes = [outcome.refusal and outcome.refusal.code for outcome in (sent, closed)]
    assert (row, codes) in [
        (("SENT", "MONITORED"), [None, "REPORT_UNDER_WAY"]),
        (("DRAFT", "CLOSED"), ["WRONG_STATE", None]),
    ]


# ---------------------------------------------------------------- sent elsewhere


@pytest.mark.parametrize("status", R)
async def test_a_misrouted_report_goes_to_another_competent_authority(desk: Desk, status: ReportStatus) -> None:
    case = await desk.case(S.MONITORED)
    one = await desk.notice(
        case, status, acknowledged_at=desk.now - timedelta(hours=1), return_due_at=desk.now + timedelta(days=80),
        validated_at=desk.now - timedelta(hours=4), suggested_department_code="974",
    )  # fmt: skip
    before = await desk.row(concern_report, one)
    wish = {"report": public("ConcernReport", one), "to_authority": public("Authority", REUNION)}
    if status is not R.MISROUTED:
        assert await desk.refused_unchanged(case, "resendReport", desk.me, **wish) == "WRONG_STATE"
        return
    assert await desk.refused_unchanged(case, "resendReport", desk.me, **wish) == "NOT_COMPETENT"
    back = {**wish, "to_authority": public("Authority", NORD)}
    assert await desk.refused_unchanged(case, "resendReport", desk.me, **back) == "SAME_AUTHORITY"
    await desk.competence(case, REUNION)
    version = await desk.version(desk.me, "ConcernReport", one)
    await desk.done("resendReport", desk.me, expected_version=version, **wish)
    due = acknowledge_due(desk.now, "Indian/Reunion", 2)
    changed = {
        "status": "SENT", "to_authority_id": REUNION, "sent_at": desk.now, "acknowledged_at": None, "return_due_at": None,
        "acknowledge_due_at": due, "due_at": due, "suggested_department_code": None,
        "sender_answer_due_at": answer_due(desk.now, "Indian/Reunion"),
    }  # fmt: skip
    assert await desk.row(concern_report, one) == {**before, **changed}
    [line] = await desk.of(disclosure, case)
    assert (line["act"], line["to_authority_id"], line["field_groups"]) == ("IP_SENT", REUNION, GIVEN)
    assert [event["kind"] for event in await desk.events(one)] == ["report.sent"]
    assert (
        await desk.refused_unchanged(case, "resendReport", desk.me, expected_version=version, **wish) == "STALE_VERSION"
    )


@pytest.mark.parametrize("urgency", U)
async def test_a_misrouted_report_that_nobody_validated_leaves_again_in_immediate_danger_only(
    desk: Desk, urgency: Urgency
) -> None:
    case = await desk.case(urgency=urgency.value)
    await desk.competence(case, REUNION)
    one = public("ConcernReport", await desk.notice(case, R.MISROUTED))
    wish = {"report": one, "to_authority": public("Authority", REUNION)}
    if urgency is not U.IMMEDIATE_DANGER:
        assert await desk.refused_unchanged(case, "resendReport", desk.me, **wish) == "NOT_VALIDATED"
        await desk.done("validateReport", desk.supervisor, report=one)
    await desk.done("resendReport", desk.me, **wish)
