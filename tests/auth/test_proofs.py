"""Each rule of a proof broken alone (RFC 9449, section 4.3), and the nonces that the service asks for."""

from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from auth.oauth import dpop
from auth.oauth.nonces import PERIOD, Nonces
from schema.errors import NonceError, ProofError
from tests.auth.oauth_world import now_seconds
from tests.auth.proofs import KEY, NO_NONCES, checked, proof

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("seconds", [-10, 0, 10])
async def test_a_proof_of_now_passes(seconds: int) -> None:
    found = checked(proof(iat=now_seconds() + seconds))
    assert found.thumbprint == KEY.thumbprint()
    assert found.until >= now_seconds() + seconds + 60


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ECKey.generate_key("P-256"), "ES256"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
        (OKPKey.generate_key("Ed25519"), "EdDSA"),
    ],
    ids=["ES256", "Ed25519", "EdDSA"],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # our own signing under the older name
async def test_the_accepted_algorithms_pass(key: Key, algorithm: str) -> None:
    assert checked(proof(key, header_alg=algorithm)).thumbprint == key.thumbprint()


@pytest.mark.parametrize(
    "broken",
    [
        {"htm": "GET"},
        {"htm": "post"},
        {"htm": None},
        {"htu": "https://maillage.example/oauth/token"},
        {"htu": "https://maillage.example/graphql/"},
        {"htu": "https://maillage.example/GraphQL"},
        {"htu": "http://maillage.example/graphql"},
        {"htu": "https://maillage.example:8443/graphql"},
        {"htu": "https://evil.example/graphql"},
        {"htu": "https://maillage.example@evil.example/graphql"},
        {"htu": "https://user@maillage.example/graphql"},
        {"htu": "https://maillage.example/gra\nphql"},
        {"htu": " https://maillage.example/graphql"},
        {"htu": "https://maillage.example:99999/graphql"},
        {"htu": "https://[/graphql"},
        {"htu": "/graphql"},
        {"htu": ""},
        {"htu": ["https://maillage.example/graphql"]},
        {"htu": None},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"jti": None},
        {"jti": ""},
        {"jti": "short"},
        {"jti": "x" * 129},
        {"jti": "with a space"},
        {"jti": 12345678},
        {"exp": 1},
        {"exp": "never"},
        {"nbf": 2**35},
        {"header_typ": None},
        {"header_typ": "JWT"},
        {"header_typ": "at+jwt"},
        {"header_jwk": None},
        {"header_jwk": {}},
        {"header_jwk": ECKey.generate_key("P-256").as_dict(private=False)},
        {"header_jwk": KEY.as_dict(private=True)},
        {"header_jwk": {**KEY.as_dict(private=False), "k": "c2VjcmV0"}},
        {"header_jwk": {**KEY.as_dict(private=False), "crv": "P-384"}},
        {"header_jwk": {**KEY.as_dict(private=False), "x": "AAAA"}},
        {"header_jwk": {**KEY.as_dict(private=False), "x": {"a": 1}}},
        {"header_jwk": OKPKey.generate_key("Ed25519").as_dict(private=False)},
    ],
)
async def test_each_rule_broken_alone_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ProofError):
        checked(proof(**broken))


@pytest.mark.parametrize("seconds", [-3600, -90, 90, 3600])
async def test_a_proof_of_another_time_is_refused(seconds: int) -> None:
    with pytest.raises(ProofError):
        checked(proof(iat=now_seconds() + seconds))


@pytest.mark.parametrize(
    "htu",
    [
        "https://maillage.example/graphql?x=1",
        "https://maillage.example/graphql#part",
        "HTTPS://MAILLAGE.example:443/graphql",
    ],
)
async def test_query_and_fragment_are_ignored_and_addresses_compared_normalised(htu: str) -> None:
    assert checked(proof(htu=htu))


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # the weak algorithm is the test
async def test_other_keys_unsigned_and_altered_proofs_are_refused() -> None:
    good = proof()
    head, body, signature = good.split(".")
    other = proof(iat=now_seconds() - 1).split(".")[1]
    none = proof(OctKey.generate_key(256), header_alg="none").split(".")[0]
    by_secret = proof(OctKey.import_key("a secret of thirty-two characters"), header_alg="HS256")
    rsa = RSAKey.generate_key(2048)
    bad = [
        f"{head}.{other}.{signature}",
        f"{head}.{body}.",
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        by_secret,
        proof(rsa, header_alg="PS256"),
        proof(rsa, header_alg="RS256"),
        proof(ECKey.generate_key("P-384"), header_alg="ES384"),
        proof(header_crit=["b64"], header_b64=True),
        f"{good}, {good}",
        "",
        "x" * 4097,
        proof(extra="x" * 4096),
        "é.é.é",
    ]
    for header in (*bad, None):
        with pytest.raises(ProofError):
            checked(header)
    assert checked(good)


async def test_members_that_nobody_knows_are_ignored() -> None:
    webcrypto = {**KEY.as_dict(private=False), "key_ops": ["verify"], "ext": True, "use": "sig", "alg": "ES256"}
    assert checked(proof(header_jwk=webcrypto, header_kid="anything", another="claim"))


async def test_the_hash_of_the_token_is_asked_for_where_there_is_one() -> None:
    ath = dpop.ath_of("the.token.itself")
    assert checked(proof(ath=ath), ath=ath)
    for wrong in (None, dpop.ath_of("another.token.altogether"), ath + "="):
        with pytest.raises(ProofError):
            checked(proof(ath=wrong), ath=ath)


# -------------------- nonces


async def test_a_nonce_is_good_for_its_period_and_the_next_on_every_process_with_the_secret() -> None:
    ours, neighbour, stranger = Nonces(b"secret"), Nonces(b"secret"), Nonces(b"other")
    now = 1_800_000_000.0
    nonce = ours.current(now)
    assert nonce is not None
    for later in (0, PERIOD, -PERIOD):
        assert neighbour.accepts(nonce, now + later)
    for wrong in (None, "", "é", nonce + "x", stranger.current(now)):
        assert not ours.accepts(wrong, now)
    assert not neighbour.accepts(nonce, now + 2 * PERIOD)
    assert ours.current(now) != ours.current(now + PERIOD)
    assert NO_NONCES.current(now) is None
    assert NO_NONCES.accepts(None, now)


async def test_a_proof_without_our_nonce_is_sent_back_for_it_and_nothing_else() -> None:
    nonces = Nonces(b"secret")
    with pytest.raises(NonceError):
        checked(proof(), nonces=nonces)
    with pytest.raises(ProofError) as broken:
        checked(proof(htm="GET"), nonces=nonces)
    assert not isinstance(broken.value, NonceError)
    assert checked(proof(nonce=nonces.current(now_seconds())), nonces=nonces)
