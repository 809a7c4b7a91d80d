"""The acts on a report: what the CRIP does with it (inputs and payload)."""

import strawberry

from schema.types.described import public_input, public_type
from schema.types.links import ToConcernReport
from schema.types.mutation_parts import Refusable


@public_type
class ConcernReportPayload(Refusable):
    """The report after the act, as the caller may see it now."""

    concern_report: ToConcernReport | None = strawberry.field(description="The report; null when the act was refused.")


@public_input
class AcknowledgeReportInput:
    """Acknowledge that the report was received; the evaluation clock starts."""

    report: strawberry.ID = strawberry.field(description="Id of the report.")
    expected_version: str | None = strawberry.field(default=None, description="Version last read; refused when it has changed since.")
