"""A person's answer holds what the officer may see and open, says what is left out, and exists on a request only."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from graph.cli import subject_report as files
from graph.subject_report import Form, as_document, written
from loaders.journals.audit import AuditWriter
from loaders.nouns import NOUNS
from loaders.policy.doors import column_rule
from loaders.postgres.logins import AUDIT
from loaders.statement.execute import Reader
from loaders.subject_report.export import subject_report
from loaders.subject_report.french import LABELS, TITLES
from loaders.subject_report.report import SubjectReport
from loaders.subject_report.request import NoOfficerError, NoRequestError, OfThe119Error, WhichMinorError
from schema.errors import MaillageError, UnavailableError
from schema.vocabulary import Audience, Category
from tests.network import Network
from tests.sealed import fresh_key, sealed

NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """A case made for the test, and who is around it."""

    network: Network
    case: UUID
    ref: str
    minors: tuple[UUID, UUID]
    dlpm: UUID

    def sql(self, statement: str, *values: Any) -> list[Any]:
        async def main() -> list[Any]:
            connection = await asyncpg.connect(self.network.cluster.admin)
            try:
                return list(await connection.fetch(statement, *values))
            finally:
                await connection.close()

        return asyncio.run(main())

    def member(self, role: str, client: str = "cli_dlpm", place: int = 0) -> UUID:
        return UUID(self.network.members(client, role)[place]["id"])

    def asked(
        self,
        controller: UUID | None = None,
        *,
        answered: bool = False,
        kind: str = "ACCESS",
        requester: str = "MINOR",
        about: UUID | None = None,
    ) -> UUID:
        [row] = self.sql(
            "INSERT INTO subject_request (situation_id, controller_org_id, kind, due_at, answered_at, requester, minor_id) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            self.case,
            controller or self.dlpm,
            kind,
            NOW + timedelta(days=30),
            NOW if answered else None,
            requester,
            about,
        )
        identity: UUID = row["id"]
        return identity

    def exported(self, request: UUID) -> Any:
        return self.sql("SELECT reported_at FROM subject_request WHERE id = $1", request)[0][0]

    def opened(self, *groups: str) -> None:
        self.sql(
            "INSERT INTO emergency_access (situation_id, member_id, organisation_id, approved_by_id, reason_code, reason, "
            "field_groups, opened_at, expires_at) "
            "VALUES ($1, $2, $3, $4, 'SUBJECT_REQUEST', 'Demande', $5, now(), now() + interval '1 h')",
            self.case,
            self.member("DPO"),
            self.dlpm,
            self.member("SUP"),
            list(groups),
        )

    def report(
        self, officer: UUID | None = None, about: UUID | None = None, trace: str = "t", *, named: bool = True
    ) -> SubjectReport:
        async def main() -> SubjectReport:
            reader, audit = (
                Reader(self.network.cluster.login, size=1, most=4),
                AuditWriter(self.network.cluster.login(AUDIT)),
            )
            await audit.start()
            try:
                return await subject_report(
                    reader,
                    audit,
                    officer or self.member("DPO"),
                    self.ref,
                    now=NOW,
                    trace_id=trace,
                    about=about or (self.minors[0] if named else None),
                )
            finally:
                await audit.close()
                await reader.close()

        return asyncio.run(main())

    def records(self, trace: str) -> list[Any]:
        return self.sql("SELECT * FROM access_log WHERE trace_id = $1", trace)


SECRETS = {
    "other minor": "Autre-Prénom",
    "parent": "Parent-Nom",
    "caller": "Appelant-Nom",
    "note": "Note-Ecoute",
    "perpetrator": "Auteur-Nom",
    "told": "Informé-Nom",
    "association": "Note-Association",
    "procedure": "Enquête-Secrète",
}


@pytest.fixture
def desk(network: Network) -> Iterator[Desk]:
    case, ref, one, two = uuid4(), f"T-{uuid4().hex}", uuid4(), uuid4()

    async def fill() -> UUID:
        connection = await asyncpg.connect(network.cluster.admin)
        try:
            dlpm: UUID = await connection.fetchval("SELECT organisation_id FROM oauth_client WHERE id = 'cli_dlpm'")
            contact = uuid4()
            key, kept = fresh_key(network.secrets.keyring, case)
            for table, values in (
                ("situation", {"id": case, "ref": ref, "controller_org_id": dlpm}),
                ("situation_key", kept),
                ("minor", {"id": one, "first_name": "Prénom", "gender": "GIRL", "last_name": "=Nom;1", "age": 15}),
                ("minor", {"id": two, "first_name": SECRETS["other minor"], "gender": "GIRL"}),
                ("parental_holder", {"minor_id": one, "name": SECRETS["parent"]}),
                (
                    "contact",
                    {"id": contact, "at": NOW, "channel": "PHONE", "direction": "IN", "outcome": "ANSWERED_IP"},
                ),
                ("caller", sealed(key, "caller", {"id": uuid4(), "contact_id": contact, "name": SECRETS["caller"]})),
                (
                    "listening_note",
                    sealed(key, "listening_note", {"id": uuid4(), "contact_id": contact, "text": SECRETS["note"]}),
                ),
                ("legal_hold", {"reason": SECRETS["procedure"]}),
                ("alleged_perpetrator", {"identifiers": [SECRETS["perpetrator"]]}),
                ("problematic", {"minor_id": one, "kind": "RUNAWAY", "value": "YES"}),
                ("problematic", {"minor_id": two, "kind": "CYBER", "value": "YES"}),
                ("problematic", {"kind": "COERCIVE_CONTROL", "value": "YES"}),
                (
                    "information_duty",
                    {"duty": "COMPUTER_FILE", "person": SECRETS["told"], "done_at": NOW},
                ),
                ("disclosure", {"from_org_id": dlpm, "to_org_id": dlpm, "act": "IP_SENT", "field_groups": ["G01"]}),
            ):
                await _insert(connection, table, {"situation_id": case, "controller_org_id": dlpm, **values})
            return dlpm
        finally:
            await connection.close()

    dlpm = asyncio.run(fill())
    yield Desk(network, case, ref, (one, two), dlpm)


async def _insert(connection: Any, table: str, values: dict[str, Any]) -> None:
    columns = [
        row[0]
        for row in await connection.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1", table
        )
    ]
    kept = {name: value for name, value in values.items() if name in columns}
    places = ", ".join(f"${place}" for place in range(1, len(kept) + 1))
    await connection.execute(f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({places})", *kept.values())


def section(report: SubjectReport, noun: str) -> list[dict[str, str | None]]:
    [found] = [one for one in report.sections if one.noun == noun]
    return [dict(zip([name for name, _, _ in found.columns], row, strict=True)) for row in found.rows]


def test_without_a_second_person_the_answer_holds_what_the_officer_sees(desk: Desk) -> None:
    desk.asked()
    report = desk.report()
    assert [row["ref"] for row in section(report, "Situation")] == [desk.ref]
    assert [row["status"] for row in section(report, "Situation")] == ["ouverte"]
    text = written(report, Form.JSON)
    for hidden in ("Prénom", "=Nom;1", *SECRETS.values()):
        assert f'"{hidden}"' not in text
    closed = {one.category for one in report.omissions if "SUBJECT_REQUEST" in one.reason}
    assert {Category.MINOR_MINIMAL, Category.FULL_IDENTITY, Category.CONTACTS, Category.PROBLEMATICS} <= closed


def test_what_a_second_person_opened_is_in_the_answer_and_nothing_of_others(desk: Desk) -> None:
    desk.asked()
    desk.opened("G03", "G04", "G05", "G09", "G16", "G19")
    report = desk.report()
    [minor] = section(report, "Minor")
    assert (minor["first_name"], minor["gender"], minor["last_name"]) == ("Prénom", "fille", "=Nom;1")
    assert len(section(report, "ProblematicObservation")) == 2, "hers, and what is of the situation as a whole"
    text = written(report, Form.JSON) + written(report, Form.CSV)
    for name, hidden in SECRETS.items():
        assert hidden not in text, name
    reasons = {(one.category, one.title): one.reason for one in report.omissions}
    assert "appelant" in reasons[Category.CALLER_IDENTITY, "Appelants"]
    assert "notes d'écoute" in reasons[Category.LISTENING_NOTES, "Notes d'écoute"]
    assert "15" in reasons[Category.PARENTS, "Titulaires de l'autorité parentale"]
    assert "15" in reasons[Category.LIVE_DANGER, "Auteurs présumés"]
    assert "15" in reasons[Category.INFORMATION_DUTIES, "Information des personnes"]
    assert "enquête" in reasons[Category.REQUESTS, "Conservations imposées"]
    assert len(section(report, "LegalHold")) == 1, "that it is kept, and since when"
    [opening] = section(report, "EmergencyAccess")
    assert opening["reason_code"] == "demande d'une personne concernée"
    assert not [name for name in ("member_id", "approved_by_id") if name in opening], "nobody is named"
    assert not [one for one in report.omissions if one.category is Category.FULL_IDENTITY]


def test_what_was_opened_and_is_over_is_left_out_again(desk: Desk) -> None:
    desk.asked()
    desk.opened("G03", "G04")
    assert section(desk.report(), "Minor")[0]["first_name"] == "Prénom"
    desk.sql(
        "UPDATE emergency_access SET opened_at = now() - interval '61 min', expires_at = now() - interval '1 min' WHERE situation_id = $1",
        desk.case,
    )
    report = desk.report()
    assert not {"Prénom", "=Nom;1"} & {str(value) for row in section(report, "Minor") for value in row.values()}
    assert {Category.MINOR_MINIMAL, Category.FULL_IDENTITY} <= {one.category for one in report.omissions}


def test_the_answer_names_recipients_and_readers_by_organisation(desk: Desk) -> None:
    desk.asked()
    supervisor = desk.member("SUP")
    desk.network.data("cli_dlpm", f'{{ node(id: "sit_{desk.case}") {{ id }} }}', member=str(supervisor))
    desk.network.seal()
    document = as_document(desk.report())
    [name] = desk.sql("SELECT name FROM organisation WHERE id = $1", desk.dlpm)
    heads = [column["nom"] for column in document["destinataires"]["colonnes"]]
    [line] = document["destinataires"]["lignes"]
    assert dict(zip(heads, line, strict=True))["toOrganisation"] == name[0]
    assert dict(zip(heads, line, strict=True))["field_groups"] == "G01 en-tête de la situation"
    heads = [column["nom"] for column in document["consultations"]["colonnes"]]
    reads = [dict(zip(heads, row, strict=True)) for row in document["consultations"]["lignes"]]
    assert [(one["organisation"], one["audience"], one["operation"]) for one in reads] == [(name[0], "SUP", "node")]
    assert str(supervisor) not in json.dumps(document)


def test_the_report_is_in_the_log_before_it_is_given(desk: Desk) -> None:
    desk.asked()
    desk.opened("G03")
    trace = uuid4().hex
    desk.report(trace=trace)
    [record] = desk.records(trace)
    assert (record["event"], record["outcome"], record["operation"]) == ("READ", "OK", "subjectReport")
    assert (record["member_id"], record["organisation_id"]) == (desk.member("DPO"), desk.dlpm)
    assert json.loads(record["situations"]) == [str(desk.case)]
    assert {"G01", "G03", "G29"} <= set(record["categories"])
    assert {"G04", "G09"} <= set(record["withheld"])
    assert not {"G06", "G10"} & {*record["categories"], *record["withheld"]}


def test_the_request_says_that_its_export_was_made_and_whose_it_is(desk: Desk) -> None:
    older = desk.asked(kind="RECTIFICATION")
    request = desk.asked(about=desk.minors[0])
    desk.opened("G03")
    [minor] = section(desk.report(named=False), "Minor")
    assert minor["first_name"] == "Prénom"
    assert (desk.exported(request), desk.exported(older)) == (NOW, None)


def test_a_parent_is_given_no_report_of_the_119(desk: Desk) -> None:
    desk.asked(requester="PARENTAL_HOLDER")
    desk.opened("G11", "G12")
    report = desk.report()
    heads = {name for one in report.sections if one.noun == "ConcernReport" for name, *_ in one.columns}
    assert "status" in heads
    assert not heads & {"summary_for_crip", "appraisal", "danger_types", "parents_informed", "parents_informed_reason"}
    reasons = {one.reason for one in report.omissions if one.category is Category.REPORT_TEXT}
    assert any("L311-5" in reason for reason in reasons)


def test_a_partner_exports_nothing_that_came_from_the_119(desk: Desk) -> None:
    [crip] = desk.sql(
        "SELECT organisation_id, o.authority_id FROM oauth_client c JOIN organisation o ON o.id = c.organisation_id WHERE c.id = 'cli_crip_59'"
    )
    desk.sql(
        "INSERT INTO situation_jurisdiction (situation_id, authority_id, department_code, role) VALUES ($1, $2, '59', 'RESIDENCE')",
        desk.case,
        crip["authority_id"],
    )
    desk.sql(
        "INSERT INTO concern_report (situation_id, controller_org_id, to_authority_id, status, sent_at) VALUES ($1, $2, $3, 'SENT', now())",
        desk.case,
        desk.dlpm,
        crip["authority_id"],
    )
    request, trace = desk.asked(crip["organisation_id"]), uuid4().hex
    assert refusal(desk, officer=desk.member("DPO", "cli_crip_59"), trace=trace) is OfThe119Error
    [record] = desk.records(trace)
    assert (record["event"], record["outcome"], record["situations"]) == ("REFUSAL", "OF_THE_119", "[]")
    assert desk.exported(request) is None


def test_no_record_no_report(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.asked()

    async def away(*_: object) -> None:
        raise UnavailableError

    monkeypatch.setattr(AuditWriter, "write", away)
    with pytest.raises(UnavailableError):
        desk.report()


def refusal(desk: Desk, **given: Any) -> type[MaillageError]:
    with pytest.raises(MaillageError) as caught:
        desk.report(**given)
    return type(caught.value)


def test_without_an_open_request_nothing_is_told_and_the_refusal_is_logged(desk: Desk) -> None:
    trace = uuid4().hex
    assert refusal(desk, trace=trace) is NoRequestError
    [record] = desk.records(trace)
    assert (record["event"], record["outcome"], record["situations"]) == ("REFUSAL", "NO_SUBJECT_REQUEST", "[]")
    desk.asked(answered=True)
    assert refusal(desk) is NoRequestError
    # Asked of another controller.
    [crip] = desk.sql("SELECT organisation_id FROM oauth_client WHERE id = 'cli_crip_59'")
    desk.asked(crip[0])
    assert refusal(desk) is NoRequestError
    # Who has the request, and no reach to the case.
    assert refusal(desk, officer=desk.member("DPO", "cli_crip_59")) is NoRequestError
    assert refusal(Desk(desk.network, desk.case, "T-unknown", desk.minors, desk.dlpm)) is NoRequestError


def test_only_an_officer_with_a_live_habilitation_gets_an_answer(desk: Desk) -> None:
    desk.asked()
    assert refusal(desk, officer=desk.member("SUP")) is NoOfficerError
    assert refusal(desk, officer=uuid4()) is NoOfficerError
    officer = desk.member("DPO")
    desk.sql("UPDATE habilitation SET state = 'SUSPENDED' WHERE member_id = $1", officer)
    try:
        assert refusal(desk) is NoOfficerError
    finally:
        desk.sql("UPDATE habilitation SET state = 'ACTIVE' WHERE member_id = $1", officer)
        # What came back revives no token.
        desk.network.tokens.clear()


def test_with_several_minors_the_officer_says_which(desk: Desk) -> None:
    desk.asked()
    assert refusal(desk, named=False) is WhichMinorError
    assert refusal(desk, about=uuid4()) is NoRequestError


def test_the_table_is_readable_by_any_spreadsheet_and_holds_no_formula(desk: Desk) -> None:
    desk.asked()
    desk.opened("G03", "G04")
    text = written(desk.report(), Form.CSV)
    assert text.startswith("\N{BYTE ORDER MARK}partie;table;ligne;")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\N{BYTE ORDER MARK}")), delimiter=";"))
    assert {len(row) for row in rows} == {7}
    assert ["données", "Mineur", "1", "G04", "identité complète", "nom", "'=Nom;1"] in rows
    assert {row[0] for row in rows} >= {"avertissement", "données", "destinataires", "omissions"}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_every_noun_about_a_case_has_its_french_title_and_every_column_its_label() -> None:
    about = {name for name, noun in NOUNS.items() if noun.situation_column}
    assert about == set(TITLES)
    shown = {
        column.name
        for name in about
        for column in NOUNS[name].table.c
        if column.info["category"] is not Category.KEY and column_rule(Audience.DPO, NOUNS[name], column.name)
    }
    others = {"name", "contact", "authority_kind", "danger_if_informed", "identifiers", "relation"}
    others |= {"person", "caseworker"}
    assert shown - others <= set(LABELS)
    columns = {column.name for name in about for column in NOUNS[name].table.c}
    assert set(LABELS) <= columns


def test_the_file_is_the_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    files._save(path, "x")
    assert (path.stat().st_mode & 0o777, path.read_text()) == (0o600, "x")
    with pytest.raises(MaillageError, match="already"):
        files._save(path, "y")
    assert path.read_text() == "x"
