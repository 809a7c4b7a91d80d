"""The questions of the bench in the words of each system, and their answers made comparable."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

PAGE_SIZE = 50

_REPORT = "kind status urgency sentAt dueAt transmitterCode"
_SITUATION = "ref openedAt status urgency qualification knownToCp"
_FOLLOW_UP = "status date recordedAt"

_NESTED = f"""{_REPORT} situation {{ id {_SITUATION}
  followUps(first: 20) {{ id {_FOLLOW_UP} organisation {{ id name kind }} }} }}"""
_NESTED_POSTGRAPHILE = f"""{_REPORT} situation: situationBySituationId {{ id: rowId {_SITUATION}
  followUps: followUpsBySituationId(first: 20, orderBy: [RECORDED_AT_DESC, ROW_ID_DESC]) {{
    nodes {{ id: rowId {_FOLLOW_UP} organisation: organisationByOrganisationId {{ id: rowId name kind }} }} }} }}"""

OURS_PAGE = f"""query Inbox($before: DateTime!, $first: Int!) {{
  concernReports(first: $first, filter: {{sentBefore: $before}}) {{ nodes {{ id {_NESTED} }} }} }}"""
OURS_SINGLE = f"query One($id: ID!) {{ node(id: $id) {{ ... on ConcernReport {{ id {_NESTED} }} }} }}"
OURS_ROW = f"query Row($id: ID!) {{ node(id: $id) {{ ... on ConcernReport {{ id {_REPORT} }} }} }}"
OURS_WRITE = """mutation Follow($input: RecordFollowUpInput!) {
  recordFollowUp(input: $input) { followUp { id status date recordedAt } userErrors { code } } }"""

POSTGRAPHILE_PAGE = f"""query Inbox($authority: UUID!, $before: String!, $first: Int!) {{
  allConcernReports(
    condition: {{toAuthorityId: $authority, sentBefore: $before, received: true}}
    orderBy: [SENT_AT_DESC, ROW_ID_DESC], first: $first
  ) {{ nodes {{ id: rowId {_NESTED_POSTGRAPHILE} }} }} }}"""
POSTGRAPHILE_SINGLE = (
    f"query One($id: UUID!) {{ concernReportByRowId(rowId: $id) {{ id: rowId {_NESTED_POSTGRAPHILE} }} }}"
)
POSTGRAPHILE_ROW = f"query Row($id: UUID!) {{ concernReportByRowId(rowId: $id) {{ id: rowId {_REPORT} }} }}"
POSTGRAPHILE_WRITE = """mutation Follow($row: FollowUpInput!) {
  createFollowUp(input: {followUp: $row}) { followUp { id: rowId status date recordedAt } } }"""

STRAWBERRY_PAGE = f"""query Inbox($authority: UUID!, $before: DateTime!, $first: Int!) {{
  concernReports(authority: $authority, before: $before, first: $first) {{ id {_NESTED} }} }}"""
STRAWBERRY_SINGLE = f"query One($id: UUID!) {{ concernReport(id: $id) {{ id {_NESTED} }} }}"
STRAWBERRY_ROW = f"query Row($id: UUID!) {{ concernReport(id: $id) {{ id {_REPORT} }} }}"


@dataclass(frozen=True, slots=True)
class FollowUpWrite:
    """One follow-up to record."""

    referral: UUID
    situation: UUID
    organisation: UUID
    status: str
    date: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the inbox of an authority a page begins."""

    authority: UUID
    before: datetime


def _body(query: str, variables: Mapping[str, Any]) -> str:
    return json.dumps({"query": " ".join(query.split()), "variables": variables})


def ours_page(place: Place) -> str:
    """Maillage: the authority comes from the token."""
    return _body(OURS_PAGE, {"before": place.before.isoformat(), "first": PAGE_SIZE})


def ours_single(identity: UUID) -> str:
    """Maillage: one report with its situation and follow-ups, by its public id."""
    return _body(OURS_SINGLE, {"id": f"rep_{identity}"})


def ours_row(identity: UUID) -> str:
    """Maillage: the report's own columns only."""
    return _body(OURS_ROW, {"id": f"rep_{identity}"})


def ours_write(write: FollowUpWrite) -> str:
    """Maillage: the command."""
    return _body(
        OURS_WRITE, {"input": {"referral": f"ref_{write.referral}", "status": write.status, "date": write.date}}
    )


def _place(place: Place) -> dict[str, Any]:
    return {"authority": str(place.authority), "before": place.before.isoformat(), "first": PAGE_SIZE}


def postgraphile_page(place: Place) -> str:
    """PostGraphile: a connection with conditions."""
    return _body(POSTGRAPHILE_PAGE, _place(place))


def postgraphile_single(identity: UUID) -> str:
    """PostGraphile: by primary key."""
    return _body(POSTGRAPHILE_SINGLE, {"id": str(identity)})


def postgraphile_row(identity: UUID) -> str:
    """The report's own columns only."""
    return _body(POSTGRAPHILE_ROW, {"id": str(identity)})


def postgraphile_write(write: FollowUpWrite) -> str:
    """PostGraphile: the generated mutation."""
    row = {"referralId": write.referral, "situationId": write.situation, "organisationId": write.organisation}
    return _body(
        POSTGRAPHILE_WRITE,
        {"row": {**{name: str(value) for name, value in row.items()}, "status": write.status, "date": write.date}},
    )


def strawberry_page(place: Place) -> str:
    """Strawberry: the same selection."""
    return _body(STRAWBERRY_PAGE, _place(place))


def strawberry_single(identity: UUID) -> str:
    """Strawberry: the same selection."""
    return _body(STRAWBERRY_SINGLE, {"id": str(identity)})


def strawberry_row(identity: UUID) -> str:
    """The report's own columns only."""
    return _body(STRAWBERRY_ROW, {"id": str(identity)})


def by_hand_page(place: Place) -> str:
    """By hand: just the values."""
    return json.dumps(_place(place))


def by_hand_single(identity: UUID) -> str:
    """By hand: just the id."""
    return json.dumps({"id": str(identity)})


def comparable(value: Any) -> Any:
    """An answer as plain values: lists without their wrappers, ids without a prefix, moments as moments."""
    if isinstance(value, Mapping):
        if set(value) == {"nodes"}:
            return comparable(value["nodes"])
        return {name: _identity(inner) if name == "id" else comparable(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [comparable(inner) for inner in value]
    return _moment(value) if isinstance(value, str) else value


def _identity(value: str) -> UUID:
    return UUID(value.rpartition("_")[2])


def _moment(value: str) -> Any:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value
