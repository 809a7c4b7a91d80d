"""What goes wrong between the command line and its database or files, in a sentence that says what to do."""

import errno
import socket
from collections.abc import Iterator

import asyncpg
from pydantic import ValidationError

_NO_ANSWER = "Nothing answers there: is PostgreSQL running, and are host and port of MAILLAGE_DSN right?"
# No folder of a socket of that name, no way to that network or host.
_NOWHERE = frozenset({errno.ENOENT, errno.ENETUNREACH, errno.EHOSTUNREACH})

# The first class that fits. No sentence repeats what the driver says: it can quote an address with its password.
_SENTENCES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (socket.gaierror, "The host of MAILLAGE_DSN is not known: check its name."),
    ((ConnectionError, TimeoutError), _NO_ANSWER),
    (asyncpg.CannotConnectNowError, "PostgreSQL is starting or stopping: try again in a moment."),
    (asyncpg.TooManyConnectionsError, "PostgreSQL has no connection left: raise max_connections, or stop a process."),
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        "PostgreSQL refuses this login or its password. MAILLAGE_DSN names the administrator of the database; the passwords of "
        "the other logins follow from the secrets of this folder: where they are new, run `python -m graph migrate` again.",
    ),
    (asyncpg.InvalidCatalogNameError, "There is no database of that name: create it first (CREATE DATABASE ...)."),
    (
        asyncpg.InsufficientPrivilegeError,
        "The login of MAILLAGE_DSN may not do this: it has to own the database and be able to create roles (CREATEROLE).",
    ),
    (
        asyncpg.UndefinedTableError,
        "The database is not at the version of this code: run `python -m graph migrate` first.",
    ),
    (asyncpg.DiskFullError, "The disk of PostgreSQL is full."),
)


def sentence_of(problem: BaseException) -> str | None:
    """The sentence for trouble from outside; None for what can only be a fault of ours."""
    for cause in _causes(problem):
        if isinstance(cause, ValidationError):
            return _settings(cause)
        for kinds, sentence in _SENTENCES:
            if isinstance(cause, kinds):
                return sentence
        if isinstance(cause, OSError) and cause.filename is None and cause.errno in _NOWHERE:
            return _NO_ANSWER
        if isinstance(cause, OSError) and cause.filename is not None:
            return f"{cause.filename}: {(cause.strerror or 'cannot be used').lower()}."
    return None


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The exception, and what it was raised from: SQLAlchemy wraps the driver's, the driver wraps the system's."""
    found: BaseException | None = problem
    while found is not None:
        yield found
        found = found.__cause__


def _settings(problem: ValidationError) -> str:
    """Which settings are wrong, and how; never their values."""
    told = []
    for error in problem.errors(include_input=False, include_url=False):
        said = error["msg"].removeprefix("Value error, ")
        name = "__".join(str(part) for part in error["loc"]).upper()
        told.append(f"MAILLAGE_{name}: {said}" if name else said)
    said = "; ".join(told)
    return said if said.endswith("?") else f"{said}."
