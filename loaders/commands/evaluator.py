"""Who evaluates (CASF D226-2-5): a named person, who does not follow the family, save an exception that says why."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, literal_column, or_, select

from auth.policy import PURPOSES, Act
from loaders.calendar.civil import today_of
from loaders.commands.case import AUTHORITIES, ONE, must_be, must_be_open, same
from loaders.commands.entry import optional
from loaders.commands.work import Command, Row, Work, row_id
from loaders.policy.context import one_of, word
from schema.errors import DomainRefusalError
from schema.tables.directory import organisation
from schema.tables.people import habilitation, member
from schema.tables.protection import ase_link, measure
from schema.tables.report import evaluation
from schema.types.acts_report import AssignEvaluatorInput
from schema.vocabulary import (
    AseLinkState,
    Category,
    HabilitationState,
    MemberStatus,
    OrganisationStatus,
    OrgKind,
    Purpose,
    ReportStatus,
    Role,
)


async def assign(work: Work, wish: AssignEvaluatorInput) -> UUID:
    """The evaluation of a report that is being evaluated is given to somebody of the authority, or to somebody else."""
    report = await work.lock("ConcernReport", wish.report, field="report", expected_version=wish.expected_version)
    must_be(
        report,
        {ReportStatus.EVALUATING},
        "report",
        "Aucune évaluation n'est en cours pour cette information préoccupante.",
    )
    await must_be_open(work, report, "report")
    under_way = await work.one(_EVALUATION, report=report.id)
    if under_way is None:
        raise DomainRefusalError(
            "WRONG_STATE", "Aucune évaluation n'est en cours pour cette information préoccupante.", "report"
        )
    person, service = await _evaluator(work, wish.evaluator)
    await _alone(work, report["situation_id"])
    reason = await _exception(work, report, person, wish.exception_reason)
    await work.update(evaluation, under_way["id"], evaluator_id=person, exception_reason=reason)
    if reason is not None:
        # Ledgered (condition 14): that somebody who follows the family was given its evaluation.
        await work.disclose(
            "EVALUATOR_EXCEPTION", report["situation_id"], [Category.REPORT_STEPS], to_organisation=service
        )
    await work.event("evaluation.assigned", report.id, situation=report["situation_id"], audiences=AUTHORITIES)
    return report.id


async def _evaluator(work: Work, wanted: str) -> tuple[UUID, UUID]:
    """Somebody of the authority's CRIP or ASE who may evaluate; anybody else is refused alike, existing or not."""
    identity = row_id("Member", wanted, "evaluator")
    found = await work.one(_habilitated(), member=identity, authority=work.caller.authority_id)
    if found is None:
        raise DomainRefusalError(
            "NOT_HABILITATED",
            "Cette personne n'a pas, dans votre département, d'habilitation en cours pour évaluer.",
            "evaluator",
        )
    return identity, found["organisation_id"]


async def _exception(work: Work, report: Row, person: UUID, given: str | None) -> str | None:
    """Why the evaluator is somebody who follows the family; nothing where it is not."""
    reason = optional(given, "exceptionReason")
    follows = await work.one(_CASEWORKER, situation=report["situation_id"], member=person) is not None
    if follows and reason is None:
        raise DomainRefusalError(
            "EVALUATOR_IS_CASEWORKER",
            "Cette personne suit déjà la famille (CASF D226-2-5) : désignez quelqu'un d'autre, ou motivez l'exception.",
            "evaluator",
        )
    if reason is not None and not follows:
        raise DomainRefusalError(
            "NO_EXCEPTION_HERE",
            "Cette personne ne suit pas la famille : il n'y a pas d'exception à motiver.",
            "exceptionReason",
        )
    return reason


async def must_not_evaluate(work: Work, situation: UUID) -> None:
    """Nobody takes charge of a family that they are evaluating: the rule holds from both sides."""
    await _alone(work, situation)
    if await work.one(_EVALUATES, situation=situation, member=work.caller.member_id) is not None:
        raise DomainRefusalError(
            "CASEWORKER_IS_EVALUATOR",
            "Vous évaluez cette situation (CASF D226-2-5) : un autre évaluateur doit d'abord être désigné.",
            "takeCharge",
        )


async def _alone(work: Work, situation: UUID) -> None:
    # Each side reads what the other writes: of two at once the second waits, and sees what the first has written.
    await work.one(_ALONE, situation=str(situation))


# Apart from the lock of the relations (loaders/policy/reach.py), which is taken when a row is written.
_ALONE = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("situation", type_=Text()), literal_column("14")))
)
_EVALUATION = select(evaluation.c.id).where(same(evaluation.c.report_id, "report")).with_for_update()


@cache
def _habilitated() -> Any:
    roles = tuple(role.value for role in (Role.CRI, Role.ASE) if Purpose.EVALUATE in PURPOSES[role])
    return (
        select(member.c.organisation_id)
        .join(habilitation, habilitation.c.member_id == member.c.id)
        .join(organisation, organisation.c.id == member.c.organisation_id)
        .where(
            same(member.c.id, "member"),
            same(organisation.c.authority_id, "authority"),
            one_of(organisation.c.kind, (OrgKind.CRIP.value, OrgKind.ASE.value)),
            organisation.c.status == word(OrganisationStatus.ACTIVE.value),
            member.c.status == word(MemberStatus.ACTIVE.value),
            habilitation.c.organisation_id == member.c.organisation_id,
            habilitation.c.state == word(HabilitationState.ACTIVE.value),
            habilitation.c.revoked_at.is_(None),
            habilitation.c.valid_from <= func.now(),
            habilitation.c.valid_to > func.now(),
            one_of(habilitation.c.role, roles),
        )
        .limit(literal_column("1"))
    )


_TODAY = today_of(measure.c.authority_id)
_LIVE = tuple(state.value for state in (AseLinkState.PROPOSED, AseLinkState.CONTACTED, AseLinkState.CONFIRMED))
# Follows the family: a live link or measure in their name, in this situation.
_CASEWORKER = select(ONE).where(
    or_(
        select(literal_column("1"))
        .where(
            same(ase_link.c.situation_id, "situation"),
            same(ase_link.c.caseworker_id, "member"),
            ase_link.c.ended_at.is_(None),
            one_of(ase_link.c.state, _LIVE),
        )
        .exists(),
        select(literal_column("1"))
        .where(
            same(measure.c.situation_id, "situation"),
            same(measure.c.caseworker_id, "member"),
            or_(measure.c.ends_on.is_(None), measure.c.ends_on >= _TODAY),
        )
        .exists(),
    )
)

_EVALUATES = select(ONE).where(
    select(literal_column("1"))
    .where(
        same(evaluation.c.situation_id, "situation"),
        same(evaluation.c.evaluator_id, "member"),
        evaluation.c.done_at.is_(None),
    )
    .exists()
)


COMMANDS = {"assignEvaluator": Command(Act.ASSIGN_EVALUATION, "ConcernReport", assign)}
