"""The one error tree: every class has a stable code, one sentence, and a hint where there is a remedy.

    MaillageError
    ├── RefusedError                  what a caller is told; `code` is of the closed list below
    │   ├── BadRequestError           BAD_REQUEST                    400
    │   │   └── StreamOnlyError       BAD_REQUEST                    400, a subscription asked as a question
    │   ├── BadInputError             BAD_USER_INPUT                 200/400, a value in the document or its variables
    │   ├── ParseFailedError          GRAPHQL_PARSE_FAILED           400
    │   ├── ValidationFailedError     GRAPHQL_VALIDATION_FAILED      400
    │   ├── OperationChoiceError      OPERATION_RESOLUTION_FAILURE   400
    │   ├── PersistedQueryNotFoundError      PERSISTED_QUERY_NOT_FOUND      400
    │   ├── PersistedQueryNotSupportedError  PERSISTED_QUERY_NOT_SUPPORTED  400
    │   ├── UnauthenticatedError      UNAUTHENTICATED                401
    │   │   └── ProofError            the DPoP proof of the request  401
    │   │       └── NonceError        it lacks our nonce of now      401
    │   ├── ForbiddenError            FORBIDDEN                      403 (only on what the caller already sees)
    │   ├── NotFoundError             NOT_FOUND
    │   ├── SlowRequestError          BAD_REQUEST                    408
    │   ├── MethodNotAllowedError     BAD_REQUEST                    405
    │   │   └── UnsafeByGetError      BAD_REQUEST                    405 (a mutation by GET)
    │   ├── NotAcceptableError        BAD_REQUEST                    406
    │   ├── TooLargeError             BAD_REQUEST                    413
    │   ├── AddressTooLongError       BAD_REQUEST                    414
    │   ├── MediaTypeError            BAD_REQUEST                    415
    │   ├── HeadersTooLargeError      BAD_REQUEST                    431
    │   ├── RateLimitedError          RATE_LIMITED                   429
    │   ├── UnavailableError          SERVICE_UNAVAILABLE            503
    │   ├── SealedValueError          SERVICE_UNAVAILABLE            beside a null: the value cannot be opened
    │   └── InternalError             INTERNAL_SERVER_ERROR          500 (always our bug)
    ├── DomainRefusalError            a rule of the field said no: becomes one `userErrors` entry of a payload
    ├── PolicyError                   start-up: something has no decision (column, role, route)
    └── SetupError                    the machine or its settings cannot run Maillage; says what to do

A sentence may repeat a *name* out of the caller's own document, never a value, a type of another role,
a policy, a constraint or SQL.
"""


class MaillageError(Exception):
    """The root: `code` is stable, `sentence` is for a person."""

    code = "INTERNAL_SERVER_ERROR"
    sentence = "Something went wrong on our side."

    def __init__(self, sentence: str | None = None, *, reason: str | None = None) -> None:
        self.sentence = sentence or self.sentence
        self.reason = reason
        super().__init__(self.sentence)


class RefusedError(MaillageError):
    """An answer to the caller; `status` is the HTTP status where the whole request is refused."""

    status = 400


class BadRequestError(RefusedError):
    """The request is not a GraphQL request over HTTP."""

    code = "BAD_REQUEST"
    sentence = "The request is not a GraphQL request: send a JSON object with a `query`."


class BadInputError(RefusedError):
    """A value in the document or its variables cannot be used."""

    code = "BAD_USER_INPUT"
    sentence = "An argument has a value that cannot be used."


class ParseFailedError(RefusedError):
    """The document is not GraphQL."""

    code = "GRAPHQL_PARSE_FAILED"
    sentence = "The document is not valid GraphQL."


class ValidationFailedError(RefusedError):
    """The document does not fit the caller's schema or the limits."""

    code = "GRAPHQL_VALIDATION_FAILED"
    sentence = "The document does not fit the schema."


class OperationChoiceError(RefusedError):
    """The document has no such operation, or several and none was named."""

    code = "OPERATION_RESOLUTION_FAILURE"
    sentence = "Name one operation of the document in `operationName`."


class PersistedQueryNotFoundError(RefusedError):
    """The caller's organisation has registered no document with this id."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    sentence = "Your organisation has registered no document with this id."


class PersistedQueryNotSupportedError(RefusedError):
    """The caller's organisation has registered no document at all."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"
    sentence = "Your organisation has registered no documents: send the text."


class UnauthenticatedError(RefusedError):
    """No token, or one that is not accepted; says never which part failed."""

    code = "UNAUTHENTICATED"
    sentence = "Send a valid access token in the Authorization header."
    status = 401

    def __init__(self, sentence: str | None = None, *, reason: str | None = None, client_id: str | None = None) -> None:
        super().__init__(sentence, reason=reason)
        # Of a token that we have signed: whose it is, for our own log and counts alone.
        self.client_id = client_id


class ProofError(UnauthenticatedError):
    """The request's DPoP proof (RFC 9449) is missing, broken or used; `oauth_error` is its code in that RFC."""

    sentence = (
        "Send a DPoP header made for this request alone: typ dpop+jwt, ES256 or Ed25519 with the public jwk, htm and htu "
        "of the request, iat of now, a jti never used before, and with a token its hash as ath, under the token's key."
    )
    oauth_error = "invalid_dpop_proof"


class NonceError(ProofError):
    """The proof lacks the nonce that is asked for, or has an old one."""

    sentence = "Make the DPoP proof again with the nonce of this answer's DPoP-Nonce header."
    oauth_error = "use_dpop_nonce"


class ForbiddenError(RefusedError):
    """The caller sees the row, but may not do this to it."""

    code = "FORBIDDEN"
    sentence = "Your habilitation does not allow this act."
    status = 403


class StreamOnlyError(BadRequestError):
    """A subscription was asked as a question."""

    sentence = "A subscription needs a stream: ask for text/event-stream, or open a WebSocket (graphql-transport-ws)."

    def __init__(self) -> None:
        super().__init__(reason="STREAM_ONLY")


class NotFoundError(RefusedError):
    """Not there, or out of the caller's reach: the same answer."""

    code = "NOT_FOUND"
    sentence = "Nothing with this id is within your reach."
    status = 404


class MethodNotAllowedError(RefusedError):
    """The path exists, the method does not; `allow` says which ones do."""

    code = "BAD_REQUEST"
    sentence = "Use POST with a JSON body, or GET for a query."
    status = 405
    allow = "GET, POST"


class UnsafeByGetError(MethodNotAllowedError):
    """GET changes nothing (GraphQL over HTTP, section 5.2: a mutation by GET is 405)."""

    sentence = "GET runs queries only: send this operation by POST."
    allow = "POST"


class NotAcceptableError(RefusedError):
    """None of the media types asked for can be given."""

    code = "BAD_REQUEST"
    sentence = "Accept application/graphql-response+json or application/json."
    status = 406


class TooLargeError(RefusedError):
    """The body is over the limit."""

    code = "BAD_REQUEST"
    sentence = "The request body is too large."
    status = 413


class AddressTooLongError(RefusedError):
    """The query string is over the limit."""

    code = "BAD_REQUEST"
    sentence = "The address is too long: send the question by POST."
    status = 414


class SlowRequestError(RefusedError):
    """Headers or body did not arrive in time."""

    code = "BAD_REQUEST"
    sentence = "The request did not arrive in time: send it again."
    status = 408


class HeadersTooLargeError(RefusedError):
    """The headers are over the limit."""

    code = "BAD_REQUEST"
    sentence = "The request headers are too large."
    status = 431


class MediaTypeError(RefusedError):
    """The body is not declared as JSON in UTF-8."""

    code = "BAD_REQUEST"
    sentence = "Send the body as application/json in UTF-8, not compressed."
    status = 415


class RateLimitedError(RefusedError):
    """Too many requests for now; `retry_after` says for how many seconds."""

    code = "RATE_LIMITED"
    sentence = "Too many requests: try again later."
    status = 429

    def __init__(self, sentence: str | None = None, *, reason: str | None = None, retry_after: int = 1) -> None:
        super().__init__(sentence, reason=reason)
        self.retry_after = max(1, retry_after)


class UnavailableError(RefusedError):
    """The database or the access log does not answer, so nothing is shown."""

    code = "SERVICE_UNAVAILABLE"
    sentence = "The service cannot record this access right now, so it shows nothing: try again in a moment."
    status = 503


class SealedValueError(RefusedError):
    """A value may be shown and cannot be opened: the answer has null there, and this beside it; `reason` says why."""

    code = "SERVICE_UNAVAILABLE"
    sentence = "This value is stored sealed and cannot be opened: it is not unknown, and it is not withheld from you."
    status = 503


class InternalError(RefusedError):
    """A bug of ours; the log has it, the caller gets none of it."""

    code = "INTERNAL_SERVER_ERROR"
    sentence = "Something went wrong on our side; it has been noted."
    status = 500


class DomainRefusalError(MaillageError):
    """A rule of the field refused an act: one `userErrors` entry, and nothing was written.

    `field` is the path of the input that has to change, or None for the act as a whole.
    """

    def __init__(self, code: str, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.field = field


class PolicyError(MaillageError):
    """Something that must be decided is not: start-up stops."""

    code = "POLICY_INCOMPLETE"


class SetupError(MaillageError):
    """The machine or the settings cannot run Maillage; the sentence says what to do."""

    code = "SETUP"
