"""Trusted documents at the door: an id becomes the text that the caller's own organisation has registered under it.

GraphQL over HTTP, appendix on persisted documents (draft): `documentId` is `sha256:` and 64 hexadecimal digits; Apollo's
clients send the same hash in `extensions.persistedQuery`. Nothing is ever registered by asking, and a registered document
gives no right: it is validated and executed as its caller's.
"""

import hashlib

from auth.caller import Caller
from graph import answers
from graph.documents import ResponseError
from graph.http.guard import Envelope
from loaders.trusted import TrustedDocuments
from schema.errors import BadRequestError, PersistedQueryNotFoundError, PersistedQueryNotSupportedError, RefusedError


class DocumentDesk:
    """Gives each request its text."""

    def __init__(self, trusted: TrustedDocuments, *, required: bool) -> None:
        self._trusted = trusted
        self._required = required

    def concerns(self, envelope: Envelope, caller: Caller) -> bool:
        """Whether anything has to be looked up: an id was sent, or a tool asks that may be bound to its list."""
        return envelope.document_hash is not None or (self._required and caller.member_id is None)

    async def text(self, envelope: Envelope, caller: Caller) -> str:
        """The document to run.

        Raises: ResponseError where the organisation has not registered it, BadRequestError, UnavailableError.
        """
        given = hashlib.sha256(envelope.query.encode()).hexdigest() if envelope.query is not None else None
        asked = envelope.document_hash
        if asked is not None and given is not None and asked != given:
            raise BadRequestError("The document is not the one of the hash sent with it.", reason="HASH_MISMATCH")
        known = await self._trusted.hashes(caller.organisation_id)
        if envelope.query is not None:
            if self._required and known and caller.member_id is None and given not in known:
                raise _refused(
                    PersistedQueryNotFoundError(
                        "The tools of your organisation run its registered documents only, and this is none of them.",
                        reason="NOT_REGISTERED",
                    )
                )
            return envelope.query
        if not known:
            raise _refused(PersistedQueryNotSupportedError())
        found = await self._trusted.text(caller.organisation_id, asked or "")
        if found is None:
            raise _refused(PersistedQueryNotFoundError())
        return found


def _refused(refused: RefusedError) -> ResponseError:
    return ResponseError(answers.refusal(refused))
