"""What the policy's cells mean on each table: rules made of atoms, and each atom's SQL, written once.

A rule is a disjunction of conjunctions of atoms. `cell_rule` gives the rule under which one column of a table is
shown to an audience, `row_rule` the rule under which a row of it exists for them. Doors compile rules with bind
parameters, walls compile the very same rules with transaction settings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    Text,
    and_,
    cast,
    column,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.dialects.postgresql.base import PGDialect

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
from schema.tables import journal, people, sharing
from schema.tables import referral as referrals
from schema.tables import report as reports
from schema.tables.directory import organisation
from schema.tables.situation import situation
from schema.vocabulary import (
    Audience,
    CallerAnonymity,
    Category,
    GrantState,
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
ASE_LINKED_CLOSED = "ASE_LINKED_CLOSED"
ENTRUSTED = "ENTRUSTED"
ENTRUSTED_CLOSED = "ENTRUSTED_CLOSED"
MANDATED = "MANDATED"
ASSIGNED = "ASSIGNED"
SUPPORTS = "SUPPORTS"
CONSULTS = "CONSULTS"
STAKE = "STAKE"
ARCHIVED = "ARCHIVED"

RECEIVED = frozenset(set(ReportStatus) - {ReportStatus.DRAFT, ReportStatus.VALIDATED, ReportStatus.MISROUTED})
UNRETURNED = RECEIVED - {ReportStatus.RETURNED_TO_119}
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

    def implies(self, other: "Atom") -> bool:
        """Whether every row of which this is true is one of which the other is: fewer words imply more."""
        if self == other:
            return True
        if self.name != other.name:
            return False
        match self.arguments, other.arguments:
            case (column, words), (other_column, more) if self.name == "among":
                return bool(column == other_column and set(words) <= set(more))
            case (assigned, kind, states), (need, other_kind, more) if self.name == "own_referral":
                return bool(kind == other_kind and (assigned or not need) and set(states) <= set(more))
        return False

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


Conjunction = frozenset[Atom]


def _implies(conjunction: Conjunction, weaker: Conjunction) -> bool:
    return all(any(atom.implies(wanted) for atom in conjunction) for wanted in weaker)


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
        return all(any(_implies(theirs, mine) for mine in self.any_of) for theirs in other.any_of)


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


def opened_caller() -> Atom:
    """A second supervisor opened this very caller to this person (condition 9)."""
    return Atom("opened_caller")


def mine(column: str, viewer: str) -> Atom:
    """The row's column names the viewer."""
    return Atom("mine", (column, viewer))


def among(column: str, words: Iterable[Any]) -> Atom:
    """The row's column holds one of these words."""
    return Atom("among", (column, tuple(sorted(str(word.value) for word in words))))


def kind_is(*kinds: OrgKind) -> Atom:
    """The viewer's organisation is of one of these kinds."""
    return Atom("kind_is", tuple(sorted(kind.value for kind in kinds)), of_situation=True)


def probe(row: FromClause, *clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether another row meets the clauses, asked of this row alone."""
    # Correlated by name: SQLAlchemy does not correlate by itself inside a derived table. OFFSET 0 keeps it a probe of
    # one row: else PostgreSQL may turn it into a join, or a hash, over every row that the viewer reaches.
    return exists(select(literal_column("1")).where(*clauses).offset(literal_column("0")).correlate(row))


# What each kind of viewer stands in, for the walls: views of the owner's, so that a wall asks one question and no login
# needs `reach` as a whole for it.
_DIALECT = PGDialect()  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy
REACH_VIEW = ("situation_id", "via", "starts_at", "ends_at")
_VIEWS = {
    viewer: table(f"reach_of_{viewer}", *map(column, REACH_VIEW))
    for viewer in ("organisation", "authority", "member", "network")
}


def reach_views(who: Viewer) -> Mapping[str, str]:
    """View -> its text."""
    reach = journal.reach
    shown = [reach.c[name] for name in REACH_VIEW]
    return {
        view.name: str(select(*shown).where(reach.c.viewer == viewer_of(who, viewer)).compile(dialect=_DIALECT))
        for viewer, view in _VIEWS.items()
    }


def _reach_probe(
    row: FromClause, who: Viewer, viewer: str, relation: Callable[[ColumnElement[str]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    if who.by_view:
        view = _VIEWS[viewer].alias()
        return probe(row, relation(view.c.via), *_now_about(view, row))
    reach = journal.reach.alias()
    return probe(row, reach.c.viewer == viewer_of(who, viewer), relation(reach.c.via), *_now_about(reach, row))


def _now_about(reach: FromClause, row: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Relations to the situation of the row that hold at this moment."""
    return reach.c.situation_id == situation_of(row), reach.c.starts_at <= func.now(), reach.c.ends_at > func.now()


class Seen:
    """The relations of the viewer to the situation of a row, looked up once for everything that is asked about it.

    A relation's word belongs to one kind of viewer only (loaders/reach.py), so the words of all of them share a list.
    """

    def __init__(self, names: Iterator[int]) -> None:
        self.names = names
        self._name = f"seen_{next(names)}"
        self._viewers: set[str] = set()

    def sql(self, atom: Atom, who: Viewer) -> ColumnElement[bool]:
        """An atom of `BY_REACH`, as a test of the list."""
        vias = literal_column(f"{self._name}.vias", ARRAY(Text))
        match atom.name, atom.arguments:
            case "via", (viewer, *relations):
                self._viewers.add(viewer)
                if len(relations) == 1:
                    return word(relations[0]) == func.any(vias)
                wanted = ", ".join(str(word(relation)) for relation in relations)
                return vias.op("&&", is_comparison=True)(literal_column(f"ARRAY[{wanted}]", ARRAY(Text)))
            case "granted", (category,):
                self._viewers.add("member")
                return word(f"GRANT:{category}:").concat(who.purpose) == func.any(vias)
            case "granted_to_implement", (category,):
                self._viewers.add("member")
                return and_(who.purpose == word("IMPLEMENT"), word(f"GRANT:{category}:IMPLEMENT") == func.any(vias))
            case "opened", (category,):
                self._viewers.add("member")
                return word(f"OPENED:{category}") == func.any(vias)
        raise ValueError(atom.name)

    def beside(self, row: FromClause, who: Viewer) -> FromClause:
        """The row with its list beside it, where anything was asked of the list."""
        if not self._viewers:
            return row
        viewers = [viewer_of(who, viewer) for viewer in sorted(self._viewers)]
        reach = journal.reach.alias()
        mine_ = reach.c.viewer == (viewers[0] if len(viewers) == 1 else func.any(array(viewers)))
        vias = select(reach.c.via).where(mine_, *_now_about(reach, row)).correlate(row).scalar_subquery()
        # OFFSET 0: one lookup per row, not one per mention.
        return row.join(select(func.array(vias).label("vias")).offset(literal_column("0")).lateral(self._name), true())


BY_REACH = frozenset({"via", "granted", "granted_to_implement", "opened"})


def viewer_of(who: Viewer, viewer: str) -> ColumnElement[Any]:
    """Who a kind of viewer is, in SQL."""
    identity: ColumnElement[Any] = nobody() if viewer == "network" else getattr(who, viewer)
    return identity


def situation_of(row: FromClause) -> ColumnElement[Any]:
    """The column of a row that says of which situation it is."""
    return row.c.situation_id if "situation_id" in row.c else row.c.id


def _via(row: FromClause, who: Viewer, viewer: str, *relations: str) -> ColumnElement[bool]:
    return _reach_probe(row, who, viewer, lambda relation: one_of(relation, relations))


def _also_reached(row: FromClause, _: Viewer, column: str, *relations: str) -> ColumnElement[bool]:
    """The other situation that the row names is within reach too: else its existence would show here."""
    reach = journal.reach.alias()
    return probe(
        row,
        reach.c.viewer == nobody(),
        reach.c.situation_id == row.c[column],
        one_of(reach.c.via, relations),
        reach.c.starts_at <= func.now(),
        reach.c.ends_at > func.now(),
    )


def _granted(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    return _reach_probe(row, who, "member", lambda relation: relation == word(f"GRANT:{category}:").concat(who.purpose))


def _granted_to_implement(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    probe = _reach_probe(row, who, "member", lambda relation: relation == word(f"GRANT:{category}:IMPLEMENT"))
    return and_(who.purpose == word("IMPLEMENT"), probe)


def _opened(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    return _reach_probe(row, who, "member", lambda relation: relation == word(f"OPENED:{category}"))


def _opened_caller(row: FromClause, who: Viewer) -> ColumnElement[bool]:
    named = word(f"OPENED:{Category.CALLER_IDENTITY.value}:").concat(cast(row.c.id, Text))
    return _reach_probe(row, who, "member", lambda relation: relation == named)


def _mine(row: FromClause, who: Viewer, column: str, viewer: str) -> ColumnElement[bool]:
    return row.c[column] == _identity(who, viewer)


def _identity(who: Viewer, viewer: str) -> ColumnElement[Any]:
    """`our_authority`: of the organisation, also where its people reach no case by the authority's reports."""
    if viewer != "our_authority":
        found: ColumnElement[Any] = getattr(who, viewer)
        return found
    ours = organisation.alias()
    return select(ours.c.authority_id).where(ours.c.id == who.organisation).scalar_subquery()


def _among(row: FromClause, _: Viewer, column: str, words: tuple[str, ...]) -> ColumnElement[bool]:
    return one_of(row.c[column], words)


def _kind_is(_: FromClause, who: Viewer, *kinds: str) -> ColumnElement[bool]:
    return one_of(who.kind, kinds)


def _report_contact(row: FromClause, who: Viewer, column: str) -> ColumnElement[bool]:
    """The contact is the one a report to my authority was written from: other contacts stay unknown, even their number."""
    report = reports.concern_report.alias()
    return probe(
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
    return probe(row, caller.c.contact_id == row.c.id, caller.c.anonymity == transmissible)


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
    return probe(row, *clauses)


def _shared_kind(row: FromClause, who: Viewer) -> ColumnElement[bool]:
    referral = referrals.referral.alias()
    return probe(
        row,
        referral.c.situation_id == row.c.situation_id,
        or_(row.c.minor_id.is_(None), referral.c.minor_id == row.c.minor_id),
        referral.c.assigned_member_id == who.member,
        referral.c.to_org_id == who.organisation,
        referral.c.kind == word(ReferralKind.DIRECT_SUPPORT.value),
        one_of(referral.c.status, (status.value for status in RUNNING)),
        row.c.kind == func.any(referral.c.shared_kinds),
    )


def _own_referral(
    row: FromClause, who: Viewer, assigned: bool, kind: str, statuses: tuple[str, ...]
) -> ColumnElement[bool]:
    """The row hangs on a referral of that kind to my organisation (assigned to me), in one of these states."""
    referral = referrals.referral.alias()
    clauses = [
        referral.c.id == row.c.referral_id,
        referral.c.to_org_id == who.organisation,
        referral.c.kind == word(kind),
        one_of(referral.c.status, statuses),
    ]
    if assigned:
        clauses.append(referral.c.assigned_member_id == who.member)
    return probe(row, *clauses)


def _received_report(row: FromClause, who: Viewer, viewer: str) -> ColumnElement[bool]:
    """The row answers a report that this authority has received; one addressed elsewhere takes its answers along."""
    report = reports.concern_report.alias()
    return probe(
        row,
        report.c.id == row.c.report_id,
        report.c.to_authority_id == _identity(who, viewer),
        one_of(report.c.status, (status.value for status in RECEIVED)),
    )


def _lives(grant: FromClause, who: Viewer) -> tuple[ColumnElement[bool], ...]:
    """The grant is to me, and the reach table says that what it shares is shared at this moment (section 7)."""
    reach = journal.reach.alias()
    kind, category, purpose = (func.split_part(reach.c.via, word(":"), literal_column(str(part))) for part in (1, 2, 3))
    return (
        grant.c.to_member_id == who.member,
        grant.c.to_org_id == who.organisation,
        grant.c.state == word(GrantState.ACTIVE.value),
        grant.c.revoked_at.is_(None),
        grant.c.starts_at <= func.now(),
        grant.c.expires_at > func.now(),
        grant.c.purpose == who.purpose,
        probe(
            grant,
            reach.c.viewer == who.member,
            reach.c.situation_id == grant.c.situation_id,
            kind == word("GRANT"),
            grant.c.field_groups.bool_op("@>")(array([category])),
            purpose == grant.c.purpose,
            reach.c.starts_at <= func.now(),
            reach.c.ends_at > func.now(),
        ),
    )


def _live_grant(row: FromClause, who: Viewer) -> ColumnElement[bool]:
    return and_(*_lives(row, who))


def _of_live_grant(row: FromClause, who: Viewer) -> ColumnElement[bool]:
    """The line of the ledger rests on the duty of a grant to me that lives."""
    grant = sharing.sharing_grant.alias()
    return probe(row, grant.c.situation_id == row.c.situation_id, grant.c.duty_id == row.c.duty_id, *_lives(grant, who))


def _lists(row: FromClause, _: Viewer, category: str) -> ColumnElement[bool]:
    listed: ColumnElement[bool] = row.c.field_groups.bool_op("@>")(array([word(category)]))
    return listed


def _by_us(row: FromClause, who: Viewer, column: str) -> ColumnElement[bool]:
    """Somebody of my organisation did it."""
    member = people.member.alias()
    return probe(row, member.c.id == row.c[column], member.c.organisation_id == who.organisation)


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
    "also_reached": _also_reached,
    "granted": _granted,
    "granted_to_implement": _granted_to_implement,
    "opened": _opened,
    "opened_caller": _opened_caller,
    "mine": _mine,
    "among": _among,
    "kind_is": _kind_is,
    "report_contact": _report_contact,
    "transmissible": _transmissible,
    "referred_minor": _referred_minor,
    "shared_kind": _shared_kind,
    "own_referral": _own_referral,
    "received_report": _received_report,
    "live_grant": _live_grant,
    "of_live_grant": _of_live_grant,
    "lists": _lists,
    "by_us": _by_us,
    "not_over": _not_over,
    "open_card": _open_card,
    "party": _party,
}


def meaning(atom: Atom, row: FromClause, who: Viewer) -> ColumnElement[bool]:
    """What one atom asks, as SQL over a row."""
    return _MEANINGS[atom.name](row, who, *atom.arguments)


def sql(
    rule: Rule, row: FromClause, who: Viewer, *, given: Rule | None = None, seen: Seen | None = None
) -> ColumnElement[bool]:
    """The rule as SQL over a row; atoms that `given` already guarantees in every case are left out."""

    def asked(atom: Atom) -> ColumnElement[bool]:
        return seen.sql(atom, who) if seen is not None and atom.name in BY_REACH else meaning(atom, row, who)

    known: Conjunction = frozenset.intersection(*given.any_of) if given and given.any_of else frozenset()
    parts = [
        and_(true(), *map(asked, _in_order(a for a in conjunction if not any(k.implies(a) for k in known))))
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
        relation = next((atom for atom in _in_order(conjunction) if atom.name == "via"), None)
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
_WORKERS = frozenset({Audience.ASM, Audience.ASO})
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


def _closed(relation: str) -> str:
    """The same relation, of a case that the DLPM has closed."""
    return relation + "_CLOSED"


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


def _states(statuses: Iterable[ReferralStatus]) -> tuple[str, ...]:
    return tuple(sorted(status.value for status in statuses))


# ---------------------------------------------------------------- referrals and what hangs on them (section 8)

_KINDS = ((ReferralKind.DIRECT_SUPPORT, SUPPORTS), (ReferralKind.PROFESSIONAL_CONSULTATION, CONSULTS))


def _received(
    audience: Audience,
    statuses: Iterable[ReferralStatus],
    *,
    closed: bool = False,
    reason: WithheldReason | None = None,
) -> Rule:
    """A referral to my organisation (for a worker: assigned to them), in one of these states, within the mandate.

    `closed`: also after the closure of the case, which ends every referral.
    """
    wanted = list(statuses)
    base: tuple[Atom, ...] = (mine("to_org_id", "organisation"), among("status", wanted))
    if audience in _WORKERS:
        base += (mine("assigned_member_id", "member"),)
    kinds = _KINDS[1:] if audience is Audience.ASO else _KINDS
    return _rule(
        *(
            (*base, among("kind", {kind}), via("organisation", relation, *([_closed(relation)] if closed else [])))
            for kind, relation in kinds
        ),
        reason=reason,
    )


def _on_referral(
    audience: Audience,
    statuses: Iterable[ReferralStatus],
    kinds: Iterable[tuple[ReferralKind, str]],
    *,
    closed: bool = False,
) -> Rule:
    """A row of my organisation that hangs on such a referral."""
    states = _states(statuses)
    assigned = audience in _WORKERS
    return _rule(
        *(
            (
                mine("organisation_id", "organisation"),
                Atom("own_referral", (assigned, kind.value, states)),
                via("organisation", relation, *([_closed(relation)] if closed else [])),
            )
            for kind, relation in kinds
            if audience is not Audience.ASO or kind is ReferralKind.PROFESSIONAL_CONSULTATION
        )
    )


def _either(*rules: Rule, reason: WithheldReason | None = None) -> Rule:
    return Rule(frozenset(conjunction for rule in rules for conjunction in rule.any_of), reason)


def _of_receiver(audience: Audience, table: str, category: Category, column: str | None) -> Rule | None:
    """Rows of a referral as its receiver sees them (section 8); None where the table is not one of them.

    `column` None asks for the category where it is shown most.
    """
    if table == "referral":
        return _of_referral(audience, category, column)
    if table == "follow_up":
        if audience is Audience.COO:
            return NEVER
        if category is Category.NOTE_FOR_ASE:
            rule = _on_referral(audience, RUNNING, _KINDS[:1])
            return Rule(rule.any_of, WithheldReason.OUT_OF_MANDATE)
        if audience not in _WORKERS:
            return _on_referral(audience, LIVE, _KINDS)
        # Once it is over, what the worker wrote stays theirs; what colleagues and tools recorded does not.
        written = _also(
            _on_referral(audience, SEEN_BY_WORKER, _KINDS, closed=True), (mine("recorded_by_id", "member"),)
        )
        return _either(_on_referral(audience, RUNNING, _KINDS), written)
    if table == "association_note":
        return _on_referral(audience, SEEN_BY_WORKER, _KINDS, closed=True)
    return None


def _of_referral(audience: Audience, category: Category, column: str | None) -> Rule:
    if audience is Audience.ORG_ASSOCIATION:
        return _received(audience, LIVE) if category in {Category.REFERRALS, Category.CODED_PROFILE} else NEVER
    if audience is Audience.COO:
        return _of_coordinated_referral(category, column)
    if category is Category.REFERRALS:
        if column in {None, "ref", "status"}:
            return _received(audience, SEEN_BY_WORKER, closed=True)
        if column in _REFERRAL_DATES:
            dated = SEEN_BY_WORKER - {ReferralStatus.WITHDRAWN}
            return _received(audience, dated, closed=True, reason=WithheldReason.ENDED)
        return _received(audience, RUNNING, reason=WithheldReason.ENDED)
    coded = {Category.PROBLEMATICS, Category.EXPLOITATION}
    if category is Category.CODED_PROFILE or (audience is Audience.ASO and category in coded):
        return _received(audience, RUNNING, reason=WithheldReason.ENDED)
    return NEVER


_REFERRAL_DATES = frozenset(column.name for column in referrals.referral.c if isinstance(column.type, (Date, DateTime)))


def _of_coordinated_referral(category: Category, column: str | None) -> Rule:
    """Condition 8: reference, dates, status; kind and coded profile while proposed, the reason where declined."""
    if category is Category.CODED_PROFILE or column == "kind":
        return _received(Audience.COO, PENDING, reason=WithheldReason.OUT_OF_MANDATE)
    if category is not Category.REFERRALS:
        return NEVER
    if column == "decline_reason":
        return _received(Audience.COO, {ReferralStatus.DECLINED}, closed=True, reason=WithheldReason.OUT_OF_MANDATE)
    # The coordinators of a CRIP and of an ASE service follow the referrals of their cases; they answer none.
    seen = among("status", PROPOSED_OR_LATER)
    of_cases = _rule(
        (kind_is(OrgKind.CRIP), via("authority", REPORTED), seen),
        (kind_is(OrgKind.ASE), via("organisation", ASE_LINKED, ENTRUSTED), seen),
    )
    dated = PROPOSED_OR_LATER - {ReferralStatus.WITHDRAWN} if column in _REFERRAL_DATES else PROPOSED_OR_LATER
    reason = WithheldReason.ENDED if column in _REFERRAL_DATES else None
    return _either(_received(Audience.COO, dated, closed=True), of_cases, reason=reason)


# ---------------------------------------------------------------- each role's reach


def _of_mandated_worker(table: str, cell: Cell, category: Category) -> Rule:
    """The case as a worker of an association with a mandate, or of a foyer, sees it."""
    assigned, entrusted, mandated = (
        via("member", ASSIGNED),
        via("organisation", ENTRUSTED),
        via("organisation", MANDATED),
    )
    column = "id" if table == "minor" else "minor_id"
    if Condition.GRANTED in cell.conditions:
        return _of_grant(table, cell, category)
    if Condition.REFERRAL_ACCEPTED_AND_MINOR_AGREED in cell.conditions:
        agreed = Atom("referred_minor", (column, _states(RELEASED), True))
        return _rule((agreed, assigned), (mandated,), reason=WithheldReason.NEEDS_AGREEMENT)
    if Condition.MEASURE_NAMES_US in cell.conditions:
        return _rule((mandated,), reason=WithheldReason.OUT_OF_MANDATE)
    if Condition.SHARED_KIND in cell.conditions:
        return _rule((Atom("shared_kind"), assigned))
    if table == "minor":
        accepted = Atom("referred_minor", (column, _states(RUNNING), False))
        return _rule((accepted, assigned), (entrusted,), reason=WithheldReason.OUT_OF_MANDATE)
    if category is Category.CASE_HEADER:
        kept = via("organisation", ENTRUSTED, _closed(ENTRUSTED))
        return _rule((assigned,), (kept,), reason=WithheldReason.OUT_OF_MANDATE)
    return _rule((assigned,), (entrusted,))


def _of_grant(table: str, cell: Cell, category: Category) -> Rule:
    """Condition 2 for an association: the groups shared, and the rows of the grants themselves while they live."""
    if table == "sharing_grant":
        listed = (Atom("lists", (category.value,)),) if category is Category.REPORT_TEXT else ()
        return _rule((Atom("live_grant"), *listed), reason=WithheldReason.NEEDS_GRANT if listed else None)
    if table == "disclosure":
        return _rule((Atom("of_live_grant"), mine("to_org_id", "organisation")))
    if category in {Category.GRANTS, Category.REPORT_TEXT}:
        return NEVER
    atom = granted_to_implement(category) if Condition.TO_IMPLEMENT in cell.conditions else granted(category)
    return _rule((atom,), reason=WithheldReason.NEEDS_GRANT)


def _of_structure(audience: Audience, table: Table, category: Category) -> Rule:
    """Reach S: rows my organisation controls; for cases, those with a live relation to it."""
    if table.name == "organisation":
        return _rule((mine("id", "organisation"),))
    if table is journal.case_access:
        return _rule(*_OF_ACCESSES)
    if audience is Audience.LIS:
        return _rule((mine("controller_org_id", "organisation"), _ACTIVE))
    kept = category in KEPT_AFTER_CLOSURE
    if audience is Audience.COO and table.name in {"situation", "concern_report", "evaluation"}:
        linked = (ASE_LINKED, ENTRUSTED)
        return _rule(
            (kind_is(OrgKind.CRIP), via("authority", REPORTED, _closed(REPORTED))),
            (kind_is(OrgKind.ASE), via("organisation", *linked, *(_closed(relation) for relation in linked))),
        )
    if audience is Audience.ORG_ASE:
        after = [_closed(ASE_LINKED)] if kept else []
        return _rule((via("organisation", ASE_LINKED, *after),))
    if "organisation_id" in table.c:
        return _rule((mine("organisation_id", "organisation"),))
    # Campaigns, sessions, episodes: nobody's row, needed to answer a questionnaire; they hold no service's data.
    return ALWAYS if table.name == "survey_campaign" else NEVER


# Reads of a case are its owner's to know, and of the organisation that read (section 10). Who else takes part in a case
# is none of their business (rule 5.9), so a partner sees its own reads of it only.
_OF_ACCESSES = (mine("controller_org_id", "organisation"),), (mine("organisation_id", "organisation"),)


def _in_dpo_scope(table: Table) -> Rule:
    """Condition 10: the whole network for the DPO of the 119, its own structure for any other."""
    network = kind_is(OrgKind.DLPM)
    if table is journal.case_access:
        return _rule((network,), *_OF_ACCESSES)
    if table is not situation and "situation_id" not in table.c:
        owner = next((name for name in ("organisation_id", "controller_org_id") if name in table.c), "id")
        return _rule((network,), (mine(owner, "organisation"),))
    if table.name in {"subject_request", "legal_hold"}:
        # A request may name no case, and stays when the case is gone; a hold is its controller's act.
        return _rule((network,), (mine("controller_org_id", "organisation"),))
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
    return _rule((network, _READABLE), own)


def _is_case_row(table: Table) -> bool:
    return table is situation or "situation_id" in table.c or table.name == "association_note"


def _after_closure(audience: Audience, table: Table, category: Category, viewer: str, relation: str) -> Rule:
    """A live relation; once the case is closed, the header, the steps and the rows of the own authority (rule 5.8)."""
    if table is sharing.emergency_access:
        # Rows of the own organisation only (the guard of the table), which partners keep.
        return _rule((via(viewer, relation, _closed(relation)),))
    if category not in KEPT_AFTER_CLOSURE:
        return _rule((via(viewer, relation),), reason=WithheldReason.ENDED)
    if category is not Category.MEASURES:
        # A report whose text was shared with the ASE is there without its steps (condition 2).
        shared = audience is Audience.ASE and table is reports.concern_report
        reason = WithheldReason.OUT_OF_MANDATE if shared else None
        return _rule((via(viewer, relation, _closed(relation)),), reason=reason)
    closed = via(viewer, _closed(relation))
    owners = (mine("authority_id", _authority_of(audience)), mine("organisation_id", "organisation"))
    return _rule((via(viewer, relation),), *((closed, owner) for owner in owners if owner.arguments[0] in table.c))


def _base(audience: Audience, table: Table, cell: Cell, category: Category) -> Rule:
    """The reach letter and its conditions, before the guard of the table."""
    if Condition.DPO_SCOPE in cell.conditions:
        return _in_dpo_scope(table)
    if Condition.BREAK_GLASS in cell.conditions:
        return Rule(_also(_in_dpo_scope(table), (opened(category),)).any_of, WithheldReason.NEEDS_BREAK_GLASS)
    if Condition.TWO_PERSONS in cell.conditions:
        return _rule((opened_caller(), _READABLE), reason=WithheldReason.NEEDS_BREAK_GLASS)
    if audience is Audience.ASM and cell.reach is Reach.OWN:
        return _of_mandated_worker(table.name, cell, category)
    if Condition.GRANTED in cell.conditions:
        return _rule((granted(category),), reason=WithheldReason.NEEDS_GRANT)
    match cell.reach:
        case Reach.NETWORK if _is_case_row(table):
            # In INTERMEDIATE retention only supervisors and DPO read on; later nobody (rule 5.8).
            return _rule((_READABLE if audience is Audience.SUP else _ACTIVE,))
        case Reach.NETWORK:
            return ALWAYS
        case Reach.JURISDICTION:
            rule = _after_closure(audience, table, category, "authority", REPORTED)
            if Condition.TRANSMISSIBLE_CALLER in cell.conditions:
                return Rule(_also(rule, (Atom("transmissible"),)).any_of, WithheldReason.OUT_OF_MANDATE)
            return rule
        case Reach.OWN if audience is Audience.LIS:
            return _rule((via("member", LISTENING),))
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
    receiver = _of_receiver(audience, table.name, category, column) if audience in _WORKERS | _RECEIVERS else None
    rule = (
        receiver
        if receiver is not None
        else _also(_base(audience, table, cell, category), _guard(audience, table.name))
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
        c for c in conjunctions if not any(_implies(c, other) and not _implies(other, c) for other in conjunctions)
    }
    reasons = {rule.reason for rule in rules}
    return Rule(frozenset(weakest), reasons.pop() if len(reasons) == 1 else None)


def _without_break_glass(audience: Audience, conjunction: Conjunction) -> Conjunction:
    return frozenset(atom for atom in conjunction if atom.name != "opened") if audience is Audience.DPO else conjunction
