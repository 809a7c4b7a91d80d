"""A legal hold: placed and lifted by a data protection officer, it stops every retention rule for one situation."""

from uuid import UUID

from auth.policy import Act
from loaders.commands.case import of_our_register
from loaders.commands.entry import required
from loaders.commands.work import Command, Work
from schema.errors import DomainRefusalError
from schema.tables.sharing import legal_hold
from schema.types.acts_retention import LiftLegalHoldInput, PlaceLegalHoldInput

_REASON = 1000


async def place(work: Work, wish: PlaceLegalHoldInput) -> UUID:
    """Hold a situation; several holds may run at once, and the last one lifted ends it."""
    case = await work.lock("Situation", wish.situation, field="situation")
    identity = await work.insert(
        legal_hold,
        situation_id=case.id,
        controller_org_id=work.caller.organisation_id,
        placed_by_id=work.caller.member_id,
        reason=required(wish.reason, "reason", _REASON),
        placed_at=work.now,
    )
    await work.event("hold.placed", identity, situation=case.id)
    return identity


async def lift(work: Work, wish: LiftLegalHoldInput) -> UUID:
    """Lift a hold of one's own organisation, once."""
    refusal = DomainRefusalError(
        "NOT_YOUR_HOLD", "Ce gel est celui d'un autre organisme, dont le délégué le lève.", "legalHold"
    )
    hold = await of_our_register(
        work, "LegalHold", wish.legal_hold, field="legalHold", expected_version=wish.expected_version, refusal=refusal
    )
    if hold["lifted_at"] is not None:
        raise DomainRefusalError("ALREADY_LIFTED", "Ce gel est déjà levé.", "legalHold")
    await work.update(legal_hold, hold.id, lifted_at=work.now, lifted_by_id=work.caller.member_id)
    await work.event("hold.lifted", hold.id, situation=hold["situation_id"])
    return hold.id


COMMANDS = {
    "placeLegalHold": Command(Act.HOLD_CASE, "LegalHold", place),
    "liftLegalHold": Command(Act.HOLD_CASE, "LegalHold", lift),
}
