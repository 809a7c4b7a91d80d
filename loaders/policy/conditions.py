"""What the policy's cells mean on each table, as rules made of atoms.

`cell_rule` gives the rule under which one column of a table is shown to an audience, `row_rule` the rule under which a
row of it exists for them.
"""

from functools import cache
from typing import Any

from sqlalchemy import Column, Date, DateTime, Table

from auth.conditions import Condition
from auth.policy import (
    CONTACT_COLUMNS,
    COORDINATION_COLUMNS,
    KEPT_AFTER_CLOSURE,
    TECHNICAL_COLUMNS,
    Cell,
    Reach,
    decision,
)
from loaders.nouns import BY_TABLE
from loaders.policy.receivers import WORKERS, of_mandated_worker, of_receiver
from loaders.policy.relations import (
    ARCHIVED,
    ASE_LINKED,
    CASEWORKER,
    ENTRUSTED,
    LISTENING,
    NETWORK,
    PROPOSED_OR_LATER,
    RECEIVED,
    REPORTED,
    STAKE,
    once_closed,
)
from loaders.policy.rules import (
    ALWAYS,
    NEVER,
    Atom,
    Conjunction,
    Rule,
    also,
    among,
    any_of,
    granted,
    implies,
    kind_is,
    mine,
    opened,
    opened_caller,
    via,
)
from schema.tables import journal, sharing
from schema.tables import report as reports
from schema.tables.situation import situation
from schema.vocabulary import Audience, Category, OrgKind, WithheldReason

# ---------------------------------------------------------------- what a cell means on a table

_PARTNERS = frozenset({Audience.CRI, Audience.ORG_CRIP, Audience.ASE, Audience.ORG_ASE, Audience.COO})
_RECEIVERS = frozenset({Audience.COO, Audience.ORG_ASSOCIATION})
_DEPARTMENT = frozenset({OrgKind.CRIP, OrgKind.ASE})
_ANSWERS = frozenset({"evaluation", "concern_return", "judicial_referral"})
_ACTIVE = via("network", NETWORK)
_READABLE = via("network", NETWORK, ARCHIVED)

# The tables through which an association, a coordinator or a tool may know a case at all (rules 5.9 and 8).
_CASE_TABLES: dict[Audience, frozenset[str]] = {
    # Condition 17: not even that a case was read; the technical log says when the system was.
    Audience.ADM: frozenset(),
    Audience.ASO: frozenset({"referral", "follow_up", "association_note"}),
    Audience.ORG_ASSOCIATION: frozenset({"referral", "follow_up"}),
    Audience.ORG_ASE: frozenset({"situation", "minor", "concern_report", "evaluation"}),
    Audience.COO: frozenset({"situation", "concern_report", "evaluation", "referral"}),
    Audience.ASM: frozenset(
        {
            "situation",
            "minor",
            "parental_holder",
            "referral",
            "follow_up",
            "association_note",
            "problematic",
            "sensitive_problematic",
            "exploitation_fact",
            "ase_link",
            "sharing_grant",
            "disclosure",
        }
    ),
}
# What is written for an association: nobody else outside the 119 reads it.
_FOR_ASSOCIATIONS = frozenset({"extract"})


def _authority_of(audience: Audience) -> str:
    # The coordinator and the DPO of an ASE service reach cases by their own links, not by the authority's reports.
    return "our_authority" if audience in {Audience.COO, Audience.DPO} else "authority"


def _addressed(audience: Audience, table: str) -> tuple[Atom, ...]:
    """A report to the own authority, sent and not misrouted, or an answer of the own authority to one."""
    ours = _authority_of(audience)
    if table == "concern_report":
        return (mine("to_authority_id", ours), among("status", RECEIVED))
    if table in _ANSWERS:
        return (mine("authority_id", ours), Atom("received_report", (ours,)))
    return ()


def _guard(audience: Audience, table: str) -> tuple[Atom, ...]:
    """What must hold of a row besides the cell's own reach."""
    if table == "live_danger":
        return (Atom("not_over"),)
    if table == "resource_card":
        return (Atom("open_card"),)
    if table == "repeat_candidate":
        kept = (NETWORK, ARCHIVED) if audience is Audience.SUP else (NETWORK,)
        return (Atom("also_reached", ("for_situation_id", *kept)),)
    if table in {"contact", "caller"} and audience in {Audience.CRI, Audience.ORG_CRIP}:
        return (Atom("report_contact", ("id" if table == "contact" else "contact_id",)),)
    if table == "emergency_access" and audience in {Audience.CRI, Audience.ASE}:
        # Of another organisation's exceptional access its own people and the 119 answer.
        return (mine("organisation_id", "organisation"),)
    if table == "department_transfer" and audience in {Audience.CRI, Audience.ASE}:
        return (Atom("party"),)
    if audience in _PARTNERS:
        if table == "referral":
            return (among("status", PROPOSED_OR_LATER),)
        return _addressed(audience, table)
    return ()


# ---------------------------------------------------------------- each role's reach


def _of_structure(audience: Audience, table: Table, category: Category) -> Rule:
    """Reach S: rows my organisation controls; for cases, those with a live relation to it."""
    if table.name == "organisation":
        return any_of((mine("id", "organisation"),))
    if table is journal.case_access:
        return any_of(*_OF_ACCESSES)
    if audience is Audience.LIS:
        return any_of((mine("controller_org_id", "organisation"), _ACTIVE))
    kept = category in KEPT_AFTER_CLOSURE
    if audience is Audience.COO and table.name in {"situation", "concern_report", "evaluation"}:
        linked = (ASE_LINKED, ENTRUSTED)
        return any_of(
            (kind_is(OrgKind.CRIP), via("authority", REPORTED, once_closed(REPORTED))),
            (kind_is(OrgKind.ASE), via("organisation", *linked, *(once_closed(relation) for relation in linked))),
        )
    if audience is Audience.ORG_ASE:
        after = [once_closed(ASE_LINKED)] if kept else []
        return any_of((via("organisation", ASE_LINKED, *after),))
    if "organisation_id" in table.c:
        return any_of((mine("organisation_id", "organisation"),))
    # Campaigns, sessions, episodes: nobody's row, needed to answer a questionnaire; they hold no service's data.
    return ALWAYS if table.name == "survey_campaign" else NEVER


# Reads of a case are its owner's to know, and of the organisation that read (section 10). Who else takes part in a case
# is none of their business (rule 5.9), so a partner sees its own reads of it only.
_OF_ACCESSES = (mine("controller_org_id", "organisation"),), (mine("organisation_id", "organisation"),)


def _in_dpo_scope(table: Table) -> Rule:
    """Condition 10: the whole network for the DPO of the 119, its own structure for any other."""
    network = kind_is(OrgKind.DLPM)
    if table is journal.case_access:
        return any_of((network,), *_OF_ACCESSES)
    if table is not situation and "situation_id" not in table.c:
        owner = next((name for name in ("organisation_id", "controller_org_id") if name in table.c), "id")
        return any_of((network,), (mine(owner, "organisation"),))
    if table.name in {"subject_request", "legal_hold"}:
        # A request may name no case, and stays when the case is gone; a hold is its controller's act.
        return any_of((network,), (mine("controller_org_id", "organisation"),))
    own: tuple[Atom, ...] = (via("organisation", STAKE), *_addressed(Audience.DPO, table.name))
    if table.name in {"situation", "minor"}:
        # Rule 5.9 covers the DPO of an association or a foyer too.
        own += (kind_is(*_DEPARTMENT),)
    if table.name in {"sharing_grant", "disclosure"}:
        own += (mine("from_org_id", "organisation"),)
    if table.name == "information_duty":
        own += (Atom("by_us", ("by_id",)),)
    if table.name == "emergency_access":
        own += (mine("organisation_id", "organisation"),)
    return any_of((network, _READABLE), own)


def _is_case_row(table: Table) -> bool:
    return table is situation or "situation_id" in table.c or table.name == "association_note"


def _after_closure(audience: Audience, table: Table, category: Category, viewer: str, relation: str) -> Rule:
    """A live relation; once the case is closed, the header, the steps and the rows of the own authority (rule 5.8)."""
    if table is sharing.emergency_access:
        # Rows of the own organisation only (the guard of the table), which partners keep.
        return any_of((via(viewer, relation, once_closed(relation)),))
    if category not in KEPT_AFTER_CLOSURE:
        return any_of((via(viewer, relation),), reason=WithheldReason.ENDED)
    if category is not Category.MEASURES:
        # A report whose text was shared with the ASE is there without its steps (condition 2).
        shared = audience is Audience.ASE and table is reports.concern_report
        reason = WithheldReason.OUT_OF_MANDATE if shared else None
        return any_of((via(viewer, relation, once_closed(relation)),), reason=reason)
    closed = via(viewer, once_closed(relation))
    owners = (mine("authority_id", _authority_of(audience)), mine("organisation_id", "organisation"))
    return any_of((via(viewer, relation),), *((closed, owner) for owner in owners if owner.arguments[0] in table.c))


def _base(audience: Audience, table: Table, cell: Cell, category: Category) -> Rule:
    """The reach letter and its conditions, before the guard of the table."""
    if Condition.DPO_SCOPE in cell.conditions:
        return _in_dpo_scope(table)
    if Condition.BREAK_GLASS in cell.conditions:
        return Rule(also(_in_dpo_scope(table), (opened(category),)).any_of, WithheldReason.NEEDS_BREAK_GLASS)
    if Condition.TWO_PERSONS in cell.conditions:
        return any_of((opened_caller(), _READABLE), reason=WithheldReason.NEEDS_BREAK_GLASS)
    if audience is Audience.ASM and cell.reach is Reach.OWN:
        return of_mandated_worker(table.name, cell, category)
    if Condition.GRANTED in cell.conditions:
        return any_of((granted(category),), reason=WithheldReason.NEEDS_GRANT)
    match cell.reach:
        case Reach.NETWORK if _is_case_row(table):
            # In INTERMEDIATE retention only supervisors and DPO read on; later nobody (rule 5.8).
            return any_of((_READABLE if audience is Audience.SUP else _ACTIVE,))
        case Reach.NETWORK:
            return ALWAYS
        case Reach.JURISDICTION:
            rule = _after_closure(audience, table, category, "authority", REPORTED)
            if Condition.TRANSMISSIBLE_CALLER in cell.conditions:
                return Rule(also(rule, (Atom("transmissible"),)).any_of, WithheldReason.OUT_OF_MANDATE)
            return rule
        case Reach.OWN if audience is Audience.LIS:
            return any_of((via("member", LISTENING),))
        case Reach.OWN if audience is Audience.ASE:
            return _after_closure(audience, table, category, "member", CASEWORKER)
        case Reach.STRUCTURE:
            return _of_structure(audience, table, category)
        case _:
            return NEVER


def _shown_column(name: str, kind: Any, cell: Cell) -> bool:
    """Conditions 8, 16 and 17 choose columns, not rows."""
    if Condition.COORDINATION in cell.conditions:
        return name in COORDINATION_COLUMNS or isinstance(kind, (Date, DateTime))
    if Condition.CONTACT_ONLY in cell.conditions:
        return name in CONTACT_COLUMNS
    if Condition.TECHNICAL in cell.conditions:
        return name in TECHNICAL_COLUMNS
    return True


def _hidden_column(audience: Audience, column: Column[Any]) -> bool:
    """Columns of a category that one rule of the text takes out for this audience."""
    if column.name in _FOR_ASSOCIATIONS and audience in {Audience.CRI, Audience.ASE}:
        return True
    # Condition 8 lists no kind: a coordinator learns that of a referral while it is proposed, of a report never.
    return audience is Audience.COO and column is reports.concern_report.c.kind


@cache
def category_rule(audience: Audience, table: Table, category: Category, column: str | None = None) -> Rule | None:
    """Under which rule a category of a table is shown; None where it is not in the audience's schema.

    `column` asks for one column of it, where the columns of a category are shown in different states.
    """
    cell = decision(audience, category)
    # Keys, tokens, outbox: no noun of the API stands on them, so no audience reads them.
    if not cell.in_schema or table.name not in BY_TABLE:
        return None
    if _is_case_row(table) and audience in _CASE_TABLES and table.name not in _CASE_TABLES[audience]:
        return None
    receiver = of_receiver(audience, table.name, category, column) if audience in WORKERS | _RECEIVERS else None
    rule = (
        receiver if receiver is not None else also(_base(audience, table, cell, category), _guard(audience, table.name))
    )
    return None if rule.never else rule


def link_rule(audience: Audience, table: Table, category: Category, column: str) -> Rule | None:
    """Under which rule a step that says something (whom a report is addressed to) is shown."""
    conditions = decision(audience, category).conditions
    # Of a coordinator, and of an association that knows the desk to call only: nobody else's part in the case.
    if conditions & {Condition.COORDINATION, Condition.CONTACT_ONLY}:
        return None
    return category_rule(audience, table, category, column)


def cell_rule(audience: Audience, column: Column[Any], category: Category | None = None) -> Rule | None:
    """Under which rule a column is shown; None where the audience's schema does not have it."""
    category = category or column.info["category"]
    if category is Category.KEY:
        return row_rule(audience, column.table)
    if not _shown_column(column.name, column.type, decision(audience, category)) or _hidden_column(audience, column):
        return None
    return category_rule(audience, column.table, category, column.name)


@cache
def row_rule(audience: Audience, table: Table) -> Rule | None:
    """Under which rule a row exists for the audience: any of its columns is shown; None where none ever is.

    What only break-glass opens (the DPO's `-4`) does not hide the row: it is there, with its values withheld.
    """
    rules = [
        rule
        for column in table.c
        if column.info["category"] is not Category.KEY and (rule := cell_rule(audience, column))
    ]
    # Link tables have keys only: they are seen where the category of their noun is decided by their neighbours.
    if not rules and all(column.info["category"] is Category.KEY for column in table.c):
        return category_rule(audience, table, Category.SURVEYS)
    if not rules:
        return None
    conjunctions = {_without_break_glass(audience, conjunction) for rule in rules for conjunction in rule.any_of}
    weakest = {
        c for c in conjunctions if not any(implies(c, other) and not implies(other, c) for other in conjunctions)
    }
    reasons = {rule.reason for rule in rules}
    return Rule(frozenset(weakest), reasons.pop() if len(reasons) == 1 else None)


def _without_break_glass(audience: Audience, conjunction: Conjunction) -> Conjunction:
    return frozenset(atom for atom in conjunction if atom.name != "opened") if audience is Audience.DPO else conjunction
