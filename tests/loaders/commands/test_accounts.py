"""The life of organisations: a code, their own keys, two administrators, and nothing revived."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from joserfc.jwk import ECKey
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from schema.errors import BadInputError
from schema.tables.directory import organisation
from schema.tables.oauth import client_key, enrolment, oauth_client
from schema.tables.people import admission
from schema.vocabulary import OrgKind, Role
from tests.loaders.commands.coming_in import (
    administrators,
    delegate,
    everything,
    fresh_digest,
    pending,
    registered,
    token_of,
    used,
)
from tests.loaders.commands.world import NORD, Partner, World, made_world, public, together  # noqa: F401

# ---------------------------------------------------------------- coming in


async def test_an_organisation_comes_in_by_a_code_its_own_keys_and_a_second_administrator(world: World) -> None:
    first, second = await administrators(world)
    identity = await pending(world, first, sirets=["73282932000074"], territories=["59"])
    row = await world.row(organisation, identity)
    assert row["status"] == "PENDING"
    client = await registered(world, first, identity, accepted_acr=["eidas2"])
    [tool] = await world.rows(oauth_client, oauth_client.c.id == client)
    assert tool["grants"] == ["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert await world.rows(client_key, client_key.c.client_id == client) == []

    key = ECKey.generate_key("P-256")
    mark = await used(world, client, key)
    outcome = await world.act(
        "approveOrganisation", second, organisation=public("Organisation", identity), fingerprint=f" {mark.upper()} "
    )
    assert outcome.subject == identity
    row = await world.row(organisation, identity)
    assert (row["status"], row["epoch"]) == ("ACTIVE", 0)
    [how] = await world.rows(admission, admission.c.organisation_id == identity)
    assert (how["created_by_id"], how["approved_by_id"]) == (first.member_id, second.member_id)
    [stored] = await world.rows(client_key, client_key.c.client_id == client)
    assert stored["public_jwk"] == {**key.as_dict(private=False), "kid": key.thumbprint()}
    assert (stored["added_by_id"], stored["approved_by_id"]) == (first.member_id, second.member_id)
    record = await world.log(world.traces[-1])
    said = f"approveOrganisation; organisation={identity}, client={client}, fingerprint={mark}"
    assert (record["event"], record["operation"], record["member_id"]) == ("COMMAND", said, second.member_id)


async def test_who_began_it_cannot_approve_it_and_the_database_says_so_too(world: World) -> None:
    first, second = await administrators(world)
    identity = await pending(world, first)
    client = await registered(world, first, identity)
    mark = await used(world, client)
    wish = {"organisation": public("Organisation", identity), "fingerprint": mark}
    assert await world.refused("approveOrganisation", first, **wish) == "FOUR_EYES"
    # Nor by the way of a code that the second one gave, for an organisation that the first asked in.
    await world.act("issueEnrolmentCode", second, client=client, code_digest=fresh_digest())
    again = await used(world, client)
    assert await world.refused("approveOrganisation", first, **{**wish, "fingerprint": again}) == "FOUR_EYES"
    assert await world.refused("approveOrganisation", second, **{**wish, "fingerprint": again}) == "FOUR_EYES"
    assert (await world.row(organisation, identity))["status"] == "PENDING"
    assert await world.rows(client_key, client_key.c.client_id == client) == []
    [waiting] = await world.rows(enrolment, enrolment.c.client_id == client, enrolment.c.withdrawn_at.is_(None))
    by_second = {"approved_by_id": second.member_id, "approved_at": world.now}
    by_first = {"approved_by_id": first.member_id, "approved_at": world.now}
    for statement in (
        update(organisation).where(organisation.c.id == identity).values(status="ACTIVE"),
        update(organisation).where(organisation.c.id == identity).values(status="SUSPENDED"),
        update(admission).where(admission.c.organisation_id == identity).values(**by_first),
        update(enrolment).where(enrolment.c.id == waiting["id"]).values(**by_second),
    ):
        with pytest.raises(IntegrityError):
            await world.admin.execute(statement)


async def test_keys_are_approved_by_the_fingerprint_the_organisation_reads_out(world: World) -> None:
    first, second = await administrators(world)
    identity = await pending(world, first)
    client = await registered(world, first, identity)
    wish = {"organisation": public("Organisation", identity), "fingerprint": "0000"}
    assert await world.refused("approveOrganisation", second, **wish) == "NOTHING_TO_APPROVE"
    await used(world, client)
    assert await world.refused("approveOrganisation", second, **wish) == "FINGERPRINT_DIFFERS"
    assert (await world.row(organisation, identity))["status"] == "PENDING"


async def test_of_two_approvals_at_once_one_counts(world: World) -> None:
    first, second = await administrators(world)
    third = await world.person(Partner(second.organisation_id, OrgKind.OPERATOR, None, None), Role.ADM)
    identity = await pending(world, first)
    client = await registered(world, first, identity)
    wish = {"organisation": public("Organisation", identity), "fingerprint": await used(world, client)}
    outcomes = await together(
        world.act("approveOrganisation", second, **wish), world.act("approveOrganisation", third, **wish)
    )
    codes = sorted(one.refusal.code if one.refusal else "" for one in outcomes)
    assert codes == ["", "NOTHING_TO_APPROVE"]
    assert len(await world.rows(client_key, client_key.c.client_id == client)) == 1


async def test_a_fresh_code_withdraws_the_one_before_and_a_code_is_never_used_twice(world: World) -> None:
    first, _ = await administrators(world)
    client = await registered(world, first, await pending(world, first))
    known = fresh_digest()
    await world.act("issueEnrolmentCode", first, client=client, code_digest=known)
    rows = await world.rows(enrolment, enrolment.c.client_id == client)
    assert sorted(row["withdrawn_at"] is not None for row in rows) == [False, True]
    assert all(row["expires_at"] - row["created_at"] == timedelta(days=7) for row in rows)
    assert await world.refused("issueEnrolmentCode", first, client=client, code_digest=known) == "CODE_KNOWN"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": OrgKind.CRIP, "mandate_kind": None}, "INVALID_AUTHORITY"),
        ({"authority": public("Authority", NORD)}, "INVALID_AUTHORITY"),
        ({"mandate_kind": None}, "INVALID_MANDATE"),
        ({"kind": OrgKind.FOYER}, "INVALID_MANDATE"),
        ({"name": "  "}, "EMPTY"),
        ({"name": "nul\x00"}, "INVALID_TEXT"),
        ({"territories": ["99"]}, "UNKNOWN_REFERENCE"),
        ({"sirets": ["73282932000075"]}, "INVALID_SIRET"),
        ({"sirets": ["7328293200007"]}, "INVALID_SIRET"),
        ({"sirets": ["٧٣٢٨٢٩٣٢٠٠٠٠٧٤"]}, "INVALID_SIRET"),
    ],
    ids=str,
)
async def test_what_cannot_be_an_organisation_is_not_written(
    world: World, changes: dict[str, Any], reason: str
) -> None:
    first, _ = await administrators(world)
    before = await everything(world)
    with pytest.raises(BadInputError) as refused:
        await pending(world, first, **changes)
    assert refused.value.reason == reason
    assert await everything(world) == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"client": "CLI_x"}, "INVALID_ID"),
        ({"client": "cli_é" + "x" * 9}, "INVALID_ID"),
        ({"scopes": []}, "UNKNOWN_SCOPE"),
        ({"scopes": ["cases:read", "everything"]}, "UNKNOWN_SCOPE"),
        ({"accepted_acr": ["two words"]}, "INVALID_ACR"),
        ({"code_digest": "short"}, "INVALID_DIGEST"),
        ({"code_digest": "=" * 43}, "INVALID_DIGEST"),
    ],
    ids=str,
)
async def test_what_cannot_be_a_tool_is_not_written(world: World, changes: dict[str, Any], reason: str) -> None:
    first, _ = await administrators(world)
    identity = await pending(world, first)
    before = await everything(world)
    with pytest.raises(BadInputError) as refused:
        await registered(world, first, identity, **changes)
    assert refused.value.reason == reason
    assert await everything(world) == before


# ---------------------------------------------------------------- suspended, resumed, closed


async def test_suspension_ends_tokens_at_once_and_resuming_revives_none(world: World) -> None:
    first, _ = await administrators(world)
    partner, person = await delegate(world)
    name = {"organisation": public("Organisation", partner.id)}
    assert (await token_of(world, person))["revoked_at"] is None
    await world.act("suspendOrganisation", first, **name)
    row = await world.row(organisation, partner.id)
    assert (row["status"], row["epoch"]) == ("SUSPENDED", 1)
    assert (await token_of(world, person))["revoked_at"] is not None
    assert await world.refused("suspendOrganisation", first, **name) == "WRONG_STATUS"
    await world.act("resumeOrganisation", first, **name)
    row = await world.row(organisation, partner.id)
    assert (row["status"], row["epoch"]) == ("ACTIVE", 1)
    assert (await token_of(world, person))["revoked_at"] is not None
    await world.act("closeOrganisation", first, **name)
    row = await world.row(organisation, partner.id)
    assert (row["status"], row["epoch"]) == ("CLOSED", 2)
    for name_of_act in ("suspendOrganisation", "resumeOrganisation", "closeOrganisation"):
        assert await world.refused(name_of_act, first, **name) == "WRONG_STATUS"
    assert await world.refused("approveOrganisation", first, **name, fingerprint="x") == "ORGANISATION_CLOSED"


async def test_nobody_locks_their_own_house_or_decides_of_themselves(world: World) -> None:
    first, _ = await administrators(world)
    partner, person = await delegate(world)
    own = {"organisation": public("Organisation", first.organisation_id)}
    for name in ("suspendOrganisation", "resumeOrganisation", "closeOrganisation"):
        assert await world.refused(name, first, **own) == "OWN_ORGANISATION"
    assert await world.refused("suspendClient", person, client=person.client_id) == "OWN_TOOL"
    for name in ("suspendMember", "removeMember"):
        assert await world.refused(name, person, member=public("Member", person.member_id)) == "ONESELF"
    wish = {"habilitation": public("Habilitation", person.habilitation_id)}
    assert await world.refused("revokeHabilitation", person, **wish) == "ONESELF"
    assert (await token_of(world, person))["revoked_at"] is None
    assert partner.id == person.organisation_id


async def test_a_version_that_has_changed_is_refused(world: World) -> None:
    first, _ = await administrators(world)
    partner, _ = await delegate(world)
    seen = await world.version(first, "Organisation", partner.id)
    wish = {"organisation": public("Organisation", partner.id), "expected_version": seen}
    await world.act("suspendOrganisation", first, **wish)
    assert await world.refused("resumeOrganisation", first, **wish) == "STALE_VERSION"


async def test_the_commands_login_writes_no_token_and_no_signing_key(world: World) -> None:
    async with world.lanes.acquire() as connection:
        for statement in ("UPDATE oauth_token SET revoked_at = NULL", "SELECT sealed_private_key FROM signing_key"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
