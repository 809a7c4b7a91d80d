"""Fixtures of this room: a real network for the OAuth tests."""

from tests.auth.oauth_world import oauth_database, world
from tests.auth.provider_world import own_provider, proconnect
from tests.auth.signin_world import people

__all__ = ["oauth_database", "own_provider", "people", "proconnect", "world"]
