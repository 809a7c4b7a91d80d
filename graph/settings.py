"""The settings: the only reader of the environment (`MAILLAGE_...`), and the keeper of the secrets' folder."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.guard import Limits
from schema.errors import SetupError

_KEY_BYTES = 32


class Settings(BaseSettings):
    """Every setting is a value with its sentence; a misspelt one is refused."""

    model_config = SettingsConfigDict(env_prefix="MAILLAGE_", frozen=True, extra="ignore")

    dsn: str | None = Field(
        None,
        description="postgresql:// DSN of a real server, with a login that may create roles; without it an embedded server runs in `data`.",
    )
    data: Path = Field(
        Path("demo-data"), description="Folder of the embedded server, the secrets and the demonstration's keys."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(0, description="Port to listen on; 0 takes a free one.")
    issuer: str | None = Field(
        None, description="Public https address of the service; on loopback it follows host and port."
    )
    pool_size: int = Field(8, ge=1, le=100, description="Database connections per audience and process.")
    postgres_binaries: Path | None = Field(None, description="Folder of PostgreSQL's programs, version 17 or newer.")
    postgres_user: str | None = Field(
        None, description="System user that runs the embedded server when started as root."
    )

    audit_origin: str | None = Field(
        None, description="Name of the journals on their checkpoints; the issuer's host and `/journal` unless given."
    )
    audit_seconds: float = Field(60, ge=1, le=3600, description="Seconds between two seals over the journals.")
    audit_records: int = Field(10_000, ge=1, description="Access records after which is sealed at once.")
    audit_months: int = Field(12, ge=6, le=36, description="Months that the access log is kept (CNIL: 6 to 36).")

    deadline: float = Field(10, gt=0, le=60, description="Seconds after which a request without an answer is refused.")

    @property
    def journal_origin(self) -> str:
        """What checkpoints are signed as: it must stay the same for as long as witnesses keep them."""
        return self.audit_origin or f"{urlsplit(self.issuer or '').netloc or 'localhost'}/journal"

    @property
    def limits(self) -> Limits:
        """The input guard's numbers."""
        return Limits(answer_seconds=self.deadline)


class Secrets:
    """Random keys in files of mode 0600: database passwords, sealing of signing keys, cursors, checkpoints."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = self._key("database.key")
        self.sealing = self._key("sealing.key")
        self.cursors = self._key("cursors.key")
        # Signs the checkpoints of the journals: whoever reads the database must not be able to make one.
        self.journal = self._key("journal.key")

    @property
    def pseudonyms(self) -> bytes:
        """The key of the readers' pseudonyms."""
        return hmac.new(self.cursors, b"reader pseudonyms", hashlib.sha256).digest()

    def _key(self, name: str) -> bytes:
        path = self._folder / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            found = path.read_bytes()
            if len(found) != _KEY_BYTES:
                raise SetupError(f"{path} is not a key of {_KEY_BYTES} bytes: restore it from its backup.") from None
            return found
        made = secrets.token_bytes(_KEY_BYTES)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
        return made
