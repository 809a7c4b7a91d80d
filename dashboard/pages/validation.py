"""Validation: the supervisor reads what a listener wrote for the CRIP, validates it, and sends it."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from dashboard.facts import fact, word
from dashboard.pages.observed import observed
from dashboard.visit import Visit, one
from schema.errors import BadInputError
from schema.vocabulary import AgeBand, DangerType, DeadlineKind, Gender, ReportStatus, TriState, Urgency

# What is offered in each state: the word of the form, its document, and what the button says.
_ACTS: Mapping[ReportStatus, tuple[tuple[str, str], ...]] = {
    ReportStatus.DRAFT: (("valider", "Valider"),),
    ReportStatus.VALIDATED: (("transmettre", "Transmettre à la CRIP"),),
}
_DOCUMENTS = {"valider": "validate_report", "transmettre": "send_report"}
_DONE = {"valider": "Validée.", "transmettre": "Transmise à la CRIP : ses délais commencent."}


async def listed(visit: Visit) -> Response:
    """What waits."""
    found = await visit.ask("validation")
    return visit.page(
        "validations.html",
        organisation=found["viewer"]["organisation"],
        done=_DONE.get(visit.request.query_params.get("fait", "")),
        count=found["drafts"]["totalCount"],
        reports=[_line(node) for node in found["drafts"]["nodes"]],
        gone=found["gone"]["nodes"],
        deadlines=[{"label": DeadlineKind(due["kind"]).label, **due} for due in found["deadlines"]["nodes"]],
    )


def _line(node: Mapping[str, Any]) -> dict[str, Any]:
    minor = node["minor"] or {}
    urgency = Urgency(node["urgency"])
    return {
        "id": node["id"],
        "name": minor.get("firstName") or "Mineur non nommé",
        "ref": (node["situation"] or {}).get("ref"),
        "status": ReportStatus(node["status"]).label,
        "urgency": urgency.label,
        "tone": "alarm" if urgency is Urgency.IMMEDIATE_DANGER else "warm" if urgency is Urgency.PRIORITY else "now",
        "to": (node["toAuthority"] or {}).get("name"),
        "at": node["validatedAt"] or node["draftedAt"],
    }


async def shown(visit: Visit) -> Response:
    """One draft."""
    return await _page(visit)


async def decided(visit: Visit) -> Response:
    """Validated, or sent."""
    fields = await visit.form()
    done = one(fields, "act")
    if done not in _DOCUMENTS:
        raise BadInputError(reason="ACT")
    identity = visit.request.path_params["id"]
    _, faults = await visit.act(
        _DOCUMENTS[done], fields, report=identity, expectedVersion=one(fields, "version") or None
    )
    if faults:
        return await _page(visit, fault=faults[0]["message"], status=422)
    return visit.go("/validation" if done == "transmettre" else f"/validation/{identity}", fait=done)


async def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    node = (await visit.found("draft", "rep"))["node"]
    minor, situation = node["minor"], node["situation"]
    rows = [
        fact("Prénom", minor, "firstName"),
        fact("Nom", minor, "lastName"),
        fact("Âge", minor, "age", lambda value: f"{value} ans"),
        fact("Tranche d’âge", minor, "ageBand", word(AgeBand)),
        fact("Genre", minor, "gender", word(Gender)),
        fact("Difficultés", situation, "problematics", observed),
        fact("Difficultés sensibles", situation, "sensitiveProblematics", observed),
        fact("Parents informés", node, "parentsInformed", word(TriState)),
        fact("Motif de non-information", node, "parentsInformedReason"),
    ]
    state = ReportStatus(node["status"])
    return visit.page(
        "validation.html",
        status,
        report=node,
        state=state,
        urgency=Urgency(node["urgency"]).label,
        rows=[row for row in rows if row.text is not None or row.reason is not None],
        dangers=[DangerType(kind).label for kind in node["dangerTypes"] or ()],
        offered=_offered(node, state),
        done=_DONE.get(visit.request.query_params.get("fait", "")),
        fault=fault,
    )


def _offered(node: Mapping[str, Any], state: ReportStatus) -> tuple[tuple[str, str], ...]:
    """An immediate danger leaves first: its validation is still due afterwards (domain, section 7)."""
    if node["sentAt"] and not node["validatedAt"]:
        return (("valider", "Valider après transmission"),)
    return _ACTS.get(state, ())


__all__ = ["decided", "listed", "shown"]
