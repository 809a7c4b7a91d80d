"""What the resolvers of one request share: who asks, what was prepared, where records of it go."""

from datetime import UTC, datetime
from typing import Any, Protocol

from graphql import GraphQLError, GraphQLResolveInfo

from auth.caller import Caller
from graph.documents import Prepared
from graph.http.budgets import Budgets
from graph.http.limits import Limits
from graph.monitoring import Monitoring
from graph.turns import Turns
from loaders import viewer
from loaders.commands.running import Commands
from loaders.feed.feeds import Feeds
from loaders.journals.audit import AccessRecord
from loaders.journals.audit_chain import Event
from loaders.postgres.logins import login_of
from loaders.sealed.keyring import Keyring
from loaders.statement.execute import Reads
from loaders.statement.question import Categories
from schema.errors import ForbiddenError
from schema.scopes import Scope

Info = GraphQLResolveInfo["Request"]

_NO_CATEGORIES = Categories((), ())
_DIRECTORY = frozenset({"Department", "Authority", "AuthorityDepartment", "Organisation", "ResourceCard"})


class AccessLog(Protocol):
    """Where the records of a request go."""

    async def write(self, record: AccessRecord) -> None:
        """Returns once the record is committed. Raises UnavailableError when it may not be."""


class Request:
    """What the resolvers of one request share."""

    __slots__ = (
        "audit",
        "budgets",
        "caller",
        "commands",
        "feeds",
        "keyring",
        "limits",
        "monitoring",
        "prepared",
        "reader",
        "root",
        "secret",
        "stood",
        "tells_cost",
        "trace_id",
        "turns",
        "unreadable",
    )

    def __init__(
        self,
        caller: Caller,
        prepared: Prepared,
        trace_id: str,
        *,
        reader: Reads,
        audit: AccessLog,
        limits: Limits,
        secret: bytes,
        keyring: Keyring,
        commands: Commands,
        monitoring: Monitoring,
        feeds: Feeds,
        budgets: Budgets,
        turns: Turns,
        tells_cost: bool = False,
        root: Any = None,
    ) -> None:
        self.caller = caller
        self.prepared = prepared
        self.trace_id = trace_id
        self.reader = reader
        self.audit = audit
        self.limits = limits
        self.secret = secret
        self.keyring = keyring
        self.commands = commands
        self.monitoring = monitoring
        self.feeds = feeds
        self.budgets = budgets
        self.turns = turns
        self.tells_cost = tells_cost
        # Of a stream: what has happened.
        self.root = root
        # Whether a statement has found the token standing.
        self.stood = False
        # Sealed values that may be shown and cannot be opened: null in the answer, and an error each.
        self.unreadable: list[GraphQLError] = []


async def must_stand(reader: Reads, caller: Caller) -> None:
    """For answers that no statement of the caller's has guarded: what is cached about a token is not enough.

    Raises: UnauthenticatedError, UnavailableError.
    """
    await viewer.must_stand(reader.lanes(login_of(caller.audience)), caller)


async def need(request: Request, scope: Scope, operation: str) -> None:
    """Scopes only narrow: the policy has already decided what the role may see. A refusal is in the access log.

    Raises: ForbiddenError.
    """
    if scope.value in request.caller.scopes:
        return
    refusal = ForbiddenError(f"Your token lacks the scope `{scope.value}`.", reason="SCOPE")
    await request.audit.write(access_record(request, datetime.now(UTC), operation, "REFUSAL", refusal.code))
    raise refusal


def scope_of(noun: str) -> Scope:
    return Scope.DIRECTORY_READ if noun in _DIRECTORY else Scope.CASES_READ


def access_record(
    request: Request,
    at: datetime,
    operation: str,
    event: Event,
    outcome: str,
    categories: Categories = _NO_CATEGORIES,
    situations: bytes = b"[]",
) -> AccessRecord:
    """The access record of one read, or of one refusal."""
    caller = request.caller
    return AccessRecord(
        at=at,
        event=event,
        outcome=outcome,
        trace_id=request.trace_id,
        organisation_id=caller.organisation_id,
        client_id=caller.client_id,
        member_id=caller.member_id,
        audience=caller.audience.value,
        purpose=caller.purpose.value if caller.purpose else None,
        operation=operation,
        document_hash=request.prepared.hash,
        situations=situations,
        categories=categories.read,
        withheld=categories.conditional,
    )
