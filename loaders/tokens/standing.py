"""Whether a token stands at this moment, and who is behind it.

Every statement asks the database function `standing`, so it has to be cheap: it reads the token's own row, which
triggers end in the transaction of whatever ends it (suspension, a raised epoch, a lost habilitation; decision 0003).
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Table, and_, bindparam, cast, func, literal, select

from auth.caller import Caller
from loaders.postgres.connections import Lanes
from loaders.postgres.triggers import changed
from loaders.statement import compiled
from loaders.statement.fetching import FAULTS, Row
from schema.errors import UnavailableError
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_client, oauth_token
from schema.tables.people import habilitation, member
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

# Until when what is behind a token holds, as far as is known now; nothing where it does not hold at this moment.
# `concat_ws` leaves out the null epoch of an absent member, as auth/oauth/tokens.py does. A convention's last day ends
# at midnight in Paris, whatever the zone of the session.
_END = """\
CREATE OR REPLACE FUNCTION token_end(token oauth_token) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, public
AS $$
  SELECT least(
    token.expires_at, h.valid_to, coalesce((o.valid_to + 1)::timestamp AT TIME ZONE 'Europe/Paris', 'infinity'))
  FROM public.oauth_client c
  JOIN public.organisation o ON o.id = c.organisation_id
  LEFT JOIN public.member m ON m.id = token.member_id
  LEFT JOIN public.habilitation h ON h.id = token.habilitation_id
  WHERE c.id = token.client_id
    AND c.status = 'ACTIVE'
    AND o.status = 'ACTIVE'
    AND (now() AT TIME ZONE 'Europe/Paris')::date
        BETWEEN coalesce(o.valid_from, '-infinity') AND coalesce(o.valid_to, 'infinity')
    AND (token.member_id IS NULL
         OR (m.status = 'ACTIVE'
             AND m.organisation_id = c.organisation_id
             AND h.member_id = token.member_id
             AND h.organisation_id = c.organisation_id
             AND h.state = 'ACTIVE'
             AND h.revoked_at IS NULL
             AND h.valid_from <= now()
             AND h.valid_to > now()))
    AND token.epochs = concat_ws('.', o.epoch, c.epoch, m.epoch)
$$"""

# A token is born with the rows behind it locked: whoever suspends one of them at the same time waits, and then finds
# the token; or has been first, and the token is born dead.
_BIRTH = """\
CREATE OR REPLACE FUNCTION token_is_born() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE held timestamptz;
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM 1 FROM public.oauth_client c JOIN public.organisation o ON o.id = c.organisation_id
      WHERE c.id = NEW.client_id FOR SHARE;
    PERFORM 1 FROM public.member m WHERE m.id = NEW.member_id FOR SHARE;
    PERFORM 1 FROM public.habilitation h WHERE h.id = NEW.habilitation_id FOR SHARE;
  END IF;
  held := token_end(NEW);
  IF held IS NULL THEN
    NEW.revoked_at := coalesce(NEW.revoked_at, now());
  ELSE
    NEW.expires_at := held;
  END IF;
  RETURN NEW;
END
$$"""

# Told when the change is committed, raw SQL included, to whoever listens (loaders/tokens/auth_state.py).
CHANNEL = "auth_state"
_TELL = f"""\
CREATE OR REPLACE FUNCTION auth_state_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM pg_notify('{CHANNEL}', TG_TABLE_NAME || ':' || CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END);
  RETURN NULL;
END
$$"""

# A signing key that was dropped is forgotten at once by every process; its kid is public.
_TELL_KEY = f"""\
CREATE OR REPLACE FUNCTION signing_key_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM pg_notify('{CHANNEL}', 'signing_key:' || NEW.kid);
  RETURN NULL;
END
$$"""

# What is behind a token ends it for good: nothing that comes back revives it.
_FALL = """\
CREATE OR REPLACE FUNCTION tokens_fall() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE touched text[];
BEGIN
  IF TG_TABLE_NAME = 'organisation' THEN
    touched := ARRAY(SELECT t.id FROM public.oauth_token t JOIN public.oauth_client c ON c.id = t.client_id
                     WHERE c.organisation_id = NEW.id AND t.expires_at > now());
  ELSIF TG_TABLE_NAME = 'oauth_client' THEN
    touched := ARRAY(SELECT t.id FROM public.oauth_token t WHERE t.client_id = NEW.id AND t.expires_at > now());
  ELSIF TG_TABLE_NAME = 'member' THEN
    touched := ARRAY(SELECT t.id FROM public.oauth_token t WHERE t.member_id = NEW.id AND t.expires_at > now());
  ELSE
    touched := ARRAY(SELECT t.id FROM public.oauth_token t WHERE t.habilitation_id = NEW.id AND t.expires_at > now());
  END IF;
  UPDATE public.oauth_token t
  SET revoked_at = CASE WHEN fallen.held IS NULL THEN now() END, expires_at = coalesce(fallen.held, t.expires_at)
  FROM (SELECT live.id, token_end(live) AS held FROM public.oauth_token live WHERE live.id = ANY (touched)) fallen
  WHERE t.id = fallen.id AND t.revoked_at IS NULL AND (fallen.held IS NULL OR fallen.held < t.expires_at);
  RETURN NULL;
END
$$"""

# One row, by its key: every statement asks. SECURITY DEFINER: the logins may ask without reading accounts.
_STANDING = """\
CREATE OR REPLACE FUNCTION standing(token_id text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, public
AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM public.oauth_token t
    WHERE t.id = standing.token_id AND t.revoked_at IS NULL AND t.expires_at > now());
END
$$"""

# What ends tokens, by table.
_BEHIND: Mapping[Table, tuple[str, ...]] = {
    organisation: ("status", "epoch", "valid_from", "valid_to"),
    oauth_client: ("status", "epoch", "organisation_id"),
    member: ("status", "epoch", "organisation_id"),
    habilitation: ("state", "revoked_at", "valid_from", "valid_to", "member_id", "organisation_id"),
}


def statements() -> list[str]:
    """All of it, to run in this order; safe to run again."""
    made = [_END, _BIRTH, _TELL, _TELL_KEY, _FALL, _STANDING]
    made.append(
        "CREATE OR REPLACE TRIGGER signing_key_changed AFTER UPDATE ON signing_key "
        f"FOR EACH ROW WHEN ({changed(['state'])}) EXECUTE FUNCTION signing_key_changed()"
    )
    made += [
        f"CREATE OR REPLACE TRIGGER token_{name} BEFORE {event} ON oauth_token FOR EACH ROW EXECUTE FUNCTION token_is_born()"
        for name, event in (("born", "INSERT"), ("changed", "UPDATE OF client_id, member_id, habilitation_id, epochs"))
    ]
    for table, columns in _BEHIND.items():
        made.append(
            f"CREATE OR REPLACE TRIGGER tokens_fall AFTER UPDATE ON {table.name} "
            f"FOR EACH ROW WHEN ({changed(columns)}) EXECUTE FUNCTION tokens_fall()"
        )
        made.append(_told(table, "UPDATE", changed(columns)))
    made.append(_told(oauth_token, "UPDATE", changed(("revoked_at", "expires_at"))))
    # Old rows are removed every day; of those nobody has to hear.
    made.append(_told(oauth_token, "DELETE", "OLD.revoked_at IS NULL AND OLD.expires_at > now()"))
    return made


def _told(table: Table, event: str, condition: str) -> str:
    return (
        f"CREATE OR REPLACE TRIGGER auth_state_{event.lower()} AFTER {event} ON {table.name} "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION auth_state_changed()"
    )


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

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    async def caller_of(self, token_id: str) -> Caller | None:
        """The caller behind a live token, every word of it from our tables; None if the token does not stand."""
        try:
            found = await self._lanes.fetch(_caller(), token_id, record_class=Row)
        except FAULTS as error:
            raise UnavailableError(reason="standing") from error
        return caller_of_row(found[0]) if found else None


@cache
def _caller() -> str:
    return compiled(caller_rows().where(oauth_token.c.id == bindparam("token_id")))[0]


def caller_rows() -> Select[Any]:
    """What makes a `Caller`, for every token that stands; the one wanted is still to be named."""
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
            oauth_token.c.key_thumbprint,
            organisation.c.id.label("organisation_id"),
            organisation.c.kind,
            organisation.c.mandate_kind,
            organisation.c.authority_id,
            habilitation.c.role,
        )
        .join(oauth_client, oauth_client.c.id == oauth_token.c.client_id)
        .join(organisation, organisation.c.id == oauth_client.c.organisation_id)
        .outerjoin(habilitation, habilitation.c.id == oauth_token.c.habilitation_id)
        .where(func.standing(oauth_token.c.id))
    )


def caller_of_row(row: Any) -> Caller | None:
    """The caller of a row of `caller_rows`; None where the policy has no audience for it."""
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
        key_thumbprint=row.key_thumbprint,
    )


def _audience(role: str | None, kind: OrgKind) -> Audience | None:
    return organisation_audience(kind) if role is None else role_audience(Role(role))
