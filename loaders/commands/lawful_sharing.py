"""Whether a sharing is lawful (CASF L226-2-2; permissions, section 7): who may receive, for what, which groups."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, literal_column, or_, select

from auth.conditions import Condition
from auth.policy import PURPOSES, decision
from loaders.calendar.civil import today_of
from loaders.commands.case import ONE, same
from loaders.commands.entry import names
from loaders.commands.work import Work
from loaders.policy.context import one_of, word
from loaders.policy.relations import RELEASED
from schema.errors import DomainRefusalError
from schema.tables.directory import organisation
from schema.tables.journal import reach
from schema.tables.people import habilitation, member
from schema.tables.protection import ase_link, measure
from schema.tables.referral import referral
from schema.tables.situation import situation_jurisdiction
from schema.vocabulary import (
    AseLinkState,
    Audience,
    Category,
    HabilitationState,
    MandateKind,
    MemberStatus,
    OrganisationStatus,
    OrgKind,
    Purpose,
    ReferralKind,
    Role,
    role_audience,
)

SHAREABLE = (
    Category.REPORT_TEXT,
    Category.PROBLEMATICS_STARRED,
    Category.EXPLOITATION,
    Category.LIVE_DANGER,
)
LAWFUL = frozenset({Purpose.EVALUATE, Purpose.DETERMINE, Purpose.IMPLEMENT})
# Whom a sharing can be with, by the kind of organisation: only these roles have cells that it widens.
RECEIVERS: dict[OrgKind, Role] = {
    OrgKind.ASE: Role.ASE,
    OrgKind.ASSOCIATION: Role.ASM,
    OrgKind.FOYER: Role.ASM,
}
_ASKERS = frozenset({Audience.LIS, Audience.CRI})


async def lawful_groups(
    work: Work, case: UUID, person: UUID, receiver: Any, purpose: str, wanted: list[str]
) -> list[Category]:
    """The groups to share, if this person may receive them for this purpose and their organisation has a part in it."""
    role = RECEIVERS.get(OrgKind(receiver["kind"]))
    found = None
    if role is not None:
        found = await work.one(_receiver(role), member=person, organisation=receiver["id"])
    if role is None or found is None:
        # One answer for whoever cannot receive, existing or not.
        raise DomainRefusalError(
            "NOT_A_RECEIVER",
            "Cette personne n'a pas, dans cette organisation, d'habilitation en cours qui lui permette de recevoir "
            "un partage : vérifiez son nom et son organisation.",
            "toMember",
        )
    if await work.one(_INVOLVED, situation=case, organisation=receiver["id"]) is None:
        raise DomainRefusalError(
            "NOT_INVOLVED",
            "Cette organisation n'intervient pas dans la situation : proposez-lui d'abord un lien ou une orientation.",
            "toOrganisation",
        )
    if await work.one(_BOUND, habilitation=work.caller.habilitation_id) is None and work.caller.audience in _ASKERS:
        raise DomainRefusalError("NOT_BOUND_BY_SECRECY", "Votre habilitation n'indique pas de secret professionnel.")
    return _groups(work.caller.audience, role, Purpose(purpose), wanted)


def _groups(sender: Audience, role: Role, purpose: Purpose, wanted: list[str]) -> list[Category]:
    """Each group is shareable, within the sender's own reach, and one that a sharing opens to the receiver's role."""
    known = {category.value: category for category in SHAREABLE}
    groups = [known.get(code) for code in names(wanted, "fieldGroups", longest=3)]
    receiver = role_audience(role)
    opened = [
        group
        for group in groups
        if group is not None
        and decision(sender, group).in_schema
        and Condition.GRANTED in decision(receiver, group).conditions
    ]
    if not opened or len(opened) != len(groups):
        raise DomainRefusalError(
            "NOT_SHAREABLE",
            "Un partage n'ouvre que des groupes que vous voyez vous-même et que la matrice prévoit pour cette "
            "personne : G11 et G19 à l'ASE ; G11, G17 et G18 à une association ou un foyer.",
            "fieldGroups",
        )
    to_implement = any(Condition.TO_IMPLEMENT in decision(receiver, group).conditions for group in opened)
    if purpose not in LAWFUL & PURPOSES[role] or (to_implement and purpose is not Purpose.IMPLEMENT):
        raise DomainRefusalError(
            "PURPOSE_NOT_ALLOWED", "Cette finalité n'est pas de celles de la personne destinataire.", "purpose"
        )
    return opened


def _live_habilitation(*roles: Role) -> tuple[Any, ...]:
    return (
        habilitation.c.state == word(HabilitationState.ACTIVE.value),
        habilitation.c.revoked_at.is_(None),
        habilitation.c.valid_from <= func.now(),
        habilitation.c.valid_to > func.now(),
        habilitation.c.secrecy_basis.is_not(None),
        *((one_of(habilitation.c.role, (role.value for role in roles)),) if roles else ()),
    )


_BOUND = select(ONE).where(same(habilitation.c.id, "habilitation"), *_live_habilitation())


@cache
def _receiver(role: Role) -> Any:
    return (
        select(member.c.id)
        .join(habilitation, habilitation.c.member_id == member.c.id)
        .join(organisation, organisation.c.id == member.c.organisation_id)
        .where(
            same(member.c.id, "member"),
            same(member.c.organisation_id, "organisation"),
            member.c.status == word(MemberStatus.ACTIVE.value),
            habilitation.c.organisation_id == member.c.organisation_id,
            *_live_habilitation(role),
            organisation.c.status == word(OrganisationStatus.ACTIVE.value),
            organisation.c.mandate_kind.is_distinct_from(word(MandateKind.OUTSIDE_MISSION.value)),
        )
        .limit(literal_column("1"))
    )


_TODAY = today_of(measure.c.authority_id)
_LIVE_LINKS = tuple(state.value for state in (AseLinkState.PROPOSED, AseLinkState.CONTACTED, AseLinkState.CONFIRMED))
_SUPPORTING = tuple(kind.value for kind in (MandateKind.MEASURE, MandateKind.ASE_MISSION))


def _there(table: Any, *clauses: Any) -> Any:
    return select(literal_column("1")).select_from(table).where(*clauses).correlate(organisation).exists()


_IN_THE_CASE = bindparam("situation", type_=reach.c.situation_id.type)
# Section 7, 2: a jurisdiction (of the ASE), a link, a measure, or an orientation whose identity is released.
_INVOLVED = select(ONE).where(
    same(organisation.c.id, "organisation"),
    or_(
        _there(
            measure,
            measure.c.situation_id == _IN_THE_CASE,
            measure.c.organisation_id == organisation.c.id,
            measure.c.starts_on <= _TODAY,
            or_(measure.c.ends_on.is_(None), measure.c.ends_on >= _TODAY),
        ),
        _there(
            ase_link,
            ase_link.c.situation_id == _IN_THE_CASE,
            ase_link.c.ase_org_id == organisation.c.id,
            ase_link.c.ended_at.is_(None),
            one_of(ase_link.c.state, _LIVE_LINKS),
        ),
        (organisation.c.kind == word(OrgKind.ASE.value))
        & _there(
            situation_jurisdiction,
            situation_jurisdiction.c.situation_id == _IN_THE_CASE,
            situation_jurisdiction.c.authority_id == organisation.c.authority_id,
            situation_jurisdiction.c.starts_at <= func.now(),
            or_(situation_jurisdiction.c.ends_at.is_(None), situation_jurisdiction.c.ends_at > func.now()),
        ),
        or_(
            organisation.c.kind == word(OrgKind.FOYER.value),
            one_of(organisation.c.mandate_kind, _SUPPORTING),
        )
        & _there(
            referral,
            referral.c.situation_id == _IN_THE_CASE,
            referral.c.to_org_id == organisation.c.id,
            referral.c.kind == word(ReferralKind.DIRECT_SUPPORT.value),
            one_of(referral.c.status, (status.value for status in RELEASED)),
        ),
    ),
)
