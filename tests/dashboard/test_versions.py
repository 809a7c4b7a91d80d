"""Two versions of the policy on a page: everything that changed is told in French, and nothing else."""

import copy
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from auth.comparing import Direction, Kind, changes
from dashboard.policies import IN_FORCE, policy_of, released
from dashboard.words.changes import groups
from dashboard.words.rules import alternative, fact
from graph import review
from graph.schemas import compatibility
from schema.vocabulary import Audience
from tests.dashboard.visitor import signed_in
from tests.network import Network

NOW: Any = review.in_force()


def test_what_this_version_does_not_know_stands_as_it_was_written() -> None:
    assert fact("moon_is_full(3)") == "moon_is_full(3)"
    assert alternative("") == "toujours"


def test_each_release_keeps_its_policy() -> None:
    latest = compatibility.latest(compatibility.CHANGELOG.read_text(encoding="utf-8"))
    assert released()[-1] == latest
    assert set(policy_of(latest)["audiences"]) == set(Audience)


def test_a_release_writes_the_policy_that_runs(tmp_path: Any) -> None:
    review.keep("9.9.9", tmp_path)
    assert orjson.loads((tmp_path / "9.9.9.json").read_bytes()) == NOW


def _changed() -> Any:
    """A policy in which one thing of each kind is otherwise than in the one that runs."""
    old = copy.deepcopy(NOW)
    old["acts"]["RECORD_MEASURE"].remove("ASE")
    old["purposes"]["ANA"].append("CONTROL")
    worker = old["audiences"]["ASM"]
    worker["cells"]["G24"] = "O"
    worker["types"]["FollowUp"]["columns"]["note_for_ase"]["else"] = "ENDED"
    worker["types"]["AseLink"]["rows"] = ["via(member, ASSIGNED)"]
    del worker["types"]["AssociationNote"]
    del worker["grants"]["association_note"], worker["row_policies"]["association_note"]
    worker["row_policies"]["referral"] = "another"
    worker["row_policies"]["gone"] = "text"
    worker["types"]["Gone"] = {"table": "gone", "rows": [""], "columns": {"name": "always"}, "steps": {}}
    condition = next(iter(old["conditions"]))
    old["conditions"][condition] = ["true"]
    old["relations"] = {**old["relations"], "GONE": "SELECT", "STAKE": "another"}
    del old["relations"]["NETWORK"]
    old["services"] = [*old["services"][1:], "GRANT SELECT ON moon TO maillage_commands"]
    return old


def test_every_kind_of_change_is_told_with_its_direction() -> None:
    found = changes(_changed(), NOW)
    told = {group.title: group for group in groups(found, of_database=False)}
    walls = {group.title: group for group in groups(found, of_database=True)}
    assert set(told) == {"Ouvre", "Ouvre peut-être", "Ferme", "Se dit autrement"}
    lines_of = [line for group in [*told.values(), *walls.values()] for _, rows in group.lines for line in rows]
    # Nothing is left out: what belongs to a new type stands in its line.
    assert {part for one in found for part in one.parts if one.kind not in {Kind.ACT, Kind.PURPOSE}} <= {
        part for line in lines_of for part in line.parts
    }
    lines = {
        (title, whom, line.what): line for title, group in told.items() for whom, rows in group.lines for line in rows
    }
    everybody, worker = "Toutes les habilitations", Audience.ASM.label
    assert lines["Ouvre", everybody, "Inscrire une mesure de protection"].parts == (Audience.ASE.label,)
    assert lines["Ferme", everybody, "finalités : analyste"].how == ("n’est plus permis",)
    assert lines["Ouvre", worker, "cellule : note pour l'ASE"].how == ("O devient Ow",)
    assert lines["Ouvre", worker, "AseLink : les lignes"].how == (
        "suffit désormais : une mesure en cours nomme l’organisation",
    )
    assert lines["Se dit autrement", worker, "FollowUp · note pour l'ASE"].how == ("accès terminé devient hors mandat",)
    assert lines["Ouvre", worker, "AssociationNote"].how[0].startswith("devient visible, si ")
    assert set(lines["Ouvre", worker, "AssociationNote"].parts) >= {"at", "id", "text"}
    assert lines["Ferme", worker, "Gone"].how == ("n’existe plus dans ce schéma",)
    assert lines["Ferme", everybody, "relation"].parts == ("GONE",)
    assert {one.direction for one in walls.values()} == {Direction.WIDER, Direction.UNPROVEN, Direction.NARROWER}


def test_the_other_way_round_what_opened_closes() -> None:
    back = {group.title for group in groups(changes(NOW, _changed()), of_database=False)}
    assert "Ferme" in back
    assert groups(changes(NOW, NOW), of_database=False) == []


@pytest.mark.parametrize(("client", "role"), [("cli_dlpm", "DPO"), ("cli_operator", "ADM"), ("cli_crip_59", "DEL")])
def test_the_page_compares_a_release_with_what_runs(network: Network, client: str, role: str) -> None:
    visitor = signed_in(network, client, role)
    assert visitor.see("/matrice/versions").status_code == 200
    found = groups(changes(policy_of(released()[-1]), NOW), of_database=False)
    for group in found:
        assert f">{group.sign} {group.title}</span>" in visitor.text
        for _, lines in group.lines:
            assert all(how in visitor.text for line in lines for how in line.how)
    assert visitor.see(f"/matrice/versions?de={IN_FORCE}&a={IN_FORCE}").status_code == 200
    assert "Personne ne voit ni ne fait autre chose." in visitor.text


def test_one_way_and_one_reader_are_asked_for_in_the_address(network: Network) -> None:
    visitor = signed_in(network, "cli_dlpm", "DPO")
    found = groups(changes(policy_of(released()[-1]), NOW), of_database=False)
    assert len(found) > 1
    for group in found:
        visitor.see(f"/matrice/versions?sens={group.direction.name}")
        # What the database's own wall permits stands below, whatever is asked for.
        told = visitor.text.split("Le second mur")[0]
        shown = {one.title for one in found if f">{one.sign} {one.title}</span>" in told}
        assert shown == {group.title}
    whom, lines = found[0].lines[0]
    visitor.see("/matrice/versions?" + urlencode({"sens": found[0].direction.name, "pour": whom}))
    wanted = f"({len(lines)})</span></summary>"
    assert visitor.text.split("Le second mur")[0].count("</span></summary>") == 1 and wanted in visitor.text
    assert visitor.see("/matrice/versions?sens=x").status_code == 400
    # A reader that nobody is, is refused like a direction that nothing goes; one for whom nothing changed is told so.
    assert visitor.see("/matrice/versions?pour=personne").status_code == 400
    unchanged = {"de": IN_FORCE, "a": IN_FORCE, "pour": Audience.ONP.label}
    assert visitor.see("/matrice/versions?" + urlencode(unchanged)).status_code == 200
    assert "Rien dans cette sélection." in visitor.text and f'value="{Audience.ONP.label}" selected' in visitor.text


def test_a_version_that_nobody_kept_is_refused(network: Network) -> None:
    visitor = signed_in(network, "cli_dlpm", "DPO")
    for version in ("0.0.9", "../contract", "", "%00"):
        assert visitor.see(f"/matrice/versions?de={version}").status_code == 400
