"""The rows of a figure in an export, the same for every page: what, how many, of how many, and under which threshold."""

from collections.abc import Iterator, Sequence

from dashboard import formatting
from dashboard.answers import Node
from dashboard.figures import printed

HEADER = ("indicateur", "modalité", "effectif", "base", "pourcentage", "dénominateur", "seuil", "période")


def number_row(
    indicator: Node, part: str, count: Node, period: str, base: Node | None = None, percent: str = ""
) -> Sequence[str]:
    """One number."""
    threshold = "" if indicator["threshold"] is None else str(indicator["threshold"])
    said = printed(base) if base else ""
    return (indicator["label"], part, printed(count), said, percent, indicator["denominator"], threshold, period)


def share_row(indicator: Node, label: str, share: Node, period: str) -> Sequence[str]:
    """A part of a base."""
    percent = "" if share["percent"] is None else formatting.number(share["percent"], 1)
    return number_row(indicator, label, share["count"], period, share["base"], percent)


def circuit_rows(found: Node, period: str) -> Iterator[Sequence[str]]:
    """The figures of the network itself, those of them that this reader has."""
    for name in ("returnRate", "overdue", "misrouted"):
        if name in found:
            yield share_row(found[name], "", found[name]["share"], period)
    delay = found["returnDelay"]
    yield number_row(delay, delay["median"]["label"], delay["median"]["base"], period)
    for name in ("returns", "reportDelays", "conclusions", "orientations", "followUps"):
        for one in found[name]["parts"] if name in found else ():
            yield share_row(found[name], one["label"], one["share"], period)
    for one in found.get("waivers", ()):
        yield share_row(one, "écartés", one["share"], period)


def authority_rows(found: Node, period: str) -> Iterator[Sequence[str]]:
    """The authorities beside each other, all of them: one that is missing would be one that is masked."""
    returns = found["perAuthority"]
    for one in returns["parts"]:
        name = one["authorityName"]
        yield share_row(returns, f"{name}, venus", one["returned"], period)
        yield share_row(returns, f"{name}, en retard", one["overdue"], period)
        delay = one["medianDelay"]
        yield number_row(returns, f"{name}, délai médian : {delay['label']}", delay["base"], period)
    for table in found["authorityShares"]:
        for one in table["parts"]:
            yield share_row(table, one["authorityName"], one["share"], period)


__all__ = ["HEADER", "authority_rows", "circuit_rows", "number_row", "share_row"]
