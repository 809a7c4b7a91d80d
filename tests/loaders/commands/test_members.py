"""The members of an organisation: invited, suspended, removed, by those who may, for twelve months at most."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from auth.caller import Caller
from schema.errors import BadInputError
from schema.tables.people import habilitation, member
from schema.tables.signin import invitation
from schema.vocabulary import Role, SecrecyBasis
from tests.loaders.commands.coming_in import administrators, delegate, everything, fresh_digest, token_of
from tests.loaders.commands.world import World, made_world, public  # noqa: F401


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


async def test_no_habilitation_is_longer_than_twelve_months(world: World) -> None:
    """Not even one written by hand, as the owner of the database."""
    partner, _ = await delegate(world)
    person = await world.person(partner, Role.ASM)
    assert person.habilitation_id is not None
    row = await world.row(habilitation, person.habilitation_id)
    await world.change(habilitation, person.habilitation_id, valid_to=row["valid_from"] + timedelta(days=365))
    with pytest.raises(IntegrityError, match="twelve_months"):
        await world.change(habilitation, person.habilitation_id, valid_to=row["valid_from"] + timedelta(days=368))


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
