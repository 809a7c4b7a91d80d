"""A log with records to write into it, and what is asked of it afterwards."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.dialects import postgresql

from loaders.embedded.server import PostgresServer
from loaders.journals.audit import AccessRecord, AuditWriter, verify
from loaders.journals.audit_chain import Verification
from schema.errors import UnavailableError

SMALL = {"shared_buffers": "16MB"}
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy
PASSWORD = "writes only"
AT = datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=UTC)
RECORD = AccessRecord(
    at=AT,
    event="READ",
    outcome="OK",
    trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
    organisation_id=UUID("1c9f6d1e-6a3c-4a0e-9d4b-111111111111"),
    client_id="crip-75",
    member_id=UUID("1c9f6d1e-6a3c-4a0e-9d4b-222222222222"),
    audience="CRIP",
    purpose="EVALUATION",
    operation="situations",
    document_hash="ab" * 32,
    situations=b'["1c9f6d1e-6a3c-4a0e-9d4b-333333333333",  "\\u00e9"]',
    categories=("IDENTITY", "HEALTH"),
    withheld=("CALLER_IDENTITY",),
)
EMPTY = replace(
    RECORD,
    organisation_id=None,
    client_id=None,
    member_id=None,
    purpose=None,
    operation=None,
    document_hash=None,
    situations=b"[]",
    categories=(),
    withheld=(),
)

# A value of a wrong type, as a bug would hand it over.
NOTHING: Any = None

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def numbered(number: int) -> AccessRecord:
    return replace(RECORD, trace_id=f"trace {number}")


@contextlib.asynccontextmanager
async def owner(server: PostgresServer) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(server.dsn(server.admin_user, server.admin_password), timeout=5)
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def writing(server: PostgresServer, *, max_batch: int = 500) -> AsyncIterator[AuditWriter]:
    writer = AuditWriter(server.dsn("maillage_audit", PASSWORD), max_batch=max_batch)
    await writer.start()
    try:
        yield writer
    finally:
        await writer.close()


async def execute(server: PostgresServer, statement: str, *values: object) -> None:
    async with owner(server) as connection:
        await connection.execute(statement, *values)


async def rows(server: PostgresServer) -> list[asyncpg.Record]:
    async with owner(server) as connection:
        return await connection.fetch("SELECT *, xmin::text AS batch FROM access_log ORDER BY writer_id, seq")


async def verified(server: PostgresServer) -> Verification:
    async with owner(server) as connection:
        return await verify(connection)


async def eventually(question: Callable[[], bool], patience: float = 10.0) -> None:
    deadline = time.monotonic() + patience
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def refused(write: Awaitable[None]) -> str:
    with pytest.raises(UnavailableError) as caught:
        await asyncio.wait_for(write, 5)
    return caught.value.reason or ""
