"""Commands that are read when they are called: serving needs neither Alembic nor what makes synthetic data."""

from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# Where each command, or group of commands, is (module of this package and name in it), under the headings of the help.
_HEADINGS: Mapping[str, Mapping[str, str]] = {
    "A demonstration": {"demo": "demo:demo", "ask": "tool:ask", "token": "tool:token"},
    "Who may see what": {"explain": "explain:explain", "contract": "contract:contract"},
    "The service, day by day": {
        "migrate": "migrate:migrate",
        "serve": "serve:serve_command",
        "lapse": "retention:lapse_command",
        "retention": "retention:retention_command",
        "data-keys": "data_keys:data_keys_app",
    },
    "What was seen, and what is held": {
        "audit": "audit:audit_app",
        "subject-report": "subject_report:subject_report_command",
    },
    "Figures": {"report": "monitoring:report_command", "monitoring": "monitoring:monitoring_app"},
    "Organisations, people, tools": {
        "org": "org:org_app",
        "member": "member:member_app",
        "client": "client:client_app",
        "keys": "keys:keys_app",
        "idp": "idp:idp_app",
        "webhook": "webhook:webhook_app",
        "documents": "documents:documents_app",
    },
}
# Called by a command of ours: no line of the help.
_HIDDEN: Mapping[str, str] = {"demo-data": "demo_data:demo_data"}
COMMANDS = {name: (heading, where) for heading, below in _HEADINGS.items() for name, where in below.items()}


class Commands(TyperGroup):
    """All commands, by name, in the order in which a newcomer needs them."""

    def __init__(self, **said: Any) -> None:
        super().__init__(**{**said, "commands": _WhenCalled(dict.fromkeys([*COMMANDS, *_HIDDEN]))})


class _WhenCalled(UserDict[str, Any]):
    """The commands of a group; each is read at the first look."""

    def __getitem__(self, name: str) -> Any:
        if self.data[name] is None:
            heading, where = COMMANDS.get(name) or (None, _HIDDEN[name])
            self.data[name] = _read(name, heading, where)
        return self.data[name]


def _read(name: str, heading: str | None, where: str) -> Any:
    module, _, attribute = where.partition(":")
    found = getattr(import_module(f"{__package__}.{module}"), attribute)
    if isinstance(found, typer.Typer):
        command: Any = typer.main.get_group(found)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        command = typer.main.get_command(alone)
    command.name, command.rich_help_panel, command.hidden = name, heading, heading is None
    return command


__all__ = ["COMMANDS", "Commands"]
