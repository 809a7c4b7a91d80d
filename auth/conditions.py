"""The names of the row conditions (docs/permissions.md, section 4); their meaning in SQL stands in `loaders.policy.conditions`."""

from enum import Enum

from schema.vocabulary import WithheldReason


class Condition(Enum):
    """A numbered condition: what it is called, in one sentence, and the reason given when it fails.

    `reason` is None where failing it hides the row or the whole field, so that nothing is said about it.
    """

    IN_JURISDICTION_WITH_REPORT = (
        1,
        "A live jurisdiction and a report addressed to my authority, sent and not misrouted.",
        None,
    )
    GRANTED = (2, "A live sharing grant names me and lists the group (CASF L226-2-2).", WithheldReason.NEEDS_GRANT)
    REFERRAL_ACCEPTED_AND_MINOR_AGREED = (
        3,
        "The identity was released to me with the minor's agreement.",
        WithheldReason.NEEDS_AGREEMENT,
    )
    BREAK_GLASS = (
        4,
        "A second person opened this group to me, for at most 60 minutes.",
        WithheldReason.NEEDS_BREAK_GLASS,
    )
    MEASURE_NAMES_US = (
        5,
        "A live measure with a MEASURE mandate names my organisation.",
        WithheldReason.OUT_OF_MANDATE,
    )
    OWN_TEAM = (6, "All DLPM listeners read; only who took the contact writes.", None)
    TRANSMISSIBLE_CALLER = (7, "The caller agreed to be named to the CRIP.", WithheldReason.OUT_OF_MANDATE)
    COORDINATION = (
        8,
        "Only reference, dates, status, urgency; the coded profile only while a referral is proposed.",
        WithheldReason.NEEDS_PERSON,
    )
    TWO_PERSONS = (9, "A second supervisor approved, for one caller and 60 minutes.", WithheldReason.NEEDS_BREAK_GLASS)
    DPO_SCOPE = (10, "The whole network for the DPO of the 119, its own structure for any other.", None)
    DISCLOSURE_CONTROL = (11, "Small counts are masked: 5 for the DLPM and a CRIP on its own authority, else 11.", None)
    CODED_ONLY = (12, "Coded consultations only, unlinked to situation and minor.", None)
    SHARED_KIND = (13, "The kind is among those shared with an accepted, live referral.", None)
    EVALUATOR_IS_NOT_CASEWORKER = (14, "The evaluator does not follow the family (CASF D226-2-5).", None)
    TO_IMPLEMENT = (15, "The grant's purpose is to implement.", WithheldReason.NEEDS_GRANT)
    CONTACT_ONLY = (16, "Only the desk to call.", None)
    TECHNICAL = (17, "Technical columns only: no case, not even its reference.", None)
    OWN_CARD = (18, "Secret cards: the DLPM and their owner only; write one's own card only.", None)

    def __init__(self, number: int, sentence: str, reason: WithheldReason | None) -> None:
        self.number = number
        self.sentence = sentence
        self.reason = reason


BY_NUMBER = {condition.number: condition for condition in Condition}
