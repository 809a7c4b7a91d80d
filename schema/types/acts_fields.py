"""The fields that inputs of mutations have in common: what may be left out, and the version last read."""

from typing import Any

import strawberry


# Any, because a dataclass field stands where Python expects a value of the annotated type.
def optional(description: str, default: Any = None) -> Any:
    """Declare an input field that may be left out."""
    return strawberry.field(default=default, description=description)


def version_last_read() -> Any:
    """Declare the version of the row that the caller has seen."""
    return strawberry.field(
        default=None, description="Version last read; the act is refused when it has changed since."
    )
