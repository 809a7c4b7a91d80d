"""What the tests of the pages share: one browser."""

from collections.abc import Iterator

import pytest

from tests.dashboard.browser import Browsers, chromium
from tests.network import Network


@pytest.fixture(scope="module")
def browsers(network: Network) -> Iterator[Browsers]:
    """One Chromium for all of a module: while it is there, no other loop runs in this thread."""
    # The journal has a list that somebody read; it shows what is sealed.
    network.data("cli_dlpm", "{ situations(first: 3) { nodes { ref } } }", member="LIS")
    network.seal()
    with chromium(network) as found:
        yield found
