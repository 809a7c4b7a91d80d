"""The second wall, for the day our own code is wrong: column GRANTs and row policies, generated from the policy.

Each audience has one login that may SELECT exactly the columns its policy ever shows, of the rows its rules reach,
compiled from the same rules as the doors. `statements()` is applied by `python -m graph migrate`; a test compares
it with the live catalogue.
"""

from collections.abc import Mapping

from sqlalchemy import Table, or_, select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from loaders.monitoring.document import MONITORING_COLUMNS, MONITORING_VIEW
from loaders.nouns import BY_TABLE
from loaders.policy.conditions import row_rule
from loaders.policy.context import SETTINGS, nobody
from loaders.policy.doors import column_rule
from loaders.policy.reached import REACH_VIEW, reach_views
from loaders.policy.rule_sql import sql
from loaders.postgres import logins
from loaders.retention import case_files
from loaders.retention.rules import RETENTION_COLUMNS
from loaders.sealed import sealed_values
from schema.retention import COPIED, Fate, kept_columns
from schema.tables import metadata
from schema.tables.journal import reach
from schema.tables.keys import situation_key
from schema.vocabulary import Audience, Category

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy
# What the authorization server reads and writes; nothing else may touch clients, keys and tokens.
_OAUTH_WRITES = {
    "oauth_token": "SELECT, INSERT, UPDATE",
    "oauth_jti": "SELECT, INSERT, UPDATE, DELETE",
    "oauth_client": "SELECT, UPDATE (last_call_at)",
    "client_key": "SELECT",
    "client_secret": "SELECT",
    "signing_key": "SELECT, INSERT, UPDATE (state, retired_at)",
    # What an organisation sends with its code, and nothing of who gave or approved it.
    "enrolment": "SELECT, UPDATE (used_at, offered_keys, offered_jwks_uri, fingerprint)",
}
# The pages' login: it signs people in, and can neither make a member nor give a role that no invitation gave. The
# policies on what it adds are in `_signin`.
_SIGNIN_RIGHTS = {
    "web_session": "SELECT, INSERT, UPDATE, DELETE",
    "oauth_token": "SELECT, INSERT, UPDATE (revoked_at)",
    "idp": "SELECT",
    "member": "SELECT",
    "habilitation": "SELECT",
    "organisation": "SELECT",
}
# Not for commands either: who is signed in, whom a provider knows, and the secrets we have there.
_SIGNIN_ONLY = frozenset({"web_session", "idp", "member_identity"})
# What the operator's and the delegates' acts write: the tools of organisations and their keys, never a token.
_COMMANDS_ON_CLIENTS = frozenset({"oauth_client", "client_key", "client_secret", "enrolment"})
_OAUTH_READS = ("organisation", "member", "habilitation", "authority")
_KEY_COLUMNS = ("id", "situation_id", "wrapped", "kek_version")
_SEALS = {
    "access_log": "SELECT",
    "journal_seal": "SELECT, INSERT",
    "chain_sealed": "SELECT, INSERT, UPDATE",
    "ledger_unsealed": "SELECT, DELETE",
    "case_access": "SELECT, INSERT",
    "situation": "SELECT (id, controller_org_id)",
}
_VERIFIED = ("access_log", "disclosure", "ledger_link", "journal_seal", "ledger_unsealed")
_ROLLUPS = frozenset({"monitoring_cell", "monitoring_part", "monitoring_mark", "monitoring_edition", "yearly_report"})
_JOURNALS = frozenset(
    {"access_log", "outbox_head", "reach", "case_access", "ledger_link", "ledger_unsealed", "journal_seal"}
) | {"chain_sealed"}
# Append-only: a command adds lines, nobody changes one.
_ADDED_TO = frozenset({"disclosure"})
# What a command remembers of itself for two days, and then forgets.
_FORGOTTEN = frozenset({"idempotency"})
# Tombstones of a feed end.
_KEPT_LIKE_A_VIEW = frozenset({"feed_row", "webhook_delivery"})


# Ids of case rows where no case may be named: keys that join nothing anybody reads by.
_POINTERS = frozenset({("webhook_delivery", "row_id"), ("webhook_delivery", "prefix"), ("webhook", "told")})
# What proves a tool: to compare with, not to read.
_PROOFS = frozenset({("client_secret", "hash"), ("client_key", "public_jwk")})


def columns(audience: Audience, table: Table) -> tuple[str, ...]:
    """The columns of a table an audience's login may read: those ever shown, and the keys that join them."""
    if table is reach:
        return tuple(column.name for column in table.c)
    if table is situation_key:
        # Useless without the key-encryption key, which no login reaches.
        return _KEY_COLUMNS if sealed_values.key_rule(audience) else ()
    if row_rule(audience, table) is None:
        return ()
    return tuple(
        column.name
        for column in table.c
        if (column.info["category"] is Category.KEY and (table.name, column.name) not in _POINTERS | _PROOFS)
        or _shown(audience, table, column.name)
    )


def _shown(audience: Audience, table: Table, name: str) -> bool:
    # By the doors, so that what names a case to others (rule 5.9) is not granted where no door ever asks for it.
    noun = BY_TABLE.get(table.name)
    return noun is not None and column_rule(audience, noun, name) is not None


def predicate(audience: Audience, table: Table) -> str:
    """The row policy of an audience on a table, as SQL over the unaliased table."""
    if table is reach:
        mine = (SETTINGS.organisation, SETTINGS.authority, SETTINGS.member, nobody())
        clause = or_(*(reach.c.viewer == viewer for viewer in mine))
    else:
        rule = sealed_values.key_rule(audience) if table is situation_key else row_rule(audience, table)
        if rule is None:
            return "false"
        clause = sql(rule, table, SETTINGS)
    # Compiled as a whole SELECT, so that inner sub-selects correlate with the table instead of listing it again.
    text = str(select(table.c[0]).where(clause).compile(dialect=_DIALECT))
    return text.split("\nWHERE ", 1)[1] if "\nWHERE " in text else "true"


def grants() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """(login, table or view) -> columns it may SELECT, for every audience."""
    own = {
        (logins.login_of(audience), table.name): granted
        for audience in Audience
        for table in metadata.sorted_tables
        if (granted := columns(audience, table))
    }
    seen = {(logins.login_of(audience), view): REACH_VIEW for audience in Audience for view in reach_views(SETTINGS)}
    return {**own, **seen}


def policies() -> Mapping[tuple[str, str], str]:
    """(login, table) -> row policy, for every audience."""
    return {
        (logins.login_of(audience), table.name): predicate(audience, table)
        for audience in Audience
        for table in metadata.sorted_tables
        if columns(audience, table)
    }


def statements() -> list[str]:
    """Take everything away, then give what the policy says. Runs in one transaction, so nobody sees the gap."""
    made = [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
    ]
    everyone = ", ".join(logins.logins())
    made += [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everyone}",
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {everyone}",
        f"GRANT USAGE ON SCHEMA public TO {everyone}",
        _DROP_POLICIES,
    ]
    made += [f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY" for table in metadata.sorted_tables]
    audiences = ", ".join(logins.login_of(audience) for audience in Audience)
    for view, text in reach_views(SETTINGS).items():
        made += [f"CREATE OR REPLACE VIEW {view} AS {text}", f"GRANT SELECT ON {view} TO {audiences}"]
    for (login, table), granted in grants().items():
        made.append(f"GRANT SELECT ({', '.join(granted)}) ON {table} TO {login}")
    for (login, table), clause in policies().items():
        made.append(f"CREATE POLICY {login} ON {table} FOR SELECT TO {login} USING ({clause})")
    made.append(f"GRANT EXECUTE ON FUNCTION done_before(bytea) TO {logins.COMMANDS}")
    made.append(
        f"GRANT EXECUTE ON FUNCTION standing(text) TO {audiences}, {logins.COMMANDS}, {logins.MONITORING}, {logins.OAUTH}, {logins.SIGNIN}"
    )
    return made + _services()


def _services() -> list[str]:
    made: list[str] = []
    for table in metadata.sorted_tables:
        apart = (_OAUTH_WRITES.keys() - _COMMANDS_ON_CLIENTS) | _JOURNALS | _ROLLUPS | _SIGNIN_ONLY
        if table.name in apart:
            continue
        # A command decides by the caller's doors what it may touch; it can add and change rows, never remove one.
        made += _open(logins.COMMANDS, table.name, _command_rights(table.name))
    made += _open(logins.COMMANDS, "reach", "SELECT")
    # A report is made of sums, and of what is frozen only the publication is ever added.
    made += _open(logins.COMMANDS, "yearly_report", "SELECT, INSERT, UPDATE (published_at, published_by_id)")
    # To know whether the database is at the version of the code.
    made += [
        "ALTER TABLE alembic_version ENABLE ROW LEVEL SECURITY",
        f"GRANT EXECUTE ON FUNCTION code_that_fits() TO {logins.COMMANDS}",
    ]
    # To resolve a pseudonym, through the door of the caller.
    made += _open(logins.COMMANDS, "case_access", "SELECT")
    for name, rights in _OAUTH_WRITES.items():
        made += _open(logins.OAUTH, name, rights)
    for name in _OAUTH_READS:
        made += _open(logins.OAUTH, name, "SELECT")
    # The writer of the log, and commands in their own transactions: both add, and neither reads.
    for login in (logins.AUDIT, logins.COMMANDS):
        made += [
            f"GRANT INSERT ON access_log TO {login}",
            f"CREATE POLICY {login} ON access_log FOR INSERT TO {login} WITH CHECK (true)",
        ]
    made += _open(logins.REPLAYS, "oauth_jti", "SELECT, INSERT, DELETE")
    for name in _VERIFIED:
        made += _open(logins.VERIFIER, name, "SELECT")
    made += _open(logins.VERIFIER, "situation", "SELECT (id, retention_state)")
    for name, rights in _SEALS.items():
        made += _open(logins.SEALER, name, rights)
    made += [
        *_open(logins.RELAY, "outbox", "SELECT"),
        *_open(logins.RELAY, "outbox_head", "SELECT"),
        *_open(logins.COMMANDS, "outbox_head", "SELECT"),
        f"GRANT EXECUTE ON FUNCTION number_events() TO {logins.RELAY}",
    ]
    for name, granted in MONITORING_COLUMNS.items():
        made += [
            f"GRANT SELECT ({', '.join(sorted(granted))}) ON {name} TO {logins.MONITORING}",
            f"CREATE POLICY {logins.MONITORING} ON {name} FOR SELECT TO {logins.MONITORING} USING (true)",
        ]
    made += [
        f"GRANT SELECT ON {MONITORING_VIEW} TO {logins.MONITORING}, {logins.COMMANDS}",
        # Relations of a view are asked for as its owner, functions as the reader.
        f"GRANT EXECUTE ON FUNCTION monitoring_span(timestamptz) TO {logins.MONITORING}, {logins.COMMANDS}",
        f"GRANT EXECUTE ON FUNCTION monitoring_taken(text, integer, text, date, text) TO {logins.MONITORING}, {logins.COMMANDS}",
        f"GRANT EXECUTE ON FUNCTION monitoring_fold(integer) TO {logins.FOLDER}",
        f"GRANT EXECUTE ON FUNCTION monitoring_forget(uuid[]) TO {logins.RETENTION}",
    ]
    return made + _signin() + _retention()


def _signin() -> list[str]:
    made: list[str] = []
    for name, rights in _SIGNIN_RIGHTS.items():
        made.append(f"GRANT {rights} ON {name} TO {logins.SIGNIN}")
        # Never FOR ALL on what it may only read: policies add up, and what it adds elsewhere has conditions.
        kind = "ALL" if rights != "SELECT" else "SELECT"
        made.append(f"CREATE POLICY {logins.SIGNIN} ON {name} FOR {kind} TO {logins.SIGNIN} USING (true)")
    # The pages are a client of each organisation, made when its first person signs in: one that no key can speak for.
    pages = "id = 'cli_pages_' || replace(organisation_id::text, '-', '') AND grants = '{}' AND accepted_acr = '{}'"
    made += [
        f"GRANT SELECT, INSERT ON oauth_client TO {logins.SIGNIN}",
        f"CREATE POLICY {logins.SIGNIN} ON oauth_client FOR SELECT TO {logins.SIGNIN} USING (true)",
        f"CREATE POLICY {logins.SIGNIN}_pages ON oauth_client FOR INSERT TO {logins.SIGNIN} WITH CHECK ({pages})",
    ]
    return made + _first_sign_in()


def _first_sign_in() -> list[str]:
    """A member, a habilitation, an identity: each only as an invitation says that is used in the same transaction."""
    login, used = logins.SIGNIN, "i.used_at = now()"
    made = [
        f"GRANT SELECT, UPDATE (used_at, member_id) ON invitation TO {login}",
        f"CREATE POLICY {login} ON invitation FOR SELECT TO {login} USING (true)",
        f"CREATE POLICY {login}_uses ON invitation FOR UPDATE TO {login} USING (withdrawn_at IS NULL AND "
        f"expires_at > now() AND (used_at IS NULL OR used_at = now())) WITH CHECK (used_at = now())",
        f"GRANT SELECT, INSERT ON member_identity TO {login}",
        f"CREATE POLICY {login} ON member_identity FOR SELECT TO {login} USING (true)",
    ]
    allowed = {
        "member": "i.organisation_id = member.organisation_id AND i.name = member.name AND i.email = member.email "
        "AND member.status = 'ACTIVE' AND member.epoch = 0",
        "habilitation": "i.member_id = habilitation.member_id AND i.organisation_id = habilitation.organisation_id "
        "AND i.role = habilitation.role AND i.secrecy_basis IS NOT DISTINCT FROM habilitation.secrecy_basis",
        "member_identity": "i.member_id = member_identity.member_id",
    }
    for table, fits in allowed.items():
        condition = f"EXISTS (SELECT FROM invitation i WHERE {used} AND {fits})"
        made.append(f"GRANT INSERT ON {table} TO {login}")
        made.append(f"CREATE POLICY {login}_invited ON {table} FOR INSERT TO {login} WITH CHECK ({condition})")
    return made


def _command_rights(table: str) -> str:
    if table in _FORGOTTEN:
        return "SELECT, INSERT, DELETE"
    if table in _KEPT_LIKE_A_VIEW:
        return "SELECT, INSERT, UPDATE, DELETE"
    return "SELECT, INSERT" if table in _ADDED_TO else "SELECT, INSERT, UPDATE"


def retention_columns(table: Table) -> tuple[str, ...]:
    """What the login that erases may read of a table: keys, dates, and the coded words it copies; no text, no name."""
    read = {*RETENTION_COLUMNS.get(table.name, ()), *case_files.FORGETTING.get(table.name, ())}
    if table in case_files.CASE_TABLES:
        read |= {column.name for column in table.c if column.info["category"] is Category.KEY}
        read |= {name for name, fate in kept_columns(table).items() if fate is not Fate.RENEWED}
    return tuple(column.name for column in table.c if column.name in read)


def _retention() -> list[str]:
    made: list[str] = []
    for table in metadata.sorted_tables:
        columns_ = retention_columns(table)
        if not columns_:
            continue
        made.append(f"GRANT SELECT ({', '.join(columns_)}) ON {table.name} TO {logins.RETENTION}")
        made += [f"GRANT {right} ON {table.name} TO {logins.RETENTION}" for right in _retention_rights(table)]
        made.append(
            f"CREATE POLICY {logins.RETENTION} ON {table.name} FOR ALL TO {logins.RETENTION} USING (true) WITH CHECK (true)"
        )
    return made


def _retention_rights(table: Table) -> list[str]:
    of_case = table in case_files.CASE_TABLES
    rights = ["DELETE"] if of_case or table.name in {"oauth_jti", "oauth_token", "outbox"} else []
    rights += ["INSERT"] if table.name in COPIED | {"case_archive", "outbox", "retention_job"} else []
    # Keys are changed where a row that stays forgets one that goes.
    links = [*case_files.FORGETTING.get(table.name, ())]
    links += {
        "situation": ["retention_state"],
        "case_archive": ["archived_at"],
        "retention_job": ["rows_changed", "proof"],
    }.get(table.name, [])
    return rights + ([f"UPDATE ({', '.join(links)})"] if links else [])


def _open(login: str, table: str, rights: str) -> list[str]:
    return [
        f"GRANT {rights} ON {table} TO {login}",
        f"CREATE POLICY {login} ON {table} FOR ALL TO {login} USING (true) WITH CHECK (true)",
    ]


_DROP_POLICIES = """
DO $$ DECLARE p record; BEGIN
  FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON public.%I', p.policyname, p.tablename);
  END LOOP;
END $$"""
