"""`auth.oauth.store.Store` between two statements: what was read for one request, and what it will write."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from auth.oauth.published_keys import PublishedKeys
from auth.oauth.store import Client, Habilitation, Member, SigningKey, TokenRecord
from loaders.tokens.replays import digest_of
from schema.errors import UnavailableError
from schema.vocabulary import ClientAuthentication, OrgKind, Role

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class Gathered:
    """One request's view of the database. `used` are the assertions and proofs that turned out to be used before."""

    row: Mapping[str, Any]
    published: PublishedKeys | None
    proven: UUID | None = None
    used: frozenset[bytes] = frozenset()
    marks: list[tuple[bytes, datetime]] = field(default_factory=list)
    token: TokenRecord | None = None
    ended: str | None = None

    def client(self, client_id: str) -> Client | None:
        """The client with its live keys, if it and its organisation are active."""
        row = self.row
        if row["id"] is None or row["id"] != client_id:
            return None
        uri = row["jwks_uri"]
        by_address = self.published.of(uri) if self.published is not None and uri else None
        return Client(
            id=row["id"],
            auth_method=ClientAuthentication(row["auth_method"]),
            organisation_id=row["organisation_id"],
            organisation_kind=OrgKind(row["kind"]),
            scopes=frozenset(row["scopes"]),
            grants=frozenset(row["grants"]),
            accepted_acr=frozenset(row["accepted_acr"]),
            legacy_aud=row["legacy_aud"],
            dpop_bound=row["dpop_bound"],
            bearer_for_persons=row["bearer_for_persons"],
            organisation_epoch=row["organisation_epoch"],
            epoch=row["epoch"],
            keys=by_address if by_address is not None else orjson.loads(row["keys"] or b"{}"),
        )

    def proves(self, secret_id: UUID) -> bool:
        """Whether the secret presented was tried against the client's live one of this id, and fits."""
        return self.proven is not None and self.proven == secret_id

    def use_once(self, kind: str, subject: str, jti: str, until: datetime) -> bool:
        """Mark an assertion or a proof as used: of parallel uses the first to commit wins, and the others hear of it."""
        digest = digest_of(kind, subject, jti)
        if digest in self.used:
            return False
        self.marks.append((digest, until))
        return True

    def member(self, member_id: UUID, organisation_id: UUID) -> Member | None:
        """The active member of this organisation, with the habilitations live for it."""
        row = self.row
        if row["member_id"] != member_id or row["organisation_id"] != organisation_id:
            return None
        live = tuple(Habilitation(UUID(one), Role(role)) for one, role in orjson.loads(row["habilitations"] or b"[]"))
        return Member(member_id, row["member_epoch"], live)

    def signing_key(self) -> SigningKey:
        """The active key, sealed."""
        if self.row["signing_kid"] is None:
            raise UnavailableError(reason="no active signing key")
        return SigningKey(self.row["signing_kid"], self.row["sealed_private_key"])

    def public_key(self, kid: str) -> Mapping[str, Any] | None:
        """The published key that the token names."""
        jwk: Mapping[str, Any] | None = None if self.row["public_jwk"] is None else orjson.loads(self.row["public_jwk"])
        return jwk if jwk is not None and jwk["kid"] == kid else None

    def standing_until(self, _token_id: str, _client_id: str) -> datetime | None:
        """The end of the client's own token, asked as every statement of the API asks."""
        ends: datetime | None = self.row["ends"]
        return ends

    def revoke(self, token_id: str) -> None:
        """End a token: its row says so from the commit on."""
        self.ended = token_id

    def add_token(self, record: TokenRecord) -> None:
        """Write down an issued token."""
        self.token = record

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.marks) or self.token is not None or self.ended is not None

    def given(self) -> dict[str, Any]:
        """What the writing statement is given."""
        values: dict[str, Any] = {"durable": "on" if self.token is None else "off", "token_id": self.ended}
        for place, (digest, until) in enumerate(self.marks):
            values |= {f"digest_{place}": digest, f"until_{place}": until}
        return values if self.token is None else values | _columns(self.token)


def _columns(record: TokenRecord) -> dict[str, Any]:
    person = record.person
    return {
        "id": record.id,
        "client_id": record.client_id,
        "member_id": person and person.member_id,
        "habilitation_id": person and person.habilitation.id,
        "purpose": person and person.purpose.value,
        "scopes": list(record.scopes),
        "epochs": record.epochs,
        "issued_at": record.issued_at,
        "expires_at": record.expires_at,
        "key_thumbprint": record.key_thumbprint,
    }


def uuid_of(text: str | None) -> UUID | None:
    """The id that a claim may hold."""
    return UUID(text) if text is not None and _UUID.fullmatch(text) else None
