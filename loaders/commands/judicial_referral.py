"""The referral to the prosecutor (signalement): possible in any state of a report that the CRIP has received."""

from uuid import UUID

from auth.policy import Act
from loaders.commands.case import AUTHORITIES, must_be_open
from loaders.commands.entry import NAME, optional, past, required
from loaders.commands.official import check_codes
from loaders.commands.work import Command, Work
from schema.errors import DomainRefusalError
from schema.tables.report import judicial_referral
from schema.types.acts_report import RecordJudicialReferralInput


async def record(work: Work, wish: RecordJudicialReferralInput) -> UUID:
    """Write down that the prosecutor was seized; the report itself stays where it is."""
    motive = required(wish.motif_sig, "motifSig", longest=NAME)
    at = past(wish.at, "at", work.now)
    copied = None if wish.copy_to_pcd_at is None else past(wish.copy_to_pcd_at, "copyToPcdAt", work.now)
    by = optional(wish.by, "by", longest=NAME)
    report = await work.lock("ConcernReport", wish.report, field="report", expected_version=wish.expected_version)
    await must_be_open(work, report, "report")
    await check_codes(work, [f"MOTIFSIG:{motive}"], "motifSig")
    if copied is not None and copied < at:
        raise DomainRefusalError(
            "COPY_BEFORE_REFERRAL", "La copie ne peut pas précéder la saisine du procureur.", "copyToPcdAt"
        )
    referral = await work.insert(
        judicial_referral,
        situation_id=report["situation_id"],
        report_id=report.id,
        authority_id=report["to_authority_id"],
        at=at,
        by=by,
        copy_to_pcd_at=copied,
        motif_sig=motive,
    )
    await work.event("judicial_referral.recorded", referral, situation=report["situation_id"], audiences=AUTHORITIES)
    return referral


COMMANDS = {"recordJudicialReferral": Command(Act.REFER_TO_PROSECUTOR, "JudicialReferral", record)}
