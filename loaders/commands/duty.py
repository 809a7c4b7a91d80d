"""Who of the family was told what, or why not: recorded by people, never done by the product."""

from uuid import UUID

from sqlalchemy import select

from auth.policy import Act
from loaders.commands.case import CRIPS, ONE, must_be_mine, open_case, same
from loaders.commands.entry import NAME, optional, past, required
from loaders.commands.work import Command, Work
from loaders.context import word
from schema.errors import DomainRefusalError
from schema.tables.sharing import information_duty
from schema.tables.situation import parental_holder
from schema.types.acts_duty import RecordDutyInput
from schema.vocabulary import Audience, TriState


async def record(work: Work, wish: RecordDutyInput) -> UUID:
    """Done, or waived with a reason, by the listener of the case or the CRIP."""
    case = await open_case(work, wish.situation)
    if work.caller.audience is Audience.LIS:
        await must_be_mine(work, case.id)
    reason = optional(wish.reason, "reason")
    _must_be_done_or_waived(wish, reason)
    if wish.done_at is not None:
        await must_not_endanger(work, case.id, confirmed=wish.danger_confirmed)
    identity = await work.insert(
        information_duty,
        situation_id=case.id,
        by_id=work.caller.member_id,
        duty=wish.duty,
        person=required(wish.person, "person", NAME),
        done_at=None if wish.done_at is None else past(wish.done_at, "doneAt", work.now),
        waiver=wish.waiver,
        reason=reason,
        recorded_at=work.now,
    )
    await work.event("duty.recorded", identity, situation=case.id, audiences=CRIPS)
    return identity


async def must_not_endanger(work: Work, case: UUID, *, confirmed: bool) -> None:
    """A parent may be the exploiter (permissions, section 11): a danger that is on record has to be confirmed."""
    if not confirmed and await work.one(_DANGER, situation=case) is not None:
        raise DomainRefusalError(
            "DANGER_IF_INFORMED",
            "Informer un titulaire de l'autorité parentale est signalé comme dangereux : confirmez.",
            "dangerConfirmed",
        )


def _must_be_done_or_waived(wish: RecordDutyInput, reason: str | None) -> None:
    if (wish.done_at is None) == (wish.waiver is None):
        raise DomainRefusalError(
            "DONE_OR_WAIVED", "Indiquez soit la date de l'information, soit le motif de dispense.", "doneAt"
        )
    if wish.waiver is None:
        return
    if wish.waiver is not wish.duty.waiver:
        raise DomainRefusalError("NO_WAIVER", "Le texte ne prévoit pas cette dispense pour cette obligation.", "waiver")
    if reason is None:
        raise DomainRefusalError("MISSING_REASON", "Une dispense se motive : dites pourquoi.", "reason")


_DANGER = select(ONE).where(
    same(parental_holder.c.situation_id, "situation"), parental_holder.c.danger_if_informed == word(TriState.YES.value)
)

COMMANDS = {"recordDuty": Command(Act.RECORD_DUTY, "InformationDuty", record)}
