"""What inputs of mutations have in common: what may be left out, the version last read, the key of a repeat."""

from typing import Any, TypeVar, dataclass_transform

import strawberry

from schema.types.described import public_input

T = TypeVar("T", bound=type[Any])

KEY_FIELD = "idempotency_key"


# Any, because a dataclass field stands where Python expects a value of the annotated type.
def optional(description: str, default: Any = None) -> Any:
    """Declare an input field that may be left out."""
    return strawberry.field(default=default, description=description)


def version_last_read() -> Any:
    """Declare the version of the row that the caller has seen."""
    return strawberry.field(
        default=None, description="Version last read; the act is refused when it has changed since."
    )


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def act_input(cls: T) -> T:
    """Declare the input of a mutation: what the class says, and last the key under which a repeat is done once."""
    cls.__annotations__[KEY_FIELD] = str | None
    setattr(
        cls,
        KEY_FIELD,
        optional(
            "Key of this act, made by the client: 8 to 128 visible ASCII characters, never used for another act. Sent "
            "again within 48 hours, the act is not done again: its answer is given anew, under the rights of that moment."
        ),
    )
    return public_input(cls)
