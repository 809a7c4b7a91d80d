"""Secrets of tools: by two people, two at most, retired at once, never for persons, refused without a trace elsewhere."""

from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest

from auth.caller import Caller
from auth.oauth.client_secret import _verified, presented
from schema.errors import NotFoundError
from schema.tables.oauth import client_key, client_secret, enrolment, oauth_client
from tests.loaders.commands.coming_in import administrators, delegate, everything, fresh_digest
from tests.loaders.commands.world import Partner, World, made_world, public, together  # noqa: F401


async def by_secret(world: World, adm: Caller, partner: Partner) -> str:
    """A tool that an administrator has registered with the flag; no code, no key."""
    name = f"cli_{token_hex(6)}"
    wish: dict[str, Any] = {"client": name, "name": "Outil", "scopes": ["cases:read"], "secret": True}
    await world.act("registerClient", adm, organisation=public("Organisation", partner.id), **wish)
    return name


async def test_one_decides_and_another_makes_it_and_only_the_answer_holds_it(world: World) -> None:
    first, second = await administrators(world)
    partner, person = await delegate(world)
    tool = await by_secret(world, first, partner)
    [row] = await world.rows(oauth_client, oauth_client.c.id == tool)
    assert (row["auth_method"], row["grants"], row["dpop_bound"]) == (
        "CLIENT_SECRET_BASIC",
        ["client_credentials"],
        True,
    )
    assert row["secret_allowed_by_id"] == first.member_id
    assert await world.rows(enrolment, enrolment.c.client_id == tool) == []
    assert await world.refused("issueClientSecret", first, client=tool) == "FOUR_EYES"
    assert await world.rows(client_secret, client_secret.c.client_id == tool) == []
    for maker in (second, person):
        outcome = await world.act("issueClientSecret", maker, client=tool, days=30)
        secret = outcome.shown_once
        assert secret is not None and secret not in repr(outcome)
        [stored] = [
            one for one in await world.rows(client_secret, client_secret.c.client_id == tool) if one["id"].hex in secret
        ]
        assert _verified(stored["hash"], secret)
        assert (stored["allowed_by_id"], stored["added_by_id"]) == (first.member_id, maker.member_id)
        assert (stored["organisation_id"], stored["expires_at"]) == (partner.id, world.now + timedelta(days=30))


async def test_two_overlap_a_third_waits_and_a_rotation_makes_room(world: World) -> None:
    first, second = await administrators(world)
    partner, person = await delegate(world)
    tool = await by_secret(world, first, partner)
    for maker in (second, person):
        await world.act("issueClientSecret", maker, client=tool)
    before = await world.rows(client_secret, client_secret.c.client_id == tool)
    assert await world.refused("issueClientSecret", person, client=tool) == "TOO_MANY_SECRETS"
    assert await world.refused("issueClientSecret", person, client=tool, overlap_hours=5) == "TOO_MANY_SECRETS"
    # What was refused has shortened nobody's life.
    assert await world.rows(client_secret, client_secret.c.client_id == tool) == before
    await world.act("issueClientSecret", person, client=tool, overlap_hours=0)
    ended = [
        one
        for one in await world.rows(client_secret, client_secret.c.client_id == tool)
        if one["expires_at"] == world.now
    ]
    assert {one["id"] for one in ended} == {one["id"] for one in before}
    rotated = await world.act("issueClientSecret", second, client=tool, overlap_hours=24)
    ends = sorted(
        one["expires_at"]
        for one in await world.rows(client_secret, client_secret.c.client_id == tool)
        if one["expires_at"] > world.now
    )
    assert ends == [world.now + timedelta(hours=24), world.now + timedelta(days=365)]
    assert rotated.shown_once is not None


async def test_a_secret_is_retired_at_once_by_the_operator_or_the_own_delegate(world: World) -> None:
    first, second = await administrators(world)
    partner, person = await delegate(world)
    tool = await by_secret(world, first, partner)
    for who in (first, person):
        await world.act("issueClientSecret", second, client=tool)
        [live] = [
            one
            for one in await world.rows(client_secret, client_secret.c.client_id == tool)
            if one["expires_at"] > world.now
        ]
        wish = {"client": tool, "secret": public("ToolSecret", live["id"])}
        await world.act("retireClientSecret", who, **wish)
        assert [
            one
            for one in await world.rows(client_secret, client_secret.c.client_id == tool)
            if one["expires_at"] > world.now
        ] == []
        assert await world.refused("retireClientSecret", who, **wish) == "UNKNOWN_SECRET"


async def test_whose_tool_it_is_not_finds_nothing(world: World) -> None:
    first, _ = await administrators(world)
    partner, _ = await delegate(world)
    _, stranger = await delegate(world)
    tool = await by_secret(world, first, partner)
    before = await everything(world)
    for client in (tool, "cli_no_such_tool", "x"):
        with pytest.raises(NotFoundError):
            await world.act("issueClientSecret", stranger, client=client)
    assert await everything(world) == before
    assert await world.rows(client_secret, client_secret.c.client_id == tool) == []


async def test_a_tool_signs_or_has_a_secret_never_both_and_never_for_persons(world: World) -> None:
    first, second = await administrators(world)
    partner, person = await delegate(world)
    tool = await by_secret(world, first, partner)
    assert await world.refused("issueClientSecret", second, client=person.client_id) == "SIGNS"
    assert await world.refused("issueEnrolmentCode", first, client=tool, code_digest=fresh_digest()) == "HAS_A_SECRET"
    wish: dict[str, Any] = {"client": "cli_persons", "name": "Outil", "scopes": ["cases:read"], "secret": True}
    identity = public("Organisation", partner.id)
    refused = await world.refused("registerClient", first, organisation=identity, accepted_acr=["eidas2"], **wish)
    assert refused == "SECRET_FOR_PERSONS"
    assert await world.rows(client_key, client_key.c.client_id == tool) == []


def test_the_secret_that_is_made_is_one_that_the_header_is_read_for() -> None:
    assert presented("Basic eDp5") is None
