"""Invitations at the sign-in: who they make a member, once, and which habilitation is picked."""

import asyncio

import pytest

from schema.vocabulary import Role
from tests.auth.provider_world import SIRET, Idp, Person, invited
from tests.auth.signin_world import COOKIE, People, token_on
from tests.auth.signing_in import nobody

USELESS = {
    "expired": "UPDATE invitation SET created_at = now() - interval '9 days', expires_at = now() - interval '1 day' WHERE email = $1",
    "withdrawn": "UPDATE invitation SET withdrawn_at = now() WHERE email = $1",
    "of-a-suspended-organisation": "UPDATE organisation SET status = 'SUSPENDED' WHERE id IN (SELECT organisation_id FROM invitation WHERE email = $1)",
    "of-an-ended-convention": "UPDATE organisation SET valid_to = current_date - 2 WHERE id IN (SELECT organisation_id FROM invitation WHERE email = $1)",
}


@pytest.mark.parametrize("statement", USELESS.values(), ids=list(USELESS))
async def test_an_invitation_that_does_not_hold_makes_nobody_a_member(
    people: People, proconnect: Idp, statement: str
) -> None:
    person = Person()
    await proconnect.register(people)
    code = await invited(people, person)
    await people.admin.execute(statement, person.email)
    proconnect.tell(person)
    browser = people.browser()
    assert (await proconnect.sign_in(people, browser, code)).status_code == 403
    await nobody(people, browser, person)
    for wrong in ("x", "A" * 43, code[:-1]):
        assert (await proconnect.sign_in(people, browser, wrong)).status_code == 403
    assert (await proconnect.sign_in(people, browser)).status_code == 403
    await nobody(people, browser, person)


async def test_of_parallel_uses_of_an_invitation_one_makes_a_member(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    code = await invited(people, person)
    proconnect.tell(person)
    browsers = [people.browser() for _ in range(6)]
    paths = [await proconnect.answer(browser, code) for browser in browsers]
    answers = await asyncio.gather(*(browser.get(path) for browser, path in zip(browsers, paths, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [303, *[403] * 5]
    assert await people.admin.fetchval("SELECT count(*) FROM member WHERE email = $1", person.email) == 1
    assert await people.admin.fetchval("SELECT count(*) FROM member_identity") == 1


async def test_a_second_invitation_adds_a_habilitation_and_the_person_picks_one(
    people: People, proconnect: Idp
) -> None:
    person = Person()
    await proconnect.register(people)
    organisation = await people.organisation(sirets=[SIRET])
    proconnect.tell(person)
    browser = people.browser()
    for role in (Role.DEL, Role.ASE):
        code = await invited(people, person, organisation, role)
        answer = await proconnect.sign_in(people, browser, code)
    assert answer.headers["location"] == "/auth/habilitation"
    # Nothing is chosen yet, so nobody asks anything.
    assert await people.caller(browser) is None
    page = await browser.get("/auth/habilitation")
    assert page.text.count('name="choice"') == 4
    rows = await people.admin.fetch(
        "SELECT h.role, h.id FROM habilitation h JOIN member m ON m.id = h.member_id WHERE m.email = $1", person.email
    )
    habilitations = {row["role"]: row["id"] for row in rows}
    seen = []
    for wanted, purpose in (("ASE", "DETERMINE"), ("DEL", "ADMINISTRATION")):
        before = browser.cookies[COOKIE]
        form = {
            "form_token": await token_on(browser, "/auth/habilitation"),
            "choice": f"{habilitations[wanted]} {purpose}",
        }
        assert (await browser.send("/auth/habilitation", form)).headers["location"] == "/"
        caller = await people.caller(browser)
        assert caller is not None
        assert (caller.audience.value, caller.purpose, caller.habilitation_id) == (
            wanted,
            purpose,
            habilitations[wanted],
        )
        # A change of rights gets a new identifier, and ends what the old one stood on.
        assert browser.cookies[COOKIE] != before
        assert await people.sessions.caller(f"{COOKIE}={before}") is None
        seen.append(caller.token_id)
    assert not await people.admin.fetchval("SELECT standing($1)", seen[0])
    assert await people.admin.fetchval("SELECT standing($1)", seen[1])


async def test_nobody_uses_an_invitation_of_their_own_whatever_its_address(people: People, proconnect: Idp) -> None:
    person = Person()
    await proconnect.register(people)
    organisation = await people.organisation(sirets=[SIRET])
    proconnect.tell(person)
    await proconnect.sign_in(people, people.browser(), await invited(people, person, organisation, Role.DEL))
    delegate = await people.admin.fetchval("SELECT id FROM member WHERE email = $1", person.email)
    alias = Person(sub=person.sub)
    proconnect.tell(alias)
    code = await invited(people, alias, organisation, Role.ASE, invited_by_id=delegate)
    answer = await proconnect.sign_in(people, people.browser(), code)
    assert answer.status_code == 403
    assert await people.admin.fetchval("SELECT array_agg(role) FROM habilitation WHERE member_id = $1", delegate) == [
        "DEL"
    ]
    assert await people.admin.fetchval("SELECT used_at FROM invitation WHERE email = $1", alias.email) is None


async def test_a_choice_that_is_not_ones_own_is_none(people: People) -> None:
    staff, other = await people.staff(Role.ASE, Role.DEL), await people.staff(Role.ASE)
    browser = await people.signed_in(staff)
    before = await people.caller(browser)
    for choice in (
        f"{other.habilitations[0]} EVALUATE", f"{staff.habilitations[0]} ADMINISTRATION", f"{staff.habilitations[1]} EVALUATE",
        f"{staff.habilitations[0]}", "x EVALUATE", "", f"{staff.habilitations[0]} evaluate",
    ):  # fmt: skip
        form = {"form_token": await token_on(browser, "/auth/habilitation"), "choice": choice}
        assert (await browser.send("/auth/habilitation", form)).headers["location"] == "/auth/habilitation"
        assert await people.caller(browser) == before
    stolen = {"form_token": "A" * 43, "choice": f"{staff.habilitations[1]} ADMINISTRATION"}
    assert (await browser.send("/auth/habilitation", stolen)).status_code == 403
    assert await people.caller(browser) == before
