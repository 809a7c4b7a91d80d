"""Viewers, referrals and rows, written by hand."""

from dataclasses import replace

from tests.oracle import GRANTABLE, Facts, Grant, Referral, Report, Row, facts_of

SENT_REPORT = Report(status="SENT")
REPORT_ROW = Row(report=SENT_REPORT)


def crip(**changes: object) -> Facts:
    """A CRIP officer whose authority is competent and has received an IP."""
    return facts_of("CRI", **{"live_jurisdiction": True, "report_statuses": frozenset({"SENT"}), **changes})


def caseworker(**changes: object) -> Facts:
    """An ASE caseworker of the case."""
    return facts_of(
        "ASE",
        **{
            "live_jurisdiction": True,
            "caseworker": True,
            "ase_link_of_my_org": True,
            "purpose": "IMPLEMENT",
            **changes,
        },
    )


def mine(status: str, **changes: object) -> Referral:
    """A referral assigned to the viewer, with the minor's agreement."""
    made = Referral(status=status, assigned_to_me=True, minor_agreement="AGREED")
    return replace(made, **changes)  # type: ignore[arg-type]


def worker(referral: Referral, **changes: object) -> Facts:
    """An association worker with that one referral."""
    return facts_of("ASM", **{"referrals": (referral,), **changes})


def client_facts(kind: str, **changes: object) -> Facts:
    """An organisation-only client of that kind."""
    return replace(Facts(org_kind=kind), **changes)  # type: ignore[arg-type]


GOOD_GRANT = Grant(groups=GRANTABLE, purpose="IMPLEMENT")


def granted_worker(grant: Grant, **changes: object) -> Facts:
    """A worker whose association has the referral, assigned to a colleague, and who holds a personal grant."""
    return worker(mine("ONGOING", assigned_to_me=False), **{"grants": (grant,), **changes})
