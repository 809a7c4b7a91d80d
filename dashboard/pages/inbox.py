"""Boîte CRIP: received reports, overdue first; acknowledge, qualify, evaluate, conclude, return, or send back as misrouted."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from dashboard import formatting
from dashboard.answers import Node
from dashboard.facts import Fact, fact, word
from dashboard.pages.observed import contacts_of, forms, observed
from dashboard.pages.steps import BY_WORD, STEPS, fault_of, wish_of
from dashboard.rendering import today
from dashboard.visit import Fields, Visit, one
from schema.errors import BadInputError
from schema.reference import departments, official_list
from schema.vocabulary import (
    AgeBand,
    CallerCategory,
    CallerCategoryPublic,
    DangerType,
    Gender,
    IpConclusion,
    JurisdictionRole,
    ReportKind,
    ReportStatus,
    TriState,
    Urgency,
)

_PATH = (
    ReportStatus.SENT,
    ReportStatus.ACKNOWLEDGED,
    ReportStatus.QUALIFIED,
    ReportStatus.EVALUATING,
    ReportStatus.CONCLUDED,
    ReportStatus.RETURNED_TO_119,
)
# What stands instead of a step of the path.
_ASIDE = {
    ReportStatus.NOT_QUALIFIED: ReportStatus.QUALIFIED,
    ReportStatus.COMPLEMENT_OF_EXISTING: ReportStatus.QUALIFIED,
}
_TONES = {Urgency.IMMEDIATE_DANGER: "alarm", Urgency.PRIORITY: "warm", Urgency.STANDARD: ""}


async def listed(visit: Visit) -> Response:
    """The inbox."""
    found = await visit.ask("inbox")
    done = BY_WORD.get(visit.request.query_params.get("fait", ""))
    lists = (
        ("overdue", "En retard", "alarm"),
        ("waiting", "À accuser réception", "warm"),
        ("running", "En cours", "now"),
        ("returned", "Derniers retours", ""),
    )
    return visit.page(
        "inbox.html",
        organisation=found["viewer"]["organisation"],
        done=done,
        lists=[
            (
                name,
                label,
                found[name]["totalCount"],
                [_line(node, tone) for node in sorted(found[name]["nodes"], key=_weight)],
            )
            for name, label, tone in lists
        ],
    )


def _weight(node: Node) -> int:
    # Sorting keeps the order of equals: a danger now comes first, then the nearest deadline.
    return 0 if node["urgency"] == Urgency.IMMEDIATE_DANGER else 1


def _line(node: Node, tone: str) -> dict[str, Any]:
    minor = node["minor"] or {}
    urgency = Urgency(node["urgency"]) if node["urgency"] else None
    age = AgeBand(minor["ageBand"]) if minor.get("ageBand") else None
    return {
        "id": node["id"],
        "tone": tone,
        "ref": (node["situation"] or {}).get("ref") or "Situation",
        "name": minor.get("firstName") or "Prénom non connu",
        "age": None if age in {None, AgeBand.UNKNOWN} else age.label,
        "status": ReportStatus(node["status"]).label,
        "kind": ReportKind(node["kind"]).label if node["kind"] else "",
        "urgency": urgency.label if urgency else "",
        "urgency_tone": _TONES[urgency] if urgency else "",
        "sent": node["sentAt"],
        "due": node["dueAt"],
    }


# ---------------------------------------------------------------- one report


async def shown(visit: Visit) -> Response:
    """One report."""
    return await _page(visit)


async def handled(visit: Visit) -> Response:
    """One act on it."""
    fields = await visit.form()
    step = BY_WORD.get(one(fields, "act"))
    if step is None:
        raise BadInputError(reason="ACT")
    identity = visit.request.path_params["id"]
    fault = fault_of(step, fields)
    if fault:
        return await _page(visit, fault=(step.word, fault), fields=fields, status=422)
    wish = {
        **wish_of(step, fields, visit.caller),
        "report": identity,
        "expectedVersion": one(fields, "version") or None,
    }
    payload, refused = await visit.act(step.document, fields, **wish)
    if refused:
        return await _page(visit, fault=(step.word, refused[0]["message"]), fields=fields, status=422)
    # What is another authority's is out of reach from now on, and has no page to come back to.
    if payload.get("concernReport", payload) is None:
        return visit.go("/crip", fait=step.word)
    return visit.go(f"/crip/{identity}", fait=step.word)


async def _page(
    visit: Visit, *, fault: tuple[str, str] | None = None, fields: Fields | None = None, status: int = 200
) -> Response:
    found = await visit.found("report", "rep")
    node = found["node"]
    state = ReportStatus(node["status"])
    rows = _facts(node)
    urgency = Urgency(node["urgency"]) if node["urgency"] else None
    return visit.page(
        "report.html",
        status,
        report=node,
        state=state,
        urgency=urgency,
        urgency_tone=_TONES[urgency] if urgency else "",
        path=_path(state),
        clocks=_clocks(node),
        groups=rows,
        offered=[step for step in STEPS if state in step.states],
        known=await _known(visit, visit.request.path_params["id"]) if state is ReportStatus.ACKNOWLEDGED else [],
        motives=official_list("MOTIFSIG"),
        conclusions=list(IpConclusion),
        departments=departments(),
        done=BY_WORD.get(visit.request.query_params.get("fait", "")),
        fault=fault or ("", ""),
        fields=fields or {},
        dangers=[DangerType(kind).label for kind in node["dangerTypes"] or ()],
        conclusion=IpConclusion(node["conclusion"]).label if node["conclusion"] else None,
    )


async def _known(visit: Visit, identity: str) -> list[tuple[str, str]]:
    """What this report may complete: the first ones, by reference and day alone."""
    found = await visit.ask("known_reports")
    return [
        (node["id"], f"situation {node['situation']['ref']}, transmise le {formatting.day(node['sentAt'])}")
        for node in found["concernReports"]["nodes"]
        if node["id"] != identity and node["complements"] is None and node["situation"]
    ]


def _path(state: ReportStatus) -> list[tuple[str, str]]:
    """The steps with their place; what was not qualified stands where the qualification would."""
    at = _PATH.index(_ASIDE.get(state, state)) if _ASIDE.get(state, state) in _PATH else 0
    made = []
    for place, step in enumerate(_PATH):
        label = state.label if place == at else step.label
        made.append((label, "done" if place < at else "now" if place == at else ""))
    return made


def _clocks(node: Node) -> list[tuple[str, str, str]]:
    """The three clocks: what, until when, and how it stands."""
    clocks = (
        ("Accusé de réception", "acknowledgeDueAt", "acknowledgedAt"),
        ("Évaluation", "evaluationDueAt", "concludedAt"),
        ("Retour au 119", "returnDueAt", None),
    )
    returned = node["return"] and node["return"]["receivedAt"]
    made = []
    for label, due, done in clocks:
        at = node[done] if done else returned
        if at:
            made.append((label, f"fait le {formatting.day(at)}", "good"))
        elif node[due]:
            day = formatting.due_day(node[due])
            tone = "alarm" if day < today() else "now"
            made.append((label, f"{formatting.remaining(node[due], today())} ({formatting.day(day)})", tone))
    return made


def _facts(node: Node) -> list[tuple[str, list[Fact]]]:
    minor, situation, contact = node["minor"], node["situation"], node["originContact"]
    caller = contact["caller"] if contact else None
    groups = [
        (
            "Le mineur",
            [
                fact("Prénom", minor, "firstName"),
                fact("Nom", minor, "lastName"),
                fact("Âge", minor, "age", lambda value: f"{value} ans"),
                fact("Tranche d’âge", minor, "ageBand", word(AgeBand)),
                fact("Genre", minor, "gender", word(Gender)),
                fact("Date de naissance", minor, "birthDate", formatting.day),
                fact("Adresse", minor, "address"),
                fact("Téléphone", minor, "phone"),
                fact("Établissement scolaire", minor, "school"),
                fact("Joindre sans danger", minor, "safeChannel"),
                fact("Heures sans danger", minor, "safeHours"),
                fact("Titulaires de l’autorité parentale", minor, "parentalHolders", _holders),
            ],
        ),
        (
            "Ce qui est connu",
            [
                fact("Difficultés", situation, "problematics", observed),
                fact("Difficultés sensibles", situation, "sensitiveProblematics", observed),
                fact("Faits d’exploitation", situation, "exploitationFacts", forms),
                fact("Danger en cours", situation, "liveDangers", _dangers),
                fact("Autorités compétentes", situation, "jurisdictions", _competent),
                fact("Parents informés", node, "parentsInformed", word(TriState)),
                fact("Motif de non-information", node, "parentsInformedReason"),
            ],
        ),
        ("Procureur", [fact("Saisine", node, "judicialReferrals", _seizures)]),
        (
            "L’appelant du 119",
            [
                fact("Qualité, regroupée", contact, "callerCategoryPublic", word(CallerCategoryPublic)),
                fact("Qualité, exacte", contact, "callerCategory", word(CallerCategory)),
                fact("Identité", contact, "caller", lambda _: contacts_of(caller or {})),
            ],
        ),
    ]
    return [(title, [row for row in rows if row.text is not None or row.reason is not None]) for title, rows in groups]


def _seizures(found: Sequence[Node]) -> str:
    motives = {code.code: code.label for code in official_list("MOTIFSIG")}
    return " ; ".join(
        ", ".join(
            filter(
                None,
                (
                    f"le {formatting.day(one['at'])}" if one["at"] else None,
                    motives.get(one["motifSig"]),
                    f"par {one['by']}" if one["by"] else None,
                ),
            )
        )
        for one in found
    )


def _holders(found: Sequence[Node]) -> str:
    told = {TriState.YES: " (danger si informé)", TriState.UNKNOWN: " (danger à vérifier avant d’informer)"}
    return " ; ".join(
        f"{', '.join(filter(None, (holder['name'], holder['contact']))) or 'identité non connue'}"
        f"{told.get(holder['dangerIfInformed'], '')}"
        for holder in found
    )


def _dangers(found: Sequence[Node]) -> str:
    return " ; ".join(
        f"{danger['place'] or 'annonce en ligne'}, jusqu’au {formatting.day(danger['until'])}" for danger in found
    )


def _competent(found: Sequence[Node]) -> str:
    live = [row for row in found if row["endsAt"] is None]
    return ", ".join(f"{row['departmentCode']} ({JurisdictionRole(row['role']).label})" for row in live)


__all__ = ["handled", "listed", "shown"]
