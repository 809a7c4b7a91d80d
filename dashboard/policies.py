"""The versions of the policy that can be compared: that of each release, and the one that runs."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import orjson

from auth.comparing import Surface

_KEPT = files("schema").joinpath("released", "policies")
# What runs, by its name in an address.
IN_FORCE = "en-vigueur"


@cache
def released() -> tuple[str, ...]:
    """The releases whose policy is kept, the oldest first."""
    return tuple(sorted((_names()), key=lambda name: [int(part) for part in name.split(".")]))


def _names() -> Iterator[str]:
    return (one.name.removesuffix(".json") for one in _KEPT.iterdir() if one.name.endswith(".json"))


@cache
def policy_of(release: str) -> Surface:
    """The policy of a release. Raises: FileNotFoundError."""
    found: Surface = orjson.loads(_KEPT.joinpath(f"{release}.json").read_bytes())
    return found


__all__ = ["IN_FORCE", "policy_of", "released"]
