"""One request of one signed-in person: asking under her rights, and answering with a page or a French refusal."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.caller import Caller
from dashboard.documents import document_of
from dashboard.navigation import Entry, entries
from dashboard.rendering import PAGE_HEADERS, fitting, packed
from dashboard.seam import Seam
from schema.errors import (
    BadInputError,
    BadRequestError,
    ForbiddenError,
    InternalError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    ValidationFailedError,
)

log = structlog.get_logger()

_FORM_BYTES = 65_536
_FORM_FIELDS = 200

# code -> status, title, sentence. A refusal says what to do, never what is behind it.
_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    ValidationFailedError.code: (
        403,
        "Cette page n’est pas ouverte à votre habilitation",
        "Votre rôle ne prévoit pas cette page. Si vous avez plusieurs habilitations, connectez-vous avec une autre.",
    ),
    ForbiddenError.code: (
        403,
        "Cet acte n’est pas permis à votre habilitation",
        "Votre habilitation ne permet pas cet acte. Rien n’a été enregistré.",
    ),
    NotFoundError.code: (
        404,
        "Rien à cette adresse",
        "Rien de tel n’est à votre portée : l’adresse est fausse, ou votre accès a pris fin.",
    ),
    BadInputError.code: (
        400,
        "Cette demande n’a pas pu être lue",
        "Une valeur de l’adresse ou du formulaire ne convient pas. Rien n’a été enregistré.",
    ),
    BadRequestError.code: (
        400,
        "Cette demande n’a pas pu être lue",
        "Le formulaire n’est pas arrivé comme il aurait dû. Rien n’a été enregistré ; revenez en arrière et réessayez.",
    ),
    RateLimitedError.code: (
        429,
        "Trop de demandes à la fois",
        "Votre organisation a fait trop de demandes en peu de temps. Réessayez dans un instant.",
    ),
    UnavailableError.code: (
        503,
        "Le service ne peut rien montrer pour l’instant",
        "La consultation ne peut pas être inscrite au journal, donc rien n’est montré. Réessayez dans un instant.",
    ),
    InternalError.code: (
        500,
        "Une erreur est survenue de notre côté",
        "L’incident est noté. Réessayez ; si cela se répète, prévenez l’administrateur du réseau.",
    ),
}

Fields = Mapping[str, list[str]]
"""The fields of a form: a name may be there several times."""

Handler = Callable[["Visit"], Awaitable[Response]]


@dataclass(slots=True)
class Visit:
    """A signed-in person's request to one page."""

    request: Request
    caller: Caller
    seam: Seam
    entry: Entry

    async def ask(self, document: str, **variables: Any) -> Any:
        """The data of an answer to one of our documents, under the caller's rights.

        Raises: RefusedError, also for an error of one field: half a page is no page.
        """
        text = document_of(document, self.caller.audience)
        if text is None:
            raise ValidationFailedError
        answer = orjson.loads(await self.seam.ask(text, variables, self.caller))
        problems = answer.get("errors")
        if problems:
            first = problems[0]
            raise AnsweredError(first["extensions"]["code"], first["message"])
        return answer["data"]

    async def found(self, document: str, prefix: str) -> Any:
        """The answer of a document about the row that the address names; its `node` is there.

        Raises: NotFoundError where the address is not of this kind, or nothing is within reach.
        """
        identity = self.request.path_params["id"]
        if not identity.startswith(f"{prefix}_"):
            raise NotFoundError
        found = await self.ask(document, id=identity)
        if not found["node"]:
            raise NotFoundError
        return found

    async def act(self, document: str, fields: Fields, **wish: Any) -> tuple[Any, list[dict[str, Any]]]:
        """A mutation of one field: its payload, and why it was refused, if it was.

        The form's own key makes it one act, however often a bad line makes the browser send it.
        """
        given = {name: value for name, value in wish.items() if value is not None}
        data = await self.ask(document, input={**given, "idempotencyKey": one(fields, "key") or None})
        (payload,) = data.values()
        return payload, payload["userErrors"]

    async def form(self) -> Fields:
        """The fields of a form that came from one of our own pages.

        Raises: BadRequestError for one sent from elsewhere, TooLargeError.
        """
        body = bytearray()
        async for chunk in self.request.stream():
            body += chunk
            if len(body) > _FORM_BYTES:
                raise TooLargeError
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FORM_FIELDS, errors="strict")
        except ValueError:
            raise BadRequestError from None
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(name, []).append(value.strip())
        if not self.seam.form_is_ours(self.request, one(fields, "form_token")):
            raise BadRequestError(reason="FOREIGN_FORM")
        return fields

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """Answer with a page."""
        return fitting(
            self.request, template, status, **_frame(self.request, self.seam, self.entry, self.caller), **context
        )

    def packed(self, answer: Response) -> Response:
        """A page about nobody, compressed."""
        return packed(self.request, answer)

    def go(self, path: str, *, fragment: str = "", **query: str) -> Response:
        """After an act, to a page of ours, or a part of it: loading it again repeats nothing."""
        address = f"{path}?{urlencode(query)}" if query else path
        return RedirectResponse(f"{address}#{fragment}" if fragment else address, 303, PAGE_HEADERS)


def one(fields: Fields, name: str) -> str:
    """The one value of a field; an empty text where it is not there."""
    return next(iter(fields.get(name, ())), "")


class AnsweredError(RefusedError):
    """A refusal that came inside an answer: only its code matters here."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def _frame(request: Request, seam: Seam, entry: Entry | None, caller: Caller | None) -> dict[str, Any]:
    """What every page shows around its own content."""
    return {
        "caller": caller,
        "console": seam.console,
        "demonstration": seam.demonstration,
        "entry": entry,
        "form_token": seam.form_token(request),
        # Of each form that is shown: sent twice, it is one act (visit.act).
        "form_key": secrets.token_urlsafe(16),
        "navigation": entries(seam.fits, caller.audience) if caller else (),
    }


def visited(handler: Handler, seam: Seam, entry: Entry) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a page: who is there, then the page, and whatever goes wrong as a French page."""

    async def endpoint(request: Request) -> Response:
        caller = None
        try:
            caller = await seam.signed_in(request)
            if caller is None:
                return _to_sign_in(request, seam)
            return await handler(Visit(request, caller, seam, entry))
        except UnauthenticatedError:
            # It ended while the page was asked for.
            return _to_sign_in(request, seam)
        except RefusedError as refused:
            log.info("page_refused", code=refused.code, page=entry.key)
            return refusal(request, seam, refused.code, entry, caller)
        except Exception as problem:  # noqa: BLE001 (the last exit: nothing of ours may reach the reader)
            log.error("page_failed", error=type(problem).__name__, page=entry.key)  # noqa: TRY400 (a message can quote a file)
            return refusal(request, seam, InternalError.code, entry, caller)

    return endpoint


def refusal(
    request: Request, seam: Seam, code: str, entry: Entry | None = None, caller: Caller | None = None
) -> Response:
    """A French page with a sentence and a way back; a fragment for htmx, which swaps in errors too."""
    status, title, sentence = _REFUSALS.get(code, _REFUSALS[InternalError.code])
    frame = _frame(request, seam, entry, caller)
    words = {"title": title, "sentence": sentence, "code": status, "sign_in": seam.sign_in}
    answer = fitting(request, "refusal.html", status, **frame, **words)
    if status in {RateLimitedError.status, UnavailableError.status}:
        answer.headers["Retry-After"] = "2"
    return answer


def _to_sign_in(request: Request, seam: Seam) -> Response:
    if request.headers.get("hx-request") == "true":
        # A fragment cannot become the sign-in page: htmx is told to load it whole.
        return Response(status_code=204, headers={**PAGE_HEADERS, "HX-Redirect": seam.sign_in})
    return RedirectResponse(seam.sign_in, 303, PAGE_HEADERS)
