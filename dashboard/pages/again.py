"""What was written and refused stands in its form again: nobody who has somebody on the phone types it twice."""

from typing import Any

from dashboard.answers import Node
from dashboard.visit import Fields, one

_CALLER = ("name", "phone", "relation", "anonymity", "livesWithChild")
_REPORT = ("summaryForCrip", "appraisal", "parentsInformed", "parentsInformedReason")


def again(node: Node, sent: Fields) -> Node:
    """A situation with what one of its forms held, in place of what is stored."""
    values = {name: one(sent, name) for name in sent}
    match values.get("section"):
        case "mineur":
            return {**node, "minors": _rows(node["minors"], values.get("minor", ""), values) or [values]}
        case "situation":
            return {**node, **{name: value for name, value in values.items() if name in node}}
        case "appelant":
            caller = {**{name: values.get(name, "") for name in _CALLER}, "consentAt": values.get("consent")}
            return {**node, "contacts": [{**contact, "caller": caller} for contact in node["contacts"]]}
        case "ip":
            reports = node["concernReports"]
            return {**node, "concernReports": _rows(reports, values.get("report", ""), report_of(node, sent))}
    return node


def report_of(node: Node, sent: Fields) -> dict[str, Any]:
    """A report as its form held it."""
    known = (row["authority"] for row in node["jurisdictions"])
    return {
        **{name: one(sent, name) for name in _REPORT},
        "dangerTypes": sent.get("dangerTypes", ()),
        "toAuthority": next((authority for authority in known if authority["id"] == one(sent, "toAuthority")), None),
    }


def _rows(rows: list[Node], identity: str, values: Node) -> list[Node]:
    """The rows, the one that the form was about as it was written; without a name, the first."""
    about = identity or next((row["id"] for row in rows), "")
    return [{**row, **values} if row["id"] == about else row for row in rows]


__all__ = ["again", "report_of"]
