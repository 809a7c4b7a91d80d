"""Fixtures of this room: a real network for the OAuth tests."""

from tests.auth.oauth_world import oauth_database, opened, world
from tests.auth.provider_world import own_provider, proconnect
from tests.auth.signin_world import doorway, people

__all__ = ["doorway", "oauth_database", "opened", "own_provider", "people", "proconnect", "world"]
