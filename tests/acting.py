"""Acts over real HTTP, and stories of them that are told in order however the tests are asked for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from tests.network import Network


def act(network: Network, client: str, role: str | None, name: str, selection: str, /, **values: Any) -> Any:
    """Do one act; the payload's noun."""
    kind = name[0].upper() + name[1:] + "Input"
    document = (
        f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} userErrors {{ field code message }} }} }}"
    )
    payload = network.data(client, document, {"input": values}, member=role)[name]
    assert payload.pop("userErrors") == []
    return next(iter(payload.values()))


def refused(network: Network, client: str, role: str | None, name: str, /, **values: Any) -> str:
    """The code of a refused act."""
    kind = name[0].upper() + name[1:] + "Input"
    document = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
    answer = network.ask(client, document, {"input": values}, member=role)
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    return str(answer["data"][name]["userErrors"][0]["code"])


class Chapters:
    """The tests of one story: each tells first what comes before it, and none is told twice."""

    def __init__(self) -> None:
        self.all: list[Callable[[Network, Any], None]] = []
        self.told = 0

    def __call__(self, tell: Callable[[Network, Any], None]) -> Callable[[Network, Any], None]:
        self.all.append(tell)
        place = len(self.all)

        @wraps(tell)
        def told(network: Network, story: Any) -> None:
            while self.told < place:
                self.all[self.told](network, story)
                self.told += 1

        return told
