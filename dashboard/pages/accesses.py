"""Journal d'accès: who read what, under which role and purpose, refused, broken glass; names of fields, never values."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from dashboard import formatting
from dashboard.answers import Node
from dashboard.pages.export import as_csv
from dashboard.rendering import PAGE_HEADERS
from dashboard.visit import Visit, one
from schema.errors import BadInputError
from schema.vocabulary import Audience, BreakGlassReason, BreakGlassReview, Category, Purpose

_EVENTS = {"READ": "Lecture", "COMMAND": "Acte", "REFUSAL": "Refus"}
# Fixed spans, like everywhere: word -> label, days.
SPANS: Mapping[str, tuple[str, int | None]] = {
    "": ("Depuis le début", None),
    "jour": ("Dernières 24 heures", 1),
    "semaine": ("7 derniers jours", 7),
    "mois": ("30 derniers jours", 30),
}
OUTCOMES: Mapping[str, tuple[str, Sequence[str] | None]] = {
    "": ("Tous", None),
    "lectures": ("Lectures", ("READ",)),
    "actes": ("Actes", ("COMMAND",)),
    "refus": ("Refus", ("REFUSAL",)),
}
_CATEGORIES = {category.value: category.label for category in Category}
_MOST_EXPORTED = 20


async def listed(visit: Visit) -> Response:
    """The log, with its filters in the address."""
    return await _page(visit)


async def named(visit: Visit) -> Response:
    """Resolve one pseudonym: the log says that it was done."""
    fields = await visit.form()
    found = await visit.ask("access_reader", access=one(fields, "access"))
    return await _page(visit, person=found["accessReader"] or {"name": None, "organisation": None})


async def _page(visit: Visit, person: Node | None = None) -> Response:
    chosen = {
        name: visit.request.query_params.get(name, "") for name in ("periode", "resultat", "situation", "organisation")
    }
    after = visit.request.query_params.get("apres")
    found = await visit.ask("accesses", filter=_filter(chosen), after=after)
    page, kept = found["accesses"], {name: value for name, value in chosen.items() if value}
    return visit.page(
        "accesses.html",
        organisation=found["viewer"]["organisation"],
        chosen=chosen,
        kept=kept,
        # Who lifts a pseudonym stays where it was read.
        here={**kept, "apres": after} if after else kept,
        spans=[(word, label) for word, (label, _) in SPANS.items()],
        outcomes=[(word, label) for word, (label, _) in OUTCOMES.items()],
        count=page["totalCount"],
        readings=_readings(page["nodes"]),
        following=page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None,
        refused=[_row(node) for node in found.get("refused", _NONE)["nodes"]],
        latest=next(iter(found.get("latest", _NONE)["nodes"]), None),
        recorded=found.get("latest", _NONE)["totalCount"],
        broken=[_broken(node) for node in found.get("emergencyAccesses", _NONE)["nodes"]],
        can_name=visit.caller.audience is Audience.DPO,
        person=person,
    )


_NONE: Node = {"nodes": (), "totalCount": 0}


def _filter(chosen: Mapping[str, str]) -> dict[str, Any]:
    """The filter of the API. Raises: BadInputError for a word that is not on the menu."""
    if chosen["periode"] not in SPANS or chosen["resultat"] not in OUTCOMES:
        raise BadInputError(reason="FILTER")
    days, events = SPANS[chosen["periode"]][1], OUTCOMES[chosen["resultat"]][1]
    made: dict[str, Any] = {name: chosen[name] for name in ("situation", "organisation") if chosen[name]}
    if days is not None:
        made["since"] = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    if events is not None:
        made["event"] = list(events)
    return made


def _readings(nodes: Sequence[Node]) -> list[list[dict[str, Any]]]:
    """Accesses by the question that made them: a list that was read touches many cases, and is one line of the page."""
    made: dict[Any, list[dict[str, Any]]] = {}
    for node in nodes:
        alike = (node["traceId"] or node["id"], node["at"], node["operation"], node["outcome"], node["audience"])
        made.setdefault(alike, []).append(_row(node))
    return list(made.values())


def _row(node: Node) -> dict[str, Any]:
    situation = node.get("situation") or {}
    conditional = set(node.get("conditional") or ())
    return {
        "id": node.get("id"),
        "at": node["at"],
        "event": _EVENTS.get(node.get("event") or "REFUSAL", ""),
        "refused": node["outcome"] != "OK",
        "outcome": node["outcome"],
        # A pseudonym is long and random: its beginning tells two persons apart.
        "reader": node["reader"].removeprefix("lec_")[:6] if node.get("reader") else None,
        "role": _label(Audience, node["audience"]),
        "organisation": (node.get("organisation") or {}).get("name"),
        "organisation_id": (node.get("organisation") or {}).get("id"),
        "purpose": _label(Purpose, node["purpose"]),
        "operation": node["operation"],
        "categories": [_CATEGORIES.get(code, code) for code in node.get("categories") or () if code not in conditional],
        "conditional": [_CATEGORIES.get(code, code) for code in sorted(conditional)],
        "situation": situation.get("ref"),
        "situation_id": situation.get("id"),
    }


def _label(vocabulary: type[Audience] | type[Purpose], value: str | None) -> str:
    return vocabulary(value).label if value in set(vocabulary) else ""


def _broken(node: Node) -> dict[str, Any]:
    situation = node["situation"] or {}
    return {
        "reason": BreakGlassReason(node["reasonCode"]).label if node["reasonCode"] else "motif réservé",
        "review": BreakGlassReview(node["review"]).label if node["review"] else "à examiner",
        "pending": node["review"] in {None, BreakGlassReview.PENDING},
        "opened": node["openedAt"],
        "due": node["reviewDueAt"],
        "situation": situation.get("ref"),
        "situation_id": situation.get("id"),
    }


async def exported(visit: Visit) -> Response:
    """The filtered log for a spreadsheet, a thousand rows at most."""
    chosen = {
        name: visit.request.query_params.get(name, "") for name in ("periode", "resultat", "situation", "organisation")
    }
    rows: list[Node] = []
    after = None
    for _ in range(_MOST_EXPORTED):
        page = (await visit.ask("accesses", filter=_filter(chosen), after=after))["accesses"]
        rows += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    headers = {**PAGE_HEADERS, "Content-Disposition": 'attachment; filename="journal-acces.csv"'}
    return Response(as_csv(_cells(rows)), 200, headers, "text/csv; charset=utf-8")


def _cells(nodes: Sequence[Node]) -> Iterator[Sequence[str]]:
    yield (
        "date", "événement", "résultat", "personne (pseudonyme)", "rôle", "organisation", "finalité", "opération", "situation",
        "catégories", "sous condition",
    )  # fmt: skip
    for row in map(_row, nodes):
        yield (
            formatting.short_instant(row["at"]),
            row["event"],
            row["outcome"],
            row["reader"] or "outil",
            row["role"],
            row["organisation"] or "",
            row["purpose"],
            row["operation"] or "",
            row["situation"] or "",
            ", ".join(row["categories"]),
            ", ".join(row["conditional"]),
        )


__all__ = ["exported", "listed", "named"]
