"""The root of every act."""

from schema.types.acts_report import AcknowledgeReportInput, ConcernReportPayload
from schema.types.described import public_type
from schema.types.mutation_parts import act


@public_type
class Mutation:
    """What can be done."""

    acknowledge_report: ConcernReportPayload = act("Acknowledge that a report was received.", AcknowledgeReportInput, ConcernReportPayload)
