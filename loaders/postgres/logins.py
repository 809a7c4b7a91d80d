"""The database logins: one per audience, and one for each thing the server does by itself. None owns anything.

Passwords are derived from one secret (HMAC-SHA256 of the login's name), so that a cluster's workers need one setting.
"""

import hashlib
import hmac
from collections.abc import Mapping

from schema.vocabulary import Audience

OWNER = "maillage_owner"
COMMANDS = "maillage_commands"
OAUTH = "maillage_oauth"
SIGNIN = "maillage_signin"
AUDIT = "maillage_audit"
MONITORING = "maillage_monitoring"
VERIFIER = "maillage_verifier"
SEALER = "maillage_sealer"
RETENTION = "maillage_retention"
FOLDER = "maillage_folder"
RELAY = "maillage_relay"
REPLAYS = "maillage_replays"

SERVICES = (COMMANDS, OAUTH, SIGNIN, AUDIT, MONITORING, VERIFIER, SEALER, RETENTION, FOLDER, RELAY, REPLAYS)

# On the login itself, so that an external server has them too (database design, section 2). Generic plans: under row
# policies a LIMIT parameter would be re-planned at every call. `jit` costs more than it gives on statements this short.
_AUDIENCE_SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "random_page_cost": "1.1",
    "statement_timeout": "5s",
    "timezone": "UTC",
    "default_transaction_read_only": "on",
}
_SERVICE_SETTINGS = {
    "jit": "off",
    "random_page_cost": "1.1",
    "statement_timeout": "10s",
    "timezone": "UTC",
    "lock_timeout": "4s",
}


# Their statements are the same few all day; planning all cubes anew took as long as reading them.
_PLANNED_ONCE = frozenset({COMMANDS, OAUTH, SIGNIN, AUDIT, MONITORING, REPLAYS})


def _settings(login: str) -> Mapping[str, str]:
    if login not in SERVICES:
        return _AUDIENCE_SETTINGS
    chosen = {**_SERVICE_SETTINGS, "plan_cache_mode": "force_generic_plan" if login in _PLANNED_ONCE else "auto"}
    # Retention looks at every case, once a day, and nobody waits for it.
    return chosen | {"statement_timeout": "10min"} if login == RETENTION else chosen


def login_of(audience: Audience) -> str:
    """The login of an audience."""
    return f"maillage_{audience.value.lower()}"


def logins() -> tuple[str, ...]:
    """Every login the server uses."""
    return (*(login_of(audience) for audience in Audience), *SERVICES)


def password_of(secret: bytes, login: str) -> str:
    """The password of a login, derived from the server's secret."""
    return hmac.new(secret, login.encode(), hashlib.sha256).hexdigest()


def statements(secret: bytes) -> list[str]:
    """Create what is missing, set passwords and settings; safe to run again. Needs a login that may create roles."""
    made = [_create(OWNER, "NOLOGIN")]
    for login in logins():
        made.append(_create(login, "LOGIN"))
        made.append(_weaken(login))
        made.append(f"ALTER ROLE {login} LOGIN NOCREATEROLE NOINHERIT PASSWORD '{password_of(secret, login)}'")
        settings = _settings(login)
        made += [f"ALTER ROLE {login} SET {name} = '{value}'" for name, value in settings.items()]
    return made


def _create(role: str, kind: str) -> str:
    return f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} {kind}; END IF; END $$"


def _weaken(role: str) -> str:
    """Take from a login what it must not have. A new one has none of it, and only a superuser may even say so."""
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}' AND (rolsuper OR rolbypassrls OR rolcreatedb "
        f"OR rolreplication)) THEN ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOREPLICATION; END IF; END $$"
    )
