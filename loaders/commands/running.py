"""Runs commands, one transaction each: the key of a repeat, the token, the command, its access record; or nothing happened."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from auth.caller import Caller
from loaders.commands.at_once import AtOnce, Shown
from loaders.commands.group_commit import Doubt, GroupCommit, Sent
from loaders.commands.idempotency import Claim, Claims, opened, said
from loaders.commands.work import Acting, Command, Work
from loaders.journals.audit import AccessRecord, AuditWriter
from loaders.journals.audit_chain import Event
from loaders.journals.command_log import CommandLog, Written
from loaders.monitoring.publishing import Publishing
from loaders.policy.context import values
from loaders.postgres.connections import Lanes
from loaders.sealed.keyring import Keyring
from loaders.statement.execute import AWAY, our_bug
from loaders.statement.question import Categories
from loaders.webhooks.webhooks import current_secret
from schema.errors import (
    DomainRefusalError,
    MaillageError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from schema.tables.journal import access_log

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
    # The row as the payload shows it, where the command could say.
    told: bytes | None = None
    shown_once: str | None = field(default=None, repr=False)


_NOTHING_SHOWN = Categories((), ())


@dataclass(frozen=True, slots=True)
class _Act:
    """One mutation to run, and what its access record says of it."""

    name: str
    command: Command | AtOnce
    caller: Caller
    wish: Any
    trace_id: str
    shown: Shown
    claim: Claim | None


class Commands:
    """Runs commands: one transaction each, with its access record in it."""

    def __init__(
        self,
        lanes: Lanes,
        audit: AuditWriter,
        keyring: Keyring,
        claims: Claims,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        committed: Callable[[], None] = lambda: None,
        issuer: str = "",
        log: CommandLog | None = None,
        webhooks: bytes = b"",
        publishing: Publishing = Publishing(),  # noqa: B008 - frozen
        explain: Callable[[], Awaitable[None]] = our_bug,
    ) -> None:
        self._lanes = lanes
        self._audit = audit
        self._keyring = keyring
        self._claims = claims
        self._clock = clock
        # Called after each COMMIT: its events can be told now.
        self._committed = committed
        self._issuer = issuer
        self._log = log or CommandLog()
        self._group = GroupCommit(lanes, self._log)
        self._webhooks = webhooks
        self._publishing = publishing
        self._explain = explain

    async def secret(self, webhook: UUID) -> str:
        """The secret that signs for a webhook: for the answer to who has just made it, under the same key again too."""
        async with self._lanes.acquire() as connection:
            return await current_secret(connection, self._webhooks, webhook)

    async def run(
        self,
        name: str,
        command: Command | AtOnce,
        caller: Caller,
        wish: Any,
        trace_id: str,
        shown: Shown | None = None,
    ) -> Outcome:
        """Do it, or refuse and leave nothing behind; `shown` is what the payload will show of the new state.

        What was done before under the same key is not done again: its row is shown, and nothing counts as recorded.
        Raises: RefusedError (not found, bad input, token no longer standing, database away).
        """
        act = _Act(name, command, caller, wish, trace_id, shown or Shown(), self._claims.of(name, caller, wish))
        doubt = Doubt()
        try:
            return await self._attempt(act, doubt)
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
        except asyncpg.SyntaxOrAccessError as problem:
            await self._explain()
            if not isinstance(problem, asyncpg.InsufficientPrivilegeError):
                raise
            raise _not_recorded(problem) from None

    async def _attempt(self, act: _Act, doubt: Doubt) -> Outcome:
        now = self._clock()
        if isinstance(act.command, AtOnce):
            acting = Acting(caller=act.caller, now=now)
            return await self._unless_refused(act, acting, self._at_once(act.command, act, acting, doubt))
        async with self._lanes.acquire() as connection:
            work = Work(
                caller=act.caller,
                now=now,
                connection=connection,
                keyring=self._keyring,
                issuer=self._issuer,
                publishing=self._publishing,
            )
            return await self._unless_refused(act, work, self._in_steps(act.command, act, work, doubt))

    async def _unless_refused(self, act: _Act, acting: Acting, done: Awaitable[Outcome]) -> Outcome:
        try:
            return await done
        except (DomainRefusalError, NotFoundError) as known:
            refusal = known
        except asyncpg.IntegrityConstraintViolationError as problem:
            refusal = _not_together(problem)
        # A refusal is in the access log whoever found it, the command or a constraint.
        await self._audit.write(_record(act, acting, "REFUSAL", refusal.code))
        if isinstance(refusal, DomainRefusalError):
            return Outcome(None, refusal)
        raise refusal

    async def _at_once(self, command: AtOnce, act: _Act, acting: Acting, doubt: Doubt) -> Outcome:
        """The statement that is the command: what it answers is committed."""
        wanted = command.wanted(acting, act.wish)
        versioned, claim = act.wish.expected_version is not None, act.claim
        record = _record(act, acting, "COMMAND", "OK", act.shown.categories, wanted.categories)
        binds = {**values(act.caller), **wanted.binds}
        if claim is not None:
            binds |= {"claim": claim.id, "claim_request": claim.request}
        for moving in (False, True)[wanted.moves :]:
            statement = act.shown.statement(
                command, act.caller.audience, versioned=versioned, claimed=claim is not None, moving=moving
            )
            found = await self._group.answered(Sent(statement, binds, record, doubt))
            if not found["moves"]:
                break
        opening = said(found, claim)
        if not opening.stands:
            raise UnauthenticatedError
        if opening.subject is not None:
            return Outcome(opening.subject)
        if found["situation_id"] is None:
            raise NotFoundError
        acting.situations.add(found["situation_id"])
        acting.categories |= wanted.categories
        if found["made_id"] is None:
            command.refuse(act.wish, found)
        self._committed()
        told = None if act.shown.selection is None else found["told"]
        return Outcome(found["made_id"], None, frozenset(map(str, acting.situations)), told)

    async def _in_steps(self, command: Command, act: _Act, work: Work, doubt: Doubt) -> Outcome:
        written: Written | None = None
        try:
            async with work.connection.transaction():
                subject, written = await self._done(command, act, work)
                doubt.arisen = written is not None
        except BaseException:
            if written is not None:
                self._log.lost(written)
            raise
        if written is None:
            return Outcome(subject)
        self._log.committed(written)
        self._committed()
        return Outcome(subject, None, frozenset(map(str, work.situations)), shown_once=work.shown_once)

    async def _done(self, command: Command, act: _Act, work: Work) -> tuple[UUID, Written | None]:
        """All that stands before COMMIT: the row to show, and the record of the act, or none where it was done before."""
        if act.claim is not None or not command.asks_standing:
            opening = await opened(work.connection, act.caller, act.claim)
            if not opening.stands:
                raise UnauthenticatedError
            if opening.subject is not None:
                return opening.subject, None
        subject = await command.run(work, act.wish)
        kept = None if act.claim is None else (act.claim.id, act.claim.request, subject)
        record = _record(act, work, "COMMAND", "OK", act.shown.categories)
        # In the same transaction: what is done is in the log, and what is not done is not.
        return subject, await self._log.add(work.connection, record, kept)


def _not_recorded(problem: asyncpg.PostgresError) -> UnavailableError:
    # The message of the server can quote a record.
    logger.error("access log: a command's record was refused: %s", type(problem).__name__)
    return UnavailableError(reason=f"access log: {type(problem).__name__}")


def _not_together(problem: asyncpg.IntegrityConstraintViolationError) -> DomainRefusalError:
    """The refusal by a constraint. Raises UnavailableError where it is one of the access log."""
    if (problem.table_name or "").startswith(access_log.name):
        raise _not_recorded(problem) from None
    # The message of the server quotes values and names constraints: only its class is kept.
    logger.warning("command refused by a constraint", extra={"error": type(problem).__name__})
    return DomainRefusalError("NOT_ALLOWED_HERE", "Ces valeurs ne vont pas ensemble : rien n'a été écrit.")


def _in_doubt() -> UnavailableError:
    return UnavailableError(
        "La base s'est éloignée pendant l'enregistrement : on ne sait pas si l'acte est écrit. Relisez la fiche, ou "
        "renvoyez-le avec la même clé d'idempotence.",
        reason="IN_DOUBT",
    )


def _record(
    act: _Act,
    acting: Acting,
    event: Event,
    outcome: str,
    shown: Categories = _NOTHING_SHOWN,
    written: frozenset[str] = frozenset(),
) -> AccessRecord:
    caller = act.caller
    categories = acting.categories | written | set(shown.read)
    situations = ",".join(f'"{situation}"' for situation in sorted(acting.situations, key=str))
    return AccessRecord(
        at=acting.now,
        event=event,
        outcome=outcome,
        trace_id=act.trace_id,
        organisation_id=caller.organisation_id,
        client_id=caller.client_id,
        member_id=caller.member_id,
        audience=caller.audience.value,
        purpose=caller.purpose.value if caller.purpose else None,
        operation=f"{act.name}; {acting.about}" if acting.about else act.name,
        document_hash=None,
        situations=f"[{situations}]".encode(),
        categories=tuple(sorted(categories)),
        withheld=tuple(sorted(set(shown.conditional) - categories)),
    )
