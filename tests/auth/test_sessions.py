"""Sessions of people in a browser: born anew, bound to one habilitation, ended by time, by hand and by suspension."""

import asyncio
import hashlib
import re
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from loaders.journals.audit import AuditWriter
from loaders.postgres.logins import SIGNIN
from schema.scopes import Scope
from schema.vocabulary import Audience, OrgKind, Purpose, Role
from tests.auth.signin_world import COOKIE, ISSUER, People, token_on
from tests.cluster import Cluster

LINE = re.compile(r"__Host-maillage=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure")


async def test_a_session_is_the_caller_that_a_members_token_would_be(people: People) -> None:
    organisation = await people.organisation(OrgKind.ASSOCIATION, mandate_kind="MEASURE")
    staff = await people.staff(Role.ASM, organisation=organisation)
    browser = await people.signed_in(staff)
    caller = await people.caller(browser)
    assert caller is not None
    assert (caller.audience, caller.member_id, caller.habilitation_id) == (
        Audience.ASM,
        staff.id,
        staff.habilitations[0],
    )
    assert (caller.organisation_id, caller.organisation_kind) == (organisation, OrgKind.ASSOCIATION)
    assert caller.mandate_kind == "MEASURE"
    assert caller.purpose is Purpose.IMPLEMENT
    assert caller.scopes == {scope.value for scope in Scope}
    assert caller.client_id == f"cli_pages_{organisation.hex}"
    assert caller.epochs == "0.0.0"
    assert await people.admin.fetchval("SELECT standing($1)", caller.token_id)
    row = (await people.rows(staff))[0]
    assert caller.expires_at == int(row["ends_at"].timestamp())


async def test_the_cookie_is_for_this_host_only_and_its_value_is_nowhere_in_the_database(people: People) -> None:
    staff = await people.staff(Role.ASE)
    browser = people.browser()
    form = {"form_token": await token_on(browser, "/auth/demo"), "habilitation": str(staff.habilitations[0])}
    answer = await browser.send("/auth/demo", form)
    assert LINE.fullmatch(answer.headers["set-cookie"])
    row = (await people.rows(staff))[0]
    assert row["digest"] == hashlib.sha256(browser.cookies[COOKIE].encode()).digest()
    assert browser.cookies[COOKIE] not in str(dict(row))


async def test_a_session_gets_a_new_identifier_at_each_sign_in_and_the_old_one_is_over(people: People) -> None:
    """Fixation: whoever planted an identifier in a browser has nothing."""
    staff, other = await people.staff(Role.ASE), await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    planted = browser.cookies[COOKIE]
    form = {"form_token": await token_on(browser, "/auth/demo"), "habilitation": str(other.habilitations[0])}
    await browser.send("/auth/demo", form)
    assert browser.cookies[COOKIE] != planted
    caller = await people.caller(browser)
    assert caller is not None and caller.member_id == other.id
    assert await people.sessions.caller(f"{COOKIE}={planted}") is None
    assert await people.rows(staff) == []


async def test_an_identifier_that_we_did_not_make_is_nobody(people: People) -> None:
    staff = await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    value = browser.cookies[COOKIE]
    for header in (
        None, "", f"{COOKIE}=", f"{COOKIE}={'A' * 43}", f"{COOKIE}={value}x", f"maillage={value}",
        f"{COOKIE}={value}; {COOKIE}={'A' * 43}", f"{COOKIE}={value}; {COOKIE}={value}", f"{COOKIE}={value}" + "; a=b" * 3000,
        f"{COOKIE}={value[:-1]}\u00e9", f"{COOKIE.lower()}={value}",
    ):  # fmt: skip
        assert await people.sessions.caller(header) is None, header
    assert await people.sessions.caller(f"theme=dark; {COOKIE}={value};other=1") is not None


@pytest.mark.parametrize(
    ("column", "interval", "alive"),
    [
        ("seen_at", "29 minutes", True),
        ("seen_at", "31 minutes", False),
        ("signed_in_at", "7 hours 59 minutes", True),
        ("signed_in_at", "8 hours 1 minute", False),
    ],
)
async def test_a_session_ends_when_idle_and_in_any_case(
    people: People, column: str, interval: str, *, alive: bool
) -> None:
    staff = await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    changes = f"seen_at = now() - interval '{interval}'"
    if column == "signed_in_at":
        changes = f"signed_in_at = signed_in_at - interval '{interval}', ends_at = ends_at - interval '{interval}'"
    await people.admin.execute(f"UPDATE web_session SET {changes} WHERE member_id = $1", staff.id)
    assert (await people.caller(browser) is not None) is alive
    assert ((await browser.get("/auth/session")).status_code == 200) is alive


async def test_use_keeps_a_session_alive_and_is_written_once_a_minute(people: People) -> None:
    staff = await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    back = "UPDATE web_session SET seen_at = now() - interval '20 minutes' WHERE member_id = $1"

    async def seen() -> datetime:
        moment: datetime = (await people.rows(staff))[0]["seen_at"]
        return moment

    await people.admin.execute(back, staff.id)
    before = await seen()
    assert await people.caller(browser)
    used = await seen()
    assert used > before
    people.clock.now += 59
    assert await people.caller(browser)
    assert await seen() == used
    people.clock.now += 2
    assert await people.caller(browser)
    assert await seen() > used


async def test_the_sweep_ends_what_nobody_uses_with_its_access(people: People) -> None:
    idle, busy = await people.staff(Role.ASE), await people.staff(Role.ASE)
    first, second = await people.signed_in(idle), await people.signed_in(busy)
    caller = await people.caller(first)
    assert caller is not None and await people.caller(second)
    await people.admin.execute(
        "UPDATE web_session SET seen_at = now() - interval '31 minutes' WHERE member_id = $1", idle.id
    )
    while await people.desk.sweep():
        pass
    assert await people.rows(idle) == []
    assert len(await people.rows(busy)) == 1
    assert not await people.admin.fetchval("SELECT standing($1)", caller.token_id)


async def test_signing_out_ends_the_session_its_access_and_the_cookie(people: People) -> None:
    staff = await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    caller = await people.caller(browser)
    assert caller is not None
    kept = browser.header
    answer = await browser.send("/auth/logout", {"form_token": await token_on(browser, "/auth/session")})
    assert answer.status_code == 200
    assert "Vous êtes déconnecté" in answer.text
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=; ")
    assert COOKIE not in browser.cookies
    assert await people.sessions.caller(kept) is None
    assert not await people.admin.fetchval("SELECT standing($1)", caller.token_id)
    assert await people.rows(staff) == []


ENDS: dict[str, str] = {
    "a removed member": "UPDATE member SET status = 'REMOVED', epoch = epoch + 1 WHERE id = $1",
    "a suspended member": "UPDATE member SET status = 'SUSPENDED' WHERE id = $1",
    "a raised epoch": "UPDATE member SET epoch = epoch + 1 WHERE id = $1",
    "a suspended organisation": "UPDATE organisation SET status = 'SUSPENDED' WHERE id = (SELECT organisation_id FROM member WHERE id = $1)",
    "an ended convention": "UPDATE organisation SET valid_to = current_date - 2 WHERE id = (SELECT organisation_id FROM member WHERE id = $1)",
    "a revoked habilitation": "UPDATE habilitation SET revoked_at = now() WHERE member_id = $1",
    "a suspended habilitation": "UPDATE habilitation SET state = 'SUSPENDED' WHERE member_id = $1",
    "pages closed to the organisation": "UPDATE oauth_client SET status = 'SUSPENDED' WHERE organisation_id = (SELECT organisation_id FROM member WHERE id = $1)",
    "a revoked access": "UPDATE oauth_token SET revoked_at = now() WHERE member_id = $1",
}  # fmt: skip
BACK = (
    "UPDATE member SET status = 'ACTIVE' WHERE id = $1",
    "UPDATE organisation SET status = 'ACTIVE', valid_to = NULL WHERE id = (SELECT organisation_id FROM member WHERE id = $1)",
    "UPDATE habilitation SET state = 'ACTIVE', revoked_at = NULL WHERE member_id = $1",
    "UPDATE oauth_client SET status = 'ACTIVE' WHERE organisation_id = (SELECT organisation_id FROM member WHERE id = $1)",
)


@pytest.mark.parametrize("statement", ENDS.values(), ids=[name.replace(" ", "-") for name in ENDS])
async def test_what_a_session_stands_on_ends_it_at_once_and_nothing_revives_it(people: People, statement: str) -> None:
    staff = await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    caller = await people.caller(browser)
    assert caller is not None
    await people.admin.execute(statement, staff.id)
    # Even where this process still remembers the caller, no statement runs for it.
    assert not await people.admin.fetchval("SELECT standing($1)", caller.token_id)
    assert await people.rows(staff) == []
    for back in BACK:
        await people.admin.execute(back, staff.id)
    people.clock.now += 61
    assert await people.caller(browser) is None
    assert (await browser.get("/auth/session")).headers["location"] == "/auth/login"


async def test_a_suspension_and_a_sign_in_at_the_same_time_leave_no_session(people: People, cluster: Cluster) -> None:
    """Whichever is first: the other waits for it."""
    for first in ("suspension", "sign-in"):
        staff = await people.staff(Role.ASE)
        browser = people.browser()
        form = {"form_token": await token_on(browser, "/auth/demo"), "habilitation": str(staff.habilitations[0])}
        suspending = await asyncpg.connect(cluster.admin)
        try:
            transaction = suspending.transaction()
            await transaction.start()
            if first == "sign-in":
                signing = asyncio.create_task(browser.send("/auth/demo", form))
                await signing
            await suspending.execute(
                "UPDATE member SET status = 'SUSPENDED', epoch = epoch + 1 WHERE id = $1", staff.id
            )
            if first == "suspension":
                signing = asyncio.create_task(browser.send("/auth/demo", form))
                await asyncio.sleep(0.2)
                assert not signing.done()
            await transaction.commit()
            await signing
        finally:
            await suspending.close()
        assert await people.rows(staff) == []
        assert await people.caller(browser) is None


FOREIGN: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "no token": ({"form_token": ""}, {}),
    "a token of somebody else": ({"form_token": "A" * 43}, {}),
    "a token that is no text": ({"form_token": "\u00e9"}, {}),
    "another origin": ({}, {"Origin": "https://evil.example"}),
    "the origin of a forged host": ({}, {"Origin": "https://forged.example", "Host": "forged.example"}),
    "an origin that is our name's beginning": ({}, {"Origin": "https://maillage.example.evil.example"}),
    "http instead of https": ({}, {"Origin": "http://maillage.example"}),
    "another port": ({}, {"Origin": "https://maillage.example:8443"}),
    "a hidden origin": ({}, {"Origin": "null"}),
    "no origin": ({}, {"Origin": "-"}),
    "another media type": ({}, {"Content-Type": "text/plain"}),
    "no cookie": ({}, {"Cookie": "a=b"}),
}


@pytest.mark.parametrize("case", FOREIGN.values(), ids=[name.replace(" ", "-") for name in FOREIGN])
async def test_a_form_that_no_page_of_ours_sent_does_nothing(people: People, case: Any) -> None:
    changes, headers = case
    staff, other = await people.staff(Role.ASE), await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    logout = {"form_token": await token_on(browser, "/auth/session")} | changes
    chosen = {
        "form_token": await token_on(browser, "/auth/demo"),
        "habilitation": str(other.habilitations[0]),
    } | changes
    kept = dict(browser.cookies)
    for path, form in (("/auth/logout", logout), ("/auth/demo", chosen)):
        answer = await browser.send(path, form, **headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert "rien n’a été fait" in answer.text
    assert browser.cookies == kept
    caller = await people.caller(browser)
    assert caller is not None and caller.member_id == staff.id
    assert await people.rows(other) == []


async def test_a_form_of_one_session_is_worth_nothing_in_another(people: People) -> None:
    one, two = (
        await people.signed_in(await people.staff(Role.ASE)),
        await people.signed_in(await people.staff(Role.ASE)),
    )
    stolen = await token_on(one, "/auth/session")
    assert (await two.send("/auth/logout", {"form_token": stolen})).status_code == 403
    assert await people.caller(two) is not None


async def test_a_form_said_twice_or_too_large_is_none(people: People) -> None:
    browser = await people.signed_in(await people.staff(Role.ASE))
    token = await token_on(browser, "/auth/session")
    typed = {"Cookie": browser.header, "Origin": ISSUER.url, "Content-Type": "application/x-www-form-urlencoded"}
    for body in (
        f"form_token={token}&form_token={token}", f"form_token={token}&x={'a' * 9000}", "&".join(["a=b"] * 100),
        f"form_token={token}".encode("utf-16"), b"\xff\xfe", b"",
    ):  # fmt: skip
        assert (await people.http.post("/auth/logout", content=body, headers=typed)).status_code == 403
    assert await people.caller(browser) is not None


async def test_somebody_who_is_not_there_cannot_be_chosen(people: People) -> None:
    browser = people.browser()
    gone = await people.staff(Role.ASE)
    await people.admin.execute("UPDATE habilitation SET revoked_at = now() WHERE member_id = $1", gone.id)
    for wanted in ("", "x", "00000000-0000-0000-0000-000000000000", str(gone.habilitations[0]), str(gone.id)):
        form = {"form_token": await token_on(browser, "/auth/demo"), "habilitation": wanted}
        assert (await browser.send("/auth/demo", form)).headers["location"] == "/auth/demo"
        assert COOKIE not in browser.cookies


async def test_pages_are_escaped_framed_by_nobody_and_never_kept(people: People) -> None:
    organisation = await people.organisation()
    await people.admin.execute(
        "UPDATE organisation SET name = $1 WHERE id = $2", "<script>alert(1)</script>", organisation
    )
    staff = await people.staff(Role.ASE, organisation=organisation, name="<img src=x onerror=alert(1)>")
    browser = await people.signed_in(staff)
    for path in ("/auth/demo", "/auth/session", "/auth/login"):
        page = await browser.get(path)
        assert page.status_code == 200
        assert "<script>" not in page.text and "<img src=x" not in page.text
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert "&lt;script&gt;" in (await browser.get("/auth/session")).text
    assert "Ceci est une démonstration" in (await browser.get("/auth/demo")).text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE member SET status = 'ACTIVE'",
        "INSERT INTO member (organisation_id, name) SELECT id, 'x' FROM organisation",
        "INSERT INTO habilitation (member_id, organisation_id, role, valid_to) SELECT id, organisation_id, 'SUP', now() FROM member",
        "UPDATE habilitation SET role = 'SUP'",
        "UPDATE oauth_token SET habilitation_id = NULL",
        "UPDATE oauth_token SET expires_at = now() + interval '1 year'",
        "SELECT * FROM client_key",
        "SELECT * FROM signing_key",
        "SELECT * FROM situation",
        "UPDATE oauth_client SET grants = '{client_credentials}'",
        "INSERT INTO oauth_client (id, organisation_id, name) SELECT 'cli_another', id, 'x' FROM organisation LIMIT 1",
        "INSERT INTO oauth_client (id, organisation_id, name, grants) SELECT 'cli_pages_' || replace(id::text, '-', ''), id, 'x', '{client_credentials}' FROM organisation",
        "UPDATE idp SET organisation_id = NULL",
        "INSERT INTO idp (id, name, issuer, client_id, scope, accepted_acr) VALUES ('x', 'x', 'x', 'x', 'x', '{x}')",
    ],
)
async def test_the_pages_login_gives_nobody_anything(people: People, cluster: Cluster, statement: str) -> None:
    await people.staff(Role.ASE)
    login = await asyncpg.connect(cluster.login(SIGNIN))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute(statement)
    finally:
        await login.close()


async def test_coming_in_choosing_and_leaving_are_in_the_access_log_without_any_secret(people: People) -> None:
    staff = await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    caller = await people.caller(browser)
    assert caller is not None
    secrets = [browser.cookies[COOKIE], caller.token_id]
    await browser.send("/auth/logout", {"form_token": await token_on(browser, "/auth/session")})
    rows = await people.admin.fetch(
        "SELECT * FROM access_log WHERE event = 'AUTHENTICATION' AND member_id = $1 ORDER BY at", staff.id
    )
    assert [row["operation"].partition(";")[0] for row in rows] == ["sign-in", "habilitation.chosen", "sign-out"]
    assert {row["outcome"] for row in rows} == {"OK"}
    assert "provider=demonstration" in rows[0]["operation"]
    assert (rows[1]["client_id"], rows[1]["purpose"]) == (caller.client_id, "EVALUATE")
    assert rows[1]["organisation_id"] == staff.organisation
    assert f"habilitation={staff.habilitations[0]}" in rows[1]["operation"]
    for secret in secrets:
        assert secret not in str([dict(row) for row in rows])


async def test_a_refused_form_is_counted_in_the_access_log(people: People) -> None:
    browser = await people.signed_in(await people.staff(Role.ASE))
    before = await people.admin.fetchval("SELECT count(*) FROM access_log WHERE outcome = 'FORBIDDEN'")
    for _ in range(60):
        assert (await browser.send("/auth/logout", {"form_token": "A" * 43})).status_code == 403
    await people.came.flush()
    # Sixty of a kind are one record; and no page of somebody else can shut a whole network out by sending nonsense.
    rows = await people.admin.fetch("SELECT operation FROM access_log WHERE outcome = 'FORBIDDEN' ORDER BY at")
    assert len(rows) == before + 1
    assert "count=60" in rows[-1]["operation"]
    assert (await browser.get("/auth/session")).status_code == 200


async def test_without_the_access_log_nobody_comes_in(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    staff = await people.staff(Role.ASE)
    browser = people.browser()
    form = {"form_token": await token_on(browser, "/auth/demo"), "habilitation": str(staff.habilitations[0])}
    # Never started, and of this test alone: the others of this file go on writing.
    monkeypatch.setattr(people.came, "_audit", AuditWriter("postgresql://nowhere/"))
    answer = await browser.send("/auth/demo", form)
    assert answer.status_code == 503
    assert COOKIE not in browser.cookies
    assert await people.rows(staff) == []
