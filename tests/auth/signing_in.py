"""What a refused sign-in leaves behind: nothing."""

from tests.auth.provider_world import Person
from tests.auth.signin_world import COOKIE, Browser, People

ATTEMPT = "__Host-maillage-sign-in"


async def nobody(people: People, browser: Browser, person: Person) -> None:
    """That a refusal left nothing behind."""
    assert COOKIE not in browser.cookies
    assert ATTEMPT not in browser.cookies
    assert await people.admin.fetchval("SELECT count(*) FROM web_session") == 0
    assert await people.admin.fetchval("SELECT count(*) FROM member_identity") == 0
    assert await people.admin.fetchval("SELECT count(*) FROM member WHERE email = $1", person.email) == 0
    assert await people.admin.fetchval(
        "SELECT count(*) FROM invitation WHERE email = $1 AND (used_at IS NOT NULL OR member_id IS NOT NULL)", person.email
    ) == 0  # fmt: skip
