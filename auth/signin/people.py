"""Who is signing in and under what: plain data between the pages and the rows."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from schema.vocabulary import Purpose, Role

# A session nobody uses ends; a busy one ends with the working day.
IDLE = timedelta(minutes=30)
LIFE = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Proof:
    """How a person signed in: which provider vouched, how, and its ID token (sealed), asked for at sign-out."""

    idp_id: str | None = None
    acr: str | None = None
    sealed_id_token: bytes | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that is over: whose it was, and how they had signed in."""

    member_id: UUID
    proof: Proof


@dataclass(frozen=True, slots=True)
class Choice:
    """One habilitation a person can act under now."""

    habilitation_id: UUID
    role: Role
    organisation: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody invented, in the demonstration."""

    member_id: UUID
    habilitation_id: UUID
    name: str
    role: Role
    organisation: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person in a session: who, and under which habilitation, if one is chosen."""

    member_id: UUID
    name: str
    organisation: str
    habilitation_id: UUID | None
    role: Role | None
    purpose: Purpose | None
