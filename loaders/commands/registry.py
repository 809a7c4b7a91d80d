"""Every command by the name of its mutation."""

from loaders.commands import report

COMMANDS = {**report.COMMANDS}
