"""Where a token stands at this moment: who is behind it, and the database function that every statement asks."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.caller import Caller
from schema.errors import UnavailableError
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_client, oauth_token
from schema.tables.people import habilitation
from schema.vocabulary import (
    Audience,
    HabilitationState,
    MandateKind,
    OrganisationStatus,
    OrgKind,
    Purpose,
    Role,
    organisation_audience,
    role_audience,
)

# The text of a migration. SECURITY DEFINER: the login roles may ask where a token stands without reading accounts.
# One join over primary keys; the LEFT JOINs find nothing for a token without a person, whose columns are null.
# `concat_ws` leaves out the null epoch of an absent member, as auth/oauth/tokens.py does.
# A convention's last day ends at midnight in Paris, whatever the zone of the session.
STANDING_FUNCTION = """\
CREATE FUNCTION standing(token_id text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, public
AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM public.oauth_token t
    JOIN public.oauth_client c ON c.id = t.client_id
    JOIN public.organisation o ON o.id = c.organisation_id
    LEFT JOIN public.member m ON m.id = t.member_id
    LEFT JOIN public.habilitation h ON h.id = t.habilitation_id
    WHERE t.id = standing.token_id
      AND t.revoked_at IS NULL
      AND t.expires_at > now()
      AND c.status = 'ACTIVE'
      AND o.status = 'ACTIVE'
      AND (now() AT TIME ZONE 'Europe/Paris')::date
          BETWEEN coalesce(o.valid_from, '-infinity') AND coalesce(o.valid_to, 'infinity')
      AND (t.member_id IS NULL
           OR (m.status = 'ACTIVE'
               AND m.organisation_id = c.organisation_id
               AND h.member_id = t.member_id
               AND h.organisation_id = c.organisation_id
               AND h.state = 'ACTIVE'
               AND h.revoked_at IS NULL
               AND h.valid_from <= now()
               AND h.valid_to > now()))
      AND t.epochs = concat_ws('.', o.epoch, c.epoch, m.epoch)
  );
END
$$
"""


def organisation_is_open() -> ColumnElement[bool]:
    """Active, and within its convention's dates."""
    today = cast(func.timezone("Europe/Paris", func.now()), Date)
    first = func.coalesce(organisation.c.valid_from, literal(date.min, Date))
    last = func.coalesce(organisation.c.valid_to, literal(date.max, Date))
    return and_(organisation.c.status == OrganisationStatus.ACTIVE.value, today.between(first, last))


def habilitation_is_live() -> ColumnElement[bool]:
    """Active, not revoked, and within its dates."""
    now = func.now()
    return and_(
        habilitation.c.state == HabilitationState.ACTIVE.value,
        habilitation.c.revoked_at.is_(None),
        habilitation.c.valid_from <= now,
        habilitation.c.valid_to > now,
    )


class DatabaseStanding:
    """`auth.bearer.Standing`, answered by the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def caller_of(self, token_id: str) -> Caller | None:
        """The caller behind a live token, every word of it from our tables; None if the token does not stand."""
        try:
            async with self._engine.connect() as connection:
                row = (await connection.execute(_caller_statement(token_id))).one_or_none()
        except (SQLAlchemyError, OSError) as error:
            raise UnavailableError(reason="standing") from error
        return None if row is None else _caller(row)


def _caller_statement(token_id: str) -> Select[Any]:
    return (
        select(
            oauth_token.c.id,
            oauth_token.c.client_id,
            oauth_token.c.member_id,
            oauth_token.c.habilitation_id,
            oauth_token.c.purpose,
            oauth_token.c.scopes,
            oauth_token.c.epochs,
            oauth_token.c.expires_at,
            organisation.c.id.label("organisation_id"),
            organisation.c.kind,
            organisation.c.mandate_kind,
            organisation.c.authority_id,
            habilitation.c.role,
        )
        .join(oauth_client, oauth_client.c.id == oauth_token.c.client_id)
        .join(organisation, organisation.c.id == oauth_client.c.organisation_id)
        .outerjoin(habilitation, habilitation.c.id == oauth_token.c.habilitation_id)
        .where(oauth_token.c.id == token_id, func.standing(oauth_token.c.id))
    )


def _caller(row: Any) -> Caller | None:
    audience = _audience(row.role, OrgKind(row.kind))
    if audience is None:
        return None
    return Caller(
        audience=audience,
        client_id=row.client_id,
        organisation_id=row.organisation_id,
        organisation_kind=OrgKind(row.kind),
        mandate_kind=None if row.mandate_kind is None else MandateKind(row.mandate_kind),
        authority_id=row.authority_id,
        member_id=row.member_id,
        habilitation_id=row.habilitation_id,
        purpose=None if row.purpose is None else Purpose(row.purpose),
        scopes=frozenset(row.scopes),
        token_id=row.id,
        expires_at=int(row.expires_at.timestamp()),
        epochs=row.epochs,
    )


def _audience(role: str | None, kind: OrgKind) -> Audience | None:
    return organisation_audience(kind) if role is None else role_audience(Role(role))
