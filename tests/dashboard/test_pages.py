"""The pages over HTTP, without JavaScript: who gets what, refusals as French pages, acts done once, nothing kept."""

import json
import re
import shutil
from pathlib import Path

import pytest

from auth.conditions import Condition
from auth.policy import decision
from dashboard import charts, geography
from dashboard.assets import COPIED, STATIC, Assets
from dashboard.pages.referrals import OFFERED
from dashboard.rendering import ENVIRONMENT
from dashboard.words.conditions import SENTENCES
from graph.schemas.roles import schema_of
from graph.sign_in.sessions import Sessions
from loaders.commands.follow_up import sources
from loaders.commands.sessions import SessionDesk
from schema.errors import UnavailableError
from schema.reference import departments
from schema.vocabulary import Audience, Category, FollowUpStatus, ReferralKind, ReferralStatus
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network

PAGES = (
    "/",
    "/orientations",
    "/orientations/ref_00000000-0000-4000-8000-000000000000",
    "/crip",
    "/delais",
    "/delais.csv",
    "/veille",
    "/veille.csv",
)
STYLE = re.compile(r"<style|\sstyle=|\son\w+=|javascript:|https?://", re.IGNORECASE)


@pytest.fixture(scope="module")
def worker(network: Network) -> Visitor:
    return signed_in(network, "cli_asso_measure", "ASM")


@pytest.fixture(scope="module")
def analyst(network: Network) -> Visitor:
    return signed_in(network, "cli_dlpm", "ANA")


@pytest.fixture(scope="module")
def officer(network: Network) -> Visitor:
    return signed_in(network, "cli_crip_59", "CRI")


def test_who_has_not_signed_in_is_led_to_sign_in_and_shown_nothing(network: Network) -> None:
    for path in PAGES:
        answer = network.http.get(network.base_url + path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/auth/demo", b""), path
        piece = network.http.get(network.base_url + path, headers={"HX-Request": "true"})
        if path != "/":
            assert (piece.status_code, piece.headers["hx-redirect"], piece.content) == (204, "/auth/demo", b""), path


@pytest.mark.parametrize("path", ["/", "/veille", "/veille?periode=2026-T1", "/veille?periode=x", "/crip", "/rien"])
def test_every_answer_is_kept_nowhere_and_asks_nothing_of_strangers(analyst: Visitor, path: str) -> None:
    page = analyst.see(path)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "HX-Request" in page.headers["vary"]
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';") and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    # What a page names of the world outside is the name space of SVG alone.
    text = re.sub(r'xmlns(:xlink)?="http://www.w3.org/[^"]+"', "", page.text)
    assert not STYLE.search(text), STYLE.search(text)
    assert '<html lang="fr"' in page.text


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/crip", 403, "n’est pas ouverte à votre habilitation"),
        ("/orientations", 403, "n’est pas ouverte à votre habilitation"),
        ("/veille?periode=1999", 400, "n’a pas pu être lue"),
        ("/rien", 404, "Rien à cette adresse"),
    ],
)
def test_a_refusal_is_a_french_page_with_a_way_back(analyst: Visitor, path: str, status: int, title: str) -> None:
    page = analyst.see(path)
    assert page.status_code == status
    assert title in analyst.text and 'href="/"' in page.text
    piece = analyst.see(path, **{"HX-Request": "true"})
    # htmx swaps errors in too: then without the frame.
    if path != "/rien":
        assert piece.status_code == status and "<html" not in piece.text and title in analyst.text


@pytest.mark.parametrize(
    "path",
    [
        "/orientations/ref_00000000-0000-4000-8000-000000000000",
        "/orientations/sit_00000000-0000-4000-8000-000000000000",
        "/orientations/x",
    ],
)
def test_what_is_out_of_reach_is_what_does_not_exist(worker: Visitor, path: str) -> None:
    assert worker.see(path).status_code == 404
    assert "Rien de tel n’est à votre portée" in worker.text


def test_another_association_s_orientation_is_not_there(network: Network, worker: Visitor) -> None:
    other = signed_in(network, "cli_asso_ase_mission", "ASM")
    other.see("/orientations")
    theirs = other.link("/orientations/ref_")
    assert other.see(theirs).status_code == 200
    assert worker.see(theirs).status_code == 404


# ---------------------------------------------------------------- orientations


def _first_meeting(network: Network) -> str:
    found = network.data(
        "cli_asso_measure", "{ referrals(filter: {status: [IDENTITY_RELEASED]}) { nodes { id } } }", member="ASM"
    )
    return str(found["referrals"]["nodes"][0]["id"])


def _follow_ups(network: Network, identity: str) -> list[str]:
    asked = "query($id: ID!) { node(id: $id) { ... on Referral { followUps(first: 50) { status } } } }"
    found = network.data("cli_asso_measure", asked, {"id": identity}, member="ASM")
    return [one["status"] for one in found["node"]["followUps"]]


def test_a_follow_up_is_one_short_form_and_one_act_however_often_it_is_sent(network: Network, worker: Visitor) -> None:
    identity = _first_meeting(network)
    # Other tests act in this network too.
    before = _follow_ups(network, identity)
    worker.see(f"/orientations/{identity}")
    assert "Premier rendez-vous" in worker.text
    path, fields = worker.form(containing="Nouvelle étape")
    fields["status"] = "MISSED_MEETING"
    for _ in range(2):
        assert worker.send(path, fields).status_code == 200
        assert "Enregistré : rendez-vous manqué." in worker.text
    assert sorted(_follow_ups(network, identity)) == sorted([*before, "MISSED_MEETING"])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"status": ""}, "Choisissez une étape."),
        ({"status": "<b>"}, "Choisissez une étape."),
        ({"status": "MISSED_MEETING", "date_day": "32"}, "Écrivez le jour"),
        ({"status": "COMPLETED"}, "Ce suivi n'est pas possible"),
    ],
)
def test_a_wrong_form_says_what_to_change_and_keeps_what_was_written(
    network: Network, worker: Visitor, changed: dict[str, str], sentence: str
) -> None:
    worker.see(f"/orientations/{_first_meeting(network)}")
    answer = worker.fill("Nouvelle étape", note="Merci & <i>à bientôt</i>", **changed)
    assert answer.status_code == 422
    assert sentence in worker.text
    assert "Merci &amp; &lt;i&gt;" in answer.text and "<i>" not in answer.text


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_a_form_of_another_site_does_nothing(network: Network, worker: Visitor, headers: dict[str, str]) -> None:
    worker.see(f"/orientations/{_first_meeting(network)}")
    path, fields = worker.form(containing="Nouvelle étape")
    assert worker.send(path, {**fields, "status": "MISSED_MEETING"}, **headers).status_code == 400
    assert worker.send(path, {**fields, "status": "MISSED_MEETING", "form_token": "x"}).status_code == 400


def test_what_is_withheld_is_told_from_the_rule(network: Network, worker: Visitor) -> None:
    worker.see(f"/orientations/{_first_meeting(network)}")
    assert "partage à demander" in worker.text and "CASF L226-2-2" in worker.text


def test_the_form_offers_what_the_act_allows() -> None:
    for kind in ReferralKind:
        for state in ReferralStatus:
            allowed = {status for status in FollowUpStatus if state in sources(Audience.ASM, kind, status)}
            assert set(OFFERED.get((kind, state), ())) == allowed, (kind, state)


# ---------------------------------------------------------------- national figures


def test_the_map_the_table_and_the_export_say_the_same(analyst: Visitor) -> None:
    analyst.see("/veille")
    assert "143" in analyst.text and "moins de 11" in analyst.text
    table = dict(re.findall(r"<td>(\d[\dAB]\d?)</td><td>(?:<strong>)?([^<]+)", analyst.text))
    assert len(table) == 101
    export = analyst.see("/veille.csv?periode=bilan-2023")
    assert export.content.startswith(b"\xef\xbb\xbfindicateur;")
    assert export.headers["content-disposition"] == 'attachment; filename="veille-bilan-2023.csv"'
    rows = [line for line in export.text.splitlines() if line.startswith("Situations par département;")]
    assert len(rows) == 101
    shown = {f"{code} {name}" for code, name in table.items()}
    assert {row.split(";")[1] for row in rows} == shown


def test_leaving_works_without_the_database(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise UnavailableError(reason="test")

    visitor = signed_in(network, "cli_dlpm", "ANA")
    visitor.http.follow_redirects = False
    with monkeypatch.context() as patched:
        patched.setattr(SessionDesk, "close", away)
        left = visitor.see("/quitter")
    assert left.status_code == 303 and "maillage=;" in left.headers["set-cookie"]
    other = signed_in(network, "cli_dlpm", "ANA")
    other.http.follow_redirects = False
    monkeypatch.setattr(Sessions, "caller", away)
    home = other.see("/")
    assert home.status_code == 503 and home.headers["content-type"].startswith("text/html")


def test_leaving_is_in_the_access_log(network: Network) -> None:
    visitor = signed_in(network, "cli_dlpm", "ANA")
    visitor.http.follow_redirects = False
    counted = "SELECT count(*) FROM access_log WHERE operation LIKE 'sign-out%'"
    [(before,)] = network.fetch(counted)
    visitor.see("/quitter")
    [(after,)] = network.fetch(counted)
    assert after == before + 1


@pytest.mark.parametrize("path", ["/veille?periode=%00", "/orientations/ref_%00", "/crip?statut=%00"])
def test_what_no_text_can_hold_is_refused_as_an_address(
    analyst: Visitor, worker: Visitor, officer: Visitor, path: str
) -> None:
    for visitor in (analyst, worker, officer):
        assert visitor.see(path).status_code in {200, 400, 403, 404}


def test_a_form_with_a_nul_is_refused_and_writes_nothing(network: Network, worker: Visitor) -> None:
    worker.see(f"/orientations/{_first_meeting(network)}")
    path, fields = worker.form(containing="Nouvelle étape")
    before = network.fetch("SELECT count(*) FROM follow_up")
    for name in ("note", "key"):
        answer = worker.send(path, {**fields, "status": "MISSED_MEETING", name: "a\0b"})
        assert answer.status_code in {400, 404, 422}, (name, answer.status_code)
    assert network.fetch("SELECT count(*) FROM follow_up") == before


def test_leaving_ends_the_session(network: Network) -> None:
    visitor = signed_in(network, "cli_dlpm", "ANA")
    visitor.http.follow_redirects = False
    kept = dict(visitor.http.cookies)
    left = visitor.see("/quitter")
    assert left.status_code == 303 and not left.headers["location"].startswith(network.base_url)
    visitor.http.cookies.update(kept)
    assert visitor.see("/veille").headers["location"] == "/auth/demo"


def test_every_template_is_escaped_whatever_its_name() -> None:
    for name in ENVIRONMENT.list_templates():
        assert ENVIRONMENT.autoescape is True, name
    assert ENVIRONMENT.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


# ---------------------------------------------------------------- the network


def test_a_suspended_member_is_out_at_once_and_the_delegate_does_not_bring_them_back(network: Network) -> None:
    delegate = signed_in(network, "cli_ase_13", "DEL")
    worker = signed_in(network, "cli_ase_13", "ASE")
    name = network.members("cli_ase_13", "ASE")[0]["name"]
    assert worker.see("/veille").status_code == 200

    def row() -> str:
        delegate.see("/reseau")
        return next(part for part in delegate.text.split("<tr>") if f"<strong>{name}</strong>" in part)

    given = {found: re.findall(rf'name="{found}" value="([^"]*)"', row())[0] for found in ("id", "version", "key")}
    given["form_token"] = re.findall(r'name="form_token" value="([^"]*)"', row())[0]
    assert delegate.send("/reseau", {**given, "act": "suspendre"}).status_code == 200
    assert "l’accès a pris fin" in delegate.text
    worker.see("/veille")
    assert "Choisir une personne" in worker.text
    # Only the operator lifts it.
    assert 'name="act"' not in row()
    assert delegate.send("/reseau", {**given, "key": given["key"] + "2", "act": "retablir"}).status_code == 400


def test_the_matrix_on_the_page_is_the_policy(network: Network) -> None:
    controller = signed_in(network, "cli_dlpm", "DPO")
    controller.see("/matrice")
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', controller.text, re.DOTALL)
    shown = {label: re.findall(r'<span class="cell \w+">([^<]*)</span>', cells) for label, cells in rows}
    for category in Category:
        if category is not Category.KEY:
            label = category.label[0].upper() + category.label[1:]
            assert shown[label] == [str(decision(audience, category)) for audience in Audience], label


def test_each_condition_is_told_in_french() -> None:
    assert set(SENTENCES) == set(Condition)
    assert len(set(SENTENCES.values())) == len(Condition)


def test_a_developer_gets_the_contract_of_her_own_tools_and_no_other(network: Network) -> None:
    delegate = signed_in(network, "cli_crip_59", "DEL")
    delegate.see("/developpeurs")
    assert "Agent de CRIP" not in delegate.text
    given = delegate.see("/developpeurs/ORG_CRIP.graphql")
    assert given.content == (STATIC.parents[1] / "schema" / "contract" / "ORG_CRIP.graphql").read_bytes()
    for other in ("CRI", "SUP", "ORG_ASE", "..%2f..%2fpyproject"):
        assert delegate.see(f"/developpeurs/{other}.graphql").status_code == 404
        assert delegate.see(f"/developpeurs/{other}").status_code == 404
    delegate.see("/developpeurs/ORG_CRIP")
    schema = schema_of(Audience.ORG_CRIP)
    for name, field in schema.query_type.fields.items() if schema.query_type else ():
        assert re.search(rf"<code>{name}[(<].*?<code>{re.escape(str(field.type))}</code>", delegate.text), name
    delegate.see("/developpeurs")
    assert "0.1.0" in delegate.text and "The first contract." in delegate.text
    # Of what changed she is told what concerns her, in whole sentences; of another's contract not even the names.
    told = re.findall(r"<li>([^<]+)</li>", delegate.text.split("Ce qui change dans les contrats")[1])
    assert "Field Mutation.resumeMember was removed. (DEL)" in told
    assert not any(one.endswith(("(DPO)", ",")) for one in told)
    assert "Which right a person claims is a word, no text." not in delegate.text
    operator = signed_in(network, "cli_operator", "ADM")
    operator.see("/developpeurs")
    assert "(DEL)" not in operator.text and "À surveiller</h4>" in operator.text


# ---------------------------------------------------------------- without what npm and the extras bring


def test_without_npm_and_charts_the_pages_are_plain_tables_that_say_what_to_install(
    analyst: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(STATIC / "style", tmp_path / "style")
    for name in ("theme.css", "pages.js", "mark.svg"):
        shutil.copy(STATIC / name, tmp_path / name)
    monkeypatch.setitem(ENVIRONMENT.globals, "assets", Assets(tmp_path))
    monkeypatch.setattr(geography, "shapes", lambda: ())
    monkeypatch.setattr(charts, "AVAILABLE", False)
    page = analyst.see("/veille")
    assert page.status_code == 200
    assert "vendor/" not in page.text and '<svg class="map"' not in page.text and "mark-group" not in page.text
    assert "La carte n’est pas installée. Installez Node.js" in analyst.text
    assert analyst.text.count("Graphiques absents : installez altair") == 3
    assert len(re.findall(r"<td>(\d[\dAB]\d?)</td>", analyst.text)) == 101
    assert "87\u00a0%" in analyst.text


def test_the_map_is_that_of_the_departments() -> None:
    shapes = geography.shapes()
    if not shapes:
        pytest.skip("npm ci has not run in dashboard/ (README, « Pages »)")
    codes = {place.code for place in departments()}
    assert {shape.code for shape in shapes} | set(geography.OVERSEAS) == codes
    assert all(0 < shape.x < 613 and 0 < shape.y < 585 for shape in shapes)


def test_what_npm_brings_is_locked_without_addresses_and_copied_with_its_licence() -> None:
    lock = json.loads((STATIC.parent / "package-lock.json").read_text())
    assert "resolved" not in json.dumps(lock)
    assert all("integrity" in found for name, found in lock["packages"].items() if name)
    wanted = json.loads((STATIC.parent / "package.json").read_text())["dependencies"]
    copied = {"/".join(source.split("/")[: 2 if source.startswith("@") else 1]) for source in COPIED}
    assert copied == set(wanted)
    for package in wanted:
        assert [name for source, name in COPIED.items() if source.startswith(package) and "LICENSE" in name], package
