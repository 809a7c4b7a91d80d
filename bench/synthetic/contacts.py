"""The contacts of a situation: who called, how often, how anonymous, and what the listener noted."""

from datetime import datetime, timedelta
from uuid import UUID

from bench.synthetic.case import Case
from bench.synthetic.names import adult, mobile
from bench.synthetic.organisations import mail_name
from bench.synthetic.rows.contact import Caller, Contact, ListeningNote
from bench.synthetic.wording import listening_note
from schema.vocabulary import (
    CallerAnonymity,
    CallerCategory,
    Channel,
    ContactOutcome,
    Direction,
    Role,
    TriState,
    public_category,
)

_UNDER_21 = frozenset({CallerCategory.MINOR, CallerCategory.SIBLING})
_CHANNELS = (*(Channel.PHONE,) * 16, *(Channel.WEB_FORM,) * 3, Channel.MAIL)
_YOUNG_CHANNELS = (*(Channel.PHONE,) * 4, *(Channel.CHAT,) * 6, Channel.SIGN_LANGUAGE)
_OUTCOMES = (
    *(ContactOutcome.ANSWERED_HELP,) * 7, *(ContactOutcome.ANSWERED_IP,) * 3, *(ContactOutcome.PRE_PROCESSED,) * 3,
    ContactOutcome.ABANDONED, ContactOutcome.DISSUADED,
)  # fmt: skip
# Nobody speaks in a call that was abandoned or dissuaded, so nothing is noted.
_ANSWERED = frozenset({ContactOutcome.ANSWERED_HELP, ContactOutcome.ANSWERED_IP})
_ALWAYS_ANONYMOUS = frozenset({CallerCategory.UNDISCLOSED, CallerCategory.UNKNOWN})
# Most callers are known to the 119, yet over half of what is transmitted is anonymous.
_LEVELS = (
    *(CallerAnonymity.ANONYMOUS,) * 4, *(CallerAnonymity.KNOWN_119_ONLY,) * 9, *(CallerAnonymity.TRANSMISSIBLE_CRIP,) * 7,
)  # fmt: skip
_RELATIONS = {
    CallerCategory.MOTHER: "mère", CallerCategory.FATHER: "père", CallerCategory.STEP_PARENT: "beau-père",
    CallerCategory.SIBLING: "sœur aînée", CallerCategory.EXTENDED_FAMILY: "tante", CallerCategory.ENTOURAGE: "amie de la famille",
    CallerCategory.PROFESSIONAL: "assistante sociale scolaire", CallerCategory.WITNESS: "voisin", CallerCategory.MINOR: "la personne concernée",
}  # fmt: skip
_LIVES_WITH = {
    CallerCategory.MOTHER: TriState.YES, CallerCategory.STEP_PARENT: TriState.YES, CallerCategory.SIBLING: TriState.YES,
    CallerCategory.FATHER: TriState.UNKNOWN, CallerCategory.UNDISCLOSED: TriState.UNKNOWN, CallerCategory.UNKNOWN: TriState.UNKNOWN,
    CallerCategory.MINOR: TriState.YES,
}  # fmt: skip
_WOMEN = frozenset(
    {CallerCategory.EXTENDED_FAMILY, CallerCategory.ENTOURAGE, CallerCategory.PROFESSIONAL, CallerCategory.SIBLING}
)
_OTHER_CALLERS = (
    CallerCategory.MOTHER,
    CallerCategory.FATHER,
    CallerCategory.PROFESSIONAL,
    CallerCategory.UNKNOWN,
    CallerCategory.ENTOURAGE,
)


class _Voice:
    """One caller of a situation: the same name and the same wish at each call."""

    __slots__ = ("anonymity", "category", "email", "name", "phone")

    def __init__(self, case: Case, category: CallerCategory) -> None:
        chance = case.chance
        self.category = category
        self.anonymity = CallerAnonymity.ANONYMOUS if category in _ALWAYS_ANONYMOUS else chance.pick(_LEVELS)
        self.name: str | None = None
        self.phone: str | None = None
        self.email: str | None = None
        if self.anonymity is not CallerAnonymity.ANONYMOUS:
            self.name = self._name(case)
            self.phone = mobile(chance)
            self.email = f"{mail_name(self.name)}@courriel.example" if chance.happens(0.4) else None

    def _name(self, case: Case) -> str:
        if self.category is CallerCategory.MOTHER:
            return case.mother
        if self.category is CallerCategory.FATHER:
            return case.father
        if self.category is CallerCategory.MINOR:
            return f"{case.first_name} {case.last_name}"
        return adult(case.chance, woman=self.category in _WOMEN)


def add_contacts(case: Case) -> None:
    """The first contact opens the situation and gives its main caller; the others come after."""
    chance = case.chance
    main = _Voice(case, case.main_caller)
    second = main if chance.happens(0.75) else _Voice(case, chance.pick(_OTHER_CALLERS))
    case.first_contact_at = case.opened_at - timedelta(minutes=chance.whole(8, 35))
    reported = bool(case.reports)
    outcome = ContactOutcome.ANSWERED_IP if reported else ContactOutcome.ANSWERED_HELP
    case.last_contact_at = case.first_contact_at
    case.first_contact_id = _incoming(case, main, case.first_contact_at, outcome)
    days = 0.0
    for _ in range(case.contacts - 1):
        days += chance.between(0.1, 21)
        at = _within(case, days)
        voice = main if chance.happens(0.8) else second
        _incoming(case, voice, at, chance.pick(_OUTCOMES))
    if chance.happens(0.6):
        _outgoing(case, main, _within(case, days + chance.between(0.5, 10)))
    if case.live and not case.recent:
        # A situation that is still followed was called back not long ago.
        _outgoing(case, main, case.now - timedelta(days=chance.between(10, 300)))


def _within(case: Case, days: float) -> datetime:
    """So many days after the opening, squeezed so that nothing is in the future."""
    room = (case.now - case.opened_at).total_seconds() * 0.98
    seconds = days * 86400
    if case.recent:
        # Recent situations are short: the same calls, closer together, in the same order.
        seconds = room * seconds / (seconds + room)
    return case.opened_at + timedelta(seconds=int(seconds))


def _record(case: Case, voice: _Voice, at: datetime, outcome: ContactOutcome, direction: Direction) -> Contact:
    chance = case.chance
    listener = case.listener if chance.happens(0.7) else chance.pick(case.network.dlpm.people[Role.LIS])
    channels = _YOUNG_CHANNELS if voice.category in _UNDER_21 else _CHANNELS
    channel = Channel.PHONE if direction is Direction.OUT else chance.pick(channels)
    contact = Contact(
        chance.uuid(), case.id, case.network.dlpm.id, listener, at, channel.value, direction.value, outcome.value,
        voice.category.value, public_category(voice.category).value,
    )  # fmt: skip
    case.batch.add(contact)
    case.last_contact_at = max(case.last_contact_at, at)
    case.happened(at)
    return contact


def _incoming(case: Case, voice: _Voice, at: datetime, outcome: ContactOutcome) -> UUID:
    chance = case.chance
    contact = _record(case, voice, at, outcome, Direction.IN)
    named = voice.anonymity is not CallerAnonymity.ANONYMOUS
    transmissible = voice.anonymity is CallerAnonymity.TRANSMISSIBLE_CRIP
    case.batch.add(
        Caller(
            chance.uuid(), contact.id, case.id, case.network.dlpm.id, voice.name, voice.phone, voice.email,
            _RELATIONS.get(voice.category) if named else None, voice.anonymity.value, at if transmissible else None,
            _LIVES_WITH.get(voice.category, TriState.NO).value,
        )
    )  # fmt: skip
    if outcome in _ANSWERED:
        noted = at + min(timedelta(minutes=6), (case.now - at) / 2)
        case.batch.add(
            ListeningNote(chance.uuid(), contact.id, case.id, contact.taken_by_id, listening_note(case), noted)
        )
    return contact.id


def _outgoing(case: Case, voice: _Voice, at: datetime) -> None:
    _record(case, voice, at, ContactOutcome.ANSWERED_HELP, Direction.OUT)
