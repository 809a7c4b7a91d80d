"""The trials of the relations, from the documents: the rows that make each relation, the changes that end it, those that do not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Row = tuple[str, str, dict[str, Any]]

NOW = "now()"

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
    duty: Row = ("d", "information_duty", {"duty": "'SHARING'", "person": "'mère'", "done_at": NOW})
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
    _set("h_supervisor", "habilitation", f"valid_from = {NOW}"),
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
    yield from _of_majority()
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


# Of two territories as far apart as there are, one has begun a day that the other has not, whatever time it is.
EARLY, LATE = "Pacific/Kiritimati", "Etc/GMT+12"


def _competent(name: str, case: str = "case", begin: str = LONG_AGO, end: str = "NULL") -> str:
    columns = "id, situation_id, authority_id, department_code, role, starts_at, ends_at"
    values = f"gen_random_uuid(), {{{case}}}, {{{name}}}, '13', 'PRESENCE', {begin}, {end}"
    return f"INSERT INTO situation_jurisdiction ({columns}) SELECT {values}"


def _of_majority() -> Iterator[Trial]:
    """A sharing at the eighteenth birthday, which the early territory has begun (nobody has one on a 29 February)."""
    today = f"((now() AT TIME ZONE '{EARLY}')::date - interval '18 years')::date"
    changes = (
        _set("north", "authority", f"timezone = '{EARLY}'"),
        _set("south", "authority", f"timezone = '{LATE}'"),
        _set("child", "minor", f"birth_date = {today}"),
        _competent("south"),
    )
    rows = tuple((f"change_{number}", "UPDATE", {"sql": change}) for number, change in enumerate(changes))
    holds = (_competent("north", case="other"), _competent("north", begin=SOON), _competent("north", end=LATELY))
    shared = grant("listener", "dlpm", "worker", "ase")
    yield Trial(
        "GRANT at majority", "worker", "GRANT:G17:EVALUATE", (LINK, *shared, *rows), (_competent("north"),), holds
    )


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
