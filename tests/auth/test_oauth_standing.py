"""A token stands only as long as everything behind it does, and the database says so itself."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.oauth import signed
from loaders.tokens.standing import DatabaseStanding
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_client, oauth_token
from schema.tables.people import habilitation, member
from schema.vocabulary import Audience, MandateKind, OrgKind, Purpose, Role
from tests.auth.oauth_world import CASES, Staff, Tool, World

pytestmark = pytest.mark.asyncio

TODAY = datetime.now(UTC).date()
NOW = datetime.now(UTC)


async def stands(world: World, token_id: str | None) -> bool:
    """What the database says."""
    return bool(await world.value(select(func.standing(token_id))))


async def issued(world: World) -> tuple[str, str, Tool, Staff]:
    """The ids of an organisation's token and of a person's, and who they belong to."""
    tool = await world.tool(await world.organisation(OrgKind.FOYER, mandate_kind="MEASURE"))
    person = await world.staff(tool.organisation_id, Role.ASM)
    answers = [await tool.token(), await tool.token_for(person)]
    alone, bound = (str(signed.read(answer.json()["access_token"]).claims["jti"]) for answer in answers)
    return alone, bound, tool, person


async def test_a_live_token_stands_and_an_unknown_one_does_not(world: World) -> None:
    alone, bound, _, _ = await issued(world)
    assert await stands(world, alone)
    assert await stands(world, bound)
    for unknown in ("", "unknown", "é", "x" * 10_000, None):
        assert await world.value(select(func.standing(unknown))) is False


def _named(value: Any) -> str:
    # Without moments: every test process has to give a case the same name.
    return "+".join(value) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize(
    ("table", "columns", "alone_stands"),
    [
        (organisation, {"status": "SUSPENDED"}, False),
        (organisation, {"status": "PENDING"}, False),
        (organisation, {"status": "CLOSED"}, False),
        (organisation, {"epoch": 1}, False),
        (organisation, {"valid_to": TODAY - timedelta(days=2)}, False),
        (organisation, {"valid_from": TODAY + timedelta(days=2)}, False),
        (oauth_client, {"status": "SUSPENDED"}, False),
        (oauth_client, {"epoch": 1}, False),
        (member, {"status": "SUSPENDED"}, True),
        (member, {"status": "REMOVED"}, True),
        (member, {"epoch": 1}, True),
        (habilitation, {"state": "SUSPENDED"}, True),
        (habilitation, {"state": "REVOKED"}, True),
        (habilitation, {"revoked_at": NOW}, True),
        (habilitation, {"valid_from": NOW - timedelta(days=9), "valid_to": NOW - timedelta(seconds=1)}, True),
        (habilitation, {"valid_from": NOW + timedelta(days=1)}, True),
    ],
    ids=_named,
)
async def test_each_loss_ends_the_tokens_it_concerns_and_no_new_one_is_issued(
    world: World, table: Table, columns: Mapping[str, Any], *, alone_stands: bool
) -> None:
    alone, bound, tool, person = await issued(world)
    ids = {
        "organisation": tool.organisation_id, "oauth_client": tool.id,
        "member": person.id, "habilitation": person.habilitation_id,
    }  # fmt: skip
    await world.change(table, ids[table.name], **columns)
    assert await stands(world, alone) is alone_stands
    assert await stands(world, bound) is False
    standing = DatabaseStanding(world.lanes)
    assert await standing.caller_of(bound) is None
    assert (await standing.caller_of(alone) is not None) is alone_stands
    # Issuing and standing agree, except on an epoch: that ends old tokens, not new ones.
    fresh = "epoch" in columns
    assert ((await tool.token()).status_code == 200) is (alone_stands or fresh)
    assert ((await tool.token_for(person)).status_code == 200) is fresh


async def test_first_and_last_day_of_a_convention_count(world: World) -> None:
    alone, bound, tool, _ = await issued(world)
    async with world.engine.connect() as connection:
        today = (await connection.exec_driver_sql("SELECT (now() AT TIME ZONE 'Europe/Paris')::date")).scalar_one()
    await world.change(organisation, tool.organisation_id, valid_from=today, valid_to=today)
    assert await stands(world, alone)
    assert await stands(world, bound)
    assert (await tool.token()).status_code == 200


@pytest.mark.parametrize("columns", [{"revoked_at": NOW}, {"expires_at": NOW - timedelta(seconds=1)}], ids=_named)
async def test_a_revoked_or_expired_token_does_not_stand(world: World, columns: Mapping[str, Any]) -> None:
    alone, bound, _, _ = await issued(world)
    await world.change(oauth_token, alone, **columns)
    assert not await stands(world, alone)
    assert await stands(world, bound)


async def test_resuming_revives_no_old_token(world: World) -> None:
    alone, bound, tool, _ = await issued(world)
    suspend = update(organisation).where(organisation.c.id == tool.organisation_id)
    await world.run(suspend.values(status="SUSPENDED", epoch=organisation.c.epoch + 1))
    await world.change(organisation, tool.organisation_id, status="ACTIVE")
    assert not await stands(world, alone)
    assert not await stands(world, bound)
    fresh = (await tool.token()).json()["access_token"]
    assert signed.read(fresh).claims["ep"] == "1.0"
    assert (await world.bearer.caller(f"Bearer {fresh}")).epochs == "1.0"


async def test_a_member_who_changed_organisation_takes_no_token_along(world: World) -> None:
    _, bound, _, person = await issued(world)
    await world.change(member, person.id, organisation_id=await world.organisation())
    assert not await stands(world, bound)


async def test_a_token_ends_with_the_first_thing_behind_it(world: World) -> None:
    tool = await world.tool(await world.organisation(OrgKind.FOYER, mandate_kind="MEASURE"))
    person = await world.staff(tool.organisation_id, Role.ASM)
    soon = datetime.now(UTC) + timedelta(seconds=90)
    await world.change(habilitation, person.habilitation_id, valid_to=soon)
    answer = await tool.token_for(person)
    token_id = str(signed.read(answer.json()["access_token"]).claims["jti"])
    ends = select(oauth_token.c.expires_at).where(oauth_token.c.id == token_id)
    assert await world.value(ends) == soon
    sooner = soon - timedelta(seconds=60)
    await world.change(habilitation, person.habilitation_id, valid_to=sooner)
    assert await world.value(ends) == sooner
    # Longer again, it does not come back: tokens are renewed, never revived.
    await world.change(habilitation, person.habilitation_id, valid_to=soon)
    assert await world.value(ends) == sooner


@pytest.mark.parametrize("first", ["token", "suspension"])
async def test_a_token_issued_while_its_organisation_is_suspended_does_not_stand(world: World, first: str) -> None:
    alone, _, tool, _ = await issued(world)
    suspend = update(organisation).where(organisation.c.id == tool.organisation_id).values(status="SUSPENDED")
    copied = [column for column in oauth_token.c if column.name != "id"]
    birth = oauth_token.insert().from_select(
        ["id", *(column.name for column in copied)],
        select(literal(f"born-{first}"), *copied).where(oauth_token.c.id == alone),
    )
    statements = [birth, suspend] if first == "token" else [suspend, birth]
    async with world.engine.connect() as one, world.engine.connect() as other:
        await one.execute(statements[0])
        waiting = asyncio.create_task(_run_and_commit(other, statements[1]))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await one.commit()
        await waiting
    assert not await stands(world, f"born-{first}")
    assert not await stands(world, alone)


async def _run_and_commit(connection: AsyncConnection, statement: Any) -> None:
    await connection.execute(statement)
    await connection.commit()


async def test_a_habilitation_of_somebody_else_does_not_hold_a_token_up(world: World) -> None:
    _, bound, tool, _ = await issued(world)
    other = await world.staff(tool.organisation_id)
    await world.change(oauth_token, bound, habilitation_id=other.habilitation_id)
    assert not await stands(world, bound)


async def test_the_caller_is_read_from_our_tables(world: World) -> None:
    alone, bound, tool, person = await issued(world)
    standing = DatabaseStanding(world.lanes)
    caller = await standing.caller_of(bound)
    assert caller is not None
    assert caller.audience is Audience.ASM
    assert (caller.client_id, caller.organisation_id) == (tool.id, tool.organisation_id)
    assert (caller.organisation_kind, caller.mandate_kind) == (OrgKind.FOYER, MandateKind.MEASURE)
    assert (caller.member_id, caller.habilitation_id) == (person.id, person.habilitation_id)
    assert (caller.purpose, caller.scopes, caller.token_id) == (Purpose.IMPLEMENT, CASES, bound)
    assert (caller.authority_id, caller.epochs) == (None, "0.0.0")
    organisation_only = await standing.caller_of(alone)
    assert organisation_only is not None
    assert organisation_only.audience is Audience.ORG_ASSOCIATION


async def test_an_operators_token_without_a_person_would_have_no_caller(world: World) -> None:
    alone, _, tool, _ = await issued(world)
    await world.change(organisation, tool.organisation_id, kind="OPERATOR")
    assert await DatabaseStanding(world.lanes).caller_of(alone) is None


async def test_a_login_without_any_right_on_accounts_may_still_ask(world: World) -> None:
    alone, _, tool, _ = await issued(world)
    async with world.engine.connect() as connection:
        await connection.exec_driver_sql("CREATE ROLE asks_only")
        await connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO asks_only")
        await connection.exec_driver_sql("SET LOCAL ROLE asks_only")
        readable = "SELECT has_table_privilege('oauth_token', 'SELECT')"
        assert (await connection.exec_driver_sql(readable)).scalar_one() is False
        assert (await connection.execute(select(func.standing(alone)))).scalar_one() is True
        # A table of the same name in front of ours changes nothing.
        await connection.exec_driver_sql("SET LOCAL search_path = pg_temp, public")
        await connection.exec_driver_sql("CREATE TEMP TABLE oauth_token (id text)")
        assert (await connection.execute(select(func.standing(alone)))).scalar_one() is True
        await connection.rollback()
    assert tool.id


async def test_standing_reads_one_row_however_many_there_are(world: World) -> None:
    alone, bound, _, _ = await issued(world)
    async with world.engine.connect() as connection:
        await _crowd(connection, bound, 2_000)
        # The plan is made once and kept: while it is made, the planner looks at the ends of an index, and that counts too.
        await connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        await connection.execute(select(func.standing(None)))
        for token_id in (alone, bound):
            before = await _rows_read(connection)
            assert (await connection.execute(select(func.standing(token_id)))).scalar_one() is True
            assert await _rows_read(connection) - before == 1


async def _crowd(connection: AsyncConnection, token_id: str, size: int) -> None:
    """Fill the table with tokens like this one, until the transaction ends: the planner reads a tiny table as it likes."""
    columns = [column.name for column in oauth_token.columns if column.name != "id"]
    crowd = select(
        func.concat(oauth_token.c.id, "-", func.generate_series(1, size)), *(oauth_token.c[name] for name in columns)
    ).where(oauth_token.c.id == token_id)
    await connection.execute(insert(oauth_token).from_select(["id", *columns], crowd))
    await connection.exec_driver_sql("ANALYZE oauth_token")


async def _rows_read(connection: AsyncConnection) -> int:
    """How many rows of the tables behind a token this transaction has read so far."""
    statement = (
        "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
        " WHERE relname IN ('oauth_token', 'oauth_client', 'organisation', 'member', 'habilitation')"
    )
    return int((await connection.exec_driver_sql(statement)).scalar_one())
