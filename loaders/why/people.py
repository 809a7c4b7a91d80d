"""Who is asked about: a member under one habilitation and one purpose, or the tool of an organisation."""

# asyncpg's classes take type arguments in their stubs only, so annotations stay text.
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Text, cast, exists, or_, select
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from auth.policy import PURPOSES
from loaders.policy.context import bind, word
from loaders.statement.fetching import fetch
from loaders.tokens.standing import habilitation_is_live, organisation_is_open
from loaders.why.facts import Claim, Fact, facts_of
from schema.errors import SetupError
from schema.tables.directory import organisation
from schema.tables.oauth import oauth_client
from schema.tables.people import habilitation, member
from schema.vocabulary import Audience, MandateKind, OrgKind, Purpose, Role, organisation_audience, role_audience

_NAME = bind("name", Text())
_OFFICE = bind("organisation", Uuid(as_uuid=True))
_MEMBER = bind("member", Uuid(as_uuid=True))
_HABILITATION = bind("habilitation", Uuid(as_uuid=True))


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked about, with what they need before any condition."""

    caller: Caller
    standing: tuple[Fact, ...]


async def person(
    connection: asyncpg.Connection[Any], office: str, somebody: str | None, chosen: str | None, purpose: Purpose | None
) -> Person:
    """A member of an organisation under one habilitation and one purpose; without a member, the organisation's own tool.

    Raises: SetupError where the words name nobody, or several.
    """
    place = await _organisation(connection, office)
    if somebody is None:
        audience = organisation_audience(OrgKind(place["kind"]))
        if audience is None:
            raise SetupError(f"{place['name']} has no tool that may ask by itself.")
        standing = await facts_of(connection, {"organisation": place["id"]}, _standing_of_organisation())
        return Person(_caller(place, audience, None, None, None), standing)
    named = await _member(connection, place["id"], somebody)
    held = await _habilitation(connection, named["id"], place["id"], chosen)
    role = Role(held["role"])
    wanted = _purpose(role, purpose)
    binds = {"organisation": place["id"], "member": named["id"], "habilitation": held["id"]}
    standing = await facts_of(connection, binds, [*_standing_of_organisation(), *_standing_of_member()])
    allowed = Fact(f"{wanted.value} is a purpose of {role.value}.", wanted in PURPOSES[role], "choose another purpose")
    return Person(_caller(place, role_audience(role), named["id"], held["id"], wanted), (*standing, allowed))


def _purpose(role: Role, wanted: Purpose | None) -> Purpose:
    if wanted is not None:
        return wanted
    several = sorted(PURPOSES[role], key=lambda one: one.value)
    if len(several) > 1:
        names = ", ".join(one.value for one in several)
        raise SetupError(f"{role.value} has several purposes: choose one with --purpose ({names}).")
    return several[0]


def _caller(place: Any, audience: Audience, who: UUID | None, held: UUID | None, purpose: Purpose | None) -> Caller:
    return Caller.without_token(
        audience,
        place["id"],
        OrgKind(place["kind"]),
        mandate_kind=MandateKind(place["mandate_kind"]) if place["mandate_kind"] else None,
        authority_id=place["authority_id"],
        member_id=who,
        habilitation_id=held,
        purpose=purpose,
    )


async def _organisation(connection: asyncpg.Connection[Any], name: str) -> Any:
    """By id, by the id of one of its clients, or by its name."""
    found = await fetch(
        connection,
        select(
            organisation.c.id,
            organisation.c.name,
            organisation.c.kind,
            organisation.c.mandate_kind,
            organisation.c.authority_id,
        ).where(
            or_(
                cast(organisation.c.id, Text) == _NAME,
                organisation.c.name == _NAME,
                exists().where(oauth_client.c.organisation_id == organisation.c.id, oauth_client.c.id == _NAME),
            )
        ),
        {"name": name.removeprefix("org_")},
    )
    return only(found, f"organisation {name}")


async def _member(connection: asyncpg.Connection[Any], office: UUID, name: str) -> Any:
    found = await fetch(
        connection,
        select(member.c.id).where(
            member.c.organisation_id == _OFFICE,
            or_(cast(member.c.id, Text) == _NAME, member.c.name == _NAME),
        ),
        {"organisation": office, "name": name.removeprefix("mem_")},
    )
    return only(found, f"member {name} of this organisation")


async def _habilitation(connection: asyncpg.Connection[Any], who: UUID, office: UUID, chosen: str | None) -> Any:
    """The one asked for by role or id; else the only live one, else the only one."""
    found = await fetch(
        connection,
        select(habilitation.c.id, habilitation.c.role, habilitation_is_live().label("live"))
        .where(
            habilitation.c.member_id == _MEMBER,
            habilitation.c.organisation_id == _OFFICE,
        )
        .order_by(habilitation.c.valid_from),
        {"member": who, "organisation": office},
    )
    if chosen is not None:
        found = [row for row in found if chosen in {row["role"], str(row["id"]), f"hab_{row['id']}"}]
    live = [row for row in found if row["live"]]
    named = ", ".join(f"{row['role']} {row['id']}" for row in found)
    return only(live or found[-1:], "habilitation of this member", f"choose one with --habilitation ({named})")


def only(found: Sequence[Any], what: str, several: str = "give its id") -> Any:
    if not found:
        raise SetupError(f"There is no {what}.")
    if len(found) > 1:
        raise SetupError(f"There are several of {what}: {several}.")
    return found[0]


def _standing_of_organisation() -> list[Claim]:
    return [
        Claim(
            "The organisation is active, and within the dates of its convention.",
            exists().where(organisation.c.id == _OFFICE, organisation_is_open()),
            "ADM",
        ),
        Claim(
            "One of its tools is active.",
            exists().where(oauth_client.c.organisation_id == _OFFICE, oauth_client.c.status == word("ACTIVE")),
            "DEL of the organisation, or ADM",
        ),
    ]


def _standing_of_member() -> list[Claim]:
    return [
        Claim(
            "The member is active.",
            exists().where(member.c.id == _MEMBER, member.c.status == word("ACTIVE")),
            "DEL of the organisation",
        ),
        Claim(
            "The habilitation is active, not revoked, and within its dates.",
            exists().where(habilitation.c.id == _HABILITATION, habilitation_is_live()),
            "DEL of the organisation",
        ),
    ]
