"""A partner's tool, as the demonstration's command line plays it: a key, a token, and a proof for each request."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from joserfc.jwk import ECKey

from auth.oauth.assertions_out import make_client_assertion, make_person_assertion, make_proof
from auth.oauth.person_assertion import GRANT_TYPE
from schema.errors import SetupError
from schema.vocabulary import Purpose

# The assurance level that the demonstration's tools claim for their people: two factors (oauth design, section 9).
ACR = "eidas2"
# What scripts need to know of a running demonstration, in its folder.
CARD = "demo.json"
_OK = 200
# The server answers or refuses within ten seconds.
_PATIENCE = 30


@dataclass(slots=True)
class DemoTool:
    """One client of demo.json. It proves possession with the key by which it signs: a real tool may have two."""

    entry: dict[str, Any]
    issuer: str
    key: ECKey
    nonce: str | None = None

    @classmethod
    def of(cls, card: dict[str, Any], client_id: str) -> "DemoTool":
        """The tool of a client of the running demonstration. Raises SetupError where there is none."""
        found = next((one for one in card["clients"] if one["client_id"] == client_id), None)
        if found is None:
            known = ", ".join(one["client_id"] for one in card["clients"])
            raise SetupError(f"There is no client {client_id}. Clients of the demonstration: {known}.")
        return cls(found, card["issuer"], ECKey.import_key(json.loads(Path(found["key_file"]).read_text())))

    @property
    def bound(self) -> bool:
        """Whether its tokens are bound to its key whatever it asks for."""
        return bool(self.entry["dpop"])

    def token(self, member: str | None, purpose: Purpose | None, *, bound: bool) -> str:
        """An access token, through the real token endpoint. Raises SetupError with the endpoint's own words."""
        endpoint = f"{self.issuer}/oauth/token"
        for _ in range(2):
            headers = {"DPoP": self.proof("POST", endpoint)} if bound else {}
            reply = post(endpoint, data=self.form(member, purpose), headers=headers)
            self.nonce = reply.headers.get("dpop-nonce", self.nonce)
            said = reply.json()
            if said.get("error") != "use_dpop_nonce":
                break
        if reply.status_code != _OK:
            raise SetupError(f"The server refuses: {said.get('error_description') or said.get('error')}")
        token: str = said["access_token"]
        return token

    def proof(self, method: str, url: str, token: str | None = None) -> str:
        """A proof for one request; with the token it carries, if it does."""
        return make_proof(self.key, method, url, token=token, nonce=self.nonce)

    def headers(self, method: str, url: str, token: str) -> dict[str, str]:
        """How one request shows a token."""
        if not self.bound:
            return {"Authorization": f"Bearer {token}"}
        return {"Authorization": f"DPoP {token}", "DPoP": self.proof(method, url, token)}

    def form(self, member: str | None, purpose: Purpose | None) -> dict[str, str]:
        """A token request, with a fresh assertion."""
        form = {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": make_client_assertion(self.key, self._id, self.issuer, kid=self.key.kid),
            "client_id": self._id,
            "scope": " ".join(self.entry["scopes"]),
        }
        if member is None:
            return {**form, "grant_type": "client_credentials"}
        return {**form, "grant_type": GRANT_TYPE, "assertion": self._assertion(member, purpose)}

    def _assertion(self, member: str, purpose: Purpose | None) -> str:
        person = next((one for one in self.entry["members"] if member in {one["id"], one["role"]}), None)
        if person is None:
            roles = ", ".join(sorted({one["role"] for one in self.entry["members"]})) or "(none)"
            raise SetupError(
                f"{self._id} has no member {member}. Give an id of demo.json, or one of the roles {roles}."
            )
        return make_person_assertion(
            self.key,
            self._id,
            self.issuer,
            person["id"],
            acr=ACR,
            auth_time=int(time.time()) - 60,
            purpose=purpose or Purpose(person["purposes"][0]),
            kid=self.key.kid,
        )

    @property
    def _id(self) -> str:
        return str(self.entry["client_id"])


def post(url: str, **what: Any) -> httpx2.Response:
    """A request to the demonstration. Raises SetupError where nobody answers: a card may outlive a server that was killed."""
    try:
        return httpx2.post(url, timeout=_PATIENCE, **what)
    except httpx2.TransportError as problem:
        raise SetupError(
            f"Nothing answers at {url}: is the demonstration still running? `make demo` starts it."
        ) from problem


def fetch_token(card: dict[str, Any], client_id: str, member: str | None, purpose: Purpose | None) -> str:
    """An access token for a demonstration client. Raises SetupError with the endpoint's own words."""
    tool = DemoTool.of(card, client_id)
    return tool.token(member, purpose, bound=tool.bound)
