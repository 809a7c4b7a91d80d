"""What those see who receive a referral: it, and what hangs on it (section 8)."""

from collections.abc import Iterable

from sqlalchemy import Date, DateTime

from auth.conditions import Condition
from auth.policy import Cell
from loaders.policy.relations import (
    ASE_LINKED,
    ASSIGNED,
    CONSULTS,
    ENTRUSTED,
    LIVE,
    MANDATED,
    PENDING,
    PROPOSED_OR_LATER,
    RELEASED,
    REPORTED,
    RUNNING,
    SEEN_BY_WORKER,
    SUPPORTS,
    once_closed,
)
from loaders.policy.rules import (
    NEVER,
    Atom,
    Rule,
    also,
    among,
    any_of,
    granted,
    granted_to_implement,
    kind_is,
    mine,
    via,
)
from schema.tables import referral as referrals
from schema.vocabulary import Audience, Category, OrgKind, ReferralKind, ReferralStatus, WithheldReason

WORKERS = frozenset({Audience.ASM, Audience.ASO})


def _states(statuses: Iterable[ReferralStatus]) -> tuple[str, ...]:
    return tuple(sorted(status.value for status in statuses))


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
    if audience in WORKERS:
        base += (mine("assigned_member_id", "member"),)
    kinds = _KINDS[1:] if audience is Audience.ASO else _KINDS
    return any_of(
        *(
            (*base, among("kind", {kind}), via("organisation", relation, *([once_closed(relation)] if closed else [])))
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
    assigned = audience in WORKERS
    return any_of(
        *(
            (
                mine("organisation_id", "organisation"),
                Atom("own_referral", (assigned, kind.value, states)),
                via("organisation", relation, *([once_closed(relation)] if closed else [])),
            )
            for kind, relation in kinds
            if audience is not Audience.ASO or kind is ReferralKind.PROFESSIONAL_CONSULTATION
        )
    )


def _either(*rules: Rule, reason: WithheldReason | None = None) -> Rule:
    return Rule(frozenset(conjunction for rule in rules for conjunction in rule.any_of), reason)


def of_receiver(audience: Audience, table: str, category: Category, column: str | None) -> Rule | None:
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
        if audience not in WORKERS:
            return _on_referral(audience, LIVE, _KINDS)
        # Once it is over, what the worker wrote stays theirs; what colleagues and tools recorded does not.
        written = also(_on_referral(audience, SEEN_BY_WORKER, _KINDS, closed=True), (mine("recorded_by_id", "member"),))
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
    of_cases = any_of(
        (kind_is(OrgKind.CRIP), via("authority", REPORTED), seen),
        (kind_is(OrgKind.ASE), via("organisation", ASE_LINKED, ENTRUSTED), seen),
    )
    dated = PROPOSED_OR_LATER - {ReferralStatus.WITHDRAWN} if column in _REFERRAL_DATES else PROPOSED_OR_LATER
    reason = WithheldReason.ENDED if column in _REFERRAL_DATES else None
    return _either(_received(Audience.COO, dated, closed=True), of_cases, reason=reason)


def of_mandated_worker(table: str, cell: Cell, category: Category) -> Rule:
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
        return any_of((agreed, assigned), (mandated,), reason=WithheldReason.NEEDS_AGREEMENT)
    if Condition.MEASURE_NAMES_US in cell.conditions:
        return any_of((mandated,), reason=WithheldReason.OUT_OF_MANDATE)
    if Condition.SHARED_KIND in cell.conditions:
        return any_of((Atom("shared_kind"), assigned))
    if table == "minor":
        accepted = Atom("referred_minor", (column, _states(RUNNING), False))
        return any_of((accepted, assigned), (entrusted,), reason=WithheldReason.OUT_OF_MANDATE)
    if category is Category.CASE_HEADER:
        kept = via("organisation", ENTRUSTED, once_closed(ENTRUSTED))
        return any_of((assigned,), (kept,), reason=WithheldReason.OUT_OF_MANDATE)
    return any_of((assigned,), (entrusted,))


def _of_grant(table: str, cell: Cell, category: Category) -> Rule:
    """Condition 2 for an association: the groups shared, and the rows of the grants themselves while they live."""
    if table == "sharing_grant":
        listed = (Atom("lists", (category.value,)),) if category is Category.REPORT_TEXT else ()
        return any_of((Atom("live_grant"), *listed), reason=WithheldReason.NEEDS_GRANT if listed else None)
    if table == "disclosure":
        return any_of((Atom("of_live_grant"), mine("to_org_id", "organisation")))
    if category in {Category.GRANTS, Category.REPORT_TEXT}:
        return NEVER
    atom = granted_to_implement(category) if Condition.TO_IMPLEMENT in cell.conditions else granted(category)
    return any_of((atom,), reason=WithheldReason.NEEDS_GRANT)
