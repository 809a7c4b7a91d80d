"""What the DLPM records of minors and parents: coded age included, and what is left out stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from schema.tables.situation import minor, parental_holder
from schema.vocabulary import AgePrecision, AseLinkState, Gender, OrgKind, ReportStatus, Role, TriState
from tests.loaders.commands.dlpm_world import NORD, REUNION, Desk, made_desk, made_world, public  # noqa: F401

BANDS = [
    (0, "UNDER_13"),
    (12, "UNDER_13"),
    (13, "A13_14"),
    (14, "A13_14"),
    (15, "A15_17"),
    (17, "A15_17"),
    (18, "A18_20"),
    (20, "A18_20"),
]
OPENED = datetime(2026, 5, 9, 22, 30, tzinfo=UTC)  # 10 May in Paris.


@pytest.mark.parametrize(("age", "band"), [*BANDS, (None, "UNKNOWN")])
async def test_the_coded_age_follows_from_the_age(desk: Desk, age: int | None, band: str) -> None:
    case = await desk.case()
    one = await desk.done("addMinor", desk.me, situation=public("Situation", case), age=age)
    row = await desk.row(minor, one)
    assert (row["age"], row["age_band"], row["age_precision"]) == (age, band, "UNKNOWN")


@pytest.mark.parametrize(
    ("born", "age", "band"),
    [
        (date(2011, 5, 10), 15, "A15_17"),
        (date(2011, 5, 11), 14, "A13_14"),
        (date(2026, 6, 1), 0, "UNDER_13"),
        (date(2012, 2, 29), 14, "A13_14"),
    ],
)
async def test_without_an_age_the_date_of_birth_gives_it_on_the_day_of_opening_in_paris(
    desk: Desk, born: date, age: int, band: str
) -> None:
    case = await desk.case(opened_at=OPENED)
    one = await desk.done("addMinor", desk.me, situation=public("Situation", case), birth_date=born)
    row = await desk.row(minor, one)
    assert (row["birth_date"], row["age"], row["age_band"], row["age_precision"]) == (born, age, band, "EXACT")


async def test_all_that_is_said_of_a_minor_is_kept_as_it_was_said(desk: Desk) -> None:
    case = await desk.case()
    texts = {
        "first_name": "Lou", "safe_channel": "messagerie", "safe_hours": "17 h - 18 h", "language": "français", "last_name": "Exemple",
        "address": "1 rue Exemple", "phone": "0600000000", "school": "Collège Exemple",
    }  # fmt: skip
    one = await desk.done(
        "addMinor", desk.me, situation=public("Situation", case), gender=Gender.GIRL, age=15, age_precision=AgePrecision.DECLARED,
        handles=["@lou", " @lou ", "@lou2"], **{name: f" {value} " for name, value in texts.items()},
    )  # fmt: skip
    assert await desk.row(minor, one) == {
        "id": one, "situation_id": case, "age_band": "A15_17", "gender": "GIRL", "age": 15, "age_precision": "DECLARED",
        "birth_date": None, "majority_on": None, "handles": ["@lou", "@lou2"], **texts,
    }  # fmt: skip
    assert await desk.events(one) == [
        {"kind": "minor.added", "situation_id": case, "audiences": ["DLPM", "CRIP", "ASE"]}
    ]


@pytest.mark.parametrize(
    "wish", [{"age": 21}, {"birth_date": date(1990, 1, 1)}, {"age": 15, "birth_date": date(1990, 1, 1)}]
)
async def test_an_adult_is_no_minor(desk: Desk, wish: dict[str, Any]) -> None:
    case = await desk.case()
    child = await desk.child(case)
    assert (
        await desk.refused_unchanged(case, "addMinor", desk.me, situation=public("Situation", case), **wish)
        == "NOT_A_MINOR"
    )
    assert (
        await desk.refused_unchanged(case, "updateMinor", desk.me, minor=public("Minor", child), **wish)
        == "NOT_A_MINOR"
    )


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"age": -1}, "OUT_OF_RANGE"), ({"age": 121}, "OUT_OF_RANGE"), ({"first_name": "x" * 201}, "TOO_LONG"),
        ({"handles": [" "]}, "EMPTY"), ({"handles": [str(number) for number in range(51)]}, "TOO_LONG"),
        ({"birth_date": date(9999, 1, 1)}, "INVALID_TIME"),
    ],
)  # fmt: skip
async def test_a_value_that_cannot_be_is_refused(desk: Desk, wish: dict[str, Any], reason: str) -> None:
    case = await desk.case()
    assert await desk.wrong_input(case, "addMinor", desk.me, situation=public("Situation", case), **wish) == reason


async def test_updating_changes_what_is_given_erases_what_is_empty_and_moves_the_band(desk: Desk) -> None:
    case = await desk.case()
    child = await desk.child(
        case, first_name="Lou", last_name="Exemple", age=14, age_band="A13_14", handles=["@lou"], school="Collège"
    )
    before, version = await desk.row(minor, child), await desk.version(desk.me, "Minor", child)
    wish = {
        "minor": public("Minor", child),
        "age": 15,
        "last_name": "",
        "handles": [],
        "gender": Gender.BOY,
        "expected_version": version,
    }
    assert await desk.done("updateMinor", desk.colleague, **wish) == child
    changed = {"age": 15, "age_band": "A15_17", "last_name": None, "handles": [], "gender": "BOY"}
    assert await desk.row(minor, child) == {**before, **changed}
    [event] = await desk.events(child)
    assert (event["kind"], event["situation_id"]) == ("minor.updated", case)
    assert await desk.version(desk.me, "Minor", child) != version
    assert await desk.refused_unchanged(case, "updateMinor", desk.me, **wish) == "STALE_VERSION"
    assert (
        await desk.refused_unchanged(case, "updateMinor", desk.me, minor=public("Minor", child)) == "NOTHING_TO_CHANGE"
    )


@pytest.mark.parametrize(("age", "after"), [(None, (15, "A15_17")), (12, (12, "UNDER_13"))])
async def test_a_date_of_birth_said_later_fills_an_unknown_age_and_contradicts_no_known_one(
    desk: Desk, age: int | None, after: tuple[int, str]
) -> None:
    case = await desk.case(opened_at=OPENED)
    child = await desk.child(case, age=age, age_band="UNKNOWN" if age is None else "UNDER_13")
    await desk.done("updateMinor", desk.me, minor=public("Minor", child), birth_date=date(2011, 1, 1))
    row = await desk.row(minor, child)
    assert (row["age"], row["age_band"]) == after
    assert row["birth_date"] == date(2011, 1, 1)


async def test_holders_of_parental_authority_are_added_and_changed(desk: Desk) -> None:
    case = await desk.case()
    child = await desk.child(case)
    one = await desk.done(
        "addParentalHolder", desk.me, minor=public("Minor", child), name="Sacha Exemple", contact="0600000000", authority_kind="40",
        danger_if_informed=TriState.YES,
    )  # fmt: skip
    row = {
        "id": one, "situation_id": case, "minor_id": child, "name": "Sacha Exemple", "contact": "0600000000", "authority_kind": "40",
        "danger_if_informed": "YES",
    }  # fmt: skip
    assert await desk.row(parental_holder, one) == row
    wish = {"parental_holder": public("ParentalHolder", one)}
    await desk.done(
        "updateParentalHolder", desk.me, contact="", authority_kind="11", danger_if_informed=TriState.NO, **wish
    )
    assert await desk.row(parental_holder, one) == {
        **row,
        "contact": None,
        "authority_kind": "11",
        "danger_if_informed": "NO",
    }
    assert [event["kind"] for event in await desk.events(one)] == ["parental_holder.added", "parental_holder.updated"]
    assert await desk.refused_unchanged(case, "updateParentalHolder", desk.me, **wish) == "NOTHING_TO_CHANGE"
    assert await desk.wrong_input(case, "updateParentalHolder", desk.me, authority_kind="12", **wish) == "UNKNOWN_CODE"
    added = {"minor": public("Minor", child), "authority_kind": "mère"}
    assert await desk.wrong_input(case, "addParentalHolder", desk.me, **added) == "TOO_LONG"


async def test_a_closed_situation_takes_no_more_minors_and_no_more_changes(desk: Desk) -> None:
    case = await desk.case()
    child = await desk.child(case)
    holder = await desk.add(parental_holder, situation_id=case, minor_id=child)
    await desk.close(case)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("addMinor", {"situation": public("Situation", case)}),
        ("updateMinor", {"minor": public("Minor", child), "age": 15}),
        ("addParentalHolder", {"minor": public("Minor", child)}),
        ("updateParentalHolder", {"parental_holder": public("ParentalHolder", holder), "name": "x"}),
    ]
    for name, wish in acts:
        assert await desk.refused_unchanged(case, name, desk.me, **wish) == "WRONG_STATE"


# ---------------------------------------------------------------- what a CRIP and an ASE service may correct

MINIMAL: dict[str, Any] = {
    "first_name": "Lou", "gender": Gender.GIRL, "age": 16, "age_precision": AgePrecision.DECLARED, "safe_channel": "SMS",
    "safe_hours": "18 h", "language": "fr",
}  # fmt: skip
OTHERS: dict[str, Any] = {
    "last_name": "X", "birth_date": date(2011, 1, 1), "address": "1 rue", "phone": "06", "handles": ["@a"], "school": "Y",
}  # fmt: skip


@pytest.mark.parametrize("role", [Role.CRI, Role.ASE])
async def test_a_department_corrects_the_minimal_identity_and_nothing_else(desk: Desk, role: Role) -> None:
    case = await desk.case()
    child = await desk.child(case, age=15, age_band="A15_17", last_name="Avant")
    kind = OrgKind.CRIP if role is Role.CRI else OrgKind.ASE
    partner, stranger = await desk.partner(kind, NORD), await desk.partner(kind, REUNION)
    person, foreigner = await desk.person(partner, role), await desk.person(stranger, role)
    wish = {"minor": public("Minor", child), **MINIMAL}
    assert await desk.refused_unchanged(case, "updateMinor", person, **wish) == "NOT_FOUND"
    if role is Role.CRI:
        await desk.notice(case, ReportStatus.SENT, minor_id=child)
    else:
        await desk.link(case, partner, AseLinkState.CONFIRMED, caseworker_id=person.member_id)
    for name, value in OTHERS.items():
        refused = {"minor": public("Minor", child), "first_name": "Lou", name: value}
        assert await desk.refused_unchanged(case, "updateMinor", person, **refused) == "NOT_YOUR_FIELD"
    assert await desk.refused_unchanged(case, "updateMinor", foreigner, **wish) == "NOT_FOUND"
    before = await desk.row(minor, child)
    await desk.done("updateMinor", person, **wish)
    assert await desk.row(minor, child) == {
        **before,
        **{name: str(value) if isinstance(value, str) else value for name, value in MINIMAL.items()},
    }
    await desk.close(case)
    assert await desk.refused_unchanged(case, "updateMinor", person, **wish) in {"NOT_FOUND", "WRONG_STATE"}
