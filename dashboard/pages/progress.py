"""How far a call is written: what each part of its page already holds, in words, and which part comes next."""

from collections.abc import Mapping, Sequence

from dashboard.answers import Node
from dashboard.pages.sections import MINOR_TEXTS
from schema.vocabulary import ReportStatus, TriState

# For each of these somebody must still do something.
_WAITING = {ReportStatus.DRAFT, ReportStatus.VALIDATED, ReportStatus.MISROUTED}
_MINOR = (*(name for name, _ in MINOR_TEXTS), "age", "agePrecision", "gender")
_CALLER = ("name", "phone", "relation", "livesWithChild", "consentAt", "anonymity")
_SITUATION = ("qualification", "knownToCp", "knownSource")


def held(node: Node) -> dict[str, str]:
    """What each part holds, in the order of the page; an empty text where that is nothing."""
    contact: Node = next(iter(node["contacts"]), {})
    minors = node["minors"] or [{}]
    seen = len(node["problematics"]) + len(node["sensitiveProblematics"])
    competent = sum(1 for row in node["jurisdictions"] if row["endsAt"] is None)
    return {
        **{f"mineur-{place}": _fields(minor, _MINOR) for place, minor in enumerate(minors, 1)},
        "note": _some(len(contact.get("listeningNotes") or ()), "note"),
        "appelant": _fields(contact.get("caller") or {}, _CALLER),
        "situation": _fields(node, _SITUATION),
        "difficultes": _some(seen, "évoquée"),
        "exploitation": _some(len(node["exploitationFacts"]), "fait"),
        "danger": _some(len(node["liveDangers"]), "danger"),
        "competence": _some(competent, "autorité"),
        **_reports(node["concernReports"]),
    }


def following(parts: Mapping[str, str]) -> str:
    """The part to fill next: the first empty one after the last that holds something, else the first empty one."""
    names = list(parts)
    last = max((place for place, name in enumerate(names) if parts[name]), default=-1)
    return next((name for name in (*names[last + 1 :], *names) if not parts[name]), "")


def _reports(reports: Sequence[Node]) -> dict[str, str]:
    if not reports:
        return {"ip-nouvelle": ""}
    made = {}
    for place, report in enumerate(reports, 1):
        state = ReportStatus(report["status"])
        if state is ReportStatus.DRAFT:
            made[f"ip-{place}"] = "projet"
        made[f"envoi-{place}"] = "" if state in _WAITING else state.label
    return made


def _fields(row: Node, names: Sequence[str]) -> str:
    # Zero is an age, and that nobody knows is what a form says before anybody has asked.
    return _some(sum(1 for name in names if row.get(name) not in {None, "", TriState.UNKNOWN.value}), "champ")


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}" if count else ""


__all__ = ["following", "held"]
