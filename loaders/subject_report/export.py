"""The export itself: only with an open request on record, for a live officer, and in the access log before it leaves.

What the policy never shows a DPO, what a second person would have to open first (section 9) and what is about other
people is left out, and the report says so, with the reason.
"""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import Text, bindparam, cast, func, select, true

from auth.caller import Caller
from loaders.journals.audit_chain import AccessRecord
from loaders.nouns import NOUNS
from loaders.policy.context import values as context_values
from loaders.policy.context import word
from loaders.postgres.logins import COMMANDS, login_of
from loaders.statement.fetching import fetch
from loaders.subject_report.gathering import Gathering
from loaders.subject_report.report import READERS, RECIPIENTS, Gathered, SubjectReport
from loaders.subject_report.request import (
    DPO,
    REPORTED,
    NoRequestError,
    OfThe119Error,
    WhichMinorError,
    officer_of,
    open_request,
)
from schema.vocabulary import Purpose

if TYPE_CHECKING:
    from loaders.journals.audit import AuditWriter
    from loaders.statement.execute import Reader

OPERATION = "subjectReport"


async def subject_report(
    reader: Reader,
    audit: AuditWriter,
    officer: UUID,
    ref: str,
    *,
    now: datetime,
    trace_id: str,
    about: UUID | None = None,
) -> SubjectReport:
    """The report of one situation, by its reference; `about` is the minor, where there are several.

    Raises: NoOfficerError, NoRequestError, OfThe119Error, WhichMinorError, UnavailableError (no record in the log, no report).
    """
    lanes = reader.lanes(COMMANDS)
    caller = await officer_of(lanes, officer)
    request = await open_request(lanes, caller, ref)
    if request is None or (about is not None and about not in request.minors):
        await audit.write(_record(caller, now, trace_id, NoRequestError.code, None, Gathered()))
        raise NoRequestError
    if not request.ours:
        await audit.write(_record(caller, now, trace_id, OfThe119Error.code, None, Gathered()))
        raise OfThe119Error
    about = about or request.about
    if about is None and len(request.minors) > 1:
        raise WhichMinorError
    others = request.minors - {about or next(iter(request.minors), None)}
    async with (
        reader.lanes(login_of(DPO)).acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await _as_officer(connection, caller)
        gathering = Gathering(connection, caller, request, others)
        for noun in NOUNS.values():
            if noun.situation_column:
                await gathering.noun(noun)
    gathered = gathering.gathered
    await audit.write(_record(caller, now, trace_id, "OK", request.situation_id, gathered))
    await fetch(lanes, REPORTED, {"request": request.id, "at": now})
    return SubjectReport(
        request.ref,
        now,
        request.received_at,
        request.due_at,
        tuple(one for name, one in gathered.sections.items() if name not in {RECIPIENTS, READERS}),
        gathered.sections[RECIPIENTS],
        gathered.sections[READERS],
        tuple(gathered.omissions),
    )


def _record(
    caller: Caller, now: datetime, trace_id: str, outcome: str, case: UUID | None, gathered: Gathered
) -> AccessRecord:
    return AccessRecord(
        at=now,
        event="READ" if case else "REFUSAL",
        outcome=outcome,
        trace_id=trace_id,
        organisation_id=caller.organisation_id,
        client_id=None,
        member_id=caller.member_id,
        audience=DPO.value,
        purpose=Purpose.CONTROL.value,
        operation=OPERATION,
        document_hash=None,
        situations=orjson.dumps([str(case)] if case else []),
        categories=tuple(sorted(gathered.read)),
        withheld=tuple(sorted(gathered.withheld - gathered.read)),
    )


async def _as_officer(connection: Any, caller: Caller) -> None:
    """The second wall stands here too: the officer's login, with the officer's facts."""
    binds = context_values(caller)
    for name in ("organisation", "authority", "member", "kind", "purpose"):
        statement = select(
            func.set_config(word(f"app.{name}"), cast(bindparam("value", type_=Text), Text), true()).label("set")
        )
        await fetch(connection, statement, {"value": str(binds[f"viewer_{name}"])})
