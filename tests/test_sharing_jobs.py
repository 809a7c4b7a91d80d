"""Sharing and exceptional access as the people of the network live them, over real HTTP: one story, in order."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.acting import Chapters, act, refused
from tests.network import Network

chapter = Chapters()
EXTRACT = "Elle a besoin d'un hébergement loin de son quartier."


class Story:
    """What the people of the story know so far."""

    situation: str
    ref: str
    grant: str
    extract: str
    referral: str


@pytest.fixture(scope="module")
def story(network: Network) -> Story:
    """A case at the 119, with the ASE of Nord and an association around it."""
    made = Story()
    opened = dlpm(
        network, "openSituation", "situation { id ref }", urgency="PRIORITY", qualification="SUSPECTED",
        knownToCp="UNKNOWN", knownSource="UNKNOWN",
    )  # fmt: skip
    made.situation, made.ref = opened["id"], opened["ref"]
    minor = dlpm(
        network, "addMinor", "minor { id }", situation=made.situation, firstName="Maya", lastName="Inventée",
        gender="GIRL", age=15, agePrecision="EXACT", phone="+33 6 00 00 00 01", safeChannel="SMS",
    )["id"]  # fmt: skip
    dlpm(
        network, "recordLiveDanger", "liveDanger { place }", situation=made.situation, place="Hôtel de la gare",
        until=(datetime.now(UTC) + timedelta(days=3)).isoformat(),
    )  # fmt: skip
    dlpm(
        network, "recordExploitationFact", "exploitationFact { form }", situation=made.situation, minor=minor,
        form="MICHETONNAGE", venue="HOTEL", recruitment="SOCIAL_NETWORK", mode="LOVER_BOY", signs=["RUNAWAY"],
    )  # fmt: skip
    found = network.data("cli_dlpm", '{ authorities(filter: {code: ["59"]}) { nodes { id } } }', member="LIS")
    authority = found["authorities"]["nodes"][0]["id"]
    dlpm(
        network, "recordJurisdiction", "jurisdiction { role }", situation=made.situation, departmentCode="59",
        authority=authority, role="RESIDENCE",
    )  # fmt: skip
    dlpm(
        network, "proposeAseLink", "aseLink { state }", situation=made.situation,
        aseOrganisation=organisation(network, "cli_ase_59"), serviceContact="Standard",
    )  # fmt: skip
    for state, mine in (("CONTACTED", False), ("CONFIRMED", True)):
        act(
            network, "cli_ase_59", caseworker(network), "answerAseLink", "aseLink { state }",
            situation=made.situation, state=state, takeCharge=mine,
        )  # fmt: skip
    made.referral = dlpm(
        network, "proposeReferral", "referral { id }", situation=made.situation, minor=minor,
        toOrganisation=organisation(network, "cli_asso_ase_mission"), kind="DIRECT_SUPPORT", needCodes=["SHELTER"],
    )["id"]  # fmt: skip
    act(
        network, "cli_asso_ase_mission", "COO", "acceptReferral", "referral { status }", referral=made.referral,
        assignee=f"mbr_{worker(network)}",
    )  # fmt: skip
    dlpm(network, "recordMinorAgreement", "referral { status }", referral=made.referral, agreement="AGREED")
    dlpm(network, "releaseIdentity", "referral { status }", referral=made.referral)
    return made


def dlpm(network: Network, name: str, selection: str, role: str = "LIS", /, **values: Any) -> Any:
    return act(network, "cli_dlpm", role, name, selection, **values)


def organisation(network: Network, client: str) -> str:
    """The public id of a client's organisation."""
    card = next(one for one in network.card["clients"] if one["client_id"] == client)
    query = "query($kind: [OrgKind!]) { organisations(first: 100, filter: {kind: $kind}) { nodes { id name } } }"
    found = network.data("cli_dlpm", query, {"kind": [card["kind"]]}, member="LIS")["organisations"]["nodes"]
    identity: str = next(node["id"] for node in found if node["name"] == card["organisation"])
    return identity


def member(network: Network, client: str, role: str, place: int = 0) -> str:
    identity: str = network.members(client, role)[place]["id"]
    return identity


def caseworker(network: Network) -> str:
    return member(network, "cli_ase_59", "ASE")


def worker(network: Network) -> str:
    return member(network, "cli_asso_ase_mission", "ASM")


def dangers(network: Network, story: Story, purpose: str) -> Any:
    """The dangers as the caseworker reads them, and what is withheld."""
    query = f'{{ node(id: "{story.situation}") {{ ... on Situation {{ liveDangers {{ place }} withheld {{ field reason }} }} }} }}'
    return network.data("cli_ase_59", query, member=caseworker(network), purpose=purpose)["node"]


HIDDEN = {"liveDangers": [], "withheld": [{"field": "liveDangers", "reason": "NEEDS_GRANT"}]}


def request_of(network: Network, story: Story, client: str, person: str, **changes: Any) -> dict[str, Any]:
    duty = dlpm(
        network, "recordDuty", "informationDuty { id }", situation=story.situation, duty="SHARING", person="la mère",
        waiver="CHILD_INTEREST", reason="Elle serait mêlée aux faits.",
    )  # fmt: skip
    return {
        "situation": story.situation, "toMember": f"mbr_{person}", "toOrganisation": organisation(network, client),
        "purpose": "EVALUATE", "fieldGroups": ["G19"], "justification": "La chercher ce soir.", "duty": duty["id"],
        "expiresAt": (datetime.now(UTC) + timedelta(days=10)).isoformat(), **changes,
    }  # fmt: skip


@chapter
def test_a_listener_asks_and_a_supervisor_approves_what_the_caseworker_then_reads(
    network: Network, story: Story
) -> None:
    assert dangers(network, story, "EVALUATE") == HIDDEN
    asked = dlpm(
        network, "requestSharingGrant", "sharingGrant { id state decidedAt }",
        **request_of(network, story, "cli_ase_59", caseworker(network)),
    )  # fmt: skip
    assert (asked["state"], asked["decidedAt"]) == ("REQUESTED", None)
    story.grant = asked["id"]
    assert dangers(network, story, "EVALUATE") == HIDDEN
    # The act of approving is not in the listener's schema at all.
    assert refused(network, "cli_dlpm", "LIS", "approveSharingGrant", sharingGrant=story.grant) == (
        "GRAPHQL_VALIDATION_FAILED"
    )
    approved = dlpm(network, "approveSharingGrant", "sharingGrant { state }", "SUP", sharingGrant=story.grant)
    assert approved == {"state": "ACTIVE"}
    assert dangers(network, story, "EVALUATE") == {"liveDangers": [{"place": "Hôtel de la gare"}], "withheld": []}
    # For the purpose it was given for, and no other.
    assert dangers(network, story, "DETERMINE") == HIDDEN
    ledger = network.data(
        "cli_dlpm",
        f'{{ node(id: "{story.situation}") {{ ... on Situation {{ disclosures(first: 1) {{ act fieldGroups purpose toOrganisation {{ kind }} }} }} }} }}',
        member="LIS",
    )["node"]["disclosures"]
    assert ledger == [
        {"act": "GRANT", "fieldGroups": ["G19"], "purpose": "EVALUATE", "toOrganisation": {"kind": "ASE"}}
    ]


@chapter
def test_no_software_asks_for_or_approves_a_sharing(network: Network, story: Story) -> None:
    for client in ("cli_dlpm", "cli_crip_59", "cli_ase_59", "cli_asso_ase_mission"):
        for name in ("requestSharingGrant", "approveSharingGrant", "openEmergencyAccess", "approveEmergencyAccess"):
            assert refused(network, client, None, name, sharingGrant=story.grant) == "GRAPHQL_VALIDATION_FAILED"


@chapter
def test_revoking_ends_it_at_the_next_question(network: Network, story: Story) -> None:
    assert dlpm(network, "revokeSharingGrant", "sharingGrant { state }", sharingGrant=story.grant) == {
        "state": "REVOKED"
    }
    assert dangers(network, story, "EVALUATE") == HIDDEN
    assert refused(network, "cli_dlpm", "LIS", "revokeSharingGrant", sharingGrant=story.grant) == "WRONG_STATE"


ASSOCIATION = """{ sharingGrants { totalCount pageInfo { hasNextPage } nodes { id extract } edges { cursor } }
  disclosures { totalCount } referrals { nodes { situation { exploitationFacts { form } sharingGrants { id } } } } }"""


def of_association(network: Network) -> Any:
    found = network.data("cli_asso_ase_mission", ASSOCIATION, member=worker(network))
    facts = [
        fact["form"]
        for node in found["referrals"]["nodes"]
        for fact in (node["situation"] or {"exploitationFacts": []})["exploitationFacts"]
    ]
    return found["sharingGrants"], found["disclosures"]["totalCount"], facts


@chapter
def test_an_association_reads_its_extract_on_every_path_and_on_none_once_it_is_over(
    network: Network, story: Story
) -> None:
    before = of_association(network)
    asked = request_of(
        network, story, "cli_asso_ase_mission", worker(network), purpose="IMPLEMENT", fieldGroups=["G11", "G18"]
    )
    assert refused(network, "cli_dlpm", "LIS", "requestSharingGrant", **asked) == "MISSING_EXTRACT"
    story.extract = dlpm(
        network, "requestSharingGrant", "sharingGrant { id }", **asked, extract=EXTRACT
    )["id"]  # fmt: skip
    assert of_association(network) == before
    dlpm(network, "approveSharingGrant", "sharingGrant { id }", "SUP", sharingGrant=story.extract)
    page, lines, facts = of_association(network)
    assert page["totalCount"] == before[0]["totalCount"] + 1
    assert {"id": story.extract, "extract": EXTRACT} in page["nodes"]
    assert lines == before[1] + 1
    assert facts == [*before[2], "MICHETONNAGE"]
    node = f'{{ node(id: "{story.extract}") {{ ... on SharingGrant {{ extract }} }} }}'
    assert network.data("cli_asso_ase_mission", node, member=worker(network)) == {"node": {"extract": EXTRACT}}
    # A colleague in the same association knows of nothing.
    colleague = member(network, "cli_asso_ase_mission", "ASM", 1)
    assert network.data("cli_asso_ase_mission", node, member=colleague) == {"node": None}

    dlpm(network, "revokeSharingGrant", "sharingGrant { state }", sharingGrant=story.extract)
    assert of_association(network) == before
    assert network.data("cli_asso_ase_mission", node, member=worker(network)) == {"node": None}


# ---------------------------------------------------------------- exceptional access

RECEIPT = (
    "mutation($input: OpenEmergencyAccessInput!) { openEmergencyAccess(input: $input) { receipt userErrors { code } } }"
)


def opened(network: Network, receipt: str, selection: str, who: str) -> Any:
    return network.post(
        network.token("cli_ase_59", who),
        {"query": f"query($receipt: ID!) {{ openedCase(receipt: $receipt) {{ {selection} }} }}", "variables": {"receipt": receipt}},
    )  # fmt: skip


@chapter
def test_a_colleague_on_call_opens_one_case_for_the_groups_listed_and_reads_it_by_its_receipt(
    network: Network, story: Story
) -> None:
    on_call = member(network, "cli_ase_59", "ASE", 1)
    everything = "{ situations(first: 100) { totalCount nodes { id } } minors { totalCount } }"
    before = network.data("cli_ase_59", everything, member=on_call)
    answers = {}
    for ref in (story.ref, "S-ZZZZZZZZ"):
        wish = {"ref": ref, "reason": "Elle appelle, en danger.", "fieldGroups": ["G03"]}
        answers[ref] = network.data("cli_ase_59", RECEIPT, {"input": wish}, member=on_call)["openEmergencyAccess"]
        assert answers[ref]["userErrors"] == []
        assert answers[ref]["receipt"].startswith("eme_")
    right, foreign = answers[story.ref]["receipt"], answers["S-ZZZZZZZZ"]["receipt"]

    read = opened(network, right, "minors { firstName safeChannel }", on_call)
    assert read.json() == {"data": {"openedCase": {"minors": [{"firstName": "Maya", "safeChannel": "SMS"}]}}}
    # Beyond the groups listed nothing is read: no cell, no number of rows, no version.
    for beyond in ("status", "minors { lastName }", "problematics { id }", "aseLinks { __typename }", "version"):
        refusal = opened(network, right, beyond, on_call).json()
        assert refusal["errors"][0]["extensions"] == {"code": "FORBIDDEN", "reason": "NOT_OPENED"}, beyond
        assert refusal["data"] == {"openedCase": None}
    # A receipt of nothing, an invented one and somebody else's answer alike.
    nothing = [
        opened(network, receipt, "minors { firstName }", who).content
        for receipt, who in (
            (foreign, on_call), (f"eme_{uuid4()}", on_call), (right, caseworker(network)), ("x", on_call),
            (story.situation, on_call),
        )
    ]  # fmt: skip
    assert set(nothing) == {b'{"data":{"openedCase":null}}'}
    # No list, no search, no node, no count, no act.
    assert network.data("cli_ase_59", everything, member=on_call) == before
    node = f'{{ node(id: "{story.situation}") {{ id }} }}'
    assert network.data("cli_ase_59", node, member=on_call) == {"node": None}
    code = refused(
        network, "cli_ase_59", on_call, "recordProblematic", situation=story.situation, kind="RUNAWAY", value="YES"
    )
    assert code == "NOT_FOUND"

    # The owner finds it in their list at once; the coordinator confirms it and reads nothing.
    notice = f'{{ emergencyAccesses(filter: {{situation: "{story.situation}"}}) {{ nodes {{ id reason review approvedAt situation {{ ref }} }} }} }}'
    [told] = network.data("cli_dlpm", notice, member="LIS")["emergencyAccesses"]["nodes"]
    assert (told["id"], told["reason"], told["review"], told["approvedAt"]) == (
        right, "Elle appelle, en danger.", "PENDING", None,
    )  # fmt: skip
    assert act(network, "cli_ase_59", "COO", "approveEmergencyAccess", "receipt", receipt=right) == right
    [told] = network.data("cli_dlpm", notice, member="LIS")["emergencyAccesses"]["nodes"]
    assert told["approvedAt"] is not None
    # Closed by the coordinator, it is over at the next question.
    act(network, "cli_ase_59", "COO", "closeEmergencyAccess", "receipt", receipt=right)
    assert opened(network, right, "minors { firstName }", on_call).json() == {"data": {"openedCase": None}}
    # Who reviews finds it in the queue, with its deadline, until it is reviewed.
    queue = "{ emergencyAccesses(first: 100, filter: {review: [PENDING]}) { nodes { id openedAt reviewDueAt } } }"
    waits = {one["id"]: one for one in network.data("cli_dlpm", queue, member="SUP")["emergencyAccesses"]["nodes"]}
    due, since = (datetime.fromisoformat(waits[right][name]) for name in ("reviewDueAt", "openedAt"))
    assert timedelta(days=5) < due - since < timedelta(days=13)
    assert right in str(network.data("cli_dlpm", queue, member="DPO"))
    reviewed = dlpm(
        network, "reviewEmergencyAccess", "emergencyAccess { review reviewDueAt }", "SUP", emergencyAccess=right,
        verdict="JUSTIFIED", reason="Appel vérifié.",
    )  # fmt: skip
    assert reviewed == {"review": "JUSTIFIED", "reviewDueAt": None}
    assert right not in str(network.data("cli_dlpm", queue, member="SUP"))


@chapter
def test_a_read_of_an_opened_case_is_in_the_log_under_who_reads(network: Network, story: Story) -> None:
    on_call = member(network, "cli_ase_59", "ASE", 1)
    found = network.data(
        "cli_dlpm", "{ accessRecords(first: 100) { nodes { operation event outcome memberId } } }", member="DPO"
    )  # fmt: skip
    records = [one for one in found["accessRecords"]["nodes"] if one["operation"] == "openedCase"]
    assert {(one["event"], one["outcome"]) for one in records} == {("READ", "OK"), ("REFUSAL", "FORBIDDEN")}
    assert {one["memberId"] for one in records} == {on_call}
    assert story.ref not in str(found)


@chapter
def test_a_dpo_reads_what_a_second_person_opened(network: Network, story: Story) -> None:
    query = f'{{ node(id: "{story.situation}") {{ ... on Situation {{ ref qualification minors {{ firstName lastName withheld {{ field reason }} }} }} }} }}'
    [closed] = network.data("cli_dlpm", query, member="DPO")["node"]["minors"]
    assert (closed["firstName"], {one["reason"] for one in closed["withheld"]}) == (None, {"NEEDS_BREAK_GLASS"})
    wish = {"ref": story.ref, "reasonCode": "SUBJECT_REQUEST", "reason": "Demande d'accès.", "fieldGroups": ["G03"]}
    receipt = act(network, "cli_dlpm", "DPO", "requestControlAccess", "receipt", **wish)
    assert network.data("cli_dlpm", query, member="DPO")["node"]["minors"] == [closed]
    act(network, "cli_dlpm", "SUP", "approveEmergencyAccess", "receipt", receipt=receipt)
    [minor] = network.data("cli_dlpm", query, member="DPO")["node"]["minors"]
    assert (minor["firstName"], minor["lastName"]) == ("Maya", None)
    assert minor["withheld"] == [{"field": "lastName", "reason": "NEEDS_BREAK_GLASS"}]
    act(network, "cli_dlpm", "DPO", "closeEmergencyAccess", "receipt", receipt=receipt)
    assert network.data("cli_dlpm", query, member="DPO")["node"]["minors"] == [closed]


@chapter
def test_two_supervisors_open_one_caller_of_two(network: Network, story: Story) -> None:
    contacts = []
    for name in ("Mme Une", "Mme Deux"):
        contact = dlpm(
            network, "recordContact", "contact { id }", situation=story.situation, channel="PHONE", direction="IN",
            outcome="ANSWERED_HELP", callerCategory="MOTHER",
        )["id"]  # fmt: skip
        dlpm(
            network, "recordCaller", "caller { name }", contact=contact, anonymity="KNOWN_119_ONLY", name=name,
            livesWithChild="YES", consentGiven=False,
        )  # fmt: skip
        contacts.append(contact)
    first, second = (member(network, "cli_dlpm", "SUP", place) for place in (0, 1))
    query = f'{{ node(id: "{story.situation}") {{ ... on Situation {{ contacts {{ id caller {{ name }} }} }} }} }}'

    def callers(who: str) -> set[str]:
        rows = network.data("cli_dlpm", query, member=who)["node"]["contacts"]
        return {row["caller"]["name"] for row in rows if row["caller"]}

    assert callers(first) == set()
    receipt = act(
        network, "cli_dlpm", first, "requestCallerIdentity", "receipt", contact=contacts[0],
        reasonCode="IMMEDIATE_DANGER", reason="La rappeler.",
    )  # fmt: skip
    assert refused(network, "cli_dlpm", first, "approveEmergencyAccess", receipt=receipt) == "SAME_PERSON"
    assert callers(first) == set()
    act(network, "cli_dlpm", second, "approveEmergencyAccess", "receipt", receipt=receipt)
    assert callers(first) == {"Mme Une"}
    assert callers(second) == set()
    act(network, "cli_dlpm", second, "closeEmergencyAccess", "receipt", receipt=receipt)
    assert callers(first) == set()
