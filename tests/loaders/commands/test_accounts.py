"""The life of organisations, tools, keys and members: two administrators, nothing revived, nobody out of reach touched."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from joserfc.jwk import ECKey, Key
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from auth.caller import Caller
from auth.oauth.assertions_out import make_possession_proof
from auth.oauth.possession import fingerprint, offered
from schema.errors import BadInputError
from schema.tables.directory import organisation
from schema.tables.oauth import client_key, enrolment, oauth_client, oauth_token
from schema.tables.people import admission, habilitation, member
from schema.tables.signin import invitation
from schema.vocabulary import MandateKind, OrgKind, Role, SecrecyBasis
from tests.loaders.commands.world import NORD, Partner, World, made_world, public, together  # noqa: F401

ISSUER = "https://maillage.example"
TABLES = (organisation, admission, oauth_client, client_key, enrolment, member, habilitation)


def digest(code: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()


def fresh_digest() -> str:
    return digest(secrets.token_urlsafe(32))


async def administrators(world: World) -> tuple[Caller, Caller]:
    operator = await world.partner(OrgKind.OPERATOR)
    return await world.person(operator, Role.ADM), await world.person(operator, Role.ADM)


async def delegate(world: World, kind: OrgKind = OrgKind.ASSOCIATION) -> tuple[Partner, Caller]:
    partner = await world.partner(kind, mandate=MandateKind.MEASURE)
    return partner, await world.person(partner, Role.DEL)


async def pending(world: World, adm: Caller, **changes: Any) -> UUID:
    wish = {"name": "Association Exemple", "kind": OrgKind.ASSOCIATION, "mandate_kind": MandateKind.MEASURE, **changes}
    outcome = await world.act("createOrganisation", adm, **wish)
    assert outcome.subject is not None
    return outcome.subject


async def registered(world: World, adm: Caller, identity: UUID, **changes: Any) -> str:
    client = f"cli_{secrets.token_hex(6)}"
    wish = {"client": client, "name": "Outil", "scopes": ["cases:read"], "code_digest": fresh_digest(), **changes}
    outcome = await world.act("registerClient", adm, organisation=public("Organisation", identity), **wish)
    assert outcome.subject == identity
    return client


async def used(world: World, client: str, *keys: Key) -> str:
    """The code was used behind our back: the keys are proven and wait."""
    found = [offered(key.as_dict(private=False)) for key in keys or (ECKey.generate_key("P-256"),)]
    mark = fingerprint(found, None)
    await world.admin.execute(
        update(enrolment)
        .where(enrolment.c.client_id == client, enrolment.c.withdrawn_at.is_(None))
        .values(used_at=world.now, offered_keys=[dict(one.jwk) for one in found], fingerprint=mark)
    )
    return mark


async def token_of(world: World, caller: Caller) -> dict[str, Any]:
    [row] = await world.rows(oauth_token, oauth_token.c.id == caller.token_id)
    return row


async def everything(world: World) -> list[Any]:
    return [await world.rows(table) for table in TABLES]


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


# ---------------------------------------------------------------- tools and keys


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


# ---------------------------------------------------------------- members


@pytest.mark.parametrize("by", ["operator", "delegate"])
async def test_a_member_is_suspended_resumed_and_removed(world: World, by: str) -> None:
    first, _ = await administrators(world)
    partner, chief = await delegate(world)
    who = first if by == "operator" else chief
    person = await world.person(partner, Role.ASM)
    name = {"member": public("Member", person.member_id)}
    await world.act("suspendMember", who, **name)
    assert (await token_of(world, person))["revoked_at"] is not None
    assert await world.refused("suspendMember", who, **name) == "WRONG_STATUS"
    # Whoever suspended: the operator lifts it.
    await world.act("resumeMember", first, **name)
    assert person.member_id is not None
    row = await world.row(member, person.member_id)
    assert (row["status"], row["epoch"]) == ("ACTIVE", 1)
    assert (await token_of(world, person))["revoked_at"] is not None
    await world.act("removeMember", who, **name)
    row = await world.row(member, person.member_id)
    assert (row["status"], row["epoch"]) == ("REMOVED", 2)
    [right] = await world.rows(habilitation, habilitation.c.member_id == person.member_id)
    assert (right["state"], right["revoked_at"]) == ("REVOKED", world.now)
    for act, caller in (("suspendMember", who), ("resumeMember", first), ("removeMember", who)):
        assert await world.refused(act, caller, **name) == "WRONG_STATUS"


def invited(**changes: Any) -> dict[str, Any]:
    wish = {"name": "Noa Exemple", "email": "noa@asso.example", "role": Role.ASM, "secrecy_basis": SecrecyBasis.MISSION}
    return {**wish, "code_digest": fresh_digest(), **changes}


async def test_a_delegate_invites_and_a_second_invitation_takes_the_place_of_the_first(world: World) -> None:
    partner, chief = await delegate(world)
    outcome = await world.act("inviteMember", chief, **invited())
    assert outcome.subject == partner.id
    await world.act("inviteMember", chief, **invited(email="NOA@asso.example"))
    await world.act("inviteMember", chief, **invited(role=Role.COO))
    rows = await world.rows(invitation, invitation.c.organisation_id == partner.id)
    assert sorted((row["role"], row["withdrawn_at"] is not None) for row in rows) == [
        ("ASM", False),
        ("ASM", True),
        ("COO", False),
    ]
    assert {row["expires_at"] - row["created_at"] for row in rows} == {timedelta(days=7)}
    assert {row["invited_by_id"] for row in rows} == {chief.member_id}


async def test_nobody_invites_where_or_whom_they_may_not(world: World) -> None:
    first, _ = await administrators(world)
    partner, chief = await delegate(world)
    elsewhere, _ = await delegate(world)
    cases: list[tuple[Caller, dict[str, Any], str]] = [
        (chief, {"organisation": public("Organisation", elsewhere.id)}, "NOT_FOUND"),
        (chief, {"organisation": public("Organisation")}, "NOT_FOUND"),
        (chief, {"role": Role.DEL, "secrecy_basis": None}, "NOT_YOURS_TO_GIVE"),
        (chief, {"role": Role.CRI}, "ROLE_ELSEWHERE"),
        (chief, {"secrecy_basis": None}, "SECRECY_BASIS"),
        (first, {"organisation": public("Organisation", partner.id)}, "NOT_YOURS_TO_GIVE"),
        (
            first,
            {"organisation": public("Organisation", partner.id), "role": Role.ADM, "secrecy_basis": None},
            "ROLE_ELSEWHERE",
        ),
    ]
    for who, changes, code in cases:
        assert await world.refused("inviteMember", who, **invited(**changes)) == code, changes
    for email in ("nobody", "a@b", "a b@c.fr", "@c.fr", "a@b@c.fr"):
        with pytest.raises(BadInputError):
            await world.act("inviteMember", chief, **invited(email=email))
    known = [partner.id, elsewhere.id, chief.organisation_id]
    assert await world.rows(invitation, invitation.c.organisation_id.in_(known)) == []
    wish = {"organisation": public("Organisation", partner.id), "role": Role.DEL, "secrecy_basis": None}
    await world.act("inviteMember", first, **invited(**wish))


async def test_nobody_invites_themselves(world: World) -> None:
    partner, chief = await delegate(world)
    assert chief.member_id is not None
    await world.change(member, chief.member_id, email="Chef@asso.example")
    assert await world.refused("inviteMember", chief, **invited(email="chef@ASSO.example")) == "ONESELF"
    assert await world.rows(invitation, invitation.c.organisation_id == partner.id) == []


async def test_a_habilitation_ends_and_what_stands_on_it(world: World) -> None:
    partner, chief = await delegate(world)
    person = await world.person(partner, Role.ASM)
    name = {"habilitation": public("Habilitation", person.habilitation_id)}
    await world.act("revokeHabilitation", chief, **name)
    assert (await token_of(world, person))["revoked_at"] is not None
    assert await world.refused("revokeHabilitation", chief, **name) == "ALREADY_ENDED"


async def test_a_delegate_does_not_reach_another_organisations_people(world: World) -> None:
    _, chief = await delegate(world)
    elsewhere, _ = await delegate(world)
    stranger = await world.person(elsewhere, Role.ASM)
    before = await everything(world)
    for identity in (stranger.member_id, uuid4()):
        for act in ("suspendMember", "removeMember"):
            assert await world.refused(act, chief, member=public("Member", identity)) == "NOT_FOUND"
    for identity in (stranger.habilitation_id, uuid4()):
        wish = {"habilitation": public("Habilitation", identity)}
        assert await world.refused("revokeHabilitation", chief, **wish) == "NOT_FOUND"
    assert await everything(world) == before


async def test_the_commands_login_writes_no_token_and_no_signing_key(world: World) -> None:
    async with world.pool.acquire() as connection:
        for statement in ("UPDATE oauth_token SET revoked_at = NULL", "SELECT sealed_private_key FROM signing_key"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
