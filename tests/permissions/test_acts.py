"""Who may call which act."""

import pytest

from tests import oracle
from tests.oracle import ACTS, CLIENT_ACTS, ROLES, may_act


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        ("ip.send", "LIS"),
        ("ip.validate", "SUP"),
        ("ip.misroute", "CRI"),
        ("referral.withdraw", "LIS"),
        ("referral.accept", "COO"),
        ("grant.request", "LIS CRI"),
        ("grant.approve", "SUP CRI"),
        ("minor.agreement", "LIS"),
        ("follow_up.record", "ASM ASO"),
        ("transfer.receive", "CRI"),
        ("grant.revoke", "LIS SUP CRI"),
        ("glass.ask", "DPO"),
        ("glass.caller", "SUP"),
        ("glass.danger", "ASE ASM"),
        ("glass.second", "SUP CRI COO ASE ASM"),
        ("glass.review", "SUP DPO"),
        ("cube.publish", "SUP DPO"),
        ("requisition.serve", ""),
    ],
)
def test_acts(act: str, roles: str) -> None:
    assert {role for role in ROLES if may_act(role, act)} == set(roles.split())


def test_clients_never_widen_access() -> None:
    widening = {"referral.accept", "referral.assign", "referral.release", "grant.request", "grant.approve"}
    assert not widening & frozenset().union(*CLIENT_ACTS.values())
    assert widening <= set(ACTS)


def test_immediate_danger_is_sent_before_validation() -> None:
    assert oracle.may_send_report(validated=False, urgency="IMMEDIATE_DANGER")
    assert not oracle.may_send_report(validated=False, urgency="PRIORITY")


def test_an_evaluator_is_not_the_familys_caseworker() -> None:
    assert not oracle.may_evaluate(caseworker_of_family=True, reason_ledgered=False)
    assert oracle.may_evaluate(caseworker_of_family=True, reason_ledgered=True)
