"""Mes orientations and Suivi: what an association has to do, what it may see, and one short form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response

from auth.policy import Reach, decision
from dashboard import formatting
from dashboard.dates import read_day
from dashboard.facts import Fact, fact, word, words
from dashboard.pages import coordination
from dashboard.pages.observed import forms, observed
from dashboard.people import own_number
from dashboard.rendering import today
from dashboard.visit import Fields, Visit, one
from schema.vocabulary import (
    AgeBand,
    AgePrecision,
    Audience,
    Category,
    DeadlineKind,
    DeclineReason,
    ExploitationForm,
    FollowUpStatus,
    Gender,
    MinorAgreement,
    NeedCode,
    Problematic,
    Qualification,
    ReferralKind,
    ReferralStatus,
    Role,
    Urgency,
)

_MET = (
    FollowUpStatus.ONGOING,
    FollowUpStatus.MISSED_MEETING,
    FollowUpStatus.COMPLETED,
    FollowUpStatus.LOST_CONTACT,
    FollowUpStatus.REFUSED_BY_MINOR,
    FollowUpStatus.TRANSFERRED,
)
_FIRST = (FollowUpStatus.FIRST_MEETING, FollowUpStatus.MISSED_MEETING)
_UNDER_WAY = (*_MET[:2], FollowUpStatus.PAUSED_RUNAWAY, *_MET[2:])

# What the form offers in a state; the act itself decides (a test compares the two).
OFFERED: Mapping[tuple[ReferralKind, ReferralStatus], Sequence[FollowUpStatus]] = {
    (ReferralKind.DIRECT_SUPPORT, ReferralStatus.IDENTITY_RELEASED): _FIRST,
    (ReferralKind.PROFESSIONAL_CONSULTATION, ReferralStatus.ACCEPTED): _FIRST,
    **{(kind, ReferralStatus.ENGAGED): _MET for kind in ReferralKind},
    **{
        (kind, status): _UNDER_WAY
        for kind in ReferralKind
        for status in (ReferralStatus.ONGOING, ReferralStatus.PAUSED_RUNAWAY)
    },
}

# The steps of the vocabulary as a reader meets them; which of them a referral passes through depends on its kind.
_STEPS = {
    ReferralKind.DIRECT_SUPPORT: (
        ReferralStatus.PROPOSED,
        ReferralStatus.ACCEPTED,
        ReferralStatus.IDENTITY_RELEASED,
        ReferralStatus.ENGAGED,
        ReferralStatus.ONGOING,
    ),
    ReferralKind.PROFESSIONAL_CONSULTATION: (
        ReferralStatus.PROPOSED,
        ReferralStatus.ACCEPTED,
        ReferralStatus.ENGAGED,
        ReferralStatus.ONGOING,
    ),
}
# In which order the list asks for something: what waits for a first meeting, then what was heard of longest ago.
_URGENCY = {
    ReferralStatus.PROPOSED: (0, "alarm", "À accepter ou décliner"),
    ReferralStatus.IDENTITY_RELEASED: (1, "warm", "Premier rendez-vous à prendre"),
    ReferralStatus.ACCEPTED: (2, "now", "Acceptée"),
    ReferralStatus.PAUSED_RUNAWAY: (3, "now", "Suspendue (fugue)"),
}
_CALM = (4, "now", "")


@dataclass(frozen=True, slots=True)
class Line:
    """One orientation of the list."""

    id: str
    ref: str
    status: ReferralStatus
    kind: ReferralKind | None
    what: str
    tone: str
    last: str
    days: int
    about: str


async def listed(visit: Visit) -> Response:
    """The list, what waits first."""
    found = await visit.ask("referrals")
    running = sorted((_line(node) for node in found["running"]["nodes"]), key=lambda line: (_rank(line), -line.days))
    return visit.page(
        "referrals.html",
        organisation=found["viewer"]["organisation"],
        running=running,
        running_count=found["running"]["totalCount"],
        ended=[_line(node) for node in found["ended"]["nodes"]],
        ended_count=found["ended"]["totalCount"],
        # What the coordination needs to give them the next one.
        number=own_number(visit.caller) if visit.caller.audience in {Audience.ASM, Audience.ASO} else None,
        deadlines=[
            {"label": DeadlineKind(due["kind"]).label, **due} for due in found.get("deadlines", {"nodes": []})["nodes"]
        ],
    )


def _rank(line: Line) -> int:
    return _URGENCY.get(line.status, _CALM)[0]


def _line(node: Mapping[str, Any]) -> Line:
    status = ReferralStatus(node["status"])
    kind = ReferralKind(node["kind"]) if node["kind"] else None
    last = next(iter(node.get("followUps", ())), None)
    _, tone, what = _URGENCY.get(status, _CALM)
    if kind is ReferralKind.PROFESSIONAL_CONSULTATION and status is ReferralStatus.ACCEPTED:
        tone, what = "warm", "Premier échange à prévoir"
    since = (last and last["date"]) or node.get("releasedAt") or node["proposedAt"]
    about = [AgeBand(node["ageBand"]).label] if node["ageBand"] else []
    about += [f"département {node['territory']}"] if node["territory"] else []
    return Line(
        id=node["id"],
        ref=node["ref"],
        status=status,
        kind=kind,
        what=what or status.label,
        tone=tone,
        last=_last(node),
        days=(today() - _civil(since)).days if since else 0,
        about=", ".join(about),
    )


def _last(node: Mapping[str, Any]) -> str:
    """What was last heard; nothing for who may not know whether anything was."""
    if "followUps" not in node:
        return ""
    last = next(iter(node["followUps"]), None)
    if last is None:
        return "Aucun suivi encore"
    return f"Dernier suivi : {FollowUpStatus(last['status']).label}, le {formatting.day(last['date'])}"


def _civil(value: str) -> date:
    return formatting.moment(value).date() if "T" in value else date.fromisoformat(value)


# ---------------------------------------------------------------- one orientation


async def shown(visit: Visit) -> Response:
    """One orientation."""
    saved = visit.request.query_params.get("enregistre", "")
    label = FollowUpStatus(saved).label if saved in set(FollowUpStatus) else coordination.done(saved)
    return await _page(visit, saved=label)


async def recorded(visit: Visit) -> Response:
    """The short form: an act, then the page again."""
    fields = await visit.form()
    identity = visit.request.path_params["id"]
    if "answer" in fields:
        refused_answer = await coordination.answered(visit, fields, identity)
        if refused_answer:
            return await _page(visit, fields=fields, faults=refused_answer, status=422)
        return visit.go(f"/orientations/{identity}", enregistre=one(fields, "answer"))
    status = one(fields, "status")
    when = read_day(fields, "date")
    faults: dict[str, str] = {}
    if status not in set(FollowUpStatus):
        faults["status"] = "Choisissez une étape."
    if when is None:
        faults["date"] = "Écrivez le jour, le mois et l’année, par exemple 22 11 2026."
    if faults or when is None:
        return await _page(visit, fields=fields, faults=faults, status=422)
    _, refused = await visit.act(
        "follow_up",
        fields,
        referral=identity,
        status=status,
        date=when.isoformat(),
        noteForAse=one(fields, "note") or None,
    )
    if refused:
        known = {"status": "status", "date": "date", "noteForAse": "note"}
        faults = {known.get(fault["field"] or "", "form"): fault["message"] for fault in refused}
        return await _page(visit, fields=fields, faults=faults, status=422)
    return visit.go(f"/orientations/{identity}", enregistre=status)


async def _page(
    visit: Visit,
    *,
    fields: Fields | None = None,
    faults: Mapping[str, str] | None = None,
    saved: str | None = None,
    status: int = 200,
) -> Response:
    found = await visit.found("referral", "ref")
    node = found["node"]
    state = ReferralStatus(node["status"])
    kind = ReferralKind(node["kind"]) if node["kind"] else None
    now = today()
    rows = _facts(node)
    return visit.page(
        "referral.html",
        status,
        organisation=found["viewer"]["organisation"],
        referral=node,
        state=state,
        kind=kind,
        steps=_steps(kind, state),
        facts=[row for row in rows if row.text is not None or row.reason is not None],
        unknown=[row.label for row in rows if row.text is None and row.reason is None],
        follow_ups=[{**done, "label": FollowUpStatus(done["status"]).label} for done in node.get("followUps", ())],
        notes=node.get("associationNotes", ()),
        offered=_offered(visit, kind, state),
        with_note=visit.caller.audience is Audience.ASM,
        note_readers=_readers(Category.NOTE_FOR_ASE),
        note_strangers=_strangers(Category.NOTE_FOR_ASE),
        fields=fields or {"date_day": [str(now.day)], "date_month": [str(now.month)], "date_year": [str(now.year)]},
        faults=faults or {},
        saved=saved,
        answers=coordination.offered(visit, state),
        reasons=list(DeclineReason),
    )


def _offered(visit: Visit, kind: ReferralKind | None, state: ReferralStatus) -> Sequence[FollowUpStatus]:
    if kind is None or visit.caller.audience not in {Audience.ASM, Audience.ASO}:
        return ()
    return OFFERED.get((kind, state), ())


def _steps(kind: ReferralKind | None, state: ReferralStatus) -> list[tuple[str, str]]:
    """Label and place (done, now, to come) of each step; an end is a step of its own."""
    if kind is None:
        return [(state.label, "now")]
    steps = _STEPS[kind]
    if state not in steps:
        # Suspended, or ended: what came before is behind, and this is where it stands.
        behind = steps if state is ReferralStatus.PAUSED_RUNAWAY else ()
        return [*((step.label, "done") for step in behind), (state.label, "now")]
    at = steps.index(state)
    return [(step.label, "done" if place < at else "now" if place == at else "") for place, step in enumerate(steps)]


def _facts(node: Mapping[str, Any]) -> list[Fact]:
    """What may be seen, in the order in which a worker needs it; fields that the schema lacks are not there."""
    minor, situation = node.get("minor"), node.get("situation")
    rows = []
    if "minor" in node:
        rows += [
            fact("Prénom", minor, "firstName"),
            fact("Nom", minor, "lastName"),
            fact("Âge", minor, "age", lambda value: f"{value} ans"),
            fact("Précision de l’âge", minor, "agePrecision", word(AgePrecision)),
        ]
    rows.append(fact("Tranche d’âge", node, "ageBand", word(AgeBand)))
    if "minor" in node:
        rows += [
            fact("Genre", minor, "gender", word(Gender)),
            fact("Joindre sans danger", minor, "safeChannel"),
            fact("Heures sans danger", minor, "safeHours"),
            fact("Langue", minor, "language"),
            fact("Date de naissance", minor, "birthDate", formatting.day),
            fact("Adresse", minor, "address"),
            fact("Téléphone", minor, "phone"),
            fact("Établissement scolaire", minor, "school"),
        ]
    rows += [
        fact("Territoire", node, "territory", lambda code: f"département {code}"),
        fact("Besoins", node, "needCodes", words(NeedCode)),
    ]
    if "minorAgreement" in node:
        rows.append(fact("Accord du mineur", node, "minorAgreement", word(MinorAgreement)))
    if situation is not None:
        rows += [
            fact("Urgence", situation, "urgency", word(Urgency)),
            fact("Service ASE à joindre", situation, "aseLinks", _contacts),
            fact("Difficultés partagées", situation, "problematics", observed),
            fact("Difficultés sensibles", situation, "sensitiveProblematics", observed),
            fact("Faits d’exploitation", situation, "exploitationFacts", forms),
        ]
    if "codedProblematics" in node:
        rows += [
            fact("Difficultés (codées)", node, "codedProblematics", words(Problematic)),
            fact("Formes d’exploitation (codées)", node, "codedForms", words(ExploitationForm)),
            fact("Qualification (codée)", node, "codedQualification", word(Qualification)),
        ]
    return rows


def _contacts(links: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(link["serviceContact"] for link in links if link["serviceContact"])


def _roles(category: Category, *, reading: bool) -> list[str]:
    closed = {Reach.NONE, Reach.AGGREGATE}
    return [role.label for role in Role if (decision(Audience(role.value), category).reach not in closed) is reading]


def _readers(category: Category) -> str:
    """Who reads a category, out of the policy itself."""
    return ", ".join(_roles(category, reading=True))


def _strangers(category: Category) -> str:
    """Which of the DLPM never read it, out of the policy itself."""
    dlpm = [Role.LIS, Role.SUP, Role.ANA]
    unread = set(_roles(category, reading=False))
    return ", ".join(role.label for role in dlpm if role.label in unread)


__all__ = ["OFFERED", "listed", "recorded", "shown"]
