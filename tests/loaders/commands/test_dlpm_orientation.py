"""The sender's side of an orientation: coded values only until the minor has agreed, and an end that ends everything."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from schema.tables.directory import organisation
from schema.tables.observation import exploitation_fact, problematic
from schema.tables.protection import dlpm_action
from schema.tables.referral import referral
from schema.tables.sharing import disclosure, information_duty, sharing_grant
from schema.tables.situation import minor
from schema.vocabulary import (
    GrantState,
    MandateKind,
    MinorAgreement,
    NeedCode,
    OrgKind,
    Problematic,
    ReferralKind,
    ReferralStatus,
    Role,
)
from tests.loaders.commands.dlpm_world import Desk, Partner, made_desk, made_world, public, together  # noqa: F401

K, R = ReferralKind, ReferralStatus
LIVE = {R.PROPOSED, R.ACCEPTED, R.IDENTITY_RELEASED, R.ENGAGED, R.ONGOING, R.PAUSED_RUNAWAY}
AFTER_PROPOSAL = {"DLPM", "ASSOCIATION", "FOYER"}


async def wish_of(
    desk: Desk, case: UUID, receiver: Partner, kind: ReferralKind = K.DIRECT_SUPPORT, **columns: Any
) -> dict[str, Any]:
    return {
        "situation": public("Situation", case),
        "minor": public("Minor", await desk.child(case, **columns)),
        "to_organisation": public("Organisation", receiver.id),
        "kind": kind,
        "need_codes": [NeedCode.SHELTER, NeedCode.HEALTH, NeedCode.SHELTER],
    }


async def test_direct_support_is_proposed_with_coded_values_only(desk: Desk) -> None:
    case = await desk.case(qualification="PROSTITUTIONAL")
    receiver = await desk.receiver()
    wish = await wish_of(desk, case, receiver, age_band="A15_17", first_name="Lou")
    one = await desk.done("proposeReferral", desk.colleague, shared_kinds=[Problematic.RUNAWAY], territory="59", **wish)
    row = await desk.row(referral, one)
    assert len(row["ref"]) == 10
    assert row["ref"].startswith("O-")
    assert {name: value for name, value in row.items() if name != "ref" and value not in (None, [])} == {
        "id": one, "situation_id": case, "minor_id": row["minor_id"], "controller_org_id": desk.dlpm.id, "to_org_id": receiver.id,
        "kind": "DIRECT_SUPPORT", "status": "PROPOSED", "minor_agreement": "NOT_ASKED", "drafted_at": desk.now, "proposed_at": desk.now,
        "age_band": "A15_17", "territory": "59", "need_codes": ["SHELTER", "HEALTH"], "shared_kinds": ["RUNAWAY"],
    }  # fmt: skip
    [event] = await desk.events(one)
    assert (event["kind"], set(event["audiences"])) == ("referral.proposed", AFTER_PROPOSAL)
    [action] = await desk.of(dlpm_action, case)
    assert (action["kind"], action["target_org_id"]) == ("LOCAL_ORIENTATION", receiver.id)
    assert await desk.of(disclosure, case) == []
    again = {**wish, "minor": public("Minor", row["minor_id"])}
    assert await desk.refused_unchanged(case, "proposeReferral", desk.me, **again) == "ALREADY_RECORDED"


async def observed(desk: Desk, case: UUID, child: UUID | None, kind: str, value: str = "YES", days: int = 1) -> None:
    await desk.add(
        problematic, situation_id=case, minor_id=child, kind=kind, value=value, at=desk.now - timedelta(days=days)
    )


@pytest.mark.parametrize(
    ("chosen", "coded"),
    [(None, ["RUNAWAY", "CYBER"]), ([Problematic.CYBER, Problematic.FAMILY_CONFLICT], ["CYBER"]), ([], [])],
)
async def test_a_consultation_copies_the_coded_values_of_this_minor_and_links_to_none(
    desk: Desk, chosen: list[Problematic] | None, coded: list[str]
) -> None:
    case = await desk.case(qualification="PROSTITUTIONAL")
    receiver = await desk.receiver(MandateKind.OUTSIDE_MISSION)
    wish = await wish_of(desk, case, receiver, K.PROFESSIONAL_CONSULTATION)
    child, sibling = UUID(wish["minor"].removeprefix("min_")), await desk.child(case)
    await observed(desk, case, child, "RUNAWAY")
    await observed(desk, case, None, "CYBER")
    await observed(desk, case, child, "SCHOOL_DISINVESTMENT", days=2)
    await observed(desk, case, child, "SCHOOL_DISINVESTMENT", "NO", days=1)
    await observed(desk, case, child, "COERCIVE_CONTROL", "UNKNOWN")
    await observed(desk, case, sibling, "FAMILY_CONFLICT")
    for minor_id, form in (
        (child, "ESCORTING"),
        (child, "ESCORTING"),
        (None, "CAM"),
        (child, "UNKNOWN"),
        (sibling, "IMAGES"),
    ):
        await desk.add(exploitation_fact, situation_id=case, minor_id=minor_id, form=form)
    one = await desk.done("proposeReferral", desk.me, shared_kinds=chosen, territory="32", **wish)
    row = await desk.row(referral, one)
    assert (row["coded_problematics"], row["coded_forms"], row["coded_qualification"]) == (
        coded,
        ["CAM", "ESCORTING"],
        "PROSTITUTIONAL",
    )
    assert (row["shared_kinds"], row["kind"], row["territory"]) == ([], "PROFESSIONAL_CONSULTATION", "32")


@pytest.mark.parametrize("kind", K)
@pytest.mark.parametrize("mandate", [*MandateKind, None])
async def test_the_mandate_is_a_hard_ceiling(desk: Desk, mandate: MandateKind | None, kind: ReferralKind) -> None:
    case = await desk.case()
    receiver = await desk.partner(OrgKind.ASSOCIATION, mandate=mandate)
    wish = await wish_of(desk, case, receiver, kind)
    if kind is K.DIRECT_SUPPORT and mandate in {MandateKind.OUTSIDE_MISSION, None}:
        assert await desk.refused_unchanged(case, "proposeReferral", desk.me, **wish) == "OUT_OF_MANDATE"
    else:
        await desk.done("proposeReferral", desk.me, **wish)


@pytest.mark.parametrize("kind", OrgKind)
async def test_only_associations_and_foyers_receive_orientations(desk: Desk, kind: OrgKind) -> None:
    case = await desk.case()
    wish = await wish_of(
        desk, case, await desk.partner(kind, mandate=MandateKind.MEASURE if kind is OrgKind.ASSOCIATION else None)
    )
    if kind in {OrgKind.ASSOCIATION, OrgKind.FOYER}:
        await desk.done("proposeReferral", desk.me, **wish)
    else:
        assert await desk.refused_unchanged(case, "proposeReferral", desk.me, **wish) == "NOT_A_RECEIVER"


@pytest.mark.parametrize(
    "columns",
    [{"status": "SUSPENDED"}, {"status": "PENDING"}, {"status": "CLOSED"}, {"valid_to": -2}, {"valid_from": 2}],
    ids=str,
)
async def test_an_association_outside_its_convention_receives_nothing(desk: Desk, columns: dict[str, Any]) -> None:
    case = await desk.case()
    receiver = await desk.receiver()
    days = {
        name: (desk.now + timedelta(days=value)).date() if isinstance(value, int) else value
        for name, value in columns.items()
    }
    await desk.change(organisation, receiver.id, **days)
    wish = await wish_of(desk, case, receiver)
    assert await desk.refused_unchanged(case, "proposeReferral", desk.me, **wish) == "NOT_IN_THE_NETWORK"


@pytest.mark.parametrize("kind", [kind for kind in Problematic if kind.starred])
async def test_no_sensitive_kind_travels_with_an_orientation(desk: Desk, kind: Problematic) -> None:
    case = await desk.case()
    for what in K:
        wish = await wish_of(desk, case, await desk.receiver(), what)
        shared = {"shared_kinds": [Problematic.RUNAWAY, kind]}
        assert await desk.refused_unchanged(case, "proposeReferral", desk.me, **wish, **shared) == "SENSITIVE_KIND"


async def test_a_proposal_that_names_nothing_that_is_there_is_refused(desk: Desk) -> None:
    case = await desk.case()
    wish = await wish_of(desk, case, await desk.receiver())
    stranger = public("Minor", await desk.child(await desk.case()))
    assert (
        await desk.refused_unchanged(case, "proposeReferral", desk.me, **{**wish, "minor": stranger})
        == "OTHER_SITUATION"
    )
    assert (
        await desk.wrong_input(case, "proposeReferral", desk.me, **{**wish, "to_organisation": public("Organisation")})
        == "UNKNOWN_REFERENCE"
    )
    assert await desk.wrong_input(case, "proposeReferral", desk.me, territory="XX", **wish) == "UNKNOWN_REFERENCE"
    assert await desk.wrong_input(case, "proposeReferral", desk.me, **{**wish, "need_codes": []}) == "EMPTY"
    await desk.close(case)
    assert await desk.refused_unchanged(case, "proposeReferral", desk.me, **wish) == "WRONG_STATE"


# ---------------------------------------------------------------- drafts


async def test_a_draft_reaches_nobody_until_it_is_proposed_with_the_values_of_that_day(desk: Desk) -> None:
    case = await desk.case()
    receiver = await desk.receiver()
    coordinator = await desk.person(receiver, Role.COO)
    wish = await wish_of(desk, case, receiver, K.PROFESSIONAL_CONSULTATION, age_band="A13_14")
    one = await desk.done("proposeReferral", desk.me, draft=True, **wish)
    drafted = await desk.row(referral, one)
    assert (drafted["status"], drafted["proposed_at"], drafted["coded_qualification"]) == ("DRAFT", None, None)
    assert await desk.events(one) == [{"kind": "referral.drafted", "situation_id": case, "audiences": ["DLPM"]}]
    assert await desk.of(dlpm_action, case) == []
    with pytest.raises(AssertionError):
        await desk.version(coordinator, "Referral", one)

    await observed(desk, case, drafted["minor_id"], "RUNAWAY")
    await desk.change(minor, drafted["minor_id"], age_band="A15_17")
    version = await desk.version(desk.me, "Referral", one)
    await desk.done("proposeDraftReferral", desk.colleague, referral=public("Referral", one), expected_version=version)
    row = await desk.row(referral, one)
    changed = {
        "status": "PROPOSED", "proposed_at": desk.now, "age_band": "A15_17", "coded_problematics": ["RUNAWAY"], "coded_qualification": "UNKNOWN",
    }  # fmt: skip
    assert row == {**drafted, **changed}
    assert [event["kind"] for event in await desk.events(one)] == ["referral.drafted", "referral.proposed"]
    assert await desk.version(coordinator, "Referral", one)


@pytest.mark.parametrize("status", R)
async def test_only_a_draft_is_proposed(desk: Desk, status: ReferralStatus) -> None:
    case = await desk.case()
    wish = {"referral": public("Referral", await desk.orientation(case, status))}
    if status is R.DRAFT:
        await desk.done("proposeDraftReferral", desk.me, **wish)
    else:
        assert await desk.refused_unchanged(case, "proposeDraftReferral", desk.me, **wish) == "WRONG_STATE"


async def test_a_draft_is_not_proposed_to_who_lost_its_mandate_meanwhile(desk: Desk) -> None:
    case = await desk.case()
    receiver = await desk.receiver()
    wish = {"referral": public("Referral", await desk.orientation(case, R.DRAFT, receiver=receiver))}
    await desk.change(organisation, receiver.id, mandate_kind="OUTSIDE_MISSION")
    assert await desk.refused_unchanged(case, "proposeDraftReferral", desk.me, **wish) == "OUT_OF_MANDATE"


async def test_a_draft_is_not_proposed_beside_another_to_the_same_organisation(desk: Desk) -> None:
    case = await desk.case()
    wish = await wish_of(desk, case, await desk.receiver())
    draft = await desk.done("proposeReferral", desk.me, draft=True, **wish)
    live = await desk.done("proposeReferral", desk.me, **wish)
    asked = {"referral": public("Referral", draft)}
    assert await desk.refused_unchanged(case, "proposeDraftReferral", desk.me, **asked) == "ALREADY_RECORDED"
    await desk.done("withdrawReferral", desk.me, referral=public("Referral", live))
    await desk.done("proposeDraftReferral", desk.me, **asked)


# ---------------------------------------------------------------- agreement, release, withdrawal


@pytest.mark.parametrize("status", R)
async def test_the_minor_answers_while_the_orientation_lives(desk: Desk, status: ReferralStatus) -> None:
    case = await desk.case()
    one = await desk.orientation(case, status)
    for answer in MinorAgreement:
        before = await desk.row(referral, one)
        wish = {"referral": public("Referral", one), "agreement": answer}
        if status not in LIVE | {R.DRAFT}:
            assert await desk.refused_unchanged(case, "recordMinorAgreement", desk.me, **wish) == "WRONG_STATE"
            continue
        await desk.done(
            "recordMinorAgreement", desk.me, expected_version=await desk.version(desk.me, "Referral", one), **wish
        )
        assert await desk.row(referral, one) == {**before, "minor_agreement": answer.value}
    audiences = {"DLPM"} if status is R.DRAFT else AFTER_PROPOSAL
    assert all(
        (event["kind"], set(event["audiences"])) == ("referral.agreement", audiences)
        for event in await desk.events(one)
    )


@pytest.mark.parametrize("agreement", MinorAgreement)
@pytest.mark.parametrize("status", R)
async def test_identity_is_released_after_acceptance_and_with_the_minors_agreement(
    desk: Desk, status: ReferralStatus, agreement: MinorAgreement
) -> None:
    case = await desk.case()
    receiver = await desk.receiver()
    one = await desk.orientation(case, status, receiver=receiver, minor_agreement=agreement.value)
    before, version = await desk.row(referral, one), await desk.version(desk.me, "Referral", one)
    wish = {"referral": public("Referral", one), "expected_version": version}
    if status is not R.ACCEPTED:
        assert await desk.refused_unchanged(case, "releaseIdentity", desk.me, **wish) == "WRONG_STATE"
        return
    if agreement is not MinorAgreement.AGREED:
        assert await desk.refused_unchanged(case, "releaseIdentity", desk.me, **wish) == "MINOR_HAS_NOT_AGREED"
        return
    await desk.done("releaseIdentity", desk.me, **wish)
    assert await desk.row(referral, one) == {**before, "status": "IDENTITY_RELEASED", "released_at": desk.now}
    [line] = await desk.of(disclosure, case)
    assert (line["act"], line["to_org_id"], line["to_authority_id"], line["field_groups"]) == (
        "IDENTITY_RELEASED",
        receiver.id,
        None,
        ["G03"],
    )
    assert [event["kind"] for event in await desk.events(one)] == ["referral.identity_released"]
    assert await desk.refused_unchanged(case, "releaseIdentity", desk.me, **wish) == "STALE_VERSION"


async def test_a_consultation_never_releases_an_identity(desk: Desk) -> None:
    case = await desk.case()
    one = await desk.orientation(case, R.ACCEPTED, K.PROFESSIONAL_CONSULTATION, minor_agreement="AGREED")
    assert (
        await desk.refused_unchanged(case, "releaseIdentity", desk.me, referral=public("Referral", one))
        == "CONSULTATION_STAYS_CODED"
    )


@pytest.mark.parametrize("status", R)
async def test_a_live_orientation_is_withdrawn_and_its_worker_loses_the_minor_at_once(
    desk: Desk, status: ReferralStatus
) -> None:
    case = await desk.case()
    receiver = await desk.receiver()
    worker = await desk.person(receiver, Role.ASM)
    one = await desk.orientation(
        case, status, receiver=receiver, assigned_member_id=worker.member_id, minor_agreement="AGREED"
    )
    before, version = await desk.row(referral, one), await desk.version(desk.me, "Referral", one)
    wish = {"referral": public("Referral", one), "expected_version": version}
    if status not in LIVE:
        assert await desk.refused_unchanged(case, "withdrawReferral", desk.me, **wish) == "WRONG_STATE"
        return
    if status is not R.PROPOSED:
        assert await desk.version(worker, "Minor", before["minor_id"])
    await desk.done("withdrawReferral", desk.me, **wish)
    assert await desk.row(referral, one) == {**before, "status": "WITHDRAWN", "ended_at": desk.now}
    assert [event["kind"] for event in await desk.events(one)] == ["referral.withdrawn"]
    with pytest.raises(AssertionError):
        await desk.version(worker, "Minor", before["minor_id"])
    assert await desk.refused_unchanged(case, "withdrawReferral", desk.me, **wish) == "STALE_VERSION"


async def test_withdrawal_ends_the_sharings_with_the_receiver_and_no_others(desk: Desk) -> None:
    case = await desk.case()
    receivers = [await desk.receiver(), await desk.receiver()]
    one = await desk.orientation(case, R.ONGOING, receiver=receivers[0])
    grants = []
    for receiver in receivers:
        worker = await desk.person(receiver, Role.ASM)
        duty = await desk.add(information_duty, situation_id=case, duty="SHARING", person="la mère", done_at=desk.now)
        grants.append(
            await desk.add(
                sharing_grant,
                situation_id=case,
                from_member_id=desk.me.member_id,
                from_org_id=desk.dlpm.id,
                to_member_id=worker.member_id,
                to_org_id=receiver.id,
                duty_id=duty,
                purpose="IMPLEMENT",
                field_groups=["G17"],
                justification="nécessaire",
                state=GrantState.ACTIVE.value,
                expires_at=desk.now + timedelta(days=5),
            )
        )
    await desk.done("withdrawReferral", desk.me, referral=public("Referral", one))
    ended, kept = [await desk.row(sharing_grant, grant) for grant in grants]
    assert (ended["state"], ended["revoked_at"], ended["revoked_by_id"]) == ("REVOKED", desk.now, desk.me.member_id)
    assert (kept["state"], kept["revoked_at"]) == ("ACTIVE", None)
    assert [event["kind"] for event in await desk.events(*grants)] == ["grant.ended"]


async def test_a_release_and_a_withdrawal_at_once_end_withdrawn(desk: Desk) -> None:
    case = await desk.case()
    one = await desk.orientation(case, R.ACCEPTED, minor_agreement="AGREED")
    wish = {"referral": public("Referral", one)}
    released, withdrawn = await together(
        desk.act("releaseIdentity", desk.me, **wish), desk.act("withdrawReferral", desk.colleague, **wish)
    )
    assert withdrawn.refusal is None
    assert (await desk.row(referral, one))["status"] == "WITHDRAWN"
    assert len(await desk.of(disclosure, case)) == (1 if released.refusal is None else 0)


async def test_an_identity_is_not_released_to_a_receiver_that_has_left_the_network(desk: Desk) -> None:
    case = await desk.case()
    receiver = await desk.receiver()
    one = await desk.orientation(case, R.ACCEPTED, receiver=receiver, minor_agreement="AGREED")
    wish = {"referral": public("Referral", one)}
    await desk.change(organisation, receiver.id, status="SUSPENDED")
    assert await desk.refused_unchanged(case, "releaseIdentity", desk.me, **wish) == "NOT_IN_THE_NETWORK"
    await desk.change(organisation, receiver.id, status="ACTIVE", mandate_kind="OUTSIDE_MISSION")
    assert await desk.refused_unchanged(case, "releaseIdentity", desk.me, **wish) == "OUT_OF_MANDATE"
    await desk.change(organisation, receiver.id, mandate_kind="ASE_MISSION")
    await desk.done("releaseIdentity", desk.me, **wish)
