"""The first look at a request, before any library or database sees a byte of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from auth.oauth import signed
from auth.oauth.refusals import malformed, refused_grant, unproven_client

MAX_BODY = 16_384
_MAX_PARAMETERS = 32
_FORM = re.compile(r'application/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_CLIENT_ID = re.compile(r"cli_[A-Za-z0-9_-]{4,64}")
# No quotes and no backslash: RFC 6749 forbids them in the error text that repeats a grant type.
_GRANT_TYPE = re.compile(r"[!#-\[\]-~]{1,128}")
_SCOPE = re.compile(r"[!#-\[\]-~]{1,64}( [!#-\[\]-~]{1,64}){0,15}")
_JTI = re.compile(r"[!-~]{8,128}")
_ASSERTIONS = frozenset({"client_assertion", "assertion"})


@dataclass(frozen=True)
class RawRequest:
    """A request as it came: header names in lower case; the body cut off just above `MAX_BODY`.

    Form and assertions are taken apart once, when somebody first asks for them, and nothing of them is believed.
    """

    method: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: bytes) -> list[str]:
        """Every value of a header."""
        return [value.decode("latin-1") for key, value in self.headers if key == name]

    @cached_property
    def parameters(self) -> list[tuple[str, str]] | None:
        """What the body says, in its order; None where it is no form in ASCII, or too large to be read."""
        if len(self.body) > MAX_BODY:
            return None
        try:
            return parse_qsl(
                self.body.decode("ascii"),
                keep_blank_values=True,
                strict_parsing=True,
                errors="strict",
                max_num_fields=_MAX_PARAMETERS,
            )
        except ValueError:
            return None

    @cached_property
    def assertions(self) -> Mapping[str, signed.Signed]:
        """Those of the parameters that have to be JWTs and have the shape of one."""
        found = ((name, _jwt(value)) for name, value in self.parameters or () if name in _ASSERTIONS)
        return {name: token for name, token in found if token is not None}


def is_client_id(value: str) -> bool:
    """Whether this can be the identifier of a client."""
    return _CLIENT_ID.fullmatch(value) is not None


def is_jti(value: str) -> bool:
    """Whether this can be the identifier of an assertion: 8 to 128 printable characters."""
    return _JTI.fullmatch(value) is not None


def token_form(request: RawRequest) -> dict[str, str]:
    """The parameters of a token request. Raises OAuth2Error."""
    form = _form(request)
    grant_type = form.get("grant_type")
    if grant_type is None or not _GRANT_TYPE.fullmatch(grant_type):
        raise malformed("Send a grant_type.")
    _check_shapes(form, request)
    return form


def own_token_form(request: RawRequest) -> dict[str, str]:
    """The parameters of a question about a token. Raises OAuth2Error."""
    form = _form(request)
    if "token" not in form:
        raise malformed("Send a token.")
    _check_shapes(form, request)
    return form


def _form(request: RawRequest) -> dict[str, str]:
    if request.method != "POST":
        raise malformed("Use POST.", status=405)
    if request.query:
        raise malformed("Send every parameter in the body, none in the address.")
    kinds = request.header(b"content-type")
    if len(kinds) != 1 or not _FORM.fullmatch(kinds[0].strip()):
        raise malformed("Send the body as application/x-www-form-urlencoded.")
    if len(request.body) > MAX_BODY:
        raise malformed("The request body is too large.", status=413)
    form = _parameters(request)
    _check_authentication(form, headers=len(request.header(b"authorization")))
    return form


def _parameters(request: RawRequest) -> dict[str, str]:
    pairs = request.parameters
    if pairs is None:
        raise malformed("The body is not a form in ASCII.")
    if len({name for name, _ in pairs}) != len(pairs):
        raise malformed("Send each parameter once.")
    if not all(_PRINTABLE.fullmatch(name) and _PRINTABLE.fullmatch(value) for name, value in pairs):
        raise malformed("Parameters are printable ASCII.")
    # RFC 6749, section 3.2: parameters sent without a value MUST be treated as if they were omitted.
    return {name: value for name, value in pairs if value}


def _check_authentication(form: Mapping[str, str], *, headers: int) -> None:
    by_assertion = "client_assertion" in form or "client_assertion_type" in form
    # RFC 6749, section 2.3: the client MUST NOT use more than one authentication method in each request.
    if by_assertion + headers + ("client_secret" in form) > 1:
        raise malformed("Use one client authentication method.")


def _check_shapes(form: Mapping[str, str], request: RawRequest) -> None:
    if "scope" in form and not _SCOPE.fullmatch(form["scope"]):
        raise malformed("The scope is a list of words with one space between them.")
    if "client_id" in form and not is_client_id(form["client_id"]):
        raise unproven_client("client_id_shape")
    if "client_assertion" in form and "client_assertion" not in request.assertions:
        raise unproven_client("client_assertion_shape")
    if "assertion" in form and "assertion" not in request.assertions:
        raise refused_grant("assertion_shape")


def _jwt(value: str) -> signed.Signed | None:
    try:
        return signed.read(value)
    except ValueError:
        return None
