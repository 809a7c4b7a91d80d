"""The sender's side of an orientation: proposed with coded values, identity released with the minor's agreement, withdrawn."""

from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from auth.policy import Act
from loaders.commands.case import ONE, RECEIVERS, TEAM, must_be, open_case, open_case_of, part_of, public_id, same
from loaders.commands.entry import PARIS, distinct, optional, reference
from loaders.commands.situation import end_grants
from loaders.commands.work import Command, Row, Work
from loaders.policy.context import one_of, word
from loaders.policy.relations import LIVE
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.directory import department
from schema.tables.observation import exploitation_fact, problematic
from schema.tables.protection import dlpm_action
from schema.tables.referral import referral
from schema.types.acts_orientation import (
    ProposeDraftReferralInput,
    ProposeReferralInput,
    RecordMinorAgreementInput,
    ReleaseIdentityInput,
    WithdrawReferralInput,
)
from schema.vocabulary import (
    Category,
    DlpmActionKind,
    ExploitationForm,
    MandateKind,
    MinorAgreement,
    OrganisationStatus,
    OrgKind,
    Problematic,
    ReferralKind,
    ReferralStatus,
    TriState,
)

RECEIVING_KINDS = frozenset({OrgKind.ASSOCIATION.value, OrgKind.FOYER.value})
# The mandate is a hard ceiling: outside a mission, an association discusses anonymised cases only (domain, section 2).
SUPPORTING_MANDATES = frozenset({MandateKind.MEASURE.value, MandateKind.ASE_MISSION.value})
WITH_AGREEMENT = LIVE | {ReferralStatus.DRAFT}


# ---------------------------------------------------------------- proposed


async def propose(work: Work, wish: ProposeReferralInput) -> UUID:
    """PROPOSED at once, or a DRAFT that its receiver does not see."""
    case = await open_case(work, wish.situation)
    child = await part_of(work, "Minor", wish.minor, case.id, field="minor")
    receiver = await work.visible("Organisation", wish.to_organisation, field="toOrganisation")
    _must_be_able_to_receive(work, receiver, wish.kind)
    await _must_be_the_only_one(work, child, receiver, wish.kind, field="toOrganisation")
    needs = distinct(wish.need_codes)
    if not needs:
        raise BadInputError("`needCodes` is empty.", reason="EMPTY")
    kinds = _plain_kinds(wish.shared_kinds)
    supports = wish.kind is ReferralKind.DIRECT_SUPPORT
    # A consultation reads no observation of the case: what it may know is copied when it is proposed.
    chosen = (
        {"shared_kinds": kinds or []}
        if supports
        else {"coded_problematics": kinds if kinds is not None else _every_plain_kind()}
    )
    identity = await work.insert(
        referral,
        ref=reference("O"),
        situation_id=case.id,
        minor_id=child.id,
        controller_org_id=work.caller.organisation_id,
        to_org_id=receiver.id,
        kind=wish.kind,
        status=ReferralStatus.DRAFT,
        minor_agreement=MinorAgreement.NOT_ASKED,
        drafted_at=work.now,
        age_band=child["age_band"],
        territory=await _territory(work, wish.territory),
        need_codes=needs,
        **chosen,
    )
    if wish.draft:
        await work.event("referral.drafted", identity, situation=case.id, audiences=TEAM)
    else:
        await _send(work, case, identity, child, receiver, wish.kind, chosen.get("coded_problematics", []))
    return identity


async def propose_draft(work: Work, wish: ProposeDraftReferralInput) -> UUID:
    """DRAFT -> PROPOSED, with the coded values of now."""
    row = await work.lock("Referral", wish.referral, field="referral", expected_version=wish.expected_version)
    case = await open_case_of(work, row)
    must_be(row, {ReferralStatus.DRAFT}, "referral", "Cette orientation a déjà été proposée.")
    child = await part_of(work, "Minor", public_id("Minor", row["minor_id"]), case.id, field="referral")
    receiver = await work.visible("Organisation", public_id("Organisation", row["to_org_id"]), field="referral")
    kind = ReferralKind(row["kind"])
    _must_be_able_to_receive(work, receiver, kind)
    await _must_be_the_only_one(work, child, receiver, kind, field="referral")
    await _send(work, case, row.id, child, receiver, kind, [Problematic(one) for one in row["coded_problematics"]])
    return row.id


def _must_be_able_to_receive(work: Work, receiver: Row, kind: ReferralKind) -> None:
    if receiver["kind"] not in RECEIVING_KINDS:
        raise DomainRefusalError(
            "NOT_A_RECEIVER", "Une orientation se propose à une association ou à un foyer.", "toOrganisation"
        )
    if receiver["status"] != OrganisationStatus.ACTIVE.value or not _within_convention(work, receiver):
        raise DomainRefusalError(
            "NOT_IN_THE_NETWORK",
            "Cette organisation n'est pas active dans le réseau, ou sa convention a pris fin.",
            "toOrganisation",
        )
    mandated = receiver["kind"] == OrgKind.FOYER.value or receiver["mandate_kind"] in SUPPORTING_MANDATES
    if kind is ReferralKind.DIRECT_SUPPORT and not mandated:
        raise DomainRefusalError(
            "OUT_OF_MANDATE", "Hors mission, une association ne reçoit que des étayages anonymisés.", "toOrganisation"
        )


async def _must_be_the_only_one(work: Work, child: Row, receiver: Row, kind: ReferralKind, *, field: str) -> None:
    if await work.one(_LIVE, minor=child.id, organisation=receiver.id, kind=kind.value) is not None:
        raise DomainRefusalError(
            "ALREADY_RECORDED", "Une orientation de ce type est déjà en cours vers cette organisation.", field
        )


def _within_convention(work: Work, receiver: Row) -> bool:
    today = work.now.astimezone(PARIS).date()
    first, last = receiver["valid_from"], receiver["valid_to"]
    return (first is None or first <= today) and (last is None or today <= last)


def _plain_kinds(kinds: list[Problematic] | None) -> list[Problematic] | None:
    if any(kind.starred for kind in kinds or ()):
        raise DomainRefusalError(
            "SENSITIVE_KIND",
            "Une difficulté sensible ne se partage que par un partage motivé (L226-2-2).",
            "sharedKinds",
        )
    return None if kinds is None else distinct(kinds)


def _every_plain_kind() -> list[Problematic]:
    return [kind for kind in Problematic if not kind.starred]


async def _territory(work: Work, value: str | None) -> str | None:
    code = optional(value, "territory", longest=3)
    if code is not None and await work.one(_PLACE, code=code) is None:
        raise BadInputError("`territory` is not the code of a department or a region.", reason="UNKNOWN_REFERENCE")
    return code


async def _send(
    work: Work, case: Row, identity: UUID, child: Row, receiver: Row, kind: ReferralKind, kinds: list[Problematic]
) -> None:
    coded: dict[str, Any] = {}
    if kind is ReferralKind.PROFESSIONAL_CONSULTATION:
        observed = await work.one(_OBSERVED, situation=case.id, minor=child.id)
        forms = await work.one(_FORMS, situation=case.id, minor=child.id)
        present = set((observed["found"] if observed else None) or ())
        coded = {
            "coded_problematics": [one for one in kinds if one.value in present],
            "coded_forms": [ExploitationForm(one) for one in sorted((forms["found"] if forms else None) or ())],
            "coded_qualification": case["qualification"],
        }
    await work.update(
        referral, identity, status=ReferralStatus.PROPOSED, proposed_at=work.now, age_band=child["age_band"], **coded
    )
    await work.insert(
        dlpm_action, situation_id=case.id, target_org_id=receiver.id, kind=DlpmActionKind.LOCAL_ORIENTATION, at=work.now
    )
    await work.event("referral.proposed", identity, situation=case.id, audiences=RECEIVERS)


_LIVE = select(ONE).where(
    same(referral.c.minor_id, "minor"),
    same(referral.c.to_org_id, "organisation"),
    same(referral.c.kind, "kind"),
    one_of(referral.c.status, LIVE),
)
_CODE = bindparam("code", type_=Text())
_PLACE = select(ONE).where(or_(department.c.code == _CODE, department.c.region_code == _CODE))
# The last word on each kind counts: what was observed and then found untrue is not transmitted.
_LATEST = (
    select(problematic.c.kind, problematic.c.value)
    .ext(distinct_on(problematic.c.kind))
    .where(
        same(problematic.c.situation_id, "situation"),
        or_(problematic.c.minor_id.is_(None), same(problematic.c.minor_id, "minor")),
    )
    .order_by(problematic.c.kind, problematic.c.at.desc(), problematic.c.id)
    .subquery()
)
_OBSERVED = select(func.array_agg(_LATEST.c.kind).label("found")).where(_LATEST.c.value == word(TriState.YES.value))
_FORMS = select(func.array_agg(exploitation_fact.c.form.distinct()).label("found")).where(
    same(exploitation_fact.c.situation_id, "situation"),
    or_(exploitation_fact.c.minor_id.is_(None), same(exploitation_fact.c.minor_id, "minor")),
    exploitation_fact.c.form != word(ExploitationForm.UNKNOWN.value),
)


# ---------------------------------------------------------------- agreement, release, withdrawal


async def record_agreement(work: Work, wish: RecordMinorAgreementInput) -> UUID:
    """The minor's answer; taking it back ends what it opened, at the next read."""
    row = await work.lock("Referral", wish.referral, field="referral", expected_version=wish.expected_version)
    must_be(row, WITH_AGREEMENT, "referral", "Cette orientation a pris fin : l'accord ne s'y enregistre plus.")
    await work.update(referral, row.id, minor_agreement=wish.agreement)
    audiences = TEAM if row["status"] == ReferralStatus.DRAFT.value else RECEIVERS
    await work.event("referral.agreement", row.id, situation=row["situation_id"], audiences=audiences)
    return row.id


async def release_identity(work: Work, wish: ReleaseIdentityInput) -> UUID:
    """ACCEPTED -> IDENTITY_RELEASED: the sender's act, with the minor's agreement (permissions, section 8)."""
    row = await work.lock("Referral", wish.referral, field="referral", expected_version=wish.expected_version)
    if row["kind"] != ReferralKind.DIRECT_SUPPORT.value:
        raise DomainRefusalError(
            "CONSULTATION_STAYS_CODED", "Un étayage reste anonymisé : aucune identité ne s'y transmet.", "referral"
        )
    must_be(row, {ReferralStatus.ACCEPTED}, "referral", "L'identité se transmet une fois l'orientation acceptée.")
    if row["minor_agreement"] != MinorAgreement.AGREED.value:
        raise DomainRefusalError(
            "MINOR_HAS_NOT_AGREED", "L'accord du mineur est nécessaire avant de transmettre son identité.", "referral"
        )
    receiver = await work.visible("Organisation", public_id("Organisation", row["to_org_id"]), field="referral")
    _must_be_able_to_receive(work, receiver, ReferralKind.DIRECT_SUPPORT)
    await work.update(referral, row.id, status=ReferralStatus.IDENTITY_RELEASED, released_at=work.now)
    await work.disclose(
        "IDENTITY_RELEASED", row["situation_id"], [Category.MINOR_MINIMAL], to_organisation=row["to_org_id"]
    )
    await work.event("referral.identity_released", row.id, situation=row["situation_id"], audiences=RECEIVERS)
    return row.id


async def withdraw(work: Work, wish: WithdrawReferralInput) -> UUID:
    """Any live state -> WITHDRAWN; the sharings with its receiver end with it (permissions, section 7)."""
    row = await work.lock("Referral", wish.referral, field="referral", expected_version=wish.expected_version)
    # Not a draft: its receiver has never heard of it, and sees what is WITHDRAWN.
    must_be(row, LIVE, "referral", "Seule une orientation en cours peut être retirée.")
    await work.update(referral, row.id, status=ReferralStatus.WITHDRAWN, ended_at=work.now)
    await end_grants(work, row["situation_id"], organisation=row["to_org_id"])
    await work.event("referral.withdrawn", row.id, situation=row["situation_id"], audiences=RECEIVERS)
    return row.id


COMMANDS = {
    "proposeReferral": Command(Act.PROPOSE_REFERRAL, "Referral", propose),
    "proposeDraftReferral": Command(Act.PROPOSE_REFERRAL, "Referral", propose_draft),
    "recordMinorAgreement": Command(Act.PROPOSE_REFERRAL, "Referral", record_agreement),
    "releaseIdentity": Command(Act.PROPOSE_REFERRAL, "Referral", release_identity),
    "withdrawReferral": Command(Act.PROPOSE_REFERRAL, "Referral", withdraw),
}
