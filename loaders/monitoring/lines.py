"""The numbers of a report one by one, out of its tables: what every form of it prints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema.types.yearly import YearlyReportLine
from schema.vocabulary import (
    CallerCategoryReport,
    CountState,
    DlpmActionKind,
    Gender,
    Problematic,
    SurveyTarget,
    Word,
)

_WORDS: Mapping[str, type[Word]] = {
    "gender": Gender,
    "category": CallerCategoryReport,
    "problematic": Problematic,
    "action": DlpmActionKind,
    "target": SurveyTarget,
}
_NAMES = ("label", "department_name", "region_name", "authority_name", "starts_on")
_GROUPS = {"girls": "filles", "others": "autres", "due": "retours attendus", "returned": "retours venus"} | {
    "overdue": "retours en retard",
    "situations": "situations", "contacts": "contacts", "median_delay": "délai médian",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Printed:
    state: CountState
    count: str
    percent: str = ""
    base: str = ""


def lines(tables: Mapping[str, Any]) -> list[YearlyReportLine]:
    """Every number of the tables, in their order."""
    found: list[YearlyReportLine] = []
    for value in tables.values():
        for indicator in value if isinstance(value, list) else [value]:
            if isinstance(indicator, dict) and "definition" in indicator:
                found += _lines(indicator)
    return found


def _lines(indicator: Mapping[str, Any]) -> Iterator[YearlyReportLine]:
    words = {name: indicator[name] for name in ("threshold", "definition", "denominator", "source", "article")}
    for part, one in _numbers(indicator, "", indicator["decimals"]):
        yield YearlyReportLine(
            code=indicator["code"],
            indicator=indicator["label"],
            part=part,
            state=one.state,
            count=one.count,
            percent=one.percent,
            base=one.base,
            **words,
        )


def _numbers(node: Mapping[str, Any], part: str, decimals: int) -> Iterator[tuple[str, _Printed]]:
    for name, value in node.items():
        if name == "unknowns":
            continue
        if name == "parts":
            yield from _parts(value, decimals)
        elif isinstance(value, dict):
            group = _GROUPS.get(name, "") if not part or name not in {"share", "count"} else ""
            yield " : ".join(filter(None, (part, group))), _number(value, decimals)


def _parts(parts: Sequence[Mapping[str, Any]], decimals: int) -> Iterator[tuple[str, _Printed]]:
    closed: list[_Printed] = []
    for one in parts:
        found = list(_numbers(one, _name(one), decimals))
        # A hundred lines that say nothing of as many authorities are one.
        if "authority_name" in one and all(said.state is not CountState.EXACT for _, said in found):
            closed.append(found[0][1])
        else:
            yield from found
    if closed:
        yield f"{len(closed)} autres autorités" if len(closed) < len(parts) else "", closed[0]


def _name(part: Mapping[str, Any]) -> str:
    for field, words in _WORDS.items():
        if field in part:
            return words(part[field]).label
    return next(str(part[name]) for name in _NAMES if name in part)


def _number(value: Mapping[str, Any], decimals: int) -> _Printed:
    state = CountState(value["state"])
    if "percent" in value:
        percent = "" if value["percent"] is None else _french(value["percent"], decimals)
        return _Printed(state, value["count"]["label"], percent, value["base"]["label"])
    if "base" not in value:
        return _Printed(state, value["label"])
    if "label" in value:
        return _Printed(state, value["label"], base=value["base"]["label"])
    shown = "masqué" if value["value"] is None else _french(value["value"], decimals)
    return _Printed(state, shown, base=value["base"]["label"])


def _french(number: float, decimals: int) -> str:
    return f"{number:.{decimals}f}".replace(".", ",")
