"""Two situations of one minor: proposed when something is recorded, decided by a person, undone without a trace elsewhere."""

from typing import Any
from uuid import UUID

import pytest

from loaders.commands.repeat import PROPOSED_AT_MOST
from schema.tables.repeat import minor_key, repeat_candidate
from schema.tables.situation import minor, situation, situation_jurisdiction
from schema.vocabulary import AgePrecision, Channel, ContactOutcome, OrgKind, SituationStatus
from tests.loaders.commands.dlpm_world import REUNION, Desk, made_desk, made_world, public, together  # noqa: F401

SPOKEN: dict[str, Any] = {"channel": Channel.PHONE, "outcome": ContactOutcome.ANSWERED_HELP}
_CONSONANTS, _VOWELS = "bdfklmnprstv", "aeiou"


def invented(number: int) -> str:
    """A name that nobody else in this database has, of sounds that French keeps apart."""
    letters = ""
    for _ in range(5):
        number, place = divmod(number, 60)
        letters += _CONSONANTS[place % 12] + _VOWELS[place // 12]
    return letters.capitalize() + "ka"


def somebody(desk: Desk) -> dict[str, Any]:
    """What is told of a minor, unlike any other of the tests before."""
    secret = desk.me.member_id.int if desk.me.member_id else 0
    return {"first_name": invented(secret), "last_name": invented(secret >> 64), "age": 15}


async def told(desk: Desk, **changes: Any) -> UUID:
    """A new situation in which somebody is described."""
    case = await desk.case()
    await desk.done("addMinor", desk.me, situation=public("Situation", case), **{**somebody(desk), **changes})
    return case


async def candidates(desk: Desk, case: UUID) -> dict[UUID, dict[str, Any]]:
    rows = await desk.rows(repeat_candidate, repeat_candidate.c.for_situation_id == case)
    return {row["situation_id"]: row for row in rows}


def both(one: UUID, other: UUID, **more: Any) -> dict[str, Any]:
    return {
        "principal": public("Situation", one),
        "duplicate": public("Situation", other),
        "reason": "Même mineure.",
        **more,
    }


async def pair(desk: Desk) -> tuple[UUID, UUID]:
    return await told(desk), await told(desk)


# ---------------------------------------------------------------- proposals


async def test_a_second_file_is_proposed_when_the_minor_is_described(desk: Desk) -> None:
    first = await told(desk)
    assert await candidates(desk, first) == {}
    second = await told(desk, last_name=str(somebody(desk)["last_name"]).upper())
    [found] = (await candidates(desk, second)).values()
    assert {name: found[name] for name in ("situation_id", "state", "band", "agreeing", "disagreeing", "merged_as", "reason", "decided_by_id")} == {
        "situation_id": first, "state": "PROPOSED", "band": "STRONG", "agreeing": ["FIRST_NAME", "LAST_NAME", "AGE", "PLACE"], "disagreeing": [],
        "merged_as": None, "reason": None, "decided_by_id": None,
    }  # fmt: skip
    [mirror] = (await candidates(desk, first)).values()
    same = {"band", "weight", "agreeing", "disagreeing", "state", "proposed_at"}
    assert (mirror["situation_id"], {mirror[name] == found[name] for name in same}) == (second, {True})


async def test_a_contact_proposes_what_has_become_alike_and_the_log_says_whose_names_were_compared(desk: Desk) -> None:
    first = await told(desk)
    second = await told(desk, first_name=None, last_name=None, age=None)
    assert await candidates(desk, second) == {}
    # Behind the commands' back, keys included: as a file taken over from elsewhere.
    [child] = await desk.rows(minor, minor.c.situation_id == second)
    [known] = await desk.rows(minor_key, minor_key.c.situation_id == first)
    [empty] = await desk.rows(minor_key, minor_key.c.situation_id == second)
    assert (empty["minimal_keys"], empty["identity_keys"]) == ([], [])
    await desk.change(minor, child["id"], **somebody(desk))
    wish = {"minor": public("Minor", child["id"]), "language": "français"}
    await desk.done("updateMinor", desk.me, **wish)
    [made] = await desk.rows(minor_key, minor_key.c.situation_id == second)
    assert (made["minimal_keys"], made["identity_keys"]) == (known["minimal_keys"], known["identity_keys"])
    assert set(await candidates(desk, second)) == {first}
    await desk.done("recordContact", desk.colleague, situation=public("Situation", second), **SPOKEN)
    record = await desk.log(desk.traces[-1])
    assert set(record["situations"]) == {str(first), str(second)}
    assert {"G03", "G04", "G09", "G37"} <= set(record["categories"])


async def test_a_proposal_follows_what_is_said_later_until_a_person_decides(desk: Desk) -> None:
    first, second = await pair(desk)
    before = (await candidates(desk, second))[first]
    [child] = await desk.rows(minor, minor.c.situation_id == second)
    named = str(somebody(desk)["last_name"])
    await desk.done("updateMinor", desk.me, minor=public("Minor", child["id"]), last_name=named + "a")
    after = (await candidates(desk, second))[first]
    assert after["weight"] < before["weight"]
    assert after["agreeing"] == ["FIRST_NAME", "LAST_NAME_ALIKE", "AGE", "PLACE"]
    await desk.done(
        "keepApart", desk.me, situation=public("Situation", first), other=public("Situation", second), reason="Sœurs."
    )
    decided = await candidates(desk, second)
    await desk.done("updateMinor", desk.me, minor=public("Minor", child["id"]), last_name=named)
    await desk.done("recordContact", desk.me, situation=public("Situation", second), **SPOKEN)
    assert await candidates(desk, second) == decided
    assert decided[first]["state"] == "KEPT_APART"


@pytest.mark.parametrize("state", ["INTERMEDIATE", "ANONYMISED"])
async def test_an_archived_situation_is_not_proposed(desk: Desk, state: str) -> None:
    first = await told(desk)
    await desk.change(situation, first, retention_state=state)
    second = await told(desk)
    assert await candidates(desk, second) == {}
    assert str(first) not in (await desk.log(desk.traces[-1]))["situations"]


async def test_siblings_and_namesakes_elsewhere_are_not_proposed(desk: Desk) -> None:
    await told(desk)
    assert await candidates(desk, await told(desk, first_name="Zoé")) == {}
    assert await candidates(desk, await told(desk, last_name="Zzyx", age=19)) == {}


async def test_two_minors_of_one_situation_are_not_compared(desk: Desk) -> None:
    case = await told(desk)
    await desk.done("addMinor", desk.me, situation=public("Situation", case), **somebody(desk))
    assert await candidates(desk, case) == {}


async def test_no_more_are_proposed_than_can_be_read(desk: Desk) -> None:
    for _ in range(PROPOSED_AT_MOST + 2):
        case = await told(desk, age_precision=AgePrecision.DECLARED)
    assert len(await candidates(desk, case)) == PROPOSED_AT_MOST


async def test_the_keys_go_with_the_minor(desk: Desk) -> None:
    case = await told(desk)
    await desk.admin.execute(minor.delete().where(minor.c.situation_id == case))
    assert await desk.rows(minor_key, minor_key.c.situation_id == case) == []


async def test_erasing_what_a_minor_is_known_by_erases_the_keys(desk: Desk) -> None:
    case = await told(desk, phone="06 39 98 00 00")
    [child] = await desk.rows(minor, minor.c.situation_id == case)
    await desk.change(minor, child["id"], first_name=None, last_name=None)
    [kept] = await desk.rows(minor_key, minor_key.c.situation_id == case)
    assert kept["identity_keys"] != []
    await desk.change(minor, child["id"], phone=None)
    [erased] = await desk.rows(minor_key, minor_key.c.situation_id == case)
    assert (erased["minimal_keys"], erased["identity_keys"]) == ([], [])


async def test_both_sides_of_a_pair_go_with_one_situation(desk: Desk) -> None:
    first, second = await pair(desk)
    for table in (minor, situation_jurisdiction):
        await desk.admin.execute(table.delete().where(table.c.situation_id == first))
    await desk.admin.execute(situation.delete().where(situation.c.id == first))
    assert await candidates(desk, second) == {}
    assert await desk.rows(repeat_candidate, repeat_candidate.c.situation_id == second) == []


# ---------------------------------------------------------------- decisions


@pytest.mark.parametrize("who", ["me", "supervisor"])
async def test_a_person_merges_and_undoes(desk: Desk, who: str) -> None:
    first, second = await pair(desk)
    person = getattr(desk, who)
    files = await desk.file(first), await desk.file(second)
    one = await desk.done("mergeSituations", person, **both(first, second))
    merged, mirror = await desk.row(repeat_candidate, one), (await candidates(desk, second))[first]
    assert (merged["for_situation_id"], merged["situation_id"], merged["merged_as"]) == (first, second, "DUPLICATE")
    assert mirror["merged_as"] == "PRINCIPAL"
    for row in (merged, mirror):
        assert (row["state"], row["reason"], row["decided_by_id"], row["decided_at"]) == (
            "MERGED",
            "Même mineure.",
            person.member_id,
            desk.now,
        )
        assert row["band"] == "STRONG"
    assert await desk.events(one) == [
        {"kind": "situation.merged", "situation_id": case, "audiences": ["DLPM"]} for case in (first, second)
    ]
    record = await desk.log(desk.traces[-1])
    assert set(record["situations"]) == {str(first), str(second)}
    assert (record["operation"], record["outcome"]) == ("mergeSituations", "OK")
    assert await desk.done("unmergeSituations", person, **both(first, second, reason="Homonymes.")) == one
    undone = await desk.row(repeat_candidate, one)
    assert (undone["state"], undone["merged_as"], undone["reason"]) == ("UNMERGED", None, "Homonymes.")
    # Nothing else of the two files has moved.
    after = await desk.file(first), await desk.file(second)
    for name in ("outbox", "repeat_candidate"):
        for file in (*files, *after):
            file.pop(name, None)
    assert after == files
    # It is not proposed anew, and can be merged again.
    await desk.done("recordContact", desk.me, situation=public("Situation", second), **SPOKEN)
    assert (await candidates(desk, second))[first]["state"] == "UNMERGED"
    assert await desk.done("mergeSituations", person, **both(first, second)) == one


async def test_what_a_person_sees_unaided_can_be_merged_too(desk: Desk) -> None:
    first, second = await desk.case(), await desk.case(SituationStatus.CLOSED, closed_at=desk.now)
    one = await desk.done("mergeSituations", desk.me, **both(first, second))
    row = await desk.row(repeat_candidate, one)
    assert (row["state"], row["band"], row["weight"], row["agreeing"]) == ("MERGED", None, 0, [])
    assert (await desk.row(situation, second))["status"] == "CLOSED"


async def test_what_is_kept_apart_can_still_be_merged_and_what_is_merged_not_kept_apart(desk: Desk) -> None:
    first, second = await pair(desk)
    apart = {"situation": public("Situation", second), "other": public("Situation", first), "reason": "Sœurs."}
    await desk.done("keepApart", desk.me, **apart)
    assert await desk.refused_unchanged(first, "keepApart", desk.me, **apart) == "ALREADY_KEPT_APART"
    await desk.done("mergeSituations", desk.me, **both(first, second))
    assert await desk.refused_unchanged(first, "keepApart", desk.me, **apart) == "ALREADY_MERGED"


async def test_only_what_is_merged_is_undone_and_from_the_right_side(desk: Desk) -> None:
    first, second = await pair(desk)
    assert await desk.refused_unchanged(first, "unmergeSituations", desk.me, **both(first, second)) == "NOT_MERGED"
    await desk.done("mergeSituations", desk.me, **both(first, second))
    assert await desk.refused_unchanged(first, "unmergeSituations", desk.me, **both(second, first)) == "NOT_MERGED"
    for turned in (both(first, second), both(second, first)):
        assert await desk.refused_unchanged(first, "mergeSituations", desk.me, **turned) == "ALREADY_MERGED"


async def test_one_principal_and_its_duplicates(desk: Desk) -> None:
    one, two, three, four = [await desk.case() for _ in range(4)]
    await desk.done("mergeSituations", desk.me, **both(one, two))
    for wish, code in (
        (both(two, three), "PRINCIPAL_IS_MERGED"),
        (both(three, two), "DUPLICATE_IS_MERGED"),
        (both(three, one), "DUPLICATE_IS_PRINCIPAL"),
    ):
        assert await desk.refused_unchanged(three, "mergeSituations", desk.me, **wish) == code
    await desk.done("mergeSituations", desk.me, **both(one, three))
    await desk.done("unmergeSituations", desk.me, **both(one, two))
    await desk.done("mergeSituations", desk.me, **both(four, two))
    merged = await desk.rows(
        repeat_candidate,
        repeat_candidate.c.merged_as == "DUPLICATE",
        repeat_candidate.c.for_situation_id.in_([one, two, three, four]),
    )
    assert {(row["for_situation_id"], row["situation_id"]) for row in merged} == {(one, three), (four, two)}


@pytest.mark.parametrize("name", ["mergeSituations", "unmergeSituations", "keepApart"])
async def test_refusals_that_all_three_have_in_common(desk: Desk, name: str) -> None:
    first, second = await pair(desk)
    fields = ("situation", "other") if name == "keepApart" else ("principal", "duplicate")

    def wish(one: UUID | None, other: UUID | None, reason: str = "x") -> dict[str, Any]:
        return {fields[0]: public("Situation", one), fields[1]: public("Situation", other), "reason": reason}

    assert await desk.refused_unchanged(first, name, desk.me, **wish(first, first)) == "SAME_SITUATION"
    assert await desk.wrong_input(first, name, desk.me, **wish(first, second, " ")) == "EMPTY"
    hidden, foreign = await desk.case(), await desk.case()
    await desk.change(situation, hidden, retention_state="INTERMEDIATE")
    stranger = await desk.partner(OrgKind.CRIP, REUNION)
    await desk.change(situation, foreign, controller_org_id=stranger.id)
    for out in (None, hidden, foreign):
        for one, other in ((first, out), (out, first)):
            assert await desk.refused_unchanged(first, name, desk.me, **wish(one, other)) == "NOT_FOUND"
    # A supervisor reads what is archived, and decides nothing of it.
    assert await desk.refused_unchanged(hidden, name, desk.supervisor, **wish(first, hidden)) == "WRONG_STATE"


async def test_two_persons_who_merge_the_same_pair_at_once(desk: Desk) -> None:
    for turned in (False, True):
        first, second = await pair(desk)
        other = both(second, first) if turned else both(first, second)
        outcomes = await together(
            desk.act("mergeSituations", desk.me, **both(first, second)),
            desk.act("mergeSituations", desk.colleague, **other),
        )
        refusals = [one.refusal.code if one.refusal else None for one in outcomes]
        assert sorted(map(str, refusals)) == ["ALREADY_MERGED", "None"]
        rows = await desk.rows(
            repeat_candidate,
            repeat_candidate.c.for_situation_id.in_([first, second]),
            repeat_candidate.c.state == "MERGED",
        )
        assert sorted(row["merged_as"] for row in rows) == ["DUPLICATE", "PRINCIPAL"]


async def test_two_persons_who_give_one_duplicate_two_principals_at_once(desk: Desk) -> None:
    one, two, three = [await desk.case() for _ in range(3)]
    outcomes = await together(
        desk.act("mergeSituations", desk.me, **both(one, three)),
        desk.act("mergeSituations", desk.colleague, **both(two, three)),
    )
    assert sorted(str(found.refusal.code if found.refusal else None) for found in outcomes) == [
        "DUPLICATE_IS_MERGED",
        "None",
    ]


async def test_two_who_record_the_same_minor_at_once_leave_whole_pairs(desk: Desk) -> None:
    await told(desk)
    cases = [await desk.case() for _ in range(4)]
    outcomes = await together(
        *(desk.act("addMinor", desk.me, situation=public("Situation", case), **somebody(desk)) for case in cases)
    )
    assert [one.refusal for one in outcomes] == [None] * 4
    # Those that did not see each other do so at the next contact.
    for case in cases:
        await desk.done("recordContact", desk.me, situation=public("Situation", case), **SPOKEN)
        assert len(await candidates(desk, case)) == 4
