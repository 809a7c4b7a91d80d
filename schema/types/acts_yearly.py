"""The acts on the yearly report: the 119 freezes and corrects it, a second person publishes it."""

import strawberry

from schema.types.acts_fields import act_input, version_last_read
from schema.types.described import public_type
from schema.types.mutation_parts import Refusable
from schema.types.yearly import YearlyReport


@public_type
class YearlyReportPayload(Refusable):
    """The version of the report after the act."""

    yearly_report: YearlyReport | None = strawberry.field(
        description="The version, as the caller may see it now; null when the act was refused."
    )


@act_input
class FreezeYearlyReportInput:
    """The draft of a year that is over becomes its first version, whose figures never change again."""

    year: int = strawberry.field(description="The year, by the year it begins in.")
    expected_version: str | None = version_last_read()


@act_input
class PublishYearlyReportInput:
    """The newest frozen version of a year becomes everybody's, by another person than who froze it."""

    year: int = strawberry.field(description="The year, by the year it begins in.")
    expected_version: str | None = version_last_read()


@act_input
class CorrectYearlyReportInput:
    """What the figures of a frozen year say now becomes a new version; the former ones stay as they are."""

    year: int = strawberry.field(description="The year, by the year it begins in.")
    reason: str = strawberry.field(description="Why there is another version, for its readers; nobody is named.")
    expected_version: str | None = version_last_read()
