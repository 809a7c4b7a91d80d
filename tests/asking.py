"""A statement asked of PostgreSQL by itself, as the login of a role and with the facts of one caller."""

from typing import Any

import asyncpg

from loaders.policy.context import NOBODY
from loaders.postgres.logins import login_of
from loaders.statement import Statement
from schema.vocabulary import Audience
from tests.seats import Seat, Stage, viewer_of


async def answers_of(stage: Stage, seat: Seat, *statements: Statement, page_size: int = 100) -> list[Any]:
    """What each answers by itself: the first page of a list, with no cursor before it."""
    viewer, _ = viewer_of(stage, seat)
    own = stage.world.by_id[viewer.organisation]
    by_links = seat.audience in {"COO", "DPO"} and own["kind"] != "CRIP"
    facts = {
        "organisation": viewer.organisation,
        "authority": NOBODY if by_links else own["authority_id"] or NOBODY,
        "member": viewer.member or NOBODY,
        "kind": own["kind"],
        "purpose": viewer.purpose or "-",
    }
    binds = {f"viewer_{name}": value for name, value in facts.items()}
    binds |= {"page_size": page_size, "cursor_inner": b"", "cursor_outer": b""}
    connection = await asyncpg.connect(stage.network.cluster.admin)
    try:
        await connection.execute(f"SET ROLE {login_of(Audience(seat.audience))}")
        for name, value in facts.items():
            await connection.fetchval("SELECT set_config($1, $2, false)", f"app.{name}", str(value))
        return [await connection.fetchval(one.sql, *(binds[name] for name in one.binds)) for one in statements]
    finally:
        await connection.close()


__all__ = ["answers_of"]
