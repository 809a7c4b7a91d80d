"""One noun of the case at a time, through the officer's doors: what is shown, what is withheld, whom it names."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from loaders.nouns import NOUNS, Noun, Relation
from loaders.policy.context import values as context_values
from loaders.policy.doors import Door, column_rule, door, noun_visible
from loaders.policy.rules import Rule
from loaders.statement.fetching import fetch
from loaders.subject_report.french import LABELS, TITLES
from loaders.subject_report.left_out import WHY_SECOND, omissions, why_left_out
from loaders.subject_report.report import READERS, RECIPIENTS, Gathered, Section
from loaders.subject_report.request import DPO, AccessRequest
from schema.tables.situation import minor, situation
from schema.vocabulary import Category

_PARTIES = {
    "fromOrganisation": "communiqué par",
    "toOrganisation": "communiqué à",
    "organisation": "organisme",
}


class Gathering:
    """One case, on one connection, for one officer and one request."""

    def __init__(self, connection: Any, caller: Caller, request: AccessRequest, others: Collection[UUID]) -> None:
        self.gathered = Gathered()
        self._connection = connection
        self._request = request
        self._others = list(others)
        self._caller = context_values(caller)

    async def noun(self, noun: Noun) -> None:
        """All that the report says of one noun."""
        shown: dict[str, Rule] = {}
        left_out: dict[str, str] = {}
        for column in noun.table.c:
            if column.info["category"] is Category.KEY:
                continue
            rule = column_rule(DPO, noun, column.name)
            why = why_left_out(noun, column.name, rule, for_a_parent=self._request.of_a_parent)
            if why is not None:
                left_out[column.name] = why
            elif rule is not None:
                shown[column.name] = rule
        self.gathered.omissions += omissions(noun, left_out)
        if shown and noun_visible(DPO, noun):
            await self._section(noun, shown)

    async def _section(self, noun: Noun, shown: Mapping[str, Rule]) -> None:
        binds = {"case": self._request.situation_id, "others": self._others, **self._caller}
        rows = await fetch(self._connection, _rows_of(noun, shown), binds)
        named = _named(noun)
        names = await self._names({row[f"link_{one}"] for row in rows for one in named})
        closed = sorted(name for name in shown if any(not row[f"open_{name}"] for row in rows))
        self.gathered.omissions += omissions(noun, dict.fromkeys(closed, WHY_SECOND))
        self.gathered.withheld |= {noun.table.c[name].info["category"].value for name in closed}
        kept = [name for name in shown if not rows or any(row[f"open_{name}"] for row in rows)]
        self.gathered.read |= {noun.table.c[name].info["category"].value for name in kept if rows}
        heads = [(name, LABELS[name], noun.table.c[name].info["category"]) for name in kept]
        heads += [(name, _PARTIES[name], relation.category or Category.KEY) for name, relation in named.items()]
        cells = [
            (
                *(_text(noun.table.c[name], row[name]) for name in kept),
                *(names.get(row[f"link_{one}"]) for one in named),
            )
            for row in rows
        ]
        self.gathered.sections[noun.name] = Section(noun.name, TITLES[noun.name], tuple(heads), tuple(cells))

    async def _names(self, ids: set[UUID | None]) -> dict[UUID | None, str]:
        gate = door(DPO, NOUNS["Organisation"])
        wanted = bindparam("ids", type_=ARRAY(Uuid(as_uuid=True)))
        statement = select(gate.row.c.id, gate.column("name").label("name")).where(
            gate.row.c.id == func.any(wanted), gate.where
        )
        known = [one for one in ids if one is not None]
        rows = await fetch(self._connection, statement, {"ids": known, **self._caller})
        return {row["id"]: row["name"] for row in rows}


def _rows_of(noun: Noun, shown: Mapping[str, Rule]) -> Select[Any]:
    """The rows of the case: the columns, whether each is open on the row, and whom it names."""
    gate = door(DPO, noun)
    columns = [gate.column(name).label(name) for name in shown]
    open_to = [
        (gate.shows(rule) if not rule.implied_by(gate.rows) else true()).label(f"open_{name}")
        for name, rule in shown.items()
    ]
    receivers = [gate.link(relation).label(f"link_{name}") for name, relation in _named(noun).items()]
    return (
        select(*columns, *open_to, *receivers)
        .where(
            gate.row.c[noun.situation_column or ""] == bindparam("case", type_=Uuid(as_uuid=True)),
            gate.where,
            *_not_of(gate, noun),
        )
        .order_by(gate.row.c[noun.tie])
    )


def _named(noun: Noun) -> Mapping[str, Relation]:
    """The organisations that a line of the ledger or of the log names."""
    if noun.name not in {RECIPIENTS, READERS}:
        return {}
    return {name: relation for name, relation in noun.relations.items() if name in _PARTIES}


def _not_of(gate: Door, noun: Noun) -> list[Any]:
    """Rows of the other minors of the same situation are other people's."""
    column = "id" if noun.table is minor else "minor_id"
    if noun.table is situation or column not in gate.row.c:
        return []
    others = bindparam("others", type_=ARRAY(Uuid(as_uuid=True)))
    return [or_(gate.row.c[column].is_(None), gate.row.c[column] != func.all(others))]


def _text(column: Any, value: Any) -> str | None:
    """A cell as a French reader sees it: words by their label, lists in one line."""
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(_text(column, one) or "" for one in value)
    words = column.info.get("words")
    if words is not None:
        return str(words(value).label)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return _category(value) if column.name in {"field_groups", "categories", "conditional"} else str(value)


def _category(code: str) -> str:
    known = {one.value: one.label for one in Category}
    return f"{code} {known[code]}" if code in known else code
