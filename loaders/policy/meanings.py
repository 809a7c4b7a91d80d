"""What each atom of a rule asks of a row, as SQL, written once.

Doors compile rules with bind parameters, walls compile the very same rules with transaction settings.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array

from loaders.policy.context import Viewer, nobody, one_of, word
from loaders.policy.reached import now_about, probe, reach_probe, relations_of, sharing_word
from loaders.policy.relations import RECEIVED, RUNNING
from loaders.policy.rules import Atom
from schema.tables import contact as contacts
from schema.tables import journal, people, sharing
from schema.tables import referral as referrals
from schema.tables import report as reports
from schema.tables.directory import organisation
from schema.vocabulary import (
    CallerAnonymity,
    Category,
    GrantState,
    MinorAgreement,
    OrgKind,
    ReferralKind,
    ResourceVisibility,
)


def _via(row: FromClause, who: Viewer, viewer: str, *relations: str) -> ColumnElement[bool]:
    return reach_probe(row, who, viewer, lambda relation: one_of(relation, relations))


def _also_reached(row: FromClause, _: Viewer, column: str, *relations: str) -> ColumnElement[bool]:
    """The other situation that the row names is within reach too: else its existence would show here."""
    reach = journal.reach.alias()
    return probe(
        row,
        reach.c.viewer == nobody(),
        one_of(reach.c.via, relations),
        *now_about(reach, row.c[column]),
    )


def _granted(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    return reach_probe(row, who, "member", lambda relation: relation == sharing_word(category, who))


def _related(
    row: FromClause, who: Viewer, viewer: str, relations: tuple[str, ...], categories: tuple[str, ...]
) -> ColumnElement[bool]:
    """The viewer stands in one of these relations, or one of these categories is shared with them: one look at `reach`."""
    listed = relations_of(who, relations, categories)
    return reach_probe(row, who, viewer, lambda relation: relation == func.any(listed))


def _granted_to_implement(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    probe = reach_probe(row, who, "member", lambda relation: relation == word(f"GRANT:{category}:IMPLEMENT"))
    return and_(who.purpose == word("IMPLEMENT"), probe)


def _opened(row: FromClause, who: Viewer, category: str) -> ColumnElement[bool]:
    return reach_probe(row, who, "member", lambda relation: relation == word(f"OPENED:{category}"))


def _opened_caller(row: FromClause, who: Viewer) -> ColumnElement[bool]:
    named = word(f"OPENED:{Category.CALLER_IDENTITY.value}:").concat(cast(row.c.id, Text))
    return reach_probe(row, who, "member", lambda relation: relation == named)


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
            kind == word("GRANT"),
            grant.c.field_groups.bool_op("@>")(array([category])),
            purpose == grant.c.purpose,
            *now_about(reach, grant.c.situation_id),
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


MEANINGS: dict[str, Callable[..., ColumnElement[bool]]] = {
    "via": _via,
    "related": _related,
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
    return MEANINGS[atom.name](row, who, *atom.arguments)
