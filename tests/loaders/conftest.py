"""Fixtures of this room: the connections of a module's tests, by which they act, and journals that they may damage."""

import pytest

from tests.cluster import Cluster
from tests.loaders.commands.world import made_connected
from tests.loaders.journals import EVERYTHING, Journals

__all__ = ["made_connected"]


@pytest.fixture
def journals(own_cluster: Cluster) -> Journals:
    """Empty journals."""
    made = Journals(own_cluster)
    made.execute(EVERYTHING)
    return made
