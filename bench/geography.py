"""Write `schema/reference/departments.json` and `authorities.json` from the official geographic code.

Source: INSEE, Code officiel géographique, as carried by the npm package `@etalab/decoupage-administratif`
(data under Licence Ouverte). Run from the root of the repository, with the package's `data` folder:

    python -m bench.geography dashboard/node_modules/@etalab/decoupage-administratif/data
"""

import json
import sys
from pathlib import Path
from typing import Any

Row = dict[str, Any]

TARGET = Path(__file__).parent.parent / "schema" / "reference"

# 975 and the other overseas collectivities are no departments: the package files them under the zone "com".
DEPARTMENT_ZONES = ("metro", "drom")

PARIS_TIME = "Europe/Paris"
OVERSEAS_TIME = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}

# INSEE's "type de nom en clair": which article the name takes after "Département".
ARTICLES = {0: "de ", 1: "d'", 2: "du ", 3: "de la ", 4: "des ", 5: "de l'"}

# Authorities that are not simply the council of one department: code, name, kind, departments.
# Corsica: L226-3-1-1. Rhône: the department and, since 2015, the Métropole de Lyon, each on its own communes.
# Alsace: one body since 2021. Paris, Martinique and Guyane: one body with the powers of a department.
SPECIAL_AUTHORITIES = (
    ("2A+2B", "Collectivité de Corse", "COLLECTIVITY", ("2A", "2B")),
    ("67+68", "Collectivité européenne d'Alsace", "COLLECTIVITY", ("67", "68")),
    ("69D", "Département du Rhône", "DEPARTMENT", ("69",)),
    ("69M", "Métropole de Lyon", "METROPOLE", ("69",)),
    ("75", "Ville de Paris", "COLLECTIVITY", ("75",)),
    ("972", "Collectivité territoriale de Martinique", "COLLECTIVITY", ("972",)),
    ("973", "Collectivité territoriale de Guyane", "COLLECTIVITY", ("973",)),
)


def department_rows(departments: list[Row], regions: list[Row]) -> list[Row]:
    """The 101 departments with their region and zone of civil time, by code."""
    region_names = {region["code"]: region["nom"] for region in regions}
    return [
        {
            "code": department["code"],
            "name": department["nom"],
            "region_code": department["region"],
            "region_name": region_names[department["region"]],
            "timezone": OVERSEAS_TIME.get(department["code"], PARIS_TIME),
        }
        for department in sorted(departments, key=lambda row: row["code"])
        if department["zone"] in DEPARTMENT_ZONES
    ]


def authority_rows(departments: list[Row]) -> list[Row]:
    """The authorities that hold child protection, by code: the special ones, and one council per other department."""
    special = {code for _, _, _, codes in SPECIAL_AUTHORITIES for code in codes}
    ordinary = [
        (row["code"], f"Département {ARTICLES[row['typeLiaison']]}{row['nom']}", "DEPARTMENT", (row["code"],))
        for row in departments
        if row["zone"] in DEPARTMENT_ZONES and row["code"] not in special
    ]
    return [
        {
            "code": code,
            "name": name,
            "kind": kind,
            "departments": list(codes),
            "timezone": OVERSEAS_TIME.get(codes[0], PARIS_TIME),
        }
        for code, name, kind, codes in sorted([*SPECIAL_AUTHORITIES, *ordinary])
    ]


def document(name: str, rows: list[Row], version: str) -> str:
    """One data file: a header that says where the rows come from, then one row per line so that a diff reads well."""
    header = {
        "source": "INSEE, Code officiel géographique, carried by @etalab/decoupage-administratif",
        "version": version,
        "licence": "Licence Ouverte / Open Licence (Etalab)",
        "made_by": "bench/geography.py",
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}," for key, value in header.items()]
    body = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
    return "\n".join(["{", *lines, f'  "{name}": [', body, "  ]", "}", ""])


def documents(data: Path) -> dict[str, str]:
    """The text of each data file, by file name, from the package's `data` folder."""
    departments = json.loads((data / "departements.json").read_text("utf-8"))
    regions = json.loads((data / "regions.json").read_text("utf-8"))
    version = json.loads((data.parent / "package.json").read_text("utf-8"))["version"]
    return {
        "departments.json": document("departments", department_rows(departments, regions), version),
        "authorities.json": document("authorities", authority_rows(departments), version),
    }


def main(data: Path) -> None:
    for name, text in documents(data).items():
        (TARGET / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
