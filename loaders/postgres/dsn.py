"""The addresses of a database, and an engine at one of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool


def async_url(dsn: str) -> str:
    """A `postgresql://` DSN as SQLAlchemy's asyncpg URL."""
    address, mark, query = dsn.replace("postgresql://", "postgresql+asyncpg://", 1).partition("?")
    # SQLAlchemy hands each part of the query to the driver's function, which calls `ssl` what DSNs call `sslmode`.
    parts = (
        f"ssl={part.removeprefix('sslmode=')}" if part.startswith("sslmode=") else part for part in query.split("&")
    )
    return address + mark + "&".join(parts)


@asynccontextmanager
async def brief_engine(dsn: str) -> AsyncIterator[AsyncEngine]:
    """An engine for one piece of work: it keeps no connection, and no error shows a value."""
    engine = create_async_engine(async_url(dsn), poolclass=NullPool, hide_parameters=True)
    try:
        yield engine
    finally:
        await engine.dispose()


__all__ = ["async_url", "brief_engine"]
