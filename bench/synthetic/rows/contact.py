"""Rows of contacts, and of what only the DLPM reads of them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Contact(NamedTuple):
    """A row of `contact`."""

    id: UUID
    situation_id: UUID
    controller_org_id: UUID
    taken_by_id: UUID
    at: datetime
    channel: str
    direction: str
    outcome: str
    caller_category: str
    caller_category_public: str


class Caller(NamedTuple):
    """A row of `caller`."""

    id: UUID
    contact_id: UUID
    situation_id: UUID
    controller_org_id: UUID
    name: str | None
    phone: str | None
    email: str | None
    relation: str | None
    anonymity: str
    consent_at: datetime | None
    lives_with_child: str


class ListeningNote(NamedTuple):
    """A row of `listening_note`."""

    id: UUID
    contact_id: UUID
    situation_id: UUID
    author_id: UUID
    text: str
    at: datetime
