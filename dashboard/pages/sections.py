"""The sections of a call that is being written: what each form of the page saves, with which act."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.answers import Fault, Node
from dashboard.visit import Fields, Visit, one
from schema.errors import NotFoundError
from schema.vocabulary import (
    AgePrecision,
    CallerAnonymity,
    DangerType,
    ExploitationForm,
    ExploitationMode,
    Gender,
    JurisdictionRole,
    KnownSource,
    Problematic,
    Qualification,
    Recruitment,
    TriState,
    Urgency,
    Venue,
    WarningSign,
    Word,
)

# What a form says of itself where it is about a row that does not exist yet.
NEW = "nouveau"
# For how long a danger may be kept, in days.
DANGER_DAYS = (1, 3, 7, 30)

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


def keyed(fields: Fields, part: str) -> Fields:
    # One form, several acts: each has a key of its own, the same when the form is sent again.
    key = one(fields, "key")
    return {**fields, "key": [f"{key}.{part}"] if key else []}


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


def _chosen(rows: Sequence[Node], wanted: str) -> Node | None:
    """The row that a form is about: the one it names, a new one, or else the first."""
    if wanted == NEW:
        return None
    found = next((row for row in rows if row["id"] == wanted), None)
    return found if found is not None or wanted else next(iter(rows), None)


async def _minor(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    known = _chosen(found["node"]["minors"], one(fields, "minor"))
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
            keyed(fields, kind.value),
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


async def _exploitation(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    minor = _chosen(found["node"]["minors"], one(fields, "minor"))
    _, faults = await visit.act(
        "record_exploitation",
        fields,
        situation=found["node"]["id"],
        minor=minor["id"] if minor else None,
        form=_word(fields, "form", ExploitationForm),
        venue=_word(fields, "venue", Venue),
        recruitment=_word(fields, "recruitment", Recruitment),
        mode=_word(fields, "mode", ExploitationMode),
        signs=[sign for sign in fields.get("signs", ()) if sign in set(WarningSign)] or None,
    )
    return faults


async def _danger(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    place, ad_url, days = one(fields, "place") or None, one(fields, "adUrl") or None, one(fields, "days")
    if place is None and ad_url is None:
        return [{"message": "Écrivez un lieu ou l’adresse d’une annonce.", "field": "place"}]
    if days not in {str(known) for known in DANGER_DAYS}:
        return [{"message": "Choisissez jusqu’à quand ce danger est gardé.", "field": "days"}]
    until = datetime.now(UTC) + timedelta(days=int(days))
    _, faults = await visit.act(
        "record_danger", fields, situation=found["node"]["id"], place=place, adUrl=ad_url, until=until.isoformat()
    )
    return faults


async def _report(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    node = found["node"]
    draft = _chosen(node["concernReports"], one(fields, "report"))
    minor, contact = _chosen(node["minors"], one(fields, "minor")), next(iter(node["contacts"]), None)
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
    draft = _chosen(found["node"]["concernReports"], one(fields, "report"))
    if draft is None:
        raise NotFoundError
    return (await visit.act("send_report", fields, report=draft["id"]))[1]


async def _send_elsewhere(visit: Visit, fields: Fields, found: Node) -> Sequence[Fault]:
    report = _chosen(found["node"]["concernReports"], one(fields, "report"))
    if report is None:
        raise NotFoundError
    if not one(fields, "toAuthority"):
        return [{"message": "Dites d’abord quelle autre autorité est compétente.", "field": "toAuthority"}]
    return (await visit.act("resend_report", fields, report=report["id"], toAuthority=one(fields, "toAuthority")))[1]


SECTIONS: Mapping[str, Save] = {
    "situation": _situation,
    "mineur": _minor,
    "appelant": _caller,
    "note": _note,
    "difficultes": _observations,
    "competence": _jurisdiction,
    "exploitation": _exploitation,
    "danger": _danger,
    "ip": _report,
    "envoi": _send,
    "renvoi": _send_elsewhere,
}

__all__ = ["DANGER_DAYS", "MINOR_TEXTS", "NEW", "SECTIONS", "Save", "keyed"]
