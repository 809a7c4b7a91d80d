"""What PostgreSQL may write into its own log: nothing that a row or a question holds, whoever runs the server.

Values travel beside statements. A server that logs them, or the row that an error is about, keeps what no policy covers.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import asyncpg

from schema.errors import SetupError

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        # No DETAIL: it quotes the row.
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
)


def statements(database: str) -> list[str]:
    """Make it so for our database, where whoever migrates may; elsewhere the operator has to."""
    return [
        f"""
DO $$ BEGIN
  IF has_parameter_privilege(current_user, '{name}', 'SET') THEN
    EXECUTE format('ALTER DATABASE %I SET {name} = %L', '{database.replace("'", "''")}', '{value}');
  END IF;
END $$"""
        for name, value in SETTINGS.items()
    ]


async def must_be_discreet(connection: "asyncpg.Connection[Any]") -> None:
    """Raises SetupError naming what the server would have to be told."""
    shown = await connection.fetch("SELECT name, setting FROM pg_settings WHERE name = ANY ($1)", list(SETTINGS))
    loud = [row["name"] for row in shown if row["setting"] != SETTINGS[row["name"]]]
    if loud:
        wanted = ", ".join(f"{name} = {SETTINGS[name]}" for name in sorted(loud))
        raise SetupError(
            "PostgreSQL would write what rows and questions hold into its log. Let its administrator say "
            f"ALTER DATABASE ... SET {wanted} (one by one), or give the login of MAILLAGE_DSN the right to "
            "(GRANT SET ON PARAMETER ...) and run `python -m graph migrate`."
        )


__all__ = ["SETTINGS", "must_be_discreet", "statements"]
