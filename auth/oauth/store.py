"""What the authorization server needs of a database, and the rows it gets from it; no SQL here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from authlib.oauth2.rfc6749 import ClientMixin  # type: ignore[import-untyped]

from schema.scopes import Scope
from schema.vocabulary import ClientAuthentication, OrgKind, Purpose, Role

AUTH_METHODS = ("private_key_jwt", "client_secret_basic")


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):  # type: ignore[misc]
    """An active client of an active organisation, with its keys of this moment (kid -> public JWK)."""

    id: str
    auth_method: ClientAuthentication
    organisation_id: UUID
    organisation_kind: OrgKind
    scopes: frozenset[str]
    grants: frozenset[str]
    accepted_acr: frozenset[str]
    legacy_aud: bool
    dpop_bound: bool
    bearer_for_persons: bool
    organisation_epoch: int
    epoch: int
    keys: Mapping[str, Mapping[str, Any]]

    def get_client_id(self) -> str:
        """The client's identifier, for Authlib."""
        return self.id

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The scope granted: what was asked, or all the client has if nothing was; None refuses (RFC 6749, 3.3)."""
        allowed = [known.value for known in Scope if known.value in self.scopes]
        asked = scope.split() if scope else allowed
        return " ".join(sorted(set(asked))) if set(asked) <= set(allowed) else None

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may use this grant."""
        return grant_type in self.grants


@dataclass(frozen=True, slots=True)
class Habilitation:
    """A live habilitation of a member."""

    id: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class Member:
    """An active member of the organisation asked about, with the habilitations live at this moment."""

    id: UUID
    epoch: int
    habilitations: tuple[Habilitation, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """The named person a token is for: one member under one habilitation, for one purpose."""

    member_id: UUID
    member_epoch: int
    habilitation: Habilitation
    purpose: Purpose
    acr: str
    auth_time: int

    def get_user_id(self) -> str:
        """The subject of the token, for Authlib."""
        return str(self.member_id)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The active signing key, its private part still sealed."""

    kid: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """One issued access token, without the token."""

    id: str
    client_id: str
    person: Person | None
    scopes: tuple[str, ...]
    epochs: str
    issued_at: datetime
    expires_at: datetime
    key_thumbprint: str | None


class Store(Protocol):
    """What was read for one request and what it will write, synchronous because Authlib's core is."""

    def client(self, client_id: str) -> Client | None:
        """The client, if it, its organisation and the convention are all live."""

    def proves(self, secret_id: UUID) -> bool:
        """Whether the secret that was presented is the client's live one of this id."""

    def use_once(self, kind: str, subject: str, jti: str, until: datetime) -> bool:
        """Mark an assertion or a proof as used; False if it was already. `until` is when it becomes too old anyway."""

    def member(self, member_id: UUID, organisation_id: UUID) -> Member | None:
        """The member, if active in this organisation."""

    def signing_key(self) -> SigningKey:
        """The key that signs. Raises UnavailableError if there is none."""

    def public_key(self, kid: str) -> Mapping[str, Any] | None:
        """The published signing key of this name, as JWK."""

    def standing_until(self, token_id: str, client_id: str) -> datetime | None:
        """Until when a token of this client holds; None where it is not the client's, or stands no longer."""

    def revoke(self, token_id: str) -> None:
        """End a token."""

    def add_token(self, record: TokenRecord) -> None:
        """Write down an issued token."""
