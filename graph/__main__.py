"""The command line: `python -m graph ...` from the project's root."""

import sys

import typer

from graph.cli import trouble
from graph.cli.lazy import Commands
from graph.cli.telling import aside
from schema.errors import MaillageError

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    # Errors come out as they are, so that `run` can say them; and no local variable, which can be a secret, is ever shown.
    pretty_exceptions_enable=False,
)


@app.callback()
def maillage() -> None:
    """Maillage: the GraphQL network against the exploitation of minors. Settings are MAILLAGE_... (graph/settings.py)."""


def run() -> None:
    """The entry: our own errors and trouble from outside become one sentence and exit code 1."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except MaillageError as problem:
        said = problem.sentence
    except Exception as problem:
        told = trouble.sentence_of(problem)
        if told is None:
            raise
        said = told
    else:
        return
    aside.print(said, style="red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(1)


if __name__ == "__main__":
    run()
