"""Runs commands, one transaction each: the key of a repeat, the token, the command, its access record; or nothing happened."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import asyncpg

from auth.caller import Caller
from loaders.audit import AccessRecord, AuditWriter
from loaders.audit_chain import Event
from loaders.command_log import CommandLog, Written
from loaders.commands.work import Command, Work
from loaders.execute import AWAY
from loaders.idempotency import Claim, Claims, opened
from loaders.keyring import Keyring
from loaders.monitoring.publishing import Publishing
from loaders.question import Categories
from loaders.webhooks import current_secret
from schema.errors import (
    DomainRefusalError,
    MaillageError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)

logger = logging.getLogger(__name__)

BUSY = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: the row to show, or the refusal; and the situations of its record in the access log."""

    subject: UUID | None
    refusal: DomainRefusalError | None = None
    recorded: frozenset[str] = frozenset()


_NOTHING_SHOWN = Categories((), ())


@dataclass(frozen=True, slots=True)
class _Act:
    """One mutation to run, and what its access record says of it."""

    name: str
    command: Command
    caller: Caller
    wish: Any
    trace_id: str
    shown: Categories
    claim: Claim | None


@dataclass(slots=True)
class _Doubt:
    """Whether COMMIT was sent: until then nothing is written, from then on only its answer says what is."""

    arisen: bool = False


class Commands:
    """Runs commands: one transaction each, with its access record in it."""

    def __init__(
        self,
        pool: Callable[[], Awaitable["asyncpg.Pool[Any]"]],
        audit: AuditWriter,
        keyring: Keyring,
        claims: Claims,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        committed: Callable[[], None] = lambda: None,
        issuer: str = "",
        log: CommandLog | None = None,
        webhooks: bytes = b"",
        publishing: Publishing = Publishing(),  # noqa: B008 - frozen
    ) -> None:
        self._pool = pool
        self._audit = audit
        self._keyring = keyring
        self._claims = claims
        self._clock = clock
        # Called after each COMMIT: its events can be told now.
        self._committed = committed
        self._issuer = issuer
        self._log = log or CommandLog()
        self._webhooks = webhooks
        self._publishing = publishing

    async def secret(self, webhook: UUID) -> str:
        """The secret that signs for a webhook: for the answer to who has just made it, under the same key again too."""
        return await current_secret(await self._pool(), self._webhooks, webhook)

    async def run(
        self,
        name: str,
        command: Command,
        caller: Caller,
        wish: Any,
        trace_id: str,
        shown: Categories = _NOTHING_SHOWN,
    ) -> Outcome:
        """Do it, or refuse and leave nothing behind; `shown` is what the payload will show of the new state.

        What was done before under the same key is not done again: its row is shown, and nothing counts as recorded.
        Raises: RefusedError (not found, bad input, token no longer standing, database away).
        """
        act = _Act(name, command, caller, wish, trace_id, shown, self._claims.of(name, caller, wish))
        doubt = _Doubt()
        try:
            async with (await self._pool()).acquire() as connection:
                return await self._attempt(act, cast("asyncpg.Connection[Any]", connection), doubt)
        except MaillageError:
            raise
        except AWAY as problem:
            logger.warning("command without database", extra={"error": type(problem).__name__})
            raise (
                _in_doubt()
                if doubt.arisen
                else UnavailableError(
                    "Le service ne peut pas enregistrer pour le moment : rien n'a été écrit, réessayez."
                )
            ) from None
        except BUSY:
            raise UnavailableError(
                "Une autre écriture est en cours sur cette fiche : rien n'a été écrit, réessayez.", reason="BUSY"
            ) from None
        except asyncpg.IntegrityConstraintViolationError as problem:
            # The message of the server quotes values and names constraints: only its class is kept.
            logger.warning("command refused by a constraint", extra={"error": type(problem).__name__})
            return Outcome(
                None, DomainRefusalError("NOT_ALLOWED_HERE", "Ces valeurs ne vont pas ensemble : rien n'a été écrit.")
            )

    async def _attempt(self, act: _Act, connection: "asyncpg.Connection[Any]", doubt: _Doubt) -> Outcome:
        work = Work(connection, act.caller, self._clock(), self._keyring, self._issuer, self._publishing)
        written: Written | None = None
        try:
            async with connection.transaction():
                subject, written = await self._done(act, work)
                doubt.arisen = written is not None
        except (DomainRefusalError, NotFoundError) as refusal:
            await self._audit.write(_record(act, work, "REFUSAL", refusal.code))
            if isinstance(refusal, DomainRefusalError):
                return Outcome(None, refusal)
            raise
        except BaseException:
            if written is not None:
                self._log.lost(written)
            raise
        if written is None:
            return Outcome(subject)
        self._log.committed(written)
        self._committed()
        return Outcome(subject, None, frozenset(map(str, work.situations)))

    async def _done(self, act: _Act, work: Work) -> tuple[UUID, Written | None]:
        """All that stands before COMMIT: the row to show, and the record of the act, or none where it was done before."""
        if act.claim is not None or not act.command.asks_standing:
            opening = await opened(work.connection, act.caller, act.claim)
            if not opening.stands:
                raise UnauthenticatedError
            if opening.subject is not None:
                return opening.subject, None
        subject = await act.command.run(work, act.wish)
        kept = None if act.claim is None else (act.claim.id, act.claim.request, subject)
        # In the same transaction: what is done is in the log, and what is not done is not.
        return subject, await self._log.add(work.connection, _record(act, work, "COMMAND", "OK", act.shown), kept)


def _in_doubt() -> UnavailableError:
    return UnavailableError(
        "La base s'est éloignée pendant l'enregistrement : on ne sait pas si l'acte est écrit. Relisez la fiche, ou "
        "renvoyez-le avec la même clé d'idempotence.",
        reason="IN_DOUBT",
    )


def _record(act: _Act, work: Work, event: Event, outcome: str, shown: Categories = _NOTHING_SHOWN) -> AccessRecord:
    caller = act.caller
    categories = work.categories | set(shown.read)
    situations = ",".join(f'"{situation}"' for situation in sorted(work.situations, key=str))
    return AccessRecord(
        at=work.now,
        event=event,
        outcome=outcome,
        trace_id=act.trace_id,
        organisation_id=caller.organisation_id,
        client_id=caller.client_id,
        member_id=caller.member_id,
        audience=caller.audience.value,
        purpose=caller.purpose.value if caller.purpose else None,
        operation=f"{act.name}; {work.about}" if work.about else act.name,
        document_hash=None,
        situations=f"[{situations}]".encode(),
        categories=tuple(sorted(categories)),
        withheld=tuple(sorted(set(shown.conditional) - categories)),
    )
