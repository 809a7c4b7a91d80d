"""Numbers of monitoring as they are printed: a masked number in the API's own words, and never its percentage beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import formatting
from dashboard.answers import Node
from schema.vocabulary import CountState


@dataclass(frozen=True, slots=True)
class Figure:
    """One number printed large: what it is, what stands behind it, and whether it is shown at all."""

    text: str
    label: str
    definition: str
    base: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the network: the nation's, and beside it an authority's own where the page has one."""

    indicator: Node
    nation: Figure
    own: Figure | None = None


def printed(count: Node) -> str:
    """A number with its thousands, or the API's own words for a masked one."""
    return formatting.number(count["value"]) if count["value"] is not None else str(count["label"])


def share_text(share: Node, decimals: int = 0) -> str:
    """A percentage as printed; masked together with its count, and said in words."""
    if share["state"] == CountState.EXACT:
        return formatting.percent(share["percent"], decimals)
    return str(share["count"]["label"])


def side_by_side(found: Node) -> list[tuple[Node, list[Node]]]:
    """The tables of authorities, each with those of which it says anything: the largest first."""
    tables: Sequence[Node] = [found["perAuthority"], *found["authorityShares"]]
    return [
        (table, sorted((one for one in table["parts"] if _base(one) is not None), key=lambda one: -(_base(one) or 0)))
        for table in tables
    ]


def _base(part: Node) -> int | None:
    base: Node = part["due"] if "due" in part else part["share"]["base"]
    value: int | None = base["value"]
    return value


def compared(nation: Node, own: Node | None = None) -> list[Compared]:
    """Return rate, what is overdue, the median delay and what went astray: the four figures that a circuit is judged by."""
    found: Sequence[tuple[str, Figure, Figure | None]] = (
        ("returnRate", _share(nation["returnRate"]), _share(own["returnRate"]) if own else None),
        ("overdue", _share(nation["overdue"]), _missing(own["returns"]) if own else None),
        ("returnDelay", _delay(nation["returnDelay"]), _delay(own["returnDelay"]) if own else None),
        ("misrouted", _share(nation["misrouted"]), _share(own["misrouted"]) if own else None),
    )
    return [Compared(nation[name], of_nation, of_own) for name, of_nation, of_own in found]


def _share(indicator: Node, share: Node | None = None) -> Figure:
    share = indicator["share"] if share is None else share
    text = share_text(share, indicator["decimals"])
    base = (
        f"{printed(share['count'])} sur {printed(share['base'])}"
        if share["state"] == CountState.EXACT
        else f"base : {printed(share['base'])}"
    )
    return Figure(text, indicator["label"], indicator["definition"], base, share["state"] == CountState.EXACT)


def _missing(returns: Node) -> Figure:
    """What is overdue of an authority: the word of its returns that says that nothing came."""
    missing = next(part for part in returns["parts"] if part["code"] == "MISSING")
    return _share(returns, missing["share"])


def _delay(indicator: Node) -> Figure:
    median = indicator["median"]
    is_open = median["state"] == CountState.EXACT
    return Figure(
        median["label"], indicator["label"], indicator["definition"], f"base : {printed(median['base'])}", is_open
    )


__all__ = ["Compared", "Figure", "compared", "printed", "share_text", "side_by_side"]
