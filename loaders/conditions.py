"""What the policy's cells mean on each table: rules made of atoms, and each atom's SQL, written once.

A rule is a disjunction of conjunctions of atoms. `cell_rule` gives the rule under which one column of a table is
shown to an audience, `row_rule` the rule under which a row of it exists for them. Doors compile rules with bind
parameters, walls compile the very same rules with transaction settings.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Table,
    and_,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

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
from loaders.context import Viewer, nobody, one_of, word
from loaders.nouns import BY_TABLE
from schema.tables import contact as contacts
from schema.tables import journal
from schema.tables import referral as referrals
from schema.tables import report as reports
from schema.tables.situation import situation
from schema.vocabulary import (
    Audience,
    CallerAnonymity,
    Category,
    MinorAgreement,
    OrgKind,
    ReferralKind,
    ReferralStatus,
    ReportStatus,
    ResourceVisibility,
    WithheldReason,
)

# The relations of table `reach` (defined in loaders/reach.py).
NETWORK = "NETWORK"
REPORTED = "REPORTED"
REPORTED_CLOSED = "REPORTED_CLOSED"
CASEWORKER = "CASEWORKER"
CASEWORKER_CLOSED = "CASEWORKER_CLOSED"
LISTENING = "LISTENING"
ASE_LINKED = "ASE_LINKED"
ENTRUSTED = "ENTRUSTED"
MANDATED = "MANDATED"
ASSIGNED = "ASSIGNED"
STAKE = "STAKE"

RECEIVED = frozenset(set(ReportStatus) - {ReportStatus.DRAFT, ReportStatus.VALIDATED, ReportStatus.MISROUTED})
PENDING = frozenset({ReferralStatus.PROPOSED})
RELEASED = frozenset(
    {ReferralStatus.IDENTITY_RELEASED, ReferralStatus.ENGAGED, ReferralStatus.ONGOING, ReferralStatus.PAUSED_RUNAWAY}
)
RUNNING = frozenset({ReferralStatus.ACCEPTED}) | RELEASED
LIVE = PENDING | RUNNING
SEEN_BY_WORKER = frozenset(
    set(ReferralStatus) - {ReferralStatus.DRAFT, ReferralStatus.PROPOSED, ReferralStatus.DECLINED}
)
PROPOSED_OR_LATER = frozenset(set(ReferralStatus) - {ReferralStatus.DRAFT})


@dataclass(frozen=True, slots=True)
class Atom:
    """One elementary fact about a row and the viewer.

    `of_situation` says that it depends on the situation alone, so a parent row can evaluate it for its children.
    """

    name: str
    arguments: tuple[Any, ...] = ()
    of_situation: bool = False


Conjunction = frozenset[Atom]
_VIEWER_AND_ONE = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """Any of these conjunctions; `reason` is what `withheld` says where none holds."""

    any_of: frozenset[Conjunction]
    reason: WithheldReason | None = None

    @property
    def never(self) -> bool:
        """No row, ever."""
        return not self.any_of

    def implied_by(self, other: "Rule") -> bool:
        """Whether every row that satisfies `other` satisfies this rule, by looking at the atoms alone."""
        return all(any(mine <= theirs for mine in self.any_of) for theirs in other.any_of)


NEVER = Rule(frozenset())


def _rule(*conjunctions: Iterable[Atom], reason: WithheldReason | None = None) -> Rule:
    return Rule(frozenset(one for conjunction in conjunctions for one in _spread(frozenset(conjunction))), reason)


def _spread(conjunction: Conjunction) -> list[Conjunction]:
    """One conjunction per relation of a `via` atom, so that rules can be compared by their atoms alone."""
    several = next((atom for atom in conjunction if atom.name == "via" and len(atom.arguments) > _VIEWER_AND_ONE), None)
    if several is None:
        return [conjunction]
    viewer, *relations = several.arguments
    return [one for relation in relations for one in _spread((conjunction - {several}) | {via(viewer, relation)})]


ALWAYS = _rule(())


def _also(rule: Rule, guard: Iterable[Atom]) -> Rule:
    extra = frozenset(guard)
    return Rule(frozenset(conjunction | extra for conjunction in rule.any_of), rule.reason)


# ---------------------------------------------------------------- atoms


def via(viewer: str, *relations: str) -> Atom:
    """The viewer (`member`, `organisation`, `authority`, `network`) stands in one of these relations to the situation."""
    return Atom("via", (viewer, *relations), of_situation=True)


def granted(category: Category) -> Atom:
    """A live grant to this person lists the category, for the purpose of this request (condition 2)."""
    return Atom("granted", (category.value,), of_situation=True)


def granted_to_implement(category: Category) -> Atom:
    """As `granted`, and the purpose is to implement (conditions 2 and 15)."""
    return Atom("granted_to_implement", (category.value,), of_situation=True)


def opened(category: Category) -> Atom:
    """A second person opened the category to this person (conditions 4 and 9)."""
    return Atom("opened", (category.value,), of_situation=True)


def mine(column: str, viewer: str) -> Atom:
    """The row's column names the viewer."""
    return Atom("mine", (column, viewer))


def among(column: str, words: Iterable[Any]) -> Atom:
    """The row's column holds one of these words."""
    return Atom("among", (column, tuple(sorted(str(word.value) for word in words))))


def kind_is(*kinds: OrgKind) -> Atom:
    """The viewer's organisation is of one of these kinds."""
    return Atom("kind_is", tuple(sorted(kind.value for kind in kinds)), of_situation=True)


def _exists(row: FromClause, *clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    # Correlated by name: SQLAlchemy does not correlate by itself inside a derived table.
    return exists(select(literal_column("1")).where(*clauses).correlate(row))


def _reach_probe(
    row: FromClause, viewer: ColumnElement[Any], relation: Callable[[ColumnElement[str]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    reach = journal.reach.alias()
    return _exists(
        row,
        reach.c.viewer == viewer,
        reach.c.situation_id == situation_of(row),
        relation(reach.c.via),
        reach.c.starts_at <= func.now(),
        reach.c.ends_at > func.now(),
    )


def situation_of(row: FromClause) -> ColumnElement[Any]:
    """The column of a row that says of which situation it is."""
    return row.c.situation_id if "situation_id" in row.c else row.c.id


def _via(row: FromClause, who: Viewer, viewer: str, *relations: str) -> ColumnElement[bool]:
    identity = nobody() if viewer == "network" else getattr(who, viewer)
    return _reach_probe(row, identity, lambda relation: one_of(relation, relations))


def _granted(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    return _reach_probe(row, who.member, lambda relation: relation == word(f"GRANT:{category}:").concat(who.purpose))


def _granted_to_implement(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    probe = _reach_probe(row, who.member, lambda relation: relation == word(f"GRANT:{category}:IMPLEMENT"))
    return and_(who.purpose == word("IMPLEMENT"), probe)


def _opened(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    return _reach_probe(row, who.member, lambda relation: relation == word(f"OPENED:{category}"))


def _mine(row: FromClause, who: Viewer, column: str, viewer: str) -> ColumnElement[bool]:
    identity: ColumnElement[Any] = getattr(who, viewer)
    return row.c[column] == identity


def _among(row: FromClause, _: Viewer, column: str, words: tuple[str, ...]) -> ColumnElement[bool]:
    return one_of(row.c[column], words)


def _kind_is(_: FromClause, who: Viewer, *kinds: str) -> ColumnElement[bool]:
    return one_of(who.kind, kinds)


def _report_contact(row: FromClause, who: Viewer, column: str) -> ColumnElement[bool]:
    """The contact is the one a report to my authority was written from: other contacts stay unknown, even their number."""
    report = reports.concern_report.alias()
    return _exists(
        row,
        report.c.origin_contact_id == row.c[column],
        report.c.to_authority_id == who.authority,
        one_of(report.c.status, (status.value for status in RECEIVED)),
    )


def _transmissible(row: FromClause, _: Viewer) -> ColumnElement[bool]:
    transmissible = word(CallerAnonymity.TRANSMISSIBLE_CRIP.value)
    if "anonymity" in row.c:
        return row.c.anonymity == transmissible
    caller = contacts.caller.alias()
    return _exists(row, caller.c.contact_id == row.c.id, caller.c.anonymity == transmissible)


def _referred_minor(
    row: FromClause, who: Viewer, column: str, statuses: tuple[str, ...], agreed: bool
) -> ColumnElement[bool]:
    """The minor is the one of a referral assigned to me: siblings of the same situation are not."""
    referral = referrals.referral.alias()
    clauses = [
        referral.c.minor_id == row.c[column],
        referral.c.assigned_member_id == who.member,
        referral.c.to_org_id == who.organisation,
        referral.c.kind == word(ReferralKind.DIRECT_SUPPORT.value),
        one_of(referral.c.status, statuses),
    ]
    if agreed:
        clauses.append(referral.c.minor_agreement == word(MinorAgreement.AGREED.value))
    return _exists(row, *clauses)


def _shared_kind(row: FromClause, who: Viewer) -> ColumnElement[bool]:
    referral = referrals.referral.alias()
    return _exists(
        row,
        referral.c.situation_id == row.c.situation_id,
        or_(row.c.minor_id.is_(None), referral.c.minor_id == row.c.minor_id),
        referral.c.assigned_member_id == who.member,
        referral.c.to_org_id == who.organisation,
        referral.c.kind == word(ReferralKind.DIRECT_SUPPORT.value),
        one_of(referral.c.status, (status.value for status in RUNNING)),
        row.c.kind == func.any(referral.c.shared_kinds),
    )


def _own_referral(row: FromClause, who: Viewer, assigned: bool, statuses: tuple[str, ...]) -> ColumnElement[bool]:
    """The row hangs on a referral to my organisation (assigned to me), in one of these states."""
    referral = referrals.referral.alias()
    clauses = [
        referral.c.id == row.c.referral_id,
        referral.c.to_org_id == who.organisation,
        one_of(referral.c.status, statuses),
    ]
    if assigned:
        clauses.append(referral.c.assigned_member_id == who.member)
    return _exists(row, *clauses)


def _not_over(row: FromClause, _: Viewer) -> ColumnElement[bool]:
    return row.c.until > func.now()


def _open_card(row: FromClause, who: Viewer) -> ColumnElement[bool]:
    return or_(
        row.c.visibility != word(ResourceVisibility.SECRET.value),
        row.c.organisation_id == who.organisation,
        who.kind == word(OrgKind.DLPM.value),
    )


def _party(row: FromClause, who: Viewer) -> ColumnElement[bool]:
    return or_(row.c.origin_authority_id == who.authority, row.c.destination_authority_id == who.authority)


_MEANINGS: dict[str, Callable[..., ColumnElement[bool]]] = {
    "via": _via,
    "granted": _granted,
    "granted_to_implement": _granted_to_implement,
    "opened": _opened,
    "mine": _mine,
    "among": _among,
    "kind_is": _kind_is,
    "report_contact": _report_contact,
    "transmissible": _transmissible,
    "referred_minor": _referred_minor,
    "shared_kind": _shared_kind,
    "own_referral": _own_referral,
    "not_over": _not_over,
    "open_card": _open_card,
    "party": _party,
}


def sql(rule: Rule, row: FromClause, who: Viewer, *, given: Rule | None = None) -> ColumnElement[bool]:
    """The rule as SQL over a row; atoms that `given` already guarantees in every case are left out."""
    known: Conjunction = frozenset.intersection(*given.any_of) if given and given.any_of else frozenset()
    parts = [
        and_(true(), *(_MEANINGS[atom.name](row, who, *atom.arguments) for atom in _in_order(conjunction - known)))
        for conjunction in sorted(
            _gathered(rule.any_of), key=lambda c: [(a.name, str(a.arguments)) for a in _in_order(c)]
        )
    ]
    return or_(false(), *parts)


def _gathered(conjunctions: frozenset[Conjunction]) -> set[Conjunction]:
    """The inverse of `_spread`: relations of one viewer beside the same atoms become one probe of `reach`."""
    groups: dict[tuple[Conjunction, str], set[str]] = {}
    kept: set[Conjunction] = set()
    for conjunction in conjunctions:
        relation = next((atom for atom in conjunction if atom.name == "via"), None)
        if relation is None:
            kept.add(conjunction)
        else:
            groups.setdefault((conjunction - {relation}, relation.arguments[0]), set()).add(relation.arguments[1])
    return kept | {rest | {via(viewer, *sorted(relations))} for (rest, viewer), relations in groups.items()}


def _in_order(conjunction: Iterable[Atom]) -> list[Atom]:
    # Cheap comparisons first, so that the reading of the golden files is stable too.
    return sorted(
        conjunction, key=lambda atom: (atom.name not in {"mine", "among", "kind_is"}, atom.name, str(atom.arguments))
    )


# ---------------------------------------------------------------- what a cell means on a table

_PARTNERS = frozenset({Audience.CRI, Audience.ORG_CRIP, Audience.ASE, Audience.ORG_ASE, Audience.COO})
_SENT_ONLY = (mine("to_authority_id", "authority"), among("status", RECEIVED))
_WORKERS = frozenset({Audience.ASM, Audience.ASO})
_RECEIVERS = frozenset({Audience.COO, Audience.ORG_ASSOCIATION})

# The tables through which an association or a coordinator may know a case at all (rules 5.9 and 8).
_CASE_TABLES: dict[Audience, frozenset[str]] = {
    Audience.ASO: frozenset({"referral", "follow_up", "association_note"}),
    Audience.ORG_ASSOCIATION: frozenset({"referral", "follow_up"}),
    Audience.COO: frozenset({"situation", "concern_report", "evaluation", "referral", "follow_up"}),
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


def _guard(audience: Audience, table: str) -> tuple[Atom, ...]:
    """What must hold of a row besides the cell's own reach."""
    if table == "live_danger":
        return (Atom("not_over"),)
    if table == "resource_card":
        return (Atom("open_card"),)
    if table in {"contact", "caller"} and audience in {Audience.CRI, Audience.ORG_CRIP}:
        return (Atom("report_contact", ("id" if table == "contact" else "contact_id",)),)
    if table == "department_transfer" and audience in {Audience.CRI, Audience.ASE}:
        return (Atom("party"),)
    if audience in _PARTNERS:
        if table == "concern_report":
            return _SENT_ONLY
        if table in {"evaluation", "concern_return", "judicial_referral"}:
            return (mine("authority_id", "authority"),)
        if table == "referral" and audience is not Audience.COO:
            return (among("status", PROPOSED_OR_LATER),)
    return ()


def _states(statuses: Iterable[ReferralStatus]) -> tuple[str, ...]:
    return tuple(sorted(status.value for status in statuses))


def _of_receiver(audience: Audience, table: str, category: Category) -> Rule | None:
    """Rows of a referral as its receiver sees them (section 8); None where the table is not one of them."""
    worker = audience in _WORKERS
    if table == "referral":
        base: tuple[Atom, ...] = (mine("to_org_id", "organisation"),)
        if worker:
            base += (mine("assigned_member_id", "member"), among("status", SEEN_BY_WORKER))
        elif audience is Audience.ORG_ASSOCIATION:
            base += (among("status", LIVE),)
        else:
            base += (among("status", PROPOSED_OR_LATER),)
        if audience is Audience.ASO:
            base += (among("kind", {ReferralKind.PROFESSIONAL_CONSULTATION}),)
        if category is Category.REFERRALS:
            return _rule(base)
        if category is Category.CODED_PROFILE:
            if audience is Audience.COO:
                return _rule((*base, among("status", PENDING)), reason=WithheldReason.NEEDS_PERSON)
            return _rule((*base, among("status", LIVE)), reason=WithheldReason.ENDED)
        if category in {Category.PROBLEMATICS, Category.EXPLOITATION} and audience is Audience.ASO:
            return _rule((*base, among("status", LIVE)), reason=WithheldReason.ENDED)
        return NEVER
    if table in {"follow_up", "association_note"}:
        own = mine("organisation_id", "organisation")
        if worker:
            return _rule((own, Atom("own_referral", (True, _states(SEEN_BY_WORKER)))))
        if audience is Audience.ORG_ASSOCIATION:
            return _rule((own, Atom("own_referral", (False, _states(LIVE)))))
        return _rule((own,))
    return None


def _of_mandated_worker(table: str, cell: Cell, category: Category) -> Rule:
    """The case as a worker of an association with a mandate, or of a foyer, sees it."""
    entrusted, mandated = via("organisation", ENTRUSTED), via("organisation", MANDATED)
    column = "id" if table == "minor" else "minor_id"
    if Condition.GRANTED in cell.conditions:
        guard = {
            "sharing_grant": (mine("to_member_id", "member"),),
            "disclosure": (mine("to_org_id", "organisation"),),
        }.get(table, ())
        if category in {Category.GRANTS, Category.REPORT_TEXT}:
            return _rule(guard, reason=WithheldReason.NEEDS_GRANT) if guard else NEVER
        if category is Category.DISCLOSURE_LEDGER:
            return _rule(guard, reason=None)
        atom = granted_to_implement(category) if Condition.TO_IMPLEMENT in cell.conditions else granted(category)
        return _rule((atom,), reason=WithheldReason.NEEDS_GRANT)
    if Condition.REFERRAL_ACCEPTED_AND_MINOR_AGREED in cell.conditions:
        agreed = Atom("referred_minor", (column, _states(RELEASED), True))
        return _rule((agreed,), (mandated,), reason=WithheldReason.NEEDS_AGREEMENT)
    if Condition.MEASURE_NAMES_US in cell.conditions:
        return _rule((mandated,), reason=WithheldReason.OUT_OF_MANDATE)
    if Condition.SHARED_KIND in cell.conditions:
        return _rule((Atom("shared_kind"),))
    if table == "minor":
        return _rule((Atom("referred_minor", (column, _states(RUNNING), False)),), (entrusted,))
    return _rule((via("member", ASSIGNED),), (entrusted,))


def _of_structure(audience: Audience, table: Table) -> Rule:
    """Reach S: rows my organisation controls; for cases, those with a live relation to it."""
    if table.name == "organisation":
        return _rule((mine("id", "organisation"),))
    if audience is Audience.LIS:
        return _rule((mine("controller_org_id", "organisation"),))
    if audience is Audience.COO and table.name in {"situation", "concern_report", "evaluation"}:
        return _rule((via("authority", REPORTED, REPORTED_CLOSED),), (via("organisation", ASE_LINKED),))
    if audience is Audience.ORG_ASE:
        return _rule((via("organisation", ASE_LINKED),))
    if "organisation_id" in table.c:
        return _rule((mine("organisation_id", "organisation"),))
    # Campaigns, sessions, episodes: nobody's row, needed to answer a questionnaire; they hold no service's data.
    return ALWAYS if table.name == "survey_campaign" else NEVER


def _in_dpo_scope(table: Table) -> Rule:
    """Condition 10: the whole network for the DPO of the 119, its own structure for any other."""
    network = (kind_is(OrgKind.DLPM),)
    if table is situation or "situation_id" in table.c:
        return _rule(network, (via("organisation", STAKE),), (via("authority", REPORTED, REPORTED_CLOSED),))
    owner = next((name for name in ("organisation_id", "controller_org_id") if name in table.c), "id")
    return _rule(network, (mine(owner, "organisation"),))


def _base(audience: Audience, table: Table, cell: Cell, category: Category) -> Rule:
    """The reach letter and its conditions, before the guard of the table."""
    kept = category in KEPT_AFTER_CLOSURE
    if Condition.DPO_SCOPE in cell.conditions:
        return _in_dpo_scope(table)
    if Condition.BREAK_GLASS in cell.conditions:
        return Rule(_also(_in_dpo_scope(table), (opened(category),)).any_of, WithheldReason.NEEDS_BREAK_GLASS)
    if Condition.TWO_PERSONS in cell.conditions:
        return _rule((opened(category),), reason=WithheldReason.NEEDS_BREAK_GLASS)
    if audience is Audience.ASM and cell.reach is Reach.OWN:
        return _of_mandated_worker(table.name, cell, category)
    if Condition.GRANTED in cell.conditions:
        return _rule((granted(category),), reason=WithheldReason.NEEDS_GRANT)
    match cell.reach:
        case Reach.NETWORK:
            case_row = table is situation or "situation_id" in table.c
            # In INTERMEDIATE retention only supervisors and DPO read on (rule 5.8).
            return _rule((via("network", NETWORK),)) if audience is Audience.LIS and case_row else ALWAYS
        case Reach.JURISDICTION:
            atoms = [via("authority", REPORTED, REPORTED_CLOSED) if kept else via("authority", REPORTED)]
            if Condition.TRANSMISSIBLE_CALLER in cell.conditions:
                return _rule((*atoms, Atom("transmissible")), reason=WithheldReason.OUT_OF_MANDATE)
            return _rule(atoms, reason=None if kept else WithheldReason.ENDED)
        case Reach.OWN if audience is Audience.LIS:
            return _rule((via("member", LISTENING),))
        case Reach.OWN if audience is Audience.ASE:
            relations = (CASEWORKER, CASEWORKER_CLOSED) if kept else (CASEWORKER,)
            return _rule((via("member", *relations),), reason=None if kept else WithheldReason.ENDED)
        case Reach.STRUCTURE:
            return _of_structure(audience, table)
        case _:
            return NEVER


def _shown_column(column: Column[Any], cell: Cell) -> bool:
    """Conditions 8, 16 and 17 choose columns, not rows."""
    if Condition.COORDINATION in cell.conditions:
        return column.name in COORDINATION_COLUMNS or isinstance(column.type, (Date, DateTime))
    if Condition.CONTACT_ONLY in cell.conditions:
        return column.name in CONTACT_COLUMNS
    if Condition.TECHNICAL in cell.conditions:
        return column.name in TECHNICAL_COLUMNS
    return True


@cache
def category_rule(audience: Audience, table: Table, category: Category) -> Rule | None:
    """Under which rule a category of a table is shown; None where it is not in the audience's schema."""
    cell = decision(audience, category)
    # Keys, tokens, outbox: no noun of the API stands on them, so no audience reads them.
    if not cell.in_schema or table.name not in BY_TABLE:
        return None
    case_row = table is situation or "situation_id" in table.c or table.name == "association_note"
    if case_row and audience in _CASE_TABLES and table.name not in _CASE_TABLES[audience]:
        return None
    receiver = _of_receiver(audience, table.name, category) if audience in _WORKERS | _RECEIVERS else None
    rule = (
        receiver
        if receiver is not None
        else _also(_base(audience, table, cell, category), _guard(audience, table.name))
    )
    return None if rule.never else rule


def cell_rule(audience: Audience, column: Column[Any], category: Category | None = None) -> Rule | None:
    """Under which rule a column is shown; None where the audience's schema does not have it."""
    category = category or column.info["category"]
    if category is Category.KEY:
        return row_rule(audience, column.table)
    if not _shown_column(column, decision(audience, category)):
        return None
    return category_rule(audience, column.table, category)


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
    weakest = {c for c in conjunctions if not any(other < c for other in conjunctions)}
    reason = next((rule.reason for rule in rules if rule.reason), None) if all(rule.reason for rule in rules) else None
    return Rule(frozenset(weakest), reason)


def _without_break_glass(audience: Audience, conjunction: Conjunction) -> Conjunction:
    return frozenset(atom for atom in conjunction if atom.name != "opened") if audience is Audience.DPO else conjunction
