"""What the authorization server asks of the database, built once: to build a statement costs as much as to send it."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from loaders.standing import habilitation_is_live, organisation_is_open
from schema.tables.directory import organisation
from schema.tables.oauth import client_key, oauth_client, oauth_jti, oauth_token, signing_key
from schema.tables.people import habilitation, member
from schema.vocabulary import ClientStatus, MemberStatus

# A retired key stays published for a token's life, the JWKS cache time (both five minutes) and as much again.
PUBLISHED_AFTER_RETIREMENT = timedelta(minutes=15)


def is_published() -> ColumnElement[bool]:
    """Whether a signing key of ours is in the key set: next, active, or retired a moment ago."""
    recently = signing_key.c.retired_at > func.now() - PUBLISHED_AFTER_RETIREMENT
    return and_(signing_key.c.state != "dropped", or_(signing_key.c.retired_at.is_(None), recently))


CLIENT = (
    select(
        oauth_client,
        organisation.c.kind,
        organisation.c.epoch.label("organisation_epoch"),
        client_key.c.kid,
        client_key.c.public_jwk,
    )
    .join(organisation, organisation.c.id == oauth_client.c.organisation_id)
    .outerjoin(
        client_key,
        and_(
            client_key.c.client_id == oauth_client.c.id,
            client_key.c.not_before <= func.now(),
            or_(client_key.c.retired_at.is_(None), client_key.c.retired_at > func.now()),
        ),
    )
    .where(
        oauth_client.c.id == bindparam("client_id"),
        oauth_client.c.status == ClientStatus.ACTIVE.value,
        organisation_is_open(),
    )
)

MARK = (
    insert(oauth_jti)
    .values(digest=bindparam("digest"), expires_at=bindparam("until"))
    .on_conflict_do_nothing()
    .returning(oauth_jti.c.digest)
)

MEMBER = (
    select(member.c.id, member.c.epoch, habilitation.c.id.label("habilitation_id"), habilitation.c.role)
    .outerjoin(
        habilitation,
        and_(
            habilitation.c.member_id == member.c.id,
            habilitation.c.organisation_id == member.c.organisation_id,
            habilitation_is_live(),
        ),
    )
    .where(
        member.c.id == bindparam("member_id"),
        member.c.organisation_id == bindparam("organisation_id"),
        member.c.status == MemberStatus.ACTIVE.value,
    )
)

SIGNING_KEY = select(signing_key.c.kid, signing_key.c.sealed_private_key).where(signing_key.c.state == "active")
PUBLIC_KEY = select(signing_key.c.public_jwk).where(signing_key.c.kid == bindparam("kid"), is_published())
PUBLIC_KEYS = select(signing_key.c.public_jwk).where(is_published()).order_by(signing_key.c.created_at)

STANDING_UNTIL = select(oauth_token.c.expires_at).where(
    oauth_token.c.id == bindparam("token_id"),
    oauth_token.c.client_id == bindparam("client_id"),
    func.standing(oauth_token.c.id),
)
REVOKE = (
    update(oauth_token)
    .where(oauth_token.c.id == bindparam("token_id"), oauth_token.c.revoked_at.is_(None))
    .values(revoked_at=func.now())
)
ADD_TOKEN = insert(oauth_token)
