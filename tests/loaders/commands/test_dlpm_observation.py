"""What is observed: plain and starred kinds never mix, and what is short-lived stays short-lived."""

from datetime import timedelta
from typing import Any

import pytest

from schema.tables.observation import (
    alleged_perpetrator,
    exploitation_fact,
    live_danger,
    problematic,
    sensitive_problematic,
)
from schema.vocabulary import (
    AseLinkState,
    Audience,
    ExploitationForm,
    ExploitationMode,
    OrgKind,
    Problematic,
    Recruitment,
    ReportStatus,
    Role,
    TriState,
    Venue,
    WarningSign,
)
from tests.loaders.commands.dlpm_world import COMMANDS, NORD, Desk, made_desk, made_world, public  # noqa: F401

STARRED = {"PSYCH_SUFFERING", "ADDICTION", "SEXUAL_VIOLENCE", "SELF_HARM", "PREGNANCY", "FORCED_DELINQUENCY"}
ALL = ["DLPM", "CRIP", "ASE", "ASSOCIATION", "FOYER"]


@pytest.mark.parametrize("kind", Problematic)
async def test_each_kind_has_one_table_and_one_act(desk: Desk, kind: Problematic) -> None:
    case = await desk.case()
    child, at = await desk.child(case), desk.now - timedelta(days=1)
    wish = {
        "situation": public("Situation", case),
        "minor": public("Minor", child),
        "kind": kind,
        "value": TriState.NO,
        "source": " école ",
        "at": at,
    }
    starred = kind.value in STARRED
    table, name = (
        (sensitive_problematic, "recordSensitiveProblematic") if starred else (problematic, "recordProblematic")
    )
    other, code = ("recordProblematic", "SENSITIVE_KIND") if starred else ("recordSensitiveProblematic", "PLAIN_KIND")
    assert await desk.refused_unchanged(case, other, desk.me, **wish) == code
    one = await desk.done(name, desk.me, **wish)
    assert await desk.row(table, one) == {
        "id": one, "situation_id": case, "minor_id": child, "kind": kind.value, "value": "NO", "source": "école", "at": at,
    }  # fmt: skip
    event = "sensitive_problematic.recorded" if starred else "problematic.recorded"
    assert await desk.events(one) == [{"kind": event, "situation_id": case, "audiences": ALL}]


async def test_plain_kinds_are_written_by_the_crip_and_the_ase_within_their_reach(desk: Desk) -> None:
    case = await desk.case()
    officer = await desk.person(await desk.partner(OrgKind.CRIP, NORD), Role.CRI)
    service = await desk.partner(OrgKind.ASE, NORD)
    worker = await desk.person(service, Role.ASE)
    wish = {"situation": public("Situation", case), "kind": Problematic.RUNAWAY, "value": TriState.YES}
    for caller in (officer, worker):
        assert await desk.refused_unchanged(case, "recordProblematic", caller, **wish) == "NOT_FOUND"
    await desk.notice(case, ReportStatus.SENT)
    await desk.link(case, service, AseLinkState.CONFIRMED, caseworker_id=worker.member_id)
    for caller in (officer, worker):
        one = await desk.done("recordProblematic", caller, **wish)
        assert (await desk.row(problematic, one))["kind"] == "RUNAWAY"


def test_sensitive_observations_are_in_no_schema_but_the_listeners() -> None:
    alone = {"recordSensitiveProblematic", "recordExploitationFact", "recordLiveDanger", "recordAllegedPerpetrator"}
    assert {name: COMMANDS[name].act.audiences for name in alone} == dict.fromkeys(alone, frozenset({Audience.LIS}))


async def test_an_observation_is_of_a_minor_of_the_same_situation(desk: Desk) -> None:
    case = await desk.case()
    stranger = await desk.child(await desk.case())
    for name, wish in (
        ("recordProblematic", {"kind": Problematic.RUNAWAY, "value": TriState.YES}),
        ("recordSensitiveProblematic", {"kind": Problematic.PREGNANCY, "value": TriState.YES}),
        ("recordExploitationFact", {}),
    ):
        here = {"situation": public("Situation", case), **wish}
        assert (
            await desk.refused_unchanged(case, name, desk.me, minor=public("Minor", stranger), **here)
            == "OTHER_SITUATION"
        )
        assert await desk.wrong_input(case, name, desk.me, minor=public("Minor"), **here) == "UNKNOWN_REFERENCE"


async def test_a_crip_cannot_tell_a_foreign_minor_from_none(desk: Desk) -> None:
    case, foreign = await desk.case(), await desk.case()
    await desk.notice(case, ReportStatus.SENT)
    stranger = await desk.child(foreign)
    officer = await desk.person(await desk.partner(OrgKind.CRIP, NORD), Role.CRI)
    wish = {"situation": public("Situation", case), "kind": Problematic.RUNAWAY, "value": TriState.YES}
    answers = [
        await desk.wrong_input(case, "recordProblematic", officer, minor=one, **wish)
        for one in (public("Minor", stranger), public("Minor"))
    ]
    assert answers == ["UNKNOWN_REFERENCE", "UNKNOWN_REFERENCE"]


async def test_what_is_known_of_the_exploitation(desk: Desk) -> None:
    case = await desk.case()
    child = await desk.child(case)
    one = await desk.done(
        "recordExploitationFact", desk.me, situation=public("Situation", case), minor=public("Minor", child), form=ExploitationForm.CAM,
        venue=Venue.ONLINE, recruitment=Recruitment.PEER, mode=ExploitationMode.LOVER_BOY,
        signs=[WarningSign.RUNAWAY, WarningSign.ADDICTION, WarningSign.RUNAWAY],
    )  # fmt: skip
    assert await desk.row(exploitation_fact, one) == {
        "id": one, "situation_id": case, "minor_id": child, "form": "CAM", "venue": "ONLINE", "recruitment": "PEER", "mode": "LOVER_BOY",
        "signs": ["RUNAWAY", "ADDICTION"], "at": desk.now,
    }  # fmt: skip
    assert await desk.events(one) == [{"kind": "exploitation_fact.recorded", "situation_id": case, "audiences": ALL}]
    bare = await desk.row(
        exploitation_fact, await desk.done("recordExploitationFact", desk.me, situation=public("Situation", case))
    )
    assert {bare[name] for name in ("form", "venue", "recruitment", "mode")} == {"UNKNOWN"}
    assert bare["signs"] == []


async def test_a_live_danger_is_kept_for_thirty_days_at_most(desk: Desk) -> None:
    case = await desk.case()
    wish: dict[str, Any] = {"situation": public("Situation", case), "place": "Hôtel Exemple"}
    last = desk.now + timedelta(days=30)
    too_long = {**wish, "until": last + timedelta(seconds=1)}
    assert await desk.refused_unchanged(case, "recordLiveDanger", desk.me, **too_long) == "TOO_LONG"
    assert await desk.wrong_input(case, "recordLiveDanger", desk.me, **{**wish, "until": desk.now}) == "INVALID_TIME"
    assert await desk.wrong_input(case, "recordLiveDanger", desk.me, situation=wish["situation"], until=last) == "EMPTY"
    one = await desk.done("recordLiveDanger", desk.me, until=last, **wish)
    assert await desk.row(live_danger, one) == {
        "id": one, "situation_id": case, "place": "Hôtel Exemple", "ad_url": None, "until": last, "at": desk.now,
    }  # fmt: skip
    assert await desk.events(one) == [{"kind": "live_danger.recorded", "situation_id": case, "audiences": ALL}]


async def test_who_is_said_to_exploit_has_an_identifier(desk: Desk) -> None:
    case = await desk.case()
    wish = {"situation": public("Situation", case)}
    assert await desk.wrong_input(case, "recordAllegedPerpetrator", desk.me, identifiers=[], **wish) == "EMPTY"
    one = await desk.done("recordAllegedPerpetrator", desk.me, identifiers=["@compte"], relation="ami", **wish)
    assert await desk.row(alleged_perpetrator, one) == {
        "id": one,
        "situation_id": case,
        "identifiers": ["@compte"],
        "relation": "ami",
    }
    assert await desk.events(one) == [{"kind": "alleged_perpetrator.recorded", "situation_id": case, "audiences": ALL}]


async def test_a_closed_situation_takes_no_observation(desk: Desk) -> None:
    case = await desk.case()
    await desk.close(case)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("recordProblematic", {"kind": Problematic.RUNAWAY, "value": TriState.YES}),
        ("recordSensitiveProblematic", {"kind": Problematic.PREGNANCY, "value": TriState.YES}),
        ("recordExploitationFact", {}),
        ("recordLiveDanger", {"place": "x", "until": desk.now + timedelta(days=1)}),
        ("recordAllegedPerpetrator", {"identifiers": ["x"]}),
    ]
    for name, wish in acts:
        assert (
            await desk.refused_unchanged(case, name, desk.me, situation=public("Situation", case), **wish)
            == "WRONG_STATE"
        )
