"""What there is to ask of a database: pages, single reports, follow-ups to write."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from bench.questions import FollowUpWrite, Place


async def find_authority(connection: "asyncpg.Connection[Any]", organisation: str) -> UUID:
    found: UUID = await connection.fetchval(
        "SELECT authority_id FROM organisation WHERE name = $1 AND kind = 'CRIP'", organisation
    )
    return found


async def find_places(connection: "asyncpg.Connection[Any]", authority: UUID, count: int) -> list[Place]:
    rows = await connection.fetch(
        """SELECT sent_at FROM (
             SELECT sent_at, row_number() OVER (ORDER BY sent_at DESC) AS place, count(*) OVER () AS all_of_them FROM concern_report
             WHERE to_authority_id = $1 AND status <> ALL ('{DRAFT,VALIDATED,MISROUTED}')) inbox
           WHERE place % greatest(1, all_of_them / $2) = 0 ORDER BY place""",
        authority,
        count,
    )
    return [Place(authority, row["sent_at"]) for row in rows]


async def find_singles(connection: "asyncpg.Connection[Any]", authority: UUID) -> list[UUID]:
    rows = await connection.fetch(
        """SELECT r.id FROM concern_report r JOIN reach ON viewer = $1 AND reach.situation_id = r.situation_id AND via = 'REPORTED'
           WHERE to_authority_id = $1 AND r.status <> ALL ('{DRAFT,VALIDATED,MISROUTED}') AND now() BETWEEN starts_at AND ends_at
           AND (SELECT count(*) FROM follow_up f WHERE f.situation_id = r.situation_id) BETWEEN 2 AND 4
           ORDER BY r.id LIMIT 500""",
        authority,
    )
    return [row["id"] for row in rows]


async def find_writes(connection: "asyncpg.Connection[Any]", member: UUID) -> list[FollowUpWrite]:
    rows = await connection.fetch(
        """SELECT r.id, r.situation_id, r.to_org_id FROM referral r JOIN situation s ON s.id = r.situation_id
           WHERE r.assigned_member_id = $1 AND r.status = 'ONGOING' AND r.kind = 'DIRECT_SUPPORT'
           AND s.status <> 'CLOSED' AND s.retention_state = 'ACTIVE' ORDER BY r.id LIMIT 500""",
        member,
    )
    today = datetime.now(UTC).date().isoformat()
    return [FollowUpWrite(row["id"], row["situation_id"], row["to_org_id"], "ONGOING", today) for row in rows]
