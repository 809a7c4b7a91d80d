"""Nos délais: what an authority owes and returns, beside the nation; it sees its own figures and nobody else's."""

from collections.abc import Iterator, Sequence

from starlette.responses import Response

from dashboard.answers import Node
from dashboard.figures import compared, share_text
from dashboard.pages.export import as_csv
from dashboard.pages.export_circuit import HEADER, circuit_rows
from dashboard.periods import DEFAULT, Period, chosen, whole_years
from dashboard.rendering import PAGE_HEADERS, today
from dashboard.visit import Visit


def _asked(visit: Visit) -> tuple[list[Period], Period]:
    # Of an authority there are whole years that are over, and nothing finer.
    menu = whole_years(today(), over=True)
    return menu, chosen(visit.request.query_params.get("periode", DEFAULT), menu)


async def shown(visit: Visit) -> Response:
    """The page of one year."""
    menu, period = _asked(visit)
    found = await visit.ask("deadlines", period=period.asked)
    own, nation = found["own"], found["nation"]
    circuit = compared(nation, own)
    return visit.packed(
        visit.page(
            "deadlines.html",
            organisation=found["viewer"]["organisation"],
            menu=menu,
            period=period,
            own=own,
            nation=nation,
            circuit=circuit,
            any_open=any(one.own and one.own.is_open for one in circuit),
            share=share_text,
        )
    )


async def exported(visit: Visit) -> Response:
    """The same figures as a table for a spreadsheet."""
    _, period = _asked(visit)
    found = await visit.ask("deadlines", period=period.asked)
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="delais-{period.word}.csv"'}
    return Response(as_csv(_rows(found)), 200, headers, "text/csv; charset=utf-8")


def _rows(found: Node) -> Iterator[Sequence[str]]:
    yield ("périmètre", *HEADER)
    period = found["own"]["period"]["label"]
    for name, whose in (("own", found["viewer"]["organisation"]), ("nation", "France entière")):
        for row in circuit_rows(found[name], period):
            yield (whose, *row)


__all__ = ["exported", "shown"]
