"""Saisie DLPM: a call written down while it lasts; every section is saved where it belongs, so the situation is the draft."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from dashboard import formatting
from dashboard.answers import Fault, Node
from dashboard.pages.again import again, report_of
from dashboard.pages.progress import following, held
from dashboard.pages.sections import DANGER_DAYS, MINOR_TEXTS, NEW, SECTIONS, Save, keyed
from dashboard.visit import Fields, Visit, one
from schema.errors import BadInputError, BadRequestError, RefusedError
from schema.reference import authorities, departments
from schema.vocabulary import (
    AgeBand,
    AgePrecision,
    CallerAnonymity,
    CallerCategory,
    Channel,
    ContactOutcome,
    DangerType,
    ExploitationForm,
    ExploitationMode,
    Gender,
    JurisdictionRole,
    KnownSource,
    Problematic,
    Qualification,
    Recruitment,
    ReportStatus,
    SituationStatus,
    TriState,
    Urgency,
    Venue,
    WarningSign,
)

_NOTHING: Fields = {}
_NOT_SENT = {ReportStatus.DRAFT, ReportStatus.VALIDATED}


async def listed(visit: Visit) -> Response:
    """What is being written, and a new call."""
    return await _list(visit)


async def _list(visit: Visit, faults: Sequence[Fault] = (), status: int = 200) -> Response:
    found = await visit.ask("entry")
    return visit.page(
        "entries.html",
        status,
        organisation=found["viewer"]["organisation"],
        count=found["situations"]["totalCount"],
        situations=[_line(node) for node in found["situations"]["nodes"]],
        deadlines=found["deadlines"]["nodes"],
        channels=list(Channel),
        outcomes=list(ContactOutcome),
        categories=list(CallerCategory),
        urgencies=list(Urgency),
        faults=faults,
    )


def _line(node: Node) -> dict[str, Any]:
    minor: Node = next(iter(node["minors"]), {})
    age = AgeBand(minor["ageBand"]) if minor.get("ageBand") else AgeBand.UNKNOWN
    return {
        "id": node["id"],
        "ref": node["ref"],
        "status": SituationStatus(node["status"]).label,
        "urgency": Urgency(node["urgency"]),
        "opened": node["openedAt"],
        "name": minor.get("firstName") or "Mineur non nommé",
        "age": None if age is AgeBand.UNKNOWN else age.label,
    }


async def opened(visit: Visit) -> Response:
    """A new call: the situation and its first contact."""
    fields = await visit.form()
    payload, faults = await visit.act("open_situation", fields, urgency=one(fields, "urgency") or None)
    if faults:
        return await _list(visit, faults, 422)
    identity = payload["situation"]["id"]
    _, faults = await visit.act(
        "record_contact",
        keyed(fields, "contact"),
        situation=identity,
        channel=one(fields, "channel"),
        outcome=one(fields, "outcome"),
        callerCategory=one(fields, "callerCategory") or None,
    )
    return visit.go(f"/saisie/{identity}") if not faults else await _list(visit, faults, 422)


# ---------------------------------------------------------------- one situation


async def shown(visit: Visit) -> Response:
    """One situation."""
    return await _page(visit, await _found(visit))


async def saved(visit: Visit) -> Response:
    """One section: saved while it is written (htmx), or with its button."""
    fields = await visit.form()
    save = SECTIONS.get(one(fields, "section"))
    if save is None:
        raise BadInputError(reason="SECTION")
    while_written = visit.request.headers.get("hx-request") == "true"
    # What is saved again and again is another act each time; what a button sends is one.
    faults = await _kept(save, visit, {**fields, "key": []} if while_written else fields)
    if while_written:
        return visit.page("saved.html", 200, faults=faults)
    if faults:
        return await _page(visit, await _found(visit), fields, faults, 422)
    return visit.go(
        f"/saisie/{visit.request.path_params['id']}", fragment="enregistre", enregistre=one(fields, "section")
    )


async def _kept(save: Save, visit: Visit, fields: Fields) -> Sequence[Fault]:
    """Save a section; a value that the API cannot read is a fault of its form, where what was written stays."""
    try:
        return await save(visit, fields, await _found(visit))
    except RefusedError as refused:
        if refused.code not in {BadInputError.code, BadRequestError.code}:
            raise
        return [{"message": "Un texte est trop long, ou contient un caractère qui ne s’écrit pas.", "field": None}]


async def _found(visit: Visit) -> Node:
    found: Node = await visit.found("situation", "sit")
    return found


async def _page(
    visit: Visit, found: Node, sent: Fields = _NOTHING, faults: Sequence[Fault] = (), status: int = 200
) -> Response:
    stored = found["node"]
    parts, node = held(stored), again(stored, sent)
    contact = next(iter(node["contacts"]), None)
    reports = node["concernReports"]
    # One per minor: who has none yet, or only one that went, may get another.
    written = {report["minor"]["id"] for report in reports if report["minor"] and report["status"] in _NOT_SENT}
    without = [minor for minor in stored["minors"] if minor["id"] not in written]
    competent = {
        row["authority"]["id"]: row["authority"]["name"] for row in node["jurisdictions"] if row["endsAt"] is None
    }
    seen = {row["kind"]: row["value"] for row in (*node["sensitiveProblematics"], *node["problematics"])}
    if one(sent, "section") == "difficultes":
        seen |= {kind: one(sent, kind) for kind in sent}
    return visit.page(
        "entry.html",
        status,
        organisation=found["viewer"]["organisation"],
        situation=node,
        state=SituationStatus(stored["status"]),
        urgency=Urgency(stored["urgency"]),
        minors=node["minors"] or [{}],
        contact=contact,
        contact_words=_contact(contact),
        who=contact["caller"] if contact else None,
        notes=contact["listeningNotes"] if contact else (),
        observed=[(kind, seen.get(kind.value, "")) for kind in Problematic],
        competent=competent,
        jurisdictions=[
            (row["departmentCode"], JurisdictionRole(row["role"]).label, row["authority"]["name"])
            for row in node["jurisdictions"]
            if row["endsAt"] is None
        ],
        places=_places(),
        reports=[(report, ReportStatus(report["status"])) for report in reports],
        without=without,
        facts=[_exploitation(one) for one in node["exploitationFacts"]],
        dangers=[_danger(one) for one in node["liveDangers"]],
        terms=DANGER_DAYS,
        minor_texts=MINOR_TEXTS,
        words={
            "urgency": list(Urgency),
            "qualification": list(Qualification),
            "tristate": list(TriState),
            "source": list(KnownSource),
            "gender": list(Gender),
            "precision": list(AgePrecision),
            "anonymity": list(CallerAnonymity),
            "role": list(JurisdictionRole),
            "danger": list(DangerType),
            "form": list(ExploitationForm),
            "venue": list(Venue),
            "recruitment": list(Recruitment),
            "mode": list(ExploitationMode),
            "sign": list(WarningSign),
        },
        held=parts,
        following=following(parts),
        section=one(sent, "section"),
        sent=sent,
        # Of forms about a row that does not exist yet.
        fresh=report_of(stored, sent) if one(sent, "section") == "ip" and one(sent, "report") in {"", NEW} else None,
        fresh_minor={name: one(sent, name) for name in sent} if one(sent, "minor") == NEW else {},
        # Which of several alike: the minor or the report that the form was about.
        about=one(sent, "report") or one(sent, "minor"),
        saved=visit.request.query_params.get("enregistre", ""),
        faults=faults,
    )


def _exploitation(one: Node) -> str:
    """One fact in a line; what nobody knows is left out."""
    known = [
        vocabulary(one[name]).label
        for name, vocabulary in (
            ("form", ExploitationForm),
            ("venue", Venue),
            ("recruitment", Recruitment),
            ("mode", ExploitationMode),
        )
        if one[name] not in {None, "UNKNOWN"}
    ]
    return ", ".join([*known, *(WarningSign(sign).label for sign in one["signs"] or ())]) or "rien de précis"


def _danger(one: Node) -> str:
    return f"{one['place'] or one['adUrl']}, jusqu’au {formatting.day(one['until'])}"


def _contact(contact: Node | None) -> str:
    if contact is None:
        return ""
    words = [Channel(contact["channel"]).label, ContactOutcome(contact["outcome"]).label]
    words += [CallerCategory(contact["callerCategory"]).label] if contact["callerCategory"] else []
    return f"{', '.join(words)}, le {formatting.instant(contact['at'])}"


def _places() -> list[tuple[str, str]]:
    """Every department with each authority that answers for it: `69+69M`, because a place is not an authority."""
    names = {place.code: place.name for place in departments()}
    made = [
        (f"{code}/{authority.code}", f"{code} {names[code]} · {authority.name}")
        for authority in authorities()
        for code in authority.departments
    ]
    return sorted(made, key=lambda place: place[1])


__all__ = ["listed", "opened", "saved", "shown"]
