"""What makes each relation to a case, and what ends it: from the documents, one change at a time, on rows made for it.

A trial begins with rows under which somebody stands in a relation. Each of `ends` takes the relation away, each of
`holds` leaves it. Everything is asked of the view `reach_definition`, in a transaction that is rolled back.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg

Row = tuple[str, str, dict[str, Any]]

_NOW = "now()"
LONG_AGO, LATELY, SOON = "now() - interval '200 days'", "now() - interval '3 days'", "now() + interval '20 days'"
YESTERDAY, TOMORROW = "current_date - 2", "current_date + 2"

OFFICES = {
    "dlpm": ("DLPM", None, None),
    "crip": ("CRIP", "north", None),
    "far_crip": ("CRIP", "south", None),
    "ase": ("ASE", "north", None),
    "far_ase": ("ASE", "south", None),
    "measure_org": ("ASSOCIATION", None, "MEASURE"),
    "mission_org": ("ASSOCIATION", None, "ASE_MISSION"),
    "outside_org": ("ASSOCIATION", None, "OUTSIDE_MISSION"),
    "foyer": ("FOYER", None, None),
}
PEOPLE = {
    "listener": ("dlpm", "LIS"),
    "supervisor": ("dlpm", "SUP"),
    "second": ("dlpm", "SUP"),
    "dlpm_dpo": ("dlpm", "DPO"),
    "agent": ("crip", "CRI"),
    "coordinator": ("crip", "COO"),
    "crip_dpo": ("crip", "DPO"),
    "far_agent": ("far_crip", "CRI"),
    "far_dpo": ("far_crip", "DPO"),
    "worker": ("ase", "ASE"),
    "colleague": ("ase", "ASE"),
    "mandated": ("measure_org", "ASM"),
    "educator": ("mission_org", "ASM"),
    "helper": ("outside_org", "ASO"),
    "keeper": ("foyer", "ASM"),
}


@dataclass(frozen=True)
class Trial:
    """Who stands in which relation because of which rows, and the changes that end it or do not."""

    name: str
    viewer: str
    via: str
    rows: tuple[Row, ...]
    ends: tuple[str, ...]
    holds: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def _set(name: str, table: str, change: str) -> str:
    return f"UPDATE {table} SET {change} WHERE id = {{{name}}}"


def _each(name: str, table: str, column: str, words: str) -> tuple[str, ...]:
    return tuple(_set(name, table, f"{column} = '{word}'") for word in words.split())


CLOSED = _set("case", "situation", "status = 'CLOSED'")
ARCHIVED = _set("case", "situation", "retention_state = 'INTERMEDIATE'")
GONE = _each("case", "situation", "retention_state", "ANONYMISED DELETED")

# ---------------------------------------------------------------- rows

JURISDICTION: Row = ("j", "situation_jurisdiction", {"authority_id": "north", "department_code": "'13'", "role": "'RESIDENCE'", "starts_at": LONG_AGO})  # fmt: skip
REPORT: Row = ("r", "concern_report", {"controller_org_id": "dlpm", "to_authority_id": "north", "status": "'SENT'"})
LINK: Row = ("l", "ase_link", {"ase_org_id": "ase", "caseworker_id": "worker", "state": "'CONFIRMED'"})


def measure(**values: str) -> Row:
    known = {"authority_id": "north", "decision": "'JUDICIAL'", "nature": "'15'", "starts_on": "current_date - 60"}
    return ("m", "measure", {**known, **values})


def referral(office: str, somebody: str | None, kind: str = "DIRECT_SUPPORT", status: str = "ENGAGED") -> Row:
    values = {
        "minor_id": "child",
        "controller_org_id": "dlpm",
        "to_org_id": office,
        "kind": f"'{kind}'",
        "status": f"'{status}'",
        "ref": "'O-' || gen_random_uuid()",
    }
    return ("o", "referral", {**values, **({"assigned_member_id": somebody} if somebody else {})})


def grant(sender: str, office: str, to: str, to_office: str) -> tuple[Row, ...]:
    duty: Row = ("d", "information_duty", {"duty": "'SHARING'", "person": "'mère'", "done_at": _NOW})
    values = {
        "from_member_id": sender,
        "from_org_id": office,
        "to_member_id": to,
        "to_org_id": to_office,
        "duty_id": "d",
        "approved_by_id": "supervisor",
        "purpose": "'EVALUATE'",
        "field_groups": "ARRAY['G17']",
        "justification": "'Nécessaire'",
        "state": "'ACTIVE'",
        "starts_at": LATELY,
        "expires_at": SOON,
    }
    return (duty, ("g", "sharing_grant", values))


def opening(who: str, approver: str, group: str = "G03", **more: str) -> Row:
    values = {
        "member_id": who,
        "organisation_id": PEOPLE[who][0],
        "approved_by_id": approver,
        "reason_code": "'COMPLAINT'",
        "reason": "'Motif'",
        "field_groups": f"ARRAY['{group}']",
        "opened_at": "now() - interval '5 minutes'",
        "expires_at": "now() + interval '50 minutes'",
        **more,
    }
    return ("e", "emergency_access", values)


def caller(name: str, contact: str) -> Row:
    return (name, "caller", {"situation_id": "case", "contact_id": contact, "controller_org_id": "dlpm"})


# ---------------------------------------------------------------- what ends each

NOT_SENT = _each("r", "concern_report", "status", "DRAFT VALIDATED MISROUTED")
SENT = _each(
    "r",
    "concern_report",
    "status",
    "ACKNOWLEDGED QUALIFIED NOT_QUALIFIED COMPLEMENT_OF_EXISTING EVALUATING CONCLUDED RETURNED_TO_119",
)
NO_REPORT = (*NOT_SENT, _set("r", "concern_report", "to_authority_id = {south}"), _set("r", "concern_report", "situation_id = {other}"))  # fmt: skip
NO_JURISDICTION = (
    _set("j", "situation_jurisdiction", "authority_id = {south}"),
    _set("j", "situation_jurisdiction", "situation_id = {other}"),
    _set("j", "situation_jurisdiction", f"ends_at = {LATELY}"),
    _set("j", "situation_jurisdiction", f"starts_at = {SOON}"),
)
STILL_COMPETENT = (_set("j", "situation_jurisdiction", f"ends_at = {SOON}"),)
NO_LINK = (
    *_each("l", "ase_link", "state", "NO_ANSWER NOT_COMPETENT ENDED"),
    _set("l", "ase_link", f"ended_at = {LATELY}"),
    _set("l", "ase_link", f"proposed_at = {SOON}"),
    _set("l", "ase_link", "situation_id = {other}"),
)
STILL_LINKED = _each("l", "ase_link", "state", "PROPOSED CONTACTED")
NO_MEASURE = (
    _set("m", "measure", f"ends_on = {YESTERDAY}"),
    _set("m", "measure", f"starts_on = {TOMORROW}"),
    _set("m", "measure", "situation_id = {other}"),
)
STILL_MEASURED = (_set("m", "measure", f"ends_on = {TOMORROW}"),)
NOT_RUNNING = _each(
    "o",
    "referral",
    "status",
    "DRAFT PROPOSED DECLINED REFUSED_BY_MINOR LOST_CONTACT COMPLETED TRANSFERRED WITHDRAWN",
)
NOT_REFERRED = (_set("o", "referral", "situation_id = {other}"), _set("o", "referral", "to_org_id = {foyer}"))


def without_habilitation(who: str) -> Iterator[str]:
    """Every way in which a person stops being habilitated."""
    habilitation = f"h_{who}"
    for state in ("SUSPENDED", "REVOKED", "EXPIRED"):
        yield _set(habilitation, "habilitation", f"state = '{state}'")
    yield _set(habilitation, "habilitation", f"revoked_at = {LATELY}")
    yield _set(habilitation, "habilitation", f"valid_to = {LATELY}")
    yield _set(habilitation, "habilitation", f"valid_from = {SOON}")
    yield _set(who, "member", "status = 'REMOVED'")


def _unable(who: str) -> tuple[str, ...]:
    """And for sharing: bound by secrecy, in the very organisation that shares."""
    return (
        *without_habilitation(who),
        _set(f"h_{who}", "habilitation", "secrecy_basis = NULL"),
        _set(f"h_{who}", "habilitation", "organisation_id = {mission_org}"),
        _set(f"h_{who}", "habilitation", "member_id = {educator}"),
        _set(who, "member", "organisation_id = {mission_org}"),
    )


NO_GRANT = (
    *_each("g", "sharing_grant", "state", "REQUESTED APPROVED REVOKED EXPIRED"),
    _set("g", "sharing_grant", "approved_by_id = NULL"),
    _set("g", "sharing_grant", f"revoked_at = {LATELY}"),
    _set("g", "sharing_grant", f"expires_at = {LATELY}"),
    _set("g", "sharing_grant", f"starts_at = {SOON}, expires_at = now() + interval '30 days'"),
    _set("g", "sharing_grant", "field_groups = ARRAY['G18']"),
    _set("g", "sharing_grant", "purpose = 'DETERMINE'"),
    _set("g", "sharing_grant", "situation_id = {other}"),
    _set("d", "information_duty", "duty = 'IP_TRANSMISSION'"),
    _set("d", "information_duty", "situation_id = {other}"),
    "UPDATE sharing_grant SET duty_id = {other_duty} WHERE id = {g}",
    # Majority without measure ends every sharing.
    _set("child", "minor", "birth_date = current_date - interval '19 years'"),
    _set("child", "minor", "birth_date = current_date - interval '18 years'"),
    _set("child", "minor", "age_band = 'A18_20'"),
    CLOSED,
    ARCHIVED,
    *GONE,
)
STILL_GRANTED = (
    _set("child", "minor", "birth_date = current_date - interval '17 years'"),
    # A birth date says more than an age band.
    _set("child", "minor", "birth_date = current_date - interval '17 years', age_band = 'A18_20'"),
    "DELETE FROM minor WHERE id = {child}",
)
NOT_APPROVED = (_set("e", "emergency_access", "approved_by_id = NULL"), _set("e", "emergency_access", "situation_id = {other}"))  # fmt: skip
NOT_ALLOWED = (
    *_each("h_supervisor", "habilitation", "state", "SUSPENDED REVOKED EXPIRED"),
    _set("h_supervisor", "habilitation", f"revoked_at = {LATELY}"),
    _set("h_supervisor", "habilitation", f"valid_to = {LATELY}"),
    _set("h_supervisor", "habilitation", f"valid_from = {_NOW}"),
    _set("h_supervisor", "habilitation", "member_id = {educator}"),
    _set("supervisor", "member", "status = 'REMOVED'"),
    *_each("h_supervisor", "habilitation", "role", "LIS ANA ASE ASM ASO DEL ADM DPO ONP"),
)
OTHER_REASON = _set("e", "emergency_access", "reason_code = 'IMMEDIATE_DANGER'")
OPEN_REASONS = _each("e", "emergency_access", "reason_code", "SUBJECT_REQUEST REQUISITION")
# Condition 9 is about the one caller that the opening names.
NOT_THIS_CALLER = (
    _set("e", "emergency_access", "caller_id = {another}"),
    _set("e", "emergency_access", "caller_id = NULL"),
    _set("one", "caller", "situation_id = {other}"),
    "DELETE FROM caller WHERE id = {one}",
)


def _trials() -> Iterator[Trial]:
    reported = (JURISDICTION, REPORT)
    for tail, first, last in (
        ("", (), (CLOSED,)),
        ("_CLOSED", (), (_set("case", "situation", "status = 'REOPENED'"),)),
    ):
        closed: tuple[Row, ...] = (("closed", "UPDATE", {"sql": CLOSED}),) if tail else first
        yield Trial(f"REPORTED{tail}", "north", f"REPORTED{tail}", (*reported, *closed), (*NO_JURISDICTION, *NO_REPORT, ARCHIVED, *GONE, *last), (*SENT, *STILL_COMPETENT))  # fmt: skip
        yield Trial(f"CASEWORKER{tail} by link", "worker", f"CASEWORKER{tail}", (JURISDICTION, LINK, *closed), (*NO_JURISDICTION, *NO_LINK, ARCHIVED, *GONE, *last, _set("l", "ase_link", "caseworker_id = {colleague}"), _set("worker", "member", "organisation_id = {far_ase}")), (*STILL_LINKED, *STILL_COMPETENT))  # fmt: skip
        yield Trial(f"CASEWORKER{tail} by measure", "worker", f"CASEWORKER{tail}", (JURISDICTION, measure(caseworker_id="worker"), *closed), (*NO_JURISDICTION, *NO_MEASURE, ARCHIVED, *GONE, *last), (*STILL_MEASURED, *STILL_COMPETENT))  # fmt: skip
        yield Trial(f"ASE_LINKED{tail}", "ase", f"ASE_LINKED{tail}", (LINK, *closed), (*NO_LINK, ARCHIVED, *GONE, *last, _set("l", "ase_link", "ase_org_id = {far_ase}")), STILL_LINKED)  # fmt: skip
        yield Trial(f"ENTRUSTED{tail}", "mission_org", f"ENTRUSTED{tail}", (measure(organisation_id="mission_org"), *closed), (*NO_MEASURE, ARCHIVED, *GONE, *last, _set("m", "measure", "organisation_id = {foyer}")), STILL_MEASURED)  # fmt: skip
    for office in ("measure_org", "foyer"):
        yield Trial(f"MANDATED of {office}", office, "MANDATED", (measure(organisation_id=office),), (*NO_MEASURE, CLOSED, ARCHIVED, _set(office, "organisation", "kind = 'ASSOCIATION', mandate_kind = 'ASE_MISSION'"), _set("m", "measure", "organisation_id = {ase}")), STILL_MEASURED)  # fmt: skip
    for office, somebody in (("measure_org", "mandated"), ("mission_org", "educator"), ("foyer", "keeper")):
        running = _each("o", "referral", "status", "ACCEPTED IDENTITY_RELEASED ENGAGED ONGOING PAUSED_RUNAWAY")
        outside = _set(office, "organisation", "kind = 'ASSOCIATION', mandate_kind = 'OUTSIDE_MISSION'")
        yield Trial(f"ASSIGNED of {office}", somebody, "ASSIGNED", (referral(office, somebody),), (*NOT_RUNNING, _set("o", "referral", "situation_id = {other}"), _set("o", "referral", "kind = 'PROFESSIONAL_CONSULTATION'"), _set("o", "referral", "assigned_member_id = {worker}"), _set("o", "referral", "to_org_id = {outside_org}"), _set(somebody, "member", "organisation_id = {outside_org}"), outside, CLOSED, ARCHIVED, *GONE), running)  # fmt: skip
        known = _each("o", "referral", "status", "PROPOSED DECLINED WITHDRAWN COMPLETED")
        yield Trial(f"SUPPORTS of {office}", office, "SUPPORTS", (referral(office, somebody),), (_set("o", "referral", "status = 'DRAFT'"), _set("o", "referral", "situation_id = {other}"), _set("o", "referral", "to_org_id = {outside_org}"), _set("o", "referral", "kind = 'PROFESSIONAL_CONSULTATION'"), outside, CLOSED, ARCHIVED), known)  # fmt: skip
        yield Trial(f"STAKE of {office} by referral", office, "STAKE", (referral(office, somebody),), (*NOT_RUNNING, _set("o", "referral", "situation_id = {other}"), _set("o", "referral", "kind = 'PROFESSIONAL_CONSULTATION'"), _set("o", "referral", "to_org_id = {outside_org}"), outside, CLOSED, *GONE), (*running, ARCHIVED))  # fmt: skip
        yield Trial(f"STAKE of {office} by measure", office, "STAKE", (measure(organisation_id=office),), (*NO_MEASURE, outside, _set("m", "measure", "organisation_id = {outside_org}"), *GONE), (*STILL_MEASURED, CLOSED, ARCHIVED))  # fmt: skip
    yield Trial("CONSULTS", "outside_org", "CONSULTS", (referral("outside_org", "helper", "PROFESSIONAL_CONSULTATION"),), (_set("o", "referral", "status = 'DRAFT'"), *NOT_REFERRED, _set("o", "referral", "kind = 'DIRECT_SUPPORT'"), CLOSED, ARCHIVED))  # fmt: skip
    yield Trial("LISTENING by assignment", "listener", "LISTENING", (("s", "UPDATE", {"sql": _set("case", "situation", "assigned_member_id = {listener}")}),), (_set("case", "situation", "assigned_member_id = {second}"), ARCHIVED, *GONE), (CLOSED,))  # fmt: skip
    yield Trial("LISTENING by contact", "listener", "LISTENING", (("s", "UPDATE", {"sql": _set("contact", "contact", "taken_by_id = {listener}")}),), (_set("contact", "contact", "taken_by_id = NULL"), _set("contact", "contact", "situation_id = {other}"), ARCHIVED), (CLOSED,))  # fmt: skip
    yield Trial("NETWORK", "network", "NETWORK", (), (ARCHIVED, *GONE), (CLOSED,))
    yield Trial("ARCHIVED", "network", "ARCHIVED", (("s", "UPDATE", {"sql": ARCHIVED}),), (*_each("case", "situation", "retention_state", "ACTIVE"), *GONE))  # fmt: skip
    yield Trial("STAKE of an ASE by link", "ase", "STAKE", (LINK,), (*NO_LINK, _set("l", "ase_link", "ase_org_id = {far_ase}"), *GONE), (*STILL_LINKED, CLOSED, ARCHIVED))  # fmt: skip
    yield Trial("STAKE of an ASE by measure", "ase", "STAKE", (measure(organisation_id="ase"),), (*NO_MEASURE, _set("m", "measure", "organisation_id = {far_ase}"), _set("ase", "organisation", "kind = 'OBSERVATORY'")), STILL_MEASURED)  # fmt: skip
    yield Trial("STAKE of a CRIP", "crip", "STAKE", reported, (*NO_JURISDICTION, *NO_REPORT, *GONE, _set("crip", "organisation", "kind = 'ASE'"), _set("crip", "organisation", "authority_id = {south}")), (*SENT, *STILL_COMPETENT, CLOSED, ARCHIVED))  # fmt: skip
    yield from _of_grants()
    yield from _of_openings()


def _of_grants() -> Iterator[Trial]:
    common = (*NO_GRANT, *_unable("listener"), _set("dlpm", "organisation", "status = 'SUSPENDED'"))
    to_ase = (*grant("listener", "dlpm", "worker", "ase"),)
    receiver = (*_unable("worker"), _set("ase", "organisation", "status = 'SUSPENDED'"))
    yield Trial("GRANT to an ASE with a link", "worker", "GRANT:G17:EVALUATE", (LINK, *to_ase), (*common, *receiver, *NO_LINK, _set("l", "ase_link", "ase_org_id = {far_ase}"), _set("g", "sharing_grant", "to_member_id = {colleague}"), _set("dlpm", "organisation", "kind = 'OBSERVATORY'")), (*STILL_GRANTED, *STILL_LINKED))  # fmt: skip
    yield Trial("GRANT to an ASE in its jurisdiction", "worker", "GRANT:G17:EVALUATE", (JURISDICTION, *to_ase), (*NO_JURISDICTION, _set("ase", "organisation", "kind = 'FOYER'"), _set("ase", "organisation", "authority_id = {south}")), STILL_COMPETENT)  # fmt: skip
    yield Trial("GRANT to whom a measure names", "keeper", "GRANT:G17:EVALUATE", (measure(organisation_id="foyer"), *grant("listener", "dlpm", "keeper", "foyer")), (*NO_MEASURE, _set("m", "measure", "organisation_id = {ase}"), _set("foyer", "organisation", "mandate_kind = 'OUTSIDE_MISSION'")), (*STILL_MEASURED, _set("child", "minor", "birth_date = current_date - interval '19 years'")))  # fmt: skip
    yield Trial("GRANT to an adult with a measure of the case", "worker", "GRANT:G17:EVALUATE", (LINK, measure(), *to_ase, ("s", "UPDATE", {"sql": _set("child", "minor", "birth_date = current_date - interval '19 years'")})), NO_MEASURE, STILL_MEASURED)  # fmt: skip
    for office, somebody in (("measure_org", "mandated"), ("mission_org", "educator"), ("foyer", "keeper")):
        released = _each("o", "referral", "status", "IDENTITY_RELEASED ENGAGED ONGOING PAUSED_RUNAWAY")
        ends = (*NOT_RUNNING, _set("o", "referral", "status = 'ACCEPTED'"), _set("o", "referral", "situation_id = {other}"), _set("o", "referral", "to_org_id = {outside_org}"), _set("o", "referral", "kind = 'PROFESSIONAL_CONSULTATION'"), _set(office, "organisation", "kind = 'ASSOCIATION', mandate_kind = 'OUTSIDE_MISSION'"))  # fmt: skip
        yield Trial(f"GRANT to {office} with a referral", somebody, "GRANT:G17:EVALUATE", (referral(office, somebody), *grant("listener", "dlpm", somebody, office)), ends, released)  # fmt: skip
    from_crip = grant("agent", "crip", "mandated", "measure_org")
    yield Trial("GRANT from a CRIP", "mandated", "GRANT:G17:EVALUATE", (JURISDICTION, REPORT, referral("measure_org", "mandated"), *from_crip), (*NO_JURISDICTION, *NO_REPORT, *_unable("agent"), _set("crip", "organisation", "kind = 'OBSERVATORY'"), _set("crip", "organisation", "kind = 'ASE'"), _set("crip", "organisation", "authority_id = {south}")), (*SENT, *STILL_COMPETENT))  # fmt: skip
    yield Trial("GRANT to implement", "worker", "GRANT:G17:IMPLEMENT", (LINK, *to_ase, ("s", "UPDATE", {"sql": _set("g", "sharing_grant", "purpose = 'IMPLEMENT'")})), (_set("g", "sharing_grant", "purpose = 'EVALUATE'"),))  # fmt: skip


def _of_openings() -> Iterator[Trial]:
    over = (_set("e", "emergency_access", "opened_at = now() - interval '90 minutes', expires_at = now() - interval '30 minutes'"), _set("e", "emergency_access", "opened_at = now() + interval '5 minutes'"))  # fmt: skip
    common = (*NOT_APPROVED, *over, OTHER_REASON, _set("e", "emergency_access", "field_groups = ARRAY['G05']"))
    yield Trial("OPENED to the DPO of the 119", "dlpm_dpo", "OPENED:G03", (opening("dlpm_dpo", "supervisor"),), (*common, *NOT_ALLOWED), OPEN_REASONS)  # fmt: skip
    for who in ("agent", "coordinator"):
        elsewhere = (_set(f"h_{who}", "habilitation", "organisation_id = {far_crip}"), _set("crip_dpo", "member", "organisation_id = {far_crip}"))  # fmt: skip
        roles = _each(f"h_{who}", "habilitation", "role", "LIS ANA ASE ASM ASO DEL ADM DPO ONP")
        yield Trial(f"OPENED by the {who}", "crip_dpo", "OPENED:G03", (opening("crip_dpo", who),), (*common, *elsewhere, *roles), OPEN_REASONS)  # fmt: skip
    callers = (caller("one", "contact"), caller("another", "second_contact"))
    roles = _each("h_second", "habilitation", "role", "LIS CRI COO DPO")
    yield Trial("OPENED: one caller, by a second supervisor", "supervisor", "OPENED:G06:{one}", (*callers, opening("supervisor", "second", "G06", caller_id="one")), (*NOT_APPROVED, *over, *roles, *NOT_THIS_CALLER), (OTHER_REASON, "DELETE FROM caller WHERE id = {another}"))  # fmt: skip


TRIALS = tuple(_trials())


# ---------------------------------------------------------------- trying


@dataclass
class Lab:
    """The rows of one trial in an open transaction, each under a name."""

    connection: "asyncpg.Connection[Any]"
    ids: dict[str, UUID] = field(default_factory=lambda: {"network": UUID(int=0)})

    async def prepare(self) -> None:
        """Everybody and every place, one case with a child and a contact, another case with nothing."""
        await self.connection.execute("SET LOCAL session_replication_role = replica")
        rows = await self.connection.fetch("SELECT id FROM authority ORDER BY code LIMIT 2")
        self.ids["north"], self.ids["south"] = (row["id"] for row in rows)
        for name, (kind, authority, mandate) in OFFICES.items():
            values = {
                "name": f"'{name}'",
                "kind": f"'{kind}'",
                "authority_id": authority,
                "mandate_kind": mandate and f"'{mandate}'",
            }
            await self.add((name, "organisation", {key: value for key, value in values.items() if value}))
        for name, (office, role) in PEOPLE.items():
            await self.add((name, "member", {"organisation_id": office, "name": "'Personne'"}))
            bound = {"secrecy_basis": "'PROFESSION'", "valid_from": LONG_AGO, "valid_to": SOON}
            await self.add(
                (
                    f"h_{name}",
                    "habilitation",
                    {"member_id": name, "organisation_id": office, "role": f"'{role}'", **bound},
                )
            )
        for name in ("case", "other"):
            await self.add((name, "situation", {"controller_org_id": "dlpm", "ref": "'L-' || gen_random_uuid()"}))
        await self.add(("child", "minor", {"situation_id": "case", "age_band": "'A15_17'"}))
        contact = {
            "situation_id": "case",
            "controller_org_id": "dlpm",
            "channel": "'PHONE'",
            "direction": "'IN'",
            "outcome": "'ANSWERED_IP'",
        }
        for name in ("contact", "second_contact"):
            await self.add((name, "contact", contact))
        await self.add(
            (
                "other_duty",
                "information_duty",
                {"situation_id": "case", "duty": "'IP_TRANSMISSION'", "person": "'père'", "done_at": _NOW},
            )
        )

    async def add(self, row: Row) -> None:
        """A row of the case, unless it says of which; or a change of one that is there."""
        name, table, values = row
        if table == "UPDATE":
            await self.change(values["sql"])
            return
        self.ids[name] = uuid4()
        known = {"situation_id": "case"} if table in _OF_CASE else {}
        given = {**known, **values}
        texts = [f"'{self.ids[value]}'" if value in self.ids else value for value in given.values()]
        await self.connection.execute(
            f"INSERT INTO {table} (id, {', '.join(given)}) SELECT '{self.ids[name]}', {', '.join(texts)}"
        )

    async def change(self, sql: str) -> None:
        quoted = {name: f"'{identity}'" for name, identity in self.ids.items()}
        await self.connection.execute(sql.format_map(quoted))

    async def stands(self, trial: Trial) -> bool:
        """Whether the viewer of the trial stands in its relation at this moment."""
        found: bool = await self.connection.fetchval(
            "SELECT EXISTS (SELECT FROM reach_definition WHERE situation_id = $1 AND viewer = $2 AND via = $3 "
            "AND starts_at <= now() AND ends_at > now())",
            self.ids["case"],
            self.ids[trial.viewer],
            trial.via.format_map(self.ids),
        )
        return found


_OF_CASE = {
    "situation_jurisdiction",
    "concern_report",
    "ase_link",
    "measure",
    "referral",
    "information_duty",
    "sharing_grant",
    "emergency_access",
}


@asynccontextmanager
async def undone(connection: "asyncpg.Connection[Any]") -> AsyncIterator[None]:
    """Nothing that is done in the block remains."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def problem(connection: "asyncpg.Connection[Any]", trials: Iterable[Trial] = TRIALS) -> str | None:
    """The first difference from the documents, in words."""
    # Closed at once: what it has begun has to be rolled back before anything else is asked.
    async with aclosing(problems(connection, trials)) as several:
        async for found in several:
            return found
    return None


async def problems(connection: "asyncpg.Connection[Any]", trials: Iterable[Trial]) -> AsyncGenerator[str, None]:
    """Whatever does not go as the documents say."""
    async with undone(connection):
        lab = Lab(connection)
        await lab.prepare()
        for trial in trials:
            async with undone(connection):
                for row in trial.rows:
                    await lab.add(row)
                if not await lab.stands(trial):
                    yield f"{trial}: does not stand"
                for changes, expected in ((trial.ends, False), (trial.holds, True)):
                    for change in changes:
                        async with undone(connection):
                            await lab.change(change)
                            if await lab.stands(trial) is not expected:
                                yield f"{trial}: {'does not stand' if expected else 'stands'} after {change}"
        # A reference that is nobody's is recorded like a right one (section 9), and stands in no relation.
        await lab.add(opening("crip_dpo", "supervisor", situation_id="NULL"))
        if await lab.connection.fetchval("SELECT EXISTS (SELECT FROM reach_definition WHERE situation_id IS NULL)"):
            yield "OPENED: a relation to no case"
