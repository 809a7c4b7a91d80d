"""What a listener records of an exchange with the 119: the contact, who called, the notes."""

from uuid import UUID, uuid4

from sqlalchemy import func, select

from auth.policy import Act
from loaders.commands.case import TEAM, must_be_mine, open_case, open_case_of, same
from loaders.commands.entry import NAME, optional, past, required
from loaders.commands.repeat import propose_repeats
from loaders.commands.sealing import sealed
from loaders.commands.situation import reopen_case
from loaders.commands.work import Command, Row, Work
from loaders.policy.context import one_of
from loaders.policy.relations import RECEIVED
from schema.errors import DomainRefusalError
from schema.tables.contact import caller, contact, listening_note
from schema.tables.report import concern_report
from schema.types.acts_contact import RecordCallerInput, RecordContactInput, WriteListeningNoteInput
from schema.vocabulary import CallerAnonymity, Category, Direction, SituationStatus, public_category


async def record_contact(work: Work, wish: RecordContactInput) -> UUID:
    """An exchange that I took; an incoming one reopens a closed situation (domain, section 7)."""
    case = await _case_of_contact(work, wish)
    identity = await work.insert(
        contact,
        situation_id=case.id,
        controller_org_id=work.caller.organisation_id,
        taken_by_id=work.caller.member_id,
        at=past(wish.at, "at", work.now),
        channel=wish.channel,
        direction=wish.direction,
        outcome=wish.outcome,
        caller_category=wish.caller_category,
        caller_category_public=public_category(wish.caller_category),
    )
    await work.event("contact.recorded", identity, situation=case.id, audiences=TEAM)
    await propose_repeats(work, case.id)
    return identity


async def _case_of_contact(work: Work, wish: RecordContactInput) -> Row:
    if wish.direction is Direction.OUT:
        return await open_case(work, wish.situation)
    case = await work.lock("Situation", wish.situation, field="situation")
    if case["status"] == SituationStatus.CLOSED.value:
        await reopen_case(work, case)
    return case


async def record_caller(work: Work, wish: RecordCallerInput) -> UUID:
    """Who called: written by the listener who took the contact only (condition 6), replaced when said again."""
    row = await work.lock("Contact", wish.contact, field="contact")
    case = await open_case_of(work, row)
    if row["taken_by_id"] != work.caller.member_id:
        raise DomainRefusalError(
            "NOT_YOUR_CONTACT", "Seul l'écoutant qui a pris ce contact peut en décrire l'appelant.", "contact"
        )
    named = {field: optional(getattr(wish, field), field, NAME) for field in ("name", "phone", "email")}
    _must_keep_anonymity(wish, named)
    transmissible = wish.anonymity is CallerAnonymity.TRANSMISSIBLE_CRIP
    before = await work.one(_CALLER, contact=row.id)
    await work.still("Caller", before, wish.expected_version)
    identity = uuid4() if before is None else before["id"]
    named["relation"] = optional(wish.relation, "relation", NAME)
    values = {
        **await sealed(work, caller, identity, case.id, named),
        "anonymity": wish.anonymity,
        "consent_at": work.now if transmissible else None,
        "lives_with_child": wish.lives_with_child,
    }
    if before is None:
        await work.insert(
            caller,
            id=identity,
            contact_id=row.id,
            situation_id=case.id,
            controller_org_id=work.caller.organisation_id,
            **values,
        )
    else:
        await work.update(caller, identity, **values)
    if transmissible and (before is None or before["anonymity"] != wish.anonymity.value):
        await _disclose_to_receivers(work, row)
    await work.event("caller.recorded", identity, situation=case.id, audiences=TEAM)
    return identity


_CALLER = select(caller.c.id, caller.c.anonymity).where(same(caller.c.contact_id, "contact")).with_for_update()


def _must_keep_anonymity(wish: RecordCallerInput, named: dict[str, str | None]) -> None:
    if wish.anonymity is CallerAnonymity.TRANSMISSIBLE_CRIP and not wish.consent_given:
        raise DomainRefusalError(
            "MISSING_CONSENT",
            "L'appelant n'est transmissible à la CRIP que s'il l'a accepté : recueillez son accord.",
            "consentGiven",
        )
    given = next((field for field, value in named.items() if value), None)
    if wish.anonymity is CallerAnonymity.ANONYMOUS and given:
        raise DomainRefusalError(
            "ANONYMOUS_CALLER", "L'appelant a demandé l'anonymat : n'enregistrez ni nom, ni moyen de le joindre.", given
        )


async def _disclose_to_receivers(work: Work, row: Row) -> None:
    """From now on, the CRIPs that got a report of this contact read who called (condition 7)."""
    receivers = await work.one(_RECEIVERS, contact=row.id)
    for authority in (receivers["found"] if receivers else None) or ():
        await work.disclose(
            "CALLER_TRANSMISSIBLE",
            row["situation_id"],
            [Category.CALLER_IDENTITY, Category.CALLER_CATEGORY],
            to_authority=authority,
        )


_RECEIVERS = select(func.array_agg(concern_report.c.to_authority_id.distinct()).label("found")).where(
    same(concern_report.c.origin_contact_id, "contact"), one_of(concern_report.c.status, RECEIVED)
)


async def write_listening_note(work: Work, wish: WriteListeningNoteInput) -> UUID:
    """A note on a contact of a situation that is mine."""
    row = await work.lock("Contact", wish.contact, field="contact")
    case = await open_case_of(work, row)
    await must_be_mine(work, case.id)
    identity = uuid4()
    note = await sealed(work, listening_note, identity, case.id, {"text": required(wish.text, "text")})
    await work.insert(
        listening_note,
        id=identity,
        contact_id=row.id,
        situation_id=case.id,
        author_id=work.caller.member_id,
        at=work.now,
        **note,
    )
    await work.event("listening_note.written", identity, situation=case.id, audiences=TEAM)
    return identity


COMMANDS = {
    "recordContact": Command(Act.RECORD_CONTACT, "Contact", record_contact),
    "recordCaller": Command(Act.RECORD_CONTACT, "Caller", record_caller),
    "writeListeningNote": Command(Act.RECORD_CONTACT, "ListeningNote", write_listening_note),
}
