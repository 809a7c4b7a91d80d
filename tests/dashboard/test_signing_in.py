"""A person comes in through a provider, in a real browser: an invitation, npm oidc-provider, the pages, and out again."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from auth.signin import provider
from auth.signin.sealing import Box
from graph.sign_in import people
from tests.auth.provider_world import OWN, OWN_ACR, Idp, Person, running
from tests.dashboard.browser import chromium, needs_browser
from tests.network import Network, neighbour

CLIENT = "cli_asso_measure"


@contextmanager
def _vouching(service: Network, organisation: UUID) -> Iterator[Idp]:
    """A provider of an organisation's own, as its operator configures it, until the block ends."""
    shape = replace(OWN, name=f"asso-{secrets.token_hex(3)}", back=service.base_url)
    with running(shape) as idp:
        row = idp.row(Box(service.secrets.signin), organisation)
        _insert(service, "idp", row)
        try:
            yield idp
        finally:
            service.administer("UPDATE idp SET retired = true WHERE id = $1", shape.name)


def _insert(service: Network, table: str, row: dict[str, Any]) -> None:
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    service.administer(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine of the tests is: a provider that is late is one that does not answer."""
    for module in (provider, people):
        monkeypatch.setattr(module, "PATIENCE", 60.0)


@needs_browser
def test_somebody_invited_comes_in_through_their_provider_and_goes_out_again(network: Network) -> None:
    """No demonstration: nobody is anybody without proof, and the policy of our pages lets the browser go there and back."""
    person, code = Person(acr=OWN_ACR[0], more={"email_verified": True}), secrets.token_urlsafe(32)
    organisation = network.fetch("SELECT organisation_id AS id FROM oauth_client WHERE id = $1", CLIENT)[0]["id"]
    with neighbour(network, demonstration=False) as service, _vouching(service, organisation) as idp:
        invitation = {
            "organisation_id": organisation, "name": "Personne invitée", "email": person.email, "role": "ASM",
            "secrecy_basis": "MISSION", "code_hash": hashlib.sha256(code.encode()).digest(), "expires_at": datetime.now(UTC) + timedelta(days=7),
        }  # fmt: skip
        _insert(service, "invitation", invitation)
        idp.tell(person)
        with chromium(service) as browsers, browsers.tab(width=390) as tab:
            assert tab.go(f"/auth/invitation/{code}") == 200
            assert (tab.violations(), tab.width()) == ([], 390)
            tab.page.get_by_role("link", name="Continuer avec Fournisseur").click()
            tab.page.get_by_role("heading", name="Mes orientations").wait_for()
            assert urlsplit(tab.page.url).netloc == urlsplit(service.base_url).netloc
            tab.shot("orientations-invitee")
            # The only address that is not ours is the provider's.
            assert {urlsplit(one).netloc for one in tab.strangers} == {urlsplit(idp.base).netloc}
            assert tab.messages == []
            tab.page.get_by_role("button", name="Se déconnecter").click()
            # The provider asks whether its own session ends too, and this one has no button for it.
            tab.page.wait_for_url(f"{idp.base}/**")
            tab.page.evaluate("document.forms[0].submit()")
            tab.page.wait_for_url(f"{service.base_url}/auth/signed-out*")
            assert tab.page.get_by_role("heading", name="Vous êtes déconnecté").is_visible()
            tab.go("/")
            assert tab.page.get_by_role("heading", name="Se connecter").is_visible()
            # The second time needs no invitation.
            tab.page.get_by_role("link", name="Se connecter avec Fournisseur").click()
            tab.page.get_by_role("heading", name="Mes orientations").wait_for()
