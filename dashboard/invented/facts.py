"""Which elementary facts of the policy's rules hold in an invented situation, for an invented member of an organisation."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schema.vocabulary import OrgKind, ReferralKind, ReferralStatus, ReportStatus

_ATOM = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_WORDS = re.compile(r"\w+")

# The relations by which a situation is an organisation's own business, and not only in the network.
_LINKS = frozenset(
    {"REPORTED", "CASEWORKER", "ASE_LINKED", "ENTRUSTED", "MANDATED", "ASSIGNED", "SUPPORTS", "CONSULTS", "STAKE"}
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so in the invented situation: the relations of the viewer, the states of what binds them to it."""

    organisation: OrgKind
    relations: frozenset[str] = frozenset()
    report: ReportStatus | None = None
    referral: ReferralStatus | None = None
    referral_kind: ReferralKind | None = None
    granted: frozenset[str] = field(default_factory=frozenset)
    agreed: bool = False
    # The person is the one in charge: who took the call, follows the situation, was given the orientation.
    in_charge: bool = False

    def hold(self, alternative: str) -> bool:
        """Whether every fact of one alternative of a rule holds; an empty one asks nothing."""
        return all(self._holds(atom) for atom in alternative.split(" and ") if atom)

    def _holds(self, atom: str) -> bool:
        found = _ATOM.fullmatch(atom)
        # A fact that nobody has put down here holds nowhere: less is shown, never more.
        return found is not None and found[1] in MEANINGS and MEANINGS[found[1]](self, _WORDS.findall(found[2]))

    def states(self) -> frozenset[str]:
        """The words of everything that is in a state here."""
        known = (self.report, self.referral, self.referral_kind)
        return frozenset(word.value for word in known if word is not None)


Meaning = Callable[[Facts, list[str]], bool]


def _referral(facts: Facts, words: list[str]) -> bool:
    return facts.referral is not None and facts.referral.value in words


def _mine(facts: Facts, words: list[str]) -> bool:
    """The row is the viewer's: those of a situation are where there is a link."""
    match words[-1]:
        case "member":
            return facts.in_charge
        case "authority" | "our_authority":
            return bool(facts.relations & {"REPORTED", "CASEWORKER"})
        case _:
            return bool(facts.relations & _LINKS)


def _own_referral(facts: Facts, words: list[str]) -> bool:
    needs_person, kind, *_ = words
    return (
        facts.referral_kind == ReferralKind(kind)
        and _referral(facts, words)
        and (needs_person == "False" or facts.in_charge)
    )


def _referred_minor(facts: Facts, words: list[str]) -> bool:
    return _referral(facts, words) and facts.in_charge and (words[-1] == "False" or facts.agreed)


def _granted(facts: Facts, words: list[str]) -> bool:
    return words[0] in facts.granted


def _reported(facts: Facts, _: list[str]) -> bool:
    return "REPORTED" in facts.relations


def _always(_: Facts, __: list[str]) -> bool:
    return True


def _never(_: Facts, __: list[str]) -> bool:
    return False


# A test refuses a fact of the policy that is not here.
MEANINGS: Mapping[str, Meaning] = {
    "via": lambda facts, words: bool(facts.relations & set(words[1:])),
    "also_reached": lambda facts, words: bool(facts.relations & set(words[1:])),
    "granted": _granted,
    "granted_to_implement": _granted,
    "lists": _granted,
    "live_grant": lambda facts, _: bool(facts.granted),
    "of_live_grant": lambda facts, _: bool(facts.granted),
    # Nobody has opened anything by exception here.
    "opened": _never,
    "opened_caller": _never,
    "mine": _mine,
    "by_us": lambda facts, _: bool(facts.relations & _LINKS),
    "among": lambda facts, words: bool(facts.states() & set(words[1:])),
    "kind_is": lambda facts, words: facts.organisation.value in words,
    "own_referral": _own_referral,
    "referred_minor": _referred_minor,
    "report_contact": _reported,
    "received_report": _reported,
    # The invented caller has agreed to be named; the difficulty is one that is shared; nothing has ended or moved away.
    "transmissible": _always,
    "shared_kind": _always,
    "not_over": _always,
    "open_card": _always,
    "party": _never,
}

__all__ = ["MEANINGS", "Facts"]
