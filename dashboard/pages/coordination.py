"""The coordination's answer to an orientation: accept and assign, decline, assign to somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.people import is_number
from dashboard.visit import Fields, Visit, one
from schema.errors import BadInputError
from schema.vocabulary import Audience, DeclineReason, ReferralStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that the coordination may do: its word in the form, its document, what the page says of it."""

    word: str
    document: str
    label: str
    sentence: str
    done: str
    field: str


ACCEPT = Answer(
    "accepter",
    "accept_referral",
    "Accepter et confier",
    "La personne nommée verra l’orientation dès maintenant ; l’identité du mineur viendra avec son accord.",
    "orientation acceptée et confiée",
    "assignee",
)
DECLINE = Answer(
    "decliner",
    "decline_referral",
    "Décliner",
    "La DLPM l’apprend aussitôt et peut proposer l’orientation ailleurs.",
    "orientation déclinée",
    "reason",
)
ASSIGN = Answer(
    "confier",
    "assign_referral",
    "Confier à quelqu’un d’autre",
    "L’accès de la première personne prend fin à l’instant ; ses propres écrits lui restent.",
    "orientation confiée à quelqu’un d’autre",
    "assignee",
)
ANSWERS = (ACCEPT, DECLINE, ASSIGN)

_RUNNING = (
    ReferralStatus.ACCEPTED,
    ReferralStatus.IDENTITY_RELEASED,
    ReferralStatus.ENGAGED,
    ReferralStatus.ONGOING,
    ReferralStatus.PAUSED_RUNAWAY,
)
# What is offered in a state; the act itself decides (a test compares the two).
OFFERED: Mapping[ReferralStatus, Sequence[Answer]] = {
    ReferralStatus.PROPOSED: (ACCEPT, DECLINE),
    **dict.fromkeys(_RUNNING, (ASSIGN,)),
}


def offered(visit: Visit, state: ReferralStatus) -> Sequence[Answer]:
    """What this reader may answer now."""
    return OFFERED.get(state, ()) if visit.caller.audience is Audience.COO else ()


def done(word: str) -> str | None:
    """What the page says after an answer."""
    return next((answer.done for answer in ANSWERS if answer.word == word), None)


async def answered(visit: Visit, fields: Fields, referral: str) -> Mapping[str, str]:
    """Do what the form asks for; why it was not done, by field."""
    answer = next((answer for answer in ANSWERS if answer.word == one(fields, "answer")), None)
    if answer is None:
        raise BadInputError(reason="ANSWER")
    value = one(fields, answer.field)
    if answer is DECLINE and value not in set(DeclineReason):
        return {answer.word: "Choisissez un motif."}
    if answer is not DECLINE and not is_number(value):
        return {
            answer.word: "Écrivez l’identifiant de la personne en entier : il commence par « mbr_ » et se lit sur sa page « Mes orientations »."
        }
    version = one(fields, "version") or None
    _, refused = await visit.act(
        answer.document, fields, referral=referral, expectedVersion=version, **{answer.field: value}
    )
    return {answer.word: refused[0]["message"]} if refused else {}


__all__ = ["ACCEPT", "ANSWERS", "ASSIGN", "DECLINE", "OFFERED", "answered", "done", "offered"]
