"""What every mutation is made of: one described input, a payload with typed refusals, and the act it stands for."""

from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from schema.errors import PolicyError
from schema.types.acts_fields import KEY_FIELD
from schema.types.described import public_type
from schema.types.node import argument


@public_type
class UserError:
    """A rule of the field refused the act; nothing was written."""

    field: str | None = strawberry.field(
        description="Path of the input field that has to change, or null for the act as a whole."
    )
    code: str = strawberry.field(description="Stable code of the refusal, for programs.")
    message: str = strawberry.field(description="What happened and what to do, for people, in French.")


@public_type
class Refusable:
    """What every payload carries (inherited, never shown itself)."""

    user_errors: list[UserError] = strawberry.field(description="Why the act was refused; empty when it was done.")


def act(description: str, input_type: type[Any], payload: type[Any]) -> Any:
    """A mutation field: one `input`, one payload (the payload is also the annotation of the attribute)."""
    if KEY_FIELD not in input_type.__dataclass_fields__:
        raise PolicyError(f"{input_type.__name__} cannot be repeated safely: declare it with @act_input.")
    field = StrawberryField(description=description)
    field.arguments = [argument("input", input_type, "What to write.")]
    del payload
    return field
