"""One system for one question: where it is asked, with which token, and whether all agree on the answer."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from bench import load_tool, questions
from bench.load_tool import BenchError, Rate
from bench.processes import Running
from bench.questions import Place
from graph.demonstration.demo_tool import DemoTool

SMALLEST, LARGEST = 35_000, 50_000
TOKEN_LIFE = 180


@dataclass(slots=True)
class Tokens:
    """Real tokens, renewed before they expire."""

    data: Path
    _known: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)

    def headers(self, client: str, member: str) -> Mapping[str, str]:
        """The headers of a request of this client for this member."""
        made, text = self._known.get((client, member), (0.0, ""))
        if time.monotonic() - made > TOKEN_LIFE or not text:
            tool = self.tool(client)
            text = tool.token(member, None, bound=tool.bound)
            self._known[client, member] = time.monotonic(), text
        return {**plain(), "Authorization": f"{'DPoP' if self.tool(client).bound else 'Bearer'} {text}"}

    def proofs(self, client: str, member: str, url: str, count: int) -> list[str]:
        """Proofs for so many requests under the token that `headers` shows."""
        token = self.headers(client, member)["Authorization"].partition(" ")[2]
        tool = self.tool(client)
        return [tool.proof("POST", url, token) for _ in range(count)]

    def tool(self, client: str) -> DemoTool:
        """The tool of a client of the demonstration."""
        return DemoTool.of(json.loads((self.data / "demo.json").read_text()), client)


@dataclass(frozen=True, slots=True)
class Contender:
    """One system, for one question: where, what, with which headers."""

    running: Running
    url: str
    bodies: tuple[str, ...]
    headers: Callable[[], Mapping[str, str]]
    # A request under a bound token has a proof of its own; they are made before the run, for so many requests.
    proofs: Callable[[int], Sequence[str]] = lambda _: ()

    def run(self, seconds: int, connections: int, per_second: int) -> Rate:
        """Ask for so many seconds."""
        proofs = self.proofs(seconds * per_second)
        return load_tool.run(self.url, self.bodies, self.headers(), seconds, connections, proofs=proofs)


def plain() -> Mapping[str, str]:
    return {"Content-Type": "application/json", "Accept": "application/json"}


def post(contender: Contender, body: str) -> tuple[Any, int]:
    headers = [*contender.headers().items(), *(("DPoP", proof) for proof in contender.proofs(1))]
    answer = httpx2.post(contender.url, content=body, headers=headers, timeout=30)
    if answer.status_code != 200:
        raise BenchError(f"{contender.running.name} answered {answer.status_code}: {answer.text[:300]}")
    found = answer.json()
    if found.get("errors"):
        raise BenchError(f"{contender.running.name} answered {str(found['errors'])[:300]}")
    (value,) = found["data"].values()
    return questions.comparable(value), len(answer.content)


def same_places(
    ours: Contender, by_hand: Contender, candidates: Sequence[Place], wanted: int
) -> list[tuple[Place, int]]:
    """Places where the policy hides nothing from this caller, so that systems without one have the same answer."""
    kept = []
    for place in candidates:
        free, size = post(by_hand, questions.by_hand_page(place))
        if (
            SMALLEST <= size <= LARGEST
            and len(free) == questions.PAGE_SIZE
            and post(ours, questions.ours_page(place))[0] == free
        ):
            kept.append((place, size))
    if not kept:
        raise BenchError("No page of the wanted size on which all systems agree.")
    step = max(1, len(kept) // wanted)
    return kept[::step][:wanted]


def agree(contenders: Mapping[str, Contender]) -> None:
    """Every system answers every body with the same ids and values.

    Raises: BenchError naming the first difference.
    """
    names = list(contenders)
    for number in range(len(contenders[names[0]].bodies)):
        answers = {name: post(contender, contender.bodies[number])[0] for name, contender in contenders.items()}
        for name in names[1:]:
            if answers[name] != answers[names[0]]:
                raise BenchError(f"{names[0]} and {name} differ on question {number}: nothing measured.")
