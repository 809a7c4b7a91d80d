"""What a reader takes along is the same from both worlds: the journal of accesses, and a published yearly report.

The pages are asked as a browser asks them. A published report is told as it was published, so it stays the same although in
the second world everything that it counted has changed since.
"""

import csv
import io
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import asyncpg
import pytest
from pypdf import PdfReader

from auth.signin.forms import Forms
from auth.signin.people import Proof
from dashboard import pdf
from graph.sign_in.sessions import Sessions
from loaders.commands.sessions import SessionDesk
from loaders.postgres.connections import Lanes
from loaders.postgres.logins import SIGNIN, password_of
from schema.vocabulary import Purpose
from tests.cluster import SECRET
from tests.twins.house import ISSUER, House
from tests.twins.test_twins import ask_and_act, palette_of, running
from tests.twins.theatre import TAKES_ALONG, Seat, Stage, Twins, token_in

READERS = [
    TAKES_ALONG,
    pytest.param(Seat("cli_crip_59", "DEL", "ADMINISTRATION"), marks=pytest.mark.slow),
    pytest.param(Seat("cli_ase_59", "DPO", "CONTROL"), marks=pytest.mark.slow),
]
YEAR = 2023
FIGURES = (
    f"{{ nationalMonitoring(period: {{kind: REPORT, year: {YEAR}}}) "
    "{ situations { count { label } } minors { count { label } } } }"
)
FORMS = ("csv", "json", "html")
# All that a PDF says of itself: no moment at which it was made, and nobody who made it.
SAYS_OF_ITSELF = {"/Title", "/Author", "/Producer"}
ACT = """mutation($input: {kind}!) {{ {name}(input: $input) {{ yearlyReport {{ state }} userErrors {{ code message }} }} }}"""


@asynccontextmanager
async def _browsing(stage: Stage, house: House, seat: Seat) -> Any:
    """A browser in which somebody is signed in: gives what a path answers."""
    viewer, server = stage.viewer(seat), stage.cluster.server
    assert viewer.member is not None
    lanes = Lanes(server.dsn(SIGNIN, password_of(SECRET, SIGNIN), f"{house.name}_world"), size=2)
    sessions = Sessions(SessionDesk(lanes), ISSUER, Forms(stage.keys.forms, ISSUER))
    right = next(
        row["id"]
        for row in stage.world.tables["habilitation"]
        if row["member_id"] == viewer.member and row["role"] == seat.role
    )
    try:
        begun = await sessions.begin(viewer.member, Proof(), None)
        chosen = await sessions.choose(str(begun), right, Purpose(str(seat.purpose)))
        assert chosen is not None
        cookie = sessions.cookie.set(chosen[0]).partition(";")[0]

        async def see(path: str) -> tuple[int, list[tuple[str, str]], bytes]:
            answer = await house.http.get(path, headers={"Cookie": cookie, "Accept": "text/html"})
            return answer.status_code, sorted(answer.headers.multi_items()), answer.content

        yield see
    finally:
        await lanes.close()


async def _taken(twins: Twins, seat: Seat, paths: list[str]) -> list[list[Any]]:
    """What each world answers to each path."""
    found = []
    for house in (twins.first, twins.second):
        async with _browsing(twins.stage, house, seat) as see:
            found.append([await see(path) for path in paths])
    return found


def _table(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))


async def _rows(house: House, query: str, *values: Any) -> list[Any]:
    connection = await asyncpg.connect(house.admin_dsn)
    try:
        return [tuple(row) for row in await connection.fetch(query, *values)]
    finally:
        await connection.close()


async def _published(twins: Twins) -> None:
    """Frozen by one and published by another in the first world; the second has it as a replica would."""
    for role, name in (("SUP", "freezeYearlyReport"), ("DPO", "publishYearlyReport")):
        seat = Seat("cli_dlpm", role, "EVALUATE" if role == "SUP" else "CONTROL")
        document = ACT.format(kind=name[0].upper() + name[1:] + "Input", name=name)
        wish = {"query": document, "variables": {"input": {"year": YEAR}}}
        reply = await twins.first.ask(await token_in(twins.stage, seat, twins.first), wish)
        assert json.loads(reply.body)["data"][name]["userErrors"] == [], reply.body
    first, second = [await asyncpg.connect(house.admin_dsn) for house in (twins.first, twins.second)]
    try:
        rows = await first.fetch("SELECT * FROM yearly_report WHERE year = $1", YEAR)
        await second.copy_records_to_table("yearly_report", columns=list(rows[0].keys()), records=map(tuple, rows))
    finally:
        await first.close()
        await second.close()


async def _same_journal(twins: Twins, seat: Seat) -> None:
    mine = {"organisation": f"org_{twins.stage.viewer(seat).organisation}"}
    filters: tuple[dict[str, str], ...] = (
        {},
        {"periode": "mois"},
        {"resultat": "lectures"},
        {"resultat": "refus"},
        mine,
    )
    one, other = await _taken(twins, seat, [f"/journal.csv?{urlencode(chosen)}" for chosen in filters])
    assert one == other
    assert {status for status, _, _ in one} == {200}
    assert len(_table(one[0][2])) > 1
    # The log itself is not the same: what others read of others' cases differs.
    kept, changed = [
        await _rows(house, "SELECT * FROM case_access ORDER BY id") for house in (twins.first, twins.second)
    ]
    assert kept != changed
    assert len(kept) > len(_table(one[0][2]))


async def _same_report(twins: Twins, seat: Seat) -> None:
    """Published in the first world and copied: everything that it counted is otherwise in the second."""
    before, changed = await twins.both({"query": FIGURES})
    assert before.body != changed.body
    await _published(twins)
    one, other = await _taken(twins, seat, [f"/bilan.{form}?annee={YEAR}" for form in FORMS])
    assert one == other
    assert {status for status, _, _ in one} == {200}
    assert len(_table(one[0][2])) > 30
    await _same_pdf(twins, seat, [line[3] for line in _table(one[0][2])[1:]])


async def _same_pdf(twins: Twins, seat: Seat, counts: list[str]) -> None:
    """Byte for byte: text, structure and metadata; where nothing draws (no Pango), the refusal is compared."""
    (one,), (other,) = await _taken(twins, seat, [f"/bilan.pdf?annee={YEAR}"])
    assert one == other
    try:
        pdf._engine()
    except pdf.PdfMissingError:
        assert one[0] == 501
        return
    assert one[0] == 200
    document = PdfReader(io.BytesIO(one[2]))
    said = document.metadata
    assert said is not None and set(said) == SAYS_OF_ITSELF and said.author == "Maillage"
    words = {word for page in document.pages for word in page.extract_text().split()}
    assert "143" in counts and {word for count in counts for word in count.split()} <= words


@pytest.mark.parametrize("seat", READERS, ids=str)
def test_what_is_taken_along_is_the_same_from_both_worlds(stage: Stage, seat: Seat) -> None:
    with running(stage, seat) as (runner, twins):
        runner.run(_same_journal(twins, seat))
        if seat == TAKES_ALONG:
            # A page gives each of its questions a trace of its own, so what the log says is compared from here on.
            ask_and_act(runner, twins, palette_of(stage, seat), datetime.now(UTC))
        if seat.role == "DPO":
            runner.run(_same_report(twins, seat))
