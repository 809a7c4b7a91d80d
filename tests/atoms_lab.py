"""What each atom asks of a row and its viewer: from the documents, one fact at a time, on tables that hold nothing else.

A trial is a row (the first) and its neighbours, of which the atom is true. Each change of `needs` makes it untrue, each
of `ignores` leaves it true. The tables have the real columns and nothing of their constraints: what the schema makes
impossible elsewhere is possible here, so that every clause has to hold by itself.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, literal_column, select

from loaders.policy.context import BOUND, NOBODY
from loaders.policy.meanings import meaning
from loaders.policy.rules import Atom
from loaders.statement import compiled
from schema.tables import metadata
from schema.vocabulary import Category
from tests.relations_lab import undone

ROW, CASE, MINOR, OTHER, REPORT, REFERRAL, DUTY, PERSON = (UUID(int=number) for number in range(1, 9))
MEMBER, ORGANISATION, AUTHORITY = UUID(int=21), UUID(int=22), UUID(int=23)
PAST, SOON = "now() - interval '1 hour'", "now() + interval '1 hour'"
VIEWER: Mapping[str, Any] = {
    "viewer_member": MEMBER,
    "viewer_organisation": ORGANISATION,
    "viewer_authority": AUTHORITY,
    "viewer_kind": "ASSOCIATION",
    "viewer_purpose": "EVALUATE",
}

Facts = Mapping[str, Any]
# (table or "viewer", column, value): a value is SQL text, or an id.
Change = tuple[str, str, Any]


@dataclass(frozen=True)
class Trial:
    """An atom, the rows of which it is true (one per table; the first is the one that is asked about), the changes."""

    atom: Atom
    rows: Mapping[str, Facts]
    needs: tuple[Change, ...]
    ignores: tuple[Change, ...] = ()
    viewer: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return str(self.atom)


def _word(value: str) -> str:
    return f"'{value}'"


def _words(*values: str) -> str:
    return f"ARRAY[{', '.join(map(_word, values))}]::text[]"


# ---------------------------------------------------------------- relations to a situation


def _relation(viewer: UUID, via: str) -> Facts:
    return {"viewer": viewer, "situation_id": CASE, "via": _word(via), "starts_at": PAST, "ends_at": SOON}


_LIVES: tuple[Change, ...] = (
    ("reach", "viewer", OTHER),
    ("reach", "situation_id", OTHER),
    ("reach", "starts_at", SOON),
    ("reach", "ends_at", PAST),
)


def _by_relation() -> Iterable[Trial]:
    for viewer, identity, relation in (
        ("member", MEMBER, "CASEWORKER"),
        ("organisation", ORGANISATION, "ENTRUSTED"),
        ("authority", AUTHORITY, "REPORTED"),
        ("network", NOBODY, "NETWORK"),
    ):
        rows = {"minor": {"id": ROW, "situation_id": CASE}, "reach": _relation(identity, relation)}
        yield Trial(Atom("via", (viewer, relation)), rows, (*_LIVES, ("reach", "via", _word("STAKE"))))
    yield Trial(
        Atom("via", ("organisation", "ENTRUSTED", "MANDATED")),
        {"situation": {"id": CASE}, "reach": _relation(ORGANISATION, "MANDATED")},
        (*_LIVES, ("reach", "via", _word("STAKE"))),
        (("reach", "via", _word("ENTRUSTED")),),
    )
    yield Trial(
        Atom("also_reached", ("for_situation_id", "NETWORK")),
        {
            "repeat_candidate": {"id": ROW, "situation_id": OTHER, "for_situation_id": CASE},
            "reach": _relation(NOBODY, "NETWORK"),
        },
        (*_LIVES, ("reach", "via", _word("ARCHIVED"))),
    )
    for atom, shared, others in (
        (Atom("granted", ("G17",)), "GRANT:G17:EVALUATE", ("GRANT:G18:EVALUATE", "GRANT:G17:IMPLEMENT", "OPENED:G17")),
        (Atom("opened", ("G03",)), "OPENED:G03", ("OPENED:G17", "GRANT:G03:EVALUATE")),
    ):
        rows = {"minor": {"id": ROW, "situation_id": CASE}, "reach": _relation(MEMBER, shared)}
        needs = (*_LIVES, *(("reach", "via", _word(other)) for other in others))
        yield Trial(atom, rows, needs)
    for shared, instead in (("GRANT:G17:EVALUATE", "CASEWORKER"), ("CASEWORKER", "GRANT:G17:EVALUATE")):
        others = ("GRANT:G17:IMPLEMENT", "GRANT:G18:EVALUATE", "LISTENING")
        yield Trial(
            Atom("related", ("member", ("CASEWORKER",), ("G17",))),
            {"minor": {"id": ROW, "situation_id": CASE}, "reach": _relation(MEMBER, shared)},
            (*_LIVES, *(("reach", "via", _word(other)) for other in others)),
            (("reach", "via", _word(instead)),),
        )
    yield Trial(
        Atom("granted_to_implement", ("G17",)),
        {"minor": {"id": ROW, "situation_id": CASE}, "reach": _relation(MEMBER, "GRANT:G17:IMPLEMENT")},
        (*_LIVES, ("reach", "via", _word("GRANT:G17:EVALUATE")), ("viewer", "viewer_purpose", "EVALUATE")),
        viewer={"viewer_purpose": "IMPLEMENT"},
    )
    opened = f"OPENED:{Category.CALLER_IDENTITY.value}"
    yield Trial(
        Atom("opened_caller"),
        {"caller": {"id": ROW, "situation_id": CASE}, "reach": _relation(MEMBER, f"{opened}:{ROW}")},
        (*_LIVES, ("reach", "via", _word(f"{opened}:{OTHER}")), ("reach", "via", _word(opened))),
    )


# ---------------------------------------------------------------- the row itself


def _by_row() -> Iterable[Trial]:
    for column, viewer, identity in (
        ("assigned_member_id", "member", MEMBER),
        ("to_org_id", "organisation", ORGANISATION),
    ):
        rows = {"referral": {"id": ROW, column: identity}}
        yield Trial(Atom("mine", (column, viewer)), rows, (("referral", column, OTHER), ("referral", column, "NULL")))
    yield Trial(
        Atom("mine", ("to_authority_id", "authority")),
        {"concern_report": {"id": ROW, "to_authority_id": AUTHORITY}},
        (("concern_report", "to_authority_id", OTHER),),
    )
    yield Trial(
        Atom("mine", ("to_authority_id", "our_authority")),
        {
            "concern_report": {"id": ROW, "to_authority_id": REPORT},
            "organisation": {"id": ORGANISATION, "authority_id": REPORT},
        },
        (
            ("concern_report", "to_authority_id", AUTHORITY),
            ("organisation", "id", OTHER),
            ("organisation", "authority_id", AUTHORITY),
        ),
    )
    yield Trial(
        Atom("among", ("status", ("ENGAGED", "ONGOING"))),
        {"referral": {"id": ROW, "status": _word("ENGAGED")}},
        (("referral", "status", _word("DECLINED")), ("referral", "status", "NULL")),
        (("referral", "status", _word("ONGOING")),),
    )
    yield Trial(
        Atom("kind_is", ("ASE", "ASSOCIATION")),
        {"situation": {"id": CASE}},
        (("viewer", "viewer_kind", "CRIP"),),
        (("viewer", "viewer_kind", "ASE"),),
    )
    yield Trial(Atom("not_over"), {"live_danger": {"id": ROW, "until": SOON}}, (("live_danger", "until", PAST),))
    yield Trial(
        Atom("lists", ("G17",)),
        {"sharing_grant": {"id": ROW, "field_groups": _words("G03", "G17")}},
        (("sharing_grant", "field_groups", _words("G03")), ("sharing_grant", "field_groups", _words())),
    )
    open_card = Atom("open_card")
    secret = {"id": ROW, "visibility": _word("SECRET"), "organisation_id": OTHER}
    yield Trial(
        open_card,
        {"resource_card": {**secret, "visibility": _word("NETWORK")}},
        (("resource_card", "visibility", _word("SECRET")),),
        (("resource_card", "visibility", _word("PUBLIC")),),
    )
    yield Trial(
        open_card,
        {"resource_card": {**secret, "organisation_id": ORGANISATION}},
        (("resource_card", "organisation_id", OTHER),),
    )
    yield Trial(
        open_card, {"resource_card": secret}, (("viewer", "viewer_kind", "CRIP"),), viewer={"viewer_kind": "DLPM"}
    )
    for ours, theirs in (
        ("origin_authority_id", "destination_authority_id"),
        ("destination_authority_id", "origin_authority_id"),
    ):
        rows = {"department_transfer": {"id": ROW, ours: AUTHORITY, theirs: OTHER}}
        yield Trial(Atom("party"), rows, (("department_transfer", ours, OTHER),))


# ---------------------------------------------------------------- its neighbours

_SENT, _ENGAGED = _word("SENT"), _word("ENGAGED")
_HELD_BACK = tuple(_word(status) for status in ("DRAFT", "VALIDATED", "MISROUTED"))


def _by_report() -> Iterable[Trial]:
    unsent: tuple[Change, ...] = tuple(("concern_report", "status", status) for status in _HELD_BACK)
    yield Trial(
        Atom("report_contact", ("id",)),
        {
            "contact": {"id": ROW},
            "concern_report": {"id": REPORT, "origin_contact_id": ROW, "to_authority_id": AUTHORITY, "status": _SENT},
        },
        (
            ("concern_report", "origin_contact_id", OTHER),
            ("concern_report", "origin_contact_id", "NULL"),
            ("concern_report", "to_authority_id", OTHER),
            *unsent,
        ),
        (("concern_report", "status", _word("CONCLUDED")),),
    )
    yield Trial(
        Atom("received_report", ("authority",)),
        {
            "evaluation": {"id": ROW, "report_id": REPORT},
            "concern_report": {"id": REPORT, "to_authority_id": AUTHORITY, "status": _SENT},
        },
        (("evaluation", "report_id", OTHER), ("concern_report", "to_authority_id", OTHER), *unsent),
        (("concern_report", "status", _word("RETURNED_TO_119")),),
    )
    transmissible, named = _word("TRANSMISSIBLE_CRIP"), _word("ANONYMOUS_EVEN_INTERNALLY")
    yield Trial(
        Atom("transmissible"),
        {"caller": {"id": ROW, "anonymity": transmissible}},
        (("caller", "anonymity", named),),
    )
    yield Trial(
        Atom("transmissible"),
        {"contact": {"id": ROW}, "caller": {"id": OTHER, "contact_id": ROW, "anonymity": transmissible}},
        (("caller", "anonymity", named), ("caller", "contact_id", OTHER)),
    )
    yield Trial(
        Atom("by_us", ("by_id",)),
        {
            "information_duty": {"id": ROW, "by_id": PERSON},
            "member": {"id": PERSON, "organisation_id": ORGANISATION},
        },
        (("member", "organisation_id", OTHER), ("information_duty", "by_id", OTHER)),
    )


_REFERRED: Facts = {
    "id": REFERRAL,
    "situation_id": CASE,
    "minor_id": MINOR,
    "assigned_member_id": MEMBER,
    "to_org_id": ORGANISATION,
    "kind": _word("DIRECT_SUPPORT"),
    "status": _ENGAGED,
    "minor_agreement": _word("AGREED"),
    "shared_kinds": _words("RUNAWAY"),
}
_NOT_MINE: tuple[Change, ...] = (
    ("referral", "assigned_member_id", OTHER),
    ("referral", "to_org_id", OTHER),
    ("referral", "kind", _word("PROFESSIONAL_CONSULTATION")),
)
_OVER: Change = ("referral", "status", _word("WITHDRAWN"))


def _by_referral() -> Iterable[Trial]:
    states = ("ENGAGED", "ONGOING")
    disagreed: Change = ("referral", "minor_agreement", _word("REFUSED"))
    for agreed in (True, False):
        yield Trial(
            Atom("referred_minor", ("id", states, agreed)),
            {"minor": {"id": MINOR, "situation_id": CASE}, "referral": _REFERRED},
            (*_NOT_MINE, _OVER, ("referral", "minor_id", OTHER), *((disagreed,) if agreed else ())),
            (("referral", "status", _word("ONGOING")), *(() if agreed else (disagreed,))),
        )
    yield Trial(
        Atom("shared_kind"),
        {
            "problematic": {"id": ROW, "situation_id": CASE, "minor_id": MINOR, "kind": _word("RUNAWAY")},
            "referral": _REFERRED,
        },
        (
            *_NOT_MINE,
            _OVER,
            ("referral", "situation_id", OTHER),
            ("referral", "minor_id", OTHER),
            ("problematic", "kind", _word("OTHER")),
            ("referral", "shared_kinds", _words()),
        ),
        # What concerns nobody in particular concerns every minor of the case.
        (("problematic", "minor_id", "NULL"),),
    )
    for assigned in (True, False):
        not_assigned: Change = ("referral", "assigned_member_id", OTHER)
        yield Trial(
            Atom("own_referral", (assigned, "DIRECT_SUPPORT", states)),
            {"follow_up": {"id": ROW, "referral_id": REFERRAL}, "referral": _REFERRED},
            (
                ("referral", "to_org_id", OTHER),
                ("referral", "kind", _word("PROFESSIONAL_CONSULTATION")),
                _OVER,
                ("follow_up", "referral_id", OTHER),
                *((not_assigned,) if assigned else ()),
            ),
            (("referral", "status", _word("ONGOING")), *(() if assigned else (not_assigned,))),
        )


_GRANT: Facts = {
    "id": ROW,
    "situation_id": CASE,
    "duty_id": DUTY,
    "to_member_id": MEMBER,
    "to_org_id": ORGANISATION,
    "state": _word("ACTIVE"),
    "starts_at": PAST,
    "expires_at": SOON,
    "purpose": _word("EVALUATE"),
    "field_groups": _words("G03", "G17"),
}
# Each would end the grant alone: that the reach table says the same is no reason not to ask.
_GRANT_NEEDS: tuple[Change, ...] = (
    ("sharing_grant", "to_member_id", OTHER),
    ("sharing_grant", "to_org_id", OTHER),
    ("sharing_grant", "state", _word("REVOKED")),
    ("sharing_grant", "revoked_at", PAST),
    ("sharing_grant", "starts_at", SOON),
    ("sharing_grant", "expires_at", PAST),
    ("sharing_grant", "purpose", _word("IMPLEMENT")),
    ("viewer", "viewer_purpose", "IMPLEMENT"),
    *_LIVES,
    ("reach", "via", _word("OPENED:G17:EVALUATE")),
    ("reach", "via", _word("GRANT:G18:EVALUATE")),
    ("reach", "via", _word("GRANT:G17:IMPLEMENT")),
)


def _by_grant() -> Iterable[Trial]:
    shared = _relation(MEMBER, "GRANT:G17:EVALUATE")
    other_group: Change = ("reach", "via", _word("GRANT:G03:EVALUATE"))
    yield Trial(Atom("live_grant"), {"sharing_grant": _GRANT, "reach": shared}, _GRANT_NEEDS, (other_group,))
    yield Trial(
        Atom("of_live_grant"),
        {
            "disclosure": {"id": ROW, "situation_id": CASE, "duty_id": DUTY},
            "sharing_grant": {**_GRANT, "id": OTHER},
            "reach": shared,
        },
        (*_GRANT_NEEDS, ("disclosure", "duty_id", OTHER), ("disclosure", "situation_id", OTHER)),
        (other_group,),
    )


TRIALS: tuple[Trial, ...] = (*_by_relation(), *_by_row(), *_by_report(), *_by_referral(), *_by_grant())


# ---------------------------------------------------------------- asking


class Lab:
    """A transaction in which the tables of a trial stand before the real ones."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    async def problem(self, trial: Trial) -> str | None:
        """The first thing that does not go as the documents say."""
        async with undone(self._connection):
            for table, facts in trial.rows.items():
                await self._add(table, facts)
            if not await self._holds(trial, {}):
                return f"{trial} does not hold"
            for changes, expected in ((trial.needs, False), (trial.ignores, True)):
                for change in changes:
                    if await self._changed(trial, change) is not expected:
                        return f"{trial} {'does not hold' if expected else 'holds'} with {' '.join(map(str, change))}"
        return None

    async def _add(self, table: str, facts: Facts) -> None:
        await self._connection.execute(
            f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS SELECT * FROM public.{table} WITH NO DATA"
        )
        values = ", ".join(_sql(value) for value in facts.values())
        await self._connection.execute(f"INSERT INTO {table} ({', '.join(facts)}) VALUES ({values})")

    async def _changed(self, trial: Trial, change: Change) -> bool:
        table, column, value = change
        if table == "viewer":
            return await self._holds(trial, {column: value})
        async with undone(self._connection):
            await self._connection.execute(f"UPDATE {table} SET {column} = {_sql(value)}")
            return await self._holds(trial, {})

    async def _holds(self, trial: Trial, viewer: Mapping[str, Any]) -> bool:
        row = metadata.tables[next(iter(trial.rows))].alias()
        asked: Select[Any] = select(literal_column("1")).select_from(row).where(meaning(trial.atom, row, BOUND))
        sql, names, constants = compiled(asked)
        values = {**constants, **VIEWER, **(trial.viewer or {}), **viewer}
        return bool(await self._connection.fetch(sql, *(values[name] for name in names)))


def _sql(value: Any) -> str:
    return f"'{value}'" if isinstance(value, UUID) else str(value)


async def problems(connection: "asyncpg.Connection[Any]", atom: str | None = None) -> AsyncGenerator[str, None]:
    """Whatever does not go as the documents say, of one atom or of all."""
    lab = Lab(connection)
    for trial in TRIALS:
        if atom in {None, trial.atom.name} and (found := await lab.problem(trial)):
            yield found


async def problem(connection: "asyncpg.Connection[Any]", atom: str) -> str | None:
    """The first difference from the documents of one atom, in words."""
    async with aclosing(problems(connection, atom)) as found:
        return await anext(found, None)
