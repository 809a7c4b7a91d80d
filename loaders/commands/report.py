"""What is done with a concern report (IP): the state machine from draft to return."""

from uuid import UUID

from auth.policy import Act
from loaders.commands.work import Command, Row, Work
from schema.errors import DomainRefusalError
from schema.tables.report import concern_report
from schema.types.acts_report import AcknowledgeReportInput
from schema.vocabulary import ReportStatus


def _must_be(report: Row, *allowed: ReportStatus) -> None:
    if report["status"] not in {status.value for status in allowed}:
        raise DomainRefusalError("WRONG_STATE", "Cette étape n'est pas possible dans l'état actuel de l'information préoccupante.", "report")


async def acknowledge(work: Work, wish: AcknowledgeReportInput) -> UUID:
    """SENT -> ACKNOWLEDGED."""
    report = await work.lock("ConcernReport", wish.report, field="report", expected_version=wish.expected_version)
    _must_be(report, ReportStatus.SENT)
    await work.update(concern_report, report.id, status=ReportStatus.ACKNOWLEDGED, acknowledged_at=work.now)
    await work.event("report.acknowledged", report.id, situation=report["situation_id"], audiences=["DLPM", "CRIP"])
    return report.id


COMMANDS = {"acknowledgeReport": Command(Act.HANDLE_REPORT, "ConcernReport", acknowledge)}
