"""The words of the matrix beside those of the schemas, and what a schema leaves out although the matrix alone would show it."""

import re
from collections.abc import Mapping

from loaders.nouns import NOUNS
from schema.vocabulary import Audience

AUDIENCES = [audience.value for audience in Audience]

TABLE_OF = {noun.name: noun.table.name for noun in NOUNS.values()}


def snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def oracle_name(audience: str, kind: str = "") -> str:
    """The oracle's name of an audience; a foyer's tool shares the schema of an association's."""
    if not audience.startswith("ORG_"):
        return audience
    return "CLIENT:" + (kind or audience.removeprefix("ORG_"))


_SESSIONS = "Actor.* AwarenessEvent.* PodcastEpisode.* WorkingSession.*"

# What the matrix gives and a schema still does not have: every entry is stricter than the cell, and says why.
ABSENT: Mapping[str, str] = {
    # G34 `S`: nobody's rows belong to a department or an association.
    "CRI": f"{_SESSIONS} SharingGrant.extract",  # the extract is written for an association, not for the CRIP
    "ASE": f"{_SESSIONS} SharingGrant.extract",
    "ASM": f"{_SESSIONS} "
    # Rule 5.9: a case is known by its referral's reference only.
    "Situation.ref "
    # Condition 16: only the desk to call.
    "Situation.known_to_cp Situation.known_source "
    "AseLink.state AseLink.proposed_at AseLink.answered_at AseLink.ended_at "
    # Condition 2: the grant's extract, never the notice.
    "ConcernReport.* "
    # Condition 2 too: of G28 the rows of their grants.
    "EmergencyAccess.* "
    # Ruling H of tests/matrix_facts.py.
    "Referral.coded_problematics Referral.coded_forms Referral.coded_qualification",
    # Condition 12: coded values copied into the referral, nothing of the case.
    "ASO": "ExploitationFact.* Minor.* ProblematicObservation.* Situation.*",
    # Condition 8: only reference, dates, status, urgency; no follow-up, no minor.
    "COO": f"{_SESSIONS} ConcernReport.kind ConcernReport.origin_code ConcernReport.transmitter_code "
    "ConcernReport.suggested_department_code Minor.* "
    "Referral.minor_agreement Referral.shared_kinds Situation.retention_state FollowUp.*",
    # Condition 17: technical columns only.
    "ADM": "AccessRecord.categories AccessRecord.document_hash AccessRecord.member_id "
    "AccessRecord.operation AccessRecord.prev AccessRecord.purpose AccessRecord.seq AccessRecord.situations "
    "AccessRecord.writer_id AccessRecord.withheld WebhookDelivery.kind "
    # Ruling P.
    "Access.*",
    # Not G23: the tool of an ASE service knows of no referral.
    "ORG_ASE": "Referral.*",
    # Of its live referrals only.
    "ORG_ASSOCIATION": "Minor.*",
}

# Ids that name a case, hidden where a case is known by its referral only.
NAMELESS = {"ASM": {"Situation", "Minor"}, "ASO": set(), "ORG_ASSOCIATION": set()}


def absent(audience: str, noun: str, column: str) -> bool:
    listed = ABSENT.get(audience, "").split()
    return f"{noun}.{column}" in listed or f"{noun}.*" in listed
