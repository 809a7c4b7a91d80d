"""What the tests of the pages share: one browser."""

from collections.abc import Iterator

import pytest

from tests.dashboard.browser import Browsers, chromium
from tests.network import Network


@pytest.fixture(scope="module")
def browsers(network: Network) -> Iterator[Browsers]:
    """One Chromium for all of a module: while it is there, no other loop runs in this thread."""
    # The journal is listed once it is sealed.
    network.seal()
    with chromium(network) as found:
        yield found
