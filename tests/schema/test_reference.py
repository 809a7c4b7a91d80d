"""The reference data: complete, consistent, and made by the script that says so."""

import json
from collections import Counter
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench import geography
from schema.reference import (
    authorities,
    authorities_of,
    departments,
    official_codes,
    official_list,
    yes_no_variables,
)
from schema.vocabulary import AuthorityKind, IpConclusion, MeasureDecision, TriState

ROOT = Path(__file__).parents[2]
PACKAGE_DATA = ROOT / "dashboard/node_modules/@etalab/decoupage-administratif/data"
OVERSEAS = ["971", "972", "973", "974", "976"]

# The codes of each list, typed from CASF annexe 2-8 as the domain document gives it.
CODES = {
    "TRANSIP": "100 200 300 400 510 520 530 541 542 543 550 560 570 580 590 600 611 612 613 620 630 640 999",
    "ORIGIP": "10 20 31 32 33 34 40 99",
    "MOTIFSIG": "1 2 3 4 5 9",
    "DECISION": "1 2",
    "NATPDECADM": "10 11 12 13 14 15 16 18 19 20 21 99",
    "NATDECASSED": "11 14 15 16 17 18 19 21 22 23 24 99",
    "NATDECPLAC": "1 2 3 9",
    "TITAP": "11 30 40 50 60 70 80 90 99",
    "MOTFININT": "1 2 3 9",
    "MOTIFML": "10 11 12 13 14 15 16 18 19 99",
    "OUINON": "1 2 9",
    "CONCLUSION": "CLASSIFIED ADMIN_SUPPORT JUDICIAL_REFERRAL ALREADY_FOLLOWED MOVED UNLOCATED UNKNOWN",
}


def test_there_are_96_metropolitan_and_5_overseas_departments() -> None:
    codes = [department.code for department in departments()]
    metropolitan = [f"{number:02}" for number in range(1, 96) if number != 20] + ["2A", "2B"]
    assert codes == sorted(metropolitan + OVERSEAS)
    assert len(codes) == 101


def test_there_are_18_regions_each_with_one_name() -> None:
    regions = {(department.region_code, department.region_name) for department in departments()}
    assert len(regions) == len({code for code, _ in regions}) == 18
    assert ("32", "Hauts-de-France") in regions


def test_names_are_those_of_the_official_code() -> None:
    names = {department.code: department.name for department in departments()}
    assert len(set(names.values())) == 101
    assert (names["59"], names["69"], names["2A"], names["974"]) == ("Nord", "Rhône", "Corse-du-Sud", "La Réunion")


def test_civil_time_of_each_department() -> None:
    january = datetime(2026, 1, 15, tzinfo=UTC)
    hours = {
        department.code: january.astimezone(ZoneInfo(department.timezone)).strftime("%z")
        for department in departments()
    }
    assert {code: hours[code] for code in OVERSEAS} == {
        "971": "-0400",
        "972": "-0400",
        "973": "-0300",
        "974": "+0400",
        "976": "+0300",
    }
    assert {department.timezone for department in departments() if department.code not in OVERSEAS} == {"Europe/Paris"}


def test_every_department_has_one_authority_and_69_has_two() -> None:
    counts = Counter(code for authority in authorities() for code in authority.departments)
    assert counts == {department.code: 2 if department.code == "69" else 1 for department in departments()}
    assert [authority.code for authority in authorities_of("69")] == ["69D", "69M"]


def test_975_has_no_authority() -> None:
    assert authorities_of("975") == ()


def test_there_are_100_authorities_with_unique_codes_and_names() -> None:
    assert len(authorities()) == 100
    assert len({authority.code for authority in authorities()}) == 100
    assert len({authority.name for authority in authorities()}) == 100


def test_only_the_special_authorities_are_not_the_council_of_one_department() -> None:
    special = {
        authority.code: (authority.name, authority.kind, authority.departments)
        for authority in authorities()
        if authority.kind is not AuthorityKind.DEPARTMENT or (authority.code,) != authority.departments
    }
    assert special == {
        "2A+2B": ("Collectivité de Corse", AuthorityKind.COLLECTIVITY, ("2A", "2B")),
        "67+68": ("Collectivité européenne d'Alsace", AuthorityKind.COLLECTIVITY, ("67", "68")),
        "69D": ("Département du Rhône", AuthorityKind.DEPARTMENT, ("69",)),
        "69M": ("Métropole de Lyon", AuthorityKind.METROPOLE, ("69",)),
        "75": ("Ville de Paris", AuthorityKind.COLLECTIVITY, ("75",)),
        "972": ("Collectivité territoriale de Martinique", AuthorityKind.COLLECTIVITY, ("972",)),
        "973": ("Collectivité territoriale de Guyane", AuthorityKind.COLLECTIVITY, ("973",)),
    }


def test_an_authority_counts_its_deadlines_in_the_time_of_its_departments() -> None:
    zones = {department.code: department.timezone for department in departments()}
    assert all({zones[code] for code in authority.departments} == {authority.timezone} for authority in authorities())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("59", "Département du Nord"),
        ("01", "Département de l'Ain"),
        ("16", "Département de la Charente"),
        ("78", "Département des Yvelines"),
        ("28", "Département d'Eure-et-Loir"),
        ("77", "Département de Seine-et-Marne"),
    ],
)
def test_a_council_is_named_with_the_right_article(code: str, name: str) -> None:
    assert [authority.name for authority in authorities_of(code)] == [name]


def test_each_official_list_has_exactly_its_codes() -> None:
    found: dict[str, list[str]] = {}
    for code in official_codes():
        found.setdefault(code.list, []).append(code.code)
    assert found == {name: codes.split() for name, codes in CODES.items()}


def test_every_official_code_is_labelled() -> None:
    assert [code for code in official_codes() if code.label.strip() != code.label or not code.label] == []


def test_an_unknown_list_is_empty() -> None:
    assert official_list("SEXE_APPELANT") == ()


def test_words_and_lists_that_say_the_same_thing_agree() -> None:
    assert [(code.code, code.label) for code in official_list("CONCLUSION")] == [
        (word.value, word.label) for word in IpConclusion
    ]
    assert {(code.code, code.label) for code in official_list("OUINON")} == {
        (word.code, word.label) for word in TriState
    }
    assert [(code.code, code.label) for code in official_list("DECISION")] == [
        (word.code, word.label) for word in MeasureDecision
    ]


def test_yes_no_variables_are_the_twelve_of_the_annexe() -> None:
    expected = "SANTE SECURITE MORALITE CONDEDUC CONDEDEV VIOLSEX VIOLPHYS NEGLIG VIOLPSY VIOLCONJ DANGER MINA"
    assert yes_no_variables() == tuple(expected.split())


def test_shared_rows_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        departments()[0].name = "Elsewhere"  # type: ignore[misc]  # the refusal is the point


@pytest.mark.parametrize("name", ["departments.json", "authorities.json", "official_lists.json"])
def test_each_file_says_where_it_comes_from(name: str) -> None:
    header = json.loads((ROOT / "schema/reference" / name).read_text("utf-8"))
    assert header["source"].startswith("CASF, annexe 2-8" if name == "official_lists.json" else "INSEE")
    if name != "official_lists.json":
        assert (header["version"], header["licence"]) == ("6.0.0", "Licence Ouverte / Open Licence (Etalab)")


def test_the_script_drops_what_is_no_department_and_keeps_the_order_of_codes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "package.json").write_text('{"version": "1.2.3"}', "utf-8")
    rows = [
        {"code": "974", "region": "04", "nom": "La Réunion", "typeLiaison": 0, "zone": "drom"},
        {"code": "59", "region": "32", "nom": "Nord", "typeLiaison": 2, "zone": "metro"},
        {"code": "975", "region": "975", "nom": "Saint-Pierre-et-Miquelon", "typeLiaison": 0, "zone": "com"},
    ]
    regions = [{"code": "04", "nom": "La Réunion"}, {"code": "32", "nom": "Hauts-de-France"}]
    (data / "departements.json").write_text(json.dumps(rows), "utf-8")
    (data / "regions.json").write_text(json.dumps(regions), "utf-8")

    made = geography.documents(data)

    assert json.loads(made["departments.json"]) == {
        "source": "INSEE, Code officiel géographique, carried by @etalab/decoupage-administratif",
        "version": "1.2.3",
        "licence": "Licence Ouverte / Open Licence (Etalab)",
        "made_by": "bench/geography.py",
        "departments": [
            {
                "code": "59",
                "name": "Nord",
                "region_code": "32",
                "region_name": "Hauts-de-France",
                "timezone": "Europe/Paris",
            },
            {
                "code": "974",
                "name": "La Réunion",
                "region_code": "04",
                "region_name": "La Réunion",
                "timezone": "Indian/Reunion",
            },
        ],
    }
    assert made == geography.documents(data)


@pytest.mark.skipif(not PACKAGE_DATA.is_dir(), reason="front-end packages are not installed")
def test_the_committed_files_are_what_the_script_makes() -> None:
    made = geography.documents(PACKAGE_DATA)
    assert {name: (ROOT / "schema/reference" / name).read_text("utf-8") for name in made} == made
