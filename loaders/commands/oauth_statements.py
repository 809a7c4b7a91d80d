"""What the authorization server asks of the database: one statement to know, one to write, each prepared once.

The library's core between them is synchronous and touches nothing (docs/decisions/0039): it is handed what the first
statement read, and leaves behind what the second one writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import BYTEA, aggregate_order_by, insert
from sqlalchemy.dialects.postgresql import UUID as Uuid

from loaders.statement import compiled
from loaders.tokens.standing import habilitation_is_live, organisation_is_open
from schema.tables.directory import organisation
from schema.tables.oauth import client_key, client_secret, oauth_client, oauth_jti, oauth_token, signing_key
from schema.tables.people import habilitation, member
from schema.vocabulary import ClientStatus, MemberStatus

# A retired key stays published for a token's life, the JWKS cache time (both five minutes) and as much again.
PUBLISHED_AFTER_RETIREMENT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The text of a statement and the names of what it is given, in their order."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the statement."""
        return [given[name] if name in given else self.constants[name] for name in self.names]


def _prepared(statement: Any) -> Prepared:
    return Prepared(*compiled(statement))


def is_published() -> ColumnElement[bool]:
    """Whether a signing key of ours is in the key set: next, active, or retired a moment ago."""
    recently = signing_key.c.retired_at > func.now() - PUBLISHED_AFTER_RETIREMENT
    return and_(signing_key.c.state != "dropped", or_(signing_key.c.retired_at.is_(None), recently))


# ---------------------------------------------------------------- to know


def _client() -> Subquery:
    """The client that a request claims to be, if it, its organisation and the convention are all live."""
    keys = (
        select(func.json_object_agg(client_key.c.kid, client_key.c.public_jwk))
        .where(
            client_key.c.client_id == oauth_client.c.id,
            client_key.c.not_before <= func.now(),
            or_(client_key.c.retired_at.is_(None), client_key.c.retired_at > func.now()),
        )
        .scalar_subquery()
    )
    shown = (
        select(client_secret.c.hash)
        .where(
            client_secret.c.id == bindparam("secret_id", type_=Uuid(as_uuid=True)),
            client_secret.c.client_id == oauth_client.c.id,
            client_secret.c.expires_at > func.now(),
        )
        .scalar_subquery()
    )
    return (
        select(
            oauth_client.c.id,
            oauth_client.c.organisation_id,
            oauth_client.c.auth_method,
            oauth_client.c.scopes,
            oauth_client.c.grants,
            oauth_client.c.accepted_acr,
            oauth_client.c.legacy_aud,
            oauth_client.c.dpop_bound,
            oauth_client.c.bearer_for_persons,
            oauth_client.c.jwks_uri,
            oauth_client.c.epoch,
            organisation.c.kind,
            organisation.c.epoch.label("organisation_epoch"),
            keys.label("keys"),
            shown.label("secret_hash"),
        )
        .join(organisation, organisation.c.id == oauth_client.c.organisation_id)
        .where(
            oauth_client.c.id == bindparam("client_id", type_=Text()),
            oauth_client.c.status == ClientStatus.ACTIVE.value,
            organisation_is_open(),
        )
        .subquery("client")
    )


def _member(client: Subquery) -> Any:
    """The active member of the client's organisation that an assertion names, with the habilitations live for it."""
    live = (
        select(func.json_agg(func.json_build_array(habilitation.c.id, habilitation.c.role)))
        .where(
            habilitation.c.member_id == member.c.id,
            habilitation.c.organisation_id == member.c.organisation_id,
            habilitation_is_live(),
        )
        .scalar_subquery()
    )
    return (
        select(member.c.id.label("member_id"), member.c.epoch.label("member_epoch"), live.label("habilitations"))
        .where(
            member.c.id == bindparam("member_id", type_=Uuid(as_uuid=True)),
            member.c.organisation_id == client.c.organisation_id,
            member.c.status == MemberStatus.ACTIVE.value,
        )
        .lateral("person")
    )


def _one_row() -> FromClause:
    return select(literal_column("1")).subquery("always")


def _for_a_token() -> Select[Any]:
    client = _client()
    person = _member(client)
    signing = (
        select(signing_key.c.kid.label("signing_kid"), signing_key.c.sealed_private_key)
        .where(signing_key.c.state == "active")
        .subquery("signing")
    )
    known = _one_row().outerjoin(signing, true()).outerjoin(client, true()).outerjoin(person, true())
    return select(*client.c, *person.c, *signing.c).select_from(known)


def _about_a_token() -> Select[Any]:
    client = _client()
    public = (
        select(signing_key.c.public_jwk)
        .where(signing_key.c.kid == bindparam("kid", type_=Text()), is_published())
        .scalar_subquery()
    )
    ends = (
        select(oauth_token.c.expires_at)
        .where(
            oauth_token.c.id == bindparam("token_id", type_=Text()),
            oauth_token.c.client_id == bindparam("client_id", type_=Text()),
            func.standing(oauth_token.c.id),
        )
        .scalar_subquery()
    )
    known = _one_row().outerjoin(client, true())
    return select(*client.c, public.label("public_jwk"), ends.label("ends")).select_from(known)


FOR_A_TOKEN = _prepared(_for_a_token())
ABOUT_A_TOKEN = _prepared(_about_a_token())
SIGNING_KEY = _prepared(
    select(signing_key.c.kid.label("signing_kid"), signing_key.c.sealed_private_key).where(
        signing_key.c.state == "active"
    )
)
PUBLIC_KEYS = _prepared(
    select(func.json_agg(aggregate_order_by(signing_key.c.public_jwk, signing_key.c.created_at))).where(is_published())
)


# ---------------------------------------------------------------- to write


def _durable() -> ColumnElement[bool]:
    """True, and says whether the commit is flushed.

    The answer to a token waits for the access log, whose flush comes after this commit and covers it; where no record
    follows, this commit is flushed itself.
    """
    said = func.set_config("synchronous_commit", bindparam("durable", type_=Text()), true())
    return select(said).scalar_subquery().is_not(None)


def _mark(place: int, allowed: ColumnElement[bool]) -> CTE:
    """One use of an assertion or a proof."""
    digest = bindparam(f"digest_{place}", type_=BYTEA())
    until = bindparam(f"until_{place}", type_=DateTime(timezone=True))
    return (
        insert(oauth_jti)
        .from_select(["digest", "expires_at"], select(digest, until).where(allowed))
        .on_conflict_do_nothing()
        .returning(oauth_jti.c.digest)
        .cte(f"mark_{place}")
    )


_TOKEN_COLUMNS = (
    "id client_id member_id habilitation_id purpose scopes epochs issued_at expires_at key_thumbprint"
).split()


def _token(allowed: ColumnElement[bool]) -> CTE:
    given = select(*(bindparam(name, type_=oauth_token.c[name].type) for name in _TOKEN_COLUMNS)).where(allowed)
    return (
        insert(oauth_token)
        .from_select(_TOKEN_COLUMNS, given)
        .returning(oauth_token.c.revoked_at.is_not(None).label("dead"))
        .cte("born")
    )


def _end(allowed: ColumnElement[bool]) -> CTE:
    return (
        update(oauth_token)
        .where(oauth_token.c.id == bindparam("token_id", type_=Text()), oauth_token.c.revoked_at.is_(None), allowed)
        .values(revoked_at=func.now())
        .returning(oauth_token.c.id)
        .cte("ended")
    )


@cache
def written(marks: int, *, token: bool, ends: bool) -> Prepared:
    """The statement that uses up so many assertions and proofs, and writes a token down or ends one.

    Each step happens if the one before did: who repeats an assertion can fill no table. Its row: the digest of each
    first use, and whether the token was born dead.
    """
    allowed: ColumnElement[bool] = _durable()
    steps: list[CTE] = []
    for place in range(marks):
        steps.append(_mark(place, allowed))
        allowed = exists(select(steps[-1].c.digest))
    told: list[ColumnElement[Any]] = [select(step.c.digest).scalar_subquery() for step in steps]
    last = [made(allowed) for made, wanted in ((_token, token), (_end, ends)) if wanted]
    dead = select(last[0].c.dead).scalar_subquery() if token else false()
    return _prepared(select(*told, dead.label("dead")).add_cte(*last))
