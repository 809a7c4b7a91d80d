"""Who of the family was told what, or why not: recorded by people, never done by the product."""

from uuid import UUID

from sqlalchemy import select

from auth.policy import Act
from loaders.commands.case import CRIPS, ONE, must_be_mine, open_case, same
from loaders.commands.entry import NAME, optional, past, required
from loaders.commands.work import Command, Work
from loaders.policy.context import word
from schema.errors import DomainRefusalError
from schema.tables.sharing import information_duty
from schema.tables.situation import parental_holder
from schema.types.acts_duty import RecordDutyInput
from schema.vocabulary import Audience, InformationDutyKind, TriState


async def record(work: Work, wish: RecordDutyInput) -> UUID:
    """Done, or waived with a reason, by the listener of the case or the CRIP."""
    case = await open_case(work, wish.situation)
    if work.caller.audience is Audience.LIS:
        await must_be_mine(work, case.id)
    reason = optional(wish.reason, "reason")
    _must_be_done_or_waived(wish, reason)
    danger = wish.done_at is not None and await confirmed_danger(work, case.id, confirmed=wish.danger_confirmed)
    identity = await work.insert(
        information_duty,
        situation_id=case.id,
        by_id=work.caller.member_id,
        duty=wish.duty,
        person=required(wish.person, "person", NAME),
        done_at=None if wish.done_at is None else past(wish.done_at, "doneAt", work.now),
        waiver=wish.waiver,
        reason=reason,
        in_writing=wish.in_writing,
        danger_confirmed=danger,
        recorded_at=work.now,
    )
    await work.event("duty.recorded", identity, situation=case.id, audiences=CRIPS)
    return identity


async def confirmed_danger(work: Work, case: UUID, *, confirmed: bool) -> bool:
    """Whether telling a parent is on record as dangerous: a parent may be the exploiter (permissions, section 11).

    Raises: DomainRefusalError where it is, and was not confirmed.
    """
    danger = await work.one(_DANGER, situation=case) is not None
    if danger and not confirmed:
        raise DomainRefusalError(
            "DANGER_IF_INFORMED",
            "Informer un titulaire de l'autorité parentale est signalé comme dangereux : confirmez.",
            "dangerConfirmed",
        )
    return danger


def _must_be_done_or_waived(wish: RecordDutyInput, reason: str | None) -> None:
    if (wish.done_at is None) == (wish.waiver is None):
        raise DomainRefusalError(
            "DONE_OR_WAIVED", "Indiquez soit la date de l'information, soit le motif de dispense.", "doneAt"
        )
    if wish.waiver is None:
        _must_be_in_writing(wish)
        return
    if wish.waiver is not wish.duty.waiver:
        raise DomainRefusalError("NO_WAIVER", "Le texte ne prévoit pas cette dispense pour cette obligation.", "waiver")
    if reason is None:
        raise DomainRefusalError("MISSING_REASON", "Une dispense se motive : dites pourquoi.", "reason")


def _must_be_in_writing(wish: RecordDutyInput) -> None:
    # L226-5: of the referral to the prosecutor the parents are told in writing, and the text knows no exception.
    if wish.duty is InformationDutyKind.JUDICIAL_REFERRAL and not wish.in_writing:
        raise DomainRefusalError(
            "IN_WRITING", "La saisine de l'autorité judiciaire s'annonce par écrit (CASF L226-5).", "inWriting"
        )


_DANGER = select(ONE).where(
    same(parental_holder.c.situation_id, "situation"), parental_holder.c.danger_if_informed == word(TriState.YES.value)
)

COMMANDS = {"recordDuty": Command(Act.RECORD_DUTY, "InformationDuty", record)}
