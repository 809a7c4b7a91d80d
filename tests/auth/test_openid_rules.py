"""Each rule of the sign-in broken alone, over real HTTP, and what passes when none is."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.auth.provider_world import Idp, Person, invited
from tests.auth.signin_world import People
from tests.auth.signing_in import nobody

ID_TOKEN: dict[str, Any] = {
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "no issuer": {"without": ["iss"]},
    "another audience": {"claims": {"aud": "somebody-else"}},
    "another audience and us as azp": {"claims": {"aud": "somebody-else", "azp": "maillage-client"}},
    "two audiences": {"claims": {"aud": ["maillage-client", "somebody-else"], "azp": "maillage-client"}},
    "no audience": {"without": ["aud"]},
    "another azp": {"claims": {"azp": "somebody-else"}},
    "another nonce": {"claims": {"nonce": "n" * 43}},
    "no nonce": {"without": ["nonce"]},
    "expired": {"claims": {"exp": 1_600_000_000}},
    "expired for longer than the leeway": {"seconds": {"exp": -31}},
    "no end": {"without": ["exp"]},
    "from the future": {"seconds": {"iat": 120}},
    "not yet": {"seconds": {"nbf": 120}},
    "no iat": {"without": ["iat"]},
    "another hash of the access token": {"claims": {"at_hash": "A" * 22}},
    "no sub": {"without": ["sub"]},
    "an empty sub": {"claims": {"sub": ""}},
    "a sub that is a number": {"claims": {"sub": 7}},
    "unsigned": {"unsigned": True},
    "signed by somebody else": {"foreign": True},
    "signed with our own secret": {"secret": "client_secret"},
    "an unknown key": {"header": {"kid": "second"}},
    "no key": {"header": {"kid": None}},
}

USERINFO: dict[str, Any] = {
    "about somebody else": {"claims": {"sub": "somebody-else"}},
    "about nobody": {"without": ["sub"]},
    "for another client": {"claims": {"aud": "somebody-else"}},
    "of another issuer": {"claims": {"iss": "https://evil.example"}},
    "unsigned": {"unsigned": True},
    "not signed at all": {"as_json": True},
    "signed by somebody else": {"foreign": True},
}

ANSWER: dict[str, Any] = {
    "another state": {"state": "s" * 43},
    "no state": {"state": None},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "an error": {"error": "access_denied"},
    "no code": {"code": None},
    "another code": {"code": "c" * 43},
}

# The same check as a neighbour's, broken in another way.
KINDRED = {
    "no issuer", "no audience", "no end", "no iat", "not yet", "expired", "no nonce", "an empty sub", "a sub that is a number",
    "an unknown key", "no key", "another audience",
}  # fmt: skip

BROKEN: list[Any] = [
    *(
        pytest.param(
            {"id_token": change},
            {},
            id=f"ID-token-{name}".replace(" ", "-"),
            marks=[pytest.mark.slow] * (name in KINDRED),
        )
        for name, change in ID_TOKEN.items()
    ),
    *(
        pytest.param({"userinfo": change}, {}, id=f"userinfo-{name}".replace(" ", "-"))
        for name, change in USERINFO.items()
    ),
    *(pytest.param({"answer": change}, {}, id=f"answer-{name}".replace(" ", "-")) for name, change in ANSWER.items()),
    pytest.param({"token": {"id_token": None}}, {}, id="no-ID-token"),
    pytest.param({"token": {"id_token": "a.b.c"}}, {}, id="an-ID-token-that-is-none"),
    pytest.param({"metadata": {"issuer": "https://evil.example"}}, {}, id="metadata-of-another-issuer"),
    pytest.param({"metadata": {"token_endpoint": "http://evil.example/token"}}, {}, id="metadata-without-https"),
    pytest.param({"metadata": {"token_endpoint": "https://[evil"}}, {}, id="metadata-with-no-address"),
    pytest.param({"metadata": {"jwks_uri": "https://evil.example/\r\nX-More: y"}}, {}, id="metadata-with-a-line-break"),
    pytest.param({}, {"siret": "00000000000000"}, id="a-SIRET-of-no-organisation"),
    pytest.param({}, {"siret": None}, id="no-SIRET"),
    pytest.param({}, {"email": "another@exemple.fr"}, id="another-address"),
    pytest.param({}, {"more": {"email": None}}, id="no-address"),
    pytest.param({}, {"more": {"email": ["x"]}}, id="an-address-that-is-a-list"),
]


def settled(broken: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """Moments and secrets that are known only now."""
    found = json.loads(json.dumps(broken))
    for change in found.values():
        if "secret" in change:
            change["secret"] = secret
    return dict(found)


@pytest.mark.parametrize(("broken", "changes"), BROKEN)
async def test_each_rule_broken_alone_signs_nobody_in(
    people: People, proconnect: Idp, broken: Any, changes: Any
) -> None:
    invited_person = Person()
    await proconnect.register(people)
    code = await invited(people, invited_person)
    person = Person(**{"sub": invited_person.sub, "email": invited_person.email} | changes)
    proconnect.tell(person, **settled(broken, proconnect.shape.client_secret))
    browser = people.browser()
    try:
        answer = await proconnect.sign_in(people, browser, code)
    except AssertionError:
        # Metadata that cannot be trusted stop a sign-in before it begins.
        assert "metadata" in broken
        answer = await browser.get("/auth/login/proconnect")
    assert answer.status_code == 403
    assert "Votre identité n’a pas pu être vérifiée" in answer.text
    await nobody(people, browser, invited_person)


async def test_what_is_signed_again_without_a_change_passes(people: People, proconnect: Idp) -> None:
    """The control of the test above: the rule, and nothing else, was in the way."""
    person = Person()
    await proconnect.register(people)
    code = await invited(people, person)
    proconnect.tell(
        person, id_token={"claims": {"aud": ["maillage-client"]}}, userinfo={}, answer={}, token={}, metadata={}
    )
    assert (await proconnect.sign_in(people, people.browser(), code)).status_code == 303


@pytest.mark.parametrize("change", [{"claims": {"acr": "eidas1"}}, {"claims": {"acr": "one-factor"}}, {"without": ["acr"]}], ids=["weaker", "unknown", "missing"])  # fmt: skip
async def test_one_factor_is_refused_with_a_way_to_step_up(people: People, proconnect: Idp, change: Any) -> None:
    person = Person()
    await proconnect.register(people)
    code = await invited(people, person)
    proconnect.tell(person, id_token=change)
    browser = people.browser()
    answer = await proconnect.sign_in(people, browser, code)
    assert answer.status_code == 403
    assert "deux facteurs" in answer.text
    assert '"/auth/login/proconnect?again=1"' in answer.text
    await nobody(people, browser, person)
