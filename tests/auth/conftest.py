"""Fixtures of this room: a real network for the OAuth tests."""

from tests.auth.oauth_world import oauth_database, world

__all__ = ["oauth_database", "world"]
