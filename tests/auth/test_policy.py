"""The policy decides everything: every audience and category, and every act only where the matrix lets it write."""

import pytest

from auth.conditions import BY_NUMBER, Condition
from auth.policy import MATRIX, ORGANISATIONS_OF, PURPOSES, Act, Reach, cell, decision
from schema.vocabulary import Audience, Category, Purpose, Role
from tests import oracle

AUDIENCES = list(Audience)
CATEGORIES = [category for category in Category if category is not Category.KEY]
ROLES = [audience for audience in Audience if audience.role]
CLIENTS = [audience for audience in Audience if audience.role is None]
_CLIENT_KINDS = {"ASSOCIATION": ("ASSOCIATION", "FOYER")}


def kinds_of(audience: Audience) -> tuple[str, ...]:
    """The kinds of organisations behind a client audience, as the oracle names them."""
    kind = audience.value.removeprefix("ORG_")
    return _CLIENT_KINDS.get(kind, (kind,))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_category_is_decided(audience: Audience) -> None:
    for category in CATEGORIES:
        decision(audience, category)


def test_nothing_else_is_decided() -> None:
    assert set(MATRIX) == {(audience, category) for audience in AUDIENCES for category in CATEGORIES}


def test_what_nobody_decided_stops() -> None:
    with pytest.raises(KeyError):
        decision(Audience.LIS, Category.KEY)


@pytest.mark.parametrize("audience", ROLES)
def test_a_role_has_the_cells_of_the_matrix(audience: Audience) -> None:
    """Cell by cell against the oracle, which was typed from the document by somebody else."""
    for category in CATEGORIES:
        ours = decision(audience, category)
        theirs = oracle.MATRIX[category.value, audience.value]
        assert (ours.reach.value, ours.write) == (theirs.reach, theirs.write), category
        assert {condition.number for condition in ours.conditions} == set(theirs.conditions), category


@pytest.mark.parametrize("audience", CLIENTS)
def test_a_client_has_its_own_list_and_nothing_more(audience: Audience) -> None:
    for kind in kinds_of(audience):
        reads = {c.value for c in CATEGORIES if decision(audience, c).reach is not Reach.NONE}
        writes = {c.value for c in CATEGORIES if decision(audience, c).write}
        assert reads == oracle.ORG_ONLY[kind].reads
        assert writes == oracle.ORG_ONLY[kind].writes


# Section 6, typed again: "under condition 1", "where it has a live AseLink", "of its live referrals", and K for figures.
CLIENT_CELLS: dict[str, str] = {
    "ORG_CRIP": "G01 J1 G02 J1 G08 J1 G12 Jw1 G13 -w G23 J1 G33 N G35 A11",
    "ORG_ASE": "G01 S G02 S G12 S G20 -w G33 N G35 A11",
    "ORG_ASSOCIATION": "G02 S G23 Sw G33 N18 G35 A11",
    "ORG_DLPM": "G34 N G35 A11",
    "ORG_OBSERVATORY": "G35 A11",
}


@pytest.mark.parametrize("audience", CLIENTS)
def test_a_client_has_its_cells_under_the_conditions_of_the_list(audience: Audience) -> None:
    listed = CLIENT_CELLS[audience.value].split()
    expected = dict(zip(listed[::2], listed[1::2], strict=True))
    assert {c.value: str(decision(audience, c)) for c in CATEGORIES if str(decision(audience, c)) != "-"} == expected


@pytest.mark.parametrize("audience", CLIENTS)
def test_a_client_reads_nothing_secret_and_no_free_text(audience: Audience) -> None:
    for category in CATEGORIES:
        if decision(audience, category).in_schema:
            assert category.protection.value in {"P0", "P1", "P2"}, category


@pytest.mark.parametrize("role", list(Role))
def test_a_role_has_its_purposes(role: Role) -> None:
    kinds = ("CRIP", "ASE", "FOYER", "ASSOCIATION") if role is Role.COO else ("",)
    mandates = ("MEASURE", "OUTSIDE_MISSION") if role is Role.COO else (None,)
    expected = {
        purpose
        for kind in kinds
        for mandate in mandates
        for purpose in oracle.purposes_of(role.value, oracle.Facts(org_kind=kind, mandate_kind=mandate))
    }
    assert {purpose.value for purpose in PURPOSES[role]} == expected
    assert PURPOSES[role] <= set(Purpose)


# What an act writes. A name here is a promise: an audience without `w` in any of these may not do it.
WRITES: dict[Act, set[Category]] = {
    Act.RECORD_SITUATION: {Category.CASE_HEADER},
    Act.UPDATE_MINOR: {Category.MINOR_MINIMAL},
    Act.RECORD_JURISDICTION: {Category.JURISDICTIONS},
    Act.RECORD_CONTACT: {Category.CONTACTS},
    Act.RECOGNISE_REPEAT: {Category.REPEATS},
    Act.DRAFT_REPORT: {Category.REPORT_TEXT},
    Act.VALIDATE_REPORT: {Category.REPORT_STEPS},
    Act.SEND_REPORT: {Category.REPORT_STEPS},
    Act.HANDLE_REPORT: {Category.REPORT_STEPS},
    Act.ASSIGN_EVALUATION: {Category.REPORT_STEPS},
    Act.REFER_TO_PROSECUTOR: {Category.JUDICIAL_REFERRAL},
    Act.PROPOSE_ASE_LINK: {Category.KNOWN_TO_ASE},
    Act.ANSWER_ASE_LINK: {Category.KNOWN_TO_ASE},
    Act.RECORD_MEASURE: {Category.MEASURES},
    Act.RECORD_OBSERVATION: {Category.PROBLEMATICS},
    Act.PROPOSE_REFERRAL: {Category.REFERRALS},
    Act.ANSWER_REFERRAL: {Category.REFERRALS},
    Act.RECORD_FOLLOW_UP: {Category.REFERRALS},
    Act.WRITE_NOTE: {Category.NOTE_FOR_ASE, Category.ASSOCIATION_NOTES},
    Act.TRANSFER: {Category.TRANSFERS},
    Act.RECORD_DUTY: {Category.INFORMATION_DUTIES},
    Act.REQUEST_GRANT: {Category.GRANTS},
    Act.DECIDE_GRANT: {Category.GRANTS},
    Act.REVOKE_GRANT: {Category.GRANTS},
    Act.ANSWER_PERSONS: {Category.REQUESTS},
    Act.KEEP_BREACHES: {Category.REQUESTS},
    Act.HOLD_CASE: {Category.REQUESTS},
    Act.WRITE_DIRECTORY: {Category.DIRECTORY},
    Act.RECORD_NETWORK_LIFE: {Category.SURVEYS},
    Act.ANSWER_SURVEY: {Category.SURVEYS},
    Act.ADMIT_ORGANISATION: {Category.ACCOUNTS},
    Act.APPROVE_ORGANISATION: {Category.ACCOUNTS},
    Act.SUSPEND_ORGANISATION: {Category.ACCOUNTS},
    Act.ADD_KEY: {Category.ACCOUNTS},
    Act.ISSUE_SECRET: {Category.ACCOUNTS},
    Act.CONTROL_TOOLS: {Category.ACCOUNTS},
    Act.MANAGE_MEMBERS: {Category.ACCOUNTS},
    Act.LIFT_SUSPENSION: {Category.ACCOUNTS},
    Act.KEEP_WEBHOOKS: {Category.ACCOUNTS},
    Act.CONTROL_WEBHOOKS: {Category.ACCOUNTS},
}


# Section 9 gives these acts by name, not by a `w`: who opens in danger or confirms writes nothing of the case.
BY_NAME: dict[Act, str] = {
    Act.ASK_CONTROL_ACCESS: "glass.ask",
    Act.ASK_CALLER_IDENTITY: "glass.caller",
    Act.OPEN_IN_DANGER: "glass.danger",
    Act.BE_THE_SECOND_PERSON: "glass.second",
    Act.REVIEW_EXCEPTIONAL_ACCESS: "glass.review",
}
# "Publish a cube SUP + DPO": one act of two persons, so two of ours.
PUBLISHING = (Act.FREEZE_FIGURES, Act.PUBLISH_FIGURES)


def test_every_act_says_what_it_writes() -> None:
    assert set(WRITES) | set(BY_NAME) | {Act.END_EXCEPTIONAL_ACCESS, *PUBLISHING} == set(Act)


def test_figures_leave_by_both_that_the_document_names_and_by_neither_alone() -> None:
    both = [{audience.value for audience in act.audiences} for act in PUBLISHING]
    assert "cube.publish" in oracle.TOGETHER
    assert set().union(*both) == {one for one in oracle.AUDIENCES if oracle.may_act(one, "cube.publish")}
    assert set.intersection(*both) == set()


def test_who_may_open_or_confirm_may_also_close() -> None:
    """Ending an access early only takes away."""
    opening = [act for act in BY_NAME if act is not Act.REVIEW_EXCEPTIONAL_ACCESS]
    assert frozenset().union(*(act.audiences for act in opening)) == Act.END_EXCEPTIONAL_ACCESS.audiences


@pytest.mark.parametrize("act", list(WRITES))
def test_an_act_is_done_only_by_those_who_may_write(act: Act) -> None:
    assert act.audiences
    for audience in act.audiences:
        assert any(decision(audience, category).write for category in WRITES[act]), audience


# Acts the document names: those of ours that do them, and nobody but whom it names.
NAMED: dict[str, Act] = {
    "ip.validate": Act.VALIDATE_REPORT,
    "ip.acknowledge": Act.HANDLE_REPORT,
    "ip.qualify": Act.HANDLE_REPORT,
    "ip.misroute": Act.HANDLE_REPORT,
    "ip.conclude": Act.HANDLE_REPORT,
    "ip.return": Act.HANDLE_REPORT,
    "referral.propose": Act.PROPOSE_REFERRAL,
    "referral.release": Act.PROPOSE_REFERRAL,
    "referral.withdraw": Act.PROPOSE_REFERRAL,
    "minor.agreement": Act.PROPOSE_REFERRAL,
    "referral.accept": Act.ANSWER_REFERRAL,
    "referral.decline": Act.ANSWER_REFERRAL,
    "referral.assign": Act.ANSWER_REFERRAL,
    "follow_up.record": Act.RECORD_FOLLOW_UP,
    "grant.request": Act.REQUEST_GRANT,
    "grant.approve": Act.DECIDE_GRANT,
    "grant.revoke": Act.REVOKE_GRANT,
    **{name: act for act, name in BY_NAME.items()},
    "transfer.send": Act.TRANSFER,
    "transfer.receive": Act.TRANSFER,
    "ip.draft": Act.DRAFT_REPORT,
    "ip.send": Act.SEND_REPORT,
}
# "IP draft, send LIS" names the listener; G11 and G12 give SUP `w` all the same, to correct and send what it validates.
ALSO: dict[str, set[str]] = {"ip.draft": {"SUP"}, "ip.send": {"SUP"}}


@pytest.mark.parametrize("name", NAMED)
def test_an_act_of_the_document_is_done_by_whom_it_names(name: str) -> None:
    act = NAMED[name]
    people = {audience.value for audience in act.audiences if audience.role}
    assert people == {role for role in oracle.ROLES if oracle.may_act(role, name)} | ALSO.get(name, set())
    clients = {kind for audience in act.audiences if not audience.role for kind in kinds_of(audience)}
    assert clients == {kind for kind in oracle.ORG_ONLY if oracle.may_act(f"CLIENT:{kind}", name)}


# Who has `w` in what an act writes, and does not do it: another act of theirs writes there, or none is built.
WRITES_OTHERWISE: dict[Act, set[str]] = {
    Act.PROPOSE_ASE_LINK: {"ASE", "CRI", "ORG_ASE"},
    Act.ANSWER_ASE_LINK: {"LIS", "CRI"},
    # Who evaluates is the business of the CRIP's people.
    Act.ASSIGN_EVALUATION: {"LIS", "SUP", "ORG_CRIP"},
    # G34 `w` outside the 119 is the answer to a questionnaire.
    Act.RECORD_NETWORK_LIFE: {"CRI", "ASE", "ASM", "COO"},
    # Delegates are for their own members, clients and keys; who is in the network is the operator's business, who
    # adds no key to anybody's tool: a lost key is a new enrolment, with a second administrator.
    Act.ADMIT_ORGANISATION: {"DEL"},
    Act.APPROVE_ORGANISATION: {"DEL"},
    Act.SUSPEND_ORGANISATION: {"DEL"},
    Act.ADD_KEY: {"ADM"},
    # A delegate suspends at once, and does not lift what the operator may have suspended because of them.
    Act.LIFT_SUSPENSION: {"DEL"},
    # The operator stops a webhook, and never holds the secret of one.
    Act.KEEP_WEBHOOKS: {"ADM"},
}


@pytest.mark.parametrize("act", [act for act in WRITES if act not in NAMED.values()])
def test_whoever_may_write_does_the_act(act: Act) -> None:
    writers = {
        audience.value
        for audience in AUDIENCES
        for category in WRITES[act]
        if (audience.role and oracle.MATRIX[category.value, audience.value].write)
        or (not audience.role and any(category.value in oracle.ORG_ONLY[kind].writes for kind in kinds_of(audience)))
    }
    assert {audience.value for audience in act.audiences} == writers - WRITES_OTHERWISE.get(act, set())


@pytest.mark.parametrize(
    "act",
    [
        Act.ANSWER_REFERRAL,
        Act.ASSIGN_EVALUATION,
        Act.PROPOSE_REFERRAL,
        Act.REQUEST_GRANT,
        Act.DECIDE_GRANT,
        Act.REVOKE_GRANT,
        *BY_NAME,
    ],
)
def test_no_client_widens_access(act: Act) -> None:
    assert all(audience.role for audience in act.audiences)


def test_a_cell_reads_back_as_it_is_written() -> None:
    for text in ("-", "-4", "A11", "Nw", "Jw1", "J1+7", "O2+15", "Sw8"):
        assert str(cell(text)) == text


@pytest.mark.parametrize("text", ["", "X", "w", "N+", "N1+", "1", "NW", "Jw1,2"])
def test_a_cell_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        cell(text)


def test_the_conditions_are_numbered_as_in_the_document() -> None:
    assert sorted(BY_NUMBER) == list(range(1, 19))
    assert {condition.number for condition in Condition} == set(BY_NUMBER)


def test_a_role_is_held_where_the_document_says() -> None:
    held = {role.value: {kind.value for kind in kinds} for role, kinds in ORGANISATIONS_OF.items()}
    assert held == {role: set(kinds) for role, kinds in oracle.ROLE_ORGANISATIONS.items()}
