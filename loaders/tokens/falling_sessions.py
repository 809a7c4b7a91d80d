"""What ends sessions: triggers, in the transaction of whatever ends what a session stands on."""

from loaders.postgres.triggers import changed

# Born with the rows behind it locked, as a token is (loaders/tokens/standing.py): a suspension that comes at the same time
# waits and then finds the session, or was first, and there is none.
_BIRTH = """\
CREATE OR REPLACE FUNCTION session_is_born() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  PERFORM 1 FROM public.organisation o JOIN public.member m ON m.organisation_id = o.id
    WHERE m.id = NEW.member_id FOR SHARE OF o, m;
  PERFORM 1 FROM public.organisation o JOIN public.member m ON m.organisation_id = o.id
    WHERE m.id = NEW.member_id AND m.status = 'ACTIVE' AND o.status = 'ACTIVE';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END
$$"""

_FALL_WITH_ACCESS = """\
CREATE OR REPLACE FUNCTION session_falls() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  DELETE FROM public.web_session WHERE token_id = NEW.id;
  RETURN NULL;
END
$$"""

# Sessions that wait for the choice of a habilitation stand on no token yet.
_FALL_WITH_MEMBER = """\
CREATE OR REPLACE FUNCTION sessions_fall() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
  IF TG_TABLE_NAME = 'organisation' THEN
    DELETE FROM public.web_session WHERE member_id IN (SELECT m.id FROM public.member m WHERE m.organisation_id = NEW.id);
  ELSE
    DELETE FROM public.web_session WHERE member_id = NEW.id;
  END IF;
  RETURN NULL;
END
$$"""


def statements() -> list[str]:
    """All of it, to run in this order; safe to run again."""
    made = [
        _BIRTH,
        _FALL_WITH_ACCESS,
        _FALL_WITH_MEMBER,
        "CREATE OR REPLACE TRIGGER session_born BEFORE INSERT ON web_session "
        "FOR EACH ROW EXECUTE FUNCTION session_is_born()",
        "CREATE OR REPLACE TRIGGER session_falls AFTER UPDATE OF revoked_at ON oauth_token "
        "FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION session_falls()",
    ]
    for table, columns in (("organisation", ("status", "epoch")), ("member", ("status", "epoch", "organisation_id"))):
        made.append(
            f"CREATE OR REPLACE TRIGGER sessions_fall AFTER UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({changed(columns)}) EXECUTE FUNCTION sessions_fall()"
        )
    return made
