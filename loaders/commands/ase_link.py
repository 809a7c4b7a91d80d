"""The answer of an ASE service to the link that the DLPM proposed (mise en lien)."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, FromClause, literal_column, or_, select

from auth.policy import Act
from loaders.commands.case import AUTHORITIES, same
from loaders.commands.entry import NAME, optional
from loaders.commands.evaluator import must_not_evaluate
from loaders.commands.work import Command, Work, row_id, stale
from loaders.nouns import NOUNS
from loaders.policy.conditions import row_rule
from loaders.policy.context import BOUND, one_of, values
from loaders.policy.doors import door
from loaders.policy.relations import ASE_LINKED
from loaders.policy.rule_sql import sql
from loaders.policy.rules import Rule, via
from loaders.statement import version
from schema.errors import BadInputError, DomainRefusalError, NotFoundError
from schema.tables.protection import ase_link
from schema.types.acts_ase import AnswerAseLinkInput
from schema.vocabulary import AseLinkState, Audience, Category

# NO_ANSWER and NOT_COMPETENT end the service's reach, so the step from there to ENDED is the DLPM's.
_STEPS: Mapping[AseLinkState, frozenset[AseLinkState]] = {
    AseLinkState.PROPOSED: frozenset({AseLinkState.CONTACTED}),
    AseLinkState.CONTACTED: frozenset({AseLinkState.CONFIRMED, AseLinkState.NO_ANSWER, AseLinkState.NOT_COMPETENT}),
    AseLinkState.CONFIRMED: frozenset({AseLinkState.ENDED}),
}
_LINKED = Rule(frozenset({frozenset({via("organisation", ASE_LINKED)})}))


async def answer(work: Work, wish: AnswerAseLinkInput) -> UUID:
    """PROPOSED -> CONTACTED -> CONFIRMED | NO_ANSWER | NOT_COMPETENT; CONFIRMED -> ENDED."""
    contact = optional(wish.service_contact, "serviceContact", longest=NAME)
    if wish.take_charge and work.caller.member_id is None:
        raise BadInputError("`takeCharge` needs a token for a named person.", reason="NEEDS_PERSON")
    link = await _lock(work, wish)
    if wish.state not in _STEPS[AseLinkState(link["state"])]:
        raise DomainRefusalError(
            "WRONG_STATE", "Cette réponse n'est pas possible dans l'état actuel de la mise en lien.", "state"
        )
    if wish.take_charge and wish.state is not AseLinkState.CONFIRMED:
        raise DomainRefusalError("NOT_CONFIRMED", "On ne prend en charge qu'une mise en lien confirmée.", "takeCharge")
    if wish.take_charge:
        await must_not_evaluate(work, link["situation_id"])
    changes: dict[str, Any] = {"state": wish.state, "answered_at": work.now}
    if wish.state is AseLinkState.ENDED:
        changes = {"state": wish.state, "ended_at": work.now}
    if wish.take_charge:
        changes["caseworker_id"] = work.caller.member_id
    if contact is not None:
        changes["service_contact"] = contact
    await work.update(ase_link, link["id"], **changes)
    await work.event("ase_link.answered", link["id"], situation=link["situation_id"], audiences=AUTHORITIES)
    identity: UUID = link["id"]
    return identity


async def _lock(work: Work, wish: AnswerAseLinkInput) -> asyncpg.Record:
    """The live link of the caller's own service.

    Not only through the door of the link: a caseworker reaches a situation only once they follow it, and a service's tool
    never reads a link; what both may answer is what was proposed to their organisation. But what a colleague follows is
    the colleague's: to other persons it is nothing, unless they see it.
    """
    situation = row_id("Situation", wish.situation, "situation")
    link = await work.one(_live_link(work.caller.audience), situation=situation, **values(work.caller))
    if link is None:
        raise NotFoundError
    work.situations.add(situation)
    work.categories.add(Category.KNOWN_TO_ASE.value)
    if wish.expected_version not in {None, link["version_"]}:
        raise stale()
    return link


@cache
def _live_link(audience: Audience) -> Any:
    gate = door(audience, NOUNS["AseLink"])
    link = gate.row
    return (
        select(*link.c, version(gate).label("version_"))
        .where(
            same(link.c.situation_id, "situation"),
            link.c.ase_org_id == BOUND.organisation,
            one_of(link.c.state, _STEPS),
            link.c.ended_at.is_(None),
            sql(_LINKED, link, BOUND),
            *_free_or_seen(audience, link),
        )
        .order_by(link.c.proposed_at.desc(), link.c.id.desc())
        .limit(literal_column("1"))
        .with_for_update(of=link)
    )


def _free_or_seen(audience: Audience, link: FromClause) -> list[ColumnElement[bool]]:
    """Nobody follows it yet, or the caller sees it; a service's tool, which sees none, speaks for the whole service."""
    seen = row_rule(audience, ase_link)
    return [] if seen is None else [or_(link.c.caseworker_id.is_(None), sql(seen, link, BOUND))]


COMMANDS = {"answerAseLink": Command(Act.ANSWER_ASE_LINK, "AseLink", answer)}
