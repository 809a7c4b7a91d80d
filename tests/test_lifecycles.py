"""Lifecycles over real HTTP, from their first act to their last: a report between authorities, an orientation, a move.

Each story is one test, told in order: what one act changes is what the next one starts from.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acting import act, refused
from tests.network import Network


def authority(network: Network, code: str) -> str:
    query = f'{{ authorities(filter: {{code: ["{code}"]}}) {{ nodes {{ id }} }} }}'
    found: str = network.data("cli_dlpm", query, member="LIS")["authorities"]["nodes"][0]["id"]
    return found


def organisation(network: Network, client: str, kind: str) -> str:
    name = next(one for one in network.card["clients"] if one["client_id"] == client)["organisation"]
    query = f"{{ organisations(first: 100, filter: {{kind: [{kind}]}}) {{ nodes {{ id name }} }} }}"
    nodes = network.data("cli_dlpm", query, member="LIS")["organisations"]["nodes"]
    found: str = next(one["id"] for one in nodes if one["name"] == name)
    return found


def node(network: Network, client: str, role: str | None, identity: str, selection: str) -> Any:
    """A node as somebody sees it; None where it is not there for them."""
    kind = {"sit": "Situation", "rep": "ConcernReport", "ref": "Referral", "tra": "DepartmentTransfer", "min": "Minor"}
    query = f'{{ node(id: "{identity}") {{ ... on {kind[identity[:3]]} {{ {selection} }} }} }}'
    return network.data(client, query, member=role)["node"]


class Case:
    """A situation with one minor and one contact, in the hands of the first listener."""

    def __init__(self, network: Network, urgency: str = "PRIORITY") -> None:
        self.network = network
        made = self.dlpm("openSituation", "situation { id }", urgency=urgency)
        self.id = made["id"]
        self.minor = self.dlpm("addMinor", "minor { id }", situation=self.id, firstName="Zoé", age=15)["id"]
        self.contact = self.dlpm(
            "recordContact", "contact { id }", situation=self.id, channel="PHONE", direction="IN", outcome="ANSWERED_IP",
            callerCategory="PROFESSIONAL",
        )["id"]  # fmt: skip

    def dlpm(self, name: str, selection: str, /, by: str = "LIS", **values: Any) -> Any:
        return act(self.network, "cli_dlpm", by, name, selection, **values)

    def competent(self, code: str, role: str = "RESIDENCE") -> str:
        identity = authority(self.network, code)
        self.dlpm(
            "recordJurisdiction",
            "jurisdiction { role }",
            situation=self.id,
            departmentCode=code,
            authority=identity,
            role=role,
        )
        return identity

    def drafted(self, to: str, **values: Any) -> str:
        report: str = self.dlpm(
            "draftReport", "concernReport { id }", situation=self.id, minor=self.minor, originContact=self.contact,
            toAuthority=to, summaryForCrip="Hébergée à l'hôtel.", appraisal="Danger probable.", dangerTypes=["SEXUAL"],
            parentsInformed="UNKNOWN", **{"kind": "INITIAL", **values},
        )["id"]  # fmt: skip
        return report

    def sent(self, to: str, **values: Any) -> str:
        report = self.drafted(to, **values)
        self.dlpm("validateReport", "concernReport { status }", by="SUP", report=report)
        self.dlpm("sendReport", "concernReport { status }", report=report)
        return report


def nothing_was_shared(case: Case) -> None:
    """Whatever happened in the case: a sharing is asked for and approved by persons, or there is none."""
    query = "SELECT count(*) FROM sharing_grant WHERE situation_id = $1::text::uuid"
    assert case.network.fetch(query, case.id.partition("_")[2])[0][0] == 0


def crip(network: Network, client: str, name: str, report: str, **values: Any) -> Any:
    return act(network, client, "CRI", name, "concernReport { status }", report=report, **values)


def test_a_report_between_authorities_from_danger_to_late_return(network: Network) -> None:
    case = Case(network, urgency="IMMEDIATE_DANGER")
    north, south = case.competent("59"), case.competent("13", "PRESENCE")

    # Immediate danger leaves before validation, and waits for it one day.
    first = case.drafted(south)
    case.dlpm("sendReport", "concernReport { status }", report=first)
    clocks = network.data(
        "cli_dlpm",
        "{ deadlines(first: 100, filter: {kind: [VALIDATION], overdue: false}) { nodes { about dueAt } } }",
        member="SUP",
    )["deadlines"]["nodes"]
    assert first in {clock["about"] for clock in clocks}
    case.dlpm("validateReport", "concernReport { status }", by="SUP", report=first)

    # Misrouted: its access ends at once, and it leaves again for the authority that is competent.
    assert node(network, "cli_crip_13", "CRI", first, "status") == {"status": "SENT"}
    misrouted = network.data(
        "cli_crip_13",
        "mutation($input: DeclareMisroutedInput!) { declareMisrouted(input: $input) { concernReport { id } userErrors { code } } }",
        {"input": {"report": first, "suggestedDepartment": "59"}},
        member="CRI",
    )["declareMisrouted"]
    assert misrouted == {"concernReport": None, "userErrors": []}
    assert node(network, "cli_crip_13", "CRI", first, "status") is None
    assert node(network, "cli_dlpm", "LIS", first, "suggestedDepartmentCode") == {"suggestedDepartmentCode": "59"}
    resent = case.dlpm(
        "resendReport", "concernReport { status suggestedDepartmentCode }", report=first, toAuthority=north
    )
    assert resent == {"status": "SENT", "suggestedDepartmentCode": None}

    # Several authorities at once: each sees its own report.
    second = case.sent(south)
    assert node(network, "cli_crip_59", "CRI", second, "status") is None
    assert node(network, "cli_crip_13", "CRI", first, "status") is None
    assert node(network, "cli_crip_13", "CRI", second, "status") == {"status": "SENT"}

    # A complement of the first, to the same authority.
    other = case.sent(north, kind="COMPLEMENTARY", complementsReport=first)
    crip(network, "cli_crip_59", "acknowledgeReport", other)
    crip(network, "cli_crip_59", "declareComplement", other, completes=first)

    # The prosecutor is seized while the first has not even been acknowledged.
    seized = act(
        network,
        "cli_crip_59",
        "CRI",
        "recordJudicialReferral",
        "judicialReferral { motifSig }",
        report=first,
        motifSig="5",
    )
    assert seized == {"motifSig": "5"}
    mine = network.data(
        "cli_crip_59", "{ deadlines(first: 100, filter: {overdue: false}) { nodes { kind about } } }", member="CRI"
    )["deadlines"]["nodes"]
    assert {clock["kind"] for clock in mine if clock["about"] == first} == {"ACKNOWLEDGEMENT", "SENDER_ANSWER"}
    assert {clock["kind"] for clock in mine if clock["about"] == other} == {"RETURN", "SENDER_ANSWER"}

    # Closure waits; overdue, it no longer does; then the only thing a CRIP may write is the late return.
    case.dlpm("monitorSituation", "situation { status }", situation=case.id)
    assert refused(network, "cli_dlpm", "LIS", "closeSituation", situation=case.id) == "REPORT_UNDER_WAY"
    crip(network, "cli_crip_59", "acknowledgeReport", first)
    crip(network, "cli_crip_59", "returnReport", other, conclusion="ALREADY_FOLLOWED")
    make_overdue(network, case.id)
    case.dlpm("closeSituation", "situation { status }", situation=case.id)
    assert refused(network, "cli_crip_59", "CRI", "qualifyReport", report=first, qualified=True) == "SITUATION_CLOSED"
    assert crip(network, "cli_crip_59", "returnReport", first, conclusion="UNLOCATED") == {"status": "RETURNED_TO_119"}
    returned = node(network, "cli_dlpm", "LIS", first, "return { conclusion }")
    assert returned == {"return": {"conclusion": "UNLOCATED"}}
    nothing_was_shared(case)


def make_overdue(network: Network, situation: str) -> None:
    """Time passes: the reports of the case left four months ago."""
    network.administer(
        "UPDATE concern_report SET sent_at = now() - interval '4 months', return_due_at = now() - interval '1 day' "
        "WHERE situation_id = $1::text::uuid",
        situation.partition("_")[2],
    )


def test_an_orientation_from_its_proposal_to_another_association(network: Network) -> None:
    case = Case(network)
    client = "cli_asso_ase_mission"
    worker, colleague = (one["id"] for one in network.members(client, "ASM")[:2])

    def propose(to: str, kind: str = "ASSOCIATION") -> Any:
        return case.dlpm(
            "proposeReferral", "referral { id ref }", situation=case.id, minor=case.minor,
            toOrganisation=organisation(network, to, kind), kind="DIRECT_SUPPORT", needCodes=["PSYCHOLOGICAL_SUPPORT"],
            sharedKinds=[], draft=False,
        )  # fmt: skip

    # Declined with a reason, then proposed again.
    declined = propose(client)["id"]
    answer = act(
        network,
        client,
        "COO",
        "declineReferral",
        "referral { status declineReason }",
        referral=declined,
        reason="CAPACITY",
    )
    assert answer == {"status": "DECLINED", "declineReason": "CAPACITY"}
    first = propose(client)
    assert first["id"] != declined
    act(network, client, "COO", "acceptReferral", "referral { status }", referral=first["id"], assignee=f"mbr_{worker}")

    # No identity before the minor agrees; refused, nothing moves.
    case.dlpm("recordMinorAgreement", "referral { minorAgreement }", referral=first["id"], agreement="REFUSED")
    assert refused(network, "cli_dlpm", "LIS", "releaseIdentity", referral=first["id"]) == "MINOR_HAS_NOT_AGREED"
    case.dlpm("recordMinorAgreement", "referral { minorAgreement }", referral=first["id"], agreement="AGREED")
    case.dlpm("releaseIdentity", "referral { status }", referral=first["id"])

    def follow(status: str, who: str | None = worker, **values: Any) -> Any:
        return act(
            network, client, who, "recordFollowUp", "followUp { status referral { status } }", referral=first["id"],
            status=status, date=datetime.now(UTC).date().isoformat(), **values,
        )  # fmt: skip

    for status, state in (
        ("FIRST_MEETING", "ENGAGED"), ("ONGOING", "ONGOING"), ("PAUSED_RUNAWAY", "PAUSED_RUNAWAY"),
        ("MISSED_MEETING", "PAUSED_RUNAWAY"), ("ONGOING", "ONGOING"),
    ):  # fmt: skip
        assert follow(status, noteForAse="Confidence.") == {"status": status, "referral": {"status": state}}
    assert follow("ONGOING", None) == {"status": "ONGOING", "referral": {"status": "ONGOING"}}
    act(
        network,
        client,
        worker,
        "writeAssociationNote",
        "associationNote { text }",
        referral=first["id"],
        text="Carnet.",
    )

    # Transferred: the follow-up that ends it is still the worker's own, and so are the others they wrote.
    assert follow("TRANSFERRED") == {"status": "TRANSFERRED", "referral": {"status": "TRANSFERRED"}}
    kept = node(
        network, client, worker, first["id"],
        "ref status ageBand endedAt minor { firstName } associationNotes { text } "
        "followUps { status noteForAse withheld { field } }",
    )  # fmt: skip
    assert (kept["ref"], kept["status"], kept["ageBand"], kept["minor"]) == (first["ref"], "TRANSFERRED", None, None)
    assert kept["endedAt"] is not None
    assert kept["associationNotes"] == [{"text": "Carnet."}]
    assert [one["status"] for one in kept["followUps"]] == [
        "TRANSFERRED", "ONGOING", "MISSED_MEETING", "PAUSED_RUNAWAY", "ONGOING", "FIRST_MEETING",
    ]  # fmt: skip
    assert all(one["noteForAse"] is None and one["withheld"] == [{"field": "noteForAse"}] for one in kept["followUps"])
    assert node(network, client, colleague, first["id"], "status") is None
    assert node(network, client, None, first["id"], "status") is None

    # The other association gets a referral of its own: another reference, another agreement, nothing of the first.
    second = propose("cli_foyer", "FOYER")
    assert second["ref"] != first["ref"]
    carer = network.members("cli_foyer", "ASM")[0]["id"]
    act(
        network,
        "cli_foyer",
        "COO",
        "acceptReferral",
        "referral { status }",
        referral=second["id"],
        assignee=f"mbr_{carer}",
    )
    assert refused(network, "cli_dlpm", "LIS", "releaseIdentity", referral=second["id"]) == "MINOR_HAS_NOT_AGREED"
    assert node(network, "cli_foyer", carer, first["id"], "status") is None
    assert node(network, "cli_foyer", carer, second["id"], "minorAgreement followUps { status }") == {
        "minorAgreement": "NOT_ASKED",
        "followUps": [],
    }
    nothing_was_shared(case)


def test_a_family_moves_and_both_authorities_see_the_case_for_a_month(network: Network) -> None:
    case = Case(network)
    report = case.sent(case.competent("59"))
    crip(network, "cli_crip_59", "acknowledgeReport", report)
    south = authority(network, "13")
    shown = "departmentTransfer { id state duty windowEndsAt }"

    def move(client: str, name: str, **values: Any) -> Any:
        return act(network, client, "CRI", name, shown, **values)

    made = move(
        "cli_crip_59", "requestTransfer", situation=case.id, regime="REPORT_UNDER_WAY", departmentCode="13",
        destinationAuthority=south,
    )  # fmt: skip
    transfer = made["id"]
    assert made["state"] == "REQUESTED"
    for identity in (case.id, transfer, case.minor):
        assert node(network, "cli_crip_13", "CRI", identity, "id") is None
    assert refused(network, "cli_crip_13", "CRI", "receiveTransfer", transfer=transfer) == "NOT_FOUND"
    assert refused(network, "cli_crip_59", "CRI", "sendTransfer", transfer=transfer) == "WRONG_STATE"
    wrong = {"transfer": transfer, "duty": "AGREEMENT_WRITTEN", "person": "la mère"}
    assert refused(network, "cli_crip_59", "CRI", "recordTransferDuty", **wrong) == "WRONG_DUTY"
    assert move("cli_crip_59", "recordTransferDuty", **{**wrong, "duty": "INFORMED"})["duty"] == "INFORMED"
    assert move("cli_crip_59", "sendTransfer", transfer=transfer)["state"] == "SENT"

    seen = node(
        network, "cli_crip_13", "CRI", case.id,
        "minors { firstName } concernReports { id status summaryForCrip transmitterCode } transfers { id } "
        "informationDuties { duty } disclosures { act }",
    )  # fmt: skip
    [copy] = seen["concernReports"]
    assert copy["id"] != report
    assert (copy["status"], copy["summaryForCrip"], copy["transmitterCode"]) == ("SENT", "Hébergée à l'hôtel.", "520")
    assert (seen["minors"], seen["transfers"]) == ([{"firstName": "Zoé"}], [{"id": transfer}])
    assert {"duty": "DEPARTMENT_TRANSFER"} in seen["informationDuties"]
    assert {"act": "DEPARTMENT_TRANSFER"} in seen["disclosures"]

    received = move("cli_crip_13", "receiveTransfer", transfer=transfer)
    end = datetime.fromisoformat(received["windowEndsAt"])
    assert received["state"] == "RECEIVED"
    assert timedelta(days=27) < end - datetime.now(UTC) < timedelta(days=33)
    for client in ("cli_crip_59", "cli_crip_13"):
        clocks = network.data(
            client,
            "{ deadlines(first: 100, filter: {kind: [TRANSFER_WINDOW]}) { nodes { about dueAt } } }",
            member="CRI",
        )["deadlines"]["nodes"]
        assert {"about": transfer, "dueAt": received["windowEndsAt"]} in clocks
        assert node(network, client, "CRI", case.minor, "firstName") == {"firstName": "Zoé"}

    # A CRIP corrects the minimal identity; the rest is not even in its schema.
    corrected = act(
        network, "cli_crip_13", "CRI", "updateMinor", "minor { firstName }", minor=case.minor, firstName="Zoé-Lou"
    )
    assert corrected == {"firstName": "Zoé-Lou"}
    assert refused(network, "cli_crip_13", "CRI", "updateMinor", minor=case.minor, lastName="X") in {
        "BAD_USER_INPUT", "BAD_INPUT", "GRAPHQL_VALIDATION_FAILED",
    }  # fmt: skip

    # The origin returns its report, closes, and has nothing left; the destination goes on.
    assert refused(network, "cli_crip_59", "CRI", "closeTransfer", transfer=transfer) == "REPORT_UNDER_WAY"
    crip(network, "cli_crip_59", "qualifyReport", report, qualified=False)
    crip(network, "cli_crip_59", "returnReport", report, conclusion="MOVED")
    closed = network.data(
        "cli_crip_59",
        "mutation($input: CloseTransferInput!) { closeTransfer(input: $input) { departmentTransfer { id } userErrors { code } } }",
        {"input": {"transfer": transfer}},
        member="CRI",
    )["closeTransfer"]
    assert closed == {"departmentTransfer": None, "userErrors": []}
    for identity in (case.id, transfer, case.minor, report):
        assert node(network, "cli_crip_59", "CRI", identity, "id") is None
    assert node(network, "cli_crip_13", "CRI", transfer, "state") == {"state": "CLOSED"}
    assert crip(network, "cli_crip_13", "acknowledgeReport", copy["id"]) == {"status": "ACKNOWLEDGED"}
    nothing_was_shared(case)
