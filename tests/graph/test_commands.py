"""The command line as a whole: every command is found, explains itself, and brings no more than it needs."""

import subprocess
import sys

import pytest

from graph.cli.lazy import COMMANDS
from tests.command_line import graph


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    said = graph(name, "--help")
    assert said.returncode == 0, said.stderr
    assert f"graph {name} " in said.stdout
    assert "completion" not in said.stdout


def test_the_help_names_every_command() -> None:
    lines = [line.split() for line in graph("--help").stdout.splitlines()]
    assert [words[1] for words in lines if len(words) > 1 and words[1] in COMMANDS] == list(COMMANDS)


def test_an_unknown_command_is_refused_with_a_hint() -> None:
    said = graph("retentoin")
    assert said.returncode != 0
    assert "No such command" in said.stderr
    assert "retention" in said.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_to_serve_brings_neither_migrations_nor_invented_data_nor_what_few_need(command: str) -> None:
    asked = f"import sys, graph.cli.{command}; print([name for name in ('alembic', 'mako', 'bench', 'sqlalchemy.orm', 'nats', 'rapidfuzz') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True).stdout == "[]\n"
