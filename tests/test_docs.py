"""The pages that people read first: every link leads somewhere, every file and every command they name is there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from graph.__main__ import app
from graph.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "bench").glob("*.md"))]
# A file is named from the root, from its page, or from its room.
ROOMS = ["", "tests", "loaders", "loaders/commands", "graph", "auth", "schema", "dashboard", "bench", "docs"]
# What a running service or a reader makes.
MADE = {"demo-data/demo.json", "dashboard/documents/NAME.graphql"}
FILE = re.compile(r"`([\w.-]+/[\w./-]+\.(?:py|md|json|graphql|txt|toml|mjs))(?:::\w+)?`")
COMMAND = re.compile(r"(?:python -m graph|`graph) ([a-z][^`\n]+)")
# Where a command ends and the sentence around it goes on.
END = re.compile(r"  #|\s\| |, | \(|\.\.\.|…")


def missing(page: Path) -> Iterator[str]:
    """The links and the files of a page that lead nowhere."""
    text = page.read_text()
    headings = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, heading = target.partition("#")
        if not re.match("https?:", target) and not ((page.parent / path).exists() if path else heading in headings):
            yield target
    for name in FILE.findall(text):
        places = [page.parent / name, *(ROOT / room / name for room in ROOMS)]
        if name not in MADE and not any(place.exists() for place in places):
            yield name


def unknown(line: str) -> Iterator[str]:
    """The commands and the options in a line that the command line does not have."""
    found: Any = typer.main.get_command(app)
    for word in END.split(line)[0].split():
        if hasattr(found, "commands"):
            if word not in found.commands:
                yield word
                return
            found = found.commands[word]
        elif option := re.match(r"\[?(--[\w-]+)", word):
            known = {name for one in found.params for name in (*one.opts, *one.secondary_opts)}
            if option[1] not in known | {"--help"}:
                yield option[1]


def test_every_link_and_every_file_of_a_page_is_there() -> None:
    assert not [(page.name, one) for page in PAGES for one in missing(page)]


def test_every_command_of_a_page_and_every_option_exists() -> None:
    lines = [(page.name, line) for page in PAGES for line in COMMAND.findall(page.read_text())]
    assert len(lines) > 40
    assert not [(name, line, one) for name, line in lines for one in unknown(line)]


def test_every_argument_and_every_option_is_explained() -> None:
    def silent(command: Any, *path: str) -> Iterator[str]:
        yield from (
            f"{' '.join(path)}: {one.name}"
            for one in command.params
            if not one.help and not getattr(one, "hidden", False)
        )
        for name, below in getattr(command, "commands", {}).items():
            yield from silent(below, *path, name)

    assert not list(silent(typer.main.get_command(app), "graph"))


PROMISE = re.compile(r"^\| (?P<promise>[^|]+) \| (?P<proof>.+) \|$", re.MULTILINE)
PROOF = re.compile(r"\[([\w/]+\.py)::(test_\w+)\]\(\.\./tests/([^)]+)\)")


@cache
def functions_of(name: str) -> set[str]:
    """What a file of tests defines, read once however many promises it proves."""
    tree = ast.parse((ROOT / "tests" / name).read_text())
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_promise_has_its_tests_and_they_are_there() -> None:
    rows = [row for row in PROMISE.finditer((ROOT / "docs" / "promises.md").read_text()) if row["promise"] != "promise"]
    assert len(rows) > 80
    for row in rows:
        cited = PROOF.findall(row["proof"])
        assert cited and len(cited) == row["proof"].count("::"), row["promise"]
        for name, test, target in cited:
            assert name == target, row["promise"]
            assert test in functions_of(name), test


def test_the_index_of_decisions_lists_each_by_its_title_once() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^- \[(\d{4})\]\(([^)]+)\) (.+)$", (folder / "README.md").read_text(), re.MULTILINE)
    there = [(path.name[:4], path.name, path.read_text().splitlines()[0][7:]) for path in folder.glob("0*.md")]
    assert sorted(listed) == sorted(there)


def test_every_setting_is_on_the_operators_page_as_the_code_says_it() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    told = dict(re.findall(r"^\| `(MAILLAGE_\w+)` \| (.+) \|$", page, re.MULTILINE))
    assert told == {f"MAILLAGE_{name.upper()}": field.description for name, field in Settings.model_fields.items()}
