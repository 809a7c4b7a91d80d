"""Reference data that everybody shares and nobody owns: departments, authorities, official code lists."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from schema.vocabulary import AuthorityKind


@dataclass(frozen=True, slots=True)
class Department:
    """A department: a place, not an authority."""

    code: str
    name: str
    region_code: str
    region_name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Who answers for child protection in one department or several; a department may have two."""

    code: str
    name: str
    kind: AuthorityKind
    departments: tuple[str, ...]
    timezone: str


@dataclass(frozen=True, slots=True)
class OfficialCode:
    """One code of one official list, with a short French wording."""

    list: str
    code: str
    label: str


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files(__name__).joinpath(name).read_text("utf-8"))
    return content


@cache
def departments() -> tuple[Department, ...]:
    """The 101 departments, by code."""
    return tuple(Department(**row) for row in _read("departments.json")["departments"])


@cache
def authorities() -> tuple[Authority, ...]:
    """The authorities, by code."""
    return tuple(
        Authority(
            code=row["code"],
            name=row["name"],
            kind=AuthorityKind(row["kind"]),
            departments=tuple(row["departments"]),
            timezone=row["timezone"],
        )
        for row in _read("authorities.json")["authorities"]
    )


def authorities_of(department_code: str) -> tuple[Authority, ...]:
    """The authorities of a department: one, or two for 69; none for a code that is no department."""
    return tuple(authority for authority in authorities() if department_code in authority.departments)


@cache
def official_codes() -> tuple[OfficialCode, ...]:
    """Every code of every official list, and of CONCLUSION, in the order of the lists."""
    return tuple(OfficialCode(**row) for row in _read("official_lists.json")["codes"])


def official_list(name: str) -> tuple[OfficialCode, ...]:
    """The codes of one list; empty when there is no such list."""
    return tuple(code for code in official_codes() if code.list == name)


@cache
def yes_no_variables() -> tuple[str, ...]:
    """The official variables that are answered with the list OUINON."""
    return tuple(_read("official_lists.json")["yes_no_variables"])
