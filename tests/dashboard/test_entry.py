"""A call written down at the DLPM, validated by its supervisor, sent to a CRIP: by forms, and section by section."""

import re
import secrets

import pytest

from dashboard.pages.progress import following
from tests.dashboard.visitor import Visitor, signed_in
from tests.network import Network


@pytest.fixture(scope="module")
def listener(network: Network) -> Visitor:
    return signed_in(network, "cli_dlpm", "LIS")


@pytest.fixture(scope="module")
def supervisor(network: Network) -> Visitor:
    return signed_in(network, "cli_dlpm", "SUP")


@pytest.fixture(scope="module")
def calls(listener: Visitor) -> dict[str, str]:
    """Two situations that are being written, and stay as they are: a new one, and one that lacks its report alone."""
    return {"new": new_call(listener), "written": written(listener)}


def new_call(listener: Visitor, **fields: str) -> str:
    """The path of a situation that a call has just opened."""
    listener.see("/saisie")
    given = {"channel": "PHONE", "outcome": "ANSWERED_IP", "urgency": "PRIORITY", "callerCategory": "MOTHER", **fields}
    assert listener.fill("Ouvrir la situation", **given).status_code == 200
    assert listener.page is not None
    return listener.page.url.path


def section(listener: Visitor, path: str, name: str, **fields: str) -> int:
    """Save one section with its button."""
    listener.see(path)
    _, found = listener.form(containing=f'value="{name}"')
    kept = {key: found[key] for key in ("form_token", "key", "section")}
    return listener.send(path, {**kept, **fields}).status_code


def written(listener: Visitor) -> str:
    """A situation with everything that a report needs but the report."""
    path = new_call(listener)
    assert section(listener, path, "mineur", firstName="Lina", age="15", gender="GIRL", agePrecision="EXACT") == 200
    assert section(listener, path, "note", text="Parle vite. La mère dit avoir vu des messages inquiétants.") == 200
    assert section(listener, path, "difficultes", RUNAWAY="YES", PSYCH_SUFFERING="UNKNOWN") == 200
    assert section(listener, path, "competence", place="59/59", role="RESIDENCE") == 200
    assert "Département du Nord" in listener.text
    return path


def authority_on(listener: Visitor, path: str) -> str:
    listener.see(path)
    return str(re.findall(r'name="toAuthority">.*?<option value="(aut_[^"]+)"', listener.text, re.DOTALL)[0])


def test_a_call_is_written_validated_and_sent(network: Network, listener: Visitor, supervisor: Visitor) -> None:
    path, mark = written(listener), secrets.token_hex(4)
    report = {
        "toAuthority": authority_on(listener, path),
        "summaryForCrip": f"Des fugues répétées sont décrites depuis septembre ({mark}).",
        "appraisal": "Une évaluation rapide paraît nécessaire.",
        "dangerTypes": "PSYCHOLOGICAL",
        "parentsInformed": "YES",
    }
    assert section(listener, path, "ip", **report) == 200
    assert section(listener, path, "envoi") == 422
    assert "un superviseur valide avant la transmission" in listener.text

    supervisor.see("/validation")
    waiting = re.findall(r'href="(/validation/rep_[^"]+)"', supervisor.text)
    draft = next(one for one in waiting if mark in supervisor.see(one).text)
    # What was said on the phone stays with who listened and who supervises: it is not part of the draft.
    assert "Parle vite" not in supervisor.text
    assert supervisor.fill("Valider").status_code == 200
    assert "Validée." in supervisor.text

    assert section(listener, path, "envoi") == 200
    assert "transmise" in listener.text
    officer = signed_in(network, "cli_crip_59", "CRI")
    officer.see(draft.replace("/validation/", "/crip/"))
    assert officer.page is not None and officer.page.status_code == 200
    assert "Des fugues répétées" in officer.text and "Parle vite" not in officer.text


def test_a_section_is_saved_while_it_is_written(network: Network, listener: Visitor) -> None:
    path = new_call(listener)
    for name in ("Zo", "Zoé"):
        _, found = listener.form(containing='value="mineur"')
        sent = {"form_token": found["form_token"], "key": found["key"], "section": "mineur", "firstName": name}
        answer = listener.http.post(
            network.base_url + path, data=sent, headers={"HX-Request": "true", "Origin": network.base_url}
        )
        assert (answer.status_code, "Enregistré" in answer.text, "<html" in answer.text) == (200, True, False)
    listener.see(path)
    assert 'value="Zoé"' in listener.text
    found = network.data(
        "cli_dlpm",
        "query($id: ID!) { node(id: $id) { ... on Situation { minors { firstName } } } }",
        {"id": path.rsplit("/", 1)[1]},
        member="LIS",
    )
    assert found["node"]["minors"] == [{"firstName": "Zoé"}]


def test_a_call_that_is_sent_twice_opens_one_situation(listener: Visitor) -> None:
    listener.see("/saisie")
    path, fields = listener.form(containing="Ouvrir la situation")
    fields |= {"channel": "CHAT", "outcome": "PRE_PROCESSED", "urgency": "STANDARD", "callerCategory": ""}
    places = set()
    for _ in range(2):
        listener.send(path, fields)
        assert listener.page is not None
        places.add(listener.page.url.path)
    assert len(places) == 1
    assert places.pop().startswith("/saisie/sit_")


def report_on(listener: Visitor, path: str, **changes: str) -> dict[str, str]:
    """A complete report for the authority of the page."""
    return {
        "toAuthority": authority_on(listener, path),
        "summaryForCrip": "Des annonces en ligne sont décrites.",
        "appraisal": "Le danger paraît immédiat.",
        "dangerTypes": "PSYCHOLOGICAL",
        "parentsInformed": "YES",
        **changes,
    }


def test_facts_and_a_danger_are_written_and_an_empty_one_is_not(listener: Visitor) -> None:
    path = new_call(listener)
    assert section(listener, path, "exploitation", form="ESCORTING", venue="HOTEL", signs="ADDICTION") == 200
    assert "Escorting, hôtel, addiction" in listener.text
    assert section(listener, path, "danger", days="7") == 422
    assert "Écrivez un lieu" in listener.text
    assert section(listener, path, "danger", place="Hôtel de la gare", days="3650") == 422
    assert section(listener, path, "danger", place="Hôtel de la gare", days="7") == 200
    assert "Hôtel de la gare, jusqu’au" in listener.text


def test_an_immediate_danger_leaves_first_for_each_minor_and_is_validated_afterwards(
    listener: Visitor, supervisor: Visitor
) -> None:
    path = written(listener)
    assert section(listener, path, "mineur", minor="nouveau", firstName="Zoé", age="14") == 200
    assert "Mineur 2" in listener.text and 'value="Lina"' in listener.text
    second = re.findall(r'<option value="(min_[^"]+)">Zoé', listener.text)[0]
    assert section(listener, path, "situation", urgency="IMMEDIATE_DANGER") == 200
    assert section(listener, path, "ip", report="nouveau", minor=second, **report_on(listener, path)) == 200
    assert "Transmission : Zoé" in listener.text
    assert section(listener, path, "envoi") == 200
    assert "La supervision valide dans les 24 heures." in listener.text
    report = re.findall(r'name="report" value="(rep_[^"]+)"', listener.text)
    assert report == []

    supervisor.see("/validation")
    due = re.findall(r'<a href="(/validation/rep_[^"]+)">', supervisor.text)
    for draft in due:
        supervisor.see(draft)
        if "Zoé" in supervisor.text:
            break
    assert supervisor.fill("Valider après transmission").status_code == 200
    assert "Validée." in supervisor.text and "Rien à décider" in supervisor.text

    # The authority says that it is another's: the 119 sends it on, and says to whom.
    officer = signed_in(listener.network, "cli_crip_59", "CRI")
    officer.see(supervisor.page.url.path.replace("/validation/", "/crip/") if supervisor.page else "")
    officer.fill("Une autre autorité est compétente", suggestedDepartment="62")
    assert section(listener, path, "competence", place="62/62", role="PRESENCE") == 200
    assert "a indiqué le département 62" in listener.text
    other = re.findall(r"Autre autorité compétente<.*?<option value=\"(aut_[^\"]+)\"", listener.text, re.DOTALL)[0]
    assert section(listener, path, "renvoi", toAuthority="") == 422
    assert section(listener, path, "renvoi", toAuthority=other) == 200
    assert "mal adressée" not in listener.text


def test_what_the_crip_reads_is_never_a_copy_of_the_note(listener: Visitor) -> None:
    path = written(listener)
    copied = "Parle vite. La mère dit avoir vu des messages inquiétants."
    answer = section(listener, path, "ip", toAuthority=authority_on(listener, path), summaryForCrip=copied)
    assert answer == 422
    assert "Rien n’a été enregistré." in listener.text


def test_what_is_missing_is_said_where_it_is_missing(listener: Visitor) -> None:
    path = new_call(listener)
    for name, fields, sentence in (
        ("mineur", {"age": "quinze"}, "L’âge s’écrit en chiffres."),
        ("competence", {"place": ""}, "Choisissez un département."),
        ("ip", {"toAuthority": ""}, "Écrivez d’abord qui est le mineur"),
    ):
        assert section(listener, path, name, **fields) == 422
        assert sentence in listener.text
    assert listener.send(path, {**listener.form(containing='value="mineur"')[1], "section": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "fields", "kept"),
    [
        ("mineur", {"firstName": "Lina", "age": "quinze"}, ('value="Lina"', 'value="quinze"')),
        ("mineur", {"minor": "nouveau", "firstName": "Zoé", "age": "x"}, ('value="Zoé"',)),
        ("note", {"text": "Parle vite. " * 2000}, ("Parle vite. Parle vite.", "Un texte est trop long")),
        ("situation", {"urgency": "PRIORITY", "knownSource": "CALLER_SAID", "key": "\0"}, ('"CALLER_SAID" selected',)),
        ("competence", {"place": "59/nulle", "role": "PRESENCE"}, ('value="PRESENCE" selected',)),
        ("exploitation", {"venue": "HOTEL", "signs": "ADDICTION", "key": "\0"}, ('value="ADDICTION" checked',)),
        ("danger", {"place": "Hôtel de la gare", "days": "3650"}, ('value="Hôtel de la gare"',)),
        ("difficultes", {"RUNAWAY": "YES", "key": "\0"}, ('value="YES" selected',)),
        ("ip", {"toAuthority": "", "summaryForCrip": "Un <u>texte</u>"}, ("Un <u>texte</u></textarea>",)),
        (
            "appelant",
            {"anonymity": "TRANSMISSIBLE_CRIP", "relation": "tante"},
            ('value="tante"', "recueillez son accord"),
        ),
    ],
    ids=["minor", "second", "note", "situation", "authority", "fact", "danger", "difficulty", "report", "caller"],
)
def test_what_is_refused_stands_in_its_form_again(
    listener: Visitor, calls: dict[str, str], name: str, fields: dict[str, str], kept: tuple[str, ...]
) -> None:
    path = calls["written" if name == "ip" or "minor" in fields else "new"]
    assert section(listener, path, name, **fields) == 422
    part = next(part for part in listener.text.split("<section")[1:] if "À corriger" in part)
    assert all(one in part for one in kept)
    assert listener.text.count("À corriger") == 1


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [("", ""), ("ooo", "a"), ("xoo", "b"), ("xoxo", "d"), ("oxx", "a"), ("xxx", "")],
    ids=["none", "a new call", "in order", "passed over", "what was passed over last", "all"],
)
def test_what_comes_next_is_behind_what_was_written_last(parts: str, wanted: str) -> None:
    held = {name: "1 champ" if mark == "x" else "" for name, mark in zip("abcd", parts, strict=False)}
    assert following(held) == wanted
