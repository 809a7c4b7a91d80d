"""A named person behind the tool: the JWT bearer grant (RFC 7523, section 2.1) under the network's own rules."""

import re
from collections.abc import Mapping
from uuid import UUID

from auth.oauth import signed
from auth.oauth.client_assertion import SKEW, is_current, is_signed_by_client, use_once
from auth.oauth.guard import is_jti
from auth.oauth.issuer import Issuer
from auth.oauth.refusals import refused_grant
from auth.oauth.store import Client, Habilitation, Member, Person, Store
from schema.vocabulary import Purpose, Role

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KIND = "authorization-grant+jwt"
_MAX_LIFE = 60
_MAX_SIGN_IN_AGE = 8 * 3600
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Purposes = Mapping[Role, frozenset[Purpose]]


def vouched_person(
    token: signed.Signed, client: Client, store: Store, issuer: Issuer, purposes: Purposes, now: float
) -> Person:
    """The member for whom the authenticated client vouches, in an assertion that the guard let through.

    Raises: OAuth2Error, the same for every broken rule.
    """
    if not is_signed_by_client(token, client):
        raise refused_grant("signature")
    broken = _broken_rule(token, client, issuer, now)
    if broken:
        raise refused_grant(broken)
    # Marked before the person is looked up: an assertion cannot be tried again on another answer.
    if not use_once(token, "person", client.id, store):
        raise refused_grant("replayed")
    member = _member(token, client, store)
    habilitation = _habilitation(token, member)
    return Person(
        member_id=member.id,
        member_epoch=member.epoch,
        habilitation=habilitation,
        purpose=_purpose(token, purposes.get(habilitation.role, frozenset())),
        acr=str(token.word("acr")),
        auth_time=int(token.moment("auth_time") or 0),
    )


def _broken_rule(token: signed.Signed, client: Client, issuer: Issuer, now: float) -> str | None:
    issued, expires, signed_in = token.moment("iat"), token.moment("exp"), token.moment("auth_time")
    jti = token.word("jti")
    rules = (
        ("typ", token.kind == KIND),
        ("iss", token.word("iss") == client.id),
        ("aud", token.word("aud") == issuer.url),
        ("time", is_current(token, now)),
        ("life", issued is not None and expires is not None and 0 < expires - issued <= _MAX_LIFE),
        ("jti", jti is not None and is_jti(jti)),
        ("auth_time", signed_in is not None and now - _MAX_SIGN_IN_AGE <= signed_in <= now + SKEW),
        ("acr", token.word("acr") in client.accepted_acr),
    )
    return next((name for name, holds in rules if not holds), None)


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value is not None and _UUID.fullmatch(value) else None


def _member(token: signed.Signed, client: Client, store: Store) -> Member:
    member_id = _uuid(token.word("sub"))
    member = None if member_id is None else store.member(member_id, client.organisation_id)
    if member is None:
        raise refused_grant("sub")
    return member


def _habilitation(token: signed.Signed, member: Member) -> Habilitation:
    live = member.habilitations
    if "hab" in token.claims:
        chosen = _uuid(token.word("hab"))
        live = tuple(one for one in live if one.id == chosen)
    # None chosen while several exist is refused: two roles never add up, and none is preferred.
    if len(live) != 1:
        raise refused_grant("hab")
    return live[0]


def _purpose(token: signed.Signed, allowed: frozenset[Purpose]) -> Purpose:
    if "purpose" in token.claims:
        allowed = frozenset(one for one in allowed if one.value == token.word("purpose"))
    if len(allowed) != 1:
        raise refused_grant("purpose")
    return next(iter(allowed))
