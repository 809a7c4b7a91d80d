"""What an atom says in a sentence, which conditions of the policy it belongs to, and who may change that it holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from auth.conditions import Condition
from auth.policy import Act
from loaders.policy.rules import Atom
from loaders.statement import camel
from schema.vocabulary import ReferralKind


@dataclass(frozen=True, slots=True)
class Words:
    """What an atom says, which conditions of the policy it belongs to, and who may change that it holds."""

    sentence: str
    who: str
    conditions: tuple[Condition, ...] = ()


def words_of(atom: Atom) -> Words:
    """The sentence of an atom; raises KeyError for one that nobody has put into words (a test counts them all)."""
    return _WORDS[atom.name](*atom.arguments)


def may(*acts: Act) -> str:
    """Who may do one of these acts."""
    return ", ".join(sorted({audience.value for act in acts for audience in act.audiences}))


_NOBODY = "nobody: it was recorded so"
SHARERS = "LIS or CRI asks for a grant, SUP or CRI approves it"
OPENERS = "the person asks, a second person approves, for 60 minutes"
_RELATIONS: Mapping[str, Words] = {
    "NETWORK": Words("The case is not archived.", "the retention rules"),
    "ARCHIVED": Words("The case is in intermediate archives.", "the retention rules"),
    "REPORTED": Words(
        "The authority is competent at this moment, and a report to it was sent and not misrouted.",
        may(Act.SEND_REPORT, Act.RECORD_JURISDICTION),
        (Condition.IN_JURISDICTION_WITH_REPORT,),
    ),
    "CASEWORKER": Words(
        "The authority is competent, and the person is caseworker of a live link or measure.",
        may(Act.PROPOSE_ASE_LINK, Act.RECORD_MEASURE),
    ),
    "LISTENING": Words("The case is assigned to the person, or they took a contact.", may(Act.RECORD_SITUATION)),
    "ASE_LINKED": Words("The service has a live link with the case.", may(Act.PROPOSE_ASE_LINK, Act.ANSWER_ASE_LINK)),
    "ENTRUSTED": Words("A live measure names the organisation.", may(Act.RECORD_MEASURE)),
    "MANDATED": Words(
        "A live measure names the organisation, which has a MEASURE mandate or is a foyer.",
        may(Act.RECORD_MEASURE),
        (Condition.MEASURE_NAMES_US,),
    ),
    "ASSIGNED": Words(
        "A running orientation of direct support is assigned to the person, within the mandate.",
        may(Act.PROPOSE_REFERRAL, Act.ANSWER_REFERRAL),
    ),
    "SUPPORTS": Words("An orientation of direct support was proposed to the organisation.", may(Act.PROPOSE_REFERRAL)),
    "CONSULTS": Words(
        "A coded consultation was proposed to the organisation.", may(Act.PROPOSE_REFERRAL), (Condition.CODED_ONLY,)
    ),
    "STAKE": Words(
        "The organisation takes part in the case now: by a report to its authority, a link with the ASE, a measure or an orientation.",
        may(Act.SEND_REPORT, Act.PROPOSE_ASE_LINK, Act.RECORD_MEASURE),
    ),
}
_VIEWERS = {
    "organisation": "the organisation",
    "authority": "the authority",
    "our_authority": "the authority of the organisation",
    "member": "the person",
}


def _of_relation(_: str, *relations: str) -> Words:
    several = [_RELATIONS[relation.removesuffix("_CLOSED")] for relation in relations]
    tails = [" (of a closed case)" if relation.endswith("_CLOSED") else "" for relation in relations]
    sentence = " Or: ".join(
        words.sentence.removesuffix(".") + tail + "." for words, tail in zip(several, tails, strict=True)
    )
    numbers = tuple(dict.fromkeys(condition for words in several for condition in words.conditions))
    return Words(sentence, "; ".join(dict.fromkeys(words.who for words in several)), numbers)


_WORDS: Mapping[str, Callable[..., Words]] = {
    "via": _of_relation,
    "granted": lambda category: Words(
        f"A live grant to the person lists {category}, for the purpose of the request.", SHARERS, (Condition.GRANTED,)
    ),
    "granted_to_implement": lambda category: Words(
        f"A live grant to the person lists {category}, to implement.",
        SHARERS,
        (Condition.GRANTED, Condition.TO_IMPLEMENT),
    ),
    "opened": lambda category: Words(
        f"A second person opened {category} of this case to the person.",
        OPENERS,
        (Condition.BREAK_GLASS,),
    ),
    "opened_caller": lambda: Words(
        "A second supervisor opened this very caller to the person.", OPENERS, (Condition.TWO_PERSONS,)
    ),
    "also_reached": lambda column, *relations: Words(
        f"The other situation, the row's {camel(column)}, is within reach too: "
        + _of_relation("network", *relations).sentence,
        "the retention rules",
    ),
    "mine": lambda column, viewer: Words(f"The row's {camel(column)} is {_VIEWERS[viewer]}.", _NOBODY),
    "among": lambda column, words: Words(
        f"The row's {camel(column)} is one of {', '.join(words)}.", "the next act on this row"
    ),
    "kind_is": lambda *kinds: Words(f"The organisation is of kind {' or '.join(kinds)}.", _NOBODY),
    "report_contact": lambda _: Words("A report to the authority was written from this contact.", may(Act.SEND_REPORT)),
    "transmissible": lambda: Words(
        Condition.TRANSMISSIBLE_CALLER.sentence, "the caller, through LIS", (Condition.TRANSMISSIBLE_CALLER,)
    ),
    "referred_minor": lambda _, statuses, agreed: Words(
        "The minor is the one of an orientation to the person that is "
        f"{', '.join(statuses)}{', and the minor agreed' if agreed else ''}.",
        may(Act.PROPOSE_REFERRAL, Act.ANSWER_REFERRAL),
        (Condition.REFERRAL_ACCEPTED_AND_MINOR_AGREED,) if agreed else (),
    ),
    "shared_kind": lambda: Words(Condition.SHARED_KIND.sentence, may(Act.PROPOSE_REFERRAL), (Condition.SHARED_KIND,)),
    "own_referral": lambda assigned, kind, statuses: Words(
        f"The row belongs to an orientation ({kind}) to {'the person' if assigned else 'the organisation'} that is {', '.join(statuses)}.",
        may(Act.PROPOSE_REFERRAL, Act.ANSWER_REFERRAL),
        (Condition.CODED_ONLY,) if kind == ReferralKind.PROFESSIONAL_CONSULTATION.value else (),
    ),
    "received_report": lambda _: Words("It answers a report that the authority has received.", may(Act.SEND_REPORT)),
    "live_grant": lambda: Words(
        "It is a grant to the person, and what it shares is shared now.", SHARERS, (Condition.GRANTED,)
    ),
    "of_live_grant": lambda: Words(
        "It rests on the duty of a live grant to the person.", SHARERS, (Condition.GRANTED,)
    ),
    "lists": lambda category: Words(f"It is about {category}, among others.", SHARERS, (Condition.GRANTED,)),
    "by_us": lambda _: Words("A member of the organisation did it.", _NOBODY),
    "not_over": lambda: Words("Its date of end has not passed.", "LIS, or time"),
    "open_card": lambda: Words(Condition.OWN_CARD.sentence, may(Act.WRITE_DIRECTORY), (Condition.OWN_CARD,)),
    "party": lambda: Words("The authority sends or receives the transfer.", _NOBODY),
}
