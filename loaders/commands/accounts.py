"""Organisations come in and leave: asked in by one administrator, approved by another, suspended, resumed, closed."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from auth.policy import Act
from loaders.commands.case import departments
from loaders.commands.client_keys import approve_keys
from loaders.commands.clients import four_eyes, must_not_be_own
from loaders.commands.entry import NAME, names, optional, required
from loaders.commands.work import Command, Row, Work
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.directory import organisation
from schema.tables.people import admission
from schema.types.acts_accounts import (
    ApproveOrganisationInput,
    CloseOrganisationInput,
    CreateOrganisationInput,
    ResumeOrganisationInput,
    SuspendOrganisationInput,
)
from schema.vocabulary import OrganisationStatus, OrgKind

_OF_AN_AUTHORITY = frozenset({OrgKind.CRIP, OrgKind.ASE})
_SIRET = re.compile(r"[0-9]{14}")
# La Poste's establishments share one SIREN and sum their digits otherwise (INSEE).
_LA_POSTE = "356000000"


async def create(work: Work, wish: CreateOrganisationInput) -> UUID:
    """Note a partner that asks to come in: PENDING, and nothing of it counts."""
    kind = OrgKind(wish.kind)
    if (wish.authority is not None) != (kind in _OF_AN_AUTHORITY):
        raise BadInputError("`authority` is for a CRIP or an ASE, and they need one.", reason="INVALID_AUTHORITY")
    if (wish.mandate_kind is not None) != (kind is OrgKind.ASSOCIATION):
        raise BadInputError("`mandateKind` is for an association, which needs one.", reason="INVALID_MANDATE")
    of = None if wish.authority is None else await work.visible("Authority", wish.authority, field="authority")
    _must_be_a_period(wish.valid_from, wish.valid_to)
    identity = await work.insert(
        organisation,
        name=required(wish.name, "name", NAME),
        kind=wish.kind,
        authority_id=None if of is None else of.id,
        mandate_kind=wish.mandate_kind,
        convention_ref=optional(wish.convention_ref, "conventionRef", NAME),
        valid_from=wish.valid_from,
        valid_to=wish.valid_to,
        territories=await departments(work, names(wish.territories, "territories", longest=3), field="territories"),
        sirets=_sirets(wish.sirets),
        status=OrganisationStatus.PENDING,
    )
    await work.add_row(admission, organisation_id=identity, created_by_id=work.caller.member_id, created_at=work.now)
    return identity


def _must_be_a_period(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise DomainRefusalError("INVALID_PERIOD", "Le dernier jour de la convention précède le premier.", "validTo")


def _sirets(values: list[str] | None) -> list[str]:
    found = names(values, "sirets", longest=20)
    for siret in found:
        if not _SIRET.fullmatch(siret) or not (siret.startswith(_LA_POSTE) or _luhn(siret)):
            raise BadInputError("`sirets` holds something that is no SIRET number.", reason="INVALID_SIRET")
    return found


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 (Luhn: the digits of the double)


async def approve(work: Work, wish: ApproveOrganisationInput) -> UUID:
    """The second administrator: the proven keys count from now on, and a PENDING organisation is ACTIVE."""
    row = await _locked(work, wish)
    status = OrganisationStatus(row["status"])
    if status is OrganisationStatus.CLOSED:
        raise _refused("ORGANISATION_CLOSED", "Cette organisation a quitté le réseau.")
    if status is OrganisationStatus.PENDING:
        await _admit(work, row.id)
    await approve_keys(work, row.id, wish.fingerprint)
    if status is OrganisationStatus.PENDING:
        await work.update(organisation, row.id, status=OrganisationStatus.ACTIVE)
    return row.id


async def _admit(work: Work, identity: UUID) -> None:
    asked_in = await work.one(_ASKED_IN, organisation=identity)
    if asked_in is not None and asked_in["created_by_id"] == work.caller.member_id:
        raise four_eyes()
    await work.one(_ADMIT, organisation=identity, by=work.caller.member_id, moment=work.now)


_THIS = admission.c.organisation_id == bindparam("organisation", type_=admission.c.organisation_id.type)
_ASKED_IN = select(admission.c.created_by_id).where(_THIS)
_ADMIT = (
    update(admission)
    .where(_THIS)
    .values(
        approved_by_id=bindparam("by", type_=admission.c.approved_by_id.type),
        approved_at=bindparam("moment", type_=admission.c.approved_at.type),
    )
    .returning(admission.c.organisation_id)
)


async def suspend(work: Work, wish: SuspendOrganisationInput) -> UUID:
    """Its tokens are dead from this commit on, and stay so."""
    return await _move(work, wish, OrganisationStatus.SUSPENDED, {OrganisationStatus.ACTIVE}, ends_tokens=True)


async def resume(work: Work, wish: ResumeOrganisationInput) -> UUID:
    """It may ask for new tokens; the epoch stays raised, so the old ones stay dead."""
    return await _move(work, wish, OrganisationStatus.ACTIVE, {OrganisationStatus.SUSPENDED}, ends_tokens=False)


async def close(work: Work, wish: CloseOrganisationInput) -> UUID:
    """For good."""
    every = set(OrganisationStatus) - {OrganisationStatus.CLOSED}
    return await _move(work, wish, OrganisationStatus.CLOSED, every, ends_tokens=True)


async def _move(
    work: Work, wish: Any, to: OrganisationStatus, expected: set[OrganisationStatus], *, ends_tokens: bool
) -> UUID:
    row = await _locked(work, wish)
    must_not_be_own(work, row.id)
    if OrganisationStatus(row["status"]) not in expected:
        raise _refused("WRONG_STATUS", "L'état de l'organisation ne permet pas cet acte.")
    await work.update(organisation, row.id, status=to, epoch=row["epoch"] + (1 if ends_tokens else 0))
    return row.id


async def _locked(work: Work, wish: Any) -> Row:
    row = await work.lock(
        "Organisation", wish.organisation, field="organisation", expected_version=wish.expected_version
    )
    work.about = f"organisation={row.id}"
    return row


def _refused(code: str, sentence: str) -> DomainRefusalError:
    return DomainRefusalError(code, sentence, "organisation")


COMMANDS = {
    "createOrganisation": Command(Act.ADMIT_ORGANISATION, "Organisation", create),
    "approveOrganisation": Command(Act.APPROVE_ORGANISATION, "Organisation", approve),
    "suspendOrganisation": Command(Act.SUSPEND_ORGANISATION, "Organisation", suspend),
    "resumeOrganisation": Command(Act.SUSPEND_ORGANISATION, "Organisation", resume),
    "closeOrganisation": Command(Act.SUSPEND_ORGANISATION, "Organisation", close),
}
