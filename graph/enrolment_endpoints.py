"""The address where an organisation uses its enrolment code: the code authenticates, the keys prove themselves."""

import time
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.oauth.guard import MAX_BODY
from auth.oauth.issuer import ENROLMENT_PATH
from graph.http.reception import ENROLLED, Reception, Visit
from graph.oauth_endpoints import ANY_METHOD, limited_body, too_often
from loaders.commands.enrolment import Enrolled, EnrolmentDesk, body_of
from loaders.journals.authentication_log import Who
from schema.errors import BadInputError, RateLimitedError, RefusedError, UnauthenticatedError

_HEADERS = {"Cache-Control": "no-store", "Content-Type": "application/json"}
_ERRORS = {401: "invalid_code", 429: "slow_down", 503: "temporarily_unavailable"}


def routes(desk: EnrolmentDesk, reception: Reception) -> list[Route]:
    """The one route of enrolment."""

    async def enrol(request: Request) -> Response:
        if request.method != "POST":
            return _answer({"error": "invalid_request", "error_description": "Use POST."}, 405, {"Allow": "POST"})
        visit = reception.visit(ENROLLED, request)
        if visit.wait:
            return too_often(visit.wait)
        try:
            media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media != "application/json" or request.scope["query_string"]:
                raise BadInputError("Send JSON as application/json, and nothing in the address.", reason="INVALID_BODY")
            body = await limited_body(request)
            if len(body) > MAX_BODY:
                raise BadInputError("The request body is too large.", reason="TOO_LARGE")
            made = await desk.enrol(body_of(body), time.time(), partial(_recorded, visit))
        except RefusedError as refusal:
            # The reason is a word of ours; the body holds the code and is never logged. Only a wrong code is a guess.
            visit.refused(str(refusal.reason), is_guess=refusal.status == UnauthenticatedError.status)
            return _answer(
                {"error": _ERRORS.get(refusal.status, "invalid_request"), "error_description": refusal.sentence},
                refusal.status,
                {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, RateLimitedError) else {},
            )
        return _answer(made.as_json(), 200)

    return [Route(ENROLMENT_PATH, enrol, methods=ANY_METHOD)]


async def _recorded(visit: Visit, made: Enrolled) -> None:
    who = Who(client_id=made.client_id)
    await visit.reception.log.done(ENROLLED, who, address=visit.address, fingerprint=made.fingerprint)


def _answer(body: dict[str, Any], status: int, more: Mapping[str, str] = MappingProxyType({})) -> Response:
    return Response(orjson.dumps(body), status, {**_HEADERS, **more})
