"""Bilan annuel: the draft on its page, in every form to take along, and in words where there is no PDF."""

import csv
import importlib
import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dashboard import pdf
from dashboard.assets import STATIC
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network

_HERE = "/bilan?annee=2023"


@pytest.fixture(scope="module")
def analyst(network: Network) -> Visitor:
    return signed_in(network, "cli_dlpm", "ANA")


def test_the_page_and_what_is_taken_along_say_the_same(analyst: Visitor) -> None:
    page = analyst.see(_HERE)
    assert page.status_code == 200
    assert "version 0, <strong>brouillon</strong>" in page.text and "ne pas diffuser" in page.text
    on_page = re.findall(r'<th scope="row">[^<]*</th><td class="number[^"]*">([^<]*)</td>', analyst.text)
    assert on_page[:2] == ["143", "439"]
    export = analyst.see("/bilan.csv?annee=2023&version=0")
    rows = list(csv.reader(io.StringIO(export.content.decode("utf-8-sig")), delimiter=";"))
    shown = [row[3] for row in rows[1:]]
    # On the page single numbers stand with their like; there are neither more nor fewer of them.
    assert sorted(on_page) == sorted(shown)
    assert export.headers["content-disposition"] == 'attachment; filename="bilan-2023-v0.csv"'
    data = analyst.see("/bilan.json?annee=2023").json()
    assert [line["count"] for line in data["lines"]] == shown
    alone = analyst.see("/bilan.html?annee=2023")
    assert re.findall(r'<td class="number">([^<]*)</td><td class="number">[^<]*</td><td', alone.text) == shown


def test_a_year_is_frozen_by_the_supervision_published_by_the_officer_and_read_by_all(network: Network) -> None:
    here = "/bilan?annee=2024"
    supervisor, officer = signed_in(network, "cli_dlpm", "SUP"), signed_in(network, "cli_dlpm", "DPO")
    other, worker = signed_in(network, "cli_crip_59", "DPO"), signed_in(network, "cli_asso_measure", "ASM")
    officer.see(here)
    assert "Aucun bilan de cette année n’est publié" in officer.text and "Décider" not in officer.text
    supervisor.see(here)
    _, form = supervisor.form(containing="Figer le bilan")
    assert supervisor.send(here, {**form, "version": "0" * 20}).status_code == 422
    assert "relisez-la, puis recommencez" in supervisor.text and "brouillon" in supervisor.text
    assert supervisor.send(here, {**form, "act": "publier"}).status_code == 400
    supervisor.see(here)
    assert supervisor.fill("Figer le bilan").status_code == 200
    assert (
        "version 1, <strong>figé</strong>" in supervisor.text
        and "Figé : ces chiffres ne changent plus" in supervisor.text
    )
    assert supervisor.fill("Figer une correction", reason="Doublons").status_code == 422
    assert "Les chiffres sont ceux de la version figée" in supervisor.text
    for reader in (other, worker):
        reader.see(here)
        assert "Aucun bilan de cette année n’est publié" in reader.text and "Décider" not in reader.text
    officer.see(here)
    assert "Tableaux publics" in officer.text
    path, form = officer.form(containing="Publier la version 1")
    assert (
        other.send(path, {**form, "form_token": supervisor.form(containing="correction")[1]["form_token"]}).status_code
        == 400
    )
    officer.send(path, form)
    assert "Publié : toutes les personnes habilitées du réseau le lisent" in officer.text
    assert officer.send(path, form).status_code == 200, "sent twice, it is one act"
    worker.see(here)
    assert "version 1, <strong>publié</strong>" in worker.text and "Décider" not in worker.text
    assert worker.see("/bilan.csv?annee=2024&version=1").status_code == 200


def test_a_draft_is_the_dlpm_s_alone(network: Network) -> None:
    worker = signed_in(network, "cli_asso_measure", "ASM")
    assert worker.see(_HERE).status_code == 200
    assert "Aucun bilan de cette année n’est publié" in worker.text and "143" not in worker.text
    for form in ("csv", "json", "html", "pdf"):
        assert worker.see(f"/bilan.{form}?annee=2023").status_code == 404
        assert worker.see(f"/bilan.{form}?annee=2023&version=0").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [("annee=1999", 400), ("annee=x", 400), ("annee=%C2%B2", 400), ("annee=2023&version=7", 404), ("annee=", 400)],
)
def test_what_there_is_not_is_refused_on_a_french_page(analyst: Visitor, query: str, status: int) -> None:
    for path in ("/bilan", "/bilan.csv", "/bilan.pdf"):
        assert analyst.see(f"{path}?{query}").status_code == status
        assert 'href="/"' in analyst.text


@pytest.fixture
def engine() -> Any:
    """WeasyPrint, where it and what it needs of the system are there."""
    try:
        return pdf._engine()
    except pdf.PdfMissingError as missing:
        pytest.skip(f"no PDF: {missing}")


def test_the_pdf_is_tagged_and_has_its_title(analyst: Visitor, engine: Any) -> None:
    reader = pytest.importorskip("pypdf")
    answer = analyst.see("/bilan.pdf?annee=2023")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    document = reader.PdfReader(io.BytesIO(answer.content))
    catalog = document.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalog["/Lang"] == "fr" and document.metadata.title.startswith("Bilan ")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in re.sub(rb"\s", b"", catalog["/Metadata"].get_data()) or (
        b'pdfuaid:part="1"' in catalog["/Metadata"].get_data()
    )
    parts = _parts(catalog["/StructTreeRoot"])
    assert {"/Document", "/H1", "/H2", "/Table", "/TR", "/TH", "/TD"} <= {str(one["/S"]) for one in parts}
    assert {str(one["/A"]["/Scope"]) for one in parts if one["/S"] == "/TH"} == {"/Column", "/Row"}
    text = "".join(page.extract_text() for page in document.pages)
    assert "143" in text and "439" in text and "ne pas diffuser" in text


def _parts(node: object) -> list[Mapping[str, Any]]:
    """All parts of a document's tree."""
    found: list[Mapping[str, Any]] = []
    open_ = [node]
    while open_:
        one = open_.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, dict):
            found += [one] if "/S" in one else []
            open_ += [one["/K"]] if "/K" in one else []
        elif isinstance(one, list):
            open_ += one
    return found


def test_the_pdf_keeps_every_rule_of_pdf_ua_that_a_validator_knows(analyst: Visitor, engine: Any) -> None:
    """ISO 14289-1, by an implementation of its rules that is not ours; a PDF that breaks them is found."""
    validator = pytest.importorskip("page")
    report = validator.validate_pdf_bytes(analyst.see("/bilan.pdf?annee=2023").content, profile="ua1")
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.is_compliant and report.rules.total > 100
    plain = engine.HTML(string="<title>x</title><table><tr><td>1</td></tr></table>").write_pdf()
    assert not validator.validate_pdf_bytes(plain, profile="ua1").is_compliant


def test_without_pango_the_pdf_is_refused_in_french_and_the_csv_is_offered(
    analyst: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        message = f"cannot load library 'libpango' for {name}"
        raise OSError(message)

    async def here(draw: Callable[..., object], *given: object) -> object:
        return draw(*given)

    pdf._engine.cache_clear()
    monkeypatch.setattr(importlib, "import_module", missing)
    # The process that draws is another one: there nothing is missing.
    monkeypatch.setattr(pdf._DRAWING, "run", here)
    try:
        answer = analyst.see("/bilan.pdf?annee=2023")
    finally:
        pdf._engine.cache_clear()
    assert answer.status_code == 501
    assert "PDF indisponible" in analyst.text and "libpango" not in answer.text
    assert analyst.see(analyst.link("/bilan.csv").replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x.css",
        "http://127.0.0.1/",
        "data:text/css,p{}",
        "file:///etc/passwd",
        f"{STATIC.as_uri()}/../facts.py",
        f"{STATIC.as_uri()}/%2e%2e/facts.py",
        f"{STATIC.as_uri()}",
        STATIC.joinpath("theme.css").as_uri().replace("file://", "file://elsewhere"),
    ],
)
def test_a_document_takes_nothing_from_elsewhere(url: str) -> None:
    with pytest.raises(ValueError, match="our own folder"):
        pdf.own_file(url)


def test_a_document_may_use_our_own_files() -> None:
    assert pdf.own_file(STATIC.joinpath("theme.css").as_uri()) == STATIC.joinpath("theme.css").resolve()
