"""What the supervisor asks of the server as its administrator, by `psql`."""

import subprocess
from pathlib import Path

from loaders.embedded.binaries import Binaries
from loaders.embedded.errors import StartFailedError
from loaders.embedded.folder import read_password
from loaders.embedded.identity import clean_environment
from loaders.embedded.server import ADMIN_USER, DATABASE


def psql(binaries: Binaries, data: Path, sockets: Path, statements: str) -> subprocess.CompletedProcess[str]:
    """Run statements until one fails."""
    command = [binaries.path("psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"]
    command += ["-h", str(sockets), "-U", ADMIN_USER, "-d", "postgres"]
    environment = {**clean_environment(), "PGPASSWORD": read_password(data), "PGCONNECT_TIMEOUT": "10"}
    return subprocess.run(
        command, input=statements, capture_output=True, text=True, check=False, env=environment, cwd="/"
    )


def create_database(binaries: Binaries, data: Path, sockets: Path) -> None:
    """Once: a second time there is nothing to do. Raises: StartFailedError."""
    statement = (
        f"SELECT 'CREATE DATABASE {DATABASE} OWNER {ADMIN_USER}' "
        f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n"
    )
    answer = psql(binaries, data, sockets, statement)
    if answer.returncode != 0:
        raise StartFailedError(f"The database {DATABASE} could not be created.", reason=answer.stderr.strip())
