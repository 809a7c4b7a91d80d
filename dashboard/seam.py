"""What the pages are handed: one way to ask, one way to know who is there. Nothing else reaches them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from auth.caller import Caller
from auth.comparing import Surface
from schema.vocabulary import Audience

Ask = Callable[[str, Mapping[str, Any], Caller], Awaitable[bytes]]
"""Document, variables, caller -> the bytes of a GraphQL response; raises RefusedError for the whole question."""

Fits = Callable[[str, Audience], bool]
"""Whether a document fits the schema of an audience: what is not in it has no page there."""

Sandbox = Callable[[Caller], Awaitable["SandboxToken | None"]]
"""A token of the caller's own organisation, where its data are invented; None where it has no tool there."""

SignedIn = Callable[[Request], Awaitable[Caller | None]]
"""Who has signed in on this browser; None for nobody."""


@dataclass(frozen=True, slots=True)
class SandboxToken:
    """An access token of a demonstration's tool; `bound`: worth nothing without that tool's key."""

    client_id: str
    token: str
    bound: bool


@dataclass(frozen=True, slots=True)
class Seam:
    """Everything that `graph` gives the pages.

    `form_token` binds a form to the session that it was shown to, `form_is_ours` checks what came back. `leave` ends the
    session and gives the cookie header that forgets it. `sign_in` is the address of sign-in. `policy` is the policy that runs,
    as plain data to compare. `console` opens the GraphQL console to who is signed in: in a demonstration, or for development.
    """

    ask: Ask
    fits: Fits
    signed_in: SignedIn
    form_token: Callable[[Request], str]
    form_is_ours: Callable[[Request, str], bool]
    leave: Callable[[Request], Awaitable[str]]
    sign_in: str
    policy: Callable[[], Surface]
    demonstration: bool = False
    console: bool = False
    sandbox: Sandbox | None = None
