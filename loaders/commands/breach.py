"""The register of breaches: recorded at once, completed in phases, notified to the CNIL within 72 hours, or why not."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from auth.policy import Act
from loaders.commands.case import of_our_register
from loaders.commands.entry import AHEAD, count, distinct, names, optional, past, required, some
from loaders.commands.work import Command, Row, Work
from schema.deadlines import breach_due
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.breach import data_breach
from schema.types.acts_control import (
    CompleteDataBreachInput,
    DismissDataBreachInput,
    InformOfDataBreachInput,
    NotifyDataBreachInput,
    RecordDataBreachInput,
)
from schema.vocabulary import BreachNature, Category

_REASON = 1000
_REFERENCE = 100
_EVERYBODY_IN_FRANCE = 70_000_000
_NOUN = "DataBreach"
_FIELD = "dataBreach"
_GROUPS = frozenset(category.value for category in Category if category is not Category.KEY)


async def record(work: Work, wish: RecordDataBreachInput) -> UUID:
    """Its 72 hours run from when the organisation became aware of it, not from when somebody wrote it down."""
    noticed = past(wish.noticed_at, "noticedAt", work.now)
    began = None if wish.began_at is None else past(wish.began_at, "beganAt", work.now)
    if began is not None and began > noticed + AHEAD:
        raise BadInputError("`beganAt` lies after `noticedAt`.", reason="INVALID_TIME")
    identity = await work.insert(
        data_breach,
        controller_org_id=work.caller.organisation_id,
        recorded_by_id=work.caller.member_id,
        noticed_by=wish.noticed_by,
        noticed_at=noticed,
        began_at=began,
        recorded_at=work.now,
        natures=_natures(wish.natures),
        field_groups=_groups(wish.field_groups),
        persons=_persons(wish.persons),
        description=required(wish.description, "description"),
        consequences=optional(wish.consequences, "consequences"),
        measures=optional(wish.measures, "measures"),
        due_at=breach_due(noticed),
    )
    await work.event("breach.recorded", identity, situation=None)
    return identity


async def complete(work: Work, wish: CompleteDataBreachInput) -> UUID:
    """What becomes known later is added without undue delay (paragraph 4), before and after the notification."""
    breach = await _own(work, wish.data_breach, wish.expected_version)
    changes: dict[str, Any] = {}
    if wish.natures is not None:
        changes["natures"] = _natures(wish.natures)
    if wish.field_groups is not None:
        changes["field_groups"] = _groups(wish.field_groups)
    if wish.persons is not None:
        changes["persons"] = _persons(wish.persons)
    for name in ("description", "consequences", "measures"):
        if (text := getattr(wish, name)) is not None:
            changes[name] = required(text, name)
    await work.update(data_breach, breach.id, **some(changes))
    await work.event("breach.completed", breach.id, situation=None)
    return breach.id


async def notify(work: Work, wish: NotifyDataBreachInput) -> UUID:
    """The receipt of the CNIL; after 72 hours the reasons of the delay go with it (article 33, paragraph 1)."""
    breach = await _own(work, wish.data_breach, wish.expected_version)
    _must_not_be_notified(breach)
    at = past(wish.notified_at, "notifiedAt", work.now)
    if at < breach["noticed_at"]:
        raise BadInputError("`notifiedAt` lies before the breach was noticed.", reason="INVALID_TIME")
    late = optional(wish.late_reason, "lateReason", _REASON)
    if at > breach["due_at"] and late is None:
        raise DomainRefusalError(
            "LATE_WITHOUT_REASON",
            "Les 72 heures sont passées : la notification dit les motifs du retard.",
            "lateReason",
        )
    await work.update(
        data_breach,
        breach.id,
        notified_at=at,
        notification_reference=required(wish.reference, "reference", _REFERENCE),
        late_reason=late,
    )
    await work.event("breach.notified", breach.id, situation=None)
    return breach.id


async def dismiss(work: Work, wish: DismissDataBreachInput) -> UUID:
    """No notification is owed; the register keeps why, and a notification may follow if that was wrong."""
    breach = await _own(work, wish.data_breach, wish.expected_version)
    _must_not_be_notified(breach)
    await work.update(data_breach, breach.id, no_risk_reason=required(wish.reason, "reason", _REASON))
    await work.event("breach.dismissed", breach.id, situation=None)
    return breach.id


async def inform(work: Work, wish: InformOfDataBreachInput) -> UUID:
    """The persons were informed, or why not; a reason why not may be followed by informing them, never the reverse."""
    breach = await _own(work, wish.data_breach, wish.expected_version)
    if breach["informed_at"] is not None:
        raise DomainRefusalError("WRONG_STATE", "Les personnes ont déjà été informées.", _FIELD)
    reason = optional(wish.reason, "reason", _REASON)
    if (wish.informed_at is None) is (reason is None):
        raise DomainRefusalError(
            "DONE_OR_WHY_NOT",
            "Dites quand les personnes ont été informées, ou pourquoi elles ne l'ont pas été.",
            "informedAt",
        )
    at = None if wish.informed_at is None else past(wish.informed_at, "informedAt", work.now)
    await work.update(data_breach, breach.id, informed_at=at, not_informed_reason=reason)
    await work.event("breach.informed", breach.id, situation=None)
    return breach.id


async def _own(work: Work, wanted: str, expected_version: str | None) -> Row:
    refusal = DomainRefusalError(
        "NOT_YOUR_BREACH", "Cette violation est au registre d'un autre organisme, dont le délégué y écrit.", _FIELD
    )
    return await of_our_register(work, _NOUN, wanted, field=_FIELD, expected_version=expected_version, refusal=refusal)


def _must_not_be_notified(breach: Row) -> None:
    if breach["notified_at"] is not None:
        raise DomainRefusalError("WRONG_STATE", "La CNIL est déjà notifiée : complétez la violation.", _FIELD)


def _natures(values: Sequence[BreachNature]) -> list[BreachNature]:
    found: list[BreachNature] = distinct(values)
    if not found:
        raise BadInputError("`natures` is empty.", reason="EMPTY")
    return found


def _groups(values: Sequence[str]) -> list[str]:
    found = names(values, "fieldGroups", longest=3)
    if not set(found) <= _GROUPS:
        raise BadInputError("`fieldGroups` has the code of no group.", reason="UNKNOWN_REFERENCE")
    return found


def _persons(value: int | None) -> int | None:
    return None if value is None else count(value, "persons", 0, _EVERYBODY_IN_FRANCE)


COMMANDS = {
    "recordDataBreach": Command(Act.KEEP_BREACHES, _NOUN, record),
    "completeDataBreach": Command(Act.KEEP_BREACHES, _NOUN, complete),
    "notifyDataBreach": Command(Act.KEEP_BREACHES, _NOUN, notify),
    "dismissDataBreach": Command(Act.KEEP_BREACHES, _NOUN, dismiss),
    "informOfDataBreach": Command(Act.KEEP_BREACHES, _NOUN, inform),
}
