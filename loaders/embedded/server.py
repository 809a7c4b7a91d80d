"""A running server, as those who connect to it need it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ADMIN_USER = "maillage_admin"
DATABASE = "maillage"


@dataclass(frozen=True)
class PostgresServer:
    """A running server: where it listens and how its administrator signs in."""

    socket_directory: Path
    admin_user: str
    admin_password: str = field(repr=False)
    database: str

    def dsn(self, user: str, password: str, database: str | None = None) -> str:
        """Address for asyncpg and SQLAlchemy; it contains the password, so keep it out of logs."""
        name = quote(database or self.database, safe="")
        host = quote(str(self.socket_directory))
        return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@/{name}?host={host}"
