"""Each month has its partition, and chains run through them."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from loaders.embedded.server import PostgresServer
from loaders.journals.audit import partition_statements
from loaders.journals.audit_chain import Verification
from tests.loaders.audit.log import RECORD, execute, owner, verified, writing


def test_each_month_has_its_partition_and_whole_chains(server: PostgresServer) -> None:
    late = datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC)
    moments = [late, late + timedelta(microseconds=1), late, datetime(2031, 1, 1, tzinfo=UTC)]
    # 00:30 in Paris on the first of December is still November.
    moments.append(datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))))

    async def scenario() -> None:
        async with writing(server) as writer:
            await asyncio.gather(*(writer.write(replace(RECORD, at=at)) for at in moments))
        async with owner(server) as connection:
            found = await connection.fetch(
                "SELECT tableoid::regclass::text AS partition, writer_id, seq FROM access_log ORDER BY 1, 3"
            )
        assert [(row["partition"], row["seq"]) for row in found] == [
            ("access_log_2026_11", 1),
            ("access_log_2026_11", 2),
            ("access_log_2026_11", 3),
            ("access_log_2026_12", 1),
            ("access_log_default", 1),
        ]
        assert await verified(server) == Verification(chains=3, good=5, broken=0, faults=())
        await execute(server, "TRUNCATE access_log_2026_11")
        assert await verified(server) == Verification(chains=2, good=2, broken=0, faults=())

    asyncio.run(scenario())


def test_partitions_follow_each_other_over_the_year_and_can_be_asked_for_again(server: PostgresServer) -> None:
    statements = partition_statements(date(2026, 11, 22), 3)
    assert statements == [
        "CREATE TABLE IF NOT EXISTS access_log_2026_11 PARTITION OF access_log "
        "FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00')",
        "CREATE TABLE IF NOT EXISTS access_log_2026_12 PARTITION OF access_log "
        "FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')",
        "CREATE TABLE IF NOT EXISTS access_log_2027_01 PARTITION OF access_log "
        "FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00')",
        "CREATE TABLE IF NOT EXISTS access_log_default PARTITION OF access_log DEFAULT",
    ]

    async def again() -> None:
        for statement in statements:
            await execute(server, statement)

    asyncio.run(again())
