"""The command line: `python -m graph ...` from the project's root."""

import sys

import typer
from rich.console import Console

from graph import (
    demo_commands,
    idp_commands,
    keeping,
    policy_commands,
    serving_commands,
    trouble,
    webhook_commands,
)
from graph.audit_commands import audit_app
from graph.client_commands import client_app
from graph.key_commands import keys_app
from graph.member_commands import member_app
from graph.monitoring_commands import monitoring_app, report_command
from graph.organisation_commands import org_app
from graph.subject_report import subject_report_command
from graph.trusted_commands import documents_app
from schema.errors import MaillageError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # Errors come out as they are, so that `run` can say them; and no local variable, which can be a secret, is ever shown.
    pretty_exceptions_enable=False,
    help="Maillage : le réseau GraphQL contre l'exploitation des mineurs.",
)
app.add_typer(audit_app, name="audit")
app.add_typer(monitoring_app, name="monitoring")
app.command("report")(report_command)
app.add_typer(documents_app, name="documents")
app.command("subject-report")(subject_report_command)
keeping.register(app)
app.add_typer(org_app, name="org")
app.add_typer(client_app, name="client")
app.add_typer(keys_app, name="keys")
app.add_typer(member_app, name="member")
idp_commands.register(app)
webhook_commands.register(app)
demo_commands.register(app)
serving_commands.register(app)
policy_commands.register(app)
console = Console(stderr=True)


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
    console.print(said, style="red", highlight=False, markup=False)
    sys.exit(1)


if __name__ == "__main__":
    run()
