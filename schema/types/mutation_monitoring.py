"""The mutations of national monitoring: none of them is about a case."""

from schema.types.acts_yearly import (
    CorrectYearlyReportInput,
    FreezeYearlyReportInput,
    PublishYearlyReportInput,
    YearlyReportPayload,
)
from schema.types.described import public_type
from schema.types.mutation_parts import act


@public_type
class MonitoringMutation:
    """What is done with figures (inherited by the root of mutations, never shown itself)."""

    freeze_yearly_report: YearlyReportPayload = act(
        "Freeze the report of a year that is over: its figures never change again.",
        FreezeYearlyReportInput,
        YearlyReportPayload,
    )
    publish_yearly_report: YearlyReportPayload = act(
        "Publish the newest frozen version of a year's report, as a second person.",
        PublishYearlyReportInput,
        YearlyReportPayload,
    )
    correct_yearly_report: YearlyReportPayload = act(
        "Freeze another version of a year's report, where it tells about none or about many.",
        CorrectYearlyReportInput,
        YearlyReportPayload,
    )
