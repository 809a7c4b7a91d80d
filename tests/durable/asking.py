"""One caller that never loses heart: a new token when the old one has ended, and no answer is only no answer yet."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx2

from schema.errors import SetupError
from tests.durable.house import House

UNAUTHENTICATED, UNAVAILABLE = 401, 503


@dataclass(slots=True)
class Asker:
    """A client of the house, alone or for one of its people; `strange` is what no caller should ever see."""

    house: House
    client: str
    member: str | None = None
    token: str = ""
    strange: list[str] = field(default_factory=list)

    async def post(self, body: Any, http: httpx2.AsyncClient, trace: str | None = None) -> dict[str, Any] | None:
        """The answer, or None where there was none."""
        trace = trace or secrets.token_hex(16)
        headers = {"Authorization": f"Bearer {self.token}", "traceparent": f"00-{trace}-{trace[:16]}-01"}
        try:
            answer = await http.post(f"{self.house.base_url}/graphql", json=body, headers=headers)
        except httpx2.TransportError:
            await asyncio.sleep(0.05)
            return None
        if answer.status_code == UNAUTHENTICATED:
            await self.sign_in()
            return None
        if answer.status_code == UNAVAILABLE:
            await asyncio.sleep(0.05)
        elif answer.status_code >= 500:
            self.strange.append(f"{answer.status_code} {answer.text[:300]}")
        found: dict[str, Any] = answer.json()
        if "UNAUTHENTICATED" in _codes(found):
            # The token ended between an act and the reading of its payload: with another one the repeat tells it.
            await self.sign_in()
            return None
        return found

    async def data(self, query: str, http: httpx2.AsyncClient, **variables: Any) -> dict[str, Any]:
        """The data, however often that has to be asked."""
        while True:
            answer = await self.post({"query": query, "variables": variables}, http)
            if answer is None or unavailable(answer):
                continue
            assert "errors" not in answer, answer
            found: dict[str, Any] = answer["data"]
            return found

    async def sign_in(self) -> None:
        """A new token, as soon as somebody gives one."""
        while True:
            try:
                self.token = await asyncio.to_thread(self.house.token, self.client, self.member)
            except (httpx2.HTTPError, KeyError, SetupError):
                await asyncio.sleep(0.1)
            else:
                return


def unavailable(answer: dict[str, Any]) -> bool:
    """Whether an answer says that the service is away, and nothing else."""
    return _codes(answer) == {"SERVICE_UNAVAILABLE"}


def _codes(answer: dict[str, Any]) -> set[str]:
    return {problem["extensions"]["code"] for problem in answer.get("errors", ())}


__all__ = ["Asker", "unavailable"]
