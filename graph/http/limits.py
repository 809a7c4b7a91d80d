"""The limits: every number that the input guard holds a request to, with its unit; `MAILLAGE_LIMITS__...` changes it."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from schema.vocabulary import Audience


class StreamLimits(BaseModel):
    """What streams are held to; `MAILLAGE_STREAMS__...` changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    init_seconds: float = Field(10, gt=0, le=120, description="Seconds until a socket says who it is.")
    message_bytes: int = Field(262_144, ge=1_024, le=1_048_576, description="Bytes of one message.")
    messages_per_second: float = Field(20, gt=0, le=1_000, description="Messages that a socket may send, on average.")
    messages_at_once: int = Field(100, ge=10, le=10_000, description="Messages that a socket may send at once.")
    operations: int = Field(20, ge=1, le=1_000, description="Operations of one socket at a time.")
    refusals: int = Field(100, ge=1, le=10_000, description="Operations too many until the socket is closed.")
    of_client: int = Field(200, ge=1, le=100_000, description="Streams of one client, per process.")
    of_organisation: int = Field(500, ge=1, le=100_000, description="Streams of one organisation, per process.")
    waiting_messages: int = Field(100, ge=1, le=10_000, description="Messages that a slow reader may leave unread.")
    waiting_events: int = Field(1_000, ge=10, le=100_000, description="Events that a stream may have before it.")
    looks_every: float = Field(
        15, gt=0, le=600, description="Seconds between looks for what no event tells: rights and clocks that run out."
    )
    heartbeat_seconds: float = Field(15, gt=0, le=120, description="Seconds between signs of life.")


class Limits(BaseModel):
    """In the order in which a request meets them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header_seconds: float = Field(10, gt=0, le=120, description="Seconds until all headers of a request are there.")
    header_bytes: int = Field(8_192, ge=1_024, le=65_536, description="Bytes of one header, and of the query string.")
    headers_bytes: int = Field(32_768, ge=4_096, le=262_144, description="Bytes of all headers together.")
    waiting: int = Field(
        1_000,
        ge=10,
        le=100_000,
        description="Connections of a process whose headers are awaited; the oldest gives way.",
    )
    unread_seconds: float = Field(
        30, gt=0, le=600, description="Seconds after which a connection is cut whose answer is not being read."
    )
    frames_per_second: float = Field(
        200, gt=0, le=10_000, description="Frames that a socket may send, on average: pieces of messages, pings, pongs."
    )
    frames_at_once: int = Field(1_000, ge=100, le=100_000, description="Frames that a socket may send at once.")
    body_bytes: int = Field(262_144, ge=1_024, le=16_777_216, description="Bytes of a body.")
    body_pieces: int = Field(10_000, ge=100, le=1_000_000, description="Pieces of a body that comes in chunks.")
    bodies_bytes: int = Field(
        33_554_432,
        ge=1_048_576,
        le=1_073_741_824,
        description="Bytes of all bodies that a process has begun to read; the oldest gives way.",
    )
    body_seconds: float = Field(10, gt=0, le=120, description="Seconds until the whole body is there.")
    json_depth: int = Field(32, ge=4, le=256, description="Levels of nesting of the JSON body.")
    number_characters: int = Field(40, ge=10, le=1_000, description="Characters of a number, in JSON and in GraphQL.")
    document_characters: int = Field(
        32_000, ge=1_000, le=1_000_000, description="Characters of a document, comments and blanks too."
    )
    brackets: int = Field(64, ge=16, le=200, description="Levels of brackets of any kind in a document.")
    tokens: int = Field(2_000, ge=100, le=100_000, description="Tokens of a document.")
    definitions: int = Field(50, ge=1, le=1_000, description="Operations and fragments of a document.")
    depth: int = Field(12, ge=2, le=50, description="Fields below each other in an operation.")
    introspection_depth: int = Field(18, ge=13, le=50, description="The same where only the schema is asked for.")
    nesting: int = Field(60, ge=10, le=150, description="Fields, fragments and conditions below each other.")
    fields: int = Field(600, ge=10, le=20_000, description="Fields of an operation, fragments counted at each use.")
    aliases: int = Field(30, ge=0, le=1_000, description="Aliases of a document.")
    directives: int = Field(30, ge=0, le=1_000, description="Directives of a document.")
    repeats: int = Field(20, ge=1, le=1_000, description="How often one field may stand under different names.")
    rows: int = Field(5_000, ge=100, le=100_000, description="Rows that all lists of a document can hold together.")
    rows_of: Mapping[Audience, int] = Field(
        {}, description='The same for single audiences, as a JSON object: {"ORG_OBSERVATORY": 500}.'
    )
    page: int = Field(100, ge=1, le=100, description="Rows of one page; the contract promises 100 at most.")
    default_page: int = Field(20, ge=1, le=100, description="Rows of a page whose size is not said.")
    ids: int = Field(100, ge=1, le=100, description="Ids of one `nodes`.")
    answer_seconds: float = Field(10, gt=0, le=60, description="Seconds until a request without an answer is refused.")
    answer_bytes: int = Field(1_048_576, ge=65_536, le=67_108_864, description="Bytes of the answer to a query.")
