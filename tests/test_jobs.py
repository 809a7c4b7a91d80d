"""The jobs Maillage exists for, from the listener's first call to the association's follow-up, over real HTTP.

One story in order: each test continues where the one before stopped, as the people of the network do; asked for alone,
it tells what came before.
"""

from datetime import UTC, datetime

import pytest

from tests.acting import Chapters, act, refused
from tests.network import Network


class Story:
    """What the people of the story know so far."""

    situation: str
    minor: str
    contact: str
    authority: str
    report: str
    referral: str
    orientation_ref: str


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


chapter = Chapters()


@chapter
def test_a_listener_records_a_situation_its_minor_and_the_call(network: Network, story: Story) -> None:
    opened = act(
        network, "cli_dlpm", "LIS", "openSituation", "situation { id ref status urgency }", urgency="PRIORITY",
        qualification="SUSPECTED", knownToCp="UNKNOWN", knownSource="UNKNOWN",
    )  # fmt: skip
    assert (opened["status"], opened["urgency"]) == ("OPEN", "PRIORITY")
    story.situation = opened["id"]
    contact = act(
        network, "cli_dlpm", "LIS", "recordContact", "contact { id callerCategory callerCategoryPublic }",
        situation=story.situation, channel="PHONE", direction="IN", outcome="ANSWERED_IP", callerCategory="MOTHER",
    )  # fmt: skip
    assert (contact["callerCategory"], contact["callerCategoryPublic"]) == ("MOTHER", "FAMILY")
    story.contact = contact["id"]
    minor = act(
        network, "cli_dlpm", "LIS", "addMinor", "minor { id ageBand firstName lastName }", situation=story.situation,
        firstName="Lina", lastName="Inventée", gender="GIRL", age=15, agePrecision="EXACT", safeChannel="SMS",
    )  # fmt: skip
    assert (minor["ageBand"], minor["firstName"]) == ("A15_17", "Lina")
    story.minor = minor["id"]
    caller = act(
        network, "cli_dlpm", "LIS", "recordCaller", "caller { name anonymity }", contact=story.contact,
        anonymity="KNOWN_119_ONLY", name="Mme Inventée", livesWithChild="YES", consentGiven=False,
    )  # fmt: skip
    assert caller == {"name": "Mme Inventée", "anonymity": "KNOWN_119_ONLY"}
    act(
        network, "cli_dlpm", "LIS", "writeListeningNote", "listeningNote { text }", contact=story.contact,
        text="Parle vite, très inquiète.",
    )  # fmt: skip
    act(
        network, "cli_dlpm", "LIS", "recordProblematic", "problematicObservation { kind value }",
        situation=story.situation, minor=story.minor, kind="RUNAWAY", value="YES",
    )  # fmt: skip
    act(
        network, "cli_dlpm", "LIS", "recordSensitiveProblematic", "sensitiveObservation { kind value }",
        situation=story.situation, minor=story.minor, kind="PSYCH_SUFFERING", value="YES",
    )  # fmt: skip
    act(
        network, "cli_dlpm", "LIS", "recordExploitationFact", "exploitationFact { form }", situation=story.situation,
        minor=story.minor, form="MICHETONNAGE", venue="HOTEL", recruitment="SOCIAL_NETWORK", mode="LOVER_BOY",
        signs=["RUNAWAY"],
    )  # fmt: skip


@chapter
def test_until_a_report_is_sent_the_crip_knows_nothing(network: Network, story: Story) -> None:
    found = network.data("cli_crip_59", '{ authorities(filter: {code: ["59"]}) { nodes { id } } }', member="CRI")
    story.authority = found["authorities"]["nodes"][0]["id"]
    act(
        network, "cli_dlpm", "LIS", "recordJurisdiction", "jurisdiction { role }", situation=story.situation,
        departmentCode="59", authority=story.authority, role="RESIDENCE",
    )  # fmt: skip
    drafted = act(
        network, "cli_dlpm", "LIS", "draftReport", "concernReport { id status }", situation=story.situation,
        minor=story.minor, originContact=story.contact, toAuthority=story.authority, kind="INITIAL",
        summaryForCrip="Adolescente en fugue, hébergée à l'hôtel par un adulte rencontré en ligne.",
        appraisal="Danger probable.", dangerTypes=["SEXUAL"], parentsInformed="NO",
        parentsInformedReason="La mère craint des représailles.",
    )  # fmt: skip
    story.report = drafted["id"]
    assert drafted["status"] == "DRAFT"
    for identity in (story.situation, story.report, story.minor):
        assert network.data("cli_crip_59", f'{{ node(id: "{identity}") {{ id }} }}', member="CRI") == {"node": None}


@chapter
def test_a_report_leaves_only_when_the_supervisor_has_validated_it(network: Network, story: Story) -> None:
    assert refused(network, "cli_dlpm", "LIS", "sendReport", report=story.report) == "NOT_VALIDATED"
    assert act(network, "cli_dlpm", "SUP", "validateReport", "concernReport { status }", report=story.report) == {
        "status": "VALIDATED"
    }
    sent = act(
        network, "cli_dlpm", "LIS", "sendReport", "concernReport { status urgency situation { status } }",
        report=story.report,
    )  # fmt: skip
    assert sent == {"status": "SENT", "urgency": "PRIORITY", "situation": {"status": "IP_SENT"}}


@chapter
def test_the_crip_tool_sees_coded_fields_and_its_officer_the_minor(network: Network, story: Story) -> None:
    inbox = "{ concernReports(first: 1) { nodes { id status urgency acknowledgeDueAt dueAt situation { ref } minor { ageBand } } } }"
    alone = network.data("cli_crip_59", inbox)["concernReports"]["nodes"][0]
    assert (alone["id"], alone["urgency"], alone["minor"]) == (story.report, "PRIORITY", {"ageBand": "A15_17"})
    assert alone["dueAt"] == alone["acknowledgeDueAt"] is not None
    hidden = network.ask("cli_crip_59", "{ concernReports { nodes { summaryForCrip } } }")
    assert hidden["errors"][0]["message"] == "There is no field `summaryForCrip` here."

    officer = network.data(
        "cli_crip_59",
        '{ node(id: "REPORT") { ... on ConcernReport { summaryForCrip originContact { callerCategory callerCategoryPublic caller { name } withheld { field reason } }'
        " situation { qualification minors { firstName lastName age } problematics { kind value } sensitiveProblematics { kind } exploitationFacts { form } withheld { field } } } } }".replace(
            "REPORT", story.report
        ),
        member="CRI",
    )["node"]
    assert officer["summaryForCrip"].startswith("Adolescente en fugue")
    assert officer["situation"]["minors"] == [{"firstName": "Lina", "lastName": "Inventée", "age": 15}]
    assert officer["situation"]["withheld"] == []
    contact = officer["originContact"]
    assert (contact["callerCategory"], contact["callerCategoryPublic"], contact["caller"]) == (None, "FAMILY", None)
    assert {notice["field"]: notice["reason"] for notice in contact["withheld"]} == {
        "callerCategory": "OUT_OF_MANDATE",
        "caller": "OUT_OF_MANDATE",
    }
    assert network.data("cli_crip_13", f'{{ node(id: "{story.report}") {{ id }} }}', member="CRI") == {"node": None}


@chapter
def test_the_crip_walks_the_report_to_its_return(network: Network, story: Story) -> None:
    assert refused(network, "cli_crip_59", "CRI", "startEvaluation", report=story.report) == "WRONG_STATE"
    assert act(network, "cli_crip_59", None, "acknowledgeReport", "concernReport { status }", report=story.report) == {
        "status": "ACKNOWLEDGED"
    }
    stale = network.data(
        "cli_crip_59", f'{{ node(id: "{story.report}") {{ ... on ConcernReport {{ version }} }} }}', member="CRI"
    )["node"]["version"]
    assert act(
        network, "cli_crip_59", "CRI", "qualifyReport", "concernReport { status }", report=story.report, qualified=True,
        expectedVersion=stale,
    ) == {"status": "QUALIFIED"}  # fmt: skip
    assert (
        refused(network, "cli_crip_59", "CRI", "startEvaluation", report=story.report, expectedVersion=stale)
        == "STALE_VERSION"
    )
    act(network, "cli_crip_59", "CRI", "startEvaluation", "concernReport { status }", report=story.report)
    act(
        network, "cli_crip_59", "CRI", "recordJudicialReferral", "judicialReferral { motifSig }", report=story.report,
        motifSig="5",
    )  # fmt: skip
    act(
        network, "cli_crip_59", "CRI", "concludeEvaluation", "concernReport { status }", report=story.report,
        conclusion="JUDICIAL_REFERRAL",
    )  # fmt: skip
    returned = act(
        network, "cli_crip_59", "CRI", "returnReport", "concernReport { status dueAt return { conclusion codes } }",
        report=story.report, codes=["NATDECASSED:15"],
    )  # fmt: skip
    assert returned == {
        "status": "RETURNED_TO_119",
        "dueAt": None,
        "return": {"conclusion": "JUDICIAL_REFERRAL", "codes": ["NATDECASSED:15"]},
    }
    seen = network.data(
        "cli_dlpm",
        f'{{ node(id: "{story.report}") {{ ... on ConcernReport {{ return {{ conclusion }} }} }} }}',
        member="LIS",
    )
    assert seen["node"]["return"] == {"conclusion": "JUDICIAL_REFERRAL"}


@chapter
def test_an_ase_service_answers_the_link_and_follows_the_situation(network: Network, story: Story) -> None:
    found = network.data(
        "cli_dlpm",
        '{ organisations(first: 100, filter: {kind: [ASE], territory: "59"}) { nodes { id authority { code } } } }',
        member="LIS",
    )
    ase = next(node["id"] for node in found["organisations"]["nodes"] if node["authority"]["code"] == "59")
    look = f'{{ node(id: "{story.situation}") {{ ... on Situation {{ id status qualification minors {{ firstName }} liveDangers {{ place }} withheld {{ field reason }} }} }} }}'
    assert network.data("cli_ase_59", look, member="ASE") == {"node": None}
    act(
        network, "cli_dlpm", "LIS", "proposeAseLink", "aseLink { state }", situation=story.situation,
        aseOrganisation=ase, serviceContact="Standard de l'ASE",
    )  # fmt: skip
    coded = network.data(
        "cli_ase_59", f'{{ node(id: "{story.situation}") {{ ... on Situation {{ status minors {{ ageBand }} }} }} }}'
    )
    assert coded["node"] == {"status": "IP_SENT", "minors": [{"ageBand": "A15_17"}]}
    worker = network.members("cli_ase_59", "ASE")[0]["id"]
    act(
        network, "cli_ase_59", worker, "answerAseLink", "aseLink { state }", situation=story.situation,
        state="CONTACTED", takeCharge=False,
    )  # fmt: skip
    act(
        network, "cli_ase_59", worker, "answerAseLink", "aseLink { state }", situation=story.situation,
        state="CONFIRMED", takeCharge=True,
    )  # fmt: skip
    seen = network.data("cli_ase_59", look, member=worker)["node"]
    assert seen["minors"] == [{"firstName": "Lina"}]
    assert seen["qualification"] == "SUSPECTED"
    assert (seen["liveDangers"], seen["withheld"]) == ([], [{"field": "liveDangers", "reason": "NEEDS_GRANT"}])
    today = datetime.now(UTC).date().isoformat()
    measure = act(
        network, "cli_ase_59", worker, "recordMeasure", "measure { decision nature }", situation=story.situation,
        decision="JUDICIAL", nature="15", startsOn=today, takeCharge=True,
    )  # fmt: skip
    assert measure == {"decision": "JUDICIAL", "nature": "15"}
    colleague = network.members("cli_ase_59", "ASE")[1]["id"]
    assert network.data("cli_ase_59", look, member=colleague) == {"node": None}


@chapter
def test_an_association_sees_codes_until_it_accepted_and_the_minor_agreed(network: Network, story: Story) -> None:
    found = network.data(
        "cli_dlpm", "{ organisations(first: 100, filter: {kind: [ASSOCIATION]}) { nodes { id name } } }", member="LIS"
    )
    name = next(one for one in network.card["clients"] if one["client_id"] == "cli_asso_ase_mission")["organisation"]
    association = next(node["id"] for node in found["organisations"]["nodes"] if node["name"] == name)
    proposed = act(
        network, "cli_dlpm", "LIS", "proposeReferral", "referral { id ref status }", situation=story.situation,
        minor=story.minor, toOrganisation=association, kind="DIRECT_SUPPORT", needCodes=["PSYCHOLOGICAL_SUPPORT"],
        sharedKinds=["RUNAWAY"], territory="59", draft=False,
    )  # fmt: skip
    story.referral, story.orientation_ref = proposed["id"], proposed["ref"]
    look = f'{{ node(id: "{story.referral}") {{ ... on Referral {{ ref status ageBand territory needCodes minorAgreement minor {{ firstName }} }} }} }}'
    coordinator = (
        f'{{ node(id: "{story.referral}") {{ ... on Referral {{ ref status ageBand territory needCodes }} }} }}'
    )
    assert network.data("cli_asso_ase_mission", coordinator, member="COO")["node"] == {
        "ref": story.orientation_ref,
        "status": "PROPOSED",
        "ageBand": "A15_17",
        "territory": "59",
        "needCodes": ["PSYCHOLOGICAL_SUPPORT"],
    }
    worker = network.members("cli_asso_ase_mission", "ASM")[0]["id"]
    assert network.data("cli_asso_ase_mission", look, member=worker) == {"node": None}
    act(
        network, "cli_asso_ase_mission", "COO", "acceptReferral", "referral { status }", referral=story.referral,
        assignee=f"mbr_{worker}",
    )  # fmt: skip
    assert refused(
        network, "cli_asso_ase_mission", "COO", "acceptReferral", referral=story.referral, assignee=f"mbr_{worker}"
    ) in {"WRONG_STATE", "NOT_FOUND"}
    accepted = network.data(
        "cli_asso_ase_mission",
        f'{{ node(id: "{story.referral}") {{ ... on Referral {{ minor {{ ageBand firstName withheld {{ field reason }} }} situation {{ problematics {{ kind value }} }} }} }} }}',
        member=worker,
    )["node"]
    assert accepted["minor"] == {
        "ageBand": "A15_17",
        "firstName": None,
        "withheld": [{"field": "firstName", "reason": "NEEDS_AGREEMENT"}],
    }
    assert accepted["situation"]["problematics"] == [{"kind": "RUNAWAY", "value": "YES"}]


@chapter
def test_identity_is_released_only_with_the_minors_agreement(network: Network, story: Story) -> None:
    assert refused(network, "cli_dlpm", "LIS", "releaseIdentity", referral=story.referral) != ""
    act(
        network, "cli_dlpm", "LIS", "recordMinorAgreement", "referral { minorAgreement }", referral=story.referral,
        agreement="ASKED",
    )  # fmt: skip
    act(
        network, "cli_dlpm", "LIS", "recordMinorAgreement", "referral { minorAgreement }", referral=story.referral,
        agreement="AGREED",
    )  # fmt: skip
    act(network, "cli_dlpm", "LIS", "releaseIdentity", "referral { status }", referral=story.referral)
    worker = network.members("cli_asso_ase_mission", "ASM")[0]["id"]
    seen = network.data(
        "cli_asso_ase_mission",
        f'{{ node(id: "{story.referral}") {{ ... on Referral {{ status minor {{ firstName age safeChannel lastName withheld {{ field reason }} }} }} }} }}',
        member=worker,
    )["node"]
    assert seen["minor"] == {
        "firstName": "Lina",
        "age": 15,
        "safeChannel": "SMS",
        "lastName": None,
        "withheld": [{"field": "lastName", "reason": "OUT_OF_MANDATE"}],
    }


@chapter
def test_the_association_records_its_follow_up_with_three_fields(network: Network, story: Story) -> None:
    worker = network.members("cli_asso_ase_mission", "ASM")[0]["id"]
    day = datetime.now(UTC).date().isoformat()
    first = act(
        network, "cli_asso_ase_mission", worker, "recordFollowUp", "followUp { status date referral { status } }",
        referral=story.referral, status="FIRST_MEETING", date=day,
    )  # fmt: skip
    assert first == {"status": "FIRST_MEETING", "date": day, "referral": {"status": "ENGAGED"}}
    alone = act(
        network, "cli_asso_ase_mission", None, "recordFollowUp", "followUp { status referral { status } }",
        referral=story.referral, status="ONGOING", date=day,
    )  # fmt: skip
    assert alone == {"status": "ONGOING", "referral": {"status": "ONGOING"}}
    crip = network.data(
        "cli_crip_59",
        f'{{ node(id: "{story.situation}") {{ ... on Situation {{ followUps {{ status organisation {{ name }} }} }} }} }}',
        member="CRI",
    )
    assert [one["status"] for one in crip["node"]["followUps"]] == ["ONGOING", "FIRST_MEETING"]


@chapter
def test_withdrawing_the_orientation_ends_access_at_once(network: Network, story: Story) -> None:
    act(network, "cli_dlpm", "LIS", "withdrawReferral", "referral { status }", referral=story.referral)
    worker = network.members("cli_asso_ase_mission", "ASM")[0]["id"]
    seen = network.data(
        "cli_asso_ase_mission",
        f'{{ node(id: "{story.referral}") {{ ... on Referral {{ ref status ageBand minor {{ firstName }} situation {{ status }} followUps {{ status }} withheld {{ field reason }} }} }} }}',
        member=worker,
    )["node"]
    assert (seen["ref"], seen["status"], seen["ageBand"], seen["minor"], seen["situation"]) == (
        story.orientation_ref,
        "WITHDRAWN",
        None,
        None,
        None,
    )
    # Permissions, section 8: reference, status and what this worker wrote; what the tool recorded is gone.
    assert seen["followUps"] == [{"status": "FIRST_MEETING"}]
    assert {"field": "ageBand", "reason": "ENDED"} in seen["withheld"]


def test_an_association_outside_mission_gets_coded_consultations_only(network: Network) -> None:
    rows = network.data(
        "cli_asso_outside_mission",
        "{ referrals { nodes { ref kind status codedProblematics codedForms } } }",
        member="ASO",
    )
    assert rows["referrals"]["nodes"], "the synthetic data has consultations"
    # Of an ended one only the reference and the status are left.
    assert {row["kind"] for row in rows["referrals"]["nodes"]} - {None} == {"PROFESSIONAL_CONSULTATION"}
    for field in ("minor { firstName }", "situation { ref }"):
        answer = network.ask("cli_asso_outside_mission", f"{{ referrals {{ nodes {{ {field} }} }} }}", member="ASO")
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_an_analyst_gets_the_report_and_never_a_row(network: Network) -> None:
    figures = network.data(
        "cli_dlpm",
        "{ nationalMonitoring(period: {kind: REPORT, year: 2023}) { situations { count { value } definition } meanAge { mean { value } } } }",
        member="ANA",
    )["nationalMonitoring"]
    assert figures["situations"]["count"]["value"] == 143
    assert figures["meanAge"]["mean"]["value"] == 15.0
    for root in ("situations", "minors", "concernReports", "contacts", "referrals"):
        answer = network.ask("cli_dlpm", f"{{ {root} {{ totalCount }} }}", member="ANA")
        assert answer["errors"][0]["message"] == f"There is no field `{root}` here."
