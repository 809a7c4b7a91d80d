"""A rule of the policy in French: the elementary facts that it asks, joined as it joins them."""

import re
from collections.abc import Callable, Mapping

from schema.vocabulary import Category, OrgKind, ReferralKind, ReferralStatus, ReportStatus, Word

_ATOM = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")

# A test refuses a relation, or another fact that a rule asks, that has no words here.
_RELATIONS: Mapping[str, str] = {
    "NETWORK": "la situation n’est pas archivée",
    "ARCHIVED": "la situation est en archives intermédiaires",
    "REPORTED": "l’autorité est compétente et une information préoccupante lui a été transmise",
    "CASEWORKER": "l’autorité est compétente et la personne suit la situation",
    "LISTENING": "la situation est confiée à la personne, ou elle en a pris un contact",
    "ASE_LINKED": "le service a un lien en cours avec la situation",
    "ENTRUSTED": "une mesure en cours nomme l’organisation",
    "MANDATED": "une mesure en cours confiée au titre d’un mandat nomme l’organisation",
    "ASSIGNED": "une orientation en cours est confiée à la personne",
    "SUPPORTS": "un accompagnement a été proposé à l’organisation",
    "CONSULTS": "un étayage codé a été proposé à l’organisation",
    "STAKE": "l’organisation a une part en cours dans la situation",
}
_VIEWERS: Mapping[str, str] = {
    "organisation": "à l’organisation",
    "authority": "à l’autorité",
    "our_authority": "à l’autorité de l’organisation",
    "member": "à la personne",
}
_VOCABULARIES: tuple[type[Word], ...] = (ReferralStatus, ReportStatus, ReferralKind, OrgKind)


def _labels(text: str) -> str:
    """The words of a vocabulary that a fact names, by their labels."""
    found = (
        next((kind(code).label for kind in _VOCABULARIES if code in set(kind)), code) for code in _CODE.findall(text)
    )
    return " ou ".join(dict.fromkeys(found))


def _relation(text: str) -> str:
    _, *names = text.split(", ")
    return " ou ".join(
        _RELATIONS[name.removesuffix("_CLOSED")] + (" (situation close)" if name.endswith("_CLOSED") else "")
        for name in names
    )


def _category(text: str) -> str:
    return Category(text).label


def _mine(text: str) -> str:
    _, viewer = text.split(", ")
    return f"la ligne appartient {_VIEWERS[viewer]}"


def _own_referral(text: str) -> str:
    assigned, kind, states = text.split(", ", 2)
    whom = "à la personne" if assigned == "True" else "à l’organisation"
    return f"une orientation {whom} ({_labels(kind)}) est : {_labels(states)}"


def _referred_minor(text: str) -> str:
    _, states = text.split(", ", 1)
    agreed = ", avec l’accord du mineur" if states.endswith("True") else ""
    return f"une orientation de ce mineur à la personne est : {_labels(states.rpartition(', ')[0])}{agreed}"


def _said(sentence: str) -> Callable[[str], str]:
    return lambda _: sentence


_FACTS: Mapping[str, Callable[[str], str]] = {
    "via": _relation,
    "also_reached": lambda text: f"l’autre situation est à portée : {_relation(text)}",
    "granted": lambda text: f"un partage en cours nomme la personne pour : {_category(text)}",
    "granted_to_implement": lambda text: f"un partage pour mise en œuvre nomme la personne pour : {_category(text)}",
    "opened": lambda text: f"une seconde personne a ouvert : {_category(text)}",
    "opened_caller": _said("un second superviseur a ouvert cet appelant"),
    "mine": _mine,
    "among": lambda text: f"l’état ou la nature est : {_labels(text.split(', ', 1)[1])}",
    "kind_is": lambda text: f"l’organisation est : {_labels(text)}",
    "own_referral": _own_referral,
    "referred_minor": _referred_minor,
    "report_contact": _said("une information préoccupante à l’autorité vient de ce contact"),
    "received_report": _said("la ligne répond à une information préoccupante que l’autorité a reçue"),
    "transmissible": _said("l’appelant a accepté d’être nommé"),
    "shared_kind": _said("la difficulté est de celles que l’orientation partage"),
    "live_grant": _said("c’est un partage en cours, qui nomme la personne"),
    "of_live_grant": _said("la ligne repose sur un partage en cours, qui nomme la personne"),
    "lists": lambda text: f"la ligne porte sur : {_category(text)}",
    "by_us": _said("quelqu’un de l’organisation l’a fait"),
    "not_over": _said("rien n’y a mis fin"),
    "open_card": _said("la fiche n’est pas secrète, ou elle est à l’organisation"),
    "party": _said("l’autorité envoie ou reçoit le transfert"),
}


def fact(atom: str) -> str:
    """One elementary fact; what this version does not know (of an older policy) stands as it was written."""
    found = _ATOM.fullmatch(atom)
    if found is None or found[1] not in _FACTS:
        return atom
    return _FACTS[found[1]](found[2])


def alternative(words: str) -> str:
    """One alternative of a rule: every fact of it must hold; an empty one asks nothing."""
    return " et ".join(fact(atom) for atom in words.split(" and ")) if words else "toujours"


__all__ = ["alternative", "fact"]
