"""`python -m graph explain`: the answer is that of the doors, says what is missing, tells no value, and is logged."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from rich.console import Console

from auth import policy
from auth.comparing import Change, Direction, changes
from auth.policy import Act, cell
from graph import explain, review
from graph.cli import reasons
from graph.cli.reasons import Asking
from graph.database import Database
from loaders.nouns import NOUNS
from loaders.policy import meanings
from loaders.policy.conditions import cell_rule
from loaders.surface import surface
from loaders.why.facts import facts_of
from loaders.why.relations import claims_of, relations_of
from loaders.why.words import words_of
from schema.errors import SetupError
from schema.vocabulary import Audience, Category, Purpose
from tests.mutation.conditions import rules
from tests.mutation.mutant import Mutant, forget
from tests.mutation.mutants import cells, words
from tests.network import Network

ROOT = Path(__file__).resolve().parent.parent.parent


def database_of(network: Network) -> Database:
    return Database(network.cluster.admin, network.cluster.login)


def ask(network: Network, asking: Asking) -> Any:
    return asyncio.run(reasons.answered(database_of(network), asking))


def rows(network: Network, sql: str, *values: Any) -> list[Any]:
    async def main() -> list[Any]:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    return asyncio.run(main())


def cases(network: Network) -> list[Any]:
    return rows(network, "SELECT id, ref FROM situation ORDER BY ref LIMIT 25")


# ---------------------------------------------------------------- for one caller and one case


@pytest.mark.parametrize(
    ("client", "role", "purpose"),
    [
        ("cli_crip_59", "CRI", "EVALUATE"),
        ("cli_ase_59", "ASE", "EVALUATE"),
        ("cli_asso_measure", "ASM", None),
        ("cli_dlpm", "SUP", "EVALUATE"),
        ("cli_crip_59", None, None),
    ],
)
def test_the_verdict_is_what_the_server_answers(
    network: Network, client: str, role: str | None, purpose: str | None
) -> None:
    kind, field, column = {
        # A mandated worker's schema has no id of a minor.
        "ASM": ("Referral", "ageBand", "age_band"),
        None: ("Situation", "urgency", "urgency"),
    }.get(role, ("Minor", "firstName", "first_name"))
    table = NOUNS[kind].table.name
    member = network.members(client, role)[0]["id"] if role else None
    for case in rows(network, "SELECT s.id, s.ref FROM situation s JOIN reach r ON r.situation_id = s.id "
                     "GROUP BY s.id, s.ref ORDER BY count(*) DESC, s.ref LIMIT 12"):  # fmt: skip
        answer = ask(
            network, Asking(client, member, case["ref"], f"{kind}.{field}", role, Purpose(purpose) if purpose else None)
        )
        for row in answer.rows:
            query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {field} withheld {{ field reason }} }} }} }}"
            node = network.data(client, query, {"id": row.id}, member=member, purpose=purpose)["node"]
            assert row.exists is (node is not None), (case["ref"], row)
            if node is not None and row.shown:
                stored = rows(network, f"SELECT {column} FROM {table} WHERE id = $1", UUID(row.id.partition("_")[2]))
                assert node[field] == stored[0][column]
            elif node is not None:
                assert node[field] is None
                assert {"field": field, "reason": answer.reason} in node["withheld"]


def test_a_refusal_names_the_missing_fact_and_who_may_change_it(network: Network) -> None:
    """A case that no CRIP has been told of: the jurisdiction or the report is what is missing."""
    case = rows(network, "SELECT s.ref FROM situation s WHERE s.status <> 'CLOSED' AND NOT EXISTS "
                "(SELECT FROM concern_report r WHERE r.situation_id = s.id) LIMIT 1")[0]  # fmt: skip
    answer = ask(network, Asking("cli_crip_59", None, case["ref"], "Situation.urgency"))
    (row,) = answer.rows
    assert (row.exists, row.shown) == (False, False)
    asked = row.row[0].atoms[0]
    assert asked.conditions == (1,)
    missing = {fact.sentence: fact.who for fact in asked.facts if not fact.holds}
    assert missing["A report to the authority was sent, and not misrouted."] == "LIS, SUP"


def test_no_value_is_told(network: Network) -> None:
    case = rows(network, "SELECT s.ref, m.first_name FROM situation s JOIN minor m ON m.situation_id = s.id "
                "WHERE length(m.first_name) > 3 LIMIT 1")[0]  # fmt: skip
    member = network.members("cli_dlpm", "SUP")[0]["id"]
    answer = ask(network, Asking("cli_dlpm", member, case["ref"], "Minor.firstName", purpose=Purpose.EVALUATE))
    assert answer.rows[0].shown
    console = Console(record=True, width=200, quiet=True)
    console.print(reasons.tree(answer, "why"))
    for text in (reasons.as_json(answer), console.export_text()):
        assert case["first_name"] not in text


def test_asking_is_in_the_access_log_of_the_organisation(network: Network) -> None:
    case = cases(network)[0]
    before = rows(network, "SELECT count(*) AS n FROM access_log WHERE operation = 'explain Situation.urgency'")[0]["n"]
    ask(network, Asking("cli_crip_59", None, case["ref"], "Situation.urgency"))
    logged = rows(
        network,
        "SELECT l.*, o.id AS asked FROM access_log l JOIN oauth_client c ON c.id = 'cli_crip_59' "
        "JOIN organisation o ON o.id = c.organisation_id WHERE l.operation = 'explain Situation.urgency' ORDER BY l.at",
    )
    assert len(logged) == before + 1
    assert logged[-1]["organisation_id"] == logged[-1]["asked"]
    assert json.loads(logged[-1]["situations"]) == [str(case["id"])]
    assert logged[-1]["client_id"].startswith("explain/")
    assert logged[-1]["withheld"] == ["G01"]


def test_whoever_does_not_stand_sees_nothing(network: Network) -> None:
    case = cases(network)[0]
    member = network.members("cli_dlpm", "LIS")[0]["id"]
    answer = ask(network, Asking("cli_dlpm", member, case["ref"], "Situation.urgency", purpose=Purpose.CONTROL))
    assert not answer.stands
    assert reasons.verdict(answer).startswith("Sees nothing at all")


@pytest.mark.parametrize(
    "asking",
    [
        Asking("cli_nobody", None, "-", "Situation.urgency"),
        Asking("cli_crip_59", "nobody", "-", "Situation.urgency"),
        Asking("cli_crip_59", None, "S-unknown", "Situation.urgency"),
        Asking("cli_operator", None, "S-unknown", "Situation.urgency"),
    ],
)
def test_words_that_name_nothing_are_refused(network: Network, asking: Asking) -> None:
    with pytest.raises(SetupError):
        ask(network, asking)


@pytest.mark.parametrize("field", ["Horoscope.sign", "Minor.horoscope", "Minor.situationId", "ResourceCard.title"])
def test_a_field_that_hangs_on_no_case_is_refused(network: Network, field: str) -> None:
    with pytest.raises(SetupError):
        ask(network, Asking("cli_crip_59", None, cases(network)[0]["ref"], field))


def test_every_atom_is_put_into_words_and_every_relation_into_facts() -> None:
    for audience in Audience:
        for noun in NOUNS.values():
            for column in noun.table.c:
                rule = cell_rule(audience, column)
                for atom in (one for conjunction in (rule.any_of if rule else ()) for one in conjunction):
                    assert words_of(atom).sentence.endswith("."), atom
                    for relation in relations_of(atom, Purpose.EVALUATE):
                        assert claims_of(relation) or relation == "STAKE", relation


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Minr.firstName", "There is no type `Minr`: did you mean Minor?"),
        ("Minor.firstname", "`Minor` has no field `firstname` that a category protects: did you mean firstName?"),
        ("Minor.id", "`Minor` has no field `id` that a category protects."),
    ],
)
def test_a_misspelt_field_of_a_role_is_refused_with_what_is_near(name: str, told: str) -> None:
    with pytest.raises(SetupError, match=f"^{re.escape(told)}$"):
        explain.field(Audience.ASM, name)


def test_the_rule_of_a_field_is_told_in_the_words_of_its_atoms() -> None:
    said = explain.field(Audience.ASM, "Minor.firstName")
    assert said[0] == "Minor.firstName  G03 mineur, minimum (P3)  cell O3: own cases"
    assert "`withheld` says NEEDS_AGREEMENT" in said[1]
    assert [line.split()[0] for line in said[2:]] == ["-", "-", "or", "-"]
    assert any("the minor agreed" in line for line in said[2:4])
    assert "MEASURE mandate" in said[5]
    assert explain.field(Audience.ONP, "Minor.firstName")[-1] == "  ONP never sees it: the field is not in its schema."


@pytest.mark.parametrize(("side", "sentence"), [("from", "Who shares"), ("to", "Who receives")])
def test_a_sharing_that_ends_with_a_habilitation_says_whose(network: Network, side: str, sentence: str) -> None:
    """Not only that it ended: of all that section 7 asks, the fact that fails is named."""

    async def main() -> list[str]:
        connection = await asyncpg.connect(network.cluster.admin)
        transaction = connection.transaction()
        await transaction.start()
        try:
            grant = await connection.fetchrow(
                "SELECT g.*, r.via FROM reach r JOIN sharing_grant g ON g.situation_id = r.situation_id "
                "AND g.to_member_id = r.viewer WHERE r.via LIKE 'GRANT:%' AND now() BETWEEN r.starts_at AND r.ends_at LIMIT 1"
            )
            assert grant is not None
            binds = {"situation": grant["situation_id"], "viewer_member": grant["to_member_id"]}
            claims = claims_of(grant["via"])
            assert all(fact.holds for fact in await facts_of(connection, binds, claims))
            await connection.execute(
                "UPDATE habilitation SET revoked_at = now() WHERE member_id = $1", grant[f"{side}_member_id"]
            )
            return [fact.sentence for fact in await facts_of(connection, binds, claims) if not fact.holds]
        finally:
            await transaction.rollback()
            await connection.close()

    # Each fact stands on those before it: the first that fails is what is missing.
    assert asyncio.run(main())[0].startswith(sentence)


# ---------------------------------------------------------------- two versions


def test_the_kept_policy_is_the_policy() -> None:
    """`python -m graph explain --write-docs` writes it."""
    assert (ROOT / "docs" / "policy.json").read_text() == review.written(review.in_force())


def exported() -> Any:
    return orjson.loads(review.written(surface()))


@pytest.fixture(scope="module", autouse=True)
def _as_it_is() -> None:
    """Asked before anything is changed: it is remembered."""
    review.in_force()


def under(mutant: Mutant) -> list[Change]:
    with mutant.applied():
        return changes(review.in_force(), exported())


def one(kind: Any, text: str) -> Mutant:
    found: Mutant = next(mutant for mutant in kind() if text in str(mutant))
    return found


def test_the_same_policy_has_no_difference() -> None:
    forget()
    assert changes(review.in_force(), exported()) == []


def test_a_condition_that_is_dropped_opens() -> None:
    found = under(one(cells, "CRI G06 J1+7 becomes J1"))
    opened = [change for change in found if change.direction is Direction.WIDER]
    assert {change.audience for change in opened} == {"CRI"}
    assert [change.subject for change in opened] == ["rows of Caller"]
    assert {"name", "phone", "email"} <= set(opened[0].parts)


def test_a_cell_that_is_taken_away_closes_and_opens_nothing() -> None:
    found = under(one(cells, "ASE G21 Ow becomes -"))
    assert found
    assert not any(change.direction.widens for change in found)
    assert any(change.direction is Direction.NARROWER and "may not read it any more" in change.how for change in found)


def test_a_name_that_is_told_opens() -> None:
    found = under(one(words, "_NAMING[Situation] without ref"))
    assert {change.audience for change in found if change.direction is Direction.WIDER} == {"ASM"}


def test_a_rule_without_its_atom_opens() -> None:
    found = under(one(rules, "CRI live_danger"))
    assert any(change.direction is Direction.WIDER for change in found)


def test_an_act_that_somebody_more_may_do_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Act.RECORD_MEASURE, "audiences", Act.RECORD_MEASURE.audiences | {Audience.ASM})
    (change,) = changes(review.in_force(), exported())
    assert (change.direction, change.subject, change.parts) == (Direction.WIDER, "act RECORD_MEASURE", ("ASM",))


def test_a_condition_that_asks_something_else_may_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(meanings.MEANINGS, "party", lambda row, who: row.c.origin_authority_id == who.authority)
    found = changes(review.in_force(), exported())
    assert {(change.direction, change.subject) for change in found} == {(Direction.UNPROVEN, "condition")}


def test_a_review_by_the_command_line_fails_where_it_widens(tmp_path: Path) -> None:
    narrower = orjson.loads(review.written(review.in_force()))
    narrower["acts"]["RECORD_MEASURE"].remove("ASE")
    (tmp_path / "old.json").write_bytes(orjson.dumps(narrower))
    found = changes(review.read(str(tmp_path / "old.json")), review.in_force())
    assert [change.direction for change in found] == [Direction.WIDER]
    with pytest.raises(SetupError):
        review.read("no-such-revision")
    (tmp_path / "torn.json").write_text("{")
    with pytest.raises(SetupError):
        review.read(str(tmp_path / "torn.json"))


def test_every_category_of_the_policy_is_in_the_export() -> None:
    for audience in Audience:
        assert review.in_force()["audiences"][audience.value]["cells"] == {
            category.value: str(policy.MATRIX[audience, category])
            for category in Category
            if category is not Category.KEY
        }
        assert all(str(cell(text)) == text for text in review.in_force()["audiences"][audience.value]["cells"].values())
