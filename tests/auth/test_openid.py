"""Sign-in with a provider, end to end over real HTTP: what passes, who vouches for whom, and how it ends."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from auth.signin.provider import (
    OWN_SCOPE,
    PROCONNECT_ACR,
    Facts,
    Metadata,
    Provider,
    SignInRefusedError,
)
from schema.vocabulary import Audience, Purpose, Role
from tests.auth.provider_world import OWN_ACR, Idp, Person, invited
from tests.auth.signin_world import COOKIE, ISSUER, People, token_on
from tests.auth.signing_in import ATTEMPT, nobody


async def test_a_first_sign_in_uses_the_invitation_and_later_ones_need_none(people: People, proconnect: Idp) -> None:
    # What a provider says about roles is not even read.
    person = Person(more={"role": "SUP", "roles": ["SUP"], "given_name": "Autre", "usual_name": "NOM"})
    await proconnect.register(people)
    code = await invited(people, person, role=Role.ASM, secrecy_basis="MISSION")
    proconnect.tell(person)
    browser = people.browser()
    answer = await proconnect.sign_in(people, browser, code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert ATTEMPT not in browser.cookies
    caller = await people.caller(browser)
    assert caller is not None
    assert (caller.audience, caller.purpose) == (Audience.ASM, Purpose.IMPLEMENT)
    member = await people.row("SELECT * FROM member WHERE id = $1", caller.member_id)
    assert (member["name"], member["email"], member["status"]) == ("Personne invitée", person.email, "ACTIVE")
    given = await people.row(
        "SELECT role, secrecy_basis, valid_to - valid_from = interval '365 days' AS a_year FROM habilitation WHERE id = $1",
        caller.habilitation_id,
    )
    assert tuple(given) == ("ASM", "MISSION", True)
    session = await people.row("SELECT * FROM web_session WHERE member_id = $1", caller.member_id)
    assert (session["idp_id"], session["acr"]) == ("proconnect", person.acr)
    assert person.sub.encode() not in session["sealed_id_token"]

    second = people.browser()
    assert (await proconnect.sign_in(people, second)).headers["location"] == "/"
    again = await people.caller(second)
    assert again is not None and again.member_id == caller.member_id
    # The code was for once, even for its owner.
    assert (await proconnect.sign_in(people, people.browser(), code)).status_code == 403


async def test_what_is_asked_of_proconnect(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    proconnect.tell(person)
    browser = people.browser()
    await proconnect.answer(browser)
    await proconnect.answer(browser, again=True)
    first, second = proconnect.tell(person)
    asked = first["params"]
    assert set(asked) == {
        "client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "claims"
    }  # fmt: skip
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{ISSUER.url}/auth/callback/proconnect"
    assert asked["code_challenge_method"] == "S256"
    assert min(map(len, (asked["state"], asked["nonce"], asked["code_challenge"]))) >= 32
    assert json.loads(asked["claims"]) == {"id_token": {"acr": {"essential": True, "values": list(PROCONNECT_ACR)}}}
    assert second["params"]["prompt"] == "login"
    for name in ("state", "nonce", "code_challenge"):
        assert second["params"][name] != asked[name]


async def test_an_answer_that_is_not_for_this_browser_is_refused(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    code = await invited(people, person)
    proconnect.tell(person)
    browser = people.browser()
    path = await proconnect.answer(browser, code)
    kept = browser.cookies[ATTEMPT]
    for cookies in (
        {}, {ATTEMPT: kept[:-4] + "AAAA"}, {ATTEMPT: "x"}, {ATTEMPT: "x" * 3000}, {ATTEMPT: "\u00e9"},
        {ATTEMPT.removeprefix("__Host-"): kept},
    ):  # fmt: skip
        other = people.browser()
        other.cookies = dict(cookies)
        if "\u00e9" in str(cookies):
            other.cookies = {ATTEMPT: "%C3%A9"}
        assert (await other.get(path)).status_code == 403
        await nobody(people, other, person)
    for query in (
        path + "&state=x",
        path + "&a" * 20,
        path + "&x=" + "a" * 5000,
        path.partition("?")[0],
        path + "&b=%FF",
    ):
        twin = people.browser()
        twin.cookies = {ATTEMPT: kept}
        assert (await twin.get(query)).status_code == 403, query
    assert (await browser.get(path)).status_code == 303
    # Neither the answer nor the attempt works again.
    browser.cookies[ATTEMPT] = kept
    assert (await browser.get(path)).status_code == 403


async def test_an_attempt_lasts_ten_minutes_and_is_of_one_provider(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    await people.admin.execute(
        "INSERT INTO idp (id, name, issuer, client_id, sealed_client_secret, scope, accepted_acr) "
        "SELECT 'another', name, issuer, client_id || '2', NULL, scope, accepted_acr FROM idp WHERE id = 'proconnect'"
    )
    code = await invited(people, person)
    proconnect.tell(person)
    for change in ("clock", "provider"):
        browser = people.browser()
        path = await proconnect.answer(browser, code)
        if change == "clock":
            people.clock.later = 601
        else:
            path = path.replace("/proconnect", "/another")
        assert (await browser.get(path)).status_code == 403
        people.clock.later = 0
        await nobody(people, browser, person)


async def test_an_organisations_own_provider_vouches_for_its_own_people_only(people: People, own_provider: Idp) -> None:
    person = Person(acr=OWN_ACR[0], siret=None, more={"email_verified": True})
    mine, other = await people.organisation(), await people.organisation()
    await own_provider.register(people, mine)
    own_provider.tell(person)
    stranger = await invited(people, person, other, Role.ASE)
    browser = people.browser()
    assert (await own_provider.sign_in(people, browser, stranger)).status_code == 403
    await nobody(people, browser, person)
    code = await invited(people, person, mine, Role.ASE)
    assert (await own_provider.sign_in(people, browser, code)).headers["location"] == "/auth/habilitation"
    asked = own_provider.tell(person)[-1]["params"]
    assert asked["acr_values"] == OWN_ACR[0]
    assert "claims" not in asked
    # A member who changes employer is not the old one's to vouch for any more.
    await people.admin.execute("UPDATE member SET organisation_id = $1 WHERE email = $2", other, person.email)
    assert (await own_provider.sign_in(people, people.browser())).status_code == 403


@pytest.mark.parametrize("verified", [False, None, "true", 1], ids=str)
async def test_an_own_provider_has_to_say_that_it_checked_the_address(
    people: People, own_provider: Idp, verified: Any
) -> None:
    person = Person(acr=OWN_ACR[0], siret=None, more={"email_verified": verified})
    mine = await people.organisation()
    await own_provider.register(people, mine)
    code = await invited(people, person, mine, Role.ASE)
    own_provider.tell(person)
    browser = people.browser()
    assert (await own_provider.sign_in(people, browser, code)).status_code == 403
    await nobody(people, browser, person)


async def test_a_removed_member_is_out_at_once_and_stays_out(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    proconnect.tell(person)
    browser = people.browser()
    await proconnect.sign_in(people, browser, await invited(people, person))
    caller = await people.caller(browser)
    assert caller is not None
    await people.admin.execute(
        "UPDATE member SET status = 'REMOVED', epoch = epoch + 1 WHERE id = $1", caller.member_id
    )
    assert not await people.admin.fetchval("SELECT standing($1)", caller.token_id)
    assert (await browser.get("/auth/session")).headers["location"] == "/auth/login"
    assert (await proconnect.sign_in(people, people.browser())).status_code == 403
    # Not even a new invitation makes the removed row act again.
    again = await invited(people, person, caller.organisation_id)
    assert (await proconnect.sign_in(people, people.browser(), again)).status_code == 403


async def test_a_member_without_a_live_habilitation_is_told_so(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    proconnect.tell(person)
    browser = people.browser()
    await proconnect.sign_in(people, browser, await invited(people, person))
    await people.admin.execute(
        "UPDATE habilitation SET state = 'SUSPENDED' WHERE member_id = (SELECT id FROM member WHERE email = $1)",
        person.email,
    )
    other = people.browser()
    answer = await proconnect.sign_in(people, other)
    assert answer.status_code == 403
    assert "aucune habilitation" in answer.text
    assert COOKIE not in other.cookies
    assert await people.admin.fetchval("SELECT count(*) FROM web_session") == 0


async def test_signing_out_ends_the_session_at_the_provider_too(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    proconnect.tell(person)
    browser = people.browser()
    await proconnect.sign_in(people, browser, await invited(people, person))
    answer = await browser.send("/auth/logout", {"form_token": await token_on(browser, "/auth/session")})
    assert answer.status_code == 200
    there = answer.headers["refresh"].removeprefix("0; url=")
    asked = parse_qs(urlsplit(there).query)
    assert there.startswith(f"{proconnect.issuer}/session/end?")
    assert asked["post_logout_redirect_uri"] == [f"{ISSUER.url}/auth/signed-out"]
    assert len(asked["state"][0]) >= 32
    assert asked["id_token_hint"][0].count(".") == 2
    back = await browser.get("/auth/signed-out")
    assert "Vous êtes déconnecté" in back.text


async def test_a_provider_that_is_away_is_said_to_be(people: People, proconnect: Idp) -> None:
    await proconnect.register(people, issuer="http://127.0.0.1:9")
    answer = await people.browser().get("/auth/login/proconnect")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    await proconnect.register(people, retired=True)
    browser = people.browser()
    for name in ("proconnect", "unknown", "Pro%20Connect", "%00"):
        assert (await browser.get(f"/auth/login/{name}")).status_code == 403
        assert (await browser.get(f"/auth/callback/{name}?code=a&state=b")).status_code == 403
    assert "Se connecter avec" not in (await browser.get("/auth/login")).text


async def test_secrets_of_a_sign_in_are_in_no_log(
    people: People, proconnect: Idp, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person()
    await proconnect.register(people)
    code = await invited(people, person)
    caplog.set_level("DEBUG")
    browser = people.browser()
    secrets = [proconnect.shape.client_secret, code, person.email, person.sub]
    for broken in ({"id_token": {"claims": {"nonce": "n" * 43}}}, {}):
        proconnect.tell(person, **broken)
        path = await proconnect.answer(browser, code)
        secrets += [
            browser.cookies[ATTEMPT],
            *(value for values in parse_qs(urlsplit(path).query).values() for value in values),
        ]
        await browser.get(path)
    secrets.append(browser.cookies[COOKIE])
    row = await people.row("SELECT * FROM web_session")
    secrets.append(row["token_id"])
    # What the test's own HTTP clients log of the addresses they ask is not ours.
    ours = "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    )
    said = ours + "".join(capsys.readouterr())
    for secret in secrets:
        if secret != proconnect.issuer:
            assert secret not in said


async def test_whoever_guesses_codes_has_to_wait(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    proconnect.tell(person)
    browser = people.browser()
    statuses = []
    for _ in range(people.pace.failures_per_address + 1):
        try:
            statuses.append((await proconnect.sign_in(people, browser, "A" * 43)).status_code)
        except AssertionError:
            statuses.append((await browser.get("/auth/login")).status_code)
    assert statuses == [403] * people.pace.failures_per_address + [429]


async def test_a_provider_elsewhere_does_not_send_us_to_our_own_machine() -> None:
    issuer = "https://provider.example"
    told = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/keys",
    }
    provider = Provider("own", "x", issuer, "c", "s", OWN_SCOPE, ("x",), False, "ES256", None)

    async def metadata(**changes: str) -> Metadata:
        answer = httpx2.MockTransport(lambda _: httpx2.Response(200, json=told | changes))
        async with httpx2.AsyncClient(transport=answer) as http:
            return await Facts(http).metadata(provider)

    assert (await metadata(end_session_endpoint="http://127.0.0.1:5432/")).end_session_endpoint is None
    with pytest.raises(SignInRefusedError):
        await metadata(token_endpoint="http://127.0.0.1:5432/")
    with pytest.raises(SignInRefusedError):
        await metadata(userinfo_endpoint="http://localhost/")
