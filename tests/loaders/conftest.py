"""Fixtures of this room: the connections of a module's tests, by which they act."""

from tests.loaders.commands.world import made_connected

__all__ = ["made_connected"]
