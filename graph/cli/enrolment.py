"""How a tool is registered: what it may ask for, and the code with which it sends its first keys."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from typing import Annotated, Any

import typer

from graph.cli.telling import tell
from loaders.commands.clients import CODE_LIFE

ScopeOption = Annotated[list[str], typer.Option("--scope", help="What the tool may ask for; may be repeated.")]
AcrOption = Annotated[
    list[str] | None,
    typer.Option(
        "--acr", help="Sign-in level with two factors that the tool may vouch for; without one, no named persons."
    ),
]
BearerOption = Annotated[
    bool, typer.Option("--bearer", help="The tool cannot bind tokens to a key (DPoP): a decision to write down.")
]


def new_code() -> tuple[str, str]:
    """A code of 256 bits, and the digest by which the network knows it."""
    code = secrets.token_urlsafe(32)
    return code, urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()


def tell_code(found: dict[str, Any], *, as_json: bool, what: str) -> None:
    """Print the code, this once, and what to do with it; `what` says what has been done."""
    tell(
        {**found, "expires_in": int(CODE_LIFE.total_seconds())},
        as_json=as_json,
        sentence=(
            f"{what} Its tool {found['client']} sends its public keys with this code within {CODE_LIFE.days} days; hand it "
            f"over out of band, it is not shown again:\n{found['code']}\nThen another administrator approves: org approve."
        ),
    )


__all__ = ["AcrOption", "BearerOption", "ScopeOption", "new_code", "tell_code"]
