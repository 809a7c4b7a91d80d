"""Real providers for the tests of sign-in: npm oidc-provider over real HTTP, told whom to sign in and what to break."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from auth.signin.provider import OWN_SCOPE, PROCONNECT_ACR, PROCONNECT_SCOPE
from auth.signin.sealing import Box
from loaders.commands.identities import secret_use
from schema.vocabulary import OrgKind, Role
from tests.auth.signin_world import ISSUER, Browser, People
from tests.interop import node

BACK = ISSUER.url
SIRET = "13002526500013"
OWN_ACR = ("urn:association:two-factors",)
# Without certificates: all of this is loopback, and reading them costs more than a sign-in.
_HTTP = httpx2.Client(verify=False)


@dataclass(frozen=True)
class Shape:
    """How a provider is built and how it is configured here."""

    name: str
    path: str
    scope: str
    acr: tuple[str, ...]
    algorithm: str
    signed_userinfo: bool
    takes_claims: bool
    client_id: str = "maillage-client"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    back: str = BACK

    def given(self) -> dict[str, Any]:
        """What the script is told."""
        return {
            "path": self.path, "scope": self.scope, "algorithm": self.algorithm, "signed_userinfo": self.signed_userinfo,
            "acr_values": [*self.acr, "one-factor"], "takes_claims": self.takes_claims, "client_id": self.client_id,
            "client_secret": self.client_secret, "redirect_uri": f"{self.back}/auth/callback/{self.name}",
            "signed_out_uri": f"{self.back}/auth/signed-out",
        }  # fmt: skip


PROCONNECT = Shape(
    "proconnect", "/api/v2", PROCONNECT_SCOPE, PROCONNECT_ACR, "ES256", signed_userinfo=True, takes_claims=True
)
OWN = Shape("association", "/realms/asso", OWN_SCOPE, OWN_ACR, "RS256", signed_userinfo=False, takes_claims=False)


@dataclass
class Person:
    """Somebody at a provider."""

    sub: str = field(default_factory=lambda: str(uuid4()))
    acr: str = PROCONNECT_ACR[0]
    email: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@exemple.fr")
    siret: str | None = SIRET
    more: Mapping[str, Any] = field(default_factory=dict)

    def account(self) -> dict[str, Any]:
        """Their claims."""
        return {"sub": self.sub, "acr": self.acr, "email": self.email, "siret": self.siret, **self.more}


@dataclass
class Idp:
    """A running provider."""

    shape: Shape
    issuer: str

    @property
    def base(self) -> str:
        """Its address without the path."""
        return self.issuer.removesuffix(self.shape.path)

    def tell(self, person: Person, **broken: Any) -> list[Any]:
        """Who signs in next and what is broken; gives what was asked since."""
        asked: list[Any] = _HTTP.post(self.base + "/told", json={"account": person.account(), "broken": broken}).json()
        return asked

    async def register(self, people: People, organisation: UUID | None = None, **changes: Any) -> None:
        """Configure it here, as the command line does."""
        row = self.row(people.box, organisation) | changes
        await people.admin.execute("TRUNCATE web_session, member_identity, idp")
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await people.admin.execute(f"INSERT INTO idp ({', '.join(row)}) VALUES ({places})", *row.values())

    def row(self, box: Box, organisation: UUID | None) -> dict[str, Any]:
        """What `idp add` writes of it."""
        shape = self.shape
        return {
            "id": shape.name, "name": "Fournisseur", "issuer": self.issuer, "client_id": shape.client_id,
            "sealed_client_secret": box.seal(shape.client_secret.encode(), secret_use(shape.name)),
            "organisation_id": organisation, "scope": shape.scope, "accepted_acr": list(shape.acr),
            "algorithm": shape.algorithm, "signed_userinfo": shape.signed_userinfo,
        }  # fmt: skip

    async def answer(self, browser: Browser, code: str | None = None, *, again: bool = False) -> str:
        """Go there and sign in; gives the path with which the provider sends the person back."""
        query = f"?invitation={code}" if code else "?again=1" if again else ""
        started = await browser.get(f"/auth/login/{self.shape.name}{query}")
        assert started.status_code == 303, started.text
        return await self.walk(started.headers["location"])

    async def walk(self, url: str) -> str:
        """Follow the provider's pages until it sends the person back to us."""
        async with httpx2.AsyncClient(verify=False) as http:
            for _ in range(8):
                page = await http.get(url)
                url = page.headers.get("location", "")
                assert page.status_code in {302, 303} and url, page.text
                url = self.base + url if url.startswith("/") else url
                if url.startswith(BACK):
                    return url.removeprefix(BACK)
        raise AssertionError(url)

    async def sign_in(self, people: People, browser: Browser, code: str | None = None) -> httpx2.Response:
        """The whole way there and back."""
        return await browser.get(await self.answer(browser, code))


@contextmanager
def running(shape: Shape) -> Iterator[Idp]:
    """A provider until the block ends."""
    with node.serving("provider.mjs", shape.given()) as told:
        yield Idp(shape, told["issuer"])


@pytest.fixture(scope="session")
def proconnect() -> Iterator[Idp]:
    """A provider in ProConnect's shape."""
    with running(PROCONNECT) as idp:
        yield idp


@pytest.fixture(scope="session")
def own_provider() -> Iterator[Idp]:
    """A provider in the shape of an organisation's own."""
    with running(OWN) as idp:
        yield idp


async def invited(
    people: People, person: Person, organisation: UUID | None = None, role: Role = Role.ASM, **columns: Any
) -> str:
    """An invitation for this person; gives its code."""
    if organisation is None:
        organisation = await people.organisation(OrgKind.ASSOCIATION, mandate_kind="MEASURE", sirets=[SIRET])
    code = secrets.token_urlsafe(32)
    row = {
        "organisation_id": organisation,
        "name": "Personne invitée",
        "email": person.email,
        "role": role.value,
    } | columns
    places = ", ".join(f"${number}" for number in range(2, len(row) + 2))
    await people.admin.execute(
        f"INSERT INTO invitation (expires_at, code_hash, {', '.join(row)}) "
        f"VALUES (now() + interval '7 days', $1, {places})",
        hashlib.sha256(code.encode()).digest(),
        *row.values(),
    )
    return code
