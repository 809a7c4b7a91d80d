"""The settings: the only reader of the environment (`MAILLAGE_...`), and the keeper of the secrets' folder."""

import hashlib
import hmac
import os
import secrets
from difflib import get_close_matches
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.http.attempts import Pace
from graph.http.budgets import Allowance
from graph.http.limits import Limits, StreamLimits
from loaders.bus.where import Nats
from loaders.monitoring.disclosure import Thresholds
from loaders.retention.terms import End, Terms
from loaders.sealed.keyring import Keyring
from schema.errors import SetupError
from schema.types.monitoring import PeriodKind

_KEY_BYTES = 32
# For synthetic data only: a demonstration has no operator who could decide.
DEMO_INTERMEDIATE_MONTHS = 36
DEMO_END = End.ANONYMISE


class Settings(BaseSettings):
    """Every setting is a value with its sentence; a misspelt one is refused."""

    model_config = SettingsConfigDict(env_prefix="MAILLAGE_", env_nested_delimiter="__", frozen=True, extra="ignore")

    dsn: str | None = Field(
        None,
        description="postgresql:// DSN of a real server, with a login that may create roles; without it an embedded server runs in `data`.",
    )
    data: Path = Field(
        Path("demo-data"), description="Folder of the embedded server, the secrets and the demonstration's keys."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(0, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    issuer: str | None = Field(
        None, description="Public https address of the service; on loopback it follows host and port."
    )
    console: bool = Field(
        default=False,
        description="Open the GraphQL console to whoever is signed in: for development; a demonstration always does.",
    )
    pool_size: int = Field(8, ge=1, le=100, description="Database connections per login and process.")
    connections: int = Field(
        64,
        ge=4,
        le=1000,
        description="Database connections per process, of all logins together; a dozen more stand beside.",
    )
    postgres_binaries: Path | None = Field(None, description="Folder of PostgreSQL's programs, version 17 or newer.")
    postgres_user: str | None = Field(
        None, description="System user that runs the embedded server when started as root."
    )

    dpop_nonce: bool = Field(
        default=False, description="Ask for a nonce of ours in every DPoP proof (RFC 9449, sections 8 and 9)."
    )

    audit_origin: str | None = Field(
        None, description="Name of the journals on their checkpoints; the issuer's host and `/journal` unless given."
    )
    audit_seconds: float = Field(60, ge=1, le=3600, description="Seconds between two seals over the journals.")
    audit_records: int = Field(10_000, ge=1, description="Access records after which is sealed at once.")
    audit_months: int = Field(12, ge=6, le=36, description="Months that the access log is kept (CNIL: 6 to 36).")
    data_keys: Path | None = Field(
        None,
        description="Folder of the key-encryption keys (docs/retention.md): with a DSN it has to be given, and lie apart from the database and its backups; without one it is in `data`.",
    )

    active_months: int = Field(
        24,
        ge=1,
        le=24,
        description="Months after its last contact until a situation is archived; the law says 24 at most.",
    )
    intermediate_months: int | None = Field(
        None,
        ge=0,
        le=240,
        description="Months of intermediate archiving: the operator has to decide; 36 in a demonstration.",
    )
    retention_end: End | None = Field(
        None,
        description="What becomes of a situation then, ANONYMISE or DELETE: the operator has to decide; ANONYMISE in a demonstration.",
    )
    backup_days: int = Field(
        35,
        ge=0,
        le=3660,
        description="How many days backups are kept: so long a retired key-encryption key opens them.",
    )

    limits: Limits = Field(
        Limits(), description="The input guard's numbers (graph/http/limits.py): MAILLAGE_LIMITS__DEPTH=8."
    )
    streams: StreamLimits = Field(
        StreamLimits(),
        description="What open streams are held to (graph/http/limits.py): MAILLAGE_STREAMS__OPERATIONS=50.",
    )
    nats: Nats | None = Field(
        None,
        description='NATS JetStream as a second bus (docs/events.md); off unless given: MAILLAGE_NATS__SERVERS=["tls://..."].',
    )
    origins: tuple[str, ...] = Field(
        (),
        description='Origins whose pages may call the API from a browser, as a JSON list (["https://outil.example"]); none unless given.',
    )

    cost_capacity: float = Field(
        50_000,
        ge=5_000,
        description="Query cost that an organisation may spend at once, per process; at least one whole document's.",
    )
    cost_restored: float = Field(
        1_000, ge=1, description="Query cost that comes back to an organisation per second, per process."
    )

    failures_per_client: int = Field(
        10,
        ge=1,
        description="Failed authentications of one client from one address before it has to wait, per process.",
    )
    failures_per_address: int = Field(
        50,
        ge=1,
        description="Failed authentications from one address (IPv6: one /64) before it has to wait, per process.",
    )
    failure_seconds: float = Field(300, ge=1, description="Seconds that a failure counts.")
    tokens_per_minute: int = Field(60, ge=1, description="Tokens per minute for one client and member, per process.")
    proxies: str = Field(
        "",
        description="Addresses or networks of our own proxies, with commas: only their X-Forwarded-For is believed.",
    )
    operator: str | None = Field(
        None, description="Member id or address of the administrator who uses the command line, unless --as is given."
    )
    monitoring_calendar: PeriodKind = Field(
        PeriodKind.REPORT,
        description="The calendar in which figures are published, REPORT (years from 3 April) or CIVIL: one, because two would tell of the days between them.",
    )
    thresholds: Thresholds = Field(
        Thresholds(),
        description="Below which numbers of persons figures are masked (loaders/monitoring/disclosure.py): MAILLAGE_THRESHOLDS__FINE=20.",
    )

    @property
    def pace(self) -> Pace:
        """How often somebody may fail, and get tokens."""
        return Pace(self.failures_per_client, self.failures_per_address, self.failure_seconds, self.tokens_per_minute)

    @property
    def allowance(self) -> Allowance:
        """What each organisation may ask for."""
        return Allowance(self.cost_capacity, self.cost_restored)

    @property
    def journal_origin(self) -> str:
        """What checkpoints are signed as: it must stay the same for as long as witnesses keep them."""
        return self.audit_origin or f"{urlsplit(self.issuer or '').netloc or 'localhost'}/journal"

    @property
    def terms(self) -> Terms:
        """How long cases are kept. Raises SetupError where a real database has no decision of its operator."""
        if self.dsn is not None and (self.intermediate_months is None or self.retention_end is None):
            raise SetupError(
                "How long situations stay archived, and what becomes of them then, is the operator's decision, with its "
                "data protection officer: set MAILLAGE_INTERMEDIATE_MONTHS and MAILLAGE_RETENTION_END (ANONYMISE or "
                "DELETE). Nothing was changed."
            )
        months = DEMO_INTERMEDIATE_MONTHS if self.intermediate_months is None else self.intermediate_months
        return Terms(self.active_months, months, self.retention_end or DEMO_END)

    @model_validator(mode="after")
    def _all_known(self) -> Self:
        """A limit that somebody believes to have set, and that nothing reads, is worse than none."""
        prefix = str(self.model_config["env_prefix"])
        known = [prefix + name.upper() for name in type(self).model_fields]
        for name in sorted(os.environ):  # noqa: TID251 (this is the one place that reads it)
            if name.startswith(prefix) and name.partition("__")[0] not in known:
                near = get_close_matches(name, known, n=1)
                raise ValueError(f"{name} is no setting{f': did you mean {near[0]}?' if near else ''}")
        return self

    @field_validator("origins")
    @classmethod
    def _exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if "*" in origin or parts.scheme not in {"https", "http"} or f"{parts.scheme}://{parts.netloc}" != origin:
                raise ValueError(f"{origin!r} is no origin: scheme, host and port, nothing else and no wildcard")
        return origins


class Secrets:
    """Random keys in files of mode 0600: passwords, sealing of signing keys, cursors, checkpoints, the keyring of P5."""

    def __init__(self, folder: Path, data_keys: Path | None = None) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.keyring = Keyring(data_keys or folder / "data-keys")
        if data_keys is None:
            self.keyring.create_first()
        self.database = self._key("database.key")
        self.sealing = self._key("sealing.key")
        self.cursors = self._key("cursors.key")
        # Signs the checkpoints of the journals: whoever reads the database must not be able to make one.
        self.journal = self._key("journal.key")

    @property
    def webhooks(self) -> bytes:
        """The key from which the secrets of webhooks are derived."""
        return hmac.new(self.sealing, b"webhook secrets", hashlib.sha256).digest()

    @property
    def pseudonyms(self) -> bytes:
        """The key of the readers' pseudonyms."""
        return hmac.new(self.cursors, b"reader pseudonyms", hashlib.sha256).digest()

    @property
    def idempotency(self) -> bytes:
        """The key of the hashes by which repeated acts are known."""
        return hmac.new(self.cursors, b"idempotency keys", hashlib.sha256).digest()

    @property
    def signin(self) -> bytes:
        """The key that seals sign-ins on their way, ID tokens and our secrets at providers."""
        return hmac.new(self.sealing, b"sign-in", hashlib.sha256).digest()

    @property
    def forms(self) -> bytes:
        """The key of the tokens in the pages' forms."""
        return hmac.new(self.cursors, b"forms", hashlib.sha256).digest()

    @property
    def nonces(self) -> bytes:
        """The key of the nonces that DPoP proofs carry."""
        return hmac.new(self.cursors, b"dpop nonces", hashlib.sha256).digest()

    @classmethod
    def of(cls, settings: Settings) -> "Secrets":
        """The secrets these settings name. Raises SetupError where a real database has no folder of keys of its own."""
        if settings.dsn is not None and settings.data_keys is None:
            raise SetupError(
                "MAILLAGE_DATA_KEYS is not set: name the folder of the key-encryption keys, apart from the database and "
                "its backups; `python -m graph data-keys init` makes the first key."
            )
        return cls(settings.data / "secrets", settings.data_keys)

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
