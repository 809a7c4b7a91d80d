"""A tool gets a token for a person only if its organisation vouches for one of its own; every failure answers alike."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import func, select

from auth.oauth import signed
from auth.oauth.assertions_out import make_client_assertion, make_person_assertion
from auth.oauth.person_assertion import GRANT_TYPE, KIND
from auth.oauth.refusals import CLIENT_SENTENCE, PERSON_SENTENCE
from schema.tables.oauth import oauth_token
from schema.tables.people import habilitation, member
from schema.vocabulary import OrgKind, Purpose, Role
from tests.auth.oauth_world import ACR, ISSUER, Staff, Tool, World, now_seconds

pytestmark = pytest.mark.asyncio

REFUSED = {"error": "invalid_grant", "error_description": PERSON_SENTENCE}


async def a_tool_and_its_worker(world: World, role: Role = Role.ASM) -> tuple[Tool, Staff]:
    """An association's tool and one of the association's members, whose role has one purpose."""
    tool = await world.tool(await world.organisation(OrgKind.ASSOCIATION))
    return tool, await world.staff(tool.organisation_id, role)


async def tokens_of(world: World, tool: Tool) -> int:
    """How many tokens were issued to a tool."""
    statement = select(func.count()).select_from(oauth_token).where(oauth_token.c.client_id == tool.id)
    return int(await world.value(statement))


async def test_a_person_behind_the_tool_is_in_the_token(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    answer = await tool.token_for(worker)
    assert answer.status_code == 200
    claims = signed.read(answer.json()["access_token"]).claims
    assert claims["sub"] == str(worker.id)
    assert claims["client_id"] == tool.id
    assert claims["org"] == str(tool.organisation_id)
    assert claims["hab"] == str(worker.habilitation_id)
    assert claims["purpose"] == "IMPLEMENT"
    assert claims["acr"] == ACR
    assert now_seconds() - 3700 < claims["auth_time"] < now_seconds() - 3500
    assert claims["ep"] == "0.0.0"
    row = select(oauth_token.c.member_id).where(oauth_token.c.id == claims["jti"])
    assert await world.value(row) == worker.id


@pytest.mark.parametrize(
    "broken",
    [
        {"header_typ": "JWT"},
        {"header_typ": "client-authentication+jwt"},
        {"header_typ": "at+jwt"},
        {"header_kid": "unknown"},
        {"iss": "cli_somebody_else"},
        {"iss": None},
        {"aud": ISSUER.token_endpoint},
        {"aud": ISSUER.api},
        {"aud": [ISSUER.url]},
        {"aud": None},
        {"sub": None},
        {"sub": "worker@example.org"},
        {"sub": "00000000-0000-4000-8000-000000000000"},
        {"sub": 7},
        {"iat": None},
        {"exp": None},
        {"exp": 10**18},
        {"jti": None},
        {"jti": "short"},
        {"auth_time": None},
        {"auth_time": "now"},
        {"acr": None},
        {"acr": "password-only"},
        {"acr": [ACR]},
        {"hab": "00000000-0000-4000-8000-000000000000"},
        {"hab": "x"},
        {"hab": 7},
        {"purpose": "CONTROL"},
        {"purpose": "EVALUATE"},
        {"purpose": ["IMPLEMENT"]},
        {"purpose": ""},
    ],
    ids=str,
)
async def test_each_broken_rule_gets_the_same_answer(world: World, broken: dict[str, Any]) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    answer = await tool.token_for(worker, assertion=tool.voucher(worker, **broken))
    assert (answer.status_code, answer.json()) == (400, REFUSED)
    assert await tokens_of(world, tool) == 0


@pytest.mark.parametrize(
    ("times", "status"),
    [
        ({"iat": 0, "exp": 60}, 200),
        ({"iat": 0, "exp": 61}, 400),
        ({"iat": 0, "exp": 0}, 400),
        ({"iat": 8, "exp": 60}, 200),
        ({"iat": 90, "exp": 120}, 400),
        ({"iat": -60, "exp": -2}, 200),
        ({"iat": -90, "exp": -40}, 400),
        ({"auth_time": -8 * 3600 + 30}, 200),
        ({"auth_time": -8 * 3600 - 30}, 400),
        ({"auth_time": 8}, 200),
        ({"auth_time": 60}, 400),
    ],
    ids=str,
)
async def test_an_assertion_lives_a_minute_and_a_sign_in_eight_hours(
    world: World, times: dict[str, int], status: int
) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    now = now_seconds()
    voucher = tool.voucher(worker, **{name: now + shift for name, shift in times.items()})
    assert (await tool.token_for(worker, assertion=voucher)).status_code == status


async def test_no_person_without_client_authentication(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    answer = await world.post({"grant_type": GRANT_TYPE, "assertion": tool.vouch(worker)})
    assert answer.json() == {"error": "invalid_client", "error_description": CLIENT_SENTENCE}
    stolen = await world.tool(tool.organisation_id)
    answer = await stolen.token_for(worker, assertion=tool.vouch(worker))
    assert answer.json() == REFUSED
    assert await tokens_of(world, tool) == await tokens_of(world, stolen) == 0


async def test_the_grant_must_be_enabled_for_the_client(world: World) -> None:
    tool = await world.tool(grants=["client_credentials"])
    worker = await world.staff(tool.organisation_id)
    answer = await tool.token_for(worker)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_a_missing_assertion_is_said_so(world: World) -> None:
    tool = await world.tool()
    answer = await world.post(tool.form(GRANT_TYPE))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_persons_who_may_not_act_are_not_told_apart(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    other = await world.tool(await world.organisation(OrgKind.ASSOCIATION))
    foreign = await world.staff(other.organisation_id)
    removed = await world.staff(tool.organisation_id, status="REMOVED")
    suspended = await world.staff(tool.organisation_id, status="SUSPENDED")
    no_longer = await world.staff(tool.organisation_id)
    await world.change(habilitation, no_longer.habilitation_id, state="SUSPENDED")
    answers = [await tool.token_for(one) for one in (foreign, removed, suspended, no_longer)]
    answers.append(await tool.token_for(worker, assertion=tool.voucher(worker, sub=tool.id)))
    assert [answer.json() for answer in answers] == [REFUSED] * 5
    assert {answer.content for answer in answers} == {answers[0].content}
    assert await tokens_of(world, tool) == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "PENDING"},
        {"state": "REVOKED"},
        {"state": "EXPIRED"},
        {"revoked_at": datetime.now(UTC)},
        {"valid_from": datetime.now(UTC) + timedelta(days=1)},
        {"valid_from": datetime.now(UTC) - timedelta(days=9), "valid_to": datetime.now(UTC) - timedelta(minutes=1)},
    ],
    ids=["pending", "revoked", "expired", "revoked early", "not yet", "over"],
)
async def test_only_a_live_habilitation_counts(world: World, columns: dict[str, Any]) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    await world.change(habilitation, worker.habilitation_id, **columns)
    assert (await tool.token_for(worker)).json() == REFUSED
    chosen = tool.vouch(worker, habilitation_id=worker.habilitation_id)
    assert (await tool.token_for(worker, assertion=chosen)).json() == REFUSED


async def test_a_habilitation_for_another_organisation_does_not_count(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    elsewhere = await world.organisation(OrgKind.ASSOCIATION)
    other = await world.habilitation(worker.id, elsewhere, Role.ASM)
    assert (await tool.token_for(worker, assertion=tool.vouch(worker, habilitation_id=other))).json() == REFUSED
    token = (await tool.token_for(worker)).json()["access_token"]
    assert signed.read(token).claims["hab"] == str(worker.habilitation_id)


async def test_with_several_habilitations_one_must_be_chosen(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    second = await world.habilitation(worker.id, tool.organisation_id, Role.DEL)
    assert (await tool.token_for(worker)).json() == REFUSED
    for chosen, purpose in ((worker.habilitation_id, "IMPLEMENT"), (second, "ADMINISTRATION")):
        answer = await tool.token_for(worker, assertion=tool.vouch(worker, habilitation_id=chosen))
        claims = signed.read(answer.json()["access_token"]).claims
        assert (claims["hab"], claims["purpose"]) == (str(chosen), purpose)


async def test_with_several_purposes_one_must_be_asserted(world: World) -> None:
    tool = await world.tool()
    officer = await world.staff(tool.organisation_id, Role.CRI)
    assert (await tool.token_for(officer)).json() == REFUSED
    for purpose in (Purpose.EVALUATE, Purpose.DETERMINE):
        answer = await tool.token_for(officer, assertion=tool.vouch(officer, purpose=purpose))
        assert signed.read(answer.json()["access_token"]).claims["purpose"] == purpose.value
    refused = tool.vouch(officer, purpose=Purpose.IMPLEMENT)
    assert (await tool.token_for(officer, assertion=refused)).json() == REFUSED


async def test_an_assertion_passes_once_and_of_eight_parallel_uses_one_wins(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    voucher = tool.vouch(worker)
    answers = await asyncio.gather(*(tool.token_for(worker, assertion=voucher) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert [answer.json() for answer in answers if answer.status_code == 400] == [REFUSED] * 7
    assert await tokens_of(world, tool) == 1


async def test_a_refused_assertion_stays_used(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    await world.change(member, worker.id, status="SUSPENDED")
    voucher = tool.vouch(worker)
    assert (await tool.token_for(worker, assertion=voucher)).json() == REFUSED
    await world.change(member, worker.id, status="ACTIVE")
    assert (await tool.token_for(worker, assertion=voucher)).json() == REFUSED
    assert (await tool.token_for(worker)).status_code == 200


async def test_the_two_kinds_of_assertion_have_their_own_jtis(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    jti = secrets.token_urlsafe()
    proof, voucher = tool.proof(jti=jti), tool.voucher(worker, jti=jti)
    assert (await tool.token_for(worker, client_assertion=proof, assertion=voucher)).status_code == 200


async def test_one_kind_of_assertion_does_not_pass_for_the_other(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    as_person = await tool.token_for(worker, assertion=tool.proof())
    assert as_person.json() == REFUSED
    as_client = await tool.token(client_assertion=tool.voucher(worker))
    assert as_client.json()["error"] == "invalid_client"
    # Nor one that says everything both kinds want, under the other's type.
    both = tool.voucher(worker, sub=tool.id)
    assert (await tool.token(client_assertion=both)).json()["error"] == "invalid_client"


async def test_another_key_than_the_clients_is_refused(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    forged = make_person_assertion(
        ECKey.generate_key("P-256"), tool.id, ISSUER.url, worker.id, acr=ACR, auth_time=now_seconds(), kid=tool.kid
    )
    assert (await tool.token_for(worker, assertion=forged)).json() == REFUSED


async def test_an_operators_administrator_gets_a_token_as_a_person(world: World) -> None:
    tool = await world.tool(await world.organisation(OrgKind.OPERATOR))
    administrator = await world.staff(tool.organisation_id, Role.ADM)
    answer = await tool.token_for(administrator)
    assert signed.read(answer.json()["access_token"]).claims["purpose"] == "ADMINISTRATION"


async def test_the_helpers_for_partners_make_what_the_rules_ask(world: World) -> None:
    tool, worker = await a_tool_and_its_worker(world)
    voucher = signed.read(tool.vouch(worker, worker.habilitation_id, Purpose.IMPLEMENT))
    assert voucher.header["typ"] == KIND
    assert voucher.claims["exp"] - voucher.claims["iat"] == 60
    proof = signed.read(make_client_assertion(tool.key, tool.id, ISSUER.url))
    assert proof.header["kid"] == tool.key.thumbprint()
