"""Tables for spreadsheets."""

import csv
import io
from collections.abc import Iterator, Sequence


def as_csv(rows: Iterator[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, semicolons: what a French spreadsheet opens; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def neutral(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
