"""The tools of an organisation and their keys: several, in turn, never shared and never revived."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import orjson
import pytest
from joserfc.jwk import ECKey, Key
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from auth.oauth.assertions_out import make_possession_proof
from schema.errors import BadInputError
from schema.tables.oauth import client_key, oauth_client
from tests.loaders.commands.coming_in import ISSUER, administrators, delegate, everything, token_of
from tests.loaders.commands.world import World, made_world  # noqa: F401


def proven(key: Key, client: str, **changes: Any) -> dict[str, Any]:
    proof = make_possession_proof(key, client, changes.pop("issuer", ISSUER), **changes)
    return {"client": client, "jwk": orjson.dumps(key.as_dict(private=False)).decode(), "proof": proof}


async def test_keys_overlap_start_later_and_are_retired_at_once(world: World) -> None:
    _, person = await delegate(world)
    now_one, later = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    await world.act("addClientKey", person, **proven(now_one, person.client_id))
    soon = world.now + timedelta(days=2)
    await world.act("addClientKey", person, **proven(later, person.client_id), not_before=soon)
    rows = {row["kid"]: row for row in await world.rows(client_key, client_key.c.client_id == person.client_id)}
    assert {kid: row["not_before"] for kid, row in rows.items()} == {
        now_one.thumbprint(): world.now,
        later.thumbprint(): soon,
    }
    assert rows[later.thumbprint()]["added_by_id"] == person.member_id
    await world.act("retireClientKey", person, client=person.client_id, kid=now_one.thumbprint())
    [row] = await world.rows(client_key, client_key.c.kid == now_one.thumbprint())
    assert row["retired_at"] == world.now
    wish = {"client": person.client_id, "kid": now_one.thumbprint()}
    assert await world.refused("retireClientKey", person, **wish) == "UNKNOWN_KEY"
    # Neither under its name nor under another does it come back.
    assert await world.refused("addClientKey", person, **proven(now_one, person.client_id)) == "DUPLICATE_KID"
    renamed = {**now_one.as_dict(private=False), "kid": "another"}
    disguised = proven(now_one, person.client_id, kid="another") | {"jwk": orjson.dumps(renamed).decode()}
    assert await world.refused("addClientKey", person, **disguised) == "KNOWN_KEY"


async def test_a_tool_has_so_many_keys_and_no_more(world: World) -> None:
    _, person = await delegate(world)
    for _ in range(8):
        await world.act("addClientKey", person, **proven(ECKey.generate_key("P-256"), person.client_id))
    one_more = proven(ECKey.generate_key("P-256"), person.client_id)
    assert await world.refused("addClientKey", person, **one_more) == "TOO_MANY_KEYS"


async def test_keys_that_must_not_be_registered_are_not(world: World) -> None:
    _, person = await delegate(world)
    client, key = person.client_id, ECKey.generate_key("P-256")
    good = proven(key, client)
    other = ECKey.generate_key("P-256")
    secret = orjson.dumps(key.as_dict(private=True)).decode()
    cases: dict[str, dict[str, Any]] = {
        "PRIVATE_KEY": {**good, "jwk": secret},
        "INVALID_KEY": {
            **good,
            "jwk": orjson.dumps({"kty": "RSA", "n": urlsafe_b64encode(b"\xd1" * 128).decode(), "e": "AQAB"}).decode(),
        },
        "NOT_PROVEN": {**good, "proof": make_possession_proof(other, client, ISSUER, kid=key.thumbprint())},
    }
    wrong = [
        {**good, "jwk": '{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0"}'},
        {**good, "jwk": "[1,2]"},
        {**good, "jwk": "not json"},
        {**good, "jwk": '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}'},
        {**good, "proof": make_possession_proof(key, "cli_another", ISSUER)},
        {**good, "proof": make_possession_proof(key, client, "https://elsewhere.example")},
        {**good, "proof": make_possession_proof(key, client, ISSUER, code="x" * 43)},
        {**good, "proof": "x.y.z"},
    ]
    for reason, wish in cases.items():
        with pytest.raises(BadInputError) as refused:
            await world.act("addClientKey", person, **wish)
        assert refused.value.reason == reason
        assert secret not in refused.value.sentence
    for wish in wrong:
        with pytest.raises(BadInputError):
            await world.act("addClientKey", person, **wish)
    assert await world.rows(client_key, client_key.c.client_id == client) == []


async def test_another_organisations_tool_is_one_that_does_not_exist(world: World) -> None:
    _, person = await delegate(world)
    _, stranger = await delegate(world)
    key = ECKey.generate_key("P-256")
    before = await everything(world)
    for client in (stranger.client_id, "cli_nobody", "x", "cli_\x00aaaa"):
        assert await world.refused("addClientKey", person, **proven(key, client)) == "NOT_FOUND"
        assert await world.refused("retireClientKey", person, client=client, kid="x") == "NOT_FOUND"
        assert await world.refused("suspendClient", person, client=client) == "NOT_FOUND"
    assert await everything(world) == before


async def test_a_suspended_tool_is_resumed_without_its_old_tokens(world: World) -> None:
    first, _ = await administrators(world)
    _, person = await delegate(world)
    await world.act("suspendClient", first, client=person.client_id)
    assert (await token_of(world, person))["revoked_at"] is not None
    assert await world.refused("suspendClient", first, client=person.client_id) == "WRONG_STATUS"
    await world.act("resumeClient", first, client=person.client_id)
    [row] = await world.rows(oauth_client, oauth_client.c.id == person.client_id)
    assert (row["status"], row["epoch"]) == ("ACTIVE", 1)
    assert (await token_of(world, person))["revoked_at"] is not None


async def test_keys_published_at_an_address_are_added_there(world: World) -> None:
    _, person = await delegate(world)
    await world.admin.execute(
        update(oauth_client)
        .where(oauth_client.c.id == person.client_id)
        .values(jwks_uri="https://partner.example/jwks.json")
    )
    wish = proven(ECKey.generate_key("P-256"), person.client_id)
    assert await world.refused("addClientKey", person, **wish) == "KEYS_BY_ADDRESS"
    with pytest.raises(IntegrityError):
        await world.admin.execute(insert(oauth_client).values(id="cli_plain_http", organisation_id=person.organisation_id, name="x", jwks_uri="http://partner.example"))  # fmt: skip
