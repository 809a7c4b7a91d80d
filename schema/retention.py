"""What becomes of each column when a case is anonymised, and of each table in time: decided here, by category and table.

A case that is anonymised is not changed in place: what a published figure counts is copied under new random ids, and
the case is deleted. So whatever nobody decided to keep is gone, and no id that a partner once knew leads to the rest.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Integer, Table

from schema.vocabulary import Category


class Fate(Enum):
    """What becomes of a column of a case that is anonymised."""

    GONE = "deleted"
    KEPT = "copied: a coded word or number that a figure counts"
    COARSE = "copied as the month of the two calendars in which figures are counted, in the order of the case"
    RENEWED = "replaced by a new random value"


class Coding(Enum):
    """What may be left of a category at all, in the tables that are copied."""

    NOTHING = "every column is deleted"
    CODED = "words of a vocabulary and numbers are kept, moments become months, texts are deleted"


# No default: a category without a line has no columns that can be declared (tests/schema/test_retention.py).
CODING: Mapping[Category, Coding] = MappingProxyType(
    {
        Category.KEY: Coding.NOTHING,
        Category.CASE_HEADER: Coding.CODED,
        Category.CODED_PROFILE: Coding.CODED,
        Category.MINOR_MINIMAL: Coding.NOTHING,
        Category.FULL_IDENTITY: Coding.NOTHING,
        Category.PARENTS: Coding.NOTHING,
        Category.CALLER_IDENTITY: Coding.NOTHING,
        # "Mother" names somebody as long as it is known of which child; nobody can know that any more.
        Category.CALLER_CATEGORY: Coding.CODED,
        Category.CALLER_CATEGORY_COARSE: Coding.CODED,
        Category.CONTACTS: Coding.CODED,
        Category.LISTENING_NOTES: Coding.NOTHING,
        Category.REPORT_TEXT: Coding.NOTHING,
        Category.REPORT_STEPS: Coding.NOTHING,
        Category.RETURN_CODES: Coding.NOTHING,
        Category.JUDICIAL_REFERRAL: Coding.NOTHING,
        Category.JUDICIAL_MOTIVE: Coding.NOTHING,
        Category.PROBLEMATICS: Coding.CODED,
        Category.PROBLEMATICS_STARRED: Coding.CODED,
        Category.EXPLOITATION: Coding.NOTHING,
        Category.LIVE_DANGER: Coding.NOTHING,
        Category.KNOWN_TO_ASE: Coding.CODED,
        Category.MEASURES: Coding.NOTHING,
        # With a department, an age band and a month, a situation can be recognised (domain, section 1.12).
        Category.JURISDICTIONS: Coding.NOTHING,
        Category.REFERRALS: Coding.NOTHING,
        Category.NOTE_FOR_ASE: Coding.NOTHING,
        Category.ASSOCIATION_NOTES: Coding.NOTHING,
        Category.DLPM_ACTIONS: Coding.CODED,
        Category.INFORMATION_DUTIES: Coding.NOTHING,
        Category.GRANTS: Coding.NOTHING,
        Category.DISCLOSURE_LEDGER: Coding.NOTHING,
        Category.ACCESS_LOG: Coding.NOTHING,
        Category.ACCOUNTS: Coding.NOTHING,
        Category.REQUESTS: Coding.NOTHING,
        Category.DIRECTORY: Coding.NOTHING,
        Category.SURVEYS: Coding.NOTHING,
        Category.INDICATORS: Coding.NOTHING,
        Category.TRANSFERS: Coding.NOTHING,
        Category.REPEATS: Coding.NOTHING,
        Category.ALERTS: Coding.NOTHING,
    }
)

# The tables of a case of which something is copied; the rows of all others are deleted.
COPIED: frozenset[str] = frozenset(
    {"situation", "minor", "contact", "problematic", "sensitive_problematic", "dlpm_action"}
)

# Tables that hold no case: until when their rows are kept. A table that is neither here nor part of a case has no
# decision, which fails a test.
KEPT_UNTIL: Mapping[str, str] = MappingProxyType(
    {
        "department": "reference: for good",
        "authority": "reference: for good",
        "authority_department": "reference: for good",
        "conclusion_label": "reference: for good",
        "official_code": "reference: for good",
        "organisation": "as long as it is in the network",
        "resource_card": "as long as its organisation is in the network",
        "member": "as long as a case or the access log names them",
        "habilitation": "as long as its member",
        "survey_campaign": "holds no person: for good",
        "survey_response": "holds no person: for good",
        "actor": "holds no person: for good",
        "working_session": "holds no person: for good",
        "working_session_actor": "holds no person: for good",
        "awareness_event": "holds no person: for good",
        "podcast_episode": "holds no person: for good",
        "oauth_client": "as long as its organisation is in the network",
        "client_key": "as long as its client",
        "client_secret": "a hash: as long as its client",
        "enrolment": "as long as its client: who approved which keys",
        "admission": "as long as its organisation: who let it in",
        "signing_key": "as long as a token that it signed can be valid",
        "oauth_token": "rule TOKENS",
        "oauth_jti": "rule ASSERTIONS",
        "idempotency": "48 hours: removed by the service itself",
        "trusted_document": "names no person: for good, because the access log names its hash",
        "idp": "as long as somebody may sign in there",
        "invitation": "as long as the member it made, or who invited",
        "member_identity": "as long as its member",
        "web_session": "until it ends: 30 minutes without use, 8 hours at most; cleared away every minute",
        "outbox": "rule EVENTS",
        "outbox_head": "a number: for good",
        "webhook": "as long as its organisation is in the network",
        "webhook_delivery": "ids of rows and of notices; once ended, for 90 days",
        "feed": "as long as its organisation is in the network",
        "feed_row": "ids and hashes of what an organisation sees; a tombstone holds an id alone, for 400 days",
        "access_log": "12 months: `python -m graph audit purge` leaves a signed proof and a log that verifies",
        "journal_seal": "holds hashes, no person: for good, so that old checkpoints can be compared",
        "chain_sealed": "holds hashes, no person: as long as its chain",
        "ledger_link": "as its line of the ledger: a trigger deletes both",
        "ledger_unsealed": "holds hashes, no person: until the next seal",
        "retention_job": "proof of what was erased, without any person: for good",
        "data_breach": "the register of GDPR article 33, paragraph 5, which names no person: for good",
        "monitoring_cell": "numbers of persons, without any person: as the cases they count",
        "monitoring_part": "as its situation: folded away after it",
        "monitoring_mark": "until it is folded, seconds later",
        "monitoring_edition": "numbers that were told, without any person: for good",
        "yearly_report": "published numbers, without any person: for good",
        "reach": "as its situation: kept equal to its definition by the database",
    }
)


def fate(column: Column[Any]) -> Fate:
    """What becomes of a column when its case is anonymised. Raises KeyError where its category has no decision."""
    coding = CODING[column.info["category"]]
    if column.table.name not in COPIED:
        return Fate.GONE
    if "retention" in column.info:
        declared: Fate = column.info["retention"]
        return declared
    if coding is Coding.NOTHING:
        return Fate.GONE
    if isinstance(column.type, DateTime | Date):
        return Fate.COARSE
    coded = any(isinstance(constraint, CheckConstraint) for constraint in column.constraints)
    return Fate.KEPT if coded or isinstance(column.type, Integer) else Fate.GONE


def kept_columns(table: Table) -> dict[str, Fate]:
    """The columns of a table that are not gone."""
    return {column.name: found for column in table.c if (found := fate(column)) is not Fate.GONE}
