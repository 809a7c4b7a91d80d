"""Saisie DLPM: a call written down while it lasts; every section is saved where it belongs, so the situation is the draft."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from dashboard import formatting
from dashboard.visit import Fields, Visit, one
from schema.errors import BadInputError, NotFoundError
from schema.reference import authorities, departments
from schema.vocabulary import (
    AgeBand,
    AgePrecision,
    CallerAnonymity,
    CallerCategory,
    Channel,
    ContactOutcome,
    DangerType,
    Gender,
    JurisdictionRole,
    KnownSource,
    Problematic,
    Qualification,
    ReportStatus,
    SituationStatus,
    TriState,
    Urgency,
    Word,
)

Node = Mapping[str, Any]
Fault = Mapping[str, Any]

MINOR_TEXTS = (
    ("firstName", "Prénom"),
    ("lastName", "Nom"),
    ("phone", "Téléphone"),
    ("safeChannel", "Joindre sans danger par"),
    ("safeHours", "Heures sans danger"),
    ("language", "Langue"),
    ("address", "Adresse ou lieu"),
    ("school", "Établissement scolaire"),
)
_REPORT_TEXTS = ("summaryForCrip", "appraisal", "parentsInformedReason")


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
        _keyed(fields, "contact"),
        situation=identity,
        channel=one(fields, "channel"),
        outcome=one(fields, "outcome"),
        callerCategory=one(fields, "callerCategory") or None,
    )
    return visit.go(f"/saisie/{identity}") if not faults else await _list(visit, faults, 422)


def _keyed(fields: Fields, part: str) -> Fields:
    # One form, several acts: each has a key of its own, the same when the form is sent again.
    key = one(fields, "key")
    return {**fields, "key": [f"{key}.{part}"] if key else []}


# ---------------------------------------------------------------- one situation


async def shown(visit: Visit) -> Response:
    """One situation."""
    return await _page(visit, await _found(visit))


async def saved(visit: Visit) -> Response:
    """One section: saved while it is written (htmx), or with its button."""
    fields = await visit.form()
    save = _SECTIONS.get(one(fields, "section"))
    if save is None:
        raise BadInputError(reason="SECTION")
    while_written = visit.request.headers.get("hx-request") == "true"
    # What is saved again and again is another act each time; what a button sends is one.
    faults = await save(visit, {**fields, "key": []} if while_written else fields, await _found(visit))
    if while_written:
        return visit.page("saved.html", 200, faults=faults)
    if faults:
        return await _page(visit, await _found(visit), section=one(fields, "section"), faults=faults, status=422)
    return visit.go(f"/saisie/{visit.request.path_params['id']}", enregistre=one(fields, "section"))


async def _found(visit: Visit) -> Node:
    identity = visit.request.path_params["id"]
    if not identity.startswith("sit_"):
        raise NotFoundError
    found: Node = await visit.ask("situation", id=identity)
    if not found["node"]:
        raise NotFoundError
    return found


async def _page(
    visit: Visit, found: Node, *, section: str = "", faults: Sequence[Fault] = (), status: int = 200
) -> Response:
    node = found["node"]
    contact = next(iter(node["contacts"]), None)
    report = next(iter(node["concernReports"]), None)
    competent = {
        row["authority"]["id"]: row["authority"]["name"] for row in node["jurisdictions"] if row["endsAt"] is None
    }
    seen = {row["kind"]: row["value"] for row in (*node["sensitiveProblematics"], *node["problematics"])}
    return visit.page(
        "entry.html",
        status,
        organisation=found["viewer"]["organisation"],
        situation=node,
        state=SituationStatus(node["status"]),
        urgency=Urgency(node["urgency"]),
        minor=next(iter(node["minors"]), {}),
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
        report=report,
        report_state=ReportStatus(report["status"]) if report else None,
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
        },
        section=section,
        saved=visit.request.query_params.get("enregistre", ""),
        faults=faults,
    )


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


# ---------------------------------------------------------------- the sections

Save = Callable[[Visit, Fields, Node], Awaitable[Sequence[Fault]]]


def _word(fields: Fields, name: str, vocabulary: type[Word]) -> str | None:
    value = one(fields, name)
    return value if value in set(vocabulary) else None


async def _situation(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    _, faults = await visit.act(
        "update_situation",
        fields,
        situation=found["node"]["id"],
        urgency=_word(fields, "urgency", Urgency),
        qualification=_word(fields, "qualification", Qualification),
        knownToCp=_word(fields, "knownToCp", TriState),
        knownSource=_word(fields, "knownSource", KnownSource),
    )
    return faults


async def _minor(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    known = next(iter(found["node"]["minors"]), None)
    age = one(fields, "age")
    if age and not (age.isascii() and age.isdigit()):
        return [{"message": "L’âge s’écrit en chiffres.", "field": "age"}]
    wish: dict[str, Any] = {name: one(fields, name) for name, _ in MINOR_TEXTS}
    wish |= {
        "age": int(age) if age else None,
        "gender": _word(fields, "gender", Gender),
        "agePrecision": _word(fields, "agePrecision", AgePrecision),
    }
    if known is None:
        wish = {name: value for name, value in wish.items() if value}
        return (await visit.act("add_minor", fields, situation=found["node"]["id"], **wish))[1]
    return (await visit.act("update_minor", fields, minor=known["id"], **wish))[1]


async def _caller(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    contact = next(iter(found["node"]["contacts"]), None)
    if contact is None:
        raise NotFoundError
    _, faults = await visit.act(
        "record_caller",
        fields,
        contact=contact["id"],
        anonymity=_word(fields, "anonymity", CallerAnonymity) or CallerAnonymity.ANONYMOUS.value,
        consentGiven=one(fields, "consent") == "oui",
        name=one(fields, "name") or None,
        phone=one(fields, "phone") or None,
        relation=one(fields, "relation") or None,
        livesWithChild=_word(fields, "livesWithChild", TriState),
    )
    return faults


async def _note(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    contact = next(iter(found["node"]["contacts"]), None)
    if contact is None:
        raise NotFoundError
    return (await visit.act("listening_note", fields, contact=contact["id"], text=one(fields, "text")))[1]


async def _observations(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    node = found["node"]
    minor = next(iter(node["minors"]), None)
    known = {row["kind"]: row["value"] for row in (*node["sensitiveProblematics"], *node["problematics"])}
    for kind in Problematic:
        value = _word(fields, kind.value, TriState)
        if value is None or value == known.get(kind.value):
            continue
        document = "record_sensitive" if kind.starred else "record_problematic"
        _, faults = await visit.act(
            document,
            _keyed(fields, kind.value),
            situation=node["id"],
            minor=minor["id"] if minor else None,
            kind=kind.value,
            value=value,
        )
        if faults:
            return faults
    return ()


async def _jurisdiction(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    code, _, authority = one(fields, "place").partition("/")
    known = (await visit.ask("authority", code=[authority]))["authorities"]["nodes"]
    if not known:
        return [{"message": "Choisissez un département.", "field": "place"}]
    _, faults = await visit.act(
        "record_jurisdiction",
        fields,
        situation=found["node"]["id"],
        departmentCode=code,
        authority=known[0]["id"],
        role=_word(fields, "role", JurisdictionRole),
    )
    return faults


async def _report(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    node = found["node"]
    draft = next(iter(node["concernReports"]), None)
    minor, contact = next(iter(node["minors"]), None), next(iter(node["contacts"]), None)
    if minor is None or contact is None:
        return [
            {"message": "Écrivez d’abord qui est le mineur : une information préoccupante par mineur.", "field": None}
        ]
    if not one(fields, "toAuthority"):
        return [{"message": "Dites d’abord quelle autorité est compétente.", "field": "toAuthority"}]
    wish = {
        "toAuthority": one(fields, "toAuthority"),
        "dangerTypes": [kind for kind in fields.get("dangerTypes", ()) if kind in set(DangerType)] or None,
        "parentsInformed": _word(fields, "parentsInformed", TriState),
        **{name: one(fields, name) or None for name in _REPORT_TEXTS},
    }
    if draft is None:
        given = {"situation": node["id"], "minor": minor["id"], "originContact": contact["id"]}
        return (await visit.act("draft_report", fields, **given, **wish))[1]
    return (await visit.act("update_report", fields, report=draft["id"], **wish))[1]


async def _send(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    draft = next(iter(found["node"]["concernReports"]), None)
    if draft is None:
        raise NotFoundError
    return (await visit.act("send_report", fields, report=draft["id"]))[1]


_SECTIONS: Mapping[str, Save] = {
    "situation": _situation,
    "mineur": _minor,
    "appelant": _caller,
    "note": _note,
    "difficultes": _observations,
    "competence": _jurisdiction,
    "ip": _report,
    "envoi": _send,
}

__all__ = ["listed", "opened", "saved", "shown"]
