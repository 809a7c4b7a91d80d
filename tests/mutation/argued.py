"""Mutants that may live on: why no test can tell them from the policy, precisely enough to be refuted."""

import re

from tests.mutation.mutant import Mutant

# (pattern over the whole text of the mutant, why). One that fits no survivor any more fails the slow test.
ARGUED: tuple[tuple[str, str], ...] = (
    (
        r"^rule: (LIS|SUP|ANA) resource_card .* without open_card\(\)",
        "The condition itself holds for everybody of the DLPM, which alone has these roles.",
    ),
    (
        r"^rule: LIS caller .* without mine\(controller_org_id, organisation\)",
        "There is one DLPM, and it controls every caller.",
    ),
    (
        r"^rule: COO (evaluation|concern_report) .* without kind_is\((ASE|CRIP)\), which stood with",
        "The other atoms ask for a row of the organisation's authority, which only a CRIP and an ASE have; a CRIP has no "
        "link or measure, and a coordinator of an ASE looks without an authority.",
    ),
    (
        r"^rule: COO (referral|situation) .* without kind_is\(ASE\), which stood with .*via\(organisation, ASE_LINKED",
        "Links are with ASE services only.",
    ),
    (
        r"^rule: COO (referral|situation) .* without kind_is\(CRIP\), which stood with .*via\(authority, REPORTED",
        "Of the organisations with a coordinator only a CRIP looks with an authority (loaders/policy/context.py).",
    ),
    (
        r"^rule: (ASM|COO|ORG_ASSOCIATION) referral .* without among\(kind, \('(DIRECT_SUPPORT|PROFESSIONAL_CONSULTATION)',\)\)",
        "A referral to the organisation makes the relation of its own kind hold, so the other alternative shows it; only "
        "an association outside mission has no relation by direct support, and it has another role.",
    ),
    (
        r"^rule: (ASM|ASO|ORG_ASSOCIATION) (follow_up|association_note) .* without mine\(organisation_id, organisation\), which "
        r"stood with (mine\(recorded_by_id, member\) and )?own_referral",
        "The referral is asked to be one to the organisation, and a follow-up or a note is written by the receiver of its "
        "referral only, so both columns name one organisation.",
    ),
    (
        r"^row policy: (LIS|SUP|ANA) reads every row of resource_card",
        "The DLPM reads every card, and these roles are its own.",
    ),
    (
        r"^words: loaders.policy.conditions._DEPARTMENT with (DLPM|OBSERVATORY|OPERATOR)",
        "The DPO of the 119 reads by the other alternative; an observatory and an operator have no stake in a case.",
    ),
    (
        r"^words: loaders.policy.receivers._REFERRAL_DATES with to_org_id",
        "The step leads a worker to the organisation they work for; a coordinator it shows one step less.",
    ),
    (
        r"^relation: GRANTED: .*(o\.kind = 'FOYER'|o\.mandate_kind IN)",
        "A referral goes to an association or a foyer, and no grant to an association outside its mission lives: the join "
        "with the receiver says so.",
    ),
    (
        r"^relation: OPENED: «h\.role IN» with SUP",
        "A supervisor opens to any DPO by the alternative before it.",
    ),
    (
        r"^relation: \w+: without «p\.starts_at < p\.ends_at»",
        "A period that ends before it begins is no range: PostgreSQL refuses it with an error, so it shares nothing either.",
    ),
    (
        r"^rule: CRI measure .* without .*mine\(organisation_id, organisation\)",
        "A measure names who carries it out: a service, an association or a foyer, never a CRIP.",
    ),
    (
        r"^rule: ASM situation .* without the reason OUT_OF_MANDATE",
        "Whoever sees a situation at all sees its header, so nothing of it is ever withheld.",
    ),
    (
        r"^rule: ASM minor \(age_band\) without the reason OUT_OF_MANDATE",
        "Whoever sees the row by another alternative satisfies this one: MANDATED is ENTRUSTED, and released is accepted.",
    ),
)


def argument(mutant: Mutant) -> str | None:
    """Why this mutant is no other policy; None where nobody has said so."""
    text = " ".join(str(mutant).split())
    return next((reason for pattern, reason in ARGUED if re.search(pattern, text)), None)
