"""Access tokens: RFC 9068 JWTs, ES256, five minutes, for the API alone."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator  # type: ignore[import-untyped]
from joserfc.jwk import KeySet

from auth.oauth.issuer import Issuer
from auth.oauth.signing_keys import ALGORITHM
from auth.oauth.store import Client, Person, TokenRecord

LIFE = 300
_ID_BYTES = 18  # 144 bits


def epochs_of(client: Client, person: Person | None) -> str:
    """Epochs of organisation, client and member as text (`3.0.1`; `3.0` without a person)."""
    numbers = [client.organisation_epoch, client.epoch]
    if person is not None:
        numbers.append(person.member_epoch)
    return ".".join(str(number) for number in numbers)


class AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]
    """Makes tokens, and keeps a record of each for the database: one object per request."""

    def __init__(self, issuer: Issuer, keys: KeySet, now: float, key_thumbprint: str | None) -> None:
        super().__init__(issuer.url, alg=ALGORITHM, expires_generator=LIFE)
        self._audience = issuer.api
        self._keys = keys
        self._now = datetime.fromtimestamp(int(now), UTC)
        self._key_thumbprint = key_thumbprint
        self.records: list[TokenRecord] = []

    def access_token_generator(self, client: Client, grant_type: str, user: Person | None, scope: str) -> str:
        """Sign a token, and remember its record."""
        record = TokenRecord(
            id=secrets.token_urlsafe(_ID_BYTES),
            client_id=client.id,
            person=user,
            scopes=tuple(scope.split()),
            epochs=epochs_of(client, user),
            issued_at=self._now,
            expires_at=self._now + timedelta(seconds=LIFE),
            key_thumbprint=self._key_thumbprint,
        )
        self.records.append(record)
        return str(super().access_token_generator(client, grant_type, user, scope))

    def get_jwks(self) -> KeySet:
        """The signing key, for Authlib."""
        return self._keys

    def get_audiences(self, _client: Client, _user: Person | None, _scope: str) -> str:
        """The API: Authlib's default would be the client itself."""
        return self._audience

    def get_acr(self, user: Person | None) -> str | None:
        """How the person signed in at the tool."""
        return None if user is None else user.acr

    def get_auth_time(self, user: Person | None) -> int | None:
        """When the person signed in at the tool."""
        return None if user is None else user.auth_time

    def get_extra_claims(self, client: Client, _grant_type: str, user: Person | None, _scope: str) -> dict[str, Any]:
        """What RFC 9068 leaves to us; the times are ours too, so that row and token agree."""
        record = self.records[-1]
        issued = int(record.issued_at.timestamp())
        claims: dict[str, Any] = {
            "jti": record.id,
            "iat": issued,
            "nbf": issued,
            "exp": int(record.expires_at.timestamp()),
            "org": str(client.organisation_id),
            "ep": record.epochs,
        }
        if record.key_thumbprint is not None:
            claims["cnf"] = {"jkt": record.key_thumbprint}
        if user is not None:
            claims |= {"hab": str(user.habilitation.id), "purpose": user.purpose.value}
        return claims
