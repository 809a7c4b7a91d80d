"""Where the second bus is, and who has a subject of their own there."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

DAY = 86_400
_LOOPBACK = ("nats://127.0.0.1:", "nats://[::1]:", "nats://localhost:")


class Nats(BaseModel):
    """Where to publish; `MAILLAGE_NATS__...` sets it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    servers: tuple[str, ...] = Field(
        min_length=1, description='Addresses, as a JSON list (["tls://user:password@nats.example:4222"]).'
    )
    prefix: str = Field("maillage", pattern="^[a-z][a-z0-9-]*$", description="First word of subjects and streams.")
    days: int = Field(7, ge=1, le=400, description="Days that messages are kept.")
    replicas: int = Field(1, ge=1, le=5, description="Servers of the cluster that hold each message.")
    organisations: tuple[UUID, ...] = Field(
        (), description="Organisations that follow their feed on a subject of their own, by their ids, as a JSON list."
    )

    @field_validator("servers")
    @classmethod
    def _private(cls, servers: tuple[str, ...]) -> tuple[str, ...]:
        if not all(server.startswith(("tls://", *_LOOPBACK)) for server in servers):
            raise ValueError("off the loopback a server is asked by tls://")
        return servers

    @field_validator("organisations", mode="before")
    @classmethod
    def _ids(cls, given: Any) -> Any:
        return [str(one).removeprefix("org_") for one in given] if isinstance(given, list | tuple) else given
