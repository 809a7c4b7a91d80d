"""A token to try the API with: of a demonstration's own tool, through the real token endpoint, as any partner gets one."""

import asyncio
import json
from pathlib import Path

from auth.caller import Caller
from dashboard.seam import SandboxToken
from graph.demonstration.demo_tool import DemoTool


class DemoSandbox:
    """The tools of the running demonstration, as its card tells them."""

    def __init__(self, card: Path) -> None:
        self._card = card

    async def token(self, caller: Caller) -> SandboxToken | None:
        """A token of the caller's organisation; None where no tool of the demonstration is theirs."""
        card = json.loads(await asyncio.to_thread(self._card.read_bytes))
        mine = (one for one in card["clients"] if one["organisation_id"] == str(caller.organisation_id))
        found = next((one["client_id"] for one in mine if one["scopes"]), None)
        if found is None:
            return None
        tool = DemoTool.of(card, found)
        # Beside the loop, which answers this very question.
        token = await asyncio.to_thread(tool.token, None, None, bound=tool.bound)
        return SandboxToken(found, token, tool.bound)


__all__ = ["DemoSandbox"]
